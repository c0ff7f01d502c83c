"""Writes docs/coverage.md: which rules and which tests decide every sentence of the source and every edge case.

    python -m tests.house.coverage_page

Read from tests/house/source_sentences.csv (sentences in the source's order), tests/house/domain_cases.csv (cases that are decided
elsewhere too, and what is to be said of them), the `@case` marks of the tests, and the case numbers in the rules' headers.
A test is named `file::function`, `C16` is a code of the checklist, `#7` the tests of a case.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from tests.books.reach import NOT_IN_DATA, reach
from tests.support.places import ROOT, RULES, TESTS
from tests.support.rows import Rows, read_csv

HOUSE = TESTS / "house"
PAGE = ROOT / "docs" / "coverage.md"
CASES = range(1, 51)
BOOKS = 60
"""Random books that are counted; `make test` compares 200 of them with the oracle."""
INTRODUCTION = """\
# What is covered

Every sentence of the source on backflush costing and every edge case it leaves open, with the rules that decide it
(under `leancost/rules`) and the tests that hold it (under `tests`). Written by `python -m tests.house.coverage_page`; a
test compares it. The sentences are paraphrased and numbered in the source's order. *Books* counts the random books, of
the first 60, that hold the case.
"""


def sentences() -> Rows:
    return read_csv(HOUSE / "source_sentences.csv")


def listed_cases() -> dict[int, dict[str, str]]:
    return {int(row["number"]): row for row in read_csv(HOUSE / "domain_cases.csv")}


@cache
def files() -> dict[str, Path]:
    """Every test module by its name."""
    return {path.stem: path for path in sorted(TESTS.rglob("test_*.py"), key=lambda path: path.name)}


@cache
def functions() -> dict[str, ast.FunctionDef]:
    """Every test by its name, `file::function`."""
    found = {}
    for path in files().values():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{path.stem}::{node.name}"] = node
    return found


@cache
def checklist_codes() -> set[str]:
    """The codes that have a broken book in tests/costing/test_checks.py."""
    return set(re.findall(r'^    "(C\d\d)":', files()["test_checks"].read_text(encoding="utf-8"), re.MULTILINE))


def marked_tests() -> dict[int, list[str]]:
    """Case to the tests that carry its mark."""
    found: dict[int, list[str]] = defaultdict(list)
    for name, function in functions().items():
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "case":
                for number in mark.args:
                    found[ast.literal_eval(number)].append(name)
    return found


def marked_rules() -> dict[int, list[str]]:
    """Case to the rules whose header names it, as `#7` or `#26 to #29`."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted(RULES.rglob("*.sql")):
        header = " ".join(line[3:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("--"))
        source = header.partition("Source:")[2].partition("Inputs:")[0]
        for first, last in re.findall(r"#(\d+)(?: to #(\d+))?", source):
            for number in range(int(first), int(last or first) + 1):
                found[number].append(path.relative_to(RULES).with_suffix("").as_posix())
    return found


def tests_of_case(number: int) -> list[str]:
    return marked_tests()[number] + listed_cases()[number]["tests"].split()


def rules_of_case(number: int) -> list[str]:
    rules = marked_rules()[number]
    return rules + [name for name in listed_cases()[number]["rules"].split() if name not in rules]


def unknown(rules: list[str], tests: list[str]) -> list[str]:
    """Names of rules, tests, codes and cases that do not exist."""
    cases = {f"#{number}" for number in CASES}
    known = functions().keys() | checklist_codes() | cases
    return [name for name in rules if not (RULES / f"{name}.sql").exists()] + [n for n in tests if n not in known]


def page() -> str:
    lines = [INTRODUCTION, "## Sentence by sentence", "", "| | sentence | rules | tests |", "|---|---|---|---|"]
    for row in sentences():
        lines.append(
            f"| {row['number']} | {row['paraphrase']} | {shown_rules(row['rules'].split())}"
            f" | {shown_tests(row['tests'].split())} |"
        )
    lines += ["", "## Case by case", "", "| | case | rules | tests | books | note |", "|---|---|---|---|---|---|"]
    _, reached = reach(BOOKS)
    for number, row in listed_cases().items():
        lines.append(
            f"| {number} | {row['case']} | {shown_rules(rules_of_case(number))}"
            f" | {shown_tests(tests_of_case(number))} | {NOT_IN_DATA.get(number, reached[number])} | {row['note']} |"
        )
    return "\n".join(lines) + "\n"


def shown_rules(names: list[str]) -> str:
    return "<br>".join(f"[{name}](../leancost/rules/{name}.sql)" for name in names)


def shown_tests(names: list[str]) -> str:
    """Tests in words, each with its file behind it."""
    shown = []
    for name in names:
        file, _, function = name.rpartition("::")
        if file:
            words = function.removeprefix("test_").replace("_", " ")
            shown.append(f"[{words}](../tests/{files()[file].relative_to(TESTS)})")
        elif name.startswith("#"):
            shown.append(f"case {name[1:]}")
        else:
            shown.append(f"[checklist {name}](../tests/costing/test_checks.py)")
    return "<br>".join(shown)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
