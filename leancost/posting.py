"""From events to WIP transactions: what every event of a run posts, by contract section 4."""

from datetime import date
from typing import Final

from leancost.book import Connection, determine, run_rule
from leancost.errors import Finding, LeancostError
from leancost.rule_files import rules_in

FACTS: Final = (*rules_in("facts"), *rules_in("units"))
"""What does not depend on a run's dates: what holds when, and what happened to the units."""


def establish_facts(connection: Connection) -> None:
    """Prices, rates and BOMs in force, the rules' activities, and the dates of every unit.

    Expects the declared defaults filled (`book.fill_defaults`); nothing is as of a date yet.
    """
    determine(connection, *FACTS)


def post_events(connection: Connection, done: set[str]) -> None:
    """Posts the events of the current run into `wip_lines`, indirect lines node by node.

    Notes in `done` what was determined. Raises LeancostError where an event has no active standard cost or hourly rate.
    """
    determine(connection, "posting/posted_lines", "posting/excess_lines", done=done)
    _require_standards(connection)
    excess = connection.execute("SELECT count(*) FROM excess_lines").fetchone()
    for node in formula_nodes(connection):
        set_current_node(connection, node)
        run_rule(connection, "posting/indirect_lines", "posted_lines", adds=True)
        if excess and excess[0]:
            run_rule(connection, "posting/indirect_excess_lines", "excess_lines", adds=True)
    determine(connection, "posting/wip_lines", done=done)


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
