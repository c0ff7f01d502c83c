"""What every event posts, one row of the contract's table after the other, and what is unused at the end date.

SHEET weighs 2 kg. On top of the shop's sheet: MATOH 5 % of material (level), ALL 1 % of material and labour (total),
HOUR 6.00 an hour, PIECE 0.10 a piece, KILO 0.01 a kilogram put in, DONE 0.20 a piece that is received, TOP 10 % of OVH.
"""

import pytest

from tests.books.shop import Closed, Shop
from tests.books.small_book import ACTIVITY, RULE
from tests.support.cases import case
from tests.support.findings import found


def shop_with_every_node() -> Shop:
    shop = Shop()
    shop.change("items", "SHEET", weight="2")
    shop.add("cost_groups", "cost_group name cost_group_type", "TOP Administration indirect")
    shop.node("MATOH", "surcharge", "MAT", "value", "0.05")
    shop.node("ALL", "surcharge", "MAT;LAB", "value", "0.01", "total")
    shop.node("HOUR", "rate", "LAB", "hours", "6")
    shop.node("PIECE", "input_unit", "MAT", "quantity", "0.1")
    shop.node("KILO", "input_unit", "MAT", "weight", "0.01")
    shop.node("DONE", "output_unit", "-", "quantity", "0.2")
    shop.node("TOPUP", "surcharge", "OVH", "value", "0.1", group="TOP")
    return shop


def test_the_shop_is_a_valid_book() -> None:
    assert found(Shop().book) == []
    # DONE is charged on SWARF too, as the month shows, and not every item has a weight: hints, no faults
    told = [line.split(":")[0] for line in found(shop_with_every_node().book)]
    assert told == ["warning C70 indirect_rates", "warning C88 items"]


@pytest.fixture(scope="module")
def month() -> Closed:
    """One month with every event of the table."""
    shop = shop_with_every_node()
    # picking lines
    shop.pick("ISSUE", "SHEET", "10", "01-05")
    shop.pick("MADE", "GEAR", "2", "01-05")
    shop.pick("RETURN", "SHEET", "-3", "01-06")
    shop.pick("INSIDE", "SHEET", "2", "01-06", updates="no")
    # transfers, in every combination of pick and receipt, of an item made here, one issued before, and a by-product
    place = 20
    for pick, receipt, on in TRANSFERS:
        shop.activity(f"T-{pick}-{receipt}", str(place), "transfer", pick, receipt, "0.5")
        for item in ("BOX", "SHEET", "SWARF"):
            shop.rule(f"{item}-{pick}-{receipt}", item, "withdrawal", f"T-{pick}-{receipt}")
            shop.make(f"{item}-{pick}-{receipt}", f"T-{pick}-{receipt}", "4", on, name=f"{item}-{pick}-{receipt}")
        place += 1
    # a product of one flow that another gives; a product that its own kanban moves out of WIP
    shop.add("activities", ACTIVITY, "MILL OUT 90 transfer - - - no yes")
    shop.add("kanban_rules", RULE, "CO-PRODUCT MILL CRATE withdrawal fixed OUT OUT 4 -")
    shop.make("CO-PRODUCT", "OUT", "4", "01-12", name="CO-PRODUCT")
    shop.rule("BY-ITSELF", "BOX", "manufacturing", "MAKE", "BACK")
    shop.unit("BY-ITSELF", "BY-ITSELF", "4", "01-12")
    shop.job("BY-ITSELF-1", "BY-ITSELF", "MAKE", "01-12", "4")
    shop.job("BY-ITSELF-2", "BY-ITSELF", "BACK", "01-12", "4")
    # process activities, in every combination; BOTH has a first activity that would receive
    for pick in ("yes", "no"):
        for receipt in ("yes", "no"):
            shop.activity(f"P-{pick}-{receipt}", str(place), "process", pick, receipt, "0.1")
            shop.rule(f"P-{pick}-{receipt}", "BOX", "manufacturing", f"P-{pick}-{receipt}")
            shop.make(f"P-{pick}-{receipt}", f"P-{pick}-{receipt}", "4", "01-12", name=f"P-{pick}-{receipt}")
            place += 1
    shop.rule("BOTH", "BOX", "manufacturing", "P-yes-yes", "P-no-yes")
    shop.unit("BOTH", "BOTH", "4", "01-12")
    shop.job("BOTH-1", "BOTH", "P-yes-yes", "01-12", "4")
    shop.job("BOTH-3", "BOTH", "P-no-yes", "01-13", "3")
    shop.job("NEVER", "BOTH", "P-yes-no", "-", "4")
    # supermarket: consumed here; own flow; not yet emptied
    shop.unit("GEARS", "KR-GEAR", "4", "01-05", received="01-05", emptied="01-08")
    shop.unit("FULL", "KR-GEAR", "4", "01-05", received="01-05")
    shop.rule("NAILS", "NAIL", "withdrawal", "STOCK", supermarket="yes", consuming_production_flow="")
    shop.unit("NAILS", "NAILS", "100", "01-05", received="01-05", emptied="01-08")
    # conversion
    shop.activity("BIG", "41", "process", "no", "no", "1")
    shop.change("activities", "BIG", run_time_quantity="3", process_quantity="6")
    shop.add("activity_ratios", "production_flow activity item throughput_ratio", "FLOW BIG PART 1.5")
    shop.rule("BIG-PART", "PART", "manufacturing", "BIG")
    shop.rule("BIG-BOX", "BOX", "manufacturing", "BIG")
    shop.add(
        "cost_category_prices",
        "costing_version cost_category site from_date hourly_rate status",
        "STD CUT 1 2026-01-20 36 active",
    )
    for name, rule, on, good, error in [
        ("RATIO", "BIG-PART", "01-12", "6", "1"), ("SMALL", "BIG-BOX", "01-12", "2", "1"), ("DEARER", "BIG-BOX", "01-20", "6", "0"),
    ]:  # fmt: skip
        shop.unit(name, rule, good, on)
        shop.job(name, name, "BIG", on, good, error)
    shop.make("KR-PART", "COAT", "4", "01-12", name="VENDOR")
    shop.activity("NO-CELL", "42", "process", "no", "no", "1")
    shop.change("activities", "NO-CELL", resource_group="")
    shop.rule("NO-CELL", "BOX", "manufacturing", "NO-CELL")
    shop.make("NO-CELL", "NO-CELL", "4", "01-12", name="NO-CELL")
    # services
    shop.service("S1", "10", "1.60", "01-10")
    shop.service("BACK", "-2", "1.60", "01-11")
    shop.invoice("PART", "S1", "4", "1.65", "01-12")
    shop.invoice("SAME", "S1", "4", "1.60", "01-13")
    shop.invoice("LESS", "S1", "2", "1.50", "01-14")
    # emptying any other unit
    shop.unit("UNIT", "KR-SHEET", "10", "01-05", received="01-05", emptied="01-08")
    return shop.close()


TRANSFERS = [("no", "yes", "01-10"), ("no", "no", "01-10"), ("yes", "yes", "01-10"), ("yes", "no", "01-11")]
"""Swarf leaves before any of it was issued: a by-product."""


def own(month: Closed, event: str) -> list[str]:
    """The event's own lines, without overhead."""
    return [line for line in month.posted(event) if not line.startswith("indirect")]


def overhead(month: Closed, event: str) -> list[str]:
    """Node, quantity, rate and amount of the event's indirect lines, in the sheet's order."""
    lines = [line.split() for line in month.posted(event) if line.startswith("indirect")]
    return [" ".join([node, *figures]) for _, node, _, *figures in lines]


def test_a_picking_line_issues_at_standard_and_a_negative_one_returns(month: Closed) -> None:
    assert own(month, "picking_lines:ISSUE") == ["material_issue SHEET MAT 10 2 20"]
    assert own(month, "picking_lines:RETURN") == ["material_return SHEET MAT -3 2 -6"]
    # 2 x 5.30, per cost group of its standard cost
    assert own(month, "picking_lines:MADE") == [
        "material_issue GEAR LAB 2 3 6", "material_issue GEAR MAT 2 2 4", "material_issue GEAR OVH 2 0.3 0.6",
    ]  # fmt: skip


def test_a_picking_line_from_a_unit_in_wip_posts_nothing(month: Closed) -> None:
    assert month.posted("picking_lines:INSIDE") == []


DEDUCTED = [
    "product_receipt LABOH OVH -12 0.1 -1.2", "product_receipt CUT LAB -0.4 30 -12", "product_receipt SHEET MAT -8 2 -16",
]  # fmt: skip
"""4 boxes by their breakdown: 4 x 7.30 = 29.20."""


@case(16, 17)
@pytest.mark.parametrize(
    "event, lines",
    [
        # pick yes, receipt no: from inventory to WIP, whatever the item
        ("SHEET-yes-no", ["material_issue SHEET MAT 4 2 8"]),
        ("SWARF-yes-no", ["material_issue SWARF MAT 4 0.25 1"]),
        ("BOX-yes-no", ["material_issue BOX LAB 4 3 12", "material_issue BOX MAT 4 4 16", "material_issue BOX OVH 4 0.3 1.2"]),
        # pick no, receipt yes: by breakdown what the flow makes, back what it was issued, under itself anything else
        ("BOX-no-yes", sorted(DEDUCTED, key=lambda line: line.split()[2])),
        ("SHEET-no-yes", ["material_return SHEET MAT -4 2 -8"]),
        ("SWARF-no-yes", ["product_receipt SWARF MAT -4 0.25 -1"]),
        # what another flow makes: under itself, in its cost groups
        (
            "CO-PRODUCT",
            [
                "product_receipt CRATE LAB -4 6 -24",
                "product_receipt CRATE MAT -4 6 -24",
                "product_receipt CRATE OUT -4 1.5 -6",
                "product_receipt CRATE OVH -4 0.6 -2.4",
            ],
        ),
        # a rule that ends with a transfer: the product leaves WIP there and not where it was made
        ("BY-ITSELF-1", ["conversion CUT LAB 0.4 30 12"]),
        ("BY-ITSELF-2", sorted(DEDUCTED, key=lambda line: line.split()[2])),
        # both or neither: nothing
        *[(f"{item}-{both}-{both}", []) for item in ("BOX", "SHEET", "SWARF") for both in ("yes", "no")],
    ],
)  # fmt: skip
def test_a_transfer_posts_by_its_flags_and_its_item(month: Closed, event: str, lines: list[str]) -> None:
    assert own(month, f"kanban_jobs:{event}") == lines


@case(3)
def test_an_emptied_supermarket_unit_is_issued_to_the_flow_that_consumes_it(month: Closed) -> None:
    assert own(month, "kanbans:GEARS") == [
        "material_issue GEAR LAB 4 3 12", "material_issue GEAR MAT 4 2 8", "material_issue GEAR OVH 4 0.3 1.2",
    ]  # fmt: skip
    assert own(month, "kanbans:NAILS") == ["material_issue NAIL MAT 100 0.5 50"]
    assert {line["production_flow"] for line in month.rows("wip_transactions", item="GEAR")} == {"FLOW"}
    assert month.posted("kanbans:FULL") == []


@case(9, 31, 48, 49)
@pytest.mark.parametrize(
    "job, lines",
    [
        # (6 + 1) x 0.333333333 x 1.5 = 3.4999999965 -> 3.500000
        ("RATIO", ["conversion CUT LAB 3.5 30 105"]),
        # 2 + 1 charged as 6: 6 x 0.333333333 = 1.999999998 -> 2.000000
        ("SMALL", ["conversion CUT LAB 2 30 60"]),
        ("DEARER", ["conversion CUT LAB 2 36 72"]),
        ("VENDOR", []),
        ("NO-CELL", []),
    ],
)
def test_a_process_job_charges_its_hours_at_the_rate_of_its_day(month: Closed, job: str, lines: list[str]) -> None:
    assert own(month, f"kanban_jobs:{job}") == lines


def test_a_process_activity_without_work_cell_is_warned_of(month: Closed) -> None:
    assert "W04 NO-CELL" in month.warned()


def test_a_product_of_another_flow_is_not_said_to_lack_a_breakdown(month: Closed) -> None:
    assert [line for line in month.warned() if line.startswith("W03")] == []


@pytest.mark.parametrize(
    "job, receives",
    [
        ("P-yes-yes", True),
        ("P-no-yes", True),
        ("P-yes-no", False),
        ("P-no-no", False),
        ("BOTH-1", False),
        ("NEVER", None),
    ],
)
def test_only_the_last_activity_receives_a_product_and_only_with_receipt_yes(
    month: Closed, job: str, receives: bool | None
) -> None:
    lines = own(month, f"kanban_jobs:{job}")
    by_group = sorted(DEDUCTED, key=lambda line: line.split()[2])
    conversion = [] if receives is None else ["conversion CUT LAB 0.4 30 12"]
    assert sorted(lines) == sorted(conversion + (by_group if receives else []))


def test_a_receipt_is_of_the_good_quantity_of_the_last_job(month: Closed) -> None:
    # 3 x 7.30 = 21.90
    assert own(month, "kanban_jobs:BOTH-3") == [
        "conversion CUT LAB 0.3 30 9", "product_receipt CUT LAB -0.3 30 -9", "product_receipt SHEET MAT -6 2 -12",
        "product_receipt LABOH OVH -9 0.1 -0.9",
    ]  # fmt: skip


@case(34, 35)
@pytest.mark.parametrize(
    "event, lines",
    [
        ("service_receipts:S1", ["service PAINT OUT 10 1.6 16"]),
        ("service_receipts:BACK", ["service PAINT OUT -2 1.6 -3.2"]),
        ("service_invoices:PART", ["service PAINT OUT - 0.05 0.2"]),
        ("service_invoices:SAME", []),
        ("service_invoices:LESS", ["service PAINT OUT - -0.1 -0.2"]),
    ],
)
def test_services_are_received_at_their_price_and_invoiced_at_the_difference(
    month: Closed, event: str, lines: list[str]
) -> None:
    assert own(month, event) == lines


@case(37)
@pytest.mark.parametrize(
    "event, lines",
    [
        # 20.00 of material: 5 %, 1 %; 10 pieces, 20 kg; 10 % of 1.00 + 0.20 + 1.00 + 0.20
        ("picking_lines:ISSUE", ["MATOH 20 0.05 1", "ALL 20 0.01 0.2", "PIECE 10 0.1 1", "KILO 20 0.01 0.2", "TOPUP 2.4 0.1 0.24"]),
        ("picking_lines:RETURN", ["MATOH -6 0.05 -0.3", "ALL -6 0.01 -0.06", "PIECE -3 0.1 -0.3", "KILO -6 0.01 -0.06", "TOPUP -0.72 0.1 -0.07"]),
        # a made item: level nodes leave its own lines out; ALL 1 % of 6.00 + 4.00; TOPUP only of that
        ("picking_lines:MADE", ["ALL 10 0.01 0.1", "TOPUP 0.1 0.1 0.01"]),
        ("kanban_jobs:SHEET-yes-no", ["MATOH 8 0.05 0.4", "ALL 8 0.01 0.08", "PIECE 4 0.1 0.4", "KILO 8 0.01 0.08", "TOPUP 0.96 0.1 0.1"]),
        ("kanban_jobs:SHEET-no-yes", ["MATOH -8 0.05 -0.4", "ALL -8 0.01 -0.08", "PIECE -4 0.1 -0.4", "KILO -8 0.01 -0.08", "TOPUP -0.96 0.1 -0.1"]),
        ("kanbans:NAILS", ["MATOH 50 0.05 2.5", "ALL 50 0.01 0.5", "PIECE 100 0.1 10", "TOPUP 13 0.1 1.3"]),
        # conversion 60.00 for 2 h: 10 %, 1 %, 2 h x 6.00
        ("kanban_jobs:SMALL", ["LABOH 60 0.1 6", "ALL 60 0.01 0.6", "HOUR 2 6 12", "TOPUP 18.6 0.1 1.86"]),
        # a receipt is no base of a surcharge, but of the node per piece that is made; its conversion is one
        ("kanban_jobs:P-no-yes", ["LABOH 12 0.1 1.2", "ALL 12 0.01 0.12", "HOUR 0.4 6 2.4", "DONE 4 0.2 0.8", "TOPUP 4.52 0.1 0.45"]),
        ("kanban_jobs:BOX-no-yes", ["DONE 4 0.2 0.8", "TOPUP 0.8 0.1 0.08"]),
        ("kanban_jobs:SWARF-no-yes", ["DONE 4 0.2 0.8", "TOPUP 0.8 0.1 0.08"]),
        # nothing is based on services here
        ("service_receipts:S1", []),
    ],
)  # fmt: skip
def test_overhead_follows_every_posting_of_its_base_in_the_sheet_s_order(
    month: Closed, event: str, lines: list[str]
) -> None:
    assert overhead(month, event) == lines


def test_emptying_any_other_unit_posts_nothing(month: Closed) -> None:
    assert month.posted("kanbans:UNIT") == []


@case(12)
def test_a_new_standard_revalues_layer_by_layer_in_every_flow_where_the_item_lies() -> None:
    shop = Shop()
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    shop.add("opening_wip", names, "FLOW item SHEET MAT 2025-12-31 3 1.90 5.70")
    shop.pick("P1", "SHEET", "5", "01-05")
    shop.pick("P2", "SHEET", "4", "01-05", kanban="K2", flow="MILL")
    shop.unit("K2", "KR-GEAR", "4", "01-05")
    shop.unit("U1", "KR-SHEET", "7", "01-02", received="01-02")
    shop.price("SHEET", "2.10", "01-16", site="1")
    month = shop.close()
    # FLOW: 2 of the 3 at 1.90 and the 5 at 2.00 are open: 2 x 0.20 + 5 x 0.10; MILL 4 x 0.10
    assert month.posted("item_prices:STD/SHEET/1/2026-01-16") == [
        "revaluation SHEET MAT 0 2.1 0.9", "revaluation SHEET MAT 0 2.1 0.4",
    ]  # fmt: skip
    assert month.wip("SHEET", "opening revaluation after", production_flow="FLOW") == "13.8 0.9 14.7"
    assert month.wip("SHEET", "opening revaluation after", production_flow="MILL") == "8 0.4 8.4"


@case(30)
def test_what_is_unused_at_the_end_date_by_the_kind_of_unit() -> None:
    shop = Shop()
    shop.pick("P0", "SHEET", "100", "01-02")
    shop.unit("U-FULL", "KR-SHEET", "10", "01-05")
    shop.job("M1", "U-FULL", "MOVE", "01-06", "9")  # 9 came of 10
    shop.unit("U-EMPTY", "KR-SHEET", "10", "01-05", received="01-06", emptied="01-07")
    shop.unit("U-COMING", "KR-SHEET", "10", "01-05")
    # in process: what was picked and not put back; a part taken from a unit is opened, and was coated
    shop.unit("K-IN", "KR-CRATE", "4", "01-10")
    shop.pick("P1", "NAIL", "9", "01-10", kanban="K-IN")
    shop.pick("P2", "NAIL", "-1", "01-11", kanban="K-IN")
    shop.pick("P3", "PART", "2", "01-11", kanban="K-IN", updates="no")
    shop.pick("P4", "SHEET", "1", "01-11", kanban="K-IN", updates="no")
    shop.unit("K-NOT", "KR-CRATE", "4", "-")
    shop.pick("P5", "NAIL", "4", "01-10", kanban="K-NOT")
    # received: a part is used by the flow, a crate that waits in WIP is finished, a box is in inventory
    shop.unit("K-SEMI", "KR-PART", "3", "01-05", received="01-20")
    shop.activity("WAIT", "50", "process", "no", "no", "0.1")
    shop.rule("KR-WAIT", "CRATE", "manufacturing", "WAIT")
    shop.unit("K-DONE", "KR-WAIT", "2", "01-05", received="01-20")
    shop.make("KR-BOX", "MAKE", "4", "01-10", name="K-OUT")
    # moved within WIP, within inventory, out of WIP, and standing in a supermarket: nothing
    for name, activity in (("W-INSIDE", "INSIDE"), ("W-STOCK", "STOCK"), ("W-BACK", "BACK")):
        shop.rule(name, "SHEET", "withdrawal", activity)
        shop.unit(name, name, "5", "01-05", received="01-06")
    shop.unit("G-FULL", "KR-GEAR", "4", "01-05", received="01-06")
    assert shop.close().unused() == [
        "NAIL finished K-DONE 8",
        "NAIL in_process K-IN 8",
        "PAINT finished K-DONE 2",
        "PAINT in_process K-IN 2",
        "PAINT semi_finished K-SEMI 3",
        "SHEET finished K-DONE 4",
        "SHEET handling_unit U-FULL 9",
        "SHEET in_process K-IN 5",
        "SHEET semi_finished K-SEMI 6",
    ]


@case(28, 29)
def test_a_unit_is_emptied_by_the_policy_of_its_rule_else_by_its_strategy() -> None:
    shop = Shop()
    shop.pick("P0", "SHEET", "99", "01-02")
    policies = [
        ("fixed", ""), ("fixed", "received"), ("fixed", "manual"), ("scheduled", ""), ("scheduled", "manual"),
        ("scheduled", "received"), ("event", ""), ("event", "manual"), ("event", "received"), ("event", "source_requirement"),
    ]  # fmt: skip
    shop.unit("SOURCE", "KR-BOX", "4", "01-10")
    shop.job("J1", "SOURCE", "MAKE", "-", "4", prepared="01-12")
    for strategy, policy in policies:
        name = f"{strategy}-{policy or 'default'}"
        shop.rule(name, "SHEET", "withdrawal", "MOVE", strategy=strategy, empty_policy=policy)
        shop.unit(name, name, "1", "01-05", received="01-06", source="SOURCE")
    standing = [line.split()[2] for line in shop.close().unused()]
    assert standing == ["event-manual", "fixed-default", "fixed-manual", "scheduled-manual"]
