"""What stands behind a period's totals: transactions, unused quantities, layers, journal, ledger."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pandas

from leancost.views.figures import STEPS, is_first_of_flow, resource_name, sum_by, total_of, unit_of, wip_by
from leancost.views.results import PeriodResult

POSTING_TYPES_OF_WIP = ("wip_estimated", "wip")


def transactions(result: PeriodResult) -> pandas.DataFrame:
    """How many WIP transactions of each kind every flow had, and what they are worth."""
    frame = result.tables["wip_transactions"].assign(transactions=1)
    if frame.empty:
        return frame[["production_flow", "transaction_type", "transactions", "amount"]]
    keys = ["production_flow", "transaction_type"]
    sums = frame.groupby(keys)[["transactions", "amount"]].agg("sum").reset_index()
    sums["transactions"] = sums["transactions"].map(int)
    order = {kind: place for place, kind in enumerate(STEPS)}
    place = sums["transaction_type"].map(order)
    return (
        sums.assign(place=place).sort_values(["production_flow", "place"]).drop(columns="place").reset_index(drop=True)
    )


def unused(result: PeriodResult, production_flow: str = "") -> pandas.DataFrame:
    """Unused quantities at the end per flow, item and kind of unit, valued at standard.

    amount (currency) = quantity x standard cost on the last day, before the cap at what stands in WIP.
    """
    keys = ["production_flow", "item", "unused_type"]
    sums = sum_by(_of_flow(result.last("unused_quantities"), production_flow), keys, ["quantity"])
    prices = result.setup["standard_prices"]
    known = {(flow, item): cost for flow, item, cost in prices.itertuples(index=False)}
    unit = Decimal(1).scaleb(-result.digits)
    amounts = [
        (quantity * known.get((flow, item), Decimal(0))).quantize(unit, ROUND_HALF_UP)
        for flow, item, _, quantity in sums.itertuples(index=False)
    ]
    named = sums.assign(amount=pandas.Series(amounts, dtype=object))
    named.insert(2, "name", [resource_name(result, "item", item) for item in sums["item"]])
    named.insert(5, "unit", [unit_of(result, "item", item) for item in sums["item"]])
    return named


def usage(result: PeriodResult, production_flow: str = "") -> pandas.DataFrame:
    """Net realized usage per item and service: opening + issued - returned - unused = realized.

    A period of several runs opens with its first one and ends with its last.
    """
    frame = _of_flow(result.tables["net_realized_usage"], production_flow)
    figures = ["opening_quantity", "issued_quantity", "returned_quantity", "unused_quantity", "realized_quantity"]
    is_last = frame["run_end"] == result.end
    frame = frame.assign(
        opening_quantity=frame["opening_quantity"].where(is_first_of_flow(frame), Decimal(0)),
        unused_quantity=frame["unused_quantity"].where(is_last, Decimal(0)),
    )
    sums = sum_by(frame, ["production_flow", "resource_type", "resource"], figures)
    pairs = list(zip(sums["resource_type"], sums["resource"], strict=True))
    sums.insert(3, "name", [resource_name(result, *pair) for pair in pairs])
    sums.insert(4, "unit", [unit_of(result, *pair) for pair in pairs])
    return sums


def layers(result: PeriodResult, production_flow: str, item: str) -> pandas.DataFrame:
    """The FIFO layers of an item in a flow, oldest first: what of each was settled and what is open."""
    frame = result.tables["settlements"]
    chosen = frame[(frame["production_flow"] == production_flow) & (frame["item"] == item)]
    names = "posting_date transaction cost_group quantity settled_quantity settled_amount open_quantity open_amount"
    ordered = chosen.sort_values(["run_end", "cost_group", "posting_date", "transaction"])
    return ordered[names.split()].reset_index(drop=True)


def most_layers(result: PeriodResult) -> pandas.DataFrame:
    """The layers of the item and flow that have most of them."""
    counts = result.last("settlements").groupby(["production_flow", "item"]).size()
    if counts.empty:
        return layers(result, "", "")
    production_flow, item = sorted(counts.index, key=lambda key: (-counts[key], key))[0]
    found = layers(result, production_flow, item)
    found.insert(0, "item", item)
    found.insert(0, "production_flow", production_flow)
    return found


def journal_totals(result: PeriodResult) -> pandas.DataFrame:
    """Debits and credits of the period per posting type."""
    return sum_by(result.tables["journal"], ["posting_type"], ["debit", "credit"])


def tie_out(result: PeriodResult) -> pandas.DataFrame:
    """WIP at the end held against the ledger's WIP accounts, flow by flow; the difference is nothing.

    Where an account serves other posting types too, the journal's own WIP lines are the measure:
    ledger_amount = WIP at the start + debits - credits of wip and wip_estimated.
    """
    journal = result.tables["journal"]
    lines = sum_by(
        journal[journal["posting_type"].isin(POSTING_TYPES_OF_WIP)], ["production_flow"], ["debit", "credit"]
    )
    moved = {flow: (debit, credit) for flow, debit, credit in lines.itertuples(index=False)}
    accounts = result.setup["accounts"]
    balances = result.last("ledger_balances")
    rows = []
    for flow, opening, after in wip_by(result, ["production_flow"])[["production_flow", "opening", "after"]].itertuples(
        index=False
    ):
        names = list(accounts[accounts["production_flow"] == flow]["main_account"])
        closing = balances[(balances["production_flow"] == flow) & balances["main_account"].isin(names)]
        debit, credit = moved.get(flow, (Decimal(0), Decimal(0)))
        rows.append(
            {
                "production_flow": flow,
                "main_accounts": ", ".join(names),
                "opening": opening,
                "debit": debit,
                "credit": credit,
                "account_balance_amount": total_of(closing, "closing"),
                "after": after,
                "difference": opening + debit - credit - after,
            }
        )
    names = "production_flow main_accounts opening debit credit account_balance_amount after difference".split()
    return pandas.DataFrame(rows, columns=names, dtype=object)


def control_totals(result: PeriodResult) -> pandas.DataFrame:
    """What must add up: every figure once, for whoever compares two reports."""
    wip = wip_by(result, ["production_flow"])
    journal = result.tables["journal"]
    rows: Sequence[tuple[str, object]] = (
        ("WIP transactions", len(result.tables["wip_transactions"])),
        *((name, total_of(wip, name)) for name in ("opening", "inputs", "outputs", "revaluation")),
        *((name, total_of(wip, name)) for name in ("before", "variance", "after")),
        ("sum of variances", total_of(result.tables["variances"], "amount")),
        ("journal debit", total_of(journal, "debit")),
        ("journal credit", total_of(journal, "credit")),
        ("ledger difference", total_of(tie_out(result), "difference")),
    )
    return pandas.DataFrame(rows, columns=["control", "total_amount"], dtype=object)


def _of_flow(frame: pandas.DataFrame, production_flow: str) -> pandas.DataFrame:
    return frame[frame["production_flow"] == production_flow] if production_flow else frame
