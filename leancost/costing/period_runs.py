"""The runs of a period, and what the checklist and events of a far day add to their warnings."""

from collections.abc import Iterator
from datetime import date

from leancost.costing import backflush, checks, workspace
from leancost.costing.backflush import Run
from leancost.costing.workspace import Connection


def run_period(
    connection: Connection, *, end: date, start: date | None = None, last_end: date | None = None
) -> Iterator[Run]:  # fmt: skip
    """The runs as `backflush.close` does them; the last of a period says in `warnings` what the checklist found.

    What is run before `start` is a period of its own. Source: contract 6 (warnings).
    """
    first: Run | None = None
    for run in backflush.close(connection, end=end, start=start, last_end=last_end):
        first = first or run
        if run.purpose == "period" or (start is not None and (start - run.end).days == 1):
            checks.add_warnings(connection, first.start, run.end)
            first = None
        yield run


def keep_far_events(connection: Connection) -> None:
    """Notes the events that no run will ever read: what is later than the end is hidden from the run itself."""
    workspace.determine(connection, "units/unread_events")
    connection.execute("CREATE OR REPLACE TABLE far_events AS SELECT * FROM unread_events WHERE reason = 'future'")


def tell_far_events(connection: Connection) -> None:
    """Adds them to the warnings of the period's run. Source: contract 6 (warnings); domain 5 #20."""
    connection.execute(
        "INSERT INTO warnings (code, production_flow, subject, message) SELECT 'W11', n.production_flow, n.table_name,"
        " n.told || ', more than a year after all others: no run will read them' FROM far_events n JOIN run u"
        " ON n.last_date > u.end_date"
    )
