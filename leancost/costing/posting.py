"""From events to WIP transactions: what every event of a run posts, by contract section 4."""

from datetime import date

from leancost.costing.facts import formula_nodes, set_current_node
from leancost.costing.workspace import Connection, determine, run_rule
from leancost.errors import Finding, LeancostError


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
