"""What stays in WIP taken apart: FIFO layers, and what is kept of services, conversion and overhead."""

from collections.abc import Iterable

from leancost.explain.lines import line, measured, revalued
from leancost.explain.prices import NONE, event_rows, hourly_rate, layer_rows, overhead_rate, site_of, standard_cost
from leancost.explain.terms import SUM, Kind, Term, added, product, round_half_up, total
from leancost.explain.units import kept_hours, unused
from leancost.explain.wip import OF_ITEM, OF_RESOURCE, Resource, brought, times
from leancost.explain.workings import Row, Workings, cell, opened_by, remembered


@remembered
def settlements(workings: Workings, flow: str, item: str, cost_group: str) -> tuple[Term, ...]:
    """The FIFO layers of an item, oldest first: what of each stays open. Source: contract 4 (FIFO)."""
    rows = workings.select(
        f"SELECT * FROM settlements WHERE {OF_ITEM} ORDER BY posting_date, transaction", flow, item, cost_group
    )
    return tuple(open_amount(workings, row) for row in rows)


def open_amount(workings: Workings, row: Row) -> Term:
    """What stays open of a layer: its amount where it is wholly open, else open quantity × unit cost, at most that."""
    quantity, amount = layer_quantity(workings, row), layer_amount(workings, row)
    left = open_quantity(workings, row, quantity)
    rule, label = "backflush/step_3_settlements", f"layer {row['transaction']} of {row['posting_date']}"
    price = Term("unit_cost", row["unit_cost"], "price", rows=layer_rows(workings, row), note="of the layer")
    if row["open_quantity"] == row["quantity"]:
        return Term("open_amount", row["open_amount"], "amount", "amount", None, rule, (amount, left, price),
                    label=f"{label}, wholly open")  # fmt: skip
    formula = "least(amount, rounded(open_quantity × unit_cost))"
    if min(amount.value, price.value) < 0:
        formula = "least(greatest(amount, 0), greatest(least(amount, 0), rounded(open_quantity × unit_cost)))"
    parts = (amount, left, price)
    return Term("open_amount", row["open_amount"], "amount", formula, workings.digits, rule, parts, label=label)


def open_quantity(workings: Workings, row: Row, quantity: Term) -> Term:
    """The part of the unused quantity that newer layers do not cover, at most the layer."""
    layers = item_layers(workings, row["production_flow"], row["item"])
    own = next(place for place, one in enumerate(layers) if one["event"] == row["event"])
    newer = added(one["quantity"] for one in layers[own + 1 :])
    parts = (
        quantity,
        unused(workings, row["production_flow"], "item", row["item"]),
        Term("newer_layers", newer, note="of the layers after this one"),
    )
    formula = "greatest(least(quantity, unused − newer_layers), 0)"
    return Term(
        "open_quantity", row["open_quantity"], formula=formula, rule="backflush/step_3_settlements", parts=parts
    )


@remembered
def item_layers(workings: Workings, flow: str, item: str) -> list[Row]:
    """The layers of an item, oldest first: each once, whatever the cost groups it lies in."""
    return workings.select(
        "SELECT event, min(posting_date) AS posting_date, min(transaction) AS transaction, max(quantity) AS quantity"
        " FROM settlements WHERE production_flow = ? AND item = ? GROUP BY event ORDER BY 2, 3, 1", flow, item,
    )  # fmt: skip


def open_in_base(workings: Workings, flow: str, item: str, cost_groups: Iterable[str]) -> Term:
    """What is kept of an item that lies in one of the cost groups: its unused quantity, where all of its layers do."""
    whole, groups = unused(workings, flow, "item", item), set(cost_groups)
    rows = [one for one in workings.lookup("settlements", production_flow=flow, item=item)
            if one["cost_group"] in groups and one["open_quantity"]]  # fmt: skip
    layers = list({one["event"]: one for one in rows}.values())
    parts = tuple(open_quantity(workings, one, layer_quantity(workings, one)) for one in layers)
    if total(parts) == whole.value:
        return whole
    return Term("unused", total(parts), formula=SUM, rule="backflush/kept_indirect_lines", parts=parts,
                label="unused, in layers of the base")  # fmt: skip


def layer_amount(workings: Workings, row: Row) -> Term:
    """The amount of a layer: that of its issue, or what was brought forward and revalued."""
    carried = _brought_row(workings, row)
    if carried is None:
        one = line(workings, row["transaction"])
        return Term(
            "amount", row["amount"], "amount", SUM, None, "backflush/layers", (one,), label="amount of the layer"
        )
    if not carried["revaluation"]:
        return brought(workings, carried, "amount")
    stood = Term("stood", row["amount"] - carried["revaluation"], "amount", note="brought forward")
    key = (carried["cost_group"], carried["production_flow"], carried["item"])
    earlier = tuple(
        revalued(workings, one["transaction"], *key)
        for one in workings.select(
            f"SELECT transaction FROM revalued_layers WHERE {OF_ITEM} AND (posting_date, transaction)"
            " < (CAST(? AS DATE), ?) ORDER BY posting_date, transaction",
            carried["production_flow"], carried["item"], carried["cost_group"], row["posting_date"], row["transaction"],
        )
    )  # fmt: skip
    before = Term("earlier", total(earlier), "amount", SUM, None, "posting/revalued_layers", earlier)
    own = revalued(workings, carried["transaction"], *key)
    formula = "stood + rounded(earlier + revaluation) − rounded(earlier)"
    return Term(
        "amount", row["amount"], "amount", formula, workings.digits, "posting/revalued_layers", (stood, before, own)
    )


def layer_quantity(workings: Workings, row: Row) -> Term:
    """The quantity of a layer, from the event that issued it or as it was brought forward."""
    carried = _brought_row(workings, row)
    if carried is not None:
        return brought(workings, carried, "quantity")
    return Term("quantity", row["quantity"], rows=event_rows(workings, row["event"]), note="issued")


@remembered
def kept(workings: Workings, resource: Resource, scope: str = "wip", is_exact: bool = False) -> Term:
    """What is kept of a resource at the end date; scope conversion: what retain would keep of it.

    Items at their open layers, services and conversion at standard, overhead on what is kept of its
    base at end-date rates. Source: contract 4 (effective WIP).
    """
    flow, resource_type, name, cost_group = resource
    rows = workings.lookup("kept_lines", scope=scope, **resource._asdict())
    amount, exact = (added(one[name] for one in rows) for name in ("amount", "exact_amount"))
    value, digits = (exact, None) if is_exact else (amount, workings.digits)
    label = "after, not rounded" if is_exact else "" if scope == "wip" else "conversion that retain would keep"
    if resource_type == "item":
        parts = settlements(workings, flow, name, cost_group)
        if is_exact:
            parts = tuple(_exact_layer(part) for part in parts)
        return Term("after", value, "amount", SUM, None, "backflush/kept_lines", parts, label=label)
    if not value and not amount:
        return Term("after", NONE, "amount", label=label, note="nothing is kept")
    if resource_type == "service":
        quantity = unused(workings, flow, "service", name)
        price = standard_cost(workings, "standard", name, site_of(workings, flow), workings.run.end, cost_group)
        formula = "unused × standard"
        return Term("after", value, "amount", formula, digits, "backflush/kept_lines", (quantity, price), label=label)
    if resource_type == "cost_category":
        rate = hourly_rate(workings, "rate", name, flow, workings.run.end)
        hours = kept_hours(workings, flow, name)
        return Term(
            "after", value, "amount", "hours × rate", digits, "backflush/kept_lines", (hours, rate), label=label
        )
    parts = _charges(workings, resource, scope)
    return Term("after", value, "amount", SUM, digits, "backflush/kept_indirect_lines", parts, label=label)


def kept_quantity(workings: Workings, resource: Resource) -> Term:
    """The quantity kept of conversion (hours) or overhead (its base)."""
    rows = workings.select(
        f"SELECT * FROM kept_lines WHERE scope = 'wip' AND {OF_RESOURCE} ORDER BY rate_item", *resource
    )
    parts = tuple(Term("quantity", row["quantity"], note="kept, see after") for row in rows)
    return Term("after", total(parts), formula=SUM, rule="backflush/kept_lines", parts=parts, label="kept quantity")


def timing(workings: Workings, resource: Resource) -> Term:
    """What retain would keep of conversion at the end, minus the same at the start. Source: contract 6."""
    end = kept(workings, resource, "conversion")
    end = Term("at_the_end", end.value, "amount", SUM, None, "carry/next_conversion", (end,))
    start = workings.select(
        f"SELECT COALESCE(sum(amount), 0) AS value FROM brought_conversion WHERE {OF_RESOURCE}", *resource
    )[0]["value"]
    previous_end = opened_by(workings, resource.production_flow)
    note = f"as the run that ended {previous_end} left it" if previous_end else "as of the go-live"
    before = Term("at_the_start", start, "amount", note=note)
    rule = "backflush/wip_figures"
    return Term(
        "timing_amount", end.value - start, "amount", "at_the_end − at_the_start", None, rule, (end, before)
    )  # fmt: skip


def _charges(workings: Workings, resource: Resource, scope: str) -> tuple[Term, ...]:
    """What a node charges on what is kept: base × rate for each item that decides the rate."""
    flow, _, node, _ = resource
    rows = workings.select(
        "SELECT * FROM kept_bases WHERE scope = ? AND production_flow = ? AND node = ?"
        " ORDER BY rate_item, resource_type, resource, cost_group",
        scope, flow, node,
    )  # fmt: skip
    charges = []
    for item in dict.fromkeys(row["rate_item"] for row in rows):
        based = [row for row in rows if row["rate_item"] == item]
        if based[0]["node_type"] == "input_unit":
            groups = [row["cost_group"] for row in based]
            quantity = open_in_base(workings, flow, based[0]["resource"], groups)
            base = _measure(workings, quantity, based[0])
        else:
            figure = "amount" if based[0]["node_type"] == "surcharge" else "quantity"
            parts = tuple(_base_part(workings, row, scope, figure) for row in based)
            base = Term("base", total(parts), "amount" if figure == "amount" else "quantity", SUM, None,
                        "explain/kept_bases", parts)  # fmt: skip
        rate = overhead_rate(workings, "rate", node, flow, item, workings.run.end)
        value = product(base.value, rate.value)
        label = f"on {item}" if item else "on earlier overhead"
        charges.append(
            Term(
                "charge",
                value,
                "amount",
                "base × rate",
                None,
                "backflush/kept_indirect_lines",
                (base, rate),
                label=label,
            )
        )
    return tuple(charges)


def _measure(workings: Workings, quantity: Term, row: Row) -> Term:
    value = quantity.value
    if row["basis"] in ("weight", "volume"):
        value = round_half_up(
            product(value, cell(workings, row["basis"], "items", (row["resource"],), row["basis"]).value), 6
        )
    return measured(workings, value, quantity, row["resource"], row["basis"])


def _base_part(workings: Workings, row: Row, scope: str, figure: str) -> Term:
    """A kept amount or hours as a base; of conversion the share of the item whose rates it bears."""
    whole = Resource(row["production_flow"], row["resource_type"], row["resource"], row["cost_group"])
    label, rule = f"kept of {row['resource']} {row['cost_group']}", "backflush/kept_lines"
    kind: Kind = "amount" if figure == "amount" else "quantity"
    if whole.resource_type != "cost_category":
        return Term("kept", row[figure], kind, SUM, None, rule, (kept(workings, whole, scope),), label=label)
    hours = kept_hours(workings, whole.production_flow, whole.resource, row["rate_item"])
    label = f"{label} for {row['rate_item']}"
    if figure == "quantity":
        return Term("kept", row[figure], kind, SUM, None, rule, (hours,), label=label)
    earlier = workings.select(
        f"SELECT COALESCE(sum(exact_amount), 0) AS value FROM kept_lines WHERE scope = ? AND {OF_RESOURCE}"
        " AND rate_item < ?", scope, *whole, row["rate_item"],
    )  # fmt: skip
    before = Term("earlier", earlier[0]["value"], "amount", note="hours × rate of the items before it, not rounded")
    rate = hourly_rate(workings, "rate", whole.resource, whole.production_flow, workings.run.end)
    formula, parts = "rounded(earlier + hours × rate) − rounded(earlier)", (before, hours, rate)
    return Term("kept", row[figure], kind, formula, workings.digits, rule, parts, label=label)


def _exact_layer(layer: Term) -> Term:
    """An open layer at open quantity × unit cost, unrounded."""
    by_name = {part.name: part for part in layer.parts}
    return times(by_name["open_quantity"], by_name["unit_cost"], layer.title, "backflush/kept_lines")


def _brought_row(workings: Workings, row: Row) -> Row | None:
    of_layer = {name: row[name] for name in ("production_flow", "item", "cost_group", "transaction")}
    found = workings.lookup("revalued_layers", **of_layer)
    return found[0] if found else None
