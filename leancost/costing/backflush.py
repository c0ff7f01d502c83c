"""A period divided into runs: what lies before its start, the eves of new standards, and its end; all or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from leancost.costing.facts import establish_facts
from leancost.costing.five_steps import carry_forward, run_five_steps, set_run
from leancost.costing.go_live import bring_in, first_go_live
from leancost.costing.workspace import CARRIED, Connection, run_rule
from leancost.errors import LeancostError

BEFORE_EVERYTHING = date(1, 1, 2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Run:
    """One backflush run: its first day (None: since the beginning), its last day, what it is for."""

    start: date | None
    end: date
    purpose: str
    """`period` (what was asked for), `eve` (divided at a new standard) or `before` the period."""


def close(
    connection: Connection, *, end: date, start: date | None = None, last_end: date | None = None
) -> Iterator[Run]:
    """Closes the period that ends on `end`: yields each run with its tables in the workspace.

    With `start` everything before it is run first, so that opening WIP is right. A run is divided
    at the eve of a new standard of an item that lies in WIP. A flow enters with its go-live balance
    in the run that holds the day after its go-live. `last_end` is the end of the stored
    run whose open layers and balances are in the workspace already. Nothing is written but the
    workspace. Raises LeancostError where a price or account is missing or an identity breaks.
    Source: contract 3 (opening_wip), 5 (close) and 6; domain 2.2.
    """
    establish_facts(connection)
    if last_end is None:
        for name, columns in CARRIED.items():
            connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        last_end = first_go_live(connection)
    first_day = first_day_after(last_end, start=start, end=end)
    if start is not None and start != first_day:
        if start > BEFORE_EVERYTHING:
            yield from _run_until(connection, first_day, start - DAY, "before")
        first_day = start
    yield from _run_until(connection, first_day, end, "period")


def first_day_after(last_end: date | None, *, start: date | None, end: date) -> date | None:
    """The day after the last period or the go-live; raises LeancostError where the period would begin before it."""
    if last_end == date.max:
        raise LeancostError(f"WIP is known as of {last_end}: no day follows. Correct the dates of opening_wip.")
    first_day = last_end + DAY if last_end else None
    if first_day is not None and (start or end) < first_day:
        raise LeancostError(
            f"The period cannot begin before {first_day}: what stood in WIP is known as of {last_end}. "
            "Give later dates."
        )
    return first_day


def _run_until(connection: Connection, first_day: date | None, end: date, purpose: str) -> Iterator[Run]:
    """Runs from `first_day` to `end`, divided at each eve that needs it."""
    set_run(connection, first_day or BEFORE_EVERYTHING, end)
    run_rule(connection, "carry/posted_flows")
    run_rule(connection, "carry/new_standards")
    days = connection.execute("SELECT DISTINCT valid_from FROM new_standards ORDER BY 1").fetchall()
    for (day,) in days:
        _run(connection, first_day or BEFORE_EVERYTHING, day - DAY)
        if _needs_revaluation(connection, day):
            carry_forward(connection)
            yield Run(first_day, day - DAY, "eve" if purpose == "period" else purpose)
            first_day = day
            run_rule(connection, "carry/posted_flows")
    _run(connection, first_day or BEFORE_EVERYTHING, end)
    carry_forward(connection)
    yield Run(first_day, end, purpose)


def _needs_revaluation(connection: Connection, day: date) -> bool:
    """Whether an item with layers open on the eve, the go-live of its flow perhaps, has a new standard from `day`."""
    row = connection.execute(
        "SELECT count(*) FROM new_standards n JOIN ("
        " SELECT production_flow, item FROM settlements WHERE open_quantity <> 0"
        " UNION ALL SELECT o.production_flow, o.resource FROM opening_wip o"
        " JOIN go_lives g ON g.production_flow = o.production_flow AND g.go_live = $day - 1"
        " WHERE o.resource_type = 'item' AND o.quantity <> 0) AS l"
        " ON l.production_flow = n.production_flow AND l.item = n.item WHERE n.valid_from = $day",
        {"day": day},
    ).fetchone()
    return bool(row and row[0])


def _run(connection: Connection, first_day: date, end: date) -> None:
    """One run: its dates, the flows that go live in it, and what every run does."""
    set_run(connection, first_day, end)
    bring_in(connection, first_day, end)
    run_five_steps(connection)
