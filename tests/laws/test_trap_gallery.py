"""The trap gallery: what users of other programs reported as wrong comes out right here.

Each test names the public report it answers; figures are the report's own where it gives any. RAW costs 2.00 unless a
test says otherwise, and where only material matters nothing is worked on.
"""

import pytest

from tests.books.plant import DAY, line, lines, lines_of, made, plant, refusal, ruled, unit_cost
from tests.books.shop import Shop
from tests.books.small_book import ACCOUNTS
from tests.support.rows import Book

WIP_ACCOUNTS = [f"9{place:03}" for place, kind in enumerate(ACCOUNTS) if kind in ("wip_estimated", "wip")]


def store(raw: str = "2") -> Book:
    """The plant with RAW at a price, and packing without work."""
    book = plant()
    book["item_prices"][0]["unit_cost"] = raw
    for activity in book["activities"]:
        activity["run_time_hours"] = "0"
    return book


def packed(book: Book, **boms: str) -> None:
    """Products received into inventory, from the bottom up: `SUB="RAW 1; GLUE 2 / 10"` is for 10 units."""
    for item, text in boms.items():
        components, _, units = text.partition("/")
        made(book, item, *(part.strip() for part in components.split(";")), units=units.strip() or "1")
        ruled(book, item, "PACK")


# Batches and levels


def test_a_sub_assembly_made_in_a_batch_is_divided_by_it_and_not_multiplied() -> None:
    """ERPNext #52149, Axelor #14792: 142.78 of material makes 300 pieces of 0.4759, not of 142.78 each."""
    book = store()
    packed(book, SUB="RAW 71.39 / 300", TOP="SUB 300")
    # 71.39 / 300 = 0.237966667 x 2.00 = 0.475933; x 300
    assert [str(unit_cost(book, item)) for item in ("SUB", "TOP")] == ["0.475933", "142.779900"]


def test_costs_are_multiplied_by_the_parent_s_quantity() -> None:
    """ERPNext #41617: 12 x 150.64 and 10 x 59.756 are 2405.24, not the sum of single pieces."""
    book = store()
    packed(book, LEFT="RAW 75.32", RIGHT="RAW 29.878", TOP="LEFT 12; RIGHT 10")
    assert str(unit_cost(book, "TOP")) == "2405.240000"


def test_costs_are_multiplied_by_the_parent_s_quantity_once() -> None:
    """Odoo #25431: a line of 2 of a product of 10.00 is 20.00, not 40.00."""
    book = store("10")
    packed(book, SUB="RAW 1", TOP="SUB 2")
    assert str(unit_cost(book, "TOP")) == "20.000000"


def test_a_batch_on_the_lowest_of_three_levels_is_divided_once() -> None:
    """Odoo #103796: 2 pieces of 1 component at 5, passed through two more levels, cost 2.50, not 1.25."""
    book = store("5")
    packed(book, P1="RAW 1 / 2", P2="P1 1", P3="P2 1")
    assert str(unit_cost(book, "P3")) == "2.500000"


def test_a_third_passed_through_three_levels_stays_a_third() -> None:
    """Odoo #101277: 3 pieces of 1 component at 10 cost 3.33 two levels up, not 1.11."""
    book = store("10")
    packed(book, M3="RAW 1 / 3", M2="M3 1", M1="M2 1")
    assert str(unit_cost(book, "M1")) == "3.333333"


def test_batches_on_every_level_take_what_they_need() -> None:
    """Odoo #33115: 100 finished of 10, of 10, of 10 raw at 5 cost 50, not 500."""
    book = store("5")
    packed(book, ASSEMBLY="RAW 10 / 10", SEMI="ASSEMBLY 10 / 10", FINISHED="SEMI 10 / 100")
    assert str(unit_cost(book, "FINISHED")) == "0.500000"


def test_a_recipe_in_parts_of_a_hundred_gives_a_unit_its_hundredth() -> None:
    """Odoo #27222, Dolibarr #35371: 5.5 kg of a mix given for 100 kg takes 5.5 kg of it, not 550."""
    book = store()
    packed(book, MIX="RAW 95; GLUE 5 / 100")
    made(book, "TOP", "MIX 5.5 line_type=phantom")
    ruled(book, "TOP", "PACK")
    # 0.95 x 5.5 and 0.05 x 5.5
    assert lines_of(book, "TOP") == lines("RAW MAT 5.225 2 0 10.45", "GLUE MAT 0.275 0.005 0 0.001375")


def test_a_pack_of_six_is_not_taken_six_times_again() -> None:
    """Odoo #223730: 6 pieces of 6 components at 5 and at 10 cost 90, not 540."""
    book = store("15")
    packed(book, P1="RAW 6 / 6", PACK6="P1 6")
    assert str(unit_cost(book, "PACK6")) == "90.000000"


def test_a_sub_assembly_used_along_several_ways_counts_along_each() -> None:
    """ERPNext #57311 (rows of shared sub-assemblies mixed): the same part under two parents keeps its own material in both: 1 + 2 x 3 of it."""
    book = store()
    for item, component in (("SHARED", "RAW 1"), ("LEFT", "SHARED 1"), ("RIGHT", "SHARED 3")):
        made(book, item, component)
        ruled(book, item, "CUT-IT")
    packed(book, TOP="LEFT 1; RIGHT 2")
    assert lines_of(book, "TOP") == lines("RAW MAT 7 2 0 14")


def test_losses_multiply_along_the_levels() -> None:
    """Dolibarr #29042: the loss of a sub-assembly counts inside the loss of its parent: 3 x 1.05 of 2 x 1.1."""
    book = store()
    made(book, "SUB", "RAW 2 variable_scrap=0.1")
    ruled(book, "SUB", "CUT-IT")
    made(book, "TOP", "SUB 3 variable_scrap=0.05")
    ruled(book, "TOP", "PACK")
    assert lines_of(book, "TOP") == lines("RAW MAT 6.93 2 0 13.86")


# Kits, units, variants, cycles


def test_a_kit_in_a_kit_multiplies_its_quantities() -> None:
    """Odoo #51592: 2 kits of 1 arm and 2 bolts are 2 arms and 4 bolts, not 2 bolts."""
    book = store()
    made(book, "ARMS", "RAW 1", "GLUE 2")
    made(book, "SEAT", "ARMS 2 line_type=phantom")
    made(book, "CHAIR", "SEAT 1 line_type=phantom")
    ruled(book, "CHAIR", "PACK")
    assert lines_of(book, "CHAIR") == lines("RAW MAT 2 2 0 4", "GLUE MAT 4 0.005 0 0.02")


def test_a_kit_of_a_dozen_costs_a_dozen() -> None:
    """Odoo #77607: a kit of a dozen at 10 costs 120, not 10; quantities are in the unit of inventory."""
    book = store("10")
    made(book, "KIT", "RAW 12")
    made(book, "TOP", "KIT 1 line_type=phantom")
    ruled(book, "TOP", "PACK")
    assert str(unit_cost(book, "TOP")) == "120.000000"


def test_minutes_of_an_hourly_rate_are_sixtieths() -> None:
    """Dolibarr #30103: 5 minutes at 100 an hour are 8.33, not 500."""
    book = store()
    book["activities"][1] |= {"run_time_hours": "5", "run_time_quantity": "60"}
    book["cost_category_prices"][0]["hourly_rate"] = "100"
    packed(book, TOP="RAW 1")
    # 5 / 60 = 0.083333333 h
    assert line("CUT LAB 0.083333333 100 0 8.333333") in lines_of(book, "TOP")


def test_a_variant_costs_its_own_lines_and_not_those_of_all_variants() -> None:
    """Odoo #199264: a black drawer costs 10 and a white one 20; neither costs 30."""
    book = store("10")
    packed(book, BLACK="RAW 1", WHITE="RAW 2")
    for item in book["items"]:
        item["product_master"] = "DRAWER" if item["item"] in ("BLACK", "WHITE") else ""
    book["items"].append(book["items"][-1] | {"item": "DRAWER", "product_master": ""})
    assert [str(unit_cost(book, item)) for item in ("BLACK", "WHITE")] == ["10.000000", "20.000000"]


@pytest.mark.parametrize("component, members", [("TOP", {"TOP"}), ("SUB", {"SUB", "TOP"})], ids=["itself", "its part"])
def test_a_cycle_is_refused_along_its_path(component: str, members: set[str]) -> None:
    """ERPNext #26747, Odoo #132477: a product that is made of itself, or of a part that is made of it, is told at once."""
    book = store()
    packed(book, SUB="TOP 1", TOP=f"{component} 1")
    (said,) = refusal(book)
    path = said.partition("form a cycle: ")[2].partition(".")[0]
    assert set(path.split(" > ")) == members


# Small figures and old prices


def test_small_quantities_keep_their_decimals_through_the_levels() -> None:
    """ERPNext #37953: 0.311 of 0.0275 are 0.0085525; a million pieces hold 8552.5, not 8000."""
    book = store()
    made(book, "B", "RAW 0.0275")
    ruled(book, "B", "CUT-IT")
    made(book, "A", "B 0.311")
    ruled(book, "A", "PACK")
    # 0.0085525 x 2.00
    assert lines_of(book, "A") == lines("RAW MAT 0.0085525 2 0 0.017105")
    shop = Shop()
    shop.change("bom_lines", "B-PART", quantity="0.0275")
    shop.change("bom_lines", "B-CRATE", "PART", quantity="0.311")
    shop.rule("KR-WAIT", "CRATE", "manufacturing", "COAT")
    shop.unit("K1", "KR-WAIT", "1000000", "01-05", received="01-20")
    assert "SHEET finished K1 8552.5" in shop.close().unused()


def test_prices_below_a_cent_are_not_rounded_to_cents() -> None:
    """ERPNext #17271, Dolibarr #35743: a price of 0.00123 stays, and nothing is rounded on the way up."""
    book = store("0.00123")
    packed(book, SUB="RAW 1", MIDDLE="SUB 10", TOP="MIDDLE 100")
    assert str(unit_cost(book, "TOP")) == "1.230000"


def test_a_new_price_reaches_every_level_in_one_calculation() -> None:
    """ERPNext #1907, #1357: the top changes with its part, without being calculated again and again."""
    book = store()
    packed(book, SUB="RAW 1", MIDDLE="SUB 1", TOP="MIDDLE 1")
    book["item_prices"].append(book["item_prices"][0] | {"from_date": str(DAY), "unit_cost": "2.50"})
    assert str(unit_cost(book, "TOP")) == "2.500000"


# What a production leaves behind


def test_a_production_costs_what_its_bom_costs() -> None:
    """Dolibarr #22638: the cost of what is made is that of its BOM, not twice as much."""
    shop = Shop()
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.make("KR-BOX", "MAKE", "4", "01-10")
    month = shop.close()
    assert month.sum("product_receipts", "amount") == "29.2"
    assert (month.sum("wip_balances", "inputs"), month.tables["variances"]) == ("29.2", [])


def test_no_residue_stays_in_wip_where_issues_and_receipts_have_other_prices() -> None:
    """metasfresh #24743, #25466: what issues cost more than the product's standard is a variance, not a rest in WIP."""
    shop = Shop()
    shop.price("SHEET", "2.50", "01-05", site="1")
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.make("KR-BOX", "MAKE", "4", "01-10")
    month = shop.close()
    # 8 x (2.50 - 2.00)
    assert month.variances("SHEET") == {"price": "4"}
    assert month.sum("wip_balances", "after") == "0"
    assert [month.sum("ledger_balances", "closing", main_account=account) for account in WIP_ACCOUNTS] == ["0", "0"]


def test_no_cents_stay_behind_when_nothing_is_left() -> None:
    """Odoo #191547: once the last piece is used nothing is left of the value, however it was rounded before."""
    shop = Shop()
    shop.price("SHEET", "3.333333", "2025-06-01", site="1")
    shop.unit("U1", "KR-SHEET", "1", "01-05", received="01-05", emptied="02-10")
    shop.pick("P1", "SHEET", "3", "01-10")
    january, february = shop.close(), shop.close("02-28", "02-01")
    # 10.00: 1 open at 3.33, settled 6.67; then 3.33
    assert (january.wip("SHEET"), february.wip("SHEET")) == ("10 6.67 3.33", "3.33 3.33 0")


def test_a_loss_raises_no_unit_cost_and_is_told_as_a_variance() -> None:
    """ERPNext #33094: of 97 begun 96 are good: each is worth its standard, and the lost one is a quantity variance."""
    shop = Shop()
    shop.pick("P1", "SHEET", "194", "01-10")
    shop.unit("K1", "KR-BOX", "97", "01-10")
    shop.job("J1", "K1", "MAKE", "01-10", "96", error="1")
    month = shop.close()
    # 96 x 7.30; lost: 2 x 2.00, 0.1 h x 30.00, 10 % of 3.00
    assert month.sum("product_receipts", "amount") == "700.8"
    assert [month.variances(name) for name in ("SHEET", "CUT", "LABOH")] == [
        {"quantity": "4"},
        {"quantity": "3"},
        {"quantity": "0.3"},
    ]


def test_a_dear_by_product_leaves_the_product_s_cost_alone() -> None:
    """Odoo #25081, ERPNext #59038: scrap worth more than the material makes no product cost negative."""
    shop = Shop()
    shop.price("SWARF", "1000", "2025-06-01", site="1")
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.make("KR-BOX", "MAKE", "4", "01-10", name="K1")
    shop.make("KR-SWARF", "BACK", "1", "01-10", name="K2")
    month = shop.close()
    assert month.sum("product_receipts", "amount", item="BOX") == "29.2"
    assert (month.variances("SWARF"), month.variances("SHEET")) == ({"quantity": "-1000"}, {})
