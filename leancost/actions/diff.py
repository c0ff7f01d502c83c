"""What moved between two runs, or between the last run and now: figures by key, and the input rows that moved them."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final, TextIO

from leancost.actions import reverse
from leancost.book import earlier_rows, folders, runs, seals, sources, storage
from leancost.book.runs import StoredRun
from leancost.costing import period_runs, workspace
from leancost.costing.visibility import hide_what_is_later, visible_rows
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.tables.declaration import Table, inputs, outputs, tables
from leancost.tables.output_folder import written_whole
from leancost.tables.source_rows import RowNumbers

MOST_ROWS: Final = 20
"""Input rows that differ of which it is found out what each has moved."""
MOST_TOTALS: Final = 12
"""Flows, cost groups and resources that are shown of two periods: those that moved most."""


@dataclass(frozen=True)
class Difference:
    """One cell that differs; of a row that only one side has, every cell that is not empty."""

    kind: str
    """`figure` (an output of the run) or `input` (what the run could read)."""
    table: str
    key: str
    column: str
    first: str
    second: str
    moved_by: str = ""
    """Of a figure: the input rows without whose change it would be another, where not too many differ."""


def compare_runs(source: Path, first: int, second: int) -> list[Difference]:
    """The figures of two stored runs that differ, by key, and the input rows that each could see.

    Raises LeancostError where a run does not exist. Source: contract 6 (outputs by key).
    """
    storage.require_book(source)
    with storage.snapshot(source) as connection:
        stored = runs.sealed_runs(connection)
        sides = [runs.run_of(stored, number, source) for number in (first, second)]
        for schema, run in zip(("first_run", "second_run"), sides, strict=True):
            _stored_figures(connection, schema, run)
        found = list(_differences(connection))
        if any(run.reverses is not None for run in sides):
            return found
        begun = min(run.run for run in stored if run.period_run == sides[1].period_run)
        before = runs.standing(stored, before=begun)
        return _with_causes(connection, found, sides[1].end, before[-1] if before else None)


def are_of_one_period(source: Path, first: int, second: int) -> bool:
    """Whether two stored runs begin and end on the same days: else hardly a key of one is in the other.

    Raises LeancostError where a run does not exist.
    """
    storage.require_book(source)
    with storage.attached(source) as connection:
        stored = runs.sealed_runs(connection)
    one, other = (runs.run_of(stored, number, source) for number in (first, second))
    return (one.start, one.end) == (other.start, other.end)


def compare_totals(source: Path, first: int, second: int) -> list[Difference]:
    """What moved between two periods: the company's WIP, and the flows, cost groups and resources that moved most.

    Of the input tables that differ, how many rows each run could see. Raises LeancostError where a
    run does not exist. Source: rules/analysis/moved_totals.
    """
    storage.require_book(source)
    with storage.snapshot(source) as connection:
        stored = runs.sealed_runs(connection)
        for schema, number in (("first_run", first), ("second_run", second)):
            _stored_figures(connection, schema, runs.run_of(stored, number, source))
        workspace.run_rule(connection, "analysis/moved_totals")
        digits = workspace.currency_digits(connection)
        amounts = f"CAST(first_amount AS DECIMAL(18,{digits})), CAST(second_amount AS DECIMAL(18,{digits}))"
        rows = connection.execute(
            f"SELECT key, figure, {amounts} FROM moved_totals"
            " QUALIFY depth = 0 OR row_number() OVER (PARTITION BY depth ORDER BY moved DESC, key, place)"
            f" <= {MOST_TOTALS} ORDER BY depth, CASE WHEN depth = 0 THEN 0 ELSE -moved END, key, place"
        ).fetchall()
        found = [Difference("figure", "wip_balances", key, *map(_text, rest)) for key, *rest in rows]
        return [*found, *_row_counts(connection)]


def _row_counts(connection: Connection) -> Iterator[Difference]:
    for table in inputs():
        sides = [
            f"SELECT {', '.join(table.names)} FROM {schema}.{table.name}" for schema in ("first_run", "second_run")
        ]
        moved = f"({sides[0]} EXCEPT {sides[1]}) UNION ALL ({sides[1]} EXCEPT {sides[0]})"
        if connection.execute(f"{moved} LIMIT 1").fetchone():
            counts = [connection.execute(f"SELECT count(*) FROM ({side})").fetchone() or (0,) for side in sides]
            yield Difference("input", table.name, "", "rows", *(str(count) for (count,) in counts))


def compare_with_now(source: Path) -> list[Difference]:
    """The last period recomputed from the book as it is now, held against its stored runs.

    Raises LeancostError where nothing is closed or the period is refused now.
    """
    storage.require_book(source)
    with storage.snapshot(source) as connection:
        stored = runs.sealed_runs(connection)
        group = reverse.last_period(stored)
        if not group:
            raise LeancostError(f"{source} has no run to compare with: nothing is closed.")
        storage.copy_inputs(connection)
        standing = runs.standing(stored)
        before = standing[: len(standing) - len(group)]
        if before:
            runs.bring_forward(connection, before[-1].run)
        sources.require_complete(connection, RowNumbers(source))
        hide_what_is_later(connection, group[-1].end)
        told = {run.end: run for run in group}
        found: list[Difference] = []
        for again in period_runs.run_period(connection, end=group[-1].end, last_end=before[-1].end if before else None):
            connection.execute("CREATE SCHEMA second_run")
            for table in outputs():
                connection.execute(f"CREATE TABLE second_run.{table.name} AS FROM main.{table.name}")
            day = f"DATE '{again.end.isoformat()}'"
            for table in inputs():
                connection.execute(f"CREATE TABLE second_run.{table.name} AS {visible_rows(table, day)}")
            _stored_figures(connection, "first_run", told.get(again.end))
            moved = list(_differences(connection))
            found += _with_causes(connection, moved, again.end, before[-1] if before else None)
            connection.execute("DROP SCHEMA first_run CASCADE")
            connection.execute("DROP SCHEMA second_run CASCADE")
        return found


def input_rows(differences: Sequence[Difference]) -> list[tuple[str, str]]:
    """Table and key of the input rows that differ."""
    return list(dict.fromkeys((one.table, one.key) for one in differences if one.kind == "input"))


def write(differences: Sequence[Difference], file: TextIO) -> None:
    """Writes differences as CSV with a header; nothing but the header where nothing differs."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Difference.__dataclass_fields__)
    writer.writerows(astuple(difference) for difference in differences)


def write_to_folder(differences: Sequence[Difference], out: Path) -> None:
    """Writes `differences.csv` into a folder, whole or not at all."""
    with written_whole(out) as folder:
        assert folder is not None
        with (folder / "differences.csv").open("w", encoding="utf-8", newline="") as file:
            write(differences, file)


def _stored_figures(connection: Connection, schema: str, run: StoredRun | None) -> None:
    """What a run wrote and could read, in a schema; empty tables where there is no such run."""
    connection.execute(f"CREATE SCHEMA {schema}")
    if run:
        runs.require_as_stored(connection, run)
    number, columns = (run.run, runs.stored_columns(connection, run)) if run else (0, seals.present_columns())
    for (kind, name), names in columns.items():
        if kind == "output":
            rows = f"SELECT {', '.join(names)} FROM book.{name} WHERE run = {number}"
            connection.execute(f"CREATE TABLE {schema}.{name} AS {rows}")
    if run:
        earlier_rows.inputs_as_of(connection, run.run, run.end, schema)
    else:
        for table in inputs():
            connection.execute(table.ddl().replace("CREATE TABLE ", f"CREATE TABLE {schema}.", 1))


def _differences(connection: Connection) -> Iterator[Difference]:
    digits = workspace.currency_digits(connection)
    for kind, of_kind in (("figure", outputs()), ("input", inputs())):
        for table in of_kind:
            yield from _of_table(connection, table, kind, digits)


def _with_causes(
    connection: Connection, found: list[Difference], end: date, before: StoredRun | None
) -> list[Difference]:
    """Adds to each figure the input rows that moved it: each alone is put back, and the period run again."""
    rows = input_rows(found)
    if len(rows) > MOST_ROWS or not any(each.kind == "figure" for each in found):
        return found
    movers: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, key in rows:
        with workspace.own_schema(connection, "without_row"):
            for table in inputs():
                connection.execute(f"CREATE TABLE {table.name} AS FROM second_run.{table.name}")
            same = f"{folders.key_text(tables()[name])} = ?"
            connection.execute(f"DELETE FROM {name} t WHERE {same}", [key])
            connection.execute(f"INSERT INTO {name} FROM first_run.{name} t WHERE {same}", [key])
            for cell in _moved_cells(connection, end, before):
                movers[cell].append(f"{name} {key}")
    return [replace(one, moved_by="; ".join(movers[one.table, one.key, one.column])) for one in found]


def _moved_cells(connection: Connection, end: date, before: StoredRun | None) -> Iterator[tuple[str, str, str]]:
    """Runs the period on the current schema; the cells of its last run that are others in the second run."""
    workspace.fill_defaults(connection)
    if before:
        runs.bring_forward(connection, before.run)
    digits = workspace.currency_digits(connection)
    with suppress(LeancostError):  # refused without that row: what it moved is not told
        for again in period_runs.run_period(connection, end=end, last_end=before.end if before else None):
            if again.end == end:
                for table in outputs():
                    for one in _of_table(connection, table, "figure", digits, first="without_row"):
                        yield one.table, one.key, one.column


def _of_table(
    connection: Connection, table: Table, kind: str, digits: int, first: str = "first_run"
) -> Iterator[Difference]:
    shared = [column for column in table.columns if column.name in _shared(connection, table, first)]
    if not shared:  # a run has none of a table that came since
        return
    table = replace(table, columns=tuple(shared))
    names = table.names
    cells = workspace.contract_columns(table, digits)
    sides = []
    for schema, other in ((first, "second_run"), ("second_run", first)):
        rows = connection.execute(
            f"SELECT {cells} FROM {schema}.{table.name} EXCEPT SELECT {cells} FROM {other}.{table.name}"
        ).fetchall()
        sides.append({tuple(_text(dict(zip(names, row, strict=True))[key]) for key in table.keys): row for row in rows})
    old_rows, new_rows = sides
    empty = tuple(None for _ in names)
    for key in sorted({*old_rows, *new_rows}):
        pairs = zip(names, old_rows.get(key, empty), new_rows.get(key, empty), strict=True)
        moved = [(name, old, new) for name, old, new in pairs if old != new and name not in table.keys]
        if not moved:
            moved = [("", "there" if key in old_rows else "", "there" if key in new_rows else "")]
        for name, old, new in moved:
            yield Difference(kind, table.name, "/".join(key), name, _text(old), _text(new))


def _shared(connection: Connection, table: Table, first: str) -> set[str]:
    """The columns of a table that both sides have: a run has none that came since."""
    rows = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'memory' AND table_name = $table"
        " AND schema_name IN ($first, 'second_run') GROUP BY 1 HAVING count(DISTINCT schema_name) = 2",
        {"table": table.name, "first": first},
    ).fetchall()
    return {name for (name,) in rows}


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)
