"""WIP transactions taken apart: quantity and price of every line, down to the rows they were read from."""

from decimal import Decimal

from leancost.explain.prices import (
    NONE,
    hourly_rate,
    hours,
    layer_rows,
    moved,
    overhead_rate,
    received,
    site_of,
    standard_cost,
)
from leancost.explain.terms import SUM, Kind, Term, round_half_up, total
from leancost.explain.workings import Row, Workings, cell, input_row, remembered


@remembered
def line(workings: Workings, transaction: str) -> Term:
    """The amount of one WIP transaction from its quantity and price. Source: contract 4."""
    row = workings.lookup("wip_lines", transaction=transaction)[0]
    name, rule, formula, parts = _made_of(workings, row)
    earlier = _earlier(workings, row)
    if earlier is not None and round_half_up(row["exact_amount"], workings.digits) != row["amount"]:
        parts = (earlier, *parts)
        formula = f"rounded(earlier + {formula}) − rounded(earlier)".replace("+ −", "− ")
    return Term(
        name, row["amount"], "amount", formula, workings.digits, rule, parts,
        label=f"{transaction} of {row['posting_date']}, {row['transaction_type'].replace('_', ' ')}",
    )  # fmt: skip


@remembered
def exact_line(workings: Workings, transaction: str) -> Term:
    """The same before it is rounded; a line of an invoice has no quantity of its own."""
    row = workings.lookup("wip_lines", transaction=transaction)[0]
    _, rule, formula, parts = _made_of(workings, row)
    return Term(
        "exact_amount", row["exact_amount"], "amount", formula, None, rule, parts, label=f"{transaction}, not rounded"
    )


def _made_of(workings: Workings, row: Row) -> tuple[str, str, str, tuple[Term, ...]]:
    """Name, rule, formula and parts of a line's unrounded amount."""
    kind = row["transaction_type"]
    if kind in ("material_issue", "material_return"):
        site = site_of(workings, row["production_flow"])
        price = standard_cost(workings, "unit_cost", row["resource"], site, row["posting_date"], row["cost_group"])
        return "input", "posting/material_lines", "quantity × unit_cost", (moved(workings, row["event"], kind), price)
    if kind == "product_receipt":
        cost = _breakdown_cell(workings, row, "cost")
        good = received(workings, row["event"])
        return "output", "posting/receipt_lines", "−(good_quantity × cost)", (good, cost)
    if kind == "conversion":
        rate = hourly_rate(workings, "rate", row["resource"], row["production_flow"], row["posting_date"])
        return "input", "posting/conversion_lines", "hours × rate", (hours(workings, row["event"]), rate)
    if kind == "service":
        return "input", "posting/service_lines", *_service(workings, row["event"])
    if kind == "indirect":
        item = _rate_item(workings, row)
        rate = overhead_rate(
            workings, "rate", row["resource"], row["production_flow"], item, row["posting_date"]
        )  # fmt: skip
        return "input", "posting/indirect_lines", "base × rate", (_base(workings, row), rate)
    layers = tuple(
        revalued(workings, layer["transaction"], row["cost_group"], row["production_flow"], row["resource"])
        for layer in workings.select(
            "SELECT transaction FROM revalued_layers WHERE production_flow = ? AND item = ? AND cost_group = ?"
            " AND record IS NOT NULL ORDER BY posting_date, transaction",
            row["production_flow"], row["resource"], row["cost_group"],
        )
    )  # fmt: skip
    return "revaluation", "posting/revaluation_lines", SUM, layers


@remembered
def revalued(workings: Workings, transaction: str, cost_group: str, flow: str, item: str) -> Term:
    """What a new standard adds to a layer, unrounded: quantity × (new − old)."""
    layer = workings.select(
        "SELECT r.*, b.unit_cost AS old_cost FROM revalued_layers r LEFT JOIN brought_layers b"
        " ON b.production_flow = r.production_flow AND b.item = r.item AND b.cost_group = r.cost_group"
        " AND b.transaction = r.transaction"
        " WHERE r.production_flow = ? AND r.item = ? AND r.cost_group = ? AND r.transaction = ?",
        flow, item, cost_group, transaction,
    )[0]  # fmt: skip
    new = standard_cost(workings, "new", item, site_of(workings, flow), workings.start, cost_group)
    old = Term("old", layer["old_cost"] or NONE, "price", note="the standard cost the layer stood at")
    quantity = Term("quantity", layer["quantity"], rows=layer_rows(workings, layer))
    return Term(
        "revaluation", layer["exact_revaluation"], "amount", "quantity × (new − old)", None, "posting/revalued_layers",
        (quantity, new, old), label=f"layer {transaction}",
    )  # fmt: skip


def breakdown_part(workings: Workings, row: Row, name: str, column: str) -> Term:
    """A figure of the breakdown line that a receipt line was deducted by."""
    return _breakdown_cell(workings, row, column, name)


def _breakdown_cell(workings: Workings, row: Row, column: str, name: str = "") -> Term:
    name = name or column
    kind: Kind = "quantity" if column == "quantity" else "price"
    site, day = site_of(workings, row["production_flow"]), row["posting_date"]
    record = workings.in_force("standard_price_periods", day, item=row["item"], site=site) or {}
    key = (record["costing_version"], record["record_item"], record["record_site"], record["from_date"])
    for resource in (row["resource"], record["record_item"]):
        line_key = (*key, row["resource_type"], resource, row["cost_group"])
        if input_row(workings, "item_price_breakdown", *line_key) is not None and _is_made(workings, row):
            return cell(workings, name, "item_price_breakdown", line_key, column, kind)
    if column in ("quantity", "charge"):
        note = "received under itself: one of it, without a charge"
        return Term(name, Decimal(column == "quantity"), kind, note=note)
    return standard_cost(workings, name, row["item"], site, day, row["cost_group"])


def _is_made(workings: Workings, row: Row) -> bool:
    found = workings.lookup("product_outputs", event=row["event"])
    return bool(found) and found[0]["output_type"] == "breakdown"


def _service(workings: Workings, event: str) -> tuple[str, tuple[Term, ...]]:
    table, _, key = event.partition(":")
    if table == "service_receipts":
        price = cell(workings, "unit_price", table, (key,), "unit_price", "price")
        return "quantity × unit_price", (cell(workings, "quantity", table, (key,), "quantity"), price)
    receipt = (input_row(workings, "service_invoices", key) or {})["service_receipt"]
    return "quantity × (invoice_price − receipt_price)", (
        cell(workings, "quantity", table, (key,), "quantity"),
        cell(workings, "invoice_price", table, (key,), "unit_price", "price"),
        cell(workings, "receipt_price", "service_receipts", (receipt,), "unit_price", "price"),
    )


def _earlier(workings: Workings, row: Row) -> Term | None:
    """The unrounded sum of the event's lines before this one, where its total is spread over several."""
    if row["transaction_type"] not in ("material_issue", "material_return", "product_receipt"):
        return None
    own = {name: row[name] for name in ("event", "resource_type", "resource", "cost_group")}
    found = workings.lookup("earlier_amounts", **own)
    if found[0]["place"] == 1:
        return None
    places = {_of_event(one): one["place"] for one in workings.lookup("earlier_amounts", event=row["event"])}
    same = [one for one in workings.lookup("wip_lines", event=row["event"])
            if one["transaction_type"] == row["transaction_type"]]  # fmt: skip
    before = [one for one in same if places[_of_event(one)] < found[0]["place"]]
    parts = tuple(exact_line(workings, one["transaction"]) for one in before)
    value = found[0]["earlier_amount"]
    if total(parts) != value:  # a line too small to be posted is among them
        return Term("earlier", value, "amount", note="the event's lines before this one, not rounded")
    return Term(
        "earlier", value, "amount", SUM, None, "explain/earlier_amounts", parts, label="the event's earlier lines"
    )


def _of_event(row: Row) -> tuple[str, str, str]:
    return row["resource_type"], row["resource"], row["cost_group"]


def _rate_item(workings: Workings, row: Row) -> str:
    of_line = {name: row[name] for name in ("event", "production_flow", "transaction_type", "resource")}
    found = workings.lookup("posted_lines", **of_line)
    return str(found[0]["rate_item"] or "")


def _base(workings: Workings, row: Row) -> Term:
    """What an indirect line is charged on."""
    bases = workings.lookup("indirect_bases", transaction=row["transaction"])
    rule, value = "explain/indirect_bases", row["quantity"]
    node_type = workings.lookup("formula_nodes", node=row["resource"])[0]
    if bases and bases[0]["node_type"] == "surcharge":
        parts = tuple(line(workings, base["base_transaction"]) for base in bases)
        return Term("base", value, "amount", SUM, None, rule, parts)
    if bases and bases[0]["node_type"] == "rate":
        return Term("base", value, "quantity", SUM, None, rule, (hours(workings, row["event"]),))
    quantity = (
        moved(workings, row["event"], "material_issue" if row["quantity"] > 0 else "material_return")
        if bases
        else received(workings, row["event"])
    )
    return measured(workings, value, quantity, row["item"], node_type["basis"])


def measured(workings: Workings, value: Decimal, quantity: Term, item: str, basis: str) -> Term:
    """A quantity as a node counts it: as it is, or its weight or volume."""
    if basis not in ("weight", "volume"):
        return Term("base", value, formula=SUM, rule="explain/indirect_bases", parts=(quantity,))
    measure = cell(workings, basis, "items", (item,), basis)
    return Term(
        "base", value, formula=f"{quantity.name} × {basis}", digits=6, rule="explain/indirect_bases",
        parts=(quantity, measure),
    )  # fmt: skip
