"""What a number may be stands with its column; what it cannot be refuses the close and the calculation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from leancost.costing import check_rules, checks, standard_cost, workspace
from leancost.errors import Finding, LeancostError
from leancost.tables.declaration import DOMAINS, SQL_TYPES, Column, Table, inputs
from tests.books.shop import Shop
from tests.support.rows import workspace_of

NUMBERS = {kind for kind, sql_type in SQL_TYPES.items() if sql_type == "INTEGER" or sql_type.startswith("DECIMAL")}
COLUMNS = [(table, column) for table in inputs() for column in table.columns if column.kind in NUMBERS]
LIMITED = [(table, column) for table, column in COLUMNS if column.domain != "any"]


def shop() -> Shop:
    """The shop with a row in every table that holds a number."""
    s = Shop()
    s.pick("P1", "SHEET", "8", "01-10")
    s.make("KR-BOX", "MAKE", "4", "01-10", name="K1")
    s.service("S1", "4", "1.5", "01-12")
    s.invoice("I1", "S1", "4", "1.6", "01-14")
    s.add("activity_ratios", "production_flow activity item throughput_ratio", "FLOW MAKE BOX 1")
    s.add("routes", "route item site", "R-BOX BOX 1")
    s.add("route_operations", "route operation resource_group run_time_hours", "R-BOX 10 CELL 0.1")
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    s.add("opening_wip", names, "FLOW item SHEET MAT 2025-12-31 3 2 6")
    return s


@pytest.fixture(scope="module")
def filled() -> Iterator[workspace.Connection]:
    with workspace_of(shop().book) as connection:
        yield connection


def told_by_domain(connection: workspace.Connection) -> list[Finding]:
    """What is told of a number as such, whatever else it does not add up with."""
    found = checks.check(connection, codes=("C30", "C44", "C47", "C49"))
    return [f for f in found if f.remedy.startswith(("Give a ", "Give an ")) and "of the item in each" not in f.remedy]


def name(case: object) -> str:
    return case.name if isinstance(case, Table | Column) else str(case)


@pytest.mark.parametrize("table", inputs(), ids=name)
def test_every_number_of_an_input_table_says_what_it_may_be_and_nothing_else_does(table: Table) -> None:
    for column in table.columns:
        assert (column.domain in DOMAINS) if column.kind in NUMBERS else column.domain == "", column.name


def test_the_book_has_no_error_and_a_row_for_every_number(filled: workspace.Connection) -> None:
    assert [str(f) for f in checks.check(filled) if f.severity == "error"] == []
    for table, _ in COLUMNS:
        assert filled.execute(f"SELECT count(*) FROM {table.name}").fetchall()[0][0] > 0, table.name


@pytest.mark.parametrize(("table", "column"), LIMITED, ids=name)
def test_a_number_that_cannot_be_is_refused_by_table_column_value_and_what_it_may_be(
    table: Table, column: Column, filled: workspace.Connection
) -> None:
    for wrong in ("-1", "0")[: 2 if column.domain == "positive" else 1]:
        with changed(filled, table, column, wrong):
            (told,) = told_by_domain(filled)
            assert str(told) in map(str, checks.blocking(filled))
            assert f" has {column.name.replace('_', ' ')} {wrong}" in told.problem
            assert told.remedy.endswith(DOMAINS[column.domain])
            assert (told.table, told.code) == (table.name, check_rules.code_of(table, column))
            for basis in ("production_flow", "route"):
                if table.group == "setup":
                    with pytest.raises(LeancostError, match=f"{told.code} {table.name}: "):
                        standard_cost.calculate(filled, calculation_date=date(2026, 1, 1), basis=basis)
    if column.domain != "positive":  # zero may be: what it does not add up with is another point of the checklist
        with changed(filled, table, column, "0"):
            assert told_by_domain(filled) == []


@pytest.mark.parametrize(("table", "column"), [pair for pair in COLUMNS if pair[1].domain == "any"], ids=name)
def test_what_may_be_negative_is_not_told(table: Table, column: Column, filled: workspace.Connection) -> None:
    with changed(filled, table, column, "-1"):
        assert told_by_domain(filled) == []


def test_negative_may_be_what_goes_back_or_comes_out_beside() -> None:
    assert {(t.name, c.name) for t, c in COLUMNS if c.domain == "any"} == {
        ("picking_lines", "quantity"),
        ("service_receipts", "quantity"),
        ("service_invoices", "quantity"),
        ("item_price_breakdown", "quantity"),
        ("item_price_breakdown", "charge"),
        ("item_price_breakdown", "cost"),
        ("costing_sheet", "sequence"),
        ("activities", "sequence"),
    }


def test_a_fraction_of_one_or_more_is_told_and_below_zero_refused() -> None:
    s = shop()
    s.change("bom_lines", "B-BOX", variable_scrap="5")
    with workspace_of(s.book) as connection:
        assert checks.blocking(connection) == []
        result = standard_cost.calculate(connection, calculation_date=date(2026, 1, 1))
        line = (
            "warning C60 bom_lines: BOM B-BOX line 1 has variable scrap 5.000000000."
            " Give a number of 0 or more, as a rule below 1 (5 % is 0.05)."
        )
        assert line in map(str, result.warnings)
    s.change("bom_lines", "B-BOX", variable_scrap="0.999999999")
    with workspace_of(s.book) as connection:
        assert [f for f in checks.check(connection) if f.code == "C60"] == []


@contextmanager
def changed(connection: workspace.Connection, table: Table, column: Column, value: str) -> Iterator[None]:
    """Within it the first row of the table holds another value."""
    connection.execute(f"CREATE OR REPLACE TABLE kept AS FROM {table.name}")
    first = f"(SELECT min(rowid) FROM {table.name})"
    connection.execute(f"UPDATE {table.name} SET {column.name} = {value} WHERE rowid = {first}")
    yield
    connection.execute(f"DELETE FROM {table.name}; INSERT INTO {table.name} FROM kept")
