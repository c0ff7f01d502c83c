"""A period's figures, summed as people read them; every sum is exact."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pandas

from leancost.explain.explanation import Explanation
from leancost.views.display import TOTAL, Sentences, money_text, quantity_text
from leancost.views.results import PeriodResult

FLOWS = ("opening", "inputs", "outputs", "revaluation", "before", "variance", "after")
STEPS = {
    "material_issue": "Material issued",
    "material_return": "Material returned",
    "conversion": "Conversion",
    "indirect": "Indirect cost",
    "service": "Subcontracted services",
    "product_receipt": "Products received",
    "revaluation": "Revaluation",
}
"""Transaction types in the order of the source, as they are shown."""
OPENING, BEFORE, VARIANCES, AFTER = "WIP at the start", "WIP before backflush costing", "Variances", "WIP at the end"
LEVELS = (OPENING, BEFORE, AFTER)
"""Steps of the bridge that are a level of WIP, not a movement."""
CONVERSION_IN_WIP = "Conversion on unfinished units, at standard (cleared, not in WIP)"
CONVERSION_CHANGE = "Its change: would move from variance to WIP under retain"


def sum_by(frame: pandas.DataFrame, keys: Sequence[str], figures: Sequence[str]) -> pandas.DataFrame:
    """Exact sums of `figures` per `keys`, in the order of the keys."""
    if frame.empty:
        return frame[[*keys, *figures]].reset_index(drop=True)
    filled = frame[[*keys, *figures]].copy()
    for name in figures:
        filled[name] = filled[name].map(_or_nothing)
    return filled.groupby(list(keys), dropna=False, sort=True)[list(figures)].agg("sum").reset_index()


def total_of(frame: pandas.DataFrame, figure: str) -> Decimal:
    """Exact sum of a column."""
    return sum(frame[figure], Decimal(0))


def wip_by(result: PeriodResult, keys: Sequence[str]) -> pandas.DataFrame:
    """WIP from start to end per `keys`; a period of several runs opens with its first one.

    A flow that goes live in the period opens with its go-live balance: in the first run that knows it.
    before = opening + inputs + outputs + revaluation; after = before - variance (currency).
    """
    frame = result.tables["wip_balances"].copy()
    is_last = frame["run_end"] == result.end
    frame["opening"] = frame["opening"].where(is_first_of_flow(frame), Decimal(0))
    frame["after"] = frame["after"].where(is_last, Decimal(0))
    sums = sum_by(frame, keys, FLOWS)
    sums["before"] = sums["opening"] + sums["inputs"] + sums["outputs"] + sums["revaluation"]
    return sums


def is_first_of_flow(frame: pandas.DataFrame) -> "pandas.Series[bool]":
    """Rows of each flow's first run in the period: later ones open with what the run before left."""
    return frame["run_end"] == frame.groupby("production_flow")["run_end"].transform("min")


def flows(result: PeriodResult) -> pandas.DataFrame:
    """WIP of every production flow, from start to end, with a total."""
    frame = wip_by(result, ["production_flow"])
    total = {"production_flow": TOTAL, **{name: total_of(frame, name) for name in FLOWS}}
    return pandas.concat([frame, pandas.DataFrame([total], dtype=object)], ignore_index=True)


def aggregated(result: PeriodResult, by: str) -> pandas.DataFrame:
    """WIP from start to end by cost group type, cost group, product category or value stream.

    By product category: what stands under made items, whose cost group is their category; products
    received are in `product_categories`. Source: the source's "Assign cost groups".
    """
    groups, flow_names = result.setup["cost_groups"], result.setup["production_flows"]
    lookups = {
        "cost_group_type": ("cost_group", dict(zip(groups["cost_group"], groups["cost_group_type"], strict=True))),
        "value_stream": (
            "production_flow",
            dict(zip(flow_names["production_flow"], flow_names["value_stream"], strict=True)),
        ),
        "product_category": ("resource", _categories(result)),
    }
    frame = result.tables["wip_balances"]
    if by in lookups:
        column, values = lookups[by]
        frame = frame.assign(**{by: frame[column].map(lambda value: values.get(value) or "(none)")})
    narrowed = replace(result, tables={**result.tables, "wip_balances": frame})
    return wip_by(narrowed, [by])


def product_categories(result: PeriodResult) -> pandas.DataFrame:
    """Products received per flow and product category, at standard."""
    categories = _categories(result)
    frame = result.tables["product_receipts"]
    frame = frame.assign(product_category=frame["item"].map(lambda item: categories.get(item, "(none)")))
    return sum_by(frame, ["product_category", "production_flow"], ["quantity", "amount"])


def _categories(result: PeriodResult) -> dict[str, str]:
    """Product category of every made item: its cost group, where that is of type undefined."""
    groups = result.setup["cost_groups"]
    undefined = set(groups[groups["cost_group_type"] == "undefined"]["cost_group"])
    pairs = zip(result.setup["items"]["item"], result.setup["items"]["cost_group"], strict=True)
    return {item: group for item, group in pairs if group in undefined}


def bridge(result: PeriodResult) -> pandas.DataFrame:
    """From WIP at the start through every kind of transaction and the variance to WIP at the end."""
    wip = wip_by(result, ["production_flow"])
    by_type = sum_by(result.tables["wip_transactions"], ["transaction_type"], ["amount"])
    amounts = dict(zip(by_type["transaction_type"], by_type["amount"], strict=True))
    rows = [(OPENING, total_of(wip, "opening"))]
    rows += [(title, amounts[kind]) for kind, title in STEPS.items() if amounts.get(kind)]
    rows += [
        (BEFORE, total_of(wip, "before")),
        (VARIANCES, -total_of(wip, "variance")),
        (AFTER, total_of(wip, "after")),
    ]
    return pandas.DataFrame(rows, columns=["step", "amount"], dtype=object)


def glance(result: PeriodResult) -> pandas.DataFrame:
    """The period in a few figures; under policy clear also the conversion that retain would keep."""
    wip = wip_by(result, ["production_flow"])
    names = {
        "opening": OPENING, "inputs": "Inputs at standard", "outputs": "Products received at standard",
        "revaluation": "Revaluation", "before": BEFORE,
        "variance": "Variance (positive is unfavourable)", "after": AFTER,
    }  # fmt: skip
    rows = [(text, total_of(wip, name)) for name, text in names.items() if name != "revaluation" or total_of(wip, name)]
    if result.parameter("conversion_in_wip", "clear") == "clear":
        kept = conversion_in_wip(result)
        rows += [(CONVERSION_IN_WIP, total_of(kept, "amount")), (CONVERSION_CHANGE, total_of(kept, "change_amount"))]
    return pandas.DataFrame(rows, columns=["figure", "amount"], dtype=object)


def conversion_in_wip(result: PeriodResult) -> pandas.DataFrame:
    """Conversion and the overhead on it in what stands in WIP at the end, at standard, and its change.

    Policy clear books it as variance; under retain it would stay in WIP. Source: contract 6 (timing_amount).
    """
    keys = ["production_flow", "resource_type", "resource", "cost_group"]
    kept = sum_by(result.last("kept_conversion"), keys, ["amount"])
    change = sum_by(result.tables["realized_usage"], keys, ["timing_amount"])
    change = change.rename(columns={"timing_amount": "change_amount"})
    joined = kept.merge(change[change["change_amount"] != 0], on=keys, how="outer", sort=True)
    for name in ("amount", "change_amount"):
        joined[name] = joined[name].map(_or_nothing)
    return joined


def variances_by(result: PeriodResult, *keys: str) -> pandas.DataFrame:
    """Variances summed per `keys`."""
    return sum_by(result.tables["variances"], keys, ["amount"])


def largest_variances(result: PeriodResult, count: int = 10) -> pandas.DataFrame:
    """The variances that matter most: per flow, resource and type, the largest amounts first.

    difference_quantity = realized - allowed quantity of the resource, in its base.
    """
    keys = ["production_flow", "resource_type", "resource", "variance_type"]
    sums = variances_by(result, *keys)
    usage = result.tables["realized_usage"].copy()
    quantities = usage["realized_quantity"].map(_or_nothing) - usage["allowed_quantity"].map(_or_nothing)
    usage = usage.assign(difference_quantity=quantities)
    # an item of several cost groups has the same quantity in each
    usage = usage.drop_duplicates([*keys[:3], "run_end"])
    differences = sum_by(usage, keys[:3], ["difference_quantity"])
    joined = sums.merge(differences, on=keys[:3], how="left")
    joined.insert(3, "name", [resource_name(result, *row) for row in joined[keys[1:3]].itertuples(index=False)])
    order = sorted(range(len(joined)), key=lambda place: (-abs(joined["amount"][place]), place))
    return joined.iloc[order[:count]].reset_index(drop=True)


def headline(result: PeriodResult) -> str:
    """The period's variance in words."""
    variance = total_of(wip_by(result, ["production_flow"]), "variance")
    if not len(result.tables["variances"]):
        return "No variance in the period"
    return f"Variance {_side(variance, result.currency)}: its largest causes"


def explain_largest(result: PeriodResult) -> Explanation | Sentences:
    """The resource with the largest variance, led back to its source rows."""
    for row in largest_variances(result, 1).to_dict("records"):
        return result.explain(flow=row["production_flow"], resource=row["resource"])
    return Sentences(["No variance in the period."])


def causes(result: PeriodResult, count: int = 3) -> list[str]:
    """The largest variances in words, one sentence each; what is only growing WIP is said."""
    timing = variances_in_wip(result)
    sentences = []
    for row in largest_variances(result, count).itertuples(index=False):
        flow, resource_type, resource, name, kind, amount, quantity = row
        reason = _reason(name, unit_of(result, resource_type, resource), resource_type, kind, quantity)
        sentence = f"{flow}: {reason}: {_side(amount, result.currency)}"
        change = timing.get((flow, resource_type, resource), Decimal(0))
        if kind == "quantity" and change:
            work = f"{money_text(abs(change), result.currency)} {'more' if change > 0 else 'less'} work"
            without = _side(amount - change, result.currency)
            sentence += f" ({work} stands in WIP than at the start; without it {without})"
        sentences.append(f"{sentence}.")
    return sentences


def variances_in_wip(result: PeriodResult) -> dict[tuple[str, str, str], Decimal]:
    """Per flow and resource what of its variance is only the change of conversion in WIP."""
    change = sum_by(
        result.tables["realized_usage"], ["production_flow", "resource_type", "resource"], ["timing_amount"]
    )
    return {(flow, kind, resource): amount for flow, kind, resource, amount in change.itertuples(index=False) if amount}


def narrow(result: PeriodResult, *, production_flow: str = "", cost_group: str = "") -> PeriodResult:
    """The same period with the figures of one flow or one cost group only."""
    tables = result.tables
    for column, value in (("production_flow", production_flow), ("cost_group", cost_group)):
        if value:
            tables = {
                name: frame[frame[column] == value].reset_index(drop=True) if column in frame.columns else frame
                for name, frame in tables.items()
            }
    return replace(result, tables=tables)


def resource_name(result: PeriodResult, resource_type: str, resource: str) -> str:
    """What people call a resource; a costing sheet node goes by its own name."""
    table = {"item": "items", "service": "items", "cost_category": "cost_categories"}.get(resource_type)
    if table is None:
        return resource
    frame = result.setup[table]
    found = frame[frame[frame.columns[0]] == resource]["name"]
    return str(found.iloc[0]) if len(found) else resource


def unit_of(result: PeriodResult, resource_type: str, resource: str) -> str:
    """Unit of an item or service; hours of a cost category."""
    if resource_type not in ("item", "service"):
        return "h" if resource_type == "cost_category" else ""
    frame = result.setup["items"]
    return str(frame[frame["item"] == resource]["unit"].iloc[0])


def _reason(name: str, unit: str, resource_type: str, kind: str, quantity: object) -> str:
    if kind == "quantity" and resource_type == "costing_sheet_node":
        return f"indirect cost {name} follows the use of what it is charged on"
    if kind == "quantity" and isinstance(quantity, Decimal) and quantity:
        more = "more" if quantity > 0 else "less"
        return f"{quantity_text(abs(quantity))} {unit} {more} of {name} than the products made allow"
    texts = {
        "price": f"{name} at another price than in the standard of the products",
        "lot_size": f"{name} charged by jobs smaller than the process quantity or lot",
        "substitution": f"{name} used though no product of the flow has it in its standard",
        "rounding": f"rounding of {name}",
    }
    return texts.get(kind, f"{name} differs in quantity")


def _side(amount: Decimal, currency: str) -> str:
    if amount == 0:
        return "nothing"
    return f"{money_text(abs(amount), currency)} {'unfavourable' if amount > 0 else 'favourable'}"


def _or_nothing(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)
