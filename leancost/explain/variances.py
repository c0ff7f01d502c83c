"""Variances of a resource taken apart: realized against allowed, and each variance type."""

from decimal import Decimal

from leancost.explain.kept import kept, timing
from leancost.explain.lines import breakdown_part
from leancost.explain.prices import NONE, excess_hours, hourly_rate, overhead_rate, received, site_of, standard_cost
from leancost.explain.terms import SUM, Kind, Term, product, total
from leancost.explain.usage import exact_realized, realized_quantity
from leancost.explain.wip import OF_RESOURCE, Resource, moved_quantity, movements, opening
from leancost.explain.workings import Row, Workings, remembered

STEP_5 = "backflush/step_5_variances"
FORMULAS = {
    "price": "(RA − RQ × p) + AQ × p − allowed_value",
    "lot_size": "excess × p − charges",
    "quantity": "(RQ − excess − AQ) × p",
}
"""What each variance type is; rounding is what is left, substitution all of a resource that is not expected."""


@remembered
def before(workings: Workings, resource: Resource) -> Term:
    """before = opening + inputs + outputs + revaluation. Source: contract 6."""
    parts = (
        opening(workings, resource),
        *(movements(workings, resource, name) for name in ("inputs", "outputs", "revaluation")),
    )
    return Term("before", total(parts), "amount", "opening + inputs + outputs + revaluation", None,
                "backflush/step_4_wip_balances", parts)  # fmt: skip


@remembered
def variance(workings: Workings, resource: Resource) -> Term:
    """variance = before − after. Source: contract 6."""
    parts = (before(workings, resource), kept(workings, resource))
    return Term("variance", parts[0].value - parts[1].value, "amount", "before − after", None,
                "backflush/step_4_wip_balances", parts)  # fmt: skip


@remembered
def variance_types(workings: Workings, resource: Resource) -> Term:
    """The variance by type; each type is computed exactly and rounded once. Source: contract 4 (variance types)."""
    amounts = workings.select(f"SELECT variance_type, amount FROM variances WHERE {OF_RESOURCE}", *resource)
    by_type = {row["variance_type"]: row["amount"] for row in amounts}
    whole = variance(workings, resource)
    expected = workings.select(
        "SELECT 1 AS one FROM expected_resources WHERE production_flow = ? AND resource_type = ? AND resource = ?",
        *resource[:3],
    )  # fmt: skip
    if not expected:
        note = "in no breakdown of a product the flow can make or received"
        value = by_type.get("substitution", NONE)
        parts: tuple[Term, ...] = (
            Term("substitution", value, "amount", "variance", None, STEP_5, (whole,), note=note),
        )
    else:
        parts = tuple(_part(workings, resource, name, by_type.get(name, NONE)) for name in FORMULAS)
        rounding = Term(
            "rounding", by_type.get("rounding", NONE), "amount", "variance − price − lot_size − quantity", None, STEP_5,
            (whole, *parts),
        )  # fmt: skip
        parts = (*parts, rounding)
    return Term("variance", total(parts), "amount", " + ".join(part.name for part in parts), None, STEP_5, parts,
                label="variance by type")  # fmt: skip


def _part(workings: Workings, resource: Resource, name: str, value: Decimal) -> Term:
    p, allowed = end_price(workings, resource), content(workings, resource, "AQ")
    usage, excess = realized_quantity(workings, resource), excess_quantity(workings, resource)
    parts = {
        "price": (exact_realized(workings, resource), usage, p, allowed, content(workings, resource, "allowed_value")),
        "lot_size": (excess, p, content(workings, resource, "charges")),
        "quantity": (usage, excess, allowed, p),
    }[name]
    return Term(name, value, "amount", FORMULAS[name], workings.digits, STEP_5, parts)


@remembered
def content(workings: Workings, resource: Resource, name: str) -> Term:
    """What the receipts' breakdowns hold: AQ = Σ Q × bq, its value at bp, or the charges Σ Q × bc."""
    formula = {"AQ": "Q × bq", "allowed_value": "Q × bq × bp", "charges": "Q × bc"}[name]
    rows = workings.select(f"SELECT * FROM receipt_lines WHERE {OF_RESOURCE} ORDER BY posting_date, event", *resource)
    parts = tuple(_content_of(workings, row, formula) for row in rows)
    kind: Kind = "quantity" if name == "AQ" else "amount"
    label = {"AQ": "AQ, allowed quantity"}.get(name, "")
    return Term(name, total(parts), kind, SUM, None, "backflush/allowed_content", parts, label=label)


def _content_of(workings: Workings, row: Row, formula: str) -> Term:
    good = received(workings, row["event"])
    parts = [Term("Q", good.value, rows=good.rows, label="Q, good quantity")]
    for symbol, column in (("bq", "quantity"), ("bp", "unit_price"), ("bc", "charge")):
        if symbol in formula:
            parts.append(breakdown_part(workings, row, symbol, column))
    value = parts[0].value
    for part in parts[1:]:
        value = product(value, part.value)
    kind: Kind = "quantity" if formula == "Q × bq" else "amount"
    return Term("content", value, kind, formula, None, "backflush/allowed_content", tuple(parts), label=row["event"])


@remembered
def end_price(workings: Workings, resource: Resource) -> Term:
    """p: the active standard price or rate on the last day at the flow's site."""
    flow, resource_type, name, cost_group = resource
    day = workings.run.end
    if resource_type == "cost_category":
        return hourly_rate(workings, "p", name, flow, day)
    if resource_type == "costing_sheet_node":
        return overhead_rate(workings, "p", name, flow, "", day)
    return standard_cost(workings, "p", name, site_of(workings, flow), day, cost_group)


@remembered
def excess_quantity(workings: Workings, resource: Resource) -> Term:
    """The hours, or base, charged only because of the process quantity."""
    rows = workings.select(f"SELECT * FROM excess_lines WHERE {OF_RESOURCE} ORDER BY posting_date, event", *resource)
    if resource.resource_type == "cost_category":
        parts = tuple(excess_hours(workings, row["event"]) for row in rows)
    else:
        parts = tuple(_excess_base(workings, row) for row in rows)
    return Term("excess", total(parts), formula=SUM, rule="posting/excess_lines", parts=parts)


def _excess_base(workings: Workings, row: Row) -> Term:
    """The base of overhead on excess hours: the hours themselves, or their price and the overhead before it."""
    based = workings.select(
        "SELECT e.* FROM excess_lines e JOIN node_bases b ON b.node = ? AND b.cost_group = e.cost_group"
        " LEFT JOIN formula_nodes f ON f.node = e.resource JOIN formula_nodes n ON n.node = ?"
        " WHERE e.event = ? AND COALESCE(f.place, 0) < n.place ORDER BY e.resource_type, e.resource",
        row["resource"], row["resource"], row["event"],
    )  # fmt: skip
    node_type = workings.lookup("formula_nodes", node=row["resource"])[0]["node_type"]
    parts = tuple(
        _excess_part(workings, one, node_type)
        for one in based
        if node_type == "surcharge" or one["resource_type"] == "cost_category"
    )
    return Term("excess", row["quantity"], formula=SUM, rule="posting/indirect_excess_lines", parts=parts,
                label=f"excess of {row['event']}")  # fmt: skip


def _excess_part(workings: Workings, row: Row, node_type: str) -> Term:
    resource = Resource(row["production_flow"], row["resource_type"], row["resource"], row["cost_group"])
    is_hours = row["resource_type"] == "cost_category"
    excess = excess_hours(workings, row["event"]) if is_hours else _excess_base(workings, row)
    if node_type != "surcharge":
        return excess
    rate = (
        hourly_rate(workings, "rate", resource.resource, resource.production_flow, row["posting_date"])
        if is_hours
        else overhead_rate(
            workings, "rate", resource.resource, resource.production_flow, row["item"], row["posting_date"]
        )
    )
    rule = "posting/excess_lines" if is_hours else "posting/indirect_excess_lines"
    return Term("amount", row["amount"], "amount", "excess × rate", 12, rule, (excess, rate), label=row["resource"])


def usage(workings: Workings, resource: Resource) -> tuple[Term, ...]:
    """The row of realized_usage: realized and allowed quantity and amount, and timing under clear."""
    quantity = realized_quantity(workings, resource)
    allowed = moved_quantity(workings, resource, "outputs")
    after, outputs = kept(workings, resource), movements(workings, resource, "outputs")
    amounts = (opening(workings, resource), movements(workings, resource, "inputs"),
               movements(workings, resource, "revaluation"), after)  # fmt: skip
    value = total(amounts[:3]) - after.value
    rule = "backflush/step_4_realized_usage"
    terms = [
        Term("realized_quantity", quantity.value, formula="RQ", rule=rule, parts=(quantity,)),
        Term("realized_amount", value, "amount", "opening + inputs + revaluation − after", None, rule, amounts),
        Term("allowed_quantity", -allowed.value, formula="−output_quantity", rule=rule, parts=(allowed,)),
        Term("allowed_amount", -outputs.value, "amount", "−outputs", None, rule, (outputs,)),
    ]
    policy = workings.select("SELECT conversion_in_wip FROM run")[0]["conversion_in_wip"]
    if policy == "clear" and resource.resource_type in ("cost_category", "costing_sheet_node"):
        terms.append(timing(workings, resource))
    return tuple(terms)
