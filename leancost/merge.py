"""Import into a book: rows merge by key, and what a closed run has read stays as it was."""

import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from leancost import book, earlier_rows, exchange, late_flows, runs, seals, storage
from leancost.book import Connection
from leancost.cells import Findings
from leancost.errors import Finding, LeancostError, refuse
from leancost.source_rows import RowNumbers
from leancost.tables import Column, Table, inputs

PRICED: Final = (
    "EXISTS (SELECT 1 FROM book.item_prices k LEFT JOIN book.items i ON i.item = s.item"
    " WHERE k.status = 'active' AND k.item IN (s.item, i.product_master))"
)
READ: Final = {
    "item_prices": PRICED,
    "item_price_breakdown": PRICED,
    "cost_category_prices": (
        "EXISTS (SELECT 1 FROM book.cost_category_prices k WHERE k.cost_category = s.cost_category"
        " AND k.status = 'active')"
    ),
    "indirect_rates": "TRUE",  # a node without record charges nothing
    "boms": "EXISTS (SELECT 1 FROM book.boms k WHERE k.item = s.item)",
}
"""Dated setup whose new rows, dated in a closed period, would change what a run has read: where it read anything."""

JOBS_READ: Final = (
    "EXISTS (SELECT 1 FROM book.kanban_jobs j WHERE j.kanban = b.kanban AND"
    " (j.prepared_date <= $end OR j.completed_date <= $end))"
    " OR EXISTS (SELECT 1 FROM book.picking_lines p WHERE p.kanban = b.kanban AND p.posting_date <= $end)"
)
"""A kanban was read with its jobs and picking lines, even where it has no dates of its own."""


@dataclass(frozen=True)
class ImportCounts:
    """Rows of the source: new ones, ones that filled or changed a row, ones already there."""

    added: int
    changed: int
    same: int


def import_source(source: Path, target: Path, *, dry_run: bool = False) -> ImportCounts:
    """Merges a folder, workbook or book into the book `target`, made where it does not exist.

    All or nothing. Raises LeancostError with every bad cell, every reference that does not exist
    after the merge, every change of what a closed run has read and every new fact dated on or
    before the last end date. Source: contract 5 (import merges by key).
    """
    if not storage.is_book(target):
        raise LeancostError(f"{target} is no book: its name must end in .duckdb.")
    if target.exists():
        return _merge(source, target, dry_run=dry_run)
    if storage.is_book(source) and not source.exists():
        raise LeancostError(f"{source} does not exist. Name a folder, a workbook (.xlsx) or a book (.duckdb).")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=target.absolute().parent) as folder:
        fresh = Path(folder) / target.name
        storage.create(fresh)
        counts = _merge(source, fresh, dry_run=dry_run)
        try:
            if not dry_run:
                storage.put_in_place(fresh, target)
        except FileExistsError:  # another import made the book meanwhile
            return _merge(source, target, dry_run=dry_run)
    return counts


def _merge(source: Path, target: Path, *, dry_run: bool) -> ImportCounts:
    with book.workspace() as connection:
        findings = _read(connection, source)
        with storage.attached_to(connection, target, write=not dry_run):
            stands = runs.standing(runs.sealed_runs(connection))
            if stands and not findings:
                late_flows.find_waiting(connection, stands[-1].run, _merged_rows)
                refuse(_with_rows(_refusals(connection, stands[-1].end), source))
            counts = _count(connection)
            for table in inputs():
                connection.execute(f"CREATE OR REPLACE TABLE {table.name} AS {_merged_rows(table)}")
            exchange.dangling_references(connection, RowNumbers(source), findings)
            findings.refuse()
            if not dry_run and counts.added + counts.changed:
                with storage.transaction(connection, target):
                    _write(connection)
        return counts


def _write(connection: Connection) -> None:
    earlier_rows.log_changes(connection, "book", "main")
    for table in inputs():
        columns = ", ".join(table.names)
        connection.execute(f"DELETE FROM book.{table.name}")
        connection.execute(f"INSERT INTO book.{table.name} ({columns}) SELECT {columns} FROM {table.name}")


def _read(connection: Connection, source: Path) -> Findings:
    if source.suffix != ".duckdb":
        return exchange.read(source, connection)
    with storage.attached(source) as other:
        storage.copy_inputs(other)
        with tempfile.TemporaryDirectory() as folder:
            exchange.write_folder(other, Path(folder) / "book")
            return exchange.read(Path(folder) / "book", connection)


def _same_key(table: Table) -> str:
    return " AND ".join(f"s.{key} IS NOT DISTINCT FROM b.{key}" for key in table.keys)


def _merged_rows(table: Table) -> str:
    """The source's rows, their empty cells filled from the book, and the book's other rows."""
    cells = ", ".join(f"COALESCE(s.{name}, b.{name}) AS {name}" for name in table.names)
    key = _same_key(table)
    return (
        f"SELECT {cells} FROM {table.name} s LEFT JOIN book.{table.name} b ON {key}"
        f" UNION ALL SELECT {', '.join('b.' + name for name in table.names)} FROM book.{table.name} b"
        f" ANTI JOIN {table.name} s ON {key}"
    )


def _count(connection: Connection) -> ImportCounts:
    added = changed = same = 0
    for table in inputs():
        differs = " OR ".join(f"COALESCE(s.{name}, b.{name}) IS DISTINCT FROM b.{name}" for name in table.names)
        key = _same_key(table)
        row = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE b.is_known), count(*) FILTER (WHERE b.is_known AND ({differs}))"
            f" FROM {table.name} s LEFT JOIN (SELECT *, TRUE AS is_known FROM book.{table.name}) b ON {key}"
        ).fetchone()
        total, known, different = row or (0, 0, 0)
        added, changed, same = added + total - known, changed + different, same + known - different
    return ImportCounts(added, changed, same)


def _refusals(connection: Connection, last_end: date) -> list[Finding]:
    """Every row of the source that would change what a run up to `last_end` has read."""
    findings = []
    for table in inputs():
        key = " || '/' || ".join(f"COALESCE(CAST(s.{name} AS VARCHAR), '')" for name in table.keys)
        for column in table.columns:
            if not column.key:
                rows = connection.execute(
                    f"SELECT {key}, CAST(b.{column.name} AS VARCHAR), CAST(s.{column.name} AS VARCHAR)"
                    f" FROM {table.name} s JOIN book.{table.name} b ON {_same_key(table)}"
                    f" WHERE {_forbidden_change(connection, table, column)} ORDER BY 1",
                    {"end": last_end},
                ).fetchall()
                findings += [_changed(table, column, key_text, old, new, last_end) for key_text, old, new in rows]
        rows = connection.execute(
            f"SELECT {key} FROM {table.name} s ANTI JOIN book.{table.name} b ON {_same_key(table)}"
            f" WHERE $end IS NOT NULL AND ({_forbidden_addition(connection, table)}) ORDER BY 1",
            {"end": last_end},
        ).fetchall()
        findings += [_too_late(table, name, last_end) for (name,) in rows]
    return findings


def _with_rows(findings: list[Finding], source: Path) -> list[Finding]:
    """The findings with the row as Excel shows it, where the source is a folder or a workbook."""
    rows = RowNumbers(source)
    places = (finding.table.partition(" ") for finding in findings)
    numbers = [rows.row(table, key.split("/")).row for table, _, key in places]
    return [replace(finding, row=number) for finding, number in zip(findings, numbers, strict=True)]


def _forbidden_change(connection: Connection, table: Table, column: Column) -> str:
    if column.name == "go_live":
        return late_flows.FORBIDDEN
    if table.group == "events" and late_flows.are_waiting(connection):
        return late_flows.forbidden_change(table, column, otherwise=_forbidden_if_read(table, column))
    return _forbidden_if_read(table, column)


def _forbidden_if_read(table: Table, column: Column) -> str:
    name = column.name
    old = f"b.{name}"
    if table.group == "events" and column.default:  # an empty cell was read as this
        old = f"COALESCE(b.{name}, CAST('{column.default}' AS {column.sql_type}))"
    changed = f"{old} <> s.{name} AND ({_was_visible(table)})"
    if column.kind == "date":
        return f"({changed} AND (b.{name} <= $end OR s.{name} <= $end)) OR (b.{name} IS NULL AND s.{name} <= $end)"
    if table.name == "kanban_jobs" and column.kind == "quantity":
        return f"{changed} AND b.completed_date <= $end"
    if column.name == "status":  # a pending record counts from its date on once it is active
        return f"({changed}) OR (b.status = 'pending' AND s.status = 'active' AND {_begins_closed(table)})"
    return changed


def _was_visible(table: Table) -> str:
    dates = [column.name for column in table.columns if column.kind == "date"]
    if table.group == "events":
        seen = " OR ".join(f"b.{name} <= $end" for name in dates)
        return f"{seen} OR {JOBS_READ}" if table.name == "kanbans" else seen
    starts = [name for name in dates if name not in seals.NO_BEGINNING]
    seen = " AND ".join(f"(b.{name} IS NULL OR b.{name} <= $end)" for name in starts) or "$end IS NOT NULL"
    return f"{seen} AND b.status <> 'pending'" if "status" in table.names else seen


def _forbidden_addition(connection: Connection, table: Table) -> str:
    if table.name == "opening_wip":
        return f"{late_flows.go_live(table, 's')} IS NULL"
    if table.group == "events":
        dates = [column.name for column in table.columns if column.kind == "date"]
        waits = late_flows.are_waiting(connection)
        return " OR ".join(late_flows.is_closed(table, name) if waits else f"s.{name} <= $end" for name in dates)
    if table.name not in READ:
        return "FALSE"
    active = "s.status = 'active'" if "status" in table.names else "TRUE"
    return f"{active} AND {_begins_closed(table)}"


def _begins_closed(table: Table) -> str:
    """Whether a row of dated setup begins on or before the last end, where a run has read others."""
    begins = "effective_from" if "effective_from" in table.names else "from_date"
    return f"COALESCE(s.{begins}, DATE '0001-01-01') <= $end AND {READ[table.name]}"


def _changed(table: Table, column: Column, key: str, old: str | None, new: str, last_end: date) -> Finding:
    if column.name == "go_live":
        return late_flows.refused(f"{table.name} {key}", old, new, last_end)
    return Finding(
        code="I01",
        table=f"{table.name} {key}",
        row=None,
        column=column.name,
        problem=f"{old or column.default or 'empty'} would become {new},"
        f" but the run that ended on {last_end} has read this row",
        remedy=f"Leave it as it was and post the correction on {_open(last_end)}, or take the run back:"
        " leancost reverse",
    )


def _open(last_end: date) -> str:
    return f"{last_end + timedelta(days=1)} or later"


def _too_late(table: Table, key: str, last_end: date) -> Finding:
    if table.name == "opening_wip":
        problem = f"is new, but WIP of its flow is brought forward from the run that ended on {last_end}"
        remedy = (
            "Leave it out. A flow for which no run has posted brings such rows with a production_flows.go_live of its"
            " own. Or take the runs back: leancost reverse"
        )
        return Finding("I02", f"{table.name} {key}", None, "", problem, remedy)
    return Finding(
        code="I02",
        table=f"{table.name} {key}",
        row=None,
        column="",
        problem=f"is new and dated on or before {last_end}, which is closed",
        remedy=f"Post it in the open period: date it {_open(last_end)}. Or take the run back: leancost reverse",
    )
