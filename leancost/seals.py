"""What a run could see and what it wrote, as hashes, and the seal that chains the runs of a book."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from leancost.book import CARRIED, Connection
from leancost.tables import Table, inputs, outputs

Hash = tuple[str, str, str]
"""Kind (`input`, `output`, `carried`), table, SHA-256."""

WITHOUT_DATES: Final = (
    "EXISTS (SELECT 1 FROM {schema}.kanban_jobs j WHERE j.kanban = t.kanban"
    " AND (j.prepared_date <= {end} OR j.completed_date <= {end}))"
    " OR EXISTS (SELECT 1 FROM {schema}.picking_lines p WHERE p.kanban = t.kanban AND p.posting_date <= {end})"
)
"""A kanban whose dates follow from its jobs and picking lines is seen with them."""
NO_BEGINNING: Final = ("effective_to", "go_live")
"""Dates of a setup row that do not say from when on it holds."""


def visible_rows(table: Table, end: str = "$end", schema: str = "main") -> str:
    """SELECT of what a run that ends on `end` could see of an input table, in canonical form.

    Later dates are blank, a job's quantities too before it is completed; rows that only begin or
    happen later are left out; a cell that equals its default counts as empty. Of a go-live that
    comes later the run knows only that it does: it is 9999-12-31.
    """
    cells = [_visible_cell(table, column.name, end) for column in table.columns]
    dates = [column.name for column in table.columns if column.kind == "date"]
    if table.group == "events":
        seen = " OR ".join(f"t.{name} <= {end}" for name in dates)
        if table.name == "kanbans":
            seen += " OR " + WITHOUT_DATES.format(schema=schema, end=end)
    else:
        starts = [name for name in dates if name not in NO_BEGINNING]
        seen = " AND ".join(f"(t.{name} IS NULL OR t.{name} <= {end})" for name in starts) or "TRUE"
    order = ", ".join(f"t.{key} NULLS FIRST" for key in table.keys)
    return f"SELECT {', '.join(cells)} FROM {schema}.{table.name} t WHERE {seen} ORDER BY {order}"


def input_hashes(connection: Connection, end: date, schema: str = "main") -> dict[str, str]:
    """SHA-256 of every input table over what a run that ends on `end` could see of it."""
    day = f"DATE '{end.isoformat()}'"
    return _hashes(connection, ((table.name, visible_rows(table, day, schema)) for table in inputs()))


def output_hashes(
    connection: Connection, schema: str, where: str = "TRUE", *, carried_only: bool = False
) -> list[Hash]:
    """SHA-256 of every output table of a run and of what it carries forward, as they stand in `schema`."""
    written = _hashes(
        connection,
        (
            (t.name, f"SELECT {_as_declared(t)} FROM {schema}.{t.name} WHERE {where} ORDER BY ALL")
            for t in outputs()
            if not carried_only
        ),
    )
    prefix = "carried_" if schema == "book" else ""
    carried = _hashes(
        connection,
        (
            (name, f"SELECT {_as_carried(name)} FROM {schema}.{prefix}{name} WHERE {where} ORDER BY ALL")
            for name in CARRIED
        ),
    )
    return [
        *(("output", name, digest) for name, digest in written.items()),
        *(("carried", name, digest) for name, digest in carried.items()),
    ]


def seal(previous: str, facts: Sequence[object], hashes: Iterable[Hash]) -> str:
    """SHA-256 over the seal of the run before, the run's facts and its hashes: the last one seals the book."""
    text = json.dumps([previous, [None if fact is None else str(fact) for fact in facts], sorted(hashes)])
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes(connection: Connection, queries: Iterable[tuple[str, str]]) -> dict[str, str]:
    hashes = {}
    with tempfile.TemporaryDirectory(prefix="leancost-") as folder:
        path = Path(folder) / "table.csv"
        for name, query in queries:
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER true)")
            with path.open("rb") as file:
                hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes


def _as_declared(table: Table) -> str:
    """The columns as the book stores them, so that a run has one hash before and after it is stored."""
    return ", ".join(f"CAST({column.name} AS {column.sql_type}) AS {column.name}" for column in table.columns)


def _as_carried(name: str) -> str:
    columns = (column.split(" ", 1) for column in CARRIED[name].split(", "))
    return ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in columns)


def _visible_cell(table: Table, name: str, end: str) -> str:
    column = table.column(name)
    if name == "go_live":
        return f"CASE WHEN t.{name} <= {end} THEN t.{name} WHEN t.{name} > {end} THEN DATE '9999-12-31' END AS {name}"
    if column.kind == "date":
        return f"CASE WHEN t.{name} <= {end} THEN t.{name} END AS {name}"
    if table.name == "kanban_jobs" and column.kind == "quantity":
        return f"CASE WHEN t.completed_date <= {end} THEN NULLIF(t.{name}, 0) END AS {name}"
    if column.default:
        return f"NULLIF(t.{name}, CAST('{column.default}' AS {column.sql_type})) AS {name}"
    return f"t.{name}"
