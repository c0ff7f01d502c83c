"""WIP of a resource taken apart: what it opened with, and its movements."""

from typing import NamedTuple

from leancost.explain.lines import exact_line, line
from leancost.explain.prices import NONE, event_rows, layer_rows
from leancost.explain.terms import SUM, Kind, Term, product, total
from leancost.explain.workings import Row, Workings, cell, opened_by, remembered


class Resource(NamedTuple):
    """What a WIP figure is of: a resource of a flow in a cost group."""

    production_flow: str
    resource_type: str
    resource: str
    cost_group: str


OF_RESOURCE = "production_flow = ? AND resource_type = ? AND resource = ? AND cost_group = ?"
OF_ITEM = "production_flow = ? AND item = ? AND cost_group = ?"
MOVEMENTS = {
    "inputs": "transaction_type NOT IN ('product_receipt', 'revaluation')",
    "outputs": "transaction_type = 'product_receipt'",
    "revaluation": "transaction_type = 'revaluation'",
}


@remembered
def movements(workings: Workings, resource: Resource, figure: str) -> Term:
    """Inputs, outputs or revaluation: the sum of the period's transactions."""
    parts = tuple(line(workings, one["transaction"]) for one in lines_of(workings, resource, figure))
    return Term(figure, total(parts), "amount", SUM, None, "backflush/wip_figures", parts)


def exact_movements(workings: Workings, resource: Resource, figure: str) -> Term:
    """The same with every transaction unrounded."""
    parts = tuple(exact_line(workings, one["transaction"]) for one in lines_of(workings, resource, figure))
    return Term(
        figure, total(parts), "amount", SUM, None, "backflush/wip_figures", parts, label=f"{figure}, not rounded"
    )


@remembered
def moved_quantity(workings: Workings, resource: Resource, figure: str) -> Term:
    """The quantity of the transactions: hours, the value of a base, or what was moved; an invoice has none."""
    parts = tuple(
        Term("quantity", one["quantity"] or NONE, rows=event_rows(workings, one["event"]), label=one["transaction"])
        for one in lines_of(workings, resource, figure)
    )
    return Term(f"{figure[:-1]}_quantity", total(parts), formula=SUM, rule="backflush/wip_figures", parts=parts)


@remembered
def lines_of(workings: Workings, resource: Resource, figure: str) -> list[Row]:
    """The period's WIP transactions behind a figure, oldest first."""
    return workings.select(
        f"SELECT * FROM wip_lines WHERE {OF_RESOURCE} AND {MOVEMENTS[figure]} ORDER BY posting_date, transaction",
        *resource,
    )


@remembered
def opening(workings: Workings, resource: Resource) -> Term:
    """What stood in WIP at the start: layers of an item, one balance of anything else."""
    if resource.resource_type == "item":
        rows = workings.select(f"SELECT * FROM brought_layers WHERE {OF_ITEM} ORDER BY posting_date, transaction",
                               resource.production_flow, resource.resource, resource.cost_group)  # fmt: skip
        parts = tuple(brought(workings, row, "amount") for row in rows)
    else:
        parts = _balances(workings, resource, "amount")
    return Term("opening", total(parts), "amount", SUM, None, "backflush/wip_figures", parts)


def exact_opening(workings: Workings, resource: Resource) -> Term:
    """The same with layers at quantity × unit cost; of anything else than items at its amount."""
    if resource.resource_type != "item":
        return opening(workings, resource)
    rows = workings.select(f"SELECT * FROM brought_layers WHERE {OF_ITEM} ORDER BY posting_date, transaction",
                           resource.production_flow, resource.resource, resource.cost_group)  # fmt: skip
    parts = tuple(
        times(brought(workings, row, "quantity"), brought(workings, row, "unit_cost"), row["transaction"], "")
        for row in rows
    )
    return Term(
        "opening", total(parts), "amount", SUM, None, "backflush/wip_figures", parts, label="opening, not rounded"
    )


def opening_quantity(workings: Workings, resource: Resource) -> Term:
    """The quantity that stood in WIP at the start, of an item in the cost group that holds most of it."""
    if resource.resource_type == "service":
        table = "brought_balances" if opened_by(workings, resource.production_flow) else "opening_wip"
        groups = workings.select(
            f"SELECT DISTINCT cost_group FROM {table} WHERE production_flow = ? AND resource_type = ? AND resource = ?"
            " ORDER BY 1",
            *resource[:3],
        )
        of_groups = [resource._replace(cost_group=row["cost_group"]) for row in groups]
        parts = tuple(part for one in of_groups for part in _balances(workings, one, "quantity"))
        return Term("opening", total(parts), formula=SUM, rule="backflush/step_2_net_realized_usage", parts=parts)
    if resource.resource_type != "item":
        return brought_quantity(workings, resource)
    rows = workings.select(
        "SELECT * FROM revalued_layers WHERE production_flow = ? AND item = ? AND cost_group = ("
        " SELECT cost_group FROM revalued_layers WHERE production_flow = ? AND item = ? GROUP BY cost_group"
        " ORDER BY sum(quantity) DESC, cost_group LIMIT 1) ORDER BY posting_date, transaction",
        *(resource.production_flow, resource.resource) * 2,
    )  # fmt: skip
    parts = tuple(brought(workings, row, "quantity") for row in rows)
    return Term("opening", total(parts), formula=SUM, rule="backflush/step_2_net_realized_usage", parts=parts)


def brought_quantity(workings: Workings, resource: Resource) -> Term:
    """The quantity of a balance brought forward in its cost group."""
    parts = _balances(workings, resource, "quantity")
    return Term("opening", total(parts), formula=SUM, rule="carry/opening_balances", parts=parts)


def times(quantity: Term, price: Term, label: str, rule: str) -> Term:
    return Term(
        "exact_amount", product(quantity.value, price.value), "amount", f"{quantity.name} × unit_cost", None, rule,
        (quantity, price), label=f"{label}, not rounded",
    )  # fmt: skip


def brought(workings: Workings, row: Row, column: str) -> Term:
    """A figure of a layer that was brought forward: a cell of the go-live, or what the run before left open."""
    kinds: dict[str, Kind] = {"amount": "amount", "unit_cost": "price"}
    kind = kinds.get(column, "quantity")
    rows = layer_rows(workings, row)
    previous_end = opened_by(workings, row["production_flow"])
    if previous_end is None:
        key = (row["production_flow"], "item", row["item"], row["cost_group"], row["posting_date"])
        return cell(workings, column, "opening_wip", key, column, kind)
    return Term(column, row[column], kind, rows=rows, note=f"left open by the run that ended {previous_end}",
                label=f"layer {row['transaction']}")  # fmt: skip


def _balances(workings: Workings, resource: Resource, column: str) -> tuple[Term, ...]:
    kind: Kind = "amount" if column == "amount" else "quantity"
    previous_end = opened_by(workings, resource.production_flow)
    if previous_end is None:
        rows = workings.select(f"SELECT * FROM opening_wip WHERE {OF_RESOURCE} ORDER BY posting_date", *resource)
        return tuple(
            cell(workings, column, "opening_wip", (*resource, row["posting_date"]), column, kind) for row in rows
        )
    rows = workings.select(f"SELECT * FROM brought_balances WHERE {OF_RESOURCE}", *resource)
    note = f"what the run that ended {previous_end} kept"
    return tuple(Term(column, row[column] or NONE, kind, note=note, rule="carry/next_balances") for row in rows)
