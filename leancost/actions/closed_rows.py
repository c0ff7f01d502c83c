"""What a closed run has read may not change: the rows of a merged book held against those that the last run saw.

Everywhere the merged rows are the input tables of the workspace (`m`), those that the last run saw stand in `seen`
(`b`). What was filled or added since, no run has read: it may be changed again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from leancost.actions import late_flows
from leancost.actions.compared_rows import (
    begins_closed,
    default_of,
    key_parts,
    new_rows,
    order,
    same_key,
    was_read,
)
from leancost.costing.workspace import Connection
from leancost.errors import MOST_FINDINGS, Finding
from leancost.tables.declaration import Column, Table
from leancost.tables.source_rows import RowNumbers

OWN_DATES: Final = {("kanbans", "received_date"), ("kanbans", "emptied_date")}
"""Dates that follow from others where they are empty: taken_dates.py holds them against what the runs took."""
PRICED: Final = (
    "EXISTS (SELECT 1 FROM seen.item_prices k LEFT JOIN seen.items i ON i.item = m.item"
    " WHERE k.status = 'active' AND k.item IN (m.item, i.product_master))"
)
READ: Final = {
    "item_prices": PRICED,
    "item_price_breakdown": PRICED,
    "cost_category_prices": (
        "EXISTS (SELECT 1 FROM seen.cost_category_prices k WHERE k.cost_category = m.cost_category"
        " AND k.status = 'active')"
    ),
    "indirect_rates": "TRUE",  # a node without record charges nothing
    "boms": "EXISTS (SELECT 1 FROM seen.boms k WHERE k.item = m.item)",
}
"""Dated setup whose new rows, dated in a closed period, would change what a run has read: where it read anything."""
USED: Final = {
    "activities": (
        "EXISTS (SELECT 1 FROM seen.kanban_jobs j JOIN seen.kanbans k ON k.kanban = j.kanban"
        " JOIN seen.kanban_rules r ON r.kanban_rule = k.kanban_rule WHERE r.production_flow = b.production_flow"
        " AND j.activity = b.activity AND j.completed_date <= $end)"
    ),
    "kanban_rules": (
        "EXISTS (SELECT 1 FROM seen.kanbans k LEFT JOIN seen.kanban_jobs j ON j.kanban = k.kanban"
        " WHERE k.kanban_rule = b.kanban_rule AND least(k.assigned_date, k.received_date, k.emptied_date,"
        " j.completed_date) <= $end)"
    ),
}
"""Where an event has named a row: its empty cells with a meaning were then taken for that."""
MEANT: Final = {
    ("kanban_rules", "empty_policy"): (
        "CASE {row}.replenishment_strategy WHEN 'scheduled' THEN 'received' WHEN 'event' THEN 'source_requirement'"
        " ELSE 'manual' END"
    ),
    ("kanban_rules", "consuming_production_flow"): "{row}.production_flow",
}
"""What an empty cell means where the row itself says it. Source: contract 2."""
CORRECTIONS: Final = {
    "kanbans": " (a unit emptied by mistake: return its content and report a new unit, docs/trust.md)",
    "kanban_jobs": " (a job reported by mistake: take its receipt back by a transfer, docs/trust.md)",
}
"""How an event that a closed run has read, and that never was, is corrected in the open period."""
REPLACED_BY: Final = {
    "item_prices": "a price",
    "item_price_breakdown": "a price with its breakdown",
    "cost_category_prices": "an hourly rate",
    "indirect_rates": "a rate",
    "kanban_rules": "a rule",
    "boms": "a BOM",
    "bom_lines": "a BOM",
    "routes": "a route",
    "route_operations": "a route",
}
"""What holds from a day on, and so can take the place of a row of set-up that a closed run has read."""


@dataclass(frozen=True)
class RefusedRow:
    """A finding about a row of that key, which knows no row number yet."""

    finding: Finding
    key: tuple[str, ...]


def changes(connection: Connection, differing: Iterable[Table], last_end: date) -> list[RefusedRow]:
    """Every cell and row that would change what a run up to `last_end` has read, and every new fact of a closed day.

    Expects the views of `seen`. Source: contract 5 (import merges by key).
    """
    found: list[RefusedRow] = []
    for table in differing:
        for column in table.columns:
            if not column.key and (table.name, column.name) not in OWN_DATES:
                found += _changed_cells(connection, table, column, last_end)
        if table.group == "events" or table.name in READ:
            found += [_too_late(table, key, last_end) for key in _rows(connection, _added(connection, table), last_end)]
        found += [_lacking(table, key, last_end) for key in _rows(connection, _removed(connection, table), last_end)]
    return found


def with_rows(found: list[RefusedRow], numbers: RowNumbers) -> list[Finding]:
    """The findings with the row as Excel shows it, where the source is a folder or a workbook."""
    rows = (numbers.row(one.finding.table.partition(" ")[0], one.key).row for one in found[:MOST_FINDINGS])
    shown = [replace(one.finding, row=row) for one, row in zip(found, rows, strict=False)]
    return shown + [one.finding for one in found[MOST_FINDINGS:]]


def open_from(last_end: date) -> str:
    """The days that are open, in words."""
    return f"{last_end + timedelta(days=1)} or later"


def changed_cell(
    table: Table, key: Sequence[str], column: str, old: str | None, taken: str | None, new: str | None,
    *, run_end: date, last_end: date,
) -> Finding:  # fmt: skip
    """A cell that the run up to `run_end` has read, or, where it was empty, `taken` for a value that follows."""
    default = table.column(column).default
    follows = taken if not old and not default else None
    return Finding(
        code="I01",
        table=f"{table.name} {'/'.join(key)}",
        row=None,
        column=column,
        problem=f"{old or default or 'empty'} would become {new or default or 'empty'}, but the run that ended on"
        f" {run_end} {f'took it as {follows}' if follows else 'has read this row'}",
        remedy=f"{f'Leave it empty or write {follows}' if follows else 'Leave it as it was'}"
        f"{_correction(table, last_end, of_a_mistake=bool(old))}, or take the run back: leancost reverse",
    )


def _correction(table: Table, last_end: date, *, of_a_mistake: bool) -> str:
    """What else can be done in the open period: an event is posted, what holds from a day on is replaced."""
    if table.group == "events":
        mistake = CORRECTIONS.get(table.name, "") if of_a_mistake else ""
        return f" and post the correction on {open_from(last_end)}{mistake}"
    if table.name in REPLACED_BY:
        return f" and add {REPLACED_BY[table.name]} that begins on {open_from(last_end)}"
    return ""


def _changed_cells(connection: Connection, table: Table, column: Column, last_end: date) -> Iterator[RefusedRow]:
    name = column.name
    rows = connection.execute(
        f"SELECT {key_parts(table, 'b')}, CAST(b.{name} AS VARCHAR), CAST({_meant(table, column, 'b')} AS VARCHAR),"
        f" CAST(m.{name} AS VARCHAR) FROM {table.name} m JOIN seen.{table.name} b ON {same_key(table, 'm', 'b')}"
        f" WHERE {_forbidden_change(connection, table, column)} ORDER BY {order(table, 'b')}",
        {"end": last_end},
    ).fetchall()
    for key, old, meant, new in rows:
        if name == "go_live":
            yield RefusedRow(late_flows.refused(f"{table.name} {'/'.join(key)}", old, new, last_end), tuple(key))
            continue
        finding = changed_cell(table, key, name, old, meant, new, run_end=last_end, last_end=last_end)
        yield RefusedRow(finding, tuple(key))


def _meant(table: Table, column: Column, row: str) -> str:
    """What the cell of a row says: where it is empty, what that means."""
    meaning = MEANT.get((table.name, column.name), default_of(column)).format(row=row)
    return f"COALESCE({row}.{column.name}, {meaning})"


def _forbidden_change(connection: Connection, table: Table, column: Column) -> str:
    if column.name == "go_live":
        return late_flows.FORBIDDEN
    if table.group == "events" and late_flows.are_waiting(connection):
        return late_flows.forbidden_change(table, column, otherwise=_forbidden_if_read(table, column))
    return _forbidden_if_read(table, column)


def _forbidden_if_read(table: Table, column: Column) -> str:
    name = column.name
    read = was_read(table)
    if table.name == "kanban_jobs" and column.kind == "quantity":
        read = "b.completed_date <= $end"
    before, after = _meant(table, column, "b"), _meant(table, column, "m")
    differs = f"{before} IS DISTINCT FROM {after} AND ({read})"
    if column.kind == "date":
        changed = f"b.{name} IS NOT NULL AND {differs} AND (b.{name} <= $end OR m.{name} <= $end)"
        return f"({changed}) OR (b.{name} IS NULL AND m.{name} <= $end)"
    if name == "status":  # a pending record counts from its date on once it is active
        begins = f"{begins_closed(table, 'm')} AND {READ[table.name]}"
        return f"({differs}) OR (b.status = 'pending' AND m.status = 'active' AND {begins})"
    taken = "FALSE"
    if table.group == "events" and column.default:
        taken = "TRUE"
    elif table.name in USED and (column.default or (table.name, name) in MEANT):
        taken = USED[table.name]
    return f"{differs} AND (b.{name} IS NOT NULL OR {taken})"


def _added(connection: Connection, table: Table) -> str:
    if table.name == "opening_wip":
        forbidden = f"$end IS NOT NULL AND {late_flows.go_live(table, 'm')} IS NULL"
    elif table.group == "events":
        dates = [column.name for column in table.columns if column.kind == "date"]
        waits = late_flows.are_waiting(connection)
        forbidden = " OR ".join(late_flows.is_closed(table, name) if waits else f"m.{name} <= $end" for name in dates)
    else:
        active = "m.status = 'active'" if "status" in table.names else "TRUE"
        forbidden = f"{active} AND {begins_closed(table, 'm')} AND {READ[table.name]}"
    return (
        f"SELECT {key_parts(table, 'm')} FROM ({new_rows(table)}) m ANTI JOIN seen.{table.name} b"
        f" ON {same_key(table, 'm', 'b')} WHERE {forbidden} ORDER BY {order(table, 'm')}"
    )


def _removed(connection: Connection, table: Table) -> str:
    read = was_read(table)
    if table.group == "events" and late_flows.are_waiting(connection):
        read = f"{late_flows.go_live(table, 'b')} IS NULL AND ({read})"
    return (
        f"SELECT {key_parts(table, 'b')} FROM seen.{table.name} b ANTI JOIN {table.name} m"
        f" ON {same_key(table, 'm', 'b')} WHERE {read} ORDER BY {order(table, 'b')}"
    )


def _rows(connection: Connection, query: str, last_end: date) -> list[tuple[str, ...]]:
    return [tuple(key) for (key,) in connection.execute(query, {"end": last_end}).fetchall()]


def _too_late(table: Table, key: tuple[str, ...], last_end: date) -> RefusedRow:
    place = f"{table.name} {'/'.join(key)}"
    if table.name == "opening_wip":
        problem = f"is new, but WIP of its flow is brought forward from the run that ended on {last_end}"
        remedy = (
            "Leave it out. A flow for which no run has posted brings such rows with a production_flows.go_live of its"
            " own. Or take the runs back: leancost reverse"
        )
        return RefusedRow(Finding("I02", place, None, "", problem, remedy), key)
    problem = f"is new and dated on or before {last_end}, which is closed"
    remedy = f"Post it in the open period: date it {open_from(last_end)}. Or take the run back: leancost reverse"
    return RefusedRow(Finding("I02", place, None, "", problem, remedy), key)


def _lacking(table: Table, key: tuple[str, ...], last_end: date) -> RefusedRow:
    problem = f"is not in the source, but the run that ended on {last_end} has read it"
    remedy = f"Put it back{_correction(table, last_end, of_a_mistake=True)}"
    finding = Finding(
        "I03", f"{table.name} {'/'.join(key)}", None, "", problem, f"{remedy}, or take the run back: leancost reverse"
    )
    return RefusedRow(finding, key)
