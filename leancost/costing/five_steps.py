"""The run itself: what was posted is closed by five steps in the order of the source, for every flow at once."""

from datetime import date
from decimal import Decimal

from leancost.costing.facts import FACTS, formula_nodes, set_current_node
from leancost.costing.posting import post_events
from leancost.costing.rule_files import making, rule_text
from leancost.costing.workspace import Connection, currency_digits, determine, run_rule
from leancost.errors import Finding, LeancostError
from leancost.tables.declaration import outputs


def run_five_steps(connection: Connection) -> None:
    """The run itself: post, five steps, journal, and the checks that cannot be skipped."""
    done = set(FACTS)
    post_events(connection, done)
    determine(connection, "backflush/step_1_unused_quantities", done=done)
    determine(connection, "backflush/step_2_net_realized_usage", done=done)
    determine(connection, "backflush/step_3_settlements", done=done)
    _value_what_is_kept(connection, done)
    determine(connection, "backflush/step_4_wip_balances", "backflush/step_4_realized_usage", done=done)
    determine(connection, "backflush/step_5_variances", done=done)
    determine(connection, *making(*(table.name for table in outputs() if table.name not in VIEWS)), done=done)
    for view, rule in VIEWS.items():
        connection.execute(f"CREATE OR REPLACE VIEW {view} AS {rule_text(rule)}")
    _require_accounts(connection)
    _require_identities(connection)


VIEWS = {"wip_transactions": "posting/wip_transactions", "journal": "journal/journal"}
"""The two large outputs: views, so that they are written without being held."""


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


def _value_what_is_kept(connection: Connection, done: set[str]) -> None:
    """Effective WIP: items, services, conversion, and the overhead on them node by node."""
    determine(connection, "backflush/kept_lines", done=done)
    value_overhead_on_what_is_kept(connection)


def value_overhead_on_what_is_kept(connection: Connection) -> None:
    kept = connection.execute("SELECT count(*) FROM kept_lines").fetchone()
    for node in formula_nodes(connection) if kept and kept[0] else []:
        set_current_node(connection, node)
        run_rule(connection, "backflush/kept_indirect_lines", "kept_lines", adds=True)


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


def carry_forward(connection: Connection) -> None:
    """What stays open is the next run's opening."""
    run_rule(connection, "carry/next_layers", "open_layers")
    run_rule(connection, "carry/next_balances", "open_balances")
    run_rule(connection, "carry/next_conversion", "kept_conversion")
    run_rule(connection, "carry/next_ledger", "ledger_opening_next")
    connection.execute("CREATE OR REPLACE TABLE ledger_opening AS SELECT * FROM ledger_opening_next")
