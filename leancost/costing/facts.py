"""What holds whatever the run: prices, rates and BOMs in force, nodes, activities, the dates of every unit."""

from typing import Final

from leancost.costing.rule_files import rules_in
from leancost.costing.workspace import Connection, determine

FACTS: Final = (*rules_in("facts"), *rules_in("units"))
"""What does not depend on a run's dates: what holds when, and what happened to the units."""


def establish_facts(connection: Connection) -> None:
    """Prices, rates and BOMs in force, the rules' activities, and the dates of every unit.

    Expects the declared defaults filled (`workspace.fill_defaults`); nothing is as of a date yet.
    """
    determine(connection, *FACTS)


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
