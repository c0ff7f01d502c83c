"""What closed runs took of dates: those that followed are not filled otherwise later, nor others against those read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from leancost.actions import late_flows
from leancost.actions.closed_rows import RefusedRow, changed_cell, open_from
from leancost.actions.compared_rows import as_read, key_parts, order, same_key
from leancost.book.runs import StoredRun
from leancost.costing import workspace
from leancost.costing.workspace import Connection
from leancost.errors import Finding
from leancost.tables.declaration import Table, inputs, tables

DECIDING: Final = (
    "production_flows", "activities", "kanban_rules", "boms", "bom_lines", "kanbans", "kanban_jobs", "picking_lines",
)  # fmt: skip
"""The tables that decide it."""
COMPLETED: Final = (
    "(SELECT max(j.completed_date) FROM seen.kanban_jobs j JOIN seen.kanban_rules r ON r.kanban_rule = b.kanban_rule"
    " WHERE j.kanban = b.kanban AND j.activity = r.last_activity)"
)
UNIT_DONE: Final = (
    "(SELECT least(k.received_date, k.emptied_date) FROM seen.kanbans k"
    " JOIN seen.kanban_rules r ON r.kanban_rule = k.kanban_rule AND r.last_activity = b.activity"
    " WHERE k.kanban = b.kanban)"
)
FOLLOWED: Final = (
    ("kanbans", "assigned_date", f"COALESCE(b.received_date, {COMPLETED})", "the unit was received"),
    ("kanbans", "received_date", "b.emptied_date", "the unit was emptied"),
    ("kanban_jobs", "prepared_date", "b.completed_date", "the job was completed"),
    ("kanban_jobs", "completed_date", UNIT_DONE, "its unit was received or emptied"),
)
"""A date, the one of a row `b` that cannot come before it, and what that says; as C40, C41 and C44 have it."""


def other_dates(connection: Connection, differing: Iterable[Table], stands: Sequence[StoredRun]) -> list[RefusedRow]:
    """Units that a closed run saw received or emptied on another day than they now would be, or not at all.

    And dates that were empty and would come after one that a closed run has read, and that cannot come before them.
    Source: contract 3 (dates that follow from others) and 5 (import).
    """
    if not {table.name for table in differing} & set(DECIDING):
        return []
    with workspace.own_schema(connection, "units_before"):
        _establish_units(connection, "book")
        with workspace.own_schema(connection, "units_after"):
            _establish_units(connection, "main")
            moved = connection.execute(
                "SELECT COALESCE(o.kanban, n.kanban), o.received_date, n.received_date, o.emptied_date, n.emptied_date,"
                " b.received_date, m.received_date, b.emptied_date, m.emptied_date"
                f" FROM ({_as_of('units_before')}) o FULL JOIN ({_as_of('units_after')}) n ON n.kanban = o.kanban"
                " LEFT JOIN book.kanbans b ON b.kanban = COALESCE(o.kanban, n.kanban)"
                " LEFT JOIN main.kanbans m ON m.kanban = COALESCE(o.kanban, n.kanban)"
                " WHERE o.received_date IS DISTINCT FROM n.received_date"
                " OR o.emptied_date IS DISTINCT FROM n.emptied_date OR o.quantity IS DISTINCT FROM n.quantity"
                " ORDER BY 1",
                {"end": stands[-1].end},
            ).fetchall()
    found = []
    for kanban, *dates in moved:
        found += _moved_unit(kanban, dates, stands)
    moved_ones = {row.key for row in found}
    return found + [row for row in _filled_too_late(connection, stands[-1].end) if row.key not in moved_ones]


def _filled_too_late(connection: Connection, end: date) -> Iterator[RefusedRow]:
    """Dates after the last end that are filled where the run saw happen what comes after them.

    Source: contract 3 (dates), 5 (import); the close would refuse them (C40, C41, C44), and could not be mended.
    """
    for name, column, day, what in FOLLOWED:
        table = tables()[name]
        rows = connection.execute(
            f"SELECT {key_parts(table, 'b')}, m.{column}, {day} FROM main.{name} m"
            f" JOIN seen.{name} b ON {same_key(table, 'm', 'b')}"
            f" WHERE b.{column} IS NULL AND m.{column} > $end AND {day} <= $end"
            f" AND {late_flows.go_live(table, 'b')} IS NULL ORDER BY {order(table, 'b')}",
            {"end": end},
        ).fetchall()
        for key, new, happened in rows:
            finding = Finding(
                code="I01",
                table=f"{name} {'/'.join(key)}",
                row=None,
                column=column,
                problem=f"empty would become {new}, but the run that ended on {end} has read that {what} on {happened}",
                remedy="Leave it empty, or take the run back: leancost reverse",
            )
            yield RefusedRow(finding, tuple(key))


def _establish_units(connection: Connection, rows: str) -> None:
    """Applies the rules of the units' dates to the input tables of `rows`, in the current schema."""
    for table in inputs():
        connection.execute(f"CREATE VIEW {table.name} AS SELECT {as_read(table)} FROM {rows}.{table.name} t")
    workspace.determine(connection, "units/handling_units")


def _as_of(schema: str) -> str:
    """What was known of every unit on the last end."""
    return (
        "SELECT kanban, CASE WHEN received_date <= $end THEN received_date END AS received_date,"
        " CASE WHEN emptied_date <= $end THEN emptied_date END AS emptied_date,"
        f" CASE WHEN received_date <= $end THEN quantity END AS quantity FROM {schema}.handling_units"
        " WHERE (received_date <= $end OR emptied_date <= $end) AND (production_flow NOT IN"
        " (SELECT production_flow FROM main.waiting_flows) OR consuming_flow NOT IN"
        " (SELECT production_flow FROM main.waiting_flows))"
    )


def _moved_unit(kanban: str, dates: Sequence[date | None], stands: Sequence[StoredRun]) -> list[RefusedRow]:
    """The cell of the unit that moves its date; else the date that moves with other rows."""
    received, received_now, emptied, emptied_now, *cells = dates
    table, end = tables()["kanbans"], stands[-1].end
    found = []
    for name, taken, now, (old, new) in (
        ("received_date", received, received_now, cells[:2]),
        ("emptied_date", emptied, emptied_now, cells[2:]),
    ):
        if taken != now and old != new:
            told = (_text(old), _text(taken), _text(new))
            finding = changed_cell(table, (kanban,), name, *told, run_end=_end_of(taken, stands), last_end=end)
            found.append(RefusedRow(finding, (kanban,)))
    if found:
        return found
    name, taken, now = ("emptied_date", emptied, emptied_now)
    if received != received_now:
        name, taken, now = ("received_date", received, received_now)
    remedy = f"or write {taken} here" if taken else f"or write the day here, {open_from(end)}"
    finding = Finding(
        code="I01",
        table=f"kanbans {kanban}",
        row=None,
        column=name,
        problem=f"would become {now or 'empty'} by other rows of the source, but the run that ended on"
        f" {_end_of(taken, stands)} took it as {taken or 'empty'}",
        remedy=f"Leave the rows it follows from as they were (its rule, jobs, picking lines and BOMs, and those of the"
        f" kanban it was made for), {remedy}, or take the run back: leancost reverse",
    )
    return [RefusedRow(finding, (kanban,))]


def _end_of(day: date | None, stands: Sequence[StoredRun]) -> date:
    """The end of the run that took what happened on a day; the last one where nothing happened."""
    return next((run.end for run in stands if day is not None and day <= run.end), stands[-1].end)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
