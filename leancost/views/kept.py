"""What a report shows, determined once: kept in a DuckDB file that page, workbook, manifest and notebooks read.

Alone a notebook determines what it shows for itself, in memory; it is read in the same way.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pandas

from leancost.costing import workspace
from leancost.costing.workspace import Connection
from leancost.tables.declaration import Table

VARIABLE: Final = "LEANCOST_KEPT"
"""Names the file to the kernels of a report."""


@contextmanager
def place_for(connection: Connection, file: Path | None = None) -> Iterator[None]:
    """A database `kept` to put tables into: that file, which is made, or memory."""
    connection.execute(f"ATTACH {_quoted(':memory:' if file is None else str(file))} AS kept")
    connection.execute("CREATE TABLE IF NOT EXISTS kept.asked (part VARCHAR, source VARCHAR, words VARCHAR)")
    try:
        yield
    finally:
        connection.execute("DETACH kept")


@contextmanager
def found(part: str, source: Path, words: Sequence[object]) -> Iterator[Connection | None]:
    """A connection to the file that holds the answer to just that, where a report has kept it; else None."""
    file = os.environ.get(VARIABLE)
    if not file or not Path(file).exists():
        yield None
        return
    with workspace.workspace() as connection:
        connection.execute(f"ATTACH {_quoted(file)} AS kept (READ_ONLY)")
        asked = "SELECT 1 FROM kept.asked WHERE part = ? AND source = ? AND words = ?"
        is_answered = connection.execute(asked, [part, *_asked(source, words)]).fetchone()
        yield connection if is_answered else None


def is_answer(connection: Connection, part: str, source: Path, words: Sequence[object]) -> None:
    """Notes what was asked where this part of the file is the answer."""
    connection.execute("INSERT INTO kept.asked VALUES (?, ?, ?)", [part, *_asked(source, words)])


def keep_table(connection: Connection, table: Table, schema: str) -> None:
    """Keeps a table of the contract, sorted by its key, amounts with the decimals of the currency."""
    has_amounts = any(column.kind == "amount" for column in table.columns)
    columns = workspace.contract_columns(table, workspace.currency_digits(connection) if has_amounts else 0)
    keep(connection, f"{schema}.{table.name}", f"SELECT {columns} FROM {table.name} ORDER BY {', '.join(table.keys)}")


def keep(connection: Connection, name: str, query: str) -> None:
    """Keeps what a query gives, in its order."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS kept.{name.partition('.')[0]}")
    connection.execute(f"CREATE TABLE kept.{name} AS {query}")


def keep_rows(connection: Connection, name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """Keeps a few rows of Python."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS kept.{name.partition('.')[0]}")
    connection.execute(f"CREATE TABLE kept.{name} ({columns})")
    values = [list(row) for row in rows]
    if values:
        places = ", ".join("?" for _ in values[0])
        connection.executemany(f"INSERT INTO kept.{name} VALUES ({places})", values)


def frame(connection: Connection, name: str) -> pandas.DataFrame:
    """A kept table as a DataFrame, in the order it was kept; figures are Decimals."""
    read = connection.execute(f"SELECT * FROM kept.{name} ORDER BY rowid")
    names = [column[0] for column in read.description or ()]
    return pandas.DataFrame(read.fetchall(), columns=names, dtype=object)


def rows(connection: Connection, name: str) -> list[tuple[object, ...]]:
    """The rows of a kept table, in their order."""
    return connection.execute(f"SELECT * FROM kept.{name} ORDER BY rowid").fetchall()


def _asked(source: Path, words: Sequence[object]) -> tuple[str, str]:
    return str(source.resolve()), " ".join(map(str, words))


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
