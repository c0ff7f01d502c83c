"""The worked examples come out equal in every cell of every table."""

from datetime import date
from pathlib import Path

import pytest

from leancost.costing import standard_cost
from tests.support.closes import close_rows
from tests.support.examples import PERIODS, journal_totals
from tests.support.rows import assert_same, read_csv, read_folder, table_rows, workspace_of


@pytest.mark.parametrize("example", PERIODS, ids=lambda example: "-".join(filter(None, example)))
def test_a_closed_period_equals_the_example_in_every_cell(example: tuple[str, str, str], examples: Path) -> None:
    name, policy, period = example
    end, start = PERIODS[example]
    result = close_rows(read_folder(examples / name / policy), end, start)
    result["journal_totals"] = journal_totals(result["journal"])
    files = sorted((examples / name / "expected" / policy / period).glob("*.csv"))
    assert len(files) == 10
    for file in files:
        assert_same(result[file.stem], read_csv(file))


@pytest.mark.parametrize("basis", ["production_flow", "route"])
@pytest.mark.parametrize("policy", ["clear", "retain"])
def test_the_worked_example_costs_12_45_by_flow_and_12_63_by_route(policy: str, basis: str, examples: Path) -> None:
    check_calculation(
        examples / "worked_example" / policy,
        date(2026, 1, 1),
        basis,
        examples / "worked_example" / "expected" / "standard_cost" / basis,
    )


def test_the_edge_cases_cost_what_their_readme_works_out(examples: Path) -> None:
    check_calculation(
        examples / "edge_cases",
        date(2025, 12, 31),
        "production_flow",
        examples / "edge_cases" / "expected" / "standard_cost" / "production_flow",
    )


def check_calculation(folder: Path, day: date, basis: str, expected: Path) -> None:
    with workspace_of(read_folder(folder)) as connection:
        standard_cost.calculate(connection, calculation_date=day, basis=basis)
        files = sorted(expected.glob("**/*.csv"))
        assert len(files) == 4
        for file in files:
            rows = read_csv(file)
            name = f"calculated_{file.stem}" if file.parent.name == "setup" else file.stem
            assert_same(table_rows(connection, name, list(rows[0])), rows)
