"""What a file must be to be a book: of a known version, with its tables, whole; and what is said of one that is not."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import duckdb

from leancost.book import migration
from leancost.book.migration import SCHEMA_VERSION
from leancost.book.migrations import from_1
from leancost.costing.workspace import Connection, cause_of
from leancost.errors import RESTORE, LeancostError, shortened

FOREIGN: Final = {
    "duckdb_constraints()": "constraint_type || ' on ' || table_name",
    "duckdb_indexes()": "'INDEX ' || index_name || ' on ' || table_name",
    "duckdb_views()": "'VIEW ' || view_name",
}
"""What leancost makes none of, and what could forbid it to read or write a book."""
HEADERS: Final = 3 * 4096
"""Bytes before the first block of a DuckDB file."""


def recognise(connection: Connection, path: Path, name: str) -> tuple[int, bool]:
    """The version of the book attached as `name`, and whether it has every table and column of today.

    Raises LeancostError where it is no book, where a newer leancost wrote it, or where a table is
    missing or not of its types.
    """
    try:
        row = connection.execute(f"SELECT version FROM {name}.schema_version").fetchone()
    except duckdb.Error as problem:
        if is_damage(problem):
            raise
        row = None
    if row is None:
        raise LeancostError(f"{path} is not a leancost book. Make one with leancost import.")
    version = row[0]
    if not isinstance(version, int) or version < 1:
        raise LeancostError(
            f"{path} is not a leancost book: its schema version is {shortened(str(version))}, no number from 1 on."
            f" {RESTORE}."
        )
    if version > SCHEMA_VERSION:
        raise _newer(path, f"schema {version}; this one knows {SCHEMA_VERSION}")
    is_complete = _require_tables(connection, path, name, version)
    _require_facts(connection, path, name, version)
    return version, is_complete


def require_whole(connection: Connection, path: Path, name: str) -> None:
    """Raises LeancostError where blocks that hold something are cut off the file attached as `name`.

    A file may be shorter than its header says: DuckDB cuts free blocks off its end. Only then every
    table is asked where it stands.
    """
    row = connection.execute(
        "SELECT block_size, total_blocks FROM pragma_database_size() WHERE database_name = ?", [name]
    ).fetchone()
    size, total = row or (1, 0)
    blocks = (path.stat().st_size - HEADERS) // size
    if blocks >= total:
        return
    tables = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?", [name]
    ).fetchall()
    for place in tables:
        quoted = ".".join(f'"{part.replace(chr(34), chr(34) * 2)}"' for part in (name, *place)).replace("'", "''")
        found = connection.execute(
            "SELECT max(greatest(block_id, coalesce(list_max(additional_block_ids), -1)))"
            f" FROM pragma_storage_info('{quoted}') WHERE persistent"
        ).fetchone()
        if found and found[0] is not None and found[0] >= blocks:
            raise damaged(path)


def _require_tables(connection: Connection, path: Path, name: str, version: int) -> bool:
    """Every table and column of a book is there and of its type, as a table: a view could read anything.

    What came since the version was cut may be missing; then the answer is no.
    """
    rows = connection.execute(
        "SELECT c.table_name, c.column_name, c.data_type FROM duckdb_columns() c JOIN duckdb_tables() t"
        " ON t.database_oid = c.database_oid AND t.table_oid = c.table_oid"
        " WHERE c.database_name = ? AND c.schema_name = 'main'",
        [name],
    ).fetchall()
    found = {(table, column): kind for table, column, kind in rows}
    needed = migration.declared(version)
    lacking = sorted({table for table, _ in needed.keys() - found.keys()})
    if lacking:
        raise LeancostError(f"{path} is not a leancost book: its table {lacking[0]} is missing or incomplete.")
    known = needed if version < SCHEMA_VERSION else {**migration.present(), **needed}
    for (table, column), kind in known.items():
        if found.get((table, column), kind) != kind:
            raise LeancostError(
                f"{path} is not a leancost book: its column {table}.{column} is {found[table, column]}, not {kind}."
                f" {RESTORE}."
            )
    if version == SCHEMA_VERSION:
        _require_nothing_newer(connection, path, name, found.keys() - known.keys(), {table for table, _ in known})
    return not known.keys() - found.keys() and version == SCHEMA_VERSION


def _require_nothing_newer(
    connection: Connection, path: Path, name: str, strange: set[tuple[str, str]], known: set[str]
) -> None:
    """A column that only a newer leancost knows is not passed over where it holds something, nor is an input table.

    A table that has no `earlier_` one beside it is somebody else's, and none of leancost's business.
    """
    tables = {table for table, _ in strange}
    for table, column in sorted(strange):
        if table in known:
            filled = f'SELECT 1 FROM {name}.{table} WHERE "{column.replace(chr(34), chr(34) * 2)}" IS NOT NULL LIMIT 1'
        elif f"earlier_{table}" in tables:
            filled = f'SELECT 1 FROM {name}."{table.replace(chr(34), chr(34) * 2)}" LIMIT 1'
        else:
            continue
        if connection.execute(filled).fetchone():
            place = f"{table}.{column}" if table in known else table
            raise _newer(path, f"it holds {shortened(place)}, which this one does not know")


def _newer(path: Path, why: str) -> LeancostError:
    return LeancostError(f"{path} was written by a newer leancost ({why}). Update leancost; the book was not touched.")


def _require_facts(connection: Connection, path: Path, name: str, version: int) -> None:
    """What no seal tells: how often the book was written; in a book without seals that its runs have their facts."""
    if version == 1:
        if connection.execute(f"FROM {name}.runs WHERE {from_1.NO_RUN}").fetchone():
            raise LeancostError(
                f"{path} is not a leancost book: a run has no number, end date, purpose or summary. {RESTORE}."
            )
        return
    rows = connection.execute(f"SELECT revision FROM {name}.schema_version").fetchall()
    if len(rows) != 1 or rows[0][0] is None:
        raise LeancostError(
            f"{path} is not a leancost book: schema_version must be one row with a revision. {RESTORE}."
        )


@contextmanager
def told(connection: Connection, path: Path) -> Iterator[None]:
    """Turns what DuckDB says of a file into one line: damaged, or holding what leancost did not put there.

    Anything else is an error of the program.
    """
    try:
        yield
    except duckdb.Error as problem:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        if is_damage(problem):
            raise damaged(path) from None
        if isinstance(problem, duckdb.IOException | duckdb.OutOfMemoryException):
            raise
        if foreign := _foreign(connection):
            raise LeancostError(
                f"{path} holds what leancost did not put there ({shortened(foreign)}), and DuckDB says:"
                f" {str(problem).splitlines()[0].rstrip('.')}. Nothing was stored. Remove it, or restore the book"
                " from a copy that verifies."
            ) from None
        raise


def is_damage(problem: duckdb.Error) -> bool:
    """Whether DuckDB could not make out what stands in the file."""
    text = str(problem)
    return (
        isinstance(problem, duckdb.SerializationException | duckdb.InternalException | duckdb.FatalException)
        or text.startswith(("Corrupt", "INTERNAL"))
        or any(words in text for words in ("Could not read enough bytes", "checksum", "database has been invalidated"))
    )


def damaged(path: Path) -> LeancostError:
    """What is said of a file that is torn, cut off or overwritten."""
    return LeancostError(f"{path} is damaged: part of it is missing or was overwritten. {RESTORE}.")


def _foreign(connection: Connection) -> str:
    for function, what in FOREIGN.items():
        with suppress(duckdb.Error):
            row = connection.execute(
                f"SELECT {what} FROM {function} WHERE database_name IN ('book', 'file')"
                f"{' AND NOT internal' if 'views' in function else ''} ORDER BY ALL LIMIT 1"
            ).fetchone()
            if row:
                return str(row[0])
    return ""


def refused(path: Path, problem: duckdb.Error) -> LeancostError | None:
    """What is said of a file that cannot be attached; None where somebody else holds it."""
    text = str(problem).splitlines()[0]
    if is_damage(problem):
        return damaged(path)
    no_book = not isinstance(problem, duckdb.IOException) and "file handle conflict" not in text
    if no_book or "not a valid DuckDB database" in text:
        return LeancostError(f"{path} is not a leancost book: {text}")
    if "Could not set lock on file" not in text and "file handle conflict" not in text:
        return LeancostError(f"{path} cannot be opened: {cause_of(problem)}.")
    return None
