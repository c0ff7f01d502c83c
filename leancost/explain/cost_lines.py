"""The lines behind a standard cost: BOM lines, hours, services and overhead, level by level, priced."""

from dataclasses import replace

from leancost.explain.prices import NONE, breakdown_cells, hours_per_unit
from leancost.explain.terms import SUM, Kind, Term, product, total
from leancost.explain.workings import Row, Workings, cell, input_row, remembered

BREAKDOWN = "calculation/structure_breakdowns"
EXACT = "calculation/exact_level_lines"
OWN = "calculation/level_lines"
OVERHEAD = "calculation/level_indirect_lines"
DIVIDED = "facts/per_unit_quantities"
LINE = ("resource_type", "resource", "cost_group", "unit_price", "lent_by", "is_receipt")
FIGURES = ("quantity", "charge_quantity")
"""What a line holds per unit, and what of the costing lot it holds per unit."""


@remembered
def unit_cost(workings: Workings, structure: str, cost_group: str = "") -> Term:
    """Sum of the breakdown's cost, of one cost group where it is named."""
    rows = workings.lookup("structure_breakdowns", structure=structure)
    parts = tuple(
        cost(workings, structure, row["resource_type"], row["resource"], row["cost_group"])
        for row in rows
        if cost_group in ("", row["cost_group"])
    )
    rule = "calculation/calculated_costs_by_group" if cost_group else "calculation/standard_costs"
    return Term("unit_cost", total(parts), "price", SUM, None, rule, parts)


def take_apart_below(workings: Workings, structure: str) -> None:
    """Takes apart what lies below a structure, the deepest first: then each level finds the one below it remembered."""
    found = {structure: _structure(workings, structure)}
    waiting = [structure]
    while waiting:
        for component in workings.lookup("components", structure=waiting.pop()):
            flattened = component["flattened_structure"] if component["is_flattened"] else None
            below = [flattened] if flattened else [row["structure"] for row in _made(workings, component)]
            for name in below:
                if name not in found:
                    found[name] = _structure(workings, name)
                    waiting.append(name)
    for name, row in sorted(found.items(), key=lambda pair: (-pair[1]["level"], pair[0])):
        if name == structure:
            continue
        for line in workings.lookup("exact_lines", structure=name):
            for figure in FIGURES:
                if line[figure] and not line["is_receipt"]:
                    exact_figure(workings, line, figure)
        for one in workings.lookup("calculated_costs_by_group", item=row["item"], site=row["site"]):
            if workings.lookup("reported_structures", structure=name):
                unit_cost(workings, name, one["cost_group"])


def _made(workings: Workings, component: Row) -> list[Row]:
    return workings.lookup("reported_structures", item=component["component"], site=component["site"])


@remembered
def cost(workings: Workings, structure: str, resource_type: str, resource: str, cost_group: str) -> Term:
    """One line of the breakdown: quantity × unit price + charge."""
    of_line = {"structure": structure, "resource_type": resource_type, "resource": resource, "cost_group": cost_group}
    row = workings.lookup("structure_breakdowns", **of_line)[0]
    found = workings.lookup("exact_lines", **of_line)
    lines = [line for line in found if line["quantity"] or line["charge_quantity"]]
    has_one_price = len({line["unit_price"] for line in lines}) == 1
    if has_one_price:
        parts = tuple(exact_figure(workings, line, "quantity") for line in lines)
        price = _price(workings, structure, lines[0])
    else:
        parts = tuple(_value(workings, line, "quantity") for line in lines)
        price = Term("unit_price", row["unit_price"], "price", note="several rates: the quantity is the amount")
    quantity = Term("quantity", row["quantity"], "quantity", SUM, 9, BREAKDOWN, parts)
    charges = tuple(_value(workings, line, "charge_quantity") for line in lines if line["charge_quantity"])
    charge = Term("charge", row["charge"], "price", SUM, 6, BREAKDOWN, charges)
    return Term(
        "cost", row["cost"], "price", "quantity × unit_price + charge", 6, BREAKDOWN, (quantity, price, charge),
        label=f"{resource_type.replace('_', ' ')} {resource} in {cost_group}",
    )  # fmt: skip


@remembered
def _exact(workings: Workings, structure: str, key: tuple[object, ...], figure: str) -> Term:
    """A figure of the unrounded lines of one resource at one price: the sum of its own lines."""
    of_line = dict(zip(LINE, key, strict=True))
    rows = workings.lookup("own_lines", structure=structure, **of_line)
    parts = tuple(_own(workings, row, figure) for row in rows if row[figure])
    return Term(figure, total(parts), "quantity", SUM, None, EXACT, parts, label=figure.replace("_", " "))


def exact_figure(workings: Workings, line: Row, figure: str) -> Term:
    """The figure of a line of exact_lines."""
    return _exact(workings, line["structure"], tuple(line[name] for name in LINE), figure)


def _value(workings: Workings, line: Row, figure: str) -> Term:
    """Quantity × unit price of an unrounded line; of the charge quantity: its charge."""
    quantity = exact_figure(workings, line, figure)
    price = _price(workings, line["structure"], line)
    value = product(quantity.value, price.value)
    return Term("value", value, "price", f"{quantity.name} × unit_price", None, EXACT, (quantity, price))


def _own(workings: Workings, row: Row, figure: str) -> Term:
    """One own line of a structure: by BOM line, hours, service, overhead, or out of a flattened component."""
    if row["origin"] == "flattened":
        return _flattened(workings, row, figure)
    if row["resource_type"] == "cost_category":
        return _hours(workings, row, figure)
    if row["resource_type"] == "costing_sheet_node":
        return _base(workings, row, figure)
    component = workings.lookup("components", structure=row["structure"], line=row["line"])
    if component and component[0]["component"] == row["resource"]:
        return per_unit(workings, row["structure"], row["line"], figure)
    activity = workings.lookup("structure_services", structure=row["structure"], activity=row["line"])[0]
    flow = _structure(workings, row["structure"])["production_flow"]
    return cell(workings, figure, "activities", (flow, activity["activity"]), "service_quantity")


@remembered
def per_unit(workings: Workings, structure: str, line: str, figure: str) -> Term:
    """What a BOM line takes per unit: quantity × (1 + scrap) ÷ BOM quantity, or per lot ÷ lot."""
    owner = _structure(workings, structure)
    bom = owner["bom"]
    quantity = cell(workings, "line_quantity", "bom_lines", (bom, line), "quantity")
    label = f"BOM {bom} line {line}"
    if figure == "quantity":
        found = workings.lookup("per_unit_quantities", purpose="bom_line", owner=bom, line=line)
        if not found:
            return Term(figure, NONE, label=label, note="consumed per lot")
        scrap = cell(workings, "scrap", "bom_lines", (bom, line), "variable_scrap")
        made = cell(workings, "bom_quantity", "boms", (bom,), "quantity")
        formula = "line_quantity × (1 + scrap) ÷ bom_quantity" if scrap.value else "line_quantity ÷ bom_quantity"
        return Term(figure, found[0]["quotient"], "quantity", formula, 9, DIVIDED, (quantity, scrap, made), label=label)
    found = workings.lookup("per_lot_quantities", purpose="lot_component", owner=structure, line=line)
    if not found:
        return Term(figure, NONE, label=label, note="nothing per lot")
    scrap = cell(workings, "constant_scrap", "bom_lines", (bom, line), "constant_scrap")
    is_constant = (input_row(workings, "bom_lines", bom, line) or {})["consumption"] == "constant"
    formula = "(line_quantity + constant_scrap) ÷ lot" if is_constant else "constant_scrap ÷ lot"
    return Term(figure, found[0]["quotient"], "quantity", formula, 9, DIVIDED, (quantity, scrap, _lot(workings, owner)),
                label=label)  # fmt: skip


def _hours(workings: Workings, row: Row, figure: str) -> Term:
    owner = _structure(workings, row["structure"])
    line = workings.lookup("structure_hours", structure=row["structure"], line=row["line"])[0]
    if owner["production_flow"] and owner["kanban_rule"]:
        run_time = hours_per_unit(workings, owner["production_flow"], row["line"], owner["item"])
        rows = workings.numbers.row("activities", (owner["production_flow"], row["line"]), "process_quantity")
        label, per_lot = f"activity {row['line']}", "the process quantity exceeds the lot"
    else:
        operation = row["line"].rpartition("/")[0]
        key = (owner["route"], operation)
        parts = (
            cell(workings, "run_time_hours", "route_operations", key, "run_time_hours"),
            cell(workings, "run_time_quantity", "route_operations", key, "run_time_quantity"),
        )
        run_time = Term("hours_per_unit", line["hours_per_unit"], "quantity", "run_time_hours ÷ run_time_quantity", 9,
                        DIVIDED, parts)  # fmt: skip
        rows = workings.numbers.row("route_operations", key, "setup_hours")
        label, per_lot = f"operation {operation}", "set-up"
    if figure == "quantity":
        return Term(figure, row["quantity"], formula="hours_per_unit", rule=OWN, parts=(run_time,), label=label)
    hours = Term("hours_per_lot", line["hours_per_lot"], rows=(rows,), note=per_lot)
    if owner["production_flow"] and owner["kanban_rule"]:
        key = (owner["production_flow"], row["line"])
        process = cell(workings, "process_quantity", "activities", key, "process_quantity")
        beyond = (run_time, process, _lot(workings, owner))
        formula, rule = "hours_per_unit × (process_quantity − lot)", "calculation/structure_hours"
        hours = Term("hours_per_lot", line["hours_per_lot"], "quantity", formula, 18, rule, beyond)
    elif line["hours_per_lot"]:
        hours = cell(workings, "hours_per_lot", "route_operations", key, "setup_hours")
    return Term(
        figure, row[figure], "quantity", "hours_per_lot ÷ lot", 9, DIVIDED, (hours, _lot(workings, owner)), label=label
    )


def _flattened(workings: Workings, row: Row, figure: str) -> Term:
    """Of a component opened into its lines: quantity × line; consumed per lot all of the line is a charge."""
    component = workings.lookup("components", structure=row["structure"], line=row["line"])[0]
    inner = component["flattened_structure"]
    key = tuple(row[name] for name in LINE)
    label = f"out of {component['component']}"
    needed = per_unit(workings, row["structure"], row["line"], "quantity")
    outer = Term("component_quantity", needed.value, formula=SUM, rule=OWN, parts=(needed,))
    held = _renamed(_exact(workings, inner, key, "quantity"), "in_one")
    if figure == "quantity":
        return Term(figure, row[figure], "quantity", "component_quantity × in_one", 18, OWN, (outer, held), label=label)
    charged = _renamed(_exact(workings, inner, key, "charge_quantity"), "charged_in_one")
    per_lot = per_unit(workings, row["structure"], row["line"], "charge_quantity")
    if not per_lot.value:
        formula = "component_quantity × charged_in_one"
        return Term(figure, row[figure], "quantity", formula, 18, OWN, (outer, charged), label=label)
    lot = Term("component_per_lot", per_lot.value, formula=SUM, rule=OWN, parts=(per_lot,))
    formula = "component_quantity × charged_in_one + component_per_lot × (in_one + charged_in_one)"
    return Term(figure, row[figure], "quantity", formula, 18, OWN, (outer, charged, lot, held), label=label)


def _base(workings: Workings, row: Row, figure: str) -> Term:
    """What a node is charged on: values, hours, component quantities, or one unit of the product."""
    of_node = {"node": row["resource"], "rate_item": row["rate_item"], "is_receipt": row["is_receipt"]}
    based = workings.lookup("cost_bases", structure=row["structure"], **of_node)
    node = workings.lookup("formula_nodes", node=row["resource"])[0]
    label = f"base of {row['resource']}"
    if node["node_type"] == "output_unit":
        if node["basis"] in ("weight", "volume"):
            item = _structure(workings, row["structure"])["item"]
            return cell(workings, figure, "items", (item,), node["basis"])
        return Term(figure, row[figure], label=label, note="one unit of the product")
    parts = []
    for one in based:
        if not one[figure]:
            continue
        of_line = {name: one[name] for name in ("line", "rate_item", "is_receipt", *LINE[:4])}
        own = workings.lookup("own_lines", structure=row["structure"], origin="own", **of_line)[0]
        part = _own(workings, own, figure)
        if node["node_type"] == "surcharge":
            quantity = _renamed(part, figure)
            price = _price(workings, row["structure"], own)
            value = product(quantity.value, price.value)
            part = Term("value", value, "price", f"{figure} × unit_price", None, OVERHEAD, (quantity, price),
                        label=f"{one['resource']} in {one['cost_group']}")  # fmt: skip
        elif node["basis"] in ("weight", "volume"):
            measure = cell(workings, node["basis"], "items", (one["resource"],), node["basis"])
            quantity = _renamed(part, figure)
            value, formula = product(quantity.value, measure.value), f"{figure} × {node['basis']}"
            both = (quantity, measure)
            part = Term("value", value, "quantity", formula, None, OVERHEAD, both, label=one["resource"])
        parts.append(part)
        if node["node_type"] == "input_unit" and _moved(based, one) is not one:
            parts.pop()
    kind: Kind = "price" if node["node_type"] == "surcharge" else "quantity"
    return Term(figure, row[figure], kind, SUM, 18, OVERHEAD, tuple(parts), label=label)


def _moved(based: list[Row], one: Row) -> Row:
    """A component that stands in several cost groups moves once."""
    return next(row for row in based if (row["line"], row["resource"]) == (one["line"], one["resource"]))


def _price(workings: Workings, structure: str, line: Row) -> Term:
    """Unit price of a line: calculated in this run, read from its price record, or a rate of the version."""
    site = _structure(workings, structure)["site"]
    name, resource, value = "unit_price", line["resource"], line["unit_price"]
    if line["resource_type"] == "cost_category":
        record = workings.lookup("version_hourly_rate_records", cost_category=resource, site=site)[0]
        key = (record["costing_version"], resource, record["record_site"], record["from_date"])
        return cell(workings, name, "cost_category_prices", key, "hourly_rate", "price")
    if line["resource_type"] == "costing_sheet_node":
        for one in workings.lookup("version_indirect_rate_records", node=resource, site=site):
            own = (one["costing_version"], resource, one["record_site"], one["record_item"], one["from_date"])
            rate = cell(workings, name, "indirect_rates", own, "rate", "price")
            if rate.value == value:
                return rate
        return Term(name, value, "price", note="rate of the node")
    made = workings.lookup("reported_structures", item=resource, site=site)
    if workings.lookup("calculated_costs_by_group", item=resource, site=site, cost_group=line["cost_group"]) and made:
        whole = unit_cost(workings, made[0]["structure"], line["cost_group"])
        return _renamed(whole, name)
    record = workings.lookup("version_prices", item=resource, site=site)[0]
    key = (record["costing_version"], record["record_item"], record["record_site"], record["from_date"])
    cells = breakdown_cells(workings, key, line["cost_group"])
    if cells:
        return Term(name, total(cells), "price", SUM, None, "calculation/version_costs_by_group", cells)
    return cell(workings, name, "item_prices", key, "unit_cost", "price")


def _structure(workings: Workings, structure: str) -> Row:
    return workings.lookup("needed_structures", structure=structure)[0]


@remembered
def _lot_of(workings: Workings, structure: str) -> Term:
    owner = _structure(workings, structure)
    if owner["kanban_rule"]:
        return cell(workings, "lot", "kanban_rules", (owner["kanban_rule"],), "quantity")
    return cell(workings, "lot", "items", (owner["item"],), "default_order_quantity")


def _lot(workings: Workings, owner: Row) -> Term:
    return _lot_of(workings, owner["structure"])


def _renamed(term: Term, name: str) -> Term:
    """The same figure under the name the formula gives it."""
    return term if term.name == name else replace(term, name=name, label=term.title)
