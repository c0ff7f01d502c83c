"""BOM calculation of standard costs, by production flow or by route, level by level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter

from leancost.costing import checks
from leancost.costing.facts import set_current_node
from leancost.costing.rule_files import behind
from leancost.costing.workspace import Connection, determine, run_rule
from leancost.errors import Finding, LeancostError, refuse
from leancost.tables.source_rows import RowNumbers

OF_LEVELS = ("calculation/component_costs", "calculation/level_lines", "calculation/level_indirect_lines")
RESULTS_OF_LEVELS = ("calculation/structure_breakdowns", "calculation/calculated_costs_by_group")
"""What is determined level by level, each level from what the levels below have left."""
RESULTS = (
    "calculation/standard_costs",
    "calculation/standard_cost_breakdown",
    "calculation/calculated_item_prices",
    "calculation/calculation_warnings",
)
EXACT_LINES = (
    "CREATE OR REPLACE TABLE exact_lines (structure VARCHAR, resource_type VARCHAR, resource VARCHAR,"
    " cost_group VARCHAR, unit_price DECIMAL(18,6), lent_by VARCHAR, quantity DECIMAL(38,18),"
    " charge_quantity DECIMAL(38,18), is_receipt BOOLEAN, charge DECIMAL(38,24))"
)
LEVELS = (
    "SELECT n.level, bool_or(r.structure IS NOT NULL) FROM needed_structures n"
    " LEFT JOIN reported_structures r ON r.structure = n.structure GROUP BY n.level ORDER BY n.level DESC"
)
"""Levels from the bottom, and whether a structure of the level is one that others read the cost of."""
NODES = (
    "SELECT f.node, f.cost_group, f.node_type = 'output_unit', list(b.cost_group) FROM formula_nodes f"
    " LEFT JOIN node_bases b ON b.node = f.node GROUP BY ALL ORDER BY max(f.place)"
)
"""Formula nodes in the sheet's order: the group charged, whether on products, and the groups of the base."""
OWN_GROUPS = "SELECT DISTINCT cost_group FROM own_lines WHERE origin = 'own'"
NO_COSTS = (
    "CREATE OR REPLACE TABLE calculated_costs_by_group"
    " (item VARCHAR, site VARCHAR, cost_group VARCHAR, unit_cost DECIMAL(18,6))"
)


@dataclass(frozen=True)
class Calculation:
    """What was calculated: date, version, basis, and the findings that do not stop it."""

    calculation_date: date
    costing_version: str
    basis: str
    warnings: tuple[Finding, ...]


def calculate(
    connection: Connection,
    *,
    calculation_date: date,
    costing_version: str | None = None,
    basis: str = "production_flow",
    items: Sequence[str] = (),
    numbers: RowNumbers | None = None,
) -> Calculation:
    """Calculates unit cost and breakdown of every made item, or of `items`.

    cost (currency per unit) = quantity x unit price + charge, per resource and cost group. Leaves
    standard_costs, standard_cost_breakdown, calculated_item_prices and
    calculated_item_price_breakdown in the workspace. Raises LeancostError with whatever in the set-up
    would make a cost wrong (with `numbers` by its row), every missing price, BOM, rule or route, an
    unresolved choice of flow or version, or a cycle along its path.
    Source: contract 5 (calculate), 6; domain 1.5 to 1.7.
    """
    version = _choose_version(connection, costing_version)
    found = checks.of_calculation(connection, basis, numbers)
    refuse(found)
    connection.execute(
        "CREATE OR REPLACE TABLE calculation AS SELECT CAST($day AS DATE) AS calculation_date,"
        " CAST($version AS VARCHAR) AS costing_version, CAST($basis AS VARCHAR) AS basis",
        {"day": calculation_date, "version": version, "basis": basis},
    )
    _chain_versions(connection, version)
    _ask_for(connection, items)
    done: set[str] = set()
    determine(connection, "calculation/uncalculated_items", done=done)
    _store_levels(connection)
    refuse(_findings(connection, "uncalculated_items"))
    determine(connection, "calculation/needed_structures", done=done)
    _divide(connection, done)
    determine(connection, "calculation/missing_calculation_prices", done=done)
    refuse(_findings(connection, "missing_calculation_prices"))
    _roll_up(connection, done)
    determine(connection, *RESULTS, done=done)
    warnings = found + _findings(connection, "calculation_warnings", severity="warning")
    return Calculation(calculation_date, version, basis, tuple(warnings))


def subcontracted_by_route(connection: Connection) -> list[Finding]:
    """Findings that forbid to activate a calculation by route: products that involve a service."""
    run_rule(connection, "calculation/subcontracted_by_route")
    return _findings(connection, "subcontracted_by_route")


def lacking(connection: Connection) -> list[str]:
    """What a calculation just done leaves out, and why: what each made item lacks, where no warning says it."""
    run_rule(connection, "calculation/lacking_items")
    rows = connection.execute("SELECT problem FROM lacking_items ORDER BY item, site, problem").fetchall()
    return [problem for (problem,) in rows]


def _choose_version(connection: Connection, version: str | None) -> str:
    rows = connection.execute(
        "SELECT costing_version, costing_type, blocked FROM costing_versions ORDER BY 1"
    ).fetchall()
    known: dict[str, tuple[str, bool]] = {name: (kind, blocked) for name, kind, blocked in rows}
    if version is not None:
        if version not in known:
            raise LeancostError(f"Costing version {version} does not exist. Known: {', '.join(known) or 'none'}.")
        if known[version][1]:
            raise LeancostError(f"Costing version {version} is blocked. Unblock it, or name another version.")
        return version
    open_ones = [name for name, (kind, blocked) in known.items() if kind == "standard" and not blocked]
    if len(open_ones) != 1:
        raise LeancostError(
            f"There are {len(open_ones)} unblocked standard costing versions: {', '.join(open_ones) or 'none'}. "
            "Name one with --version."
        )
    return open_ones[0]


def _chain_versions(connection: Connection, version: str) -> None:
    """The version and those it falls back to, in order."""
    fallbacks = dict(connection.execute("SELECT costing_version, fallback_version FROM costing_versions").fetchall())
    chain: list[str] = []
    following: str | None = version
    while following and following not in chain:
        chain.append(following)
        following = fallbacks.get(following)
    connection.execute("CREATE OR REPLACE TABLE version_chain (costing_version VARCHAR, place INTEGER)")
    connection.executemany(
        "INSERT INTO version_chain VALUES (?, ?)", [[name, place] for place, name in enumerate(chain)]
    )


def _ask_for(connection: Connection, items: Sequence[str]) -> None:
    """Stores `asked_items`: those named, else all."""
    connection.execute("CREATE OR REPLACE TABLE asked_items AS SELECT item, FALSE AS is_named FROM items")
    if items:
        connection.execute(
            "CREATE OR REPLACE TABLE asked_items AS SELECT DISTINCT unnest($items) AS item, TRUE AS is_named",
            {"items": list(items)},
        )


def _store_levels(connection: Connection) -> None:
    """Stores every item's low-level code in `levels`; raises LeancostError naming a cycle."""
    links = connection.execute(
        "SELECT DISTINCT b.item, l.component FROM valid_boms b JOIN bom_lines l ON l.bom = b.bom ORDER BY 1, 2"
    ).fetchall()
    parents: dict[str, set[str]] = {item: set() for (item,) in connection.execute("SELECT item FROM items").fetchall()}
    for item, component in links:
        parents.setdefault(component, set()).add(item)
    try:
        order = list(TopologicalSorter({item: sorted(above) for item, above in parents.items()}).static_order())
    except CycleError as cycle:
        path = " > ".join(cycle.args[1])
        raise LeancostError(f"The bills of material form a cycle: {path}. Remove one of these lines.") from None
    level: dict[str, int] = {}
    for item in order:
        level[item] = 1 + max((level[parent] for parent in parents[item]), default=-1)
    connection.execute("CREATE OR REPLACE TABLE levels (item VARCHAR, level INTEGER)")
    rows = [[item, code] for item, code in sorted(level.items())]
    if rows:
        connection.executemany("INSERT INTO levels VALUES (?, ?)", rows)


def _divide(connection: Connection, done: set[str]) -> None:
    """Factors per unit, then, as hours per lot need hours per unit, factors per lot."""
    run_rule(connection, "calculation/calculation_divisions", "divisions")
    done |= {"calculation/calculation_divisions", "facts/divisions"}
    determine(connection, "calculation/structure_services", "calculation/structure_hours", done=done)
    run_rule(connection, "calculation/lot_divisions", "divisions")
    run_rule(connection, "facts/per_unit_quantities", "per_lot_quantities")


def _roll_up(connection: Connection, done: set[str]) -> None:
    """Level by level from the bottom: own lines, overhead node by node, breakdown.

    A level of phantoms alone has no cost that a level above would read.
    """
    connection.execute(EXACT_LINES)
    connection.execute(NO_COSTS)
    done |= {*RESULTS_OF_LEVELS}
    read_by_levels = behind("facts/formula_nodes", *OF_LEVELS, done=done)
    determine(connection, *(rule for rule in read_by_levels if rule not in OF_LEVELS), done=done)
    nodes = connection.execute(NODES).fetchall()
    levels = connection.execute(LEVELS).fetchall()
    has_costs = True
    for level, is_priced in levels or [(0, True)]:  # without anything to calculate the results are empty, not missing
        connection.execute(
            "CREATE OR REPLACE TABLE current_level AS SELECT * FROM needed_structures WHERE level = $level",
            {"level": level},
        )
        if has_costs:
            run_rule(connection, "calculation/component_costs")
        run_rule(connection, "calculation/level_lines", "own_lines")
        charged = {group for (group,) in connection.execute(OWN_GROUPS).fetchall()}
        for node, cost_group, of_products, bases in nodes:
            if of_products or not charged.isdisjoint(bases):
                set_current_node(connection, node)
                run_rule(connection, "calculation/level_indirect_lines", "own_lines", adds=True)
                charged.add(cost_group)
        run_rule(connection, "calculation/exact_level_lines", "exact_lines", adds=True)
        has_costs = is_priced
        if has_costs:
            run_rule(connection, "calculation/structure_breakdowns")
            run_rule(connection, "calculation/calculated_costs_by_group")


def _findings(connection: Connection, name: str, severity: str = "error") -> list[Finding]:
    rows = connection.execute(f"SELECT table_name, problem, remedy FROM {name} ORDER BY ALL").fetchall()
    return [Finding("", table, None, "", problem, remedy, severity) for table, problem, remedy in rows]
