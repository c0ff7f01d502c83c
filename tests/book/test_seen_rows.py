"""Close, hash and verify see the same rows: no book that closed is accused, whatever its dates, policies and choices."""

import csv
import os
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pytest

from leancost.actions.close import close_period
from leancost.actions.verify import verify
from leancost.cli import commands
from leancost.costing.visibility import hide_what_is_later, visible_rows
from leancost.errors import LeancostError
from leancost.tables.declaration import Column, inputs, tables
from tests.books.random_books import random_book
from tests.books.small_book import JOB, PICK, UNIT, row
from tests.books.two_months import two_months
from tests.support.commands import write_folder
from tests.support.places import EXAMPLES
from tests.support.rows import workspace_of

CELLS = int(os.environ.get("LEANCOST_CELLS", "4"))
TODAY = date(2027, 1, 1)
BOOKS = {
    "clear": (EXAMPLES / "worked_example" / "clear", date(2026, 1, 31), date(2026, 2, 28)),
    "edge_cases": (EXAMPLES / "edge_cases", date(2026, 3, 31), date(2026, 4, 30)),
}
"""The book, and the two ends it is closed to."""


@cache
def kept(name: str) -> bytes:
    """The book as it is imported."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "book.duckdb"
        assert commands.main(["import", str(BOOKS[name][0]), str(target)]) == 0
        return target.read_bytes()


def changed(name: str, folder: Path, *places: str) -> Path:
    """A copy of the book in which some cells are others: `table key column value` each, an empty value as `-`."""
    target = folder / f"{name}.duckdb"
    target.write_bytes(kept(name))
    with duckdb.connect(str(target)) as connection:
        for place in places:
            table, key, column, value = place.split()
            where = " AND ".join(f"{part} IS NOT DISTINCT FROM ?" for part in tables()[table].keys)
            row = connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE {where} RETURNING 1",
                [None if value == "-" else value, *(part or None for part in key.split("/"))],
            ).fetchall()
            assert len(row) == 1, place
    return target


def accused(name: str, book: Path) -> tuple[int, list[str]]:
    """How many closes the book went through, and what `verify` says after each."""
    said: list[str] = []
    for done, end in enumerate(BOOKS[name][1:]):
        try:
            close_period(book, end=end, frames=False, today=TODAY)
        except LeancostError:
            return done, said
        said += [f"{end}: {finding}" for finding in verify(book).findings]
    return 2, said


def changes(name: str, rows_of_a_column: int) -> Iterator[str]:
    """One-cell changes of the book: every date, policy, choice and flag, in some rows of each column."""
    first = BOOKS[name][1]
    for table in inputs():
        path = BOOKS[name][0] / table.group / f"{table.name}.csv"
        rows = list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []
        for column in table.columns:
            spread = rows[:: max(1, len(rows) // rows_of_a_column)][:rows_of_a_column] if rows else []
            for line in spread:
                for value in other_values(table.name, column, line, first):
                    key = "/".join(line.get(part) or "" for part in table.keys)
                    yield f"{table.name} {key} {column.name} {value}"


def other_values(table: str, column: Column, row: dict[str, str], end: date) -> list[str]:
    now = row.get(column.name) or ""
    if column.kind == "date":
        values = [str(end + timedelta(days=1)), str(end - timedelta(days=9)), str(end + timedelta(days=45))]
        values += ["-"] if column.optional else []
    elif column.kind == "flag":
        values = ["yes", "no"]
    elif table == "parameters":
        values = {"conversion_in_wip": ["clear", "retain"], "variances_to_standard": ["summarised"]}.get(
            row["parameter"], []
        )
        values = values if column.name == "value" else []
    else:
        values = [] if column.key else [*column.choices, *(["-"] if column.optional and column.choices else [])]
    return [value for value in values if value != (now or "-")]


NASTY = {
    "a later emptied date beside the policy received, a rule that begins after what names it": (
        "clear", ["kanban_rules KR-S1 empty_policy received", "kanban_rules KR-M1 effective_from 2026-02-01"],
    ),
    "an invoice before its receipt, a flow and a rule that begin later, a job without date": (
        "clear",
        ["service_receipts SR-001 posting_date 2026-02-02", "production_flows PF1 effective_from 2026-03-01",
         "kanban_rules KR-M2 effective_from 2026-02-15"],
    ),
    "units received, emptied and done after the first close": (
        "edge_cases",
        ["kanbans W-3 emptied_date 2026-04-09", "picking_lines P-01 posting_date 2026-04-01",
         "kanban_rules KR-GLUE effective_from 2026-04-01"],
    ),
}  # fmt: skip
"""The cases that were accused once, and their kind."""


@pytest.mark.parametrize("name", NASTY)
def test_what_closed_is_not_accused(name: str, examples: Path, tmp_path: Path) -> None:
    book, places = NASTY[name]
    assert accused(book, changed(book, tmp_path, *places)) == (2, [])


@pytest.mark.long
@pytest.mark.skipif(CELLS != 0, reason="one cell of every column: make test-long")
@pytest.mark.parametrize("name", BOOKS)
def test_no_book_with_one_cell_changed_is_accused(name: str, examples: Path, tmp_path: Path) -> None:
    twice = 0
    for place in dict.fromkeys(changes(name, 1)):
        done, said = accused(name, changed(name, tmp_path, place))
        assert not said, place
        twice += done == 2
    assert twice > 50, "most of these books close"


def test_what_is_dated_later_or_begins_later_is_seen_where_a_visible_event_names_it(tmp_path: Path) -> None:
    rows = two_months()
    rule = rows["kanban_rules"][0] | {"kanban_rule": "KR-LATER", "effective_from": "2026-02-01"}
    flow = rows["production_flows"][0] | {"production_flow": "LATER", "effective_from": "2026-03-01"}
    rows["kanban_rules"] += [rule, rule | {"kanban_rule": "KR-UNNAMED"}]
    rows["production_flows"] += [flow, flow | {"production_flow": "UNNAMED"}]
    rows["kanbans"] += [
        row(f"{UNIT} source_kanban", "K-NAMED", "KR-LATER", "4", "2026-01-20", "", "2026-02-20", "K-PARENT"),
        row(UNIT, "K-PARENT", "KR-BOX", "4", "2026-02-02", "", ""),
        row(UNIT, "K-WITH-JOB", "KR-BOX", "4", "", "", ""),
        row(UNIT, "K-LATER", "KR-BOX", "4", "2026-02-03", "", ""),
    ]
    rows["kanban_jobs"].append(row(JOB, "J-SERVED", "K-WITH-JOB", "MAKE", "2026-02-04", "4", "1"))
    rows["picking_lines"].append(row(PICK, "P-LATER-FLOW", "LATER", "", "SHEET", "1", "2026-01-20"))
    names = "service_receipt production_flow service_item quantity unit_price posting_date job"
    rows["service_receipts"] = [
        row(names, "S-LATE", "FLOW", "PAINT", "1", "2", "2026-02-05", "J-SERVED"),
        row(names, "S-UNNAMED", "FLOW", "PAINT", "1", "2", "2026-02-05", ""),
    ]
    names = "service_invoice service_receipt quantity unit_price posting_date"
    rows["service_invoices"] = [row(names, "I-EARLY", "S-LATE", "1", "3", "2026-01-25")]
    with workspace_of(rows) as connection:
        hide_what_is_later(connection, date(2026, 1, 31))

        def column(table: str, *columns: str) -> list[tuple[str, ...]]:
            return connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1").fetchall()

        assert ("KR-LATER", date(9999, 12, 31)) in column("kanban_rules", "kanban_rule", "effective_from")
        assert [name for (name,) in column("production_flows", "production_flow")] == ["FLOW", "LATER"]
        assert column("kanbans", "kanban", "assigned_date", "emptied_date") == [
            ("K-NAMED", date(2026, 1, 20), date(9999, 12, 31)),
            ("K-PARENT", date(9999, 12, 31), None),
            ("K-WITH-JOB", None, None),
            ("K1", date(2026, 1, 15), None),
        ]
        assert column("kanban_jobs", "job", "completed_date", "good_quantity", "error_quantity") == [
            ("J-SERVED", date(9999, 12, 31), 0, 0), ("J1", date(2026, 1, 15), 4, 0),
        ]  # fmt: skip
        assert column("service_receipts", "service_receipt", "posting_date") == [("S-LATE", date(9999, 12, 31))]
        assert not [name for (name,) in column("kanban_rules", "kanban_rule") if name == "KR-UNNAMED"]


def test_a_run_of_an_earlier_day_sees_the_same_of_the_rest_as_of_all(tmp_path: Path) -> None:
    """What is hidden for a later end may be hidden again: the hashes of an eve are taken when the period's rows stand."""
    day = "DATE '2026-01-12'"
    for seed in range(3):
        with workspace_of(random_book(seed)) as connection:
            select = {table.name: visible_rows(table, day) for table in inputs()}
            before = {name: connection.execute(query).fetchall() for name, query in select.items()}
            hide_what_is_later(connection, date(2026, 1, 20))
            assert before == {name: connection.execute(query).fetchall() for name, query in select.items()}


def test_a_rule_that_only_begins_later_makes_no_figure_of_the_period(tmp_path: Path) -> None:
    """From February on SHEET is made in the flow: January returns it as the material that it is."""
    rows = two_months()
    rows["picking_lines"].append(row(PICK, "P-MORE", "FLOW", "", "SHEET", "5", "2026-01-10"))
    rows["kanbans"].append(row(UNIT, "K-BACK", "KR-BACK", "2", "2026-01-20", "", ""))
    rows["kanban_jobs"].append(row(JOB, "J-BACK", "K-BACK", "BACK", "2026-01-20", "2", ""))
    end = date(2026, 1, 31)
    without = close_period(write_folder(rows, tmp_path / "without"), end=end).tables
    made = {"kanban_rule": "KR-MADE", "item": "SHEET", "effective_from": "2026-02-01"}
    rows["kanban_rules"].append(rows["kanban_rules"][0] | made)
    with_rule = close_period(write_folder(rows, tmp_path / "with"), end=end).tables
    assert "material_return" in set(without["wip_transactions"]["transaction_type"])
    for name, frame in without.items():
        assert frame.equals(with_rule[name]), name
