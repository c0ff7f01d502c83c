"""Flows that go live later than the book: what an import may still tell of their history."""

from datetime import date
from typing import Final

from leancost.costing import workspace
from leancost.costing.workspace import Connection
from leancost.errors import Finding
from leancost.tables.declaration import Column, Table

FLOW_OF: Final = {
    "opening_wip": "{row}.production_flow",
    "picking_lines": "{row}.production_flow",
    "service_receipts": "{row}.production_flow",
    "service_invoices": (
        "(SELECT r.production_flow FROM main.service_receipts r WHERE r.service_receipt = {row}.service_receipt)"
    ),
    "kanbans": "(SELECT u.production_flow FROM main.kanban_rules u WHERE u.kanban_rule = {row}.kanban_rule)",
    "kanban_jobs": (
        "(SELECT u.production_flow FROM main.kanbans k JOIN main.kanban_rules u ON u.kanban_rule = k.kanban_rule"
        " WHERE k.kanban = {row}.kanban)"
    ),
}
"""The flow that an event belongs to."""
OF_THE_BOOK: Final = (
    "COALESCE({row}.go_live, (SELECT max(o.posting_date) FROM book.opening_wip o JOIN book.production_flows f"
    " ON f.production_flow = o.production_flow WHERE f.go_live IS NULL), DATE '0001-01-01')"
)
"""The go-live of a flow: its own, else that of the book."""
FORBIDDEN: Final = (
    f"{OF_THE_BOOK.format(row='m')} <> {OF_THE_BOOK.format(row='b')} AND (b.production_flow IN (FROM posted_flows)"
    f" OR ({OF_THE_BOOK.format(row='b')} > {OF_THE_BOOK.format(row='m')} AND {OF_THE_BOOK.format(row='m')} < $end))"
)
"""A go-live that would change where a run has posted for the flow, or would leave days behind that are closed."""


def find_waiting(connection: Connection, run: int) -> None:
    """The flows with a go-live of their own for which no run has posted: nothing of their history was read.

    `run` is the last that stands; the merged rows are the input tables of the workspace.
    Source: contract 3 (opening_wip: `import` takes them as long as no run has posted for the flow).
    """
    for name in ("ledger_opening", "kept_conversion"):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM book.carried_{name} WHERE run = ?", [run])
    workspace.run_rule(connection, "carry/posted_flows")
    connection.execute(
        "CREATE TABLE waiting_flows AS SELECT production_flow, go_live FROM main.production_flows"
        " ANTI JOIN posted_flows USING (production_flow) WHERE go_live IS NOT NULL"
    )


def are_waiting(connection: Connection) -> bool:
    """Whether there are any."""
    row = connection.execute("SELECT count(*) FROM waiting_flows").fetchone()
    return bool(row and row[0])


def go_live(table: Table, row: str) -> str:
    """The go-live of a row's flow where it is waiting, else NULL."""
    flow = FLOW_OF[table.name].format(row=row)
    return f"(SELECT w.go_live FROM waiting_flows w WHERE w.production_flow = {flow})"


def is_closed(table: Table, name: str) -> str:
    """Whether a date of a merged row lies in closed days that its flow will post no more."""
    return f"(m.{name} <= $end AND m.{name} > COALESCE({go_live(table, 'm')}, DATE '-infinity'))"


def forbidden_change(table: Table, column: Column, *, otherwise: str) -> str:
    """Of a waiting flow's row no run has read anything: only no date may move into closed days."""
    name = column.name
    moved = f"b.{name} IS DISTINCT FROM m.{name} AND {is_closed(table, name)}" if column.kind == "date" else "FALSE"
    return f"CASE WHEN {go_live(table, 'b')} IS NOT NULL THEN {moved} ELSE {otherwise} END"


def refused(place: str, old: str | None, new: str | None, last_end: date) -> Finding:
    """The finding of a go-live that may not change."""
    problem = (
        f"{old or 'empty'} would become {new or 'empty'}, but the run that ended on {last_end} has posted for the flow,"
        " or closed days that would come after it"
    )
    return Finding("I01", place, None, "go_live", problem, "Leave it as it was, or take the run back: leancost reverse")
