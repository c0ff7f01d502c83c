"""Figures that others have published come out of a calculation or a close, where they can be said in lean terms.

Read from the examples' folder, never copied. A variance is positive there where it is favourable, here where it is
unfavourable. What a close or a calculation cannot say is listed with its reason; each expected figure is one or the other.
"""

import json
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from leancost.costing import standard_cost
from tests.books.shop import Closed, Shop
from tests.support.rows import table_rows, workspace_of

Inputs = dict[str, Any]
Figures = dict[str, Decimal | list[Decimal] | list[list[Decimal]]]
NAMES = "costing_version item site from_date resource_type resource cost_group quantity unit_price charge cost"
OPENING = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"


def number(value: object) -> Decimal:
    return Decimal(str(value))


# Roll-up


def unit_costs(shop: Shop, basis: str, *items: str) -> tuple[dict[str, Decimal], dict[tuple[str, str], Decimal]]:
    """Unit costs of made items, and the cost of every resource in each."""
    with workspace_of(shop.book) as connection:
        standard_cost.calculate(connection, calculation_date=date(2026, 1, 1), basis=basis, items=items)
        costs = {row["item"]: number(row["unit_cost"]) for row in table_rows(connection, "standard_costs")}
        lines: dict[tuple[str, str], Decimal] = {}
        for row in table_rows(connection, "standard_cost_breakdown"):
            key = (row["item"], row["resource"])
            lines[key] = lines.get(key, Decimal(0)) + number(row["cost"])
    return costs, lines


def made_by_route(
    shop: Shop, item: str, lot: int, lines: dict[str, list[int]], minutes: list[int], pace: int, setup: str
) -> None:
    """A BOM for a lot, and its operations: minutes a lot at so many useful minutes an hour, set-up hours for each."""
    shop.add(
        "items",
        "item name item_type unit cost_group inventory_model_group default_order_quantity",
        f"{item} {item} item pc PROD STD {lot}",
    )
    shop.add("boms", "bom item quantity", f"B-{item} {item} {lot}")
    for place, (component, (quantity, price)) in enumerate(lines.items(), start=1):
        shop.add("bom_lines", "bom line component quantity", f"B-{item} {place} {component} {quantity}")
        if component != "table_head":
            shop.add(
                "items",
                "item name item_type unit cost_group inventory_model_group",
                f"{component} {component} item pc MAT STD",
            )
            shop.price(component, str(price))
    shop.add("routes", "route item", f"R-{item} {item}")
    for place, run in enumerate(minutes, start=1):
        names = "route operation resource_group run_time_hours run_time_quantity setup_hours setup_cost_category"
        shop.add("route_operations", names, f"R-{item} {place} CELL {run} {pace * lot} {setup} CUT")


def dining_table(given: Inputs) -> Figures:
    shop = Shop()
    shop.book["costing_sheet"] = []
    shop.change("cost_category_prices", "CUT", hourly_rate=str(given["rate"]))
    pace = 60 * given["efficiency"] // 100
    hours = number(given["setup"] + given["cleanup"]) / 60, number(given["cap_setup"] + given["cap_cleanup"]) / 60
    made_by_route(shop, "table_head", 12, given["head_bom_per_dozen"], given["op_minutes"], pace, str(hours[0]))
    made_by_route(shop, "table", 1, given["table_bom"], given["op_minutes"], pace, str(hours[1]))
    shop.price("table_head", str(given["table_bom"]["table_head"][1]))
    single, single_lines = unit_costs(shop, "route", "table")
    full, lines = unit_costs(shop, "route", "table", "table_head")
    head_material = sum((lines["table_head", name] for name in given["head_bom_per_dozen"]), Decimal(0))
    bought = sum((lines["table", name] for name in given["table_bom"] if name != "table_head"), Decimal(0))
    return {
        "material_with_std_head": bought + single_lines["table", "table_head"],
        "head_unit_material": head_material,
        "material_exploded": bought + head_material,
        "table_operations": lines["table", "CUT"],
        "head_operations_per_unit": lines["table_head", "CUT"],
        "cost_single_level": single["table"],
        "cost_multi_level": full["table"],
    }


def plant_overhead(given: Inputs) -> Figures:
    """Each resource as an item whose price has two cost groups, its own and overhead; 2 % of its own."""
    shop = Shop()
    shop.book["costing_sheet"] = []
    shop.node("PLANT", "surcharge", "MAT", "value", str(number(given["plant_overhead_pct"]) / 100))
    shop.add("items", "item name item_type unit cost_group inventory_model_group", "WORK Work item pc PROD STD")
    shop.add("boms", "bom item quantity", "B-WORK WORK 1")
    shop.rule("KR-WORK", "WORK", "manufacturing", "COAT")
    shop.change("activities", "COAT", service_item="")
    for place, name in enumerate(("rs_a", "rs_b", "operator", "engineer"), start=1):
        quantity, rate, *content = given[name]
        overhead = number(content[0] if content else 0)
        shop.add("items", "item name item_type unit cost_group inventory_model_group", f"{name} {name} item pc MAT STD")
        shop.price(name, str(rate))
        for group, cost in (("MAT", number(rate) - overhead), ("OVH", overhead)):
            shop.add("item_price_breakdown", NAMES, f"STD {name} - 2025-06-01 item {name} {group} 1 {cost} 0 {cost}")
        shop.add("bom_lines", "bom line component quantity", f"B-WORK {place} {name} {quantity}")
    costs, lines = unit_costs(shop, "production_flow", "WORK")
    overhead = lines["WORK", "PLANT"]
    return {"operation_cost": costs["WORK"] - overhead, "plant_overhead": overhead, "unit_cost": costs["WORK"]}


# FIFO


def layers(*received: tuple[str, str], left: list[str]) -> list[Closed]:
    """Layers (quantity, unit cost) that stood at the go-live, of which so much is left at the end of each month."""
    shop = Shop()
    for place, (quantity, cost) in enumerate(received, start=10):
        amount = (number(quantity) * number(cost)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        shop.add("opening_wip", OPENING, f"FLOW item SHEET MAT 2025-12-{place} {quantity} {cost} {amount}")
    standing = [*left, "0"]
    months = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"][: len(left)]
    ends = [*months[1:], "-"]
    for place, end in enumerate(ends):
        part = number(standing[place]) - number(standing[place + 1])
        if part:
            shop.unit(f"U{place}", "KR-SHEET", str(part), "2025-12-01", "2025-12-01", end)
    starts = ["", "02-01", "03-01", "04-01"]
    return [shop.close(end, start) for end, start in zip(months, starts, strict=False)]


def settled(month: Closed) -> Decimal:
    return number(month.sum("settlements", "settled_amount", item="SHEET"))


def moves(texts: list[str]) -> tuple[list[tuple[str, str]], list[Decimal]]:
    """What came in (quantity, price), and what went out."""
    came = [tuple(text.removeprefix("in ").split(" @")) for text in texts if text.startswith("in")]
    return came, [number(text.removeprefix("out ")) for text in texts if text.startswith("out")]  # type: ignore[return-value]


def four_issues(given: Inputs) -> Figures:
    came, went = moves(given["moves"])
    left = [
        sum((number(quantity) for quantity, _ in came), Decimal(0)) - sum(went[:n], Decimal(0)) for n in range(1, 5)
    ]
    months = layers(*came, left=[str(quantity) for quantity in left])
    return {
        "out_values": [settled(month) for month in months],
        "remaining_qty": number(months[-1].sum("settlements", "open_quantity")),
        "remaining_value": number(months[-1].sum("settlements", "open_amount")),
    }


def queue(given: Inputs) -> Figures:
    came, went = moves(given["fifo"])
    total = sum((number(quantity) for quantity, _ in came), Decimal(0))
    (month,) = layers(*came, left=[str(total - went[0])])
    merged: dict[Decimal, Decimal] = {}
    for row in month.rows("settlements", item="SHEET"):
        if number(row["open_quantity"]):
            price = number(row["open_amount"]) / number(row["open_quantity"])
            merged[price] = merged.get(price, Decimal(0)) + number(row["open_quantity"])
    return {"fifo_queue_after_remove_4": [[quantity, price] for price, quantity in merged.items()]}


def carried_residual(given: Inputs) -> Figures:
    cost = (number(given["value"]) / given["qty"]).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return {"carried": [-settled(month) for month in layers((str(given["qty"]), str(cost)), left=["2", "1", "0"])]}


# Variances


def product(shop: Shop, *lines: str) -> None:
    """BOX by these lines: resource type, resource, cost group, quantity, unit price."""
    shop.book["item_price_breakdown"] = [row for row in shop.book["item_price_breakdown"] if row["item"] != "BOX"]
    total = Decimal(0)
    for line in lines:
        *_, quantity, price = line.split()
        cost = number(quantity) * number(price)
        total += cost
        shop.add("item_price_breakdown", NAMES, f"STD BOX 1 2025-01-01 {line} 0 {cost}")
    shop.change("item_prices", "BOX", unit_cost=str(total))


def bought_as_service(shop: Shop, standard: object, quantity: object, paid: object) -> None:
    """A standard price and what was paid: only services carry a price of their own into a flow."""
    shop.change("item_prices", "PAINT", unit_cost=str(standard))
    shop.service("S1", str(quantity), str(number(paid) / number(quantity)), "01-10")


def worked(shop: Shop, hours: object, units: object, rate: object = 0) -> None:
    """A job of `units` that took `hours`."""
    shop.change("activities", "MAKE", run_time_hours=str(hours), run_time_quantity=str(units))
    shop.change("cost_category_prices", "CUT", hourly_rate=str(rate))
    shop.make("KR-BOX", "MAKE", str(units), "01-20")


def favourable(month: Closed, resource: str, kind: str) -> Decimal:
    return -number(month.variances(resource).get(kind, "0"))


def juice(given: Inputs) -> Figures:
    shop = Shop()
    product(shop, f"service PAINT OUT {given['std_qty_per_l']} {given['std_price']}")
    bought_as_service(shop, given["std_price"], given["actual_kg"], given["actual_cost"])
    worked(shop, 0, given["output_l"])
    month = shop.close()
    figures = {kind: favourable(month, "PAINT", kind) for kind in ("quantity", "price")}
    return {**figures, "total": -number(month.wip("PAINT", "variance"))}


def three_materials(given: Inputs) -> Figures:
    shop = Shop()
    lines = []
    for place, (quantity, price, used) in enumerate(
        zip(given["std_qty"], given["std_price"], given["actual_qty"], strict=True)
    ):
        shop.add(
            "items", "item name item_type unit cost_group inventory_model_group", f"M{place} M{place} item kg MAT STD"
        )
        shop.price(f"M{place}", str(price))
        shop.pick(f"P{place}", f"M{place}", str(used), "01-10")
        lines.append(f"item M{place} MAT {number(quantity) / given['std_output']} {price}")
    product(shop, *lines)
    worked(shop, 0, given["output"])
    month = shop.close()
    return {"usage": sum((favourable(month, f"M{place}", "quantity") for place in range(3)), Decimal(0))}


def fixed_overhead(given: Inputs) -> Figures:
    shop = Shop()
    rate = number(given["budget"]) / given["budget_hours"]
    hours = number(given["budget_hours"]) / given["budget_units"]
    shop.node("HOUR", "rate", "LAB", "hours", str(rate))
    product(shop, f"cost_category CUT LAB {hours} 0", f"costing_sheet_node HOUR OVH {hours} {rate}")
    worked(shop, given["hours"], given["units"])
    return {"efficiency": favourable(shop.close(), "HOUR", "quantity")}


def material_and_labour(given: Inputs) -> Figures:
    shop = Shop()
    product(
        shop, f"service PAINT OUT {given['mat_per_unit']} {given['mat_std_price']}",
        f"cost_category CUT LAB {given['lab_per_unit']} {given['lab_rate']}",
    )  # fmt: skip
    bought_as_service(shop, given["mat_std_price"], given["mat_qty"], given["mat_actual_cost"])
    worked(shop, given["lab_hours"], given["units"], given["lab_rate"])
    month = shop.close()
    return {
        "mat_price": favourable(month, "PAINT", "price"), "mat_efficiency": favourable(month, "PAINT", "quantity"),
        "mat_total": -number(month.wip("PAINT", "variance")), "lab_efficiency": favourable(month, "CUT", "quantity"),
    }  # fmt: skip


def input_variances(given: Inputs) -> Figures:
    shop = Shop()
    product(
        shop, f"service PAINT OUT 1 {given['plan_price']}", f"cost_category CUT LAB {given['plan_min']} {given['rate']}"
    )
    bought_as_service(shop, given["plan_price"], 1, given["actual_price"])
    worked(shop, given["actual_min"], 1, given["rate"])
    month = shop.close()
    return {"input_price": favourable(month, "PAINT", "price"), "input_quantity": favourable(month, "CUT", "quantity")}


def bike_chain(given: Inputs) -> Figures:
    """The chain is deducted under itself; overhead on the purchase is a node of its own, outside the variance there."""
    shop = Shop()
    product(shop, f"item SHEET MAT {given['chain_std']} 1")
    shop.change("item_prices", "SHEET", unit_cost=str(given["link_std"]))
    shop.rate("LABOH", str(number(given["cap_indirect_pct"]) / 100), "2025-06-01")
    shop.node("PURCHASE", "input_unit", "MAT", "quantity", str(given["link_overhead"]))
    shop.node("CHAIN", "output_unit", "-", "quantity", str(given["chain_overhead"]))
    shop.pick("P1", "SHEET", str(given["links"]), "01-10")
    worked(shop, 1, 1, number(given["minutes"]) * number(given["cap_rate"]))
    month = shop.close()
    inputs = {name: number(month.wip(name, "inputs")) for name in ("PURCHASE", "SHEET", "CUT", "LABOH", "CHAIN")}
    return {
        "purchase_overhead": inputs["PURCHASE"], "actual_material": inputs["SHEET"], "actual_capacity": inputs["CUT"],
        "capacity_overhead": inputs["LABOH"], "mfg_overhead": inputs["CHAIN"],
        "variance": number(month.sum("wip_balances", "variance")) - inputs["PURCHASE"],
    }  # fmt: skip


def resources_in_process(given: Inputs) -> Figures:
    """Material at 1.00 apiece and conversion at 1.00 an hour, both counted at the end and kept."""
    shop = Shop(conversion_in_wip="retain")
    shop.book["costing_sheet"] = []
    shop.change("item_prices", "SHEET", unit_cost="1")
    shop.change("cost_category_prices", "CUT", hourly_rate="1")
    material = {name: given[f"rip_{name}"] - given[f"rip_{name}_conv"] for name in ("begin", "end")}
    hours = {name: given[f"rip_{name}_conv"] for name in ("begin", "end")}
    shop.add("opening_wip", OPENING, f"FLOW item SHEET MAT 2025-12-31 {material['begin']} 1 {material['begin']}")
    shop.add("opening_wip", OPENING, f"FLOW cost_category CUT LAB 2025-12-31 {hours['begin']} 1 {hours['begin']}")
    shop.pick("P1", "SHEET", str(given["materials_received"]), "01-10")
    shop.unit("COUNT", "KR-SHEET", str(material["end"]), "01-10", "01-31")
    shop.add("items", "item name item_type unit cost_group inventory_model_group", "WORK Work item h PROD STD")
    shop.activity("HOUR", "30", "process", "no", "no", "1")
    shop.rule("KR-WORK", "WORK", "manufacturing", "HOUR")
    shop.make("KR-WORK", "HOUR", str(hours["end"]), "01-31")
    month = shop.close()
    return {
        "rip_material_begin": number(month.wip("SHEET", "opening")), "rip_material_end": number(month.wip("SHEET", "after")),
        "backflush_from_rip": number(month.sum("realized_usage", "realized_amount", resource="SHEET")),
        "rip_conversion_adjust": number(month.wip("CUT", "after")) - number(month.wip("CUT", "opening")),
    }  # fmt: skip


TESTED: dict[str, Callable[[Inputs], Figures]] = {
    "E17": resources_in_process, "E20": resources_in_process, "E35": dining_table, "E39": bike_chain, "E42": plant_overhead,
    "E45": four_issues, "E49": queue, "E53": carried_residual, "E56": juice, "E57": three_materials, "E62": fixed_overhead,
    "E64": material_and_labour, "E68": input_variances,
}  # fmt: skip
TRIGGERS = "entries of purchase, completion and sale; a close knows what a flow takes and gives"
SOLD = "what is sold or in stock is no WIP of a flow"
SHARE = "a by-product leaves at its own standard and takes no share of the product's cost"
MIX = "no mix and yield: each material has its quantity variance"
EXPENSE = "expense against budget stays outside: overhead is applied at its rate"
PAYROLL = "conversion is applied at the standard rate; the payroll is not posted to a flow"
UNSAID: dict[str, dict[str, str]] = {
    "E01": {"*": TRIGGERS}, "E06": {"*": TRIGGERS}, "E07": {"*": TRIGGERS}, "E14": {"*": TRIGGERS},
    "E17": {"cogs_conversion_adjust": SOLD},
    "E20": {"backflush_fg_to_cogs": SOLD, "fg_conversion_adjust": SOLD, "cogs_adjusted": SOLD},
    "E35": {"main_product_with_75pct_byproduct": SHARE, "byproduct_unit": SHARE},
    "E47": {"*": "no negative layers: what is missing in WIP is a variance, and comes back when it is issued"},
    "E49": {"lifo_consumed_15": "first in first out only", "lifo_left": "first in first out only"},
    "E53": {"residual_entry": "the other policy: here the residual is carried forward"},
    "E57": {"mix": MIX, "yield_": MIX},
    "E62": {name: EXPENSE for name in ("capacity", "calendar", "volume", "expenditure", "total")},
    "E64": {"lab_rate": PAYROLL, "lab_total": PAYROLL},
}  # fmt: skip
"""Expected figures (`*`: all of an example) that neither a calculation nor a close gives, and why."""


def published(examples: Path) -> dict[str, Any]:
    return {row["id"]: row for row in json.loads((examples / "published.json").read_text(encoding="utf-8"))}


def test_every_published_example_is_computed_or_explained(examples: Path) -> None:
    assert TESTED.keys() | UNSAID.keys() == published(examples).keys()


@pytest.mark.parametrize("name", TESTED)
def test_a_published_figure_comes_out(name: str, examples: Path) -> None:
    example = published(examples)[name]
    expected, found = example["expected"], TESTED[name](example["inputs"])
    assert found.keys() | UNSAID.get(name, {}).keys() == expected.keys()
    for figure, value in found.items():
        if isinstance(value, list):
            assert value == json.loads(json.dumps(expected[figure]), parse_float=number), figure
        else:
            printed = number(expected[figure])
            assert value.quantize(Decimal("0.01"), ROUND_HALF_UP) == printed.quantize(Decimal("0.01")), figure
