"""How version 2 of the schema hashed and sealed a run: runs of versions 1 and 2 are verified by this for ever.

Of what a run could see, version 2 did not say whether there was a later date (it counts as none), and left out rows
that begin or happen later even where an event of the period names them.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from leancost.book.migrations import declaration
from leancost.book.migrations.declaration import Declared

VERSION: Final = 2
Hash = tuple[str, str, str]
"""Kind (`input`, `output`, `carried`), table, SHA-256."""
WITHOUT_DATES: Final = (
    "EXISTS (SELECT 1 FROM {schema}.kanban_jobs j WHERE j.kanban = t.kanban"
    " AND (j.prepared_date <= {end} OR j.completed_date <= {end}))"
    " OR EXISTS (SELECT 1 FROM {schema}.picking_lines p WHERE p.kanban = t.kanban AND p.posting_date <= {end})"
)


def visible_rows(name: str, end: date, schema: str) -> str:
    """SELECT of what a run that ends on `end` could see of an input table, as version 2 saw it."""
    day = f"DATE '{end.isoformat()}'"
    columns = declaration.tables(VERSION, "setup", "events")[name]
    dates = [column.column for column in columns if column.type == "DATE"]
    if columns[0].group == "events":
        seen = " OR ".join(f"t.{column} <= {day}" for column in dates)
        if name == "kanbans":
            seen += " OR " + WITHOUT_DATES.format(schema=schema, end=day)
    else:
        starts = [column for column in dates if column != "effective_to"]
        seen = " AND ".join(f"(t.{column} IS NULL OR t.{column} <= {day})" for column in starts) or "TRUE"
    order = ", ".join(f"t.{column.column} NULLS FIRST" for column in columns if column.key)
    cells = ", ".join(_visible_cell(column, day) for column in columns)
    return f"SELECT {cells} FROM {schema}.{name} t WHERE {seen} ORDER BY {order}"


def hide_what_is_later(connection: duckdb.DuckDBPyConnection, end: date, schema: str) -> None:
    """Leaves in the input tables of a schema what a run that ends on `end` could see; what came since is emptied."""
    names = list(declaration.tables(VERSION, "setup", "events"))
    for name in names:
        connection.execute(f"CREATE TABLE {schema}.by_2_{name} AS {visible_rows(name, end, schema)}")
    for name in names:
        connection.execute(f"DELETE FROM {schema}.{name}")
        connection.execute(f"INSERT INTO {schema}.{name} BY NAME FROM {schema}.by_2_{name}")
    connection.execute(f"UPDATE {schema}.kanban_jobs SET good_quantity = 0 WHERE good_quantity IS NULL")


def input_hashes(connection: duckdb.DuckDBPyConnection, end: date, schema: str) -> list[Hash]:
    """SHA-256 of every input table over what a run that ends on `end` could see of it."""
    queries = [(name, visible_rows(name, end, schema)) for name in declaration.tables(VERSION, "setup", "events")]
    return [("input", name, digest) for name, digest in _hashes(connection, queries)]


def output_hashes(connection: duckdb.DuckDBPyConnection, run: int, *, carried_only: bool = False) -> list[Hash]:
    """SHA-256 of every output table of a run of the attached book, and of what it carries forward."""
    groups = ("carried",) if carried_only else ("output", "carried")
    found = []
    for group in groups:
        queries = []
        for name, columns in declaration.tables(VERSION, group).items():
            cells = ", ".join(f"CAST({c.column} AS {c.type}) AS {c.column}" for c in columns if c.column != "run")
            queries.append((name, f"SELECT {cells} FROM book.{name} WHERE run = {run} ORDER BY ALL"))
        found += [(group, name.removeprefix("carried_"), digest) for name, digest in _hashes(connection, queries)]
    return found


def seal(previous: str, facts: Sequence[object], hashes: Iterable[Hash]) -> str:
    """SHA-256 over the seal of the run before, the run's facts and its hashes."""
    text = json.dumps([previous, [None if fact is None else str(fact) for fact in facts], sorted(hashes)])
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes(connection: duckdb.DuckDBPyConnection, queries: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="leancost-") as folder:
        path = Path(folder) / "table.csv"
        for name, query in queries:
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER true)")
            with path.open("rb") as file:
                yield name, hashlib.file_digest(file, "sha256").hexdigest()


def _visible_cell(column: Declared, day: str) -> str:
    name = column.column
    if column.type == "DATE":
        return f"CASE WHEN t.{name} <= {day} THEN t.{name} END AS {name}"
    if name in ("good_quantity", "error_quantity"):
        return f"CASE WHEN t.completed_date <= {day} THEN NULLIF(t.{name}, 0) END AS {name}"
    if column.default:
        return f"NULLIF(t.{name}, CAST('{column.default}' AS {column.type})) AS {name}"
    return f"t.{name}"
