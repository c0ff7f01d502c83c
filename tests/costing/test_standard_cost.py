"""BOM calculation, case by case: small books, every figure worked out beside the assertion."""

from datetime import date
from decimal import Decimal

import pytest

from leancost.costing import standard_cost
from tests.books.plant import (
    ACTIVITY,
    BREAKDOWN,
    DAY,
    NODE,
    PRICE,
    RATE,
    RULE,
    line,
    lines,
    lines_of,
    made,
    plant,
    refusal,
    routed,
    rows,
    ruled,
    second_flow,
    semi_finished_by_route,
    unit_cost,
    warnings,
)
from tests.books.small_book import row
from tests.support.rows import Book, workspace_of

# Quantities


def test_a_bom_for_several_units_is_divided_once_to_nine_decimals() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1", "GLUE 3", units="3")
    ruled(book, "GOOD", "PACK")
    # 1 / 3 = 0.333333333; x 2.00 = 0.666666666, half-up to six decimals 0.666667
    assert lines_of(book, "GOOD") == lines(
        "RAW MAT 0.333333333 2 0 0.666667", "GLUE MAT 1 0.005 0 0.005", "CUT LAB 0.05 30 0 1.5"
    )


@pytest.mark.parametrize("quantity, cost", [("171", "342"), ("1000", "2000"), ("250000", "500000")])
def test_large_bom_quantities_are_divided_exactly(quantity: str, cost: str) -> None:
    book = plant()
    made(book, "GOOD", f"RAW {quantity}")
    ruled(book, "GOOD", "PACK")
    assert line(f"RAW MAT {quantity} 2 0 {cost}") in lines_of(book, "GOOD")


@pytest.mark.parametrize(
    "quantity, price, cost",
    [
        ("0.0085525", "2.675", "0.022878"),  # 0.0228779375
        ("0.5", "0.005", "0.0025"),
        ("0.0001", "0.005", "0.000001"),  # 0.0000005: a tie goes up
        ("1", "2.675", "2.675"),
        ("0.000000001", "2.675", "0"),
    ],
)
def test_small_factors_and_odd_prices_are_exact(quantity: str, price: str, cost: str) -> None:
    book = plant()
    book["item_prices"][0]["unit_cost"] = price
    made(book, "GOOD", f"RAW {quantity}")
    ruled(book, "GOOD", "PACK")
    assert line(f"RAW MAT {quantity} {price} 0 {cost}") in lines_of(book, "GOOD")


def test_variable_scrap_needs_more_of_a_component() -> None:
    book = plant()
    made(book, "GOOD", "RAW 2 variable_scrap=0.05")
    ruled(book, "GOOD", "PACK")
    assert line("RAW MAT 2.1 2 0 4.2") in lines_of(book, "GOOD")


def test_constant_consumption_and_constant_scrap_are_charges_spread_over_the_lot() -> None:
    book = plant()
    made(book, "GOOD", "RAW 2 constant_scrap=3", "GLUE 4 consumption=constant constant_scrap=1", units="2")
    ruled(book, "GOOD", "PACK", lot="8")
    # RAW: 2 / 2 = 1 x 2.00, charge 3 / 8 x 2.00; GLUE: (4 + 1) / 8 x 0.005, not divided by the BOM quantity
    assert lines_of(book, "GOOD") >= lines("RAW MAT 1 2 0.75 2.75", "GLUE MAT 0 0.005 0.003125 0.003125")


def test_a_lot_below_the_process_quantity_carries_the_missing_hours_and_their_overhead_as_a_charge() -> None:
    book = plant()
    book["activities"][1]["process_quantity"] = "16"
    book["costing_sheet"] = rows(NODE, "PER-HOUR rate OVH LAB hours level 1\nON-LABOUR surcharge OVH LAB value level 2")
    book["indirect_rates"] = rows(RATE, "STD PER-HOUR 1 - 2025-01-01 6 active\nSTD ON-LABOUR 1 - 2025-01-01 0.1 active")
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK", lot="10")
    # (16 - 10) x 0.05 / 10 = 0.03 h: x 30 = 0.90, x 6 = 0.18, 10 % of 0.90 = 0.09
    assert lines_of(book, "GOOD") == lines(
        "RAW MAT 1 2 0 2", "CUT LAB 0.05 30 0.9 2.4", "PER-HOUR OVH 0.05 6 0.18 0.48", "ON-LABOUR OVH 1.5 0.1 0.09 0.24"
    )


def test_a_lot_above_the_process_quantity_carries_no_charge() -> None:
    book = plant()
    book["activities"][1]["process_quantity"] = "5"
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK", lot="10")
    assert line("CUT LAB 0.05 30 0 1.5") in lines_of(book, "GOOD")


def test_set_up_is_spread_over_the_default_order_quantity_by_route() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1", lot="40")
    routed(book, "GOOD", "0.1", setup="0.2")
    # 0.2 h / 40 = 0.005 h x 30.00
    assert lines_of(book, "GOOD", basis="route") == lines("RAW MAT 1 2 0 2", "CUT LAB 0.1 30 0.15 3.15")


def test_a_throughput_ratio_multiplies_the_run_time() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    book["activities"][1] |= {"run_time_hours": "1", "run_time_quantity": "3"}
    book["activity_ratios"] = rows("production_flow activity item throughput_ratio", "LINE PACK GOOD 1.5")
    # 1 / 3 = 0.333333333, x 1.5 = 0.4999999995, half-up to nine decimals 0.5
    assert line("CUT LAB 0.5 30 0 15") in lines_of(book, "GOOD")


def test_the_cost_category_of_a_subcontracted_cell_is_never_costed_by_route() -> None:
    book = plant()
    book["resource_groups"][1] |= {"run_time_cost_category": "CUT", "setup_cost_category": "CUT"}
    made(book, "GOOD", "RAW 1", "PAINT 1 line_type=vendor", lot="40")
    routed(book, "GOOD", "0.1", setup="0.2")
    book["route_operations"][0]["resource_group"] = "YARD"
    assert lines_of(book, "GOOD", basis="route") == lines("RAW MAT 1 2 0 2", "PAINT OUT 1 1.5 0 1.5")
    book["route_operations"][0]["run_time_cost_category"] = "CUT"  # the operation's own is not the cell's
    assert line("CUT LAB 0.1 30 0 3") in lines_of(book, "GOOD", basis="route")


# Structures


def test_three_levels_carry_their_cost_groups_up_and_have_low_level_codes() -> None:
    book = plant()
    made(book, "LOW", "RAW 1")
    made(book, "MIDDLE", "LOW 3", "GLUE 2")
    made(book, "TOP", "MIDDLE 2")
    for item in ("LOW", "MIDDLE", "TOP"):
        ruled(book, item, "PACK")
    # LOW 2.00 + 1.50; MIDDLE MAT 3 x 2.00 + 0.01, LAB 3 x 1.50 + 1.50
    assert lines_of(book, "TOP") == lines("MIDDLE MAT 2 6.01 0 12.02", "MIDDLE LAB 2 6 0 12", "CUT LAB 0.05 30 0 1.5")
    with workspace_of(book) as connection:
        standard_cost.calculate(connection, calculation_date=DAY)
        found = connection.execute("SELECT DISTINCT item, level FROM standard_cost_breakdown ORDER BY 2").fetchall()
    assert found == [("TOP", 0), ("MIDDLE", 1), ("LOW", 2)]


def test_an_item_left_in_wip_is_flattened_into_the_product_of_its_flow() -> None:
    book = plant()
    book["activities"][0]["service_item"] = "PAINT"
    made(book, "PART", "RAW 2", "GLUE 5 consumption=constant")
    made(book, "GOOD", "PART 3", "RAW 1")
    ruled(book, "PART", "CUT-IT", lot="10")
    ruled(book, "GOOD", "PACK")
    # RAW 3 x 2 + 1, CUT 3 x 0.1 + 0.05; the part's charge 5 / 10 x 0.005 = 0.0025 comes along three times
    assert lines_of(book, "GOOD") == lines(
        "RAW MAT 7 2 0 14", "GLUE MAT 0 0.005 0.0075 0.0075", "CUT LAB 0.35 30 0 10.5", "PAINT OUT 3 1.5 0 4.5"
    )


def test_an_item_received_into_inventory_stays_a_component() -> None:
    book = plant()
    second_flow(book)
    made(book, "PART", "RAW 2")
    made(book, "GOOD", "PART 3")
    ruled(book, "PART", "PACK", flow="OTHER")
    ruled(book, "GOOD", "PACK")
    assert lines_of(book, "GOOD") == lines("PART MAT 3 4 0 12", "PART LAB 3 6 0 18", "CUT LAB 0.05 30 0 1.5")


def test_a_component_outside_the_run_keeps_its_active_cost_by_cost_group() -> None:
    book = plant()
    made(book, "PART", "RAW 2")
    made(book, "GOOD", "PART 3")
    ruled(book, "PART", "PACK")
    ruled(book, "GOOD", "PACK")
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 5.00 active")
    book["item_price_breakdown"] = rows(
        BREAKDOWN,
        """
        STD PART 1 2025-06-01 item RAW MAT 2 1.90 0 3.80
        STD PART 1 2025-06-01 cost_category CUT LAB 0.04 30 0 1.20
        """,
    )
    assert lines_of(book, "GOOD", items=["GOOD"]) >= lines("PART MAT 3 3.8 0 11.4", "PART LAB 3 1.2 0 3.6")
    assert lines_of(book, "GOOD") >= lines("PART MAT 3 4 0 12", "PART LAB 3 1.5 0 4.5")


def test_quantities_out_of_flattened_items_are_exact_until_they_are_rounded_once() -> None:
    book = plant()
    made(book, "CORE", "RAW 0.0000004")
    made(book, "PART", "CORE 0.001249")
    made(book, "GOOD", "RAW 1", "PART 1")
    ruled(book, "CORE", "CUT-IT")
    ruled(book, "PART", "CUT-IT")
    ruled(book, "GOOD", "PACK")
    # 1 + 0.001249 x 0.0000004 = 1.0000000004996; cut to twelve decimals on the way it would be a tie and go up
    assert line("RAW MAT 1 2 0 2") in lines_of(book, "GOOD")


def test_a_phantom_passes_its_lines_and_charges_on() -> None:
    book = plant()
    made(book, "KIT", "RAW 2", "GLUE 4 consumption=constant", lot="10")
    made(book, "GOOD", "KIT 3 line_type=phantom")
    ruled(book, "GOOD", "PACK")
    # 3 x 4 / 10 x 0.005
    assert lines_of(book, "GOOD") == lines("RAW MAT 6 2 0 12", "GLUE MAT 0 0.005 0.006 0.006", "CUT LAB 0.05 30 0 1.5")


def test_a_phantom_consumed_per_lot_is_a_charge_with_all_it_brings() -> None:
    book = plant()
    made(book, "KIT", "RAW 2", "GLUE 4 consumption=constant", lot="10")
    made(book, "GOOD", "KIT 3 line_type=phantom consumption=constant constant_scrap=1")
    ruled(book, "GOOD", "PACK", lot="10")
    # (3 + 1) / 10 = 0.4 KIT: x 2 RAW x 2.00, x 4 / 10 GLUE x 0.005
    assert lines_of(book, "GOOD") == lines(
        "RAW MAT 0 2 1.6 1.6", "GLUE MAT 0 0.005 0.0008 0.0008", "CUT LAB 0.05 30 0 1.5"
    )


def test_phantoms_are_opened_through_every_level_in_each_flow_that_needs_them() -> None:
    book = plant()
    second_flow(book)
    made(book, "PART", "RAW 1")
    made(book, "INNER", "PART 2")
    made(book, "MIDDLE", "INNER 1 line_type=phantom")
    made(book, "OUTER", "MIDDLE 3 line_type=phantom")
    for item in ("GOOD", "TOOL"):
        made(book, item, "OUTER 1 line_type=phantom")
    ruled(book, "PART", "CUT-IT")
    ruled(book, "GOOD", "PACK")
    ruled(book, "TOOL", "PACK", flow="OTHER")
    # PART is left in WIP by LINE; OTHER takes it from stock
    assert lines_of(book, "GOOD") == lines("RAW MAT 6 2 0 12", "CUT LAB 0.65 30 0 19.5")
    assert lines_of(book, "TOOL") == lines("PART MAT 6 2 0 12", "PART LAB 6 3 0 18", "CUT LAB 0.2 30 0 6")


def test_a_phantom_that_has_a_route_passes_its_lines_on_by_flow_too() -> None:
    book = plant()
    made(book, "KIT", "RAW 2")
    made(book, "GOOD", "KIT 3 line_type=phantom")
    routed(book, "KIT", "1")
    ruled(book, "GOOD", "PACK")
    routed(book, "GOOD", "0.1")
    assert lines_of(book, "GOOD") == lines("RAW MAT 6 2 0 12", "CUT LAB 0.05 30 0 1.5")
    assert lines_of(book, "GOOD", basis="route") == lines("RAW MAT 6 2 0 12", "CUT LAB 3.1 30 0 93")


def test_a_semi_finished_item_inside_a_phantom_is_flattened_in_its_flow() -> None:
    book = plant()
    made(book, "PART", "RAW 2")
    made(book, "KIT", "PART 2")
    made(book, "GOOD", "KIT 3 line_type=phantom")
    ruled(book, "PART", "CUT-IT")
    ruled(book, "GOOD", "PACK")
    assert lines_of(book, "GOOD") == lines("RAW MAT 12 2 0 24", "CUT LAB 0.65 30 0 19.5")


def test_a_vendor_line_counts_by_route_and_the_activity_s_service_by_flow() -> None:
    book = plant()
    book["activities"][1]["service_item"] = "PAINT"
    book["activities"][1]["service_quantity"] = "2"
    made(book, "GOOD", "RAW 1", "PAINT 1 line_type=vendor")
    ruled(book, "GOOD", "PACK")
    routed(book, "GOOD", "0.1")
    assert line("PAINT OUT 2 1.5 0 3") in lines_of(book, "GOOD")
    assert line("PAINT OUT 1 1.5 0 1.5") in lines_of(book, "GOOD", basis="route")


def test_a_vendor_line_inside_a_phantom_counts_by_route_only() -> None:
    book = plant()
    made(book, "KIT", "RAW 2", "PAINT 1 line_type=vendor")
    made(book, "GOOD", "KIT 3 line_type=phantom")
    ruled(book, "GOOD", "PACK")
    routed(book, "GOOD", "0.1")
    assert line("PAINT OUT 3 1.5 0 4.5") in lines_of(book, "GOOD", basis="route")
    assert not [found for found in lines_of(book, "GOOD") if found[0] == "PAINT"]


def test_a_subcontracted_transfer_contributes_its_service_and_no_hours() -> None:
    book = plant()
    book["activities"] += rows(ACTIVITY, "LINE SHIP 25 transfer YARD 4 0 no yes PAINT")
    made(book, "GOOD", "RAW 1")
    book["kanban_rules"] = rows(RULE, "KR LINE GOOD manufacturing fixed PACK SHIP 10 -")
    assert lines_of(book, "GOOD") == lines("RAW MAT 1 2 0 2", "CUT LAB 0.05 30 0 1.5", "PAINT OUT 1 1.5 0 1.5")


# By route, stored for posting


def test_by_route_a_semi_finished_item_is_a_component_and_is_replaced_where_it_is_stored() -> None:
    book = semi_finished_by_route()
    # PART: 4.00, 0.1 x 30 + 0.4 / 40 x 30 = 3.30
    assert lines_of(book, "GOOD", basis="route") == lines(
        "PART MAT 3 4 0 12", "PART LAB 3 3.3 0 9.9", "CUT LAB 0.1 30 0.3 3.3"
    )
    stored = lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route")
    assert stored == lines("RAW MAT 6 2 0 12", "CUT LAB 0.4 30 1.2 13.2")


def test_a_semi_finished_item_outside_the_run_is_replaced_by_the_lines_of_its_active_cost() -> None:
    book = semi_finished_by_route()
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 7.10 active")
    book["item_price_breakdown"] = rows(
        BREAKDOWN,
        """
        STD PART 1 2025-06-01 item RAW MAT 2 2.00 0.10 4.10
        STD PART 1 2025-06-01 cost_category CUT LAB 0.1 30 0 3.00
        """,
    )
    stored = lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route", items=["GOOD"])
    assert stored == lines("RAW MAT 6 2 0.3 12.3", "CUT LAB 0.4 30 0.3 12.3")
    assert unit_cost(book, "GOOD", basis="route", items=["GOOD"]) == Decimal("24.6")


def test_a_semi_finished_item_without_any_breakdown_stays_and_is_reported() -> None:
    book = semi_finished_by_route()
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 7.10 active")
    stored = lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route", items=["GOOD"])
    assert stored == lines("PART PROD 3 7.1 0 21.3", "CUT LAB 0.1 30 0.3 3.3")
    assert warnings(book, basis="route", items=["GOOD"]) == [
        "warning item_price_breakdown: the cost of GOOD at site 1 names PART, which its flow leaves in WIP"
        " and which has no breakdown. Calculate it in the same run."
    ]
    assert warnings(book, basis="route") == []


def test_where_the_lines_of_an_active_cost_have_other_prices_the_quantity_stays_and_the_rest_is_a_charge() -> None:
    book = semi_finished_by_route()
    book["bom_lines"].append(row("bom line component quantity", "B-GOOD", "2", "RAW", "1"))
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 6.60 active")
    book["item_price_breakdown"] = rows(
        BREAKDOWN,
        """
        STD PART 1 2025-06-01 item RAW MAT 2 1.90 0 3.80
        STD PART 1 2025-06-01 cost_category CUT LAB 0.1 28 0 2.80
        """,
    )
    stored = lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route", items=["GOOD"])
    # RAW 6 x 1.90 + 1 x 2.00 = 13.40 = 7 x 1.90 + 0.10; CUT 0.3 x 28 + 0.1 x 30 = 11.40 = 0.4 x 28 + 0.20, set-up 0.30
    assert stored == lines("RAW MAT 7 1.9 0.1 13.4", "CUT LAB 0.4 28 0.5 11.7")
    assert unit_cost(book, "GOOD", basis="route", items=["GOOD"]) == Decimal("25.1")


def test_a_line_of_nothing_has_no_say_in_the_price_of_a_stored_line() -> None:
    book = semi_finished_by_route()
    book["route_operations"][1] |= {"run_time_hours": "0", "setup_hours": ""}
    book["cost_category_prices"][0]["hourly_rate"] = "20"
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 6.80 active")
    book["item_price_breakdown"] = rows(
        BREAKDOWN,
        """
        STD PART 1 2025-06-01 item RAW MAT 2 2.00 0 4.00
        STD PART 1 2025-06-01 cost_category CUT LAB 0.1 28 0 2.80
        """,
    )
    stored = lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route", items=["GOOD"])
    assert stored == lines("RAW MAT 6 2 0 12", "CUT LAB 0.3 28 0 8.4")


def test_overhead_of_a_receipt_is_stored_of_an_item_that_is_never_received_too() -> None:
    book = semi_finished_by_route()
    book["bom_lines"][1] |= {"consumption": "constant", "quantity": "40"}
    book["costing_sheet"] = rows(
        NODE, "PER-PIECE output_unit OVH - quantity level 1\nON-RAW surcharge OVH MAT value level 2"
    )
    book["indirect_rates"] = rows(RATE, "STD PER-PIECE 1 - 2025-01-01 0.3 active\nSTD ON-RAW 1 - 2025-01-01 0.1 active")
    expected = lines(
        "RAW MAT 0 2 4 4", "CUT LAB 0.1 30 3.6 6.6", "PER-PIECE OVH 1 0.3 0.3 0.6", "ON-RAW OVH 0 0.1 0.4 0.4"
    )
    # 40 PART a lot of 40: 2 x 2.00, 0.1 x 30 + its set-up 0.30 + GOOD's 0.30, 0.30 a piece of GOOD and of PART
    assert lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route") == expected
    assert unit_cost(book, "GOOD", basis="route") == Decimal("11.6")
    never = (
        "warning item_price_breakdown: the cost of GOOD at site 1 holds PER-PIECE of PART, 0.300000 a unit of GOOD, which"
        " flow LINE never posts: it does not receive PART into inventory. Expect a favourable variance of as much, or"
        " calculate by production flow."
    )
    assert warnings(book, basis="route") == [never]
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 8.00 active")
    book["item_price_breakdown"] = rows(
        BREAKDOWN,
        """
        STD PART 1 2025-06-01 item RAW MAT 2 2 0 4
        STD PART 1 2025-06-01 cost_category CUT LAB 0.1 30 0.3 3.3
        STD PART 1 2025-06-01 costing_sheet_node ON-RAW OVH 4 0.1 0 0.4
        STD PART 1 2025-06-01 costing_sheet_node PER-PIECE OVH 1 0.3 0 0.3
        """,
    )
    assert lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route", items=["GOOD"]) == expected
    assert never in warnings(book, basis="route", items=["GOOD"])


def test_a_surcharge_on_overhead_of_a_receipt_is_left_out_where_the_item_is_never_received() -> None:
    book = plant()
    book["cost_groups"].append(row("cost_group name cost_group_type", "ADM", "Administration", "indirect"))
    book["costing_sheet"] = rows(
        NODE, "PER-PIECE output_unit OVH - quantity level 1\nON-OVH surcharge ADM OVH;MAT value level 2"
    )
    book["indirect_rates"] = rows(RATE, "STD PER-PIECE 1 - 2025-01-01 0.3 active\nSTD ON-OVH 1 - 2025-01-01 0.1 active")
    made(book, "PART", "RAW 2")
    made(book, "GOOD", "PART 3", "RAW 1")
    ruled(book, "PART", "CUT-IT")
    ruled(book, "GOOD", "PACK")
    # the part alone: 10 % of 4.00 + 0.30; the product: 10 % of 14.00 + its own 0.30, not of the parts' 3 x 0.30
    assert lines_of(book, "PART") >= lines("PER-PIECE OVH 1 0.3 0 0.3", "ON-OVH ADM 4.3 0.1 0 0.43")
    assert lines_of(book, "GOOD") >= lines("PER-PIECE OVH 1 0.3 0 0.3", "ON-OVH ADM 14.3 0.1 0 1.43")


def test_a_semi_finished_item_that_is_needed_along_two_ways_is_stored_twice() -> None:
    book = plant()
    made(book, "CORE", "RAW 1")
    made(book, "LEFT", "CORE 1")
    made(book, "RIGHT", "CORE 1")
    made(book, "GOOD", "LEFT 1", "RIGHT 1")
    for item in ("CORE", "LEFT", "RIGHT"):
        ruled(book, item, "CUT-IT")
        routed(book, item, "0.1")
    ruled(book, "GOOD", "PACK")
    routed(book, "GOOD", "0.1")
    assert unit_cost(book, "GOOD", basis="route") == Decimal("19")  # 2 x 2.00 + 5 x 3.00
    stored = lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route")
    assert stored == lines("RAW MAT 2 2 0 4", "CUT LAB 0.5 30 0 15")


@pytest.mark.parametrize("inner", ["PART 1 consumption=constant", "PART 0.1"])
def test_constant_consumption_of_semi_finished_items_is_stored_whole_through_every_level(inner: str) -> None:
    book = plant()
    made(book, "PART", "RAW 2", lot="10")
    made(book, "BODY", inner, lot="10")
    made(book, "KIT", "BODY 1 consumption=constant", lot="10")
    made(book, "GOOD", "KIT 1 line_type=phantom", lot="10")
    for item in ("PART", "BODY"):
        ruled(book, item, "CUT-IT")
        routed(book, item, "0")
    ruled(book, "GOOD", "PACK")
    routed(book, "GOOD", "0")
    # 0.1 BODY of 0.1 PART of 2 RAW x 2.00, all of it a charge
    stored = lines_of(book, "GOOD", "calculated_item_price_breakdown", basis="route")
    assert {found for found in stored if found[-1] != "0"} == lines("RAW MAT 0 2 0.04 0.04")
    assert unit_cost(book, "GOOD", basis="route") == Decimal("0.04")


# Choices


def test_the_default_basis_takes_a_route_where_there_is_one_and_else_the_flow() -> None:
    book = plant()
    made(book, "PART", "RAW 1")
    made(book, "GOOD", "PART 1")
    ruled(book, "PART", "PACK")
    ruled(book, "GOOD", "PACK")
    routed(book, "GOOD", "1")
    assert unit_cost(book, "PART", basis="default") == Decimal("3.5")
    assert unit_cost(book, "GOOD", basis="default") == Decimal("33.5")


def test_where_there_is_no_route_nothing_is_calculated_by_route() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    assert lines_of(book, "GOOD", basis="route") == set()
    assert warnings(book, basis="route") == []


def test_several_flows_without_a_default_are_listed() -> None:
    book = plant()
    second_flow(book)
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    ruled(book, "GOOD", "PACK", flow="OTHER")
    assert refusal(book) == [
        "error default_production_flows: GOOD can be supplied by several flows at site 1: LINE, OTHER."
        " Set its default production flow."
    ]
    assert refusal(book, items=["GOOD"]) == refusal(book)


def test_an_item_whose_name_has_blanks_is_reported_once() -> None:
    book = plant()
    second_flow(book)
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    ruled(book, "GOOD", "PACK", flow="OTHER")
    for table in ("items", "boms", "kanban_rules"):
        for entry in book[table]:
            if entry["item"] == "GOOD":
                entry["item"] = "GOOD 1"
    assert len(refusal(book, items=["GOOD 1"])) == 1


def test_the_default_flow_decides_between_several() -> None:
    book = plant()
    second_flow(book)
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    ruled(book, "GOOD", "PACK", flow="OTHER")
    book["default_production_flows"] = rows("item site production_flow", "GOOD 1 OTHER")
    assert line("CUT LAB 0.2 30 0 6") in lines_of(book, "GOOD")


def test_the_first_of_several_active_rules_is_taken_and_named() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1 consumption=constant")
    ruled(book, "GOOD", "PACK", lot="5", start="2025-03-01")
    ruled(book, "GOOD", "CUT-IT", lot="20", start="2025-02-01")
    ruled(book, "GOOD", "CUT-IT", lot="1", start="2026-02-01")
    book["kanban_rules"][-1]["kanban_rule"] = "KR-LATER"
    assert line("RAW MAT 0 2 0.1 0.1") in lines_of(book, "GOOD")
    # 2.00 / 20 + 0.1 h x 30.00; 2.00 / 5 + 0.05 h x 30.00
    assert warnings(book) == [
        "warning kanban_rules: item GOOD has 2 active rules in flow LINE: the first is taken; cost by"
        " KR-GOOD-LINE-CUT-IT 3.100000, KR-GOOD-LINE-PACK 1.900000. End the others or accept it."
    ]
    book["resource_groups"] += [book["resource_groups"][0] | {"resource_group": "NEW", "run_time_cost_category": "NEW"}]
    book["activities"][1]["resource_group"] = "NEW"  # only the second rule packs
    assert "KR-GOOD-LINE-PACK unknown for want of a price." in warnings(book)[0]


def test_boms_and_prices_hold_on_their_dates() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    book["boms"][0]["effective_to"] = "2026-01-31"
    book["boms"].append(row("bom item quantity effective_from", "B-NEW", "GOOD", "1", "2026-02-01"))
    book["bom_lines"].append(row("bom line component quantity", "B-NEW", "1", "RAW", "4"))
    book["item_prices"] += rows(PRICE, "STD RAW 1 2026-02-15 3.00 active")
    january, february, march = date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1)
    assert line("RAW MAT 1 2 0 2") in lines_of(book, "GOOD", calculation_date=january)
    assert line("RAW MAT 4 2 0 8") in lines_of(book, "GOOD", calculation_date=february)
    assert line("RAW MAT 4 3 0 12") in lines_of(book, "GOOD", calculation_date=march)


def test_a_record_of_the_site_beats_a_later_one_for_all_sites() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    book["item_prices"] += rows(PRICE, "STD RAW - 2025-12-01 9.00 active")
    assert line("RAW MAT 1 2 0 2") in lines_of(book, "GOOD")


def test_records_for_all_sites_hold_where_a_site_has_none() -> None:
    book = plant()
    book["sites"].append(row("site name", "2", "Far"))
    book["costing_sheet"] = rows(NODE, "ON-RAW surcharge OVH MAT value level 1")
    book["indirect_rates"] = rows(RATE, "STD ON-RAW - - 2025-12-01 0.5 active\nSTD ON-RAW 1 - 2025-01-01 0.1 active")
    book["item_prices"] += rows(PRICE, "STD RAW - 2025-12-01 9.00 active")
    book["cost_category_prices"].append(book["cost_category_prices"][0] | {"site": "", "hourly_rate": "40"})
    made(book, "GOOD", "RAW 1")
    book["boms"].append(row("bom item site quantity", "B-NEAR", "GOOD", "1", "1"))
    book["bom_lines"].append(row("bom line component quantity", "B-NEAR", "1", "RAW", "3"))
    routed(book, "GOOD", "0.1")
    book["routes"].append(row("route item site", "R-NEAR", "GOOD", "1"))
    names = "route operation resource_group run_time_hours setup_hours"
    book["route_operations"].append(row(names, "R-NEAR", "10", "CELL", "0.2", ""))
    with workspace_of(book) as connection:
        standard_cost.calculate(connection, calculation_date=DAY, basis="route")
        found = connection.execute("SELECT site, route, unit_cost FROM standard_costs ORDER BY site").fetchall()
    # site 1: 3 x 2.00 x 1.1 + 0.2 x 30; site 2: 9.00 x 1.5 + 0.1 x 40
    assert found == [("1", "R-NEAR", Decimal("12.6")), ("2", "R-GOOD", Decimal("17.5"))]


def test_a_variant_without_a_record_takes_its_master_s_price_and_rate() -> None:
    book = plant()
    book["items"].append(book["items"][0] | {"item": "RAW-RED", "product_master": "RAW"})
    book["costing_sheet"] = rows(NODE, "ON-RAW surcharge OVH MAT value level 1")
    book["indirect_rates"] = rows(RATE, "STD ON-RAW 1 RAW 2025-01-01 0.5 active")
    made(book, "GOOD", "RAW-RED 1")
    ruled(book, "GOOD", "PACK")
    assert lines_of(book, "GOOD") >= lines("RAW-RED MAT 1 2 0 2", "ON-RAW OVH 2 0.5 0 1")
    book["item_prices"] += rows(PRICE, "STD RAW-RED - 2025-01-01 4.00 active")
    assert lines_of(book, "GOOD") >= lines("RAW-RED MAT 1 4 0 4", "ON-RAW OVH 4 0.5 0 2")


# Overhead


def test_level_overhead_leaves_made_components_out_and_total_takes_them_in() -> None:
    book = plant()
    book["costing_sheet"] = rows(
        NODE, "AT-LEVEL surcharge OVH MAT value level 1\nIN-TOTAL surcharge OVH MAT value total 2"
    )
    book["indirect_rates"] = rows(
        RATE, "STD AT-LEVEL 1 - 2025-01-01 0.1 active\nSTD IN-TOTAL 1 - 2025-01-01 0.2 active"
    )
    made(book, "PART", "RAW 2")
    made(book, "GOOD", "PART 1", "RAW 3")
    ruled(book, "PART", "PACK")
    ruled(book, "GOOD", "PACK")
    assert lines_of(book, "GOOD") >= lines("AT-LEVEL OVH 6 0.1 0 0.6", "IN-TOTAL OVH 10 0.2 0 2")


def test_a_later_node_takes_an_earlier_one_as_its_base() -> None:
    book = plant()
    book["cost_groups"].append(row("cost_group name cost_group_type", "ADM", "Administration", "indirect"))
    book["costing_sheet"] = rows(
        NODE, "B-LATER surcharge ADM OVH;MAT value total 2\nZ-FIRST surcharge OVH MAT value level 1"
    )
    book["indirect_rates"] = rows(RATE, "STD Z-FIRST 1 - 2025-01-01 0.1 active\nSTD B-LATER 1 - 2025-01-01 0.5 active")
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    assert lines_of(book, "GOOD") >= lines("Z-FIRST OVH 2 0.1 0 0.2", "B-LATER ADM 2.2 0.5 0 1.1")


def test_unit_nodes_take_weight_and_volume_and_charges_carry_their_overhead() -> None:
    book = plant()
    book["items"][0]["weight"] = "0.5"
    book["costing_sheet"] = rows(
        NODE, "BY-WEIGHT input_unit OVH MAT weight level 1\nBY-VOLUME output_unit OVH - volume level 2"
    )
    book["indirect_rates"] = rows(
        RATE, "STD BY-WEIGHT 1 - 2025-01-01 0.4 active\nSTD BY-VOLUME 1 - 2025-01-01 0.3 active"
    )
    made(book, "GOOD", "RAW 6 constant_scrap=5")
    book["items"][-1]["volume"] = "10"
    ruled(book, "GOOD", "PACK", lot="10")
    # 6 x 0.5 x 0.4; charge 5 / 10 x 0.5 x 0.4; 10 x 0.3
    assert lines_of(book, "GOOD") >= lines("BY-WEIGHT OVH 3 0.4 0.1 1.3", "BY-VOLUME OVH 10 0.3 0 3")


def test_where_rates_differ_between_items_the_quantity_is_the_amount_and_the_price_one() -> None:
    book = plant()
    book["costing_sheet"] = rows(NODE, "ON-MATERIAL surcharge OVH MAT value level 1")
    book["indirect_rates"] = rows(
        RATE, "STD ON-MATERIAL 1 - 2025-01-01 0.1 active\nSTD ON-MATERIAL 1 GLUE 2025-01-01 2 active"
    )
    made(book, "GOOD", "RAW 1", "GLUE 100")
    ruled(book, "GOOD", "PACK")
    # 10 % of 2.00 and 200 % of 0.50
    assert line("ON-MATERIAL OVH 1.2 1 0 1.2") in lines_of(book, "GOOD")


def test_conversion_overhead_of_a_flattened_item_has_the_rate_of_that_item() -> None:
    book = plant()
    book["costing_sheet"] = rows(NODE, "PER-HOUR rate OVH LAB hours level 1")
    book["indirect_rates"] = rows(
        RATE, "STD PER-HOUR 1 PART 2025-01-01 7 active\nSTD PER-HOUR 1 GOOD 2025-01-01 10 active"
    )
    made(book, "PART", "RAW 1")
    made(book, "GOOD", "PART 1")
    ruled(book, "PART", "CUT-IT")
    ruled(book, "GOOD", "PACK")
    assert line("PER-HOUR OVH 1.2 1 0 1.2") in lines_of(book, "GOOD")  # 0.1 x 7 + 0.05 x 10


# Versions


def test_without_a_version_the_only_unblocked_standard_version_is_taken() -> None:
    book = plant()
    book["costing_versions"] += rows(
        "costing_version costing_type fallback_version blocked", "OLD standard - yes\nPLAN planned STD no"
    )
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    assert unit_cost(book, "GOOD") == Decimal("3.5")
    assert refusal(book, costing_version="OLD") == [
        "Costing version OLD is blocked. Unblock it, or name another version."
    ]
    assert refusal(book, costing_version="NEW") == ["Costing version NEW does not exist. Known: OLD, PLAN, STD."]
    book["costing_versions"][1]["blocked"] = "no"
    assert refusal(book) == ["There are 2 unblocked standard costing versions: OLD, STD. Name one with --version."]


def test_a_fallback_version_lends_what_is_missing_and_each_use_is_reported() -> None:
    book = plant()
    book["costing_versions"] += rows("costing_version costing_type fallback_version blocked", "PLAN planned STD no")
    book["item_prices"] += rows(PRICE, "PLAN RAW 1 2025-01-01 2.20 active")
    book["activities"][1]["service_item"] = "PAINT"
    book["costing_sheet"] = rows(NODE, "ON-MATERIAL surcharge OVH MAT value level 1")
    book["indirect_rates"] = rows(RATE, "STD ON-MATERIAL 1 - 2025-01-01 0.1 active")
    made(book, "GOOD", "RAW 1", "GLUE 100")
    ruled(book, "GOOD", "PACK")
    assert unit_cost(book, "GOOD", costing_version="PLAN") == Decimal("5.97")  # 2.20 + 0.50 + 1.50 + 1.50 + 0.27
    lent = " at site 1 is lent by version STD. Add it to the version."
    assert warnings(book, costing_version="PLAN") == [
        f"warning cost_category_prices: the rate of CUT{lent}",
        f"warning indirect_rates: the rate of ON-MATERIAL{lent}",
        f"warning item_prices: the price of GLUE{lent}",
        f"warning item_prices: the price of PAINT{lent}",
    ]


def test_a_price_of_more_than_a_year_ago_is_told() -> None:
    book = plant()
    made(book, "PART", "GLUE 1")
    made(book, "GOOD", "RAW 1", "PART 1")
    for item in ("PART", "GOOD"):
        ruled(book, item, "PACK")
    book["item_prices"][1]["from_date"] = "2025-06-01"
    book["item_prices"] += rows(PRICE, "STD PART 1 2024-01-01 9.00 active")  # calculated again here
    assert warnings(book) == []  # 365 days
    assert warnings(book, calculation_date=date(2026, 1, 2)) == [
        "warning item_prices: the price of RAW at site 1 is of 2025-01-01: more than a year old."
        " Confirm it by a new record, or calculate it again."
    ]


# Refusals


def test_every_missing_price_is_named_with_date_site_and_version() -> None:
    book = plant()
    book["item_prices"], book["cost_category_prices"] = [], []
    book["activities"][1]["service_item"] = "PAINT"
    made(book, "GOOD", "RAW 1", "GLUE 1")
    ruled(book, "GOOD", "PACK")
    place = "at site 1 on 2026-01-01 in version STD. Add it to"
    assert refusal(book) == [
        f"error cost_category_prices: CUT, needed by GOOD, has no hourly rate {place} cost_category_prices.",
        f"error item_prices: GLUE, needed by GOOD, has no cost price {place} item_prices.",
        f"error item_prices: PAINT, needed by GOOD, has no cost price {place} item_prices.",
        f"error item_prices: RAW, needed by GOOD, has no cost price {place} item_prices.",
    ]


def test_a_price_that_only_begins_later_is_missing() -> None:
    book = plant()
    book["item_prices"][0]["from_date"] = "2026-01-02"
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    assert [text for text in refusal(book) if "RAW, needed by GOOD, has no cost price" in text]


def test_a_cycle_is_named_along_its_path() -> None:
    book = plant()
    made(book, "A", "B 1")
    made(book, "B", "C 1")
    made(book, "C", "A 1")
    for item in "ABC":
        ruled(book, item, "PACK")
    (text,) = refusal(book)
    start = "The bills of material form a cycle: "
    assert text.startswith(start) and text.endswith(". Remove one of these lines.")
    path = text.removeprefix(start).partition(". ")[0].split(" > ")
    assert len(path) == 4 and "".join(path) in "ABCABC"


def test_named_items_that_cannot_be_calculated_are_named_with_the_reason() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    made(book, "LOOSE", "RAW 1")
    ruled(book, "GOOD", "PACK")
    ruled(book, "GLUE", "PACK")
    assert refusal(book, items=["GOOD", "LOOSE", "RAW", "GLUE", "NOBODY"]) == [
        "error items: GLUE has no BOM on 2026-01-01. Add it, or leave the item out.",
        "error items: LOOSE has no active manufacturing rule on 2026-01-01. Add it, or leave the item out.",
        "error items: NOBODY does not exist. Correct its name.",
        "error items: RAW has no BOM on 2026-01-01. Add it, or leave the item out.",
    ]
    routed(book, "LOOSE", "1")
    assert refusal(book, items=["LOOSE"]) == [
        "error items: LOOSE has no active manufacturing rule on 2026-01-01. Add it, or leave the item out."
    ]
    book["boms"][0]["site"] = "2"
    book["sites"].append(row("site name", "2", "Far"))
    assert refusal(book, items=["GOOD"]) == [
        "error items: GOOD has no BOM at the site of its active manufacturing rule on 2026-01-01."
        " Add it, or leave the item out."
    ]
    assert refusal(book, items=["GOOD"], basis="route") == [
        "error items: GOOD has no route on 2026-01-01. Add it, or leave the item out."
    ]
    book["routes"].clear()
    assert refusal(book, items=["LOOSE"], basis="default") == [
        "error items: LOOSE has no route or active manufacturing rule on 2026-01-01. Add it, or leave the item out."
    ]


def test_a_rule_for_an_item_without_a_bom_is_reported() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    ruled(book, "RAW", "PACK")
    assert warnings(book) == [
        "warning boms: RAW is made in flow LINE and has no BOM at site 1 on 2026-01-01: it is not calculated."
        " Add its BOM, or end the rule."
    ]
    assert warnings(book, items=["GOOD"]) == []


def test_a_price_of_zero_is_reported_and_a_record_that_the_run_replaces_is_not() -> None:
    book = plant()
    book["item_prices"][0]["unit_cost"] = "0"
    made(book, "PART", "RAW 1")
    made(book, "GOOD", "PART 1")
    ruled(book, "PART", "PACK")
    ruled(book, "GOOD", "PACK")
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 0 active")
    assert warnings(book) == ["warning item_prices: the price of RAW at site 1 is zero. Check it."]


def test_a_semi_finished_item_without_a_bom_cannot_be_flattened() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    ruled(book, "RAW", "CUT-IT")
    ruled(book, "GOOD", "PACK")
    assert refusal(book) == [
        "error boms: RAW, needed by GOOD, has no BOM, rule or route to be flattened at site 1 on 2026-01-01"
        " in version STD. Add it to boms."
    ]


def refused_activation(book: Book, **options: object) -> list[str]:
    with workspace_of(book) as connection:
        standard_cost.calculate(connection, calculation_date=DAY, **options)  # type: ignore[arg-type]
        return [str(finding) for finding in standard_cost.subcontracted_by_route(connection)]


def test_a_route_calculation_that_involves_subcontracting_may_not_be_activated() -> None:
    book = plant()
    made(book, "PART", "RAW 1", "PAINT 1 line_type=vendor")
    made(book, "GOOD", "PART 1")
    made(book, "PLAIN", "RAW 1")
    for item in ("PART", "GOOD", "PLAIN"):
        routed(book, item, "0.1")
    ruled(book, "PART", "PACK")
    ruled(book, "GOOD", "PACK")
    text = (
        "error routes: {} at site 1 involves the subcontracted service PAINT and was calculated by route."
        " Activate the calculation by production flow."
    )
    assert refused_activation(book, basis="route") == [text.format("GOOD"), text.format("PART")]
    assert refused_activation(book, basis="route", items=["PLAIN"]) == []
    assert refused_activation(book) == []


def test_a_component_outside_the_run_may_bring_subcontracting_too() -> None:
    book = plant()
    made(book, "PART", "RAW 1", "PAINT 1 line_type=vendor")
    made(book, "GOOD", "PART 1")
    routed(book, "GOOD", "0.1")
    book["item_prices"] += rows(PRICE, "STD PART 1 2025-06-01 3.50 active")
    book["item_price_breakdown"] = rows(
        BREAKDOWN,
        """
        STD PART 1 2025-06-01 item RAW MAT 1 2.00 0 2.00
        STD PART 1 2025-06-01 service PAINT OUT 1 1.50 0 1.50
        """,
    )
    assert len(refused_activation(book, basis="route")) == 1


def test_an_hourly_rate_of_zero_is_reported() -> None:
    book = plant()
    made(book, "GOOD", "RAW 1")
    ruled(book, "GOOD", "PACK")
    category = book["cost_category_prices"][0]["cost_category"]
    for price in book["cost_category_prices"]:
        price["hourly_rate"] = "0"
    assert f"warning cost_category_prices: the rate of {category} at site 1 is zero. Check it." in warnings(book)
