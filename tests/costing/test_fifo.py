"""FIFO settlement, series by series: layers of 4, 6 and 5 at three prices, and what stays open."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from leancost.explain.flow import explain
from tests.books.small_book import BREAKDOWN, PICK, PRICE, UNIT, row, small_book
from tests.support.closes import close_rows
from tests.support.commands import write_folder
from tests.support.rows import Book, Rows

END = date(2026, 1, 31)


def layers(*issues: tuple[str, str], unused: str = "0", price: str = "2.00") -> Book:
    """Issues (quantity, day) of SHEET, of which `unused` still stands in a handling unit."""
    book = small_book()
    book["item_prices"][0]["unit_cost"] = price
    book["item_price_breakdown"] = []
    for number, (quantity, day) in enumerate(issues):
        book["picking_lines"].append(row(PICK, f"P{number}", "FLOW", "", "SHEET", quantity, day))
    if unused != "0":
        book["kanbans"].append(row(UNIT, "UNIT", "KR-SHEET", unused, "2025-12-30", "2025-12-31", ""))
    return book


def settled(book: Book) -> list[tuple[str, str]]:
    """Settled and open quantity of every layer, oldest first."""
    rows = close_rows(book, END)["settlements"]
    rows.sort(key=lambda line: (line["posting_date"], line["transaction"]))
    return [(short(line["settled_quantity"]), short(line["open_quantity"])) for line in rows]


def short(text: str) -> str:
    return format(Decimal(text).normalize(), "f")


THREE = (("4", "2026-01-05"), ("6", "2026-01-06"), ("5", "2026-01-07"))

SERIES = {
    "nothing settled": ("15", [("0", "4"), ("0", "6"), ("0", "5")]),
    "part of the first": ("14", [("1", "3"), ("0", "6"), ("0", "5")]),
    "exactly the first": ("11", [("4", "0"), ("0", "6"), ("0", "5")]),
    "into the second": ("8", [("4", "0"), ("3", "3"), ("0", "5")]),
    "all but a part of the last": ("0.5", [("4", "0"), ("6", "0"), ("4.5", "0.5")]),
    "exactly all": ("0", [("4", "0"), ("6", "0"), ("5", "0")]),
    "more is counted than is there": ("99", [("0", "4"), ("0", "6"), ("0", "5")]),
}


@pytest.mark.parametrize("name", SERIES)
def test_the_oldest_layers_are_settled_first(name: str) -> None:
    unused, expected = SERIES[name]
    assert settled(layers(*THREE, unused=unused)) == expected


def test_no_layer_settles_nothing() -> None:
    assert settled(layers(unused="5")) == []


def test_layers_of_one_day_are_settled_in_the_order_of_their_transactions() -> None:
    assert settled(layers(("4", "2026-01-05"), ("6", "2026-01-05"), unused="6")) == [("4", "0"), ("0", "6")]


def test_a_return_consumes_the_oldest_layer_like_usage() -> None:
    assert settled(layers(*THREE, ("-5", "2026-01-08"), unused="10")) == [("4", "0"), ("1", "5"), ("0", "5")]


def amounts(book: Book, end: date = END, start: date | None = None) -> list[tuple[str, str, str]]:
    rows = close_rows(book, end, start)["settlements"]
    rows.sort(key=lambda line: (line["posting_date"], line["transaction"]))
    return [(line["amount"], line["settled_amount"], line["open_amount"]) for line in rows]


def test_a_split_layer_keeps_its_cents_together() -> None:
    book = layers(("3", "2026-01-05"), unused="2", price="3.333333")
    assert amounts(book) == [("10.000", "3.330", "6.670")]


def test_what_stays_open_never_exceeds_the_layer() -> None:
    book = layers(("3", "2026-01-05"), unused="2.999999", price="0.005")
    assert amounts(book) == [("0.020", "0.010", "0.010")] or amounts(book) == [("0.020", "0.000", "0.020")]


def test_a_layer_brought_forward_enters_with_what_was_open() -> None:
    book = layers(("3", "2026-01-05"), unused="2", price="3.333333")
    assert amounts(book, date(2026, 2, 28), date(2026, 2, 1)) == [("6.670", "0.000", "6.670")]


def test_opening_layers_come_before_issues_in_the_order_of_their_days() -> None:
    book = layers(("6", "2026-01-05"), unused="7")
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    for day in ("2025-12-31", "2025-12-20"):
        book["opening_wip"].append(row(names, *f"FLOW item SHEET MAT {day} 2 2 4".split()))
    assert settled(book) == [("2", "0"), ("1", "1"), ("0", "6")]


def test_quantities_of_settlements_are_the_usage() -> None:
    result = close_rows(layers(*THREE, ("-5", "2026-01-08"), unused="8"), END)
    total = sum(Decimal(line["settled_quantity"]) for line in result["settlements"])
    net: Rows = result["net_realized_usage"]
    assert total == Decimal(net[0]["realized_quantity"]) + Decimal(net[0]["returned_quantity"])


def regrouped(unused: str) -> Book:
    """SHEET gets a new standard in another cost group while nothing of it stands in WIP; a unit arrives later."""
    book = layers(("4", "2026-01-05"), ("6", "2026-01-20"))
    book["cost_groups"].append(row("cost_group name cost_group_type", "MET", "Metal", "direct_material"))
    book["item_prices"].append(row(PRICE, "STD", "SHEET", "1", "2026-01-12", "2.00", "active"))
    line = row(BREAKDOWN, "STD", "SHEET", "1", "2026-01-12", "item", "SHEET", "MET", "1", "2.00", "0", "2.00")
    book["item_price_breakdown"] = [*small_book()["item_price_breakdown"], line]
    book["kanbans"].append(row(UNIT, "UNIT", "KR-SHEET", unused, "2026-01-21", "2026-01-21", ""))
    return book


REGROUPED = {
    "within the newer layer": ("5", [("4", "0"), ("1", "5")], {"MET": "10.00"}, "MET = settled 1 − returned 0 = 1"),
    "beyond the newer layer": ("8", [("2", "2"), ("0", "6")], {"MET": "12.00", "MAT": "4.00"}, "newer layers 6"),
}


@pytest.mark.parametrize("name", REGROUPED)
def test_layers_in_several_cost_groups_are_one_series(name: str, tmp_path: Path) -> None:
    unused, expected, after, explained = REGROUPED[name]
    book = regrouped(unused)
    assert settled(book) == expected
    rows = close_rows(book, END)
    kept = {line["cost_group"]: line["after"] for line in rows["wip_balances"] if Decimal(line["after"])}
    assert {group: Decimal(amount) for group, amount in kept.items()} == {
        group: Decimal(amount) for group, amount in after.items()
    }
    assert explained in explain(write_folder(book, tmp_path), end=END, flow="FLOW", resource="SHEET").text()
    next_month = close_rows(book, date(2026, 2, 28), date(2026, 2, 1))
    (usage,) = next_month["net_realized_usage"]
    assert Decimal(usage["opening_quantity"]) == Decimal(usage["unused_quantity"]) == Decimal(unused)
    assert {line["cost_group"]: Decimal(line["after"]) for line in next_month["wip_balances"]} == {
        group: Decimal(amount) for group, amount in after.items()
    }


def test_an_overhead_per_unit_counts_a_layer_once_whatever_its_cost_groups() -> None:
    book = regrouped("8")
    names = "node node_type cost_group base_cost_groups basis sequence"
    book["costing_sheet"].append(row(names, "HANDLING", "input_unit", "OVH", "MAT;MET", "quantity", "7"))
    book["indirect_rates"].append(
        row("costing_version node site from_date rate status", "STD", "HANDLING", "1", "2025-01-01", "0.25", "active")
    )
    (kept,) = [line for line in close_rows(book, END)["wip_balances"] if line["resource"] == "HANDLING"]
    assert Decimal(kept["after"]) == Decimal("2.00")  # 8 pieces at 0.25
    book["costing_sheet"][-1]["base_cost_groups"] = "MET"
    (kept,) = [line for line in close_rows(book, END)["wip_balances"] if line["resource"] == "HANDLING"]
    assert Decimal(kept["after"]) == Decimal("1.50")  # the 6 that lie there
