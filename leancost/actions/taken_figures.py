"""What closed runs took from empty cells and absent set-up: the closed periods, run again with what an import fills."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from leancost.actions import compared_rows
from leancost.actions.closed_rows import RefusedRow, open_from
from leancost.actions.compared_rows import as_read, begins_closed, default_of, key_parts, same_key
from leancost.book import runs, seals
from leancost.book.runs import StoredRun
from leancost.costing import backflush, checks, workspace
from leancost.costing.visibility import hide_what_is_later
from leancost.costing.workspace import Connection
from leancost.errors import Finding, LeancostError
from leancost.tables.declaration import Table, inputs, tables

NEVER_READ: Final = ("routes", "route_operations", "default_production_flows")
"""Set-up that a close does not read: the calculation's."""
NAMED_ONLY: Final = (
    "sites", "cost_groups", "inventory_model_groups", "items", "costing_versions", "cost_categories",
    "resource_groups", "production_groups", "production_flows",
)  # fmt: skip
"""Tables whose new rows do nothing until another row names them."""
OWNERS: Final = {
    "item_prices": "item",
    "item_price_breakdown": "item",
    "cost_category_prices": "cost_category",
    "posting_profile": "production_group",
    "activities": "production_flow",
    "activity_ratios": "item",
    "kanban_rules": "item",
    "boms": "item",
    "bom_lines": "bom",
}
"""Of other set-up the column whose row it belongs to: where that is new as well, no run can have read it."""
WITHOUT: Final = {"conversion_in_wip": "clear", "variances_to_standard": "per_cost_group"}
"""What a run takes where a parameter is absent. Source: contract 2."""
MOST_TRIED: Final = 20
"""Cells and rows of which each is tried alone, to tell which of them a run would have read otherwise."""


@dataclass(frozen=True)
class Filled:
    """A cell that the import fills, or (without column) a row of set-up that it adds, which a closed run could read."""

    table: Table
    key: tuple[str, ...]
    column: str = ""
    value: str = ""

    @property
    def row(self) -> str:
        """SQL that finds the row `t` by its key."""
        parts = ", ".join("?" for _ in self.key)
        return f"{key_parts(self.table, 't')} = [{parts}]"


def other_figures(connection: Connection, differing: Iterable[Table], stands: Sequence[StoredRun]) -> list[RefusedRow]:
    """Cells that the import fills, and set-up that it adds, with which a closed run would have given other figures.

    Every closed period is run again with them, from what its run before handed on; where a figure
    or a finding that forbids the close is another, each is tried alone. Expects the views of
    `seen`. Source: contract 5 (import).
    """
    filled = _what_is_filled(connection, differing, stands[-1].end)
    if not filled:
        return []
    for group in _periods(stands):
        with_all = _figures(connection, filled, stands, group)
        if with_all == _stored(connection, group):
            continue
        without = _figures(connection, [], stands, group)
        if with_all == without:
            continue
        moved = {one: with_all ^ without for one in filled}
        if 1 < len(filled) <= MOST_TRIED:
            alone = {one: _figures(connection, [one], stands, group) ^ without for one in filled}
            moved = {one: changed for one, changed in alone.items() if changed} or moved
        return [_other_figures(one, changed, group[-1].end, stands[-1].end) for one, changed in moved.items()]
    return []


def _what_is_filled(connection: Connection, differing: Iterable[Table], end: date) -> list[Filled]:
    found = []
    for table in differing:
        if table.name in NEVER_READ:
            continue
        queries = [_filled_cells(table, column.name) for column in table.columns if _may_matter(table, column.name)]
        if table.group == "setup" and table.name not in NAMED_ONLY:
            queries.append(_added_rows(table))
        for query in queries:
            rows = connection.execute(query, {"end": end}).fetchall()
            found += [Filled(table, tuple(key), column, value) for key, column, value in rows]
    return found


def _may_matter(table: Table, name: str) -> bool:
    """Optional cells but dates that have not happened: those of a unit are told by `other_dates`."""
    column = table.column(name)
    no_fact = table.group == "setup" or (column.kind != "date" and not column.default)
    return column.optional and not column.key and no_fact and name != "effective_to"


def _filled_cells(table: Table, name: str) -> str:
    """Cells that were empty when the last run read them, and are filled or, filled since, changed."""
    return (
        f"SELECT {key_parts(table, 'm')}, '{name}', CAST(m.{name} AS VARCHAR) FROM {table.name} m"
        f" JOIN seen.{table.name} b ON {same_key(table, 'm', 'b')}"
        f" JOIN book.{table.name} o ON {same_key(table, 'm', 'o')}"
        f" WHERE b.{name} IS NULL AND m.{name} IS NOT NULL AND m.{name} IS DISTINCT FROM o.{name}"
        f" AND m.{name} IS DISTINCT FROM {default_of(table.column(name))} AND ({compared_rows.was_read(table)})"
        f" ORDER BY {compared_rows.order(table, 'm')}"
    )


def _added_rows(table: Table) -> str:
    """New set-up that holds on a closed day, but what belongs to a row that is new as well."""
    conditions = [begins_closed(table, "m"), "$end IS NOT NULL"]
    if "status" in table.names:
        conditions.append("m.status = 'active'")
    if table.name in OWNERS:
        conditions.append(f"(m.{OWNERS[table.name]} IS NULL OR m.{_owner(table, 'seen')})")
    return (
        f"SELECT {key_parts(table, 'm')}, '', '' FROM ({compared_rows.new_rows(table)}) m ANTI JOIN seen.{table.name} b"
        f" ON {same_key(table, 'm', 'b')} WHERE {' AND '.join(conditions)} ORDER BY {compared_rows.order(table, 'm')}"
    )


def _owner(table: Table, rows: str, not_: str = "") -> str:
    """Whether the row that a new one belongs to is among `rows`."""
    name = OWNERS[table.name]
    other, _, key = table.column(name).references.partition(".")
    return f"{name} {not_}IN (SELECT {key} FROM {rows}.{other})"


def _periods(stands: Sequence[StoredRun]) -> list[list[StoredRun]]:
    """The standing runs, each period with the runs that divided it."""
    periods: dict[int, list[StoredRun]] = {}
    for run in stands:
        periods.setdefault(run.period_run, []).append(run)
    return list(periods.values())


def _stored(connection: Connection, group: Sequence[StoredRun]) -> set[seals.Hash]:
    """What the runs of a period stored, as hashes; warnings are advice."""
    return {
        (f"{kind} {run.end}", name, digest)
        for run in group
        for kind, name, digest in runs.stored_hashes(connection, run)
        if kind in ("output", "carried") and name != "warnings"
    }


def _figures(
    connection: Connection, filled: Iterable[Filled], stands: Sequence[StoredRun], group: Sequence[StoredRun]
) -> set[seals.Hash]:
    """What the runs of a period would store with these cells and rows in the book, as hashes, or what forbids them."""
    before = [run for run in stands if run.run < group[0].run]
    columns = runs.stored_columns(connection, group[-1])
    with workspace.own_schema(connection, "tried"):
        _put_together(connection, filled)
        if before:
            runs.bring_forward(connection, before[-1].run)
        found = {("refused", str(finding), "") for finding in checks.blocking(connection)}
        hide_what_is_later(connection, runs.seen_until(group[-1], stands))
        try:
            for again in backflush.close(connection, end=group[-1].end, last_end=before[-1].end if before else None):
                hashes = seals.output_hashes(connection, "tried", columns=columns)
                found |= {(f"{kind} {again.end}", name, digest) for kind, name, digest in hashes if name != "warnings"}
        except LeancostError as problem:
            found.add(("refused", problem.lines[0], ""))
        return found


def _put_together(connection: Connection, filled: Iterable[Filled]) -> None:
    """The book's rows, with new ones that nothing of the book names, and with these cells and rows of the import."""
    for table in inputs():
        connection.execute(f"CREATE TABLE {table.name} AS SELECT {as_read(table)} FROM book.{table.name} t")
        if table.group == "setup":
            known = f"SELECT {key_parts(table, 'b')} FROM book.{table.name} b"
            new = f"SELECT {as_read(table)} FROM main.{table.name} t WHERE {key_parts(table, 't')} NOT IN ({known})"
            if table.name in NAMED_ONLY:
                connection.execute(f"INSERT INTO {table.name} {new}")
            elif table.name in OWNERS:
                connection.execute(f"INSERT INTO {table.name} {new} AND t.{_owner(table, 'seen', 'NOT ')}")
    for one in filled:
        name, key = one.table.name, list(one.key)
        if one.column:
            value = f"(SELECT t.{one.column} FROM main.{name} t WHERE {one.row})"
            connection.execute(f"UPDATE {name} t SET {one.column} = {value} WHERE {one.row}", [*key, *key])
        else:
            connection.execute(f"DELETE FROM {name} t WHERE {one.row}", key)
            connection.execute(
                f"INSERT INTO {name} SELECT {as_read(one.table)} FROM main.{name} t WHERE {one.row}", key
            )


def _other_figures(one: Filled, moved: Iterable[seals.Hash], run_end: date, last_end: date) -> RefusedRow:
    place = f"{one.table.name} {'/'.join(one.key)}"
    names = sorted({name for _, name, _ in moved})
    figures = ", ".join(name for name in names if name in tables())
    other = f"its {figures} would be others" if figures else f"it would be refused now: {names[0].rstrip('.')}"
    reverse = "or take the runs back: leancost reverse"
    if one.column:
        taken = one.table.column(one.column).default or "empty"
        problem = f"{taken} would become {one.value}, but the run that ended on {run_end} took it as {taken}; {other}"
        finding = Finding("I01", place, None, one.column, problem, f"Leave it as it was, {reverse}")
    else:
        default = WITHOUT.get(one.key[0]) if one.table.name == "parameters" else None
        taken = f"took {default}" if default else "went without it"
        problem = f"is new, but the run that ended on {run_end} {taken}; {other}"
        remedy = f"Let it begin on {open_from(last_end)}" if compared_rows.begins(one.table) else "Leave it out"
        finding = Finding("I02", place, None, "", problem, f"{remedy}, {reverse}")
    return RefusedRow(finding, one.key)
