"""Close, hash and verify see the same rows: no book that closed is accused, whatever its dates, policies and choices."""

import csv
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb

from leancost import cli, verification
from leancost.errors import LeancostError
from leancost.period import close_period
from leancost.tables import Column, inputs, tables
from tests.support import EXAMPLES

TODAY = date(2027, 1, 1)
BOOKS = {
    "clear": (EXAMPLES / "worked_example" / "clear", date(2026, 1, 31), date(2026, 2, 28)),
    "edge_cases": (EXAMPLES / "edge_cases", date(2026, 3, 31), date(2026, 4, 30)),
}
"""The book, and the two ends it is closed to."""


@cache
def kept(name: str) -> Path:
    """The book as it is imported."""
    import tempfile

    target = Path(tempfile.mkdtemp()) / f"{name}.duckdb"
    assert cli.main(["import", str(BOOKS[name][0]), str(target)]) == 0
    return target


def changed(name: str, place: str, folder: Path) -> Path:
    """A copy of the book in which one cell is another: `table key column value`, an empty value as `-`."""
    table, key, column, value = place.split()
    target = folder / f"{name}.duckdb"
    shutil.copyfile(kept(name), target)
    where = " AND ".join(f"{part} IS NOT DISTINCT FROM ?" for part in tables()[table].keys)
    with duckdb.connect(str(target)) as connection:
        row = connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE {where} RETURNING 1",
            [None if value == "-" else value, *(part or None for part in key.split("/"))],
        ).fetchall()
    assert len(row) == 1, place
    return target


def accused(name: str, book: Path) -> list[str]:
    """What `verify` says after each close that the book went through."""
    said: list[str] = []
    for end in BOOKS[name][1:]:
        try:
            close_period(book, end=end, frames=False, today=TODAY)
        except LeancostError:
            break
        said += [f"{end}: {finding}" for finding in verification.verify(book).findings]
    return said


def changes(name: str, rows_of_a_column: int) -> Iterator[str]:
    """One-cell changes of the book: every date, policy, choice and flag, in some rows of each column."""
    first = BOOKS[name][1]
    for table in inputs():
        path = BOOKS[name][0] / table.group / f"{table.name}.csv"
        rows = list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []
        for column in table.columns:
            spread = rows[:: max(1, len(rows) // rows_of_a_column)][:rows_of_a_column] if rows else []
            for row in spread:
                for value in other_values(table.name, column, row, first):
                    key = "/".join(row.get(part) or "" for part in table.keys)
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
