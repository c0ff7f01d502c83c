"""From events to WIP transactions: what every event of a run posts, by contract section 4."""

from datetime import date

from leancost.book import Connection, run_rule, run_rules
from leancost.errors import Finding, LeancostError

FACTS = (
    "posting/divisions",
    "standard_cost/per_unit_quantities",
    "posting/standard_price_periods",
    "posting/standard_cost_lines",
    "posting/standard_costs_by_group",
    "posting/hourly_rate_periods",
    "posting/indirect_rate_periods",
    "posting/bom_periods",
    "posting/go_lives",
    "posting/formula_nodes",
    "posting/node_bases",
    "posting/rule_activities",
    "posting/kanban_preparations",
    "posting/component_requirements",
    "posting/handling_units",
    "posting/material_issues",
    "posting/product_outputs",
    "checks/unread_events",
    "backflush/in_flow_items",
    "journal/accounts",
)
"""Rules that do not depend on a run's dates, in reading order."""

EVENTS = (
    "posting/posting_days",
    "posting/revalued_layers",
    "posting/revaluation_lines",
    "posting/material_lines",
    "posting/conversion_hours",
    "posting/conversion_lines",
    "posting/service_lines",
    "posting/receipt_lines",
    "posting/posted_lines",
    "posting/excess_lines",
)
"""Rules that post the events of one run, in reading order."""


def establish_facts(connection: Connection) -> None:
    """Prices, rates and BOMs in force, the rules' activities, and the dates of every unit.

    Expects the declared defaults filled (`book.fill_defaults`); nothing is as of a date yet.
    """
    run_rules(connection, FACTS)


def post_events(connection: Connection) -> None:
    """Posts the events of the current run into `wip_lines`, indirect lines node by node.

    Raises LeancostError where an event has no active standard cost or hourly rate.
    """
    run_rules(connection, EVENTS)
    _require_standards(connection)
    excess = connection.execute("SELECT count(*) FROM excess_lines").fetchone()
    for node in formula_nodes(connection):
        set_current_node(connection, node)
        run_rule(connection, "posting/indirect_lines", "posted_lines", adds=True)
        if excess and excess[0]:
            run_rule(connection, "posting/indirect_excess_lines", "excess_lines", adds=True)
    run_rule(connection, "posting/wip_lines")


def formula_nodes(connection: Connection) -> list[str]:
    """The costing sheet's formula nodes in the sheet's order."""
    rows = connection.execute("SELECT node FROM formula_nodes ORDER BY place").fetchall()
    return [node for (node,) in rows]


def set_current_node(connection: Connection, node: str) -> None:
    """Names the node that the indirect rules charge next."""
    connection.execute(
        "CREATE OR REPLACE TABLE current_node AS SELECT * FROM formula_nodes WHERE node = $node",
        {"node": node},
    )


def _require_standards(connection: Connection) -> None:
    run_rule(connection, "posting/missing_standards")
    rows = connection.execute(
        "SELECT event, resource_type, resource, site, posting_date FROM missing_standards ORDER BY 1, 3"
    ).fetchall()
    if rows:
        raise LeancostError([_missing(*row) for row in rows])


def _missing(event: str, resource_type: str, resource: str, site: str, day: date) -> Finding:
    what = "hourly rate" if resource_type == "cost_category" else "standard cost"
    table = "cost_category_prices" if resource_type == "cost_category" else "item_prices"
    return Finding(
        code="",
        table=event.partition(":")[0],
        row=None,
        column="",
        problem=f"{event.partition(':')[2]} of {day} has no active {what} of {resource} at site {site}",
        remedy=f"Add an active row to {table} from {day} or earlier in a standard version",
    )
