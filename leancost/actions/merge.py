"""Import into a book: rows merge by key, or become exactly the source; what a closed run has read stays as it was."""

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from leancost.actions import closed_rows, late_flows, staying, taken_dates, taken_figures
from leancost.actions.compared_rows import same_key
from leancost.actions.staying import Differences
from leancost.book import earlier_rows, folders, runs, storage
from leancost.costing.workspace import Connection, workspace
from leancost.errors import LeancostError, refuse
from leancost.tables import paths
from leancost.tables.cells import Findings
from leancost.tables.declaration import Table, inputs
from leancost.tables.source_rows import RowNumbers


@dataclass(frozen=True)
class ImportCounts:
    """Rows of the source: new ones, ones that filled or changed a row, ones already there."""

    added: int
    changed: int
    same: int
    differences: Differences
    """Cells that the source blanks and rows that it lacks: they stay, or with `replace` they go."""


def import_source(source: Path, target: Path, *, replace: bool = False, dry_run: bool = False) -> ImportCounts:
    """Merges a folder, workbook or book into the book `target`, made where it does not exist.

    With `replace` every table that the source contains becomes exactly what it is there, a table
    of which it holds a header only becomes empty, and tables that it does not contain stay; so do
    calculated standards of which it has no record. All or nothing. Raises LeancostError with
    every bad cell, every reference that does not exist afterwards, every change of what a closed
    run has read or took from an empty cell, and every new fact dated on or before the last end
    date. Source: contract 5 (import).
    """
    if not storage.is_book(target):
        raise LeancostError(f"{target} is no book: its name must end in .duckdb.")
    paths.require_source(source)
    paths.require_book_file(target)
    if target.exists():
        return _merge(source, target, replace=replace, dry_run=dry_run)
    if storage.is_book(source) and not source.exists():
        raise LeancostError(f"{source} does not exist. Name a folder, a workbook (.xlsx) or a book (.duckdb).")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=target.absolute().parent) as folder:
        fresh = Path(folder) / target.name
        storage.create(fresh)
        counts = _merge(source, fresh, replace=replace, dry_run=dry_run)
        try:
            if not dry_run:
                storage.put_in_place(fresh, target)
        except FileExistsError:  # another import made the book meanwhile
            return _merge(source, target, replace=replace, dry_run=dry_run)
    return counts


def _merge(source: Path, target: Path, *, replace: bool, dry_run: bool) -> ImportCounts:
    numbers = RowNumbers(source)
    with workspace() as connection:
        findings = _read(connection, source)
        contained = {table.name for table in inputs()} - (findings.missing if source.suffix != ".duckdb" else set())
        with storage.attached_to(connection, target, write=not dry_run):
            stands = runs.standing(runs.sealed_runs(connection))
            found = staying.differences(connection, contained, numbers)
            counts, differing = _count(connection, contained, found, replace=replace)
            for table in reversed(inputs()):  # breakdowns before the prices that tell which are calculated
                rows = _replaced_rows(table) if replace and table.name in contained else _merged_rows(table)
                connection.execute(f"CREATE OR REPLACE TABLE {table.name} AS {rows}")
            if stands and differing and not findings:
                connection.execute("CREATE SCHEMA seen")
                earlier_rows.views_after(connection, stands[-1].run, "seen")
                late_flows.find_waiting(connection, stands[-1].run)
                refuse(closed_rows.with_rows(closed_rows.changes(connection, differing, stands[-1].end), numbers))
            folders.dangling_references(connection, numbers, findings)
            findings.refuse()
            if stands and differing:
                refuse(closed_rows.with_rows(taken_dates.other_dates(connection, differing, stands), numbers))
                refuse(closed_rows.with_rows(taken_figures.other_figures(connection, differing, stands), numbers))
            if differing and not dry_run:
                with storage.transaction(connection, target):
                    _write(connection, differing)
        return counts


def _write(connection: Connection, differing: Sequence[Table]) -> None:
    earlier_rows.log_changes(connection, "book", "main")
    for table in differing:
        columns = ", ".join(table.names)
        connection.execute(f"DELETE FROM book.{table.name}")
        connection.execute(f"INSERT INTO book.{table.name} ({columns}) SELECT {columns} FROM {table.name}")


def _read(connection: Connection, source: Path) -> Findings:
    if source.suffix != ".duckdb":
        return folders.read(source, connection)
    with storage.attached(source) as other:
        storage.copy_inputs(other)
        with tempfile.TemporaryDirectory() as folder:
            folders.write_folder(other, Path(folder) / "book")
            return folders.read(Path(folder) / "book", connection)


def _merged_rows(table: Table) -> str:
    """The source's rows, their empty cells filled from the book, and the book's other rows."""
    cells = ", ".join(f"COALESCE(s.{name}, b.{name}) AS {name}" for name in table.names)
    key = same_key(table, "s", "b")
    return (
        f"SELECT {cells} FROM {table.name} s LEFT JOIN book.{table.name} b ON {key}"
        f" UNION ALL SELECT {', '.join('b.' + name for name in table.names)} FROM book.{table.name} b"
        f" ANTI JOIN {table.name} s ON {key}"
    )


def _replaced_rows(table: Table) -> str:
    """The source's rows, and of the book's other rows the calculated standards."""
    return (
        f"SELECT {', '.join(table.names)} FROM {table.name} s"
        f" UNION ALL SELECT {', '.join('b.' + name for name in table.names)} FROM book.{table.name} b"
        f" ANTI JOIN {table.name} s ON {same_key(table, 's', 'b')} WHERE {staying.is_calculated(table)}"
    )


def _count(
    connection: Connection, contained: Collection[str], found: Differences, *, replace: bool
) -> tuple[ImportCounts, list[Table]]:
    """Rows of the source against the book's, and the tables that change; with `replace` empty cells count."""
    added = changed = same = 0
    differing = []
    lacking = {rows.table for rows in found.lacking} if replace else set()
    for table in inputs():
        if table.name not in contained:
            continue
        differs = " OR ".join(
            f"{f's.{name}' if replace else f'COALESCE(s.{name}, b.{name})'} IS DISTINCT FROM b.{name}"
            for name in table.names
        )
        row = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE b.is_known), count(*) FILTER (WHERE b.is_known AND ({differs}))"
            f" FROM {table.name} s LEFT JOIN (SELECT *, TRUE AS is_known FROM book.{table.name}) b"
            f" ON {same_key(table, 's', 'b')}"
        ).fetchone()
        total, known, different = row or (0, 0, 0)
        added, changed, same = added + total - known, changed + different, same + known - different
        if total > known or different or table.name in lacking:
            differing.append(table)
    return ImportCounts(added, changed, same, found), differing
