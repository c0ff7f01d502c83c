"""The schema of a book: what the present version declares, what older ones declared, and the way from one to the next.

A column that may be empty and a new table need no new version: a book that lacks them reads as if they were empty
(`_complete`). A version is cut where something is renamed, removed or means something else; its declaration then
stays in `schemas`, its step and its hashes in `migrations`.
"""

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from leancost.book.migrations import declaration, from_1, from_2
from leancost.costing.workspace import CARRIED, Connection
from leancost.tables.declaration import inputs, outputs, tables

SCHEMA_VERSION: Final = 3
STEPS: Final[dict[int, Callable[[Connection], None]]] = {1: from_1.migrate, 2: from_2.migrate}
OWN: Final = {
    "runs": "run INTEGER, start_date DATE, end_date DATE, purpose VARCHAR, summary VARCHAR, period_run INTEGER,"
    " reverses INTEGER, seal VARCHAR",
    "run_hashes": "run INTEGER, kind VARCHAR, name VARCHAR, hash VARCHAR",
    "calculations": "costing_version VARCHAR, item VARCHAR, site VARCHAR, from_date DATE, basis VARCHAR,"
    " setup_hash VARCHAR",
    "schema_version": "version INTEGER, revision INTEGER",
}
"""The tables that a book keeps for itself: its runs, what was sealed with them, and where a stored standard cost came
from (the hash of the set-up that it was calculated from)."""
Declared = Mapping[tuple[str, str], str]
"""Table and column to the type that a book holds it in."""


def schema() -> Iterator[str]:
    """The statements that make an empty book of the present version."""
    for table, columns in _present().items():
        yield f"CREATE TABLE book.{table} ({columns})"
    yield f"INSERT INTO book.schema_version VALUES ({SCHEMA_VERSION}, 0)"


def present() -> Declared:
    """What this leancost declares: what the version froze, and what may have come since."""
    found = {}
    for table, columns in _present().items():
        for column in columns.split(", "):
            name, _, kind = column.partition(" ")
            found[table, name] = kind
    return found


def declared(version: int) -> Declared:
    """What every book of that version has."""
    return {(column.table, column.column): column.type for column in declaration.columns(version)}


def migrate(connection: Connection, version: int) -> None:
    """Brings the attached book from `version` to the present one, step by step, in one transaction.

    What was stored stays as it was; a table or column that came since is added empty.
    """
    connection.execute("BEGIN")
    for step in range(version, SCHEMA_VERSION):
        STEPS[step](connection)
    if version < SCHEMA_VERSION:
        connection.execute("UPDATE book.schema_version SET version = ?", [SCHEMA_VERSION])
    _complete(connection)
    connection.execute("COMMIT")


def _complete(connection: Connection) -> None:
    """Adds the tables and columns that came since the book was made."""
    found = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'book' AND schema_name = 'main'"
    ).fetchall()
    tables_found = {table for table, _ in found}
    for table, columns in _present().items():
        if table not in tables_found:
            connection.execute(f"CREATE TABLE book.{table} ({columns})")
            continue
        for column in columns.split(", "):
            if (table, column.partition(" ")[0]) not in found:
                connection.execute(f"ALTER TABLE book.{table} ADD COLUMN {column}")


def _present() -> dict[str, str]:
    """Every table of a book, in order, with its columns and their types."""
    found = {}
    for table in inputs():
        columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
        found[table.name] = columns
        found[f"earlier_{table.name}"] = f"run INTEGER, change INTEGER, existed BOOLEAN, {columns}"
    for table in outputs():
        columns = ", ".join(f"{column.name} {column.sql_type}" for column in table.columns)
        found[table.name] = f"run INTEGER, {columns}"
    for name, columns in CARRIED.items():
        found[f"carried_{name}"] = f"run INTEGER, {columns}"
    return found | OWN


def frozen() -> Iterator[tuple[str, ...]]:
    """The present declaration as the rows of a file of `schemas`: written when a version is cut."""
    groups = {table.name: table.group for table in (*inputs(), *outputs())}
    yield "table", "column", "type", "group", "key", "default"
    for (name, column), kind in present().items():
        prefix = name.partition("_")[0] if name.startswith(("earlier_", "carried_")) else "book"
        group = groups.get(name, prefix)
        known = name in groups and column in tables()[name].names
        cell = tables()[name].column(column) if known else None
        yield name, column, kind, group, "yes" if cell and cell.key else "", cell.default if cell else ""


if __name__ == "__main__":  # python -m leancost.book.migration > leancost/book/schemas/N.csv
    csv.writer(sys.stdout, lineterminator="\n").writerows(frozen())
