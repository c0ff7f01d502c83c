"""Edge cases of what stands in WIP: handling units, kanbans in process, caps, statuses as of a day.

Every figure is worked out beside its assertion; the shop's prices stand in tests/books/shop.py.
"""

import pytest

from tests.books.shop import Shop
from tests.support.cases import case


@case(1)
@pytest.mark.parametrize(
    "policy, wip, timing", [("clear", "6.6 6.6 0", "6 0.6"), ("retain", "6.6 0 6.6", "0 0")], ids=["clear", "retain"]
)
def test_conversion_of_a_kanban_in_process_is_cleared_or_retained(policy: str, wip: str, timing: str) -> None:
    shop = Shop(conversion_in_wip=policy)
    shop.unit("K1", "KR-PART", "4", "01-10")
    shop.job("J1", "K1", "PRESS", "01-12", "4")
    month = shop.close()
    # 4 x 0.05 h = 0.2 h x 30.00 = 6.00, and 10 % on it: 0.60
    figures = [month.sum("wip_balances", name) for name in ("before", "variance", "after")]
    assert " ".join(figures) == wip
    assert " ".join(month.sum("realized_usage", "timing_amount", resource=name) for name in ("CUT", "LABOH")) == timing


@case(2)
@pytest.mark.parametrize(
    "received, net, wip, variances",
    [
        # 4 coated, 5 services at 1.60 = 8.00: 4 kept x 1.50 = 6.00; used 1: 8.00 - 6.00 - 1.50 = 0.50 price
        ("5", "4 0 1", "8 2 6", {"price": "0.5", "quantity": "1.5"}),
        # only 3 received, 4.80: kept 3 x 1.50 = 4.50, one too many counted; 0.30 is their price
        ("3", "3 1 0", "4.8 0.3 4.5", {"price": "0.3"}),
    ],
    ids=["all came", "one is late"],
)
def test_services_of_units_in_process_are_kept_at_standard_and_capped_at_those_received(
    received: str, net: str, wip: str, variances: dict[str, str]
) -> None:
    shop = Shop()
    shop.unit("K1", "KR-PART", "4", "01-10")
    shop.job("J1", "K1", "PRESS", "01-12", "4")
    shop.job("J2", "K1", "COAT", "01-14", "4")
    shop.service("S1", received, "1.60", "01-14")
    month = shop.close()
    assert month.unused() == ["PAINT in_process K1 4"]
    assert (month.net("PAINT"), month.wip("PAINT"), month.variances("PAINT")) == (net, wip, variances)


@case(2)
def test_the_service_of_a_subcontracted_transfer_is_kept_while_its_unit_is_full() -> None:
    shop = Shop()
    shop.change("activities", "MOVE", service_item="PAINT", service_quantity="0.5")
    shop.unit("U1", "KR-SHEET", "10", "01-05", emptied="02-10")
    shop.job("M1", "U1", "MOVE", "01-05", "10")
    shop.service("S1", "5", "1.60", "01-05")
    january, february = shop.close(), shop.close("02-28", "02-01")
    assert january.unused() == ["PAINT handling_unit U1 5", "SHEET handling_unit U1 10"]
    # 10 x 0.5 services at 1.50 stay, 5 x 0.10 is their price; used up with the unit
    assert (january.wip("PAINT"), january.variances("PAINT")) == ("8 0.5 7.5", {"price": "0.5"})
    assert (february.wip("PAINT"), february.variances("PAINT")) == ("7.5 7.5 0", {"quantity": "7.5"})


@case(3)
def test_emptying_posts_an_issue_in_a_supermarket_and_nothing_elsewhere() -> None:
    shop = Shop()
    shop.unit("G1", "KR-GEAR", "4", "01-05", received="01-06", emptied="01-12")
    shop.unit("U1", "KR-SHEET", "10", "01-05", received="01-06", emptied="01-12")
    month = shop.close()
    # 4 x 5.30 by cost group, in the flow that consumes; a made item brings its overhead along: no node is charged
    assert month.posted("kanbans:G1") == [
        "material_issue GEAR LAB 4 3 12", "material_issue GEAR MAT 4 2 8", "material_issue GEAR OVH 4 0.3 1.2",
    ]  # fmt: skip
    assert {line["production_flow"] for line in month.tables["wip_transactions"]} == {"FLOW"}
    assert month.posted("kanbans:U1") == []


@case(4)
def test_what_is_counted_twice_is_capped_at_what_stands_in_wip() -> None:
    shop = Shop()
    shop.pick("P1", "SHEET", "10", "01-05")
    shop.unit("U1", "KR-SHEET", "8", "01-05", received="01-05")
    shop.unit("K1", "KR-PART", "4", "01-06", received="01-20")
    month = shop.close()
    # a full unit of 8 and 4 parts of 2: 16 of the 10 issued; 6 too many, nothing realized
    assert month.unused() == ["PAINT semi_finished K1 4", "SHEET handling_unit U1 8", "SHEET semi_finished K1 8"]
    assert month.net("SHEET") == "10 6 0"
    assert month.wip("SHEET") == "20 0 20"
    assert "W01 SHEET" in month.warned()


@case(5)
def test_a_component_that_was_not_issued_yet_is_no_content() -> None:
    shop = Shop()
    shop.unit("K1", "KR-CRATE", "4", "01-10")
    shop.pick("P1", "NAIL", "8", "01-10", kanban="K1")
    shop.pick("P2", "NAIL", "8", "02-01", kanban="K1")
    shop.pick("P3", "PART", "1", "02-01", kanban="K1", updates="no")
    assert shop.close().unused() == ["NAIL in_process K1 8"]


@case(6)
def test_a_half_used_unit_counts_in_full() -> None:
    shop = Shop()
    shop.unit("U1", "KR-SHEET", "10", "01-05")
    shop.job("M1", "U1", "MOVE", "01-05", "10")
    shop.make("KR-BOX", "MAKE", "3", "01-10")
    month = shop.close()
    # 3 boxes took 6 sheets out of it: allowed 12.00, realized nothing until it is empty
    assert month.net("SHEET") == "10 0 0"
    assert month.variances("SHEET") == {"quantity": "-12"}


@case(7)
def test_a_receipt_before_its_issue_is_favourable_and_comes_back() -> None:
    shop = Shop()
    shop.make("KR-BOX", "MAKE", "2", "01-30")
    shop.pick("P1", "SHEET", "4", "02-02")
    january, february = shop.close(), shop.close("02-28", "02-01")
    # 2 boxes allow 4 x 2.00; the sheets are registered a month later
    assert (january.wip("SHEET"), january.variances("SHEET")) == ("-8 -8 0", {"quantity": "-8"})
    assert (february.wip("SHEET"), february.variances("SHEET")) == ("8 8 0", {"quantity": "8"})


@case(7)
def test_more_returned_than_issued_is_realized_below_zero_and_leaves_nothing_behind() -> None:
    shop = Shop()
    shop.pick("P1", "SHEET", "1", "01-05")
    shop.pick("P2", "SHEET", "-3", "01-06")
    month = shop.close()
    assert month.net("SHEET") == "0 0 -2"
    assert month.wip("SHEET") == "-4 -4 0"
    assert "W02 SHEET" in month.warned()


@case(8)
def test_a_unit_is_exploded_by_the_bom_of_the_day_it_was_received() -> None:
    shop = Shop()
    shop.change("boms", "B-PART", effective_to="2026-01-15")
    shop.book["boms"].append(
        {"bom": "B-NEW", "item": "PART", "site": "1", "quantity": "1", "effective_from": "2026-01-16"}
    )
    shop.add("bom_lines", "bom line component quantity", "B-NEW 1 SHEET 3")
    shop.pick("P1", "SHEET", "50", "01-05")
    shop.unit("K1", "KR-PART", "4", "01-05", received="01-15")
    shop.unit("K2", "KR-PART", "4", "01-05", received="01-16")
    unused = shop.close().unused()
    # 4 x 2 by the old one, 4 x 3 by the new one
    assert [line for line in unused if line.startswith("SHEET")] == [
        "SHEET semi_finished K1 8",
        "SHEET semi_finished K2 12",
    ]


@case(22, 23)
@pytest.mark.parametrize("policy", ["clear", "retain"])
def test_a_month_opens_with_what_the_one_before_left(policy: str) -> None:
    shop = Shop(conversion_in_wip=policy)
    shop.node("MATOH", "surcharge", "MAT", "value", "0.05")
    shop.pick("P1", "SHEET", "9", "01-05")
    shop.pick("P2", "SHEET", "5", "01-06")
    shop.unit("K1", "KR-PART", "3", "01-05", received="01-20", emptied="02-10")
    shop.service("S1", "3", "1.60", "01-20")
    january, february = shop.close(), shop.close("02-28", "02-01")
    keys = ("production_flow", "resource_type", "resource", "cost_group")
    left = {tuple(line[key] for key in keys): line["after"] for line in january.tables["wip_balances"]}
    found = {tuple(line[key] for key in keys): line["opening"] for line in february.tables["wip_balances"]}
    assert {key: amount for key, amount in left.items() if amount != "0.000"} == found
    # 6 sheets: 1 of P1 and the 5 of P2 stay open, and enter as they were left
    open_layers = [
        (line["transaction"], line["open_quantity"], line["open_amount"]) for line in january.tables["settlements"]
    ]
    layers = [(line["transaction"], line["quantity"], line["amount"]) for line in february.tables["settlements"]]
    assert open_layers == layers == [
        ("picking_lines:P1#01", "1.000000", "2.000"), ("picking_lines:P2#01", "5.000000", "10.000"),
    ]  # fmt: skip


@case(26)
@pytest.mark.parametrize(
    "emptied, net", [("01-31", "0 0 10"), ("02-01", "10 0 0")], ids=["on the last day", "a day later"]
)
def test_a_unit_emptied_on_the_end_date_is_consumed(emptied: str, net: str) -> None:
    shop = Shop()
    shop.unit("U1", "KR-SHEET", "10", "01-05", emptied=emptied)
    shop.job("M1", "U1", "MOVE", "01-05", "10")
    assert shop.close().net("SHEET") == net


@case(27)
def test_a_period_run_late_sees_the_statuses_of_its_end_date() -> None:
    def january(late: bool) -> Shop:
        shop = Shop(conversion_in_wip="retain")
        shop.pick("P1", "SHEET", "8", "01-10", kanban="K1")
        shop.job("J1", "K1", "PRESS", "01-12", "4")
        shop.unit("K1", "KR-PART", "4", "01-10", emptied="02-20" if late else "-")
        if late:
            shop.job("J2", "K1", "COAT", "02-01", "4")
            shop.job("J3", "K1", "FOLD", "02-02", "4")
            shop.pick("P2", "SHEET", "2", "02-03", kanban="K1")
            shop.unit("U1", "KR-SHEET", "5", "02-01", received="02-01")
        return shop

    assert january(late=True).close().tables == january(late=False).close().tables


@case(28)
@pytest.mark.parametrize("strategy, unused", [("scheduled", []), ("fixed", ["SHEET semi_finished K1 8"])])
def test_a_unit_emptied_when_received_is_consumed_at_once(strategy: str, unused: list[str]) -> None:
    shop = Shop()
    shop.change("kanban_rules", "KR-PART", replenishment_strategy=strategy, empty_policy="")
    shop.change("activities", "COAT", service_item="")
    shop.pick("P1", "SHEET", "8", "01-10", kanban="K1")
    shop.unit("K1", "KR-PART", "4", "01-10")
    shop.job("J3", "K1", "FOLD", "01-12", "4")
    assert shop.close().unused() == unused


@case(29)
@pytest.mark.parametrize(
    "source, prepared, consumed, warned",
    [
        ("K1", "01-30", True, []),
        ("K1", "02-01", False, []),
        ("K1", "01-02", True, []),  # prepared before the unit came: emptied on its own received date
        ("-", "01-30", True, ["W05 U1"]),  # the first kanban on or after the receipt whose BOM needs the item
        ("-", "01-02", False, []),
        ("-", "02-01", False, []),
    ],
)
def test_an_event_unit_is_empty_once_its_source_is_prepared(
    source: str, prepared: str, consumed: bool, warned: list[str]
) -> None:
    shop = Shop()
    shop.change("kanban_rules", "KR-SHEET", replenishment_strategy="event", empty_policy="")
    shop.unit("U1", "KR-SHEET", "10", "01-05", source=source)
    shop.job("M1", "U1", "MOVE", "01-05", "10")
    shop.unit("K1", "KR-BOX", "4", "01-02")
    shop.job("J1", "K1", "MAKE", "-", "4", prepared=prepared)
    month = shop.close()
    assert month.net("SHEET") == ("0 0 10" if consumed else "10 0 0")
    assert [line for line in month.warned() if line.startswith("W05")] == warned


@case(29)
def test_a_kanban_is_prepared_by_its_first_job_else_its_picking_list_else_a_completion() -> None:
    shop = Shop()
    shop.change("kanban_rules", "KR-SHEET", replenishment_strategy="event", empty_policy="")
    shop.pick("P0", "SHEET", "99", "01-02")
    for name, prepared, picked, completed in [
        ("1-JOB-AND-PICK", "02-01", "01-10", "-"),  # the first job's preparation counts before the picking list
        ("2-PICK", "-", "01-10", "-"),
        ("3-PICK-AND-DONE", "-", "02-01", "01-20"),  # the picking list counts before a completion
        ("4-DONE", "-", "", "01-20"),
        ("5-NOTHING", "-", "", "-"),
    ]:
        shop.unit(name, "KR-SHEET", "10", "01-05", received="01-05", source=f"K{name}")
        shop.unit(f"K{name}", "KR-PART", "4", "02-01")
        shop.job(f"J1{name}", f"K{name}", "PRESS", "-", "4", prepared=prepared)
        shop.job(f"J2{name}", f"K{name}", "COAT", completed, "4", prepared="01-11")
        if picked:
            shop.pick(f"P{name}", "NAIL", "1", picked, kanban=f"K{name}")
    standing = [line["kanban"] for line in shop.close().rows("unused_quantities", item="SHEET")]
    assert standing == ["1-JOB-AND-PICK", "3-PICK-AND-DONE", "5-NOTHING"]


@case(30)
def test_a_kanban_between_its_activities_holds_its_picking_list_and_once_received_its_content() -> None:
    shop = Shop(conversion_in_wip="retain")
    shop.pick("P1", "SHEET", "9", "01-10", kanban="K1")
    shop.unit("K1", "KR-PART", "4", "01-10")
    shop.job("J1", "K1", "PRESS", "01-12", "4")
    shop.job("J2", "K1", "COAT", "01-14", "4")
    shop.job("J3", "K1", "FOLD", "02-02", "3")
    january, february = shop.close(), shop.close("02-28", "02-01")
    assert january.unused() == ["PAINT in_process K1 4", "SHEET in_process K1 9"]
    # conversion of the completed job only: 4 x 0.05 h, kept; FOLD in February
    assert january.wip("CUT") == "6 0 6"
    # 3 good parts: 6 sheets, 3 services, 3 x (0.05 + 0.05) h; realized 3 sheets and 0.2 + 0.15 - 0.3 h
    assert february.unused() == ["PAINT semi_finished K1 3", "SHEET semi_finished K1 6"]
    assert february.net("SHEET") == "6 0 3"
    assert february.wip("CUT") == "10.5 1.5 9"


@case(31)
def test_hours_are_charged_once_where_a_part_is_made_and_not_again_where_it_is_picked() -> None:
    shop = Shop()
    shop.unit("K1", "KR-PART", "4", "01-05", emptied="01-20")
    shop.job("J1", "K1", "PRESS", "01-06", "4")
    shop.job("J2", "K1", "FOLD", "01-08", "4")
    shop.unit("K2", "KR-CRATE", "4", "01-20")
    shop.pick("P1", "PART", "4", "01-20", kanban="K2", updates="no")
    shop.job("J3", "K2", "MAKE", "01-21", "4")
    month = shop.close()
    assert month.posted("picking_lines:P1") == []
    # 4 x 0.05, 4 x 0.05 and 4 x 0.1 h: what 4 crates allow
    hours = [line["quantity"] for line in month.rows("wip_transactions", transaction_type="conversion")]
    assert hours == ["0.200000", "0.200000", "0.400000"]
    assert month.wip("CUT") == "0 0 0"


@case(38)
def test_without_output_everything_realized_is_variance_but_what_is_unused() -> None:
    shop = Shop()
    shop.pick("P1", "SHEET", "10", "01-05")
    shop.unit("U1", "KR-SHEET", "4", "01-05", received="01-05")
    month = shop.close()
    assert (month.wip("SHEET"), month.variances("SHEET")) == ("20 12 8", {"quantity": "12"})
    assert month.warned() == ["W06 FLOW"]


@case(46)
@pytest.mark.parametrize("emptied, returned, net", [("-", "0", "8 0 0"), ("01-20", "0", "0 0 8"), ("-", "-8", "0 0 0")])
def test_a_cancelled_kanban_stands_in_process_until_it_is_emptied_or_its_material_returned(
    emptied: str, returned: str, net: str
) -> None:
    shop = Shop()
    shop.unit("K1", "KR-PART", "4", "01-05", emptied=emptied)
    shop.pick("P1", "SHEET", "8", "01-05", kanban="K1")
    shop.pick("P2", "SHEET", returned, "01-18", kanban="K1")
    assert shop.close().net("SHEET") == net
