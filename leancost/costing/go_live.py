"""What a flow brings with it when it goes live: layers, balances, ledger, and the work kept on its units."""

from datetime import date

from leancost.costing.facts import FACTS
from leancost.costing.five_steps import set_run, value_overhead_on_what_is_kept
from leancost.costing.rule_files import result_of
from leancost.costing.workspace import CARRIED, Connection, determine, run_rule

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


def first_go_live(connection: Connection) -> date | None:
    """The day before the book's first period; None where the history of a flow has no end."""
    run_rule(connection, "facts/go_lives")
    row = connection.execute("SELECT min(go_live) FROM go_lives").fetchone()
    return row[0] if row and row[0] != NO_DAY else None


def bring_in(connection: Connection, first_day: date, end: date) -> None:
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
    value_overhead_on_what_is_kept(connection)
    run_rule(connection, "carry/opening_conversion", "kept_conversion", adds=True)
    determine(connection, "facts/hourly_rate_periods", "facts/indirect_rate_periods")
