"""Every sentence of the source and every edge case has a test, and the page that says so is the one in docs."""

import pytest

from tests.house import coverage_page as coverage


def test_the_page_is_the_one_that_the_program_writes() -> None:
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page()


def test_sentences_are_numbered_in_their_order() -> None:
    numbers = [int(row["number"]) for row in coverage.sentences()]
    assert numbers == list(range(1, len(numbers) + 1))


BY_THE_PROGRAM = {"107", "108"}
"""Sentences on when a book may be closed: no rule file, but the program around them."""


def test_every_sentence_has_rules_and_tests_that_exist() -> None:
    for row in coverage.sentences():
        rules, tests = row["rules"].split(), row["tests"].split()
        assert tests and bool(rules) != (row["number"] in BY_THE_PROGRAM), row
        assert coverage.unknown(rules, tests) == [], row


@pytest.mark.parametrize("number", coverage.CASES)
def test_every_case_has_a_rule_and_a_test_that_exist_or_says_why_not(number: int) -> None:
    rules, tests = coverage.rules_of_case(number), coverage.tests_of_case(number)
    assert tests
    assert coverage.unknown(rules, tests) == []
    assert rules or coverage.listed_cases()[number]["note"]


def test_no_mark_names_a_case_that_is_not_in_the_list() -> None:
    listed = coverage.listed_cases().keys()
    assert listed == set(coverage.CASES)
    assert coverage.marked_tests().keys() | coverage.marked_rules().keys() <= listed
