"""Books as dictionaries of rows, and comparison by value."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path

from leancost.costing import workspace
from leancost.tables import declaration

Rows = list[dict[str, str]]
Book = dict[str, Rows]


def read_csv(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_folder(path: Path) -> Book:
    return {file.stem: read_csv(file) for file in sorted(path.glob("*/*.csv"))}


def load_rows(connection: workspace.Connection, rows: Book) -> None:
    for table in declaration.inputs():
        given = rows.get(table.name, [])
        if given:
            cells = [[row.get(name) or None for name in table.names] for row in given]
            casts = ", ".join(f"CAST(c[{place}] AS {c.sql_type})" for place, c in enumerate(table.columns, start=1))
            connection.execute(f"INSERT INTO {table.name} SELECT {casts} FROM (SELECT unnest(?) AS c)", [cells])


@contextmanager
def workspace_of(rows: Book) -> Iterator[workspace.Connection]:
    with workspace.workspace() as connection:
        load_rows(connection, rows)
        workspace.fill_defaults(connection)
        yield connection


def table_rows(connection: workspace.Connection, name: str, columns: list[str] | None = None) -> Rows:
    names = columns or list(declaration.tables()[name].names)
    found = connection.execute(f"SELECT {', '.join(names)} FROM {name} ORDER BY ALL").fetchall()
    return [dict(zip(names, map(as_text, row), strict=True)) for row in found]


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def normal(row: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """A row that compares by value: 0.1 is 0.100000."""
    return tuple((name, by_value(value)) for name, value in sorted(row.items()))


def by_value(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return format(number.normalize(), "f") if number else "0"


def assert_same(actual: Rows, expected: Rows) -> None:
    """Equal in every cell, as sets of rows."""
    names = list(expected[0]) if expected else []
    narrowed = [{name: row[name] for name in names} for row in actual] if names else actual
    have, want = sorted(map(normal, narrowed)), sorted(map(normal, expected))
    missing = [row for row in want if row not in have]
    surplus = [row for row in have if row not in want]
    assert have == want, f"missing {missing[:3]}, not expected {surplus[:3]}"
