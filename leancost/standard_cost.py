"""BOM calculation of standard costs, by production flow or by route, level by level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter

from leancost.book import Connection, run_rule, run_rules
from leancost.errors import Finding, LeancostError
from leancost.posting import formula_nodes, insert_rule, set_current_node

VERSION_RULES = (
    "posting/formula_nodes",
    "posting/node_bases",
    "standard_cost/version_prices",
    "standard_cost/version_costs_by_group",
    "standard_cost/version_hourly_rates",
    "standard_cost/version_indirect_rates",
)
STRUCTURE_RULES = (
    "standard_cost/valid_boms",
    "standard_cost/valid_routes",
    "standard_cost/active_rules",
    "standard_cost/uncontrolled_items",
    "standard_cost/flow_of_items",
    "standard_cost/structures",
    "standard_cost/components",
)
RESULT_RULES = (
    "standard_cost/standard_costs",
    "standard_cost/standard_cost_breakdown",
    "standard_cost/stored_lines",
    "standard_cost/calculated_item_price_breakdown",
    "standard_cost/calculated_item_prices",
)
EXACT_LINES = (
    "CREATE OR REPLACE TABLE exact_lines (structure VARCHAR, resource_type VARCHAR, resource VARCHAR,"
    " cost_group VARCHAR, unit_price DECIMAL(18,6), is_output_unit BOOLEAN, quantity DECIMAL(23,15),"
    " charge DECIMAL(28,15), charge_quantity DECIMAL(23,15))"
)
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
) -> Calculation:
    """Calculates unit cost and breakdown of every made item, or of `items`.

    cost (currency per unit) = quantity x unit price + charge, per resource and cost group. Leaves
    standard_costs, standard_cost_breakdown, calculated_item_prices and
    calculated_item_price_breakdown in the workspace. Raises LeancostError with every missing
    price, BOM, rule or route, an unresolved choice of flow or version, or a cycle along its path.
    Source: contract 5 (calculate), 6; domain 1.5 to 1.7.
    """
    version = _choose_version(connection, costing_version)
    connection.execute(
        "CREATE OR REPLACE TABLE calculation AS SELECT CAST($day AS DATE) AS calculation_date,"
        " CAST($version AS VARCHAR) AS costing_version, CAST($basis AS VARCHAR) AS basis",
        {"day": calculation_date, "version": version, "basis": basis},
    )
    _chain_versions(connection, version)
    run_rules(connection, (*VERSION_RULES, *STRUCTURE_RULES))
    levels = _low_level_codes(connection)
    _report(connection, items, basis)
    run_rule(connection, "standard_cost/calculation_divisions", "divisions")
    run_rule(connection, "standard_cost/per_unit_quantities")
    run_rule(connection, "standard_cost/structure_hours")
    run_rule(connection, "standard_cost/lot_divisions", "divisions")
    run_rule(connection, "standard_cost/per_unit_quantities", "per_lot_quantities")
    run_rule(connection, "standard_cost/needed_structures")
    _require_prices(connection, calculation_date, version)
    _roll_up(connection, levels)
    run_rules(connection, RESULT_RULES)
    return Calculation(calculation_date, version, basis, tuple(_warnings(connection)))


def subcontracted_by_route(connection: Connection) -> list[Finding]:
    """Findings that forbid to activate a calculation by route: products that involve a service."""
    run_rule(connection, "standard_cost/subcontracted_by_route")
    rows = connection.execute("SELECT item, site, service FROM subcontracted_by_route").fetchall()
    return [
        Finding(
            "",
            "routes",
            None,
            "",
            f"{item} at site {site} involves the subcontracted service {service} and was calculated by route",
            "Activate the calculation by production flow",
        )
        for item, site, service in rows
    ]


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


def _low_level_codes(connection: Connection) -> list[list[str]]:
    """Items by level, the deepest first; stores `levels`. Raises LeancostError naming a cycle."""
    links = connection.execute(
        "SELECT DISTINCT b.item, l.component FROM valid_boms b JOIN bom_lines l ON l.bom = b.bom ORDER BY 1, 2"
    ).fetchall()
    parents: dict[str, set[str]] = {item: set() for (item,) in connection.execute("SELECT item FROM items").fetchall()}
    for item, component in links:
        parents.setdefault(component, set()).add(item)
    try:
        order = list(TopologicalSorter(parents).static_order())
    except CycleError as cycle:
        path = " > ".join(cycle.args[1])
        raise LeancostError(f"The bills of material form a cycle: {path}. Remove one of these lines.") from None
    level: dict[str, int] = {}
    for item in order:
        level[item] = 1 + max((level[parent] for parent in parents[item]), default=-1)
    connection.execute("CREATE OR REPLACE TABLE levels (item VARCHAR, level INTEGER)")
    connection.executemany("INSERT INTO levels VALUES (?, ?)", [[item, code] for item, code in sorted(level.items())])
    structured = {item for (item,) in connection.execute("SELECT DISTINCT item FROM structures").fetchall()}
    by_level: dict[int, list[str]] = {}
    for item in sorted(structured):
        by_level.setdefault(level[item], []).append(item)
    return [by_level[code] for code in sorted(by_level, reverse=True)]


def _report(connection: Connection, items: Sequence[str], basis: str) -> None:
    """Chooses what is reported; raises LeancostError where a choice of flow is missing."""
    connection.execute(
        "CREATE OR REPLACE TABLE reported_structures AS SELECT * FROM structures WHERE is_chosen"
        " AND (len($items) = 0 OR list_contains($items, item))",
        {"items": list(items)},
    )
    problems = [
        Finding(
            "",
            "default_production_flows",
            None,
            "",
            f"{item} can be supplied by several flows at site {site}: {flows}",
            "Set its default production flow",
        )
        for item, site, flows in connection.execute(
            "SELECT s.item, s.site, string_agg(s.production_flow, ', ' ORDER BY s.production_flow) FROM structures s"
            " WHERE s.basis = 'production_flow' AND s.flow_count > 1 AND $basis <> 'route'"
            " AND (len($items) = 0 OR list_contains($items, s.item))"
            " AND NOT EXISTS (SELECT 1 FROM reported_structures r WHERE r.item = s.item AND r.site = s.site)"
            " GROUP BY s.item, s.site ORDER BY 1, 2",
            {"basis": basis, "items": list(items)},
        ).fetchall()
    ]
    named = {item for (item,) in connection.execute("SELECT item FROM reported_structures").fetchall()}
    unresolved = {item for finding in problems for item in [finding.problem.split(" ")[0]]}
    needs = "a route" if basis == "route" else "an active manufacturing rule"
    problems += [
        Finding("", "items", None, "", f"{item} has no BOM and {needs} on the date", "Add them, or leave the item out")
        for item in items
        if item not in named | unresolved
    ]
    if problems:
        raise LeancostError(problems)


def _require_prices(connection: Connection, day: date, version: str) -> None:
    run_rule(connection, "standard_cost/missing_calculation_prices")
    rows = connection.execute("SELECT * FROM missing_calculation_prices").fetchall()
    if rows:
        raise LeancostError([_missing(row, day, version) for row in rows])


def _missing(row: tuple[str, str, str, str], day: date, version: str) -> Finding:
    kind, resource, site, needed_by = row
    table, what = {
        "item": ("item_prices", "cost price"),
        "cost_category": ("cost_category_prices", "hourly rate"),
        "bom": ("boms", "BOM, rule or route to be flattened"),
    }[kind]
    return Finding(
        "",
        table,
        None,
        "",
        f"{resource}, needed by {needed_by}, has no {what} at site {site} on {day} in version {version}",
        f"Add it to {table}",
    )


def _roll_up(connection: Connection, levels: list[list[str]]) -> None:
    """Level by level from the bottom: own lines, overhead node by node, breakdown."""
    connection.execute(EXACT_LINES)
    connection.execute(NO_COSTS)
    nodes = formula_nodes(connection)
    for items in levels:
        connection.execute("CREATE OR REPLACE TABLE current_level AS SELECT unnest($items) AS item", {"items": items})
        run_rule(connection, "standard_cost/component_costs")
        run_rule(connection, "standard_cost/level_lines", "own_lines")
        for node in nodes:
            set_current_node(connection, node)
            insert_rule(connection, "standard_cost/level_indirect_lines", into="own_lines")
        insert_rule(connection, "standard_cost/exact_level_lines", into="exact_lines")
        run_rule(connection, "standard_cost/structure_breakdowns")
        run_rule(connection, "standard_cost/calculated_costs_by_group")


def _warnings(connection: Connection) -> list[Finding]:
    rows = connection.execute(
        "SELECT 'kanban_rules', 'item ' || r.item || ' has ' || a.rule_count || ' active rules in flow '"
        " || r.production_flow || ': the first, ' || r.kanban_rule || ', is taken', 'End the others or accept it'"
        " FROM reported_structures r JOIN active_rules a"
        " ON a.item = r.item AND a.production_flow = r.production_flow WHERE a.rule_count > 1"
        " UNION SELECT 'item_prices', 'the price of ' || p.item || ' at site ' || p.site || ' is lent by version '"
        " || p.costing_version, 'Add it to the version' FROM version_prices p"
        " JOIN components c ON c.component = p.item AND c.site = p.site AND NOT c.is_flattened"
        " JOIN needed_structures n ON n.structure = c.structure WHERE p.version_place > 0"
        " UNION SELECT 'item_prices', 'the price of ' || p.item || ' at site ' || p.site || ' is zero', 'Check it'"
        " FROM version_prices p JOIN components c ON c.component = p.item AND c.site = p.site AND NOT c.is_flattened"
        " JOIN needed_structures n ON n.structure = c.structure WHERE p.unit_cost = 0"
        " UNION SELECT 'cost_category_prices', 'the rate of ' || h.cost_category || ' is lent by version '"
        " || r.costing_version, 'Add it to the version' FROM structure_hours h"
        " JOIN needed_structures n ON n.structure = h.structure JOIN structures s ON s.structure = h.structure"
        " JOIN version_hourly_rates r ON r.cost_category = h.cost_category AND r.site = s.site"
        " WHERE r.version_place > 0 ORDER BY 1, 2"
    ).fetchall()
    return [Finding("", table, None, "", problem, remedy, "warning") for table, problem, remedy in rows]
