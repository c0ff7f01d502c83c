"""Edge cases of what is posted and how a variance is named: scrap, returns, standards, rates, services, sites, rounding.

Every figure is worked out beside its assertion; the shop's prices stand in tests/books/shop.py.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from leancost.views.results import read_period
from tests.books.shop import Shop
from tests.support.cases import case


@case(9)
def test_errors_are_charged_for_conversion_and_not_received() -> None:
    shop = Shop()
    shop.pick("P1", "SHEET", "10", "01-10")
    shop.unit("K1", "KR-BOX", "5", "01-10")
    shop.job("J1", "K1", "MAKE", "01-10", "4", error="1")
    month = shop.close()
    # 5 x 0.1 h charged, 4 boxes received: 0.1 h x 30.00 and 2 sheets too many, and the overhead on the hours
    assert "conversion CUT LAB 0.5 30 15" in month.posted("kanban_jobs:J1")
    assert month.sum("product_receipts", "quantity", item="BOX") == "4"
    assert month.variances("CUT") == {"quantity": "3"}
    assert month.variances("SHEET") == {"quantity": "4"}
    assert month.variances("LABOH") == {"quantity": "0.3"}


@case(9)
def test_services_of_a_unit_in_process_are_those_of_the_good_quantity() -> None:
    shop = Shop()
    shop.unit("K1", "KR-PART", "4", "01-10")
    shop.job("J1", "K1", "COAT", "01-12", "3", error="1")
    assert shop.close().unused() == ["PAINT in_process K1 3"]


@case(10)
@pytest.mark.parametrize("picked, variances", [("8.4", {}), ("8", {"quantity": "-0.8"})], ids=["with scrap", "without"])
def test_picking_without_the_scrap_of_the_standard_is_favourable(picked: str, variances: dict[str, str]) -> None:
    shop = Shop()
    # 2 sheets and 5 % scrap: 2.1 x 2.00 = 4.20
    shop.change("item_price_breakdown", "BOX", "SHEET", quantity="2.1", cost="4.20")
    shop.change("item_prices", "BOX", unit_cost="7.50")
    shop.pick("P1", "SHEET", picked, "01-10")
    shop.make("KR-BOX", "MAKE", "4", "01-10")
    assert shop.close().variances("SHEET") == variances


@case(10)
def test_content_of_a_unit_holds_no_scrap_and_no_constant_lines() -> None:
    shop = Shop()
    shop.change("bom_lines", "B-PART", variable_scrap="0.05", constant_scrap="3")
    shop.book["bom_lines"].append(
        {"bom": "B-PART", "line": "2", "component": "NAIL", "quantity": "9", "consumption": "constant"}
    )
    shop.unit("K1", "KR-PART", "4", "01-05", received="01-20")
    assert shop.close().unused() == ["PAINT semi_finished K1 4", "SHEET semi_finished K1 8"]


@case(11)
def test_a_reversed_picking_mirrors_its_amounts_and_overhead() -> None:
    shop = Shop()
    shop.node("MATOH", "surcharge", "MAT", "value", "0.05")
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.pick("P2", "SHEET", "-8", "01-12")
    month = shop.close()
    assert month.posted("picking_lines:P1") == ["material_issue SHEET MAT 8 2 16", "indirect MATOH OVH 16 0.05 0.8"]
    assert month.posted("picking_lines:P2") == [
        "material_return SHEET MAT -8 2 -16",
        "indirect MATOH OVH -16 0.05 -0.8",
    ]
    assert month.sum("wip_balances", "before") == "0"


@case(11)
def test_a_picking_reversed_after_its_close_flows_through_realized_usage() -> None:
    shop = Shop()
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.pick("P2", "SHEET", "-8", "02-02")
    january, february = shop.close(), shop.close("02-28", "02-01")
    assert (january.net("SHEET"), january.wip("SHEET")) == ("0 0 8", "16 16 0")
    assert (february.net("SHEET"), february.wip("SHEET")) == ("0 0 -8", "-16 -16 0")


@case(12)
def test_a_new_standard_revalues_what_is_unused_on_its_eve_and_nothing_that_was_consumed() -> None:
    shop = Shop()
    shop.price("SHEET", "2.50", "01-16", site="1")
    shop.unit("U1", "KR-SHEET", "10", "01-05")
    shop.job("M1", "U1", "MOVE", "01-05", "10")
    shop.pick("P1", "SHEET", "4", "01-08")
    shop.make("KR-BOX", "MAKE", "2", "01-10")
    month = shop.close()
    assert [(run["purpose"], run["end"]) for run in month.tables["runs"]] == [
        ("eve", "2026-01-15"),
        ("period", "2026-01-31"),
    ]
    # 10 unused x 0.50; the 4 sheets of the two boxes are gone
    assert month.posted("item_prices:STD/SHEET/1/2026-01-16") == ["revaluation SHEET MAT 0 2.5 5"]
    assert month.wip("SHEET", "opening revaluation before variance after") == "20 5 25 0 25"


@case(12)
def test_outputs_keep_the_standard_of_their_day_and_an_older_component_price_is_a_price_variance() -> None:
    shop = Shop()
    shop.price("SHEET", "2.50", "01-16", site="1")
    shop.pick("P1", "SHEET", "8", "01-20")
    shop.make("KR-BOX", "MAKE", "4", "01-20")
    month = shop.close()
    # 8 x 2.50 used, 8 x 2.00 allowed by the box's standard of 2025: 8 x (2.50 - 2.00)
    assert month.variances("SHEET") == {"price": "4"}


@case(13)
@pytest.mark.parametrize(
    "ends, unused",
    [("", ["PAINT in_process K1 4", "SHEET in_process K1 8"]), ("2026-01-09", ["SHEET in_process K1 8"])],
    ids=["the first active rule coats", "once it has ended the next does not"],
)
def test_the_first_active_rule_says_what_was_done_to_a_part_inside_a_unit(ends: str, unused: list[str]) -> None:
    shop = Shop()
    shop.change("kanban_rules", "KR-PART", effective_to=ends)
    shop.rule("A-PART", "PART", "manufacturing", "FOLD", effective_from="2025-06-01")
    shop.unit("K1", "KR-CRATE", "4", "01-10")
    shop.pick("P1", "PART", "4", "01-10", kanban="K1", updates="no")
    assert shop.close().unused() == unused


@case(15)
def test_a_product_without_breakdown_is_deducted_under_itself() -> None:
    shop = Shop()
    shop.book["item_price_breakdown"] = [line for line in shop.book["item_price_breakdown"] if line["item"] != "BOX"]
    shop.make("KR-BOX", "MAKE", "4", "01-10")
    month = shop.close()
    # 4 x 7.30
    assert month.posted("kanban_jobs:K") == [
        "conversion CUT LAB 0.4 30 12", "product_receipt BOX PROD -4 7.3 -29.2", "indirect LABOH OVH 12 0.1 1.2",
    ]  # fmt: skip
    assert "W03 BOX" in month.warned()


@case(16)
def test_a_by_product_leaves_at_its_own_standard_and_takes_no_cost_of_the_product() -> None:
    shop = Shop()
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.make("KR-BOX", "MAKE", "4", "01-10", name="K1")
    shop.make("KR-SWARF", "BACK", "2", "01-10", name="K2")
    month = shop.close()
    assert month.posted("kanban_jobs:K2") == ["product_receipt SWARF MAT -2 0.25 -0.5"]
    # nothing of it was ever put in: 2 x 0.25 in favour of the flow
    assert month.variances("SWARF") == {"quantity": "-0.5"}
    assert (month.variances("SHEET"), month.sum("product_receipts", "amount", item="BOX")) == ({}, "29.2")


@case(17)
def test_material_put_back_reduces_usage_and_the_overhead_on_it() -> None:
    shop = Shop()
    shop.node("PIECE", "input_unit", "MAT", "quantity", "0.1")
    shop.pick("P1", "SHEET", "10", "01-05")
    shop.make("KR-BACK", "BACK", "3", "01-10")
    month = shop.close()
    assert month.posted("kanban_jobs:K") == ["material_return SHEET MAT -3 2 -6", "indirect PIECE OVH -3 0.1 -0.3"]
    assert month.net("SHEET", "issued returned realized") == "10 3 7"
    assert month.tables["product_receipts"] == []


@case(25)
def test_flows_that_share_a_wip_account_are_kept_apart_in_the_ledger() -> None:
    shop = Shop()
    shop.change("production_flows", "MILL", production_group="PG")
    shop.book["posting_profile"] = [
        line for line in shop.book["posting_profile"] if not line["posting_type"].startswith("wip")
    ]
    shop.pick("P1", "SHEET", "3", "01-05", kanban="K1")
    shop.unit("K1", "KR-PART", "4", "01-05")
    shop.pick("P2", "SHEET", "5", "01-05", kanban="K2", flow="MILL")
    shop.unit("K2", "KR-GEAR", "5", "01-05")
    ledger = shop.close().rows("ledger_balances", main_account="1410")
    assert {line["production_flow"]: line["closing"] for line in ledger} == {"FLOW": "6.000", "MILL": "10.000"}


@case(32)
def test_a_transfer_costs_nothing_for_its_run_time() -> None:
    shop = Shop()
    shop.change("activities", "INSIDE", run_time_hours="0.5", resource_group="CELL")
    shop.add("kanban_rules", "kanban_rule production_flow item kanban_type replenishment_strategy first_activity last_activity"
             " quantity", "KR-IN FLOW SHEET withdrawal fixed INSIDE INSIDE 10")  # fmt: skip
    shop.make("KR-IN", "INSIDE", "10", "01-10")
    assert shop.close().tables["wip_transactions"] == []


@case(33)
def test_a_service_bought_per_job_varies_with_the_size_of_the_job() -> None:
    shop = Shop()
    # one service a kanban of 4 is 0.25 a crate: 2 crates allow half a service, a whole one was bought
    shop.change("item_price_breakdown", "CRATE", "PAINT", quantity="0.25", cost="0.375")
    shop.change("item_prices", "CRATE", unit_cost="12.975")
    shop.service("S1", "1", "1.50", "01-10")
    shop.make("KR-CRATE", "MAKE", "2", "01-12")
    assert shop.close().variances("PAINT") == {"quantity": "0.75"}


@case(34)
def test_an_invoice_of_a_closed_period_s_service_is_a_price_variance_of_its_own_period() -> None:
    shop = Shop()
    shop.service("S1", "4", "1.50", "01-10")
    shop.make("KR-CRATE", "MAKE", "4", "01-12")
    shop.invoice("I1", "S1", "4", "1.75", "02-10")
    assert shop.close().variances("PAINT") == {}
    february = shop.close("02-28", "02-01")
    assert february.posted("service_invoices:I1") == ["service PAINT OUT - 0.25 1"]
    assert february.variances("PAINT") == {"price": "1"}


@case(35)
def test_services_and_jobs_are_independent() -> None:
    shop = Shop()
    shop.service("S1", "4", "1.50", "01-10")
    shop.unit("K1", "KR-PART", "4", "02-02")
    shop.job("J1", "K1", "COAT", "02-05", "4")
    january, february = shop.close(), shop.close("02-28", "02-01")
    # received and nothing coated: all of it is used up; coated and nothing received: nothing is kept
    assert (january.net("PAINT"), january.variances("PAINT")) == ("0 0 4", {"quantity": "6"})
    assert (february.net("PAINT"), february.wip("PAINT")) == ("0 4 0", "0 0 0")


@case(36)
def test_a_new_rate_values_what_is_kept_and_the_difference_is_a_price_variance() -> None:
    shop = Shop()
    shop.node("MATOH", "surcharge", "MAT", "value", "0.1")
    shop.rate("MATOH", "0.2", "01-16")
    shop.add("item_price_breakdown", "costing_version item site from_date resource_type resource cost_group quantity unit_price"
             " charge cost", "STD BOX 1 2025-01-01 costing_sheet_node MATOH OVH 4 0.1 0 0.40")  # fmt: skip
    shop.unit("U1", "KR-SHEET", "10", "01-05")
    shop.job("M1", "U1", "MOVE", "01-05", "10")
    month = shop.close()
    # charged 20.00 x 0.1, kept 20.00 x 0.2: a base of nothing was used, 2.00 - 4.00 is price
    assert (month.wip("MATOH"), month.variances("MATOH")) == ("2 -2 4", {"price": "-2"})


@case(37)
def test_overhead_on_services_follows_receipt_invoice_and_what_is_kept() -> None:
    shop = Shop()
    shop.node("BUYING", "surcharge", "OUT", "value", "0.1")
    shop.service("S1", "4", "1.60", "01-10")
    shop.invoice("I1", "S1", "4", "1.65", "01-20")
    shop.unit("K1", "KR-PART", "4", "01-05")
    shop.job("J1", "K1", "COAT", "01-12", "4")
    month = shop.close()
    assert month.posted("service_receipts:S1") == ["service PAINT OUT 4 1.6 6.4", "indirect BUYING OVH 6.4 0.1 0.64"]
    assert month.posted("service_invoices:I1") == ["service PAINT OUT - 0.05 0.2", "indirect BUYING OVH 0.2 0.1 0.02"]
    # kept: 4 x 1.50 = 6.00, and 10 % of it
    assert (month.wip("PAINT"), month.wip("BUYING")) == ("6.6 0.6 6", "0.66 0.06 0.6")


@case(39)
def test_a_flow_is_valued_at_its_own_site_and_stock_moved_between_sites_touches_no_wip() -> None:
    shop = Shop()
    shop.add("sites", "site name", "2 North")
    shop.change("production_flows", "FLOW", site="2")
    shop.change("cost_category_prices", "CUT", site="")
    for table in ("item_prices", "item_price_breakdown", "indirect_rates"):
        for line in shop.book[table]:
            line["site"] = ""
    shop.price("SHEET", "2.20", site="2")
    shop.add("kanban_rules", "kanban_rule production_flow item kanban_type replenishment_strategy first_activity last_activity"
             " quantity", "KR-STOCK FLOW SHEET withdrawal fixed STOCK STOCK 10")  # fmt: skip
    shop.pick("P1", "SHEET", "10", "01-10")
    shop.pick("P2", "SHEET", "10", "01-10", flow="MILL")
    shop.make("KR-STOCK", "STOCK", "10", "01-10")
    month = shop.close()
    assert month.posted("picking_lines:P1") == ["material_issue SHEET MAT 10 2.2 22"]
    assert month.posted("picking_lines:P2") == ["material_issue SHEET MAT 10 2 20"]
    assert month.posted("kanban_jobs:K") == []


@case(40)
def test_variants_are_used_each_for_itself_and_borrow_the_price_of_their_master() -> None:
    shop = Shop()
    for variant in ("SHEET-R", "SHEET-B"):
        shop.add("items", "item name item_type product_master unit cost_group inventory_model_group",
                 f"{variant} Sheet item SHEET pc MAT STD")  # fmt: skip
    shop.price("SHEET-B", "2.10", "2024-01-01")
    shop.pick("P1", "SHEET-R", "3", "01-10")
    shop.pick("P2", "SHEET-B", "3", "01-10")
    month = shop.close()
    # the master's 2.00; an own record, older and for all sites, beats the master's
    assert month.posted("picking_lines:P1") == ["material_issue SHEET-R MAT 3 2 6"]
    assert month.posted("picking_lines:P2") == ["material_issue SHEET-B MAT 3 2.1 6.3"]
    assert (month.net("SHEET-R"), month.net("SHEET-B"), month.net("SHEET")) == ("0 0 3", "0 0 3", "0 0 0")


@case(41)
def test_what_an_ended_rule_made_still_stands_in_the_flow() -> None:
    shop = Shop()
    shop.change("kanban_rules", "KR-PART", effective_to="2026-01-15")
    shop.rule("KR-PART-2", "PART", "manufacturing", "PRESS", effective_from="2026-01-16")
    shop.unit("K1", "KR-PART", "4", "01-05", received="01-10")
    shop.unit("K2", "KR-PART-2", "4", "01-16", received="01-20")
    assert shop.close().unused() == [
        "PAINT semi_finished K1 4", "SHEET semi_finished K1 8", "SHEET semi_finished K2 8",
    ]  # fmt: skip


@case(42)
def test_what_rounding_leaves_is_told_apart() -> None:
    shop = Shop()
    shop.price("SHEET", "0.333333", "2025-06-01", site="1")
    for name in ("P1", "P2", "P3"):
        shop.pick(name, "SHEET", "1", "01-10")
    month = shop.close()
    # three lines of 0.33; 3 x 0.333333 = 0.999999 is 1.00 of quantity
    assert (month.wip("SHEET"), month.variances("SHEET")) == ("0.99 0.99 0", {"quantity": "1", "rounding": "-0.01"})


@case(43)
def test_a_bom_for_a_dozen_is_exploded_per_piece() -> None:
    shop = Shop()
    shop.change("boms", "B-PART", quantity="12")
    shop.change("bom_lines", "B-PART", quantity="30")
    shop.unit("K1", "KR-PART", "4", "01-05", received="01-20")
    # 4 x 30 / 12
    assert "SHEET semi_finished K1 10" in shop.close().unused()


@case(44)
def test_a_new_cost_group_moves_what_stands_in_wip_by_revaluation() -> None:
    shop = Shop()
    shop.add("cost_groups", "cost_group name cost_group_type", "SHT Sheets direct_material")
    shop.price("SHEET", "2.00", "01-16", site="1")
    shop.add("item_price_breakdown", "costing_version item site from_date resource_type resource cost_group quantity unit_price"
             " charge cost", "STD SHEET 1 2026-01-16 item SHEET SHT 1 2.00 0 2.00")  # fmt: skip
    shop.unit("U1", "KR-SHEET", "10", "01-05")
    shop.job("M1", "U1", "MOVE", "01-05", "10")
    month = shop.close()
    columns = "opening revaluation before variance after"
    assert month.wip("SHEET", columns, cost_group="MAT") == "20 -20 0 0 0"
    assert month.wip("SHEET", columns, cost_group="SHT") == "0 20 20 0 20"


@case(45)
def test_an_item_no_product_is_made_of_is_substitution() -> None:
    shop = Shop()
    shop.add("items", "item name item_type unit cost_group inventory_model_group", "RIVET Rivet item pc MAT STD")
    shop.price("RIVET", "0.30")
    shop.pick("P1", "RIVET", "10", "01-10")
    assert shop.close().variances("RIVET") == {"substitution": "3"}


@case(47)
def test_pending_and_planned_prices_are_never_posted() -> None:
    shop = Shop()
    shop.add("costing_versions", "costing_version costing_type", "PLAN planned")
    shop.price("SHEET", "9.00", "01-02", site="1", status="pending")
    shop.add(
        "item_prices", "costing_version item site from_date unit_cost status", "PLAN SHEET 1 2026-01-02 8.00 active"
    )
    shop.pick("P1", "SHEET", "1", "01-10")
    assert shop.close().posted("picking_lines:P1") == ["material_issue SHEET MAT 1 2 2"]


@case(48)
def test_a_subcontracted_cell_s_cost_category_is_never_charged() -> None:
    shop = Shop(conversion_in_wip="retain")
    shop.change("resource_groups", "YARD", run_time_cost_category="CUT")
    shop.change("activities", "COAT", run_time_hours="0.5")
    shop.unit("K1", "KR-PART", "4", "01-10")
    shop.job("J1", "K1", "COAT", "01-12", "4")
    month = shop.close()
    assert (month.posted("kanban_jobs:J1"), month.unused()) == ([], ["PAINT in_process K1 4"])
    assert month.wip("CUT") == "0 0 0"


@case(49)
@pytest.mark.parametrize(
    "good, hours, variances",
    [
        # charged as 5: 0.1 h x 30.00 too many
        ("4", "0.5", {"lot_size": "3"}),
        ("5", "0.5", {}),
        ("6", "0.6", {}),
    ],
)
def test_only_a_job_below_the_process_quantity_makes_a_lot_size_variance(
    good: str, hours: str, variances: dict[str, str]
) -> None:
    shop = Shop()
    shop.change("activities", "MAKE", process_quantity="5")
    shop.make("KR-BOX", "MAKE", good, "01-10")
    month = shop.close()
    assert month.sum("wip_transactions", "quantity", transaction_type="conversion") == hours
    assert month.variances("CUT") == variances


@pytest.mark.parametrize(
    "folder, end, node, rate",
    [
        ("worked_example/clear", date(2026, 1, 31), "IND-MAT", "0.10"),
        ("edge_cases", date(2026, 3, 31), "SUR-TOT", "0.04"),
    ],
)
def test_the_quantity_part_of_a_surcharge_is_its_rate_on_the_variance_of_its_base(
    folder: str, end: date, node: str, rate: str, examples: Path
) -> None:
    """Domain 3.2, but for rounding: a cent for each cost group of the base."""
    period = read_period(examples / folder, end=end)
    variances = period.tables["variances"]
    groups = period.setup["costing_sheet"].set_index("node").loc[node, "base_cost_groups"].split(";")
    compared = 0
    for flow, found in variances.groupby("production_flow"):
        own = found[(found["resource"] == node) & (found["variance_type"] == "quantity")]["amount"].sum()
        of_base = found[found["cost_group"].isin(groups) & (found["variance_type"] != "lot_size")]["amount"].sum()
        compared += own != 0
        assert abs(own - Decimal(rate) * of_base) <= Decimal("0.01") * len(groups), flow
    assert compared
