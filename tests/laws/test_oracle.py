"""The oracle itself comes out as the examples were worked by hand."""

from datetime import date
from pathlib import Path

import pytest

from tests.books.random_calculations import BASES, Request
from tests.oracle.calculation import calculate
from tests.oracle.run import close
from tests.support.examples import PERIODS
from tests.support.places import DATA
from tests.support.random_closes import differences
from tests.support.random_costs import TABLES, by_oracle, by_rules
from tests.support.rows import assert_same, read_csv, read_folder

TEACHING_COMPANY = DATA
CALCULATIONS = [
    ("worked_example/clear", "worked_example", "production_flow", date(2026, 1, 1)),
    ("worked_example/retain", "worked_example", "route", date(2026, 1, 1)),
    ("edge_cases", "edge_cases", "production_flow", date(2025, 12, 31)),
]


@pytest.mark.parametrize("example", PERIODS, ids=lambda example: "-".join(filter(None, example)))
def test_the_oracle_equals_the_example_in_every_cell(example: tuple[str, str, str], examples: Path) -> None:
    name, policy, period = example
    end, start = PERIODS[example]
    tables, _ = close(read_folder(examples / name / policy), end, start)
    for file in sorted((examples / name / "expected" / policy / period).glob("*.csv")):
        assert_same(tables.get(file.stem, []), read_csv(file))


@pytest.mark.parametrize(("book", "example", "basis", "day"), CALCULATIONS)
def test_the_oracle_calculates_the_example_in_every_cell(
    book: str, example: str, basis: str, day: date, examples: Path
) -> None:
    tables = calculate(read_folder(examples / book), day, basis=basis)
    files = sorted((examples / example / "expected" / "standard_cost" / basis).glob("**/*.csv"))
    assert len(files) == 4
    for file in files:
        name = f"calculated_{file.stem}" if file.parent.name == "setup" else file.stem
        assert_same(tables[name], read_csv(file))


@pytest.mark.parametrize("basis", BASES)
def test_engine_and_oracle_calculate_the_teaching_company_the_same(basis: str) -> None:
    book = read_folder(TEACHING_COMPANY)
    for version, day in (("STD", date(2026, 1, 1)), ("PLAN", date(2026, 4, 1))):
        asked = Request(day, version, basis, ())
        result, expected = by_rules(book, asked), by_oracle(book, asked)
        assert result and expected and expected["standard_costs"]
        for name in TABLES:
            assert differences(name, result[name], expected[name]) == []
