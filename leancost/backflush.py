"""The backflush run: five steps in the order of the source, for every flow, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision

from leancost.book import Connection, run_rule, run_rules
from leancost.errors import LeancostError
from leancost.posting import (
    establish_facts,
    formula_nodes,
    insert_rule,
    post_events,
    set_current_node,
)

CONTENTS = (
    "backflush/unit_contents",
    "backflush/item_contents",
    "backflush/first_rules",
    "backflush/kept_activities",
)
JOURNAL = ("journal/entries", "journal/ledger_movements", "journal/ledger_balances")
BEFORE_EVERYTHING = date(1, 1, 2)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Run:
    """One backflush run: its first day (None: since the beginning), its last day, what it is for."""

    start: date | None
    end: date
    purpose: str
    """`period` (what was asked for), `eve` (divided at a new standard) or `before` the period."""


Deliver = Callable[[Connection, Run], None]


def close(connection: Connection, *, end: date, start: date | None, deliver: Deliver) -> list[Run]:
    """Closes the period that ends on `end`; calls `deliver` after every run with its tables in place.

    With `start` everything before it is run first, so that opening WIP is right. A run is divided
    at the eve of a new standard of an item that lies in WIP. Nothing is written but the
    connection's tables. Raises LeancostError where a price is missing or an identity breaks.
    Source: contract 5 (close) and 6; domain 2.2.
    """
    establish_facts(connection)
    bring_forward_go_live(connection)
    runs: list[Run] = []
    first_day = _first_day(connection)
    if start is not None and first_day is not None and start < first_day:
        raise LeancostError(
            f"The period cannot start on {start}: the go-live balance is of {first_day - DAY}. "
            f"Start on {first_day} or later."
        )
    if start is not None and start != first_day:
        runs += _run_until(connection, first_day, start - DAY, "before", deliver)
        first_day = start
    return runs + _run_until(connection, first_day, end, "period", deliver)


def bring_forward_go_live(connection: Connection) -> None:
    """Opening layers, balances, conversion and ledger of the first run, from `opening_wip`."""
    run_rule(connection, "backflush/opening_layers", "open_layers")
    run_rule(connection, "backflush/opening_balances", "open_balances")
    run_rule(connection, "journal/ledger_opening")
    go_live = _go_live(connection)
    _set_run(connection, go_live or BEFORE_EVERYTHING, go_live or BEFORE_EVERYTHING, caps_hours=False)
    _determine_conversion_at_start(connection)


def _determine_conversion_at_start(connection: Connection) -> None:
    """What retain would keep of conversion on the units that stand in the flow at the go-live."""
    for table in ("kept_conversion", "opening_hours", "conversion_hours", "settlements"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(
        "CREATE TABLE opening_hours (production_flow VARCHAR, cost_category VARCHAR, hours DECIMAL(18,6))"
    )
    connection.execute(
        "CREATE TABLE settlements (production_flow VARCHAR, item VARCHAR, cost_group VARCHAR,"
        " open_quantity DECIMAL(18,6), open_amount DECIMAL(18,3), unit_cost DECIMAL(18,6))"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE net_realized_usage (production_flow VARCHAR, resource_type VARCHAR,"
        " resource VARCHAR, unused_quantity DECIMAL(18,6))"
    )
    run_rule(connection, "posting/conversion_hours")
    run_rules(connection, CONTENTS)
    _value_what_is_kept(connection)
    if _go_live(connection) is None:
        connection.execute("DELETE FROM kept_lines")
    run_rule(connection, "backflush/next_conversion", "kept_conversion")


def _run_until(
    connection: Connection, first_day: date | None, end: date, purpose: str, deliver: Deliver
) -> list[Run]:
    """Runs from `first_day` to `end`, divided at each eve that needs it."""
    runs: list[Run] = []
    _set_run(connection, first_day or BEFORE_EVERYTHING, end)
    run_rule(connection, "backflush/new_standards")
    days = connection.execute("SELECT DISTINCT valid_from FROM new_standards ORDER BY 1").fetchall()
    for (day,) in days:
        _run(connection, first_day or BEFORE_EVERYTHING, day - DAY)
        divided = connection.execute(
            "SELECT count(*) FROM settlements s JOIN new_standards n"
            " ON n.production_flow = s.production_flow AND n.item = s.item AND n.valid_from = $day"
            " WHERE s.open_quantity <> 0",
            {"day": day},
        ).fetchone()
        if divided and divided[0]:
            run = Run(first_day, day - DAY, "eve" if purpose == "period" else purpose)
            deliver(connection, run)
            runs.append(run)
            _carry_forward(connection)
            first_day = day
    _run(connection, first_day or BEFORE_EVERYTHING, end)
    run = Run(first_day, end, purpose)
    deliver(connection, run)
    _carry_forward(connection)
    return [*runs, run]


def _run(connection: Connection, first_day: date, end: date) -> None:
    """The run itself: post, five steps, journal, and the checks that cannot be skipped."""
    _set_run(connection, first_day, end)
    post_events(connection)
    run_rules(connection, CONTENTS)
    run_rule(connection, "backflush/step_1_unused_quantities", "unused_quantities")
    run_rule(connection, "backflush/step_2_net_realized_usage", "net_realized_usage")
    run_rule(connection, "backflush/layers")
    run_rule(connection, "backflush/step_3_settlements", "settlements")
    run_rule(connection, "backflush/opening_hours")
    _value_what_is_kept(connection)
    run_rule(connection, "backflush/wip_figures")
    run_rule(connection, "backflush/step_4_wip_balances", "wip_balances")
    run_rule(connection, "backflush/step_4_realized_usage", "realized_usage")
    run_rules(connection, ("backflush/allowed_content", "backflush/end_prices", "backflush/expected_resources"))
    run_rule(connection, "backflush/step_5_variances", "variances")
    run_rule(connection, "backflush/product_receipts")
    run_rule(connection, "backflush/warnings")
    run_rules(connection, JOURNAL)
    _require_identities(connection)


def _value_what_is_kept(connection: Connection) -> None:
    """Effective WIP: items, services, conversion, and the overhead on them node by node."""
    run_rules(connection, ("backflush/kept_hours", "backflush/kept_lines"))
    for node in formula_nodes(connection):
        set_current_node(connection, node)
        insert_rule(connection, "backflush/kept_indirect_lines", into="kept_lines")


def _carry_forward(connection: Connection) -> None:
    """What stays open is the next run's opening."""
    run_rule(connection, "backflush/next_layers", "open_layers")
    run_rule(connection, "backflush/next_balances", "open_balances")
    run_rule(connection, "backflush/next_conversion", "kept_conversion")
    run_rule(connection, "journal/next_ledger", "ledger_opening_next")
    connection.execute("CREATE OR REPLACE TABLE ledger_opening AS SELECT * FROM ledger_opening_next")


def _require_identities(connection: Connection) -> None:
    run_rule(connection, "backflush/broken_identities")
    rows = connection.execute("SELECT * FROM broken_identities").fetchall()
    if rows:
        lines = "; ".join(f"{flow}: {name}: {subject} by {difference}" for name, flow, subject, difference in rows)
        raise LeancostError(f"Nothing is posted: an identity of the close does not hold: {lines}")


def _set_run(connection: Connection, start: date, end: date, *, caps_hours: bool = True) -> None:
    """The one-row table that gives every rule its dates and policies."""
    parameters = dict(connection.execute("SELECT parameter, value FROM parameters").fetchall())
    digits = get_currency_precision(parameters["currency"])
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


def _go_live(connection: Connection) -> date | None:
    row = connection.execute("SELECT max(posting_date) FROM opening_wip").fetchone()
    return row[0] if row else None


def _first_day(connection: Connection) -> date | None:
    go_live = _go_live(connection)
    return go_live + DAY if go_live else None
