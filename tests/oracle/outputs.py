"""The output tables of a run: balances, usage, variances, journal, ledger."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.oracle.facts import ZERO, Row

if TYPE_CHECKING:
    from tests.oracle.run import Run

STEP = {
    "item": ("material", "inventory_issue_estimated", "inventory_issue"),
    "service": ("services", "service_wip_clearing", "service_wip_clearing"),
    "cost_category": ("conversion", "manufacturing_absorbed_estimated", "manufacturing_absorbed"),
    "costing_sheet_node": ("indirect", "indirect_absorbed_estimated", "indirect_absorbed"),
}
CREDIT = {
    "material_issue": "inventory_issue_estimated",
    "material_return": "inventory_issue_estimated",
    "conversion": "manufacturing_absorbed_estimated",
    "indirect": "indirect_absorbed_estimated",
    "service": "service_accrued",
    "revaluation": "revaluation",
}


def tables_of(run: "Run") -> dict[str, list[Row]]:
    tables: dict[str, list[dict[str, object]]] = defaultdict(list)
    for line in run.posted.lines:
        tables["wip_transactions"].append(
            {
                "transaction": line.transaction, "production_flow": line.flow, "posting_date": line.on,
                "transaction_type": line.kind, "item": line.item, "resource_type": line.resource_type,
                "resource": line.resource, "cost_group": line.group, "quantity": line.quantity,
                "unit_cost": line.unit_cost, "amount": line.amount,
            }
        )  # fmt: skip
    for (flow, item, kind, kanban), quantity in run.standing.unused.items():
        tables["unused_quantities"].append(
            {"production_flow": flow, "item": item, "unused_type": kind, "kanban": kanban, "quantity": quantity}
        )
    for (flow, kind, resource), net in run.net.items():
        if any(net.values()):
            row = {f"{name}_quantity": net[name] for name in "opening issued returned unused capped realized".split()}
            tables["net_realized_usage"].append(
                {"production_flow": flow, "resource_type": kind, "resource": resource, **row}
            )
    for layer, open_quantity, open_amount in run.settled:
        tables["settlements"].append(
            {
                "production_flow": layer.flow, "item": layer.item, "cost_group": layer.group,
                "transaction": layer.transaction, "posting_date": layer.on, "quantity": layer.quantity,
                "amount": layer.amount, "settled_quantity": layer.quantity - open_quantity,
                "settled_amount": layer.amount - open_amount, "open_quantity": open_quantity, "open_amount": open_amount,
            }
        )  # fmt: skip
    for (flow, item), (quantity, amount) in run.posted.outputs.items():
        tables["product_receipts"].append(
            {"production_flow": flow, "item": item, "quantity": quantity, "amount": amount}
        )
    _balances(run, tables)
    _journal(run, tables)
    return {name: [{key: _text(value) for key, value in row.items()} for row in rows] for name, rows in tables.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _balances(run: "Run", tables: dict[str, list[dict[str, object]]]) -> None:
    facts = run.facts
    types = {row["cost_group"]: row["cost_group_type"] for row in facts.rows("cost_groups")}
    expected = _expected(run)
    for key in set(run.figures) | set(run.after):
        flow, kind, resource, group = key
        figure, after = run.figures[key], run.after.get(key, [ZERO, ZERO, ZERO])
        before = figure["opening"] + figure["inputs"] + figure["outputs"] + figure["revaluation"]
        variance = before - after[1]
        head = {"production_flow": flow, "resource_type": kind, "resource": resource, "cost_group": group}
        amounts = {name: figure[name] for name in ("opening", "inputs", "outputs", "revaluation")}
        if any(amounts.values()) or after[1]:
            tables["wip_balances"].append(
                {**head, **amounts, "before": before, "variance": variance, "after": after[1]}
            )
        if kind == "item":
            cleared = [layer.quantity - left for layer, left, _ in run.settled
                       if (layer.flow, layer.item, layer.group) == (flow, resource, group)]  # fmt: skip
            cleared += [line.quantity or ZERO for line in run.posted.lines if line.kind == "material_return"
                        and (line.flow, line.resource, line.group) == (flow, resource, group)]  # fmt: skip
            realized = sum(cleared, ZERO)
        elif kind == "service":
            is_own = group == facts.items[resource]["cost_group"]
            unused = run.net[flow, kind, resource]["unused"] if is_own else ZERO
            realized = figure["opening_q"] + figure["inputs_q"] - unused
        else:
            realized = figure["opening_q"] + figure["inputs_q"] - after[0]
        amount = figure["opening"] + figure["inputs"] + figure["revaluation"] - after[1]
        usage = {
            "realized_quantity": realized, "realized_amount": amount, "allowed_quantity": -figure["outputs_q"],
            "allowed_amount": -figure["outputs"], "timing_amount": figure["timing"],
        }  # fmt: skip
        if any(usage.values()):
            tables["realized_usage"].append({**head, **usage})
        for name, part in _types(run, key, realized, variance, (kind, resource) in expected[flow]).items():
            if part:
                tables["variances"].append(
                    {**head, "cost_group_type": types[group], "variance_type": name, "amount": part}
                )


def _expected(run: "Run") -> dict[str, set[tuple[str, str]]]:
    """Resources in an active breakdown of what a flow can make, or that a receipt used."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    end = run.end.isoformat()
    for rule in run.facts.rows("kanban_rules"):
        active = (rule.get("effective_from") or "") <= end <= (rule.get("effective_to") or "9999-12-31")
        if rule["kanban_type"] == "manufacturing" and active:
            record = run.facts.price(rule["item"], run.facts.site(rule["production_flow"]), run.end)
            found[rule["production_flow"]] |= {(line[0], line[1]) for line in (record.lines if record else ())}
    for receipt in run.posted.receipts:
        found[receipt.flow].add((receipt.key[0], receipt.key[1]))
    return found


def _types(
    run: "Run", key: tuple[str, str, str, str], realized: Decimal, variance: Decimal, is_expected: bool
) -> dict[str, Decimal]:
    if not is_expected:
        return {"substitution": variance}
    facts, (flow, kind, resource, group) = run.facts, key
    site, price = facts.site(flow), None
    if kind in ("item", "service"):
        record = facts.price(resource, site, run.end)
        price = record.by_group.get(group) if record else None
    elif kind == "cost_category":
        price = facts.hourly_rate(resource, site, run.end)
    else:
        price = facts.node_rate(resource, "", site, run.end)
    p = price or ZERO
    receipts = [r for r in run.posted.receipts if (r.flow, *r.key) == key]
    allowed = sum((r.good * r.quantity for r in receipts), ZERO)
    excess = run.posted.excess.get((flow, kind, resource, group), ZERO)
    exact = run.figures[key]["exact"]
    parts = {
        "price": (exact - realized * p) + sum((r.good * r.quantity * (p - r.price) for r in receipts), ZERO),
        "lot_size": excess * p - sum((r.good * r.charge for r in receipts), ZERO),
        "quantity": (realized - excess - allowed) * p,
    }
    result = {name: facts.money(part) for name, part in parts.items()}
    result["rounding"] = variance - sum(result.values(), ZERO)
    return result


def _journal(run: "Run", tables: dict[str, list[dict[str, object]]]) -> None:
    from tests.oracle.run import account

    totals: dict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    vouchers: dict[str, Decimal] = defaultdict(Decimal)

    def pair(voucher: str, flow: str, debit: str, credit: str, group: str, amount: Decimal) -> None:
        if amount < 0:
            debit, credit, amount = credit, debit, -amount
        if amount:
            totals[flow, debit, account(run.facts, flow, debit, group)][0] += amount
            totals[flow, credit, account(run.facts, flow, credit, group)][1] += amount
            vouchers[voucher] += amount

    for line in run.posted.lines:
        if line.kind == "product_receipt":
            pair(line.event, line.flow, "finished_goods_estimated", "wip_estimated", line.group, -line.amount)
        elif line.kind != "service" or line.quantity is not None:
            pair(line.event, line.flow, "wip_estimated", CREDIT[line.kind], line.group, line.amount)
    for event, flow, _, _, group, accrued, deviation in run.posted.accrued:
        pair(event, flow, "service_accrued", "wip_estimated", group, accrued)
        pair(event, flow, "wip_estimated", "service_vendor", group, accrued + deviation)
    for usage in tables["realized_usage"]:
        flow, group = str(usage["production_flow"]), str(usage["cost_group"])
        step, physical, financial = STEP[str(usage["resource_type"])]
        realized, allowed = Decimal(str(usage["realized_amount"])), Decimal(str(usage["allowed_amount"]))
        pair(f"{run.end}/{flow}/{step}", flow, physical, "wip_estimated", group, realized)
        pair(f"{run.end}/{flow}/{step}", flow, "wip", financial, group, realized)
        pair(f"{run.end}/{flow}/products", flow, "wip_estimated", "finished_goods_estimated", group, allowed)
        pair(f"{run.end}/{flow}/products", flow, "finished_goods", "wip", group, allowed)
    summed: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    summarised = run.facts.parameters.get("variances_to_standard") == "summarised"
    for row in tables["variances"]:
        place = (
            "" if summarised else "/".join((str(row["cost_group"]), str(row["resource_type"]), str(row["resource"])))
        )
        summed[str(row["production_flow"]), f"variance_{row['variance_type']}", place] += Decimal(str(row["amount"]))
    for (flow, kind, place), amount in summed.items():
        pair(f"{run.end}/{flow}/variances", flow, kind, "wip", place.split("/")[0], amount)
    ledger = dict(run.opening.ledger)
    for place, (debit, credit) in totals.items():
        ledger[place] = ledger.get(place, ZERO) + debit - credit
        tables["journal_totals"].append(
            {
                "production_flow": place[0],
                "posting_type": place[1],
                "main_account": place[2],
                "debit": debit,
                "credit": credit,
            }
        )
    run.carried.ledger = ledger
    for voucher, amount in vouchers.items():
        tables["voucher_totals"].append({"voucher": voucher, "debit": amount})
    accounts: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for (flow, _, main), balance in run.opening.ledger.items():
        accounts[main, flow][0] += balance
    for (flow, _, main), (debit, credit) in totals.items():
        accounts[main, flow][1] += debit
        accounts[main, flow][2] += credit
    for (main, flow), (opening, debit, credit) in accounts.items():
        if opening or debit or credit:
            tables["ledger_balances"].append(
                {
                    "main_account": main, "production_flow": flow, "opening": opening, "debit": debit, "credit": credit,
                    "closing": opening + debit - credit,
                }
            )  # fmt: skip
