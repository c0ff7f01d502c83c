"""Explain this figure: WIP, usage and variances of a flow, cost group or resource, led back to their source rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from leancost.errors import LeancostError
from leancost.explain.explanation import Explanation
from leancost.explain.kept import settlements
from leancost.explain.lines import line
from leancost.explain.prices import received
from leancost.explain.terms import SUM, Term, total
from leancost.explain.units import net_usage, unused
from leancost.explain.usage import issued
from leancost.explain.variances import usage, variance, variance_types
from leancost.explain.wip import Resource, opening_quantity
from leancost.explain.workings import Row, Workings, remembered, runs_of

FIGURES = ("opening", "inputs", "outputs", "revaluation", "before", "variance", "after")
BALANCES = "backflush/step_4_wip_balances"


def explain(
    source: Path, *, end: date, start: date | None = None, flow: str, cost_group: str = "", resource: str = "",
    preview: bool = False,
) -> Explanation:  # fmt: skip
    """Where the figures of a flow, one of its cost groups or one of its resources come from.

    With `resource` every WIP figure, quantity and variance down to its source rows; without, the
    sum of the resources. A period of several runs is explained run by run. Raises LeancostError
    where flow, cost group or resource do not exist in the period, where the dates fit no period,
    and where a figure does not follow from its parts. Source: contract 4, 6; domain 0, 3.
    """
    explanations = []
    problems: list[LeancostError] = []
    with runs_of(source, end=end, start=start, preview=preview) as runs:
        for workings in runs:
            _require_flow(workings, flow)
            try:
                explanations.append(explain_run(workings, flow, cost_group, resource))
            except UnknownFigure as problem:
                problems.append(problem)
    if not explanations:
        raise problems[-1]
    if len(explanations) == 1:
        return explanations[0]
    title = f"{_subject(flow, cost_group, resource)}: {len(explanations)} runs"
    return Explanation(title, inner=tuple(explanations), digits=explanations[0].digits)


class UnknownFigure(LeancostError):
    """Nothing of that cost group or resource stands in the flow in the period."""


def explain_run(workings: Workings, flow: str, cost_group: str = "", resource: str = "") -> Explanation:
    """The same of one run. Raises UnknownFigure where the run has no such cost group or resource."""
    found = resources_of(workings, flow)
    products = [row["item"] for row in workings.select(
        "SELECT item FROM product_receipts WHERE production_flow = ? ORDER BY 1", flow)]  # fmt: skip
    names = sorted({one.resource for one in found} | {row["resource"] for row in _net_rows(workings, flow)})
    if cost_group and cost_group not in {one.cost_group for one in found}:
        raise UnknownFigure(_unknown("Cost group", cost_group, flow, {one.cost_group for one in found}))
    if resource and resource not in {*names, *products}:
        raise UnknownFigure(_unknown("Resource", resource, flow, {*names, *products}))
    chosen = [one for one in found if cost_group in ("", one.cost_group) and resource in ("", one.resource)]
    period = f"{workings.run.start or 'the beginning'} to {workings.run.end} ({workings.state})"
    title = f"{_subject(flow, cost_group, resource)}, {period}"
    if not resource:
        return _summed(workings, title, flow, chosen)
    inner = [
        Explanation(_name(one), resource_terms(workings, one), digits=workings.digits) for one in chosen
    ]  # fmt: skip
    for row in _net_rows(workings, flow):
        if row["resource"] == resource and not inner and not cost_group:
            terms = usage_terms(workings, flow, row["resource_type"], resource)
            inner.append(Explanation(f"Quantities of {resource}", terms, digits=workings.digits))
    if resource in products and not cost_group:
        terms = product_terms(workings, flow, resource)
        inner.append(Explanation(f"Receipts of {resource}", terms, digits=workings.digits))
    if not inner:
        raise UnknownFigure(_unknown("Resource", resource, f"{flow} in {cost_group}", {
            one.resource for one in found if one.cost_group == cost_group}))  # fmt: skip
    if len(inner) == 1:
        return Explanation(f"{title}: {inner[0].title}", inner[0].terms, digits=workings.digits)
    return Explanation(title, inner=tuple(inner), digits=workings.digits)


@remembered
def resources_of(workings: Workings, flow: str) -> list[Resource]:
    """The resources of a flow with any figure in the run, by cost group as in wip_balances."""
    rows = workings.select(
        "SELECT production_flow, resource_type, resource, cost_group FROM wip_balances WHERE production_flow = ?"
        " UNION SELECT production_flow, resource_type, resource, cost_group FROM realized_usage"
        " WHERE production_flow = ?"
        " ORDER BY ALL", flow, flow,
    )  # fmt: skip
    return [Resource(**row) for row in rows]


def resource_terms(workings: Workings, resource: Resource) -> tuple[Term, ...]:
    """Every figure of a resource: WIP, variance by type, usage; each checked against the tables of the run."""
    terms = (variance(workings, resource), variance_types(workings, resource), *usage(workings, resource))
    _require_figures(workings, resource, terms)
    if resource.resource_type in ("item", "service"):
        terms = (*terms, *usage_terms(workings, *resource[:3]))
    if resource.resource_type == "item":
        terms = (*terms, *settled_terms(workings, *resource))
    return terms


def usage_terms(workings: Workings, flow: str, resource_type: str, resource: str) -> tuple[Term, ...]:
    """The row of net_realized_usage."""
    row = net_usage(workings, flow, resource_type, resource)
    whole = opening_quantity(workings, Resource(flow, resource_type, resource, _own_group(workings, flow, resource)))
    rule = "backflush/step_2_net_realized_usage"
    kept = unused(workings, flow, resource_type, resource)
    parts = {
        "opening": whole, "issued": issued(workings, flow, resource_type, resource, "issued"),
        "returned": issued(workings, flow, resource_type, resource, "returned"), "unused": kept,
    }  # fmt: skip
    terms = [
        Term(f"{name}_quantity", row[f"{name}_quantity"], formula=name, rule=rule, parts=(part,))
        for name, part in parts.items()
    ]
    if row["capped_quantity"]:
        counted = kept.parts[0]
        terms.append(Term("capped_quantity", row["capped_quantity"], formula="counted − unused", rule=rule,
                          parts=(counted, kept)))  # fmt: skip
    formula = "opening + issued − returned − unused"
    realized = tuple(parts.values())
    terms.append(Term("net_realized_quantity", row["realized_quantity"], "quantity", formula, None, rule, realized))
    return tuple(terms)


def settled_terms(workings: Workings, flow: str, _: str, item: str, cost_group: str) -> tuple[Term, ...]:
    """The FIFO layers with what of each is settled: layer − open, in quantity and amount."""
    terms = []
    rows = workings.select(
        "SELECT * FROM settlements WHERE production_flow = ? AND item = ? AND cost_group = ?"
        " ORDER BY posting_date, transaction", flow, item, cost_group,
    )  # fmt: skip
    rule = "backflush/step_3_settlements"
    for row, left in zip(rows, settlements(workings, flow, item, cost_group), strict=True):
        by_name = {part.name: part for part in left.parts}
        quantity = by_name["open_quantity"]
        layer = next(part for part in quantity.parts if part.name == "quantity")
        label = f"of layer {row['transaction']}"
        terms += [
            Term("settled_quantity", row["settled_quantity"], formula="quantity − open_quantity", rule=rule,
                 parts=(layer, quantity), label=f"settled quantity {label}"),
            Term("settled_amount", row["settled_amount"], "amount", "amount − open_amount", None, rule,
                 (by_name["amount"], left), label=f"settled amount {label}"),
        ]  # fmt: skip
    return tuple(terms)


def product_terms(workings: Workings, flow: str, item: str) -> tuple[Term, ...]:
    """The row of product_receipts: good quantities, and what the receipts deducted from WIP."""
    row = workings.select("SELECT * FROM product_receipts WHERE production_flow = ? AND item = ?", flow, item)[0]
    rule = "backflush/product_receipts"
    events = workings.select(
        "SELECT o.event FROM product_outputs o JOIN run u ON o.posting_date BETWEEN u.start_date AND u.end_date"
        " WHERE o.production_flow = ? AND o.item = ? AND o.output_type <> 'material_return'"
        " ORDER BY o.posting_date, o.event", flow, item,
    )  # fmt: skip
    goods = tuple(received(workings, one["event"]) for one in events)
    lines = workings.select(
        "SELECT transaction FROM wip_lines WHERE production_flow = ? AND item = ?"
        " AND transaction_type = 'product_receipt' ORDER BY posting_date, transaction", flow, item,
    )  # fmt: skip
    deducted = tuple(line(workings, one["transaction"]) for one in lines)
    outputs = Term("deducted", total(deducted), "amount", SUM, None, rule, deducted)
    return (
        Term("received_quantity", row["quantity"], formula=SUM, rule=rule, parts=goods),
        Term("received_amount", row["amount"], "amount", "−deducted", None, rule, (outputs,)),
    )


def _summed(workings: Workings, title: str, flow: str, chosen: list[Resource]) -> Explanation:
    """Figures of a flow or cost group as the sum of its resources."""
    rows = workings.select("SELECT * FROM wip_balances WHERE production_flow = ? ORDER BY ALL", flow)
    rows = [row for row in rows if _resource(row) in chosen]
    figures = {name: _sum_of(name, rows, name, BALANCES) for name in FIGURES}
    parts = tuple(figures[name] for name in ("opening", "inputs", "outputs", "revaluation"))
    before = Term(
        "before", figures["before"].value, "amount", "opening + inputs + outputs + revaluation", None, BALANCES, parts
    )
    whole = Term(
        "variance", figures["variance"].value, "amount", "before − after", None, BALANCES, (before, figures["after"])
    )
    variances = workings.select("SELECT * FROM variances WHERE production_flow = ? ORDER BY ALL", flow)
    variances = [row for row in variances if _resource(row) in chosen]
    kinds = dict.fromkeys(row["variance_type"] for row in variances)
    types = tuple(
        _sum_of(
            kind, [row for row in variances if row["variance_type"] == kind], "amount", "backflush/step_5_variances"
        )
        for kind in kinds
    )
    by_type = Term(
        "variance", whole.value, "amount", SUM, None, "backflush/step_5_variances", types, label="variance by type"
    )
    by_resource = Term("variance", whole.value, "amount", SUM, None, BALANCES, figures["variance"].parts,
                       label="variance by resource")  # fmt: skip
    note = f"Each of these can be explained to its source rows: --resource {chosen[0].resource if chosen else 'R'}"
    return Explanation(title, (whole, by_resource, by_type), digits=workings.digits, notes=(note,))


def _sum_of(name: str, rows: list[Row], column: str, rule: str) -> Term:
    parts = tuple(
        Term("part", row[column], "amount", label=_name(_resource(row))) for row in rows if row[column]
    )  # fmt: skip
    return Term(name, total(parts), "amount", SUM, None, rule, parts)


def _require_figures(workings: Workings, resource: Resource, terms: tuple[Term, ...]) -> None:
    """The terms must be the figures of the tables: raises LeancostError where one is not."""
    of_resource = "production_flow = ? AND resource_type = ? AND resource = ? AND cost_group = ?"
    explained = {part.name: part for term in terms for part in (term, *term.parts)}
    explained |= {part.name: part for part in explained["before"].parts}
    for table in ("wip_balances", "realized_usage"):
        for row in workings.select(f"SELECT * FROM {table} WHERE {of_resource}", *resource):
            for name, value in row.items():
                if name in explained and isinstance(value, Decimal) and explained[name].value != value:
                    raise LeancostError(
                        f"{name} of {_name(resource)} is {value} in {table},"
                        f" but its parts give {explained[name].value}."
                    )


def _net_rows(workings: Workings, flow: str) -> list[Row]:
    return workings.select("SELECT * FROM net_realized_usage WHERE production_flow = ? ORDER BY ALL", flow)


def _own_group(workings: Workings, flow: str, resource: str) -> str:
    found = [one.cost_group for one in resources_of(workings, flow) if one.resource == resource]
    return found[0] if found else ""


def _resource(row: Row) -> Resource:
    return Resource(row["production_flow"], row["resource_type"], row["resource"], row["cost_group"])


def _name(resource: Resource) -> str:
    return f"{resource.resource_type.replace('_', ' ')} {resource.resource} in {resource.cost_group}"


def _subject(flow: str, cost_group: str, resource: str) -> str:
    words = [f"production flow {flow}", f"cost group {cost_group}" if cost_group else "", resource]
    return ", ".join(word for word in words if word)


def _require_flow(workings: Workings, flow: str) -> None:
    known = [
        row["production_flow"] for row in workings.select("SELECT production_flow FROM production_flows ORDER BY 1")
    ]
    if flow not in known:
        raise LeancostError(f"Production flow {flow} does not exist. Known: {', '.join(known) or 'none'}.")


def _unknown(what: str, name: str, flow: str, known: set[str]) -> str:
    return f"{what} {name} has no figure in production flow {flow}. Known: {', '.join(sorted(known)) or 'none'}."
