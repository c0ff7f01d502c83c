"""What was realized of a resource taken apart: opening, issued, returned, unused; settled in its cost group."""

from leancost.explain.kept import kept, kept_quantity
from leancost.explain.prices import event_rows, moved
from leancost.explain.terms import SUM, Term, total
from leancost.explain.units import net_usage, unused
from leancost.explain.wip import (
    OF_RESOURCE,
    Resource,
    brought_quantity,
    exact_movements,
    exact_opening,
    moved_quantity,
    opening_quantity,
)
from leancost.explain.workings import Row, Workings, cell, input_row, remembered


@remembered
def realized_quantity(workings: Workings, resource: Resource) -> Term:
    """RQ: opening + issued − returned − unused of an item or service; of others opening + inputs − what is kept.

    In a cost group that holds only some of an item or service, what was settled or received in it.
    """
    flow, resource_type, name, _ = resource
    if resource_type not in ("item", "service"):
        stood = _named(opening_quantity(workings, resource), "opening")
        used, left = _named(moved_quantity(workings, resource, "inputs"), "inputs"), kept_quantity(workings, resource)
        value, rule = total((stood, used)) - left.value, "backflush/step_4_realized_usage"
        return Term("RQ", value, "quantity", "opening + inputs − after", None, rule, (stood, used, left),
                    label="RQ, realized quantity")  # fmt: skip
    parts = (
        opening_quantity(workings, resource), issued(workings, flow, resource_type, name, "issued"),
        issued(workings, flow, resource_type, name, "returned"), unused(workings, flow, resource_type, name),
    )  # fmt: skip
    value = net_usage(workings, flow, resource_type, name)["realized_quantity"]
    own = settled_in_group(workings, resource) if resource_type == "item" else received_in_group(workings, resource)
    if own.value != value:
        return own
    return Term("RQ", value, formula="opening + issued − returned − unused", rule="backflush/step_2_net_realized_usage",
                parts=parts, label="RQ, realized quantity")  # fmt: skip


def received_in_group(workings: Workings, resource: Resource) -> Term:
    """RQ of a service in one cost group: what stood or was received there; unused it is in its own one."""
    flow, resource_type, service, cost_group = resource
    stood = _named(brought_quantity(workings, resource), "opening")
    received = _named(moved_quantity(workings, resource, "inputs"), "inputs")
    label, rule = f"RQ, realized quantity in cost group {cost_group}", "backflush/step_4_realized_usage"
    if (input_row(workings, "items", service) or {}).get("cost_group") != cost_group:
        value, both = total((stood, received)), (stood, received)
        return Term("RQ", value, formula="opening + inputs", rule=rule, parts=both, label=label)
    left = unused(workings, flow, resource_type, service)
    value, parts = total((stood, received)) - left.value, (stood, received, left)
    return Term("RQ", value, formula="opening + inputs − unused", rule=rule, parts=parts, label=label)


def settled_in_group(workings: Workings, resource: Resource) -> Term:
    """RQ of an item that some of its layers hold in another cost group: settled less returned in this one."""
    flow, _, item, cost_group = resource
    layers = workings.lookup("settlements", production_flow=flow, item=item, cost_group=cost_group)
    returns = workings.select(
        "SELECT transaction, event, -quantity AS quantity FROM wip_lines WHERE transaction_type = 'material_return'"
        " AND production_flow = ? AND resource = ? AND cost_group = ? ORDER BY transaction", flow, item, cost_group,
    )  # fmt: skip
    settled, returned = (
        Term(name, total(parts), formula=SUM, rule=rule, parts=parts)
        for name, rule, parts in (
            ("settled", "backflush/step_3_settlements", tuple(
                Term("settled", row["settled_quantity"], note="by FIFO", label=f"layer {row['transaction']}")
                for row in layers)),
            ("returned", "posting/material_lines", tuple(
                Term("returned", row["quantity"], rows=event_rows(workings, row["event"]), label=row["transaction"])
                for row in returns)),
        )
    )  # fmt: skip
    return Term("RQ", settled.value - returned.value, formula="settled − returned",
                rule="backflush/step_4_realized_usage", parts=(settled, returned),
                label=f"RQ, realized quantity in cost group {cost_group}")  # fmt: skip


@remembered
def issued(workings: Workings, flow: str, resource_type: str, resource: str, name: str) -> Term:
    """What was issued or received of an item or service in the period, or returned: event by event."""
    is_return = name == "returned"
    if resource_type == "service":
        lines = workings.select(
            "SELECT event FROM service_lines WHERE production_flow = ? AND resource = ? AND quantity IS NOT NULL"
            " ORDER BY posting_date, event", flow, resource,
        )  # fmt: skip
        parts = [] if is_return else [_received_service(workings, line) for line in lines]
    else:
        lines = workings.select(
            "SELECT DISTINCT posting_date, event, transaction_type FROM material_lines WHERE production_flow = ?"
            " AND resource = ? AND (quantity < 0) = ? ORDER BY posting_date, event", flow, resource, is_return,
        )  # fmt: skip
        parts = [moved(workings, line["event"], line["transaction_type"]) for line in lines]
        if is_return:
            parts = [
                Term("returned", -part.value, formula=f"−{part.name}", rule="posting/material_lines", parts=(part,))
                for part in parts
            ]
    return Term(name, total(parts), formula=SUM, rule="backflush/step_2_net_realized_usage", parts=tuple(parts))


@remembered
def exact_realized(workings: Workings, resource: Resource) -> Term:
    """RA with every line, layer and kept value unrounded; the opening of other than items at its amount."""
    parts = (
        exact_opening(workings, resource), exact_movements(workings, resource, "inputs"),
        exact_movements(workings, resource, "revaluation"), kept(workings, resource, "wip", True),
    )  # fmt: skip
    value = workings.select(f"SELECT exact_realized_amount FROM wip_figures WHERE {OF_RESOURCE}", *resource)[0]
    return Term("RA", value["exact_realized_amount"], "amount", "opening + inputs + revaluation − after", None,
                "backflush/wip_figures", parts, label="RA, realized amount, not rounded")  # fmt: skip


def _received_service(workings: Workings, line: Row) -> Term:
    return cell(workings, "quantity", "service_receipts", (line["event"].partition(":")[2],), "quantity")


def _named(term: Term, name: str) -> Term:
    return Term(name, term.value, formula=SUM, rule=term.rule, parts=term.parts, label=f"{name}, quantity")
