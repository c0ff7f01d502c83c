"""The backflush run: five steps in the order of the source, for every flow, all or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from leancost.book import CARRIED, Connection, currency_digits, determine, run_rule
from leancost.errors import Finding, LeancostError
from leancost.posting import (
    FACTS,
    establish_facts,
    formula_nodes,
    post_events,
    set_current_node,
)
from leancost.rule_files import result_of, rule_text

VIEWS = {"wip_transactions": "posting/wip_transactions", "journal": "journal/journal"}
"""The two large outputs: views, so that they are written without being held."""
OPENINGS = {
    "open_layers": "carry/opening_layers",
    "open_balances": "carry/opening_balances",
    "ledger_opening": "carry/ledger_opening",
}
"""What a flow that goes live adds to what the run before handed on."""
BROUGHT = {
    "open_layers": "brought_layers",
    "open_balances": "brought_balances",
    "kept_conversion": "brought_conversion",
}
"""What the run began with, kept aside to be explained: the run replaces it by what it carries to the next."""
NOTHING_YET = {
    "backflush/opening_hours": "production_flow VARCHAR, cost_category VARCHAR, hours DECIMAL(18,6)",
    "backflush/step_2_net_realized_usage": (
        "production_flow VARCHAR, resource_type VARCHAR, resource VARCHAR, unused_quantity DECIMAL(18,6)"
    ),
    "backflush/step_3_settlements": (
        "production_flow VARCHAR, item VARCHAR, cost_group VARCHAR, event VARCHAR, open_quantity DECIMAL(18,6),"
        " open_amount DECIMAL(18,3), unit_cost DECIMAL(18,6)"
    ),
}
"""What is empty at a go-live: no run has gone before."""
NO_DAY = date(1, 1, 1)
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


def first_go_live(connection: Connection) -> date | None:
    """The day before the book's first period; None where the history of a flow has no end."""
    run_rule(connection, "facts/go_lives")
    row = connection.execute("SELECT min(go_live) FROM go_lives").fetchone()
    return row[0] if row and row[0] != NO_DAY else None


def _bring_in(connection: Connection, first_day: date, end: date) -> None:
    """Adds the go-live balances of the flows that enter in the run; an attempt before it may have added them."""
    run_rule(connection, "carry/entering_flows")
    days = connection.execute("SELECT DISTINCT go_live FROM entering_flows ORDER BY 1").fetchall()
    if days:
        for name in CARRIED:
            connection.execute(
                f"DELETE FROM {name} WHERE production_flow IN (SELECT production_flow FROM entering_flows)"
            )
        for name, rule in OPENINGS.items():
            run_rule(connection, rule, name, adds=True)
        for (day,) in days:
            set_run(connection, day, day, caps_hours=False)
            _determine_conversion_at_start(connection)
        set_run(connection, first_day, end)
    for name, brought in BROUGHT.items():
        connection.execute(f"CREATE OR REPLACE TABLE {brought} AS SELECT * FROM {name}")


def _determine_conversion_at_start(connection: Connection) -> None:
    """What retain would keep of conversion on the units that stand in the flows of a go-live, on that day."""
    for rule, columns in NOTHING_YET.items():
        connection.execute(f"CREATE OR REPLACE TABLE {result_of(rule)} ({columns})")
    done = {*FACTS, *NOTHING_YET}
    determine(connection, "backflush/kept_hours", done=done)
    run_rule(connection, "carry/start_indirect_rates", "indirect_rate_periods")
    run_rule(connection, "carry/start_hourly_rates", "hourly_rate_periods")
    determine(connection, "backflush/kept_lines", done=done)
    _value_overhead_on_what_is_kept(connection)
    run_rule(connection, "carry/opening_conversion", "kept_conversion", adds=True)
    determine(connection, "facts/hourly_rate_periods", "facts/indirect_rate_periods")


def _run_until(connection: Connection, first_day: date | None, end: date, purpose: str) -> Iterator[Run]:
    """Runs from `first_day` to `end`, divided at each eve that needs it."""
    set_run(connection, first_day or BEFORE_EVERYTHING, end)
    run_rule(connection, "carry/posted_flows")
    run_rule(connection, "carry/new_standards")
    days = connection.execute("SELECT DISTINCT valid_from FROM new_standards ORDER BY 1").fetchall()
    for (day,) in days:
        _run(connection, first_day or BEFORE_EVERYTHING, day - DAY)
        if _needs_revaluation(connection, day):
            _carry_forward(connection)
            yield Run(first_day, day - DAY, "eve" if purpose == "period" else purpose)
            first_day = day
            run_rule(connection, "carry/posted_flows")
    _run(connection, first_day or BEFORE_EVERYTHING, end)
    _carry_forward(connection)
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
    """The run itself: post, five steps, journal, and the checks that cannot be skipped."""
    set_run(connection, first_day, end)
    _bring_in(connection, first_day, end)
    done = set(FACTS)
    post_events(connection, done)
    determine(connection, "backflush/step_1_unused_quantities", done=done)
    determine(connection, "backflush/step_2_net_realized_usage", done=done)
    determine(connection, "backflush/step_3_settlements", done=done)
    _value_what_is_kept(connection, done)
    determine(connection, "backflush/step_4_wip_balances", "backflush/step_4_realized_usage", done=done)
    determine(connection, "backflush/step_5_variances", done=done)
    determine(connection, "backflush/product_receipts", "backflush/warnings", done=done)
    determine(connection, "journal/ledger_balances", done=done)
    for view, rule in VIEWS.items():
        connection.execute(f"CREATE OR REPLACE VIEW {view} AS {rule_text(rule)}")
    _require_accounts(connection)
    _require_identities(connection)


def _value_what_is_kept(connection: Connection, done: set[str]) -> None:
    """Effective WIP: items, services, conversion, and the overhead on them node by node."""
    determine(connection, "backflush/kept_lines", done=done)
    _value_overhead_on_what_is_kept(connection)


def _value_overhead_on_what_is_kept(connection: Connection) -> None:
    kept = connection.execute("SELECT count(*) FROM kept_lines").fetchone()
    for node in formula_nodes(connection) if kept and kept[0] else []:
        set_current_node(connection, node)
        run_rule(connection, "backflush/kept_indirect_lines", "kept_lines", adds=True)


def _carry_forward(connection: Connection) -> None:
    """What stays open is the next run's opening."""
    run_rule(connection, "carry/next_layers", "open_layers")
    run_rule(connection, "carry/next_balances", "open_balances")
    run_rule(connection, "carry/next_conversion", "kept_conversion")
    run_rule(connection, "carry/next_ledger", "ledger_opening_next")
    connection.execute("CREATE OR REPLACE TABLE ledger_opening AS SELECT * FROM ledger_opening_next")


def _require_accounts(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT DISTINCT production_flow, posting_type FROM ledger_movements WHERE main_account IS NULL"
        " UNION SELECT DISTINCT production_flow, posting_type FROM ledger_opening WHERE main_account IS NULL"
        " ORDER BY 1, 2"
    ).fetchall()
    if rows:
        raise LeancostError(
            [
                Finding(
                    "", "posting_profile", None, "", f"no main account for {posting_type} of production flow {flow}",
                    "Add a row of that posting type, for its production group, cost group or all",
                )
                for flow, posting_type in rows
            ]
        )  # fmt: skip


def _require_identities(connection: Connection) -> None:
    run_rule(connection, "verification/broken_identities")
    rows = connection.execute("SELECT * FROM broken_identities").fetchall()
    if rows:
        lines = "; ".join(f"{flow}: {name}: {subject} by {difference}" for name, flow, subject, difference in rows)
        raise LeancostError(f"Nothing is posted: an identity of the close does not hold: {lines}")


def set_run(connection: Connection, start: date, end: date, *, caps_hours: bool = True) -> None:
    """The one-row table that gives every rule its dates and policies."""
    parameters = dict(connection.execute("SELECT parameter, value FROM parameters").fetchall())
    digits = currency_digits(connection)
    connection.execute(
        "CREATE OR REPLACE TABLE run AS SELECT CAST($start AS DATE) AS start_date, CAST($end AS DATE) AS end_date,"
        " CAST($minor_units AS DECIMAL(4,0)) AS minor_units, CAST($minor_unit AS DECIMAL(5,3)) AS minor_unit,"
        " CAST($currency AS VARCHAR) AS currency, CAST($conversion AS VARCHAR) AS conversion_in_wip,"
        " CAST($variances AS VARCHAR) AS variances_to_standard, CAST($caps_hours AS BOOLEAN) AS caps_hours",
        {
            "start": start,
            "end": end,
            "minor_units": 10**digits,
            "minor_unit": str(Decimal(1).scaleb(-digits)),
            "currency": parameters["currency"],
            "conversion": parameters.get("conversion_in_wip", "clear"),
            "variances": parameters.get("variances_to_standard", "per_cost_group"),
            "caps_hours": caps_hours,
        },
    )
