"""What cannot be, counts nothing or too much: told by `check` with the row, and by `calculate` where it concerns it."""

from datetime import date
from pathlib import Path

import pytest

from leancost.costing import check_codes, checks, standard_cost
from leancost.tables.source_rows import RowNumbers
from tests.books.implausible import CASES, Change, drop, go_live, set_to
from tests.books.shop import Shop
from tests.support.commands import write_folder
from tests.support.rows import workspace_of

PLAUSIBILITY = tuple(code for code in check_codes.CODES if code.startswith("C8"))


def found(shop: Shop, folder: Path | None = None) -> list[str]:
    numbers = RowNumbers(write_folder(shop.book, folder)) if folder else None
    with workspace_of(shop.book) as connection:
        return [str(finding) for finding in checks.check(connection, numbers, PLAUSIBILITY)]


def base(*changes: Change) -> Shop:
    """Four boxes are made, and four parts on all three activities."""
    shop = Shop()
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.make("KR-BOX", "MAKE", "4", "01-10", name="K1")
    shop.unit("K2", "KR-PART", "4", "01-11")
    for name, activity, on in (("J1", "PRESS", "01-12"), ("J2", "COAT", "01-13"), ("J3", "FOLD", "01-14")):
        shop.job(name, "K2", activity, on, "4")
    for change in changes:
        change(shop)
    return shop


@pytest.mark.parametrize("code", CASES)
def test_what_cannot_be_is_told_with_its_row(code: str, tmp_path: Path) -> None:
    changes, message = CASES[code]
    assert message in found(base(*changes), tmp_path)
    assert check_codes.CODES[code].severity == message.split()[0]


def test_the_shop_has_nothing_to_be_told() -> None:
    assert found(base()) == []


TOLD: dict[str, tuple[list[Change], str]] = {
    "C83: more than twice, with what was scrapped": ([set_to("kanban_jobs", "J1", error_quantity="5")], "kanban K2"),
    "C84: an activity between may lack its job": (
        [set_to("kanban_jobs", "J1", good_quantity="2"), drop("J2")],
        "2.000000 came from PRESS (job J1)",
    ),
    "C85: the last activity too, where the received date is given": (
        [drop("J3"), set_to("kanbans", "K2", received_date="2026-01-14")],
        "has no job completed by then of FOLD",
    ),
    "C86: three hundred per cent, round": ([set_to("indirect_rates", "LABOH", rate="3")], "has rate 3.0"),
    "C86: more than five hundred, not round": ([set_to("indirect_rates", "LABOH", rate="7.5")], "has rate 7.5"),
    "C87: more than a per mille": (
        [set_to("bom_lines", "B-BOX", quantity="0.0000001"), set_to("boms", "B-BOX", quantity="7")],
        "0.000000100 of SHEET for 7.000000000 moves by more than a per mille",
    ),
    "C87: run time": (
        [set_to("activities", "TURN", run_time_hours="0.0000001", run_time_quantity="7")],
        "activity TURN of flow MILL 0.000000100 hours for 7.000000000 moves by more than a per mille in the ninth decimal, per"
        " unit. Count what is made in a larger unit, or accept it.",
    ),
    "C87: constant consumption in a large lot": (
        [
            set_to("bom_lines", "B-BOX", quantity="0.0001", consumption="constant"),
            set_to("kanban_rules", "KR-BOX", quantity="1000000"),
        ],
        "0.000100000 of SHEET for the lot of rule KR-BOX, 1000000.000000 rounds to nothing",
    ),
    "C87: set-up in a large lot": (
        [
            lambda s: s.add("routes", "route item", "R-BOX BOX"),
            lambda s: s.add(
                "route_operations",
                "route operation resource_group run_time_hours setup_hours",
                "R-BOX 10 CELL 0.1 0.0001",
            ),
            set_to("items", "BOX", default_order_quantity="1000000"),
        ],
        "0.000100000 hours of set-up for the default order quantity of BOX",
    ),
    "C87: run time of an operation": (
        [
            lambda s: s.add("routes", "route item", "R-BOX BOX"),
            lambda s: s.add(
                "route_operations",
                "route operation resource_group run_time_hours run_time_quantity",
                "R-BOX 10 CELL 0.0000001 700",
            ),
        ],
        "operation 10 of route R-BOX 0.000000100 hours for 700",
    ),
    "C88: no lines": ([lambda s: s.add("boms", "bom item quantity", "B-NONE BOX 1")], "BOM B-NONE of BOX has no lines"),
    "C88: no time by ratio": (
        [lambda s: s.add("activity_ratios", "production_flow activity item throughput_ratio", "FLOW MAKE BOX 0")],
        "activity MAKE of flow FLOW has throughput ratio 0 for BOX",
    ),
    "C88: no service": ([set_to("activities", "COAT", service_quantity="0")], "has service quantity 0"),
    "C88: no time at all": (
        [
            lambda s: s.add("routes", "route item", "R-BOX BOX"),
            lambda s: s.add("route_operations", "route operation resource_group run_time_hours", "R-BOX 10 CELL 0"),
        ],
        "operation 10 of route R-BOX takes no time",
    ),
    "C88: a price": (
        [set_to("item_prices", "NAIL", unit_cost="0")],
        "NAIL in version STD costs nothing from 2025-01-01",
    ),
    "C88: an hourly rate": ([set_to("cost_category_prices", "CUT", hourly_rate="0")], "costs nothing an hour"),
    "C88: a weight": (
        [lambda s: s.node("BY-KG", "input_unit", "MAT", "weight", "0.2"), set_to("items", "NAIL", weight="1")],
        "node BY-KG is charged by weight, but nothing is known of SHEET, SWARF",
    ),
    "C88: a volume of what is received": (
        [lambda s: s.node("OUT", "output_unit", "-", "volume", "0.2"), set_to("items", "BOX", volume="1")],
        "node OUT is charged by volume, but nothing is known of CRATE, GEAR",
    ),
    "C81: in the flow that an emptied unit is issued to": (
        [
            lambda s: s.make("KR-GEAR", "TURN", "3", "01-04", name="G1"),
            set_to("kanbans", "G1", emptied_date="2026-01-05"),
            set_to("production_flows", "Boxes", go_live="2026-01-05"),
        ],
        "flow FLOW has one row of kanbans dated 2026-01-05 (G1)",
    ),
    "C81: services and what was emptied": (
        [
            go_live("01-20"),
            lambda s: s.service("S1", "4", "1.50", "01-12"),
            lambda s: s.invoice("I1", "S1", "4", "1.60", "01-13"),
        ],
        "flow FLOW has one row of service_invoices dated 2026-01-13 (I1)",
    ),
    "C81: a service whose invoice is lost with it": (
        [go_live("01-20"), lambda s: s.service("S1", "4", "1.50", "01-12")],
        "flow FLOW has one row of service_receipts dated 2026-01-12 (S1)",
    ),
    "C81: more than five": (
        [go_live("01-09"), lambda s: [s.pick(f"A{n}", "SHEET", "1", "01-05") for n in range(7)]],
        "has 7 rows of picking_lines dated 2026-01-05 (A0, A1, A2, A3, A4 and 2 more)",
    ),
    "C82: an emptied date": (
        [set_to("kanbans", "K2", emptied_date="2126-01-20")],
        "one row of kanbans dated 2126-01-20",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_all_of_a_kind_is_told(name: str) -> None:
    changes, said = TOLD[name]
    assert [line for line in found(base(*changes)) if name[:3] in line and said in line], found(base(*changes))


ACCEPTED: dict[str, list[Change]] = {
    "C80: rows up to the go-live": [
        go_live("01-05", flow="MILL"),
        set_to("opening_wip", "MILL", posting_date="2026-01-02"),
    ],
    "C81: a unit that stands in WIP, its jobs and what it was made of": [
        go_live("01-20"),
        set_to("kanbans", "K1", emptied_date=""),
        lambda s: s.book["picking_lines"].clear(),
        lambda s: s.pick("P-K2", "SHEET", "8", "01-11", kanban="K2"),
        drop("K1"),
        set_to("kanbans", "K1", assigned_date="2026-01-19"),
    ],
    "C81: a service that is invoiced later": [
        go_live("01-05"),
        lambda s: s.service("S1", "4", "1.50", "01-05"),
        lambda s: s.invoice("I1", "S1", "4", "1.60", "01-15"),
    ],
    "C82: a year without an event": [lambda s: s.pick("P2", "SHEET", "3", "2027-01-10")],
    "C82: a few old ones": [lambda s: s.pick("P2", "SHEET", "3", "2024-01-10")],
    "C83: as many again begun for what is scrapped later": [
        set_to("kanban_jobs", "J1", good_quantity="8"),
        set_to("kanban_jobs", "J2", error_quantity="4"),
    ],
    "C83: good ones and one scrapped": [set_to("kanban_jobs", "K1", error_quantity="1")],
    "C84: fewer at a later activity": [set_to("kanban_jobs", "J3", good_quantity="3")],
    "C85: begun by the go-live": [go_live("01-12"), drop("J1")],
    "C85: without any job it is C58": [drop("K1"), set_to("kanbans", "K1", received_date="2026-01-10")],
    "C85: a move within WIP": [lambda s: s.activity("PARK", "7", "transfer", "no", "no")],
    "C86: as in the source": [set_to("indirect_rates", "LABOH", rate="2")],
    "C86: an amount an hour": [lambda s: s.node("HOURS", "rate", "LAB", "hours", "10")],
    "C87: a third": [set_to("bom_lines", "B-BOX", quantity="1"), set_to("boms", "B-BOX", quantity="3")],
    "C87: half a per mille": [
        set_to("bom_lines", "B-BOX", quantity="0.000007"),
        set_to("boms", "B-BOX", quantity="13"),
    ],
    "C88: constant scrap alone": [set_to("bom_lines", "B-BOX", quantity="0", constant_scrap="1")],
    "C88: a pending price": [lambda s: s.price("NAIL", "0", status="pending")],
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_may_be_is_not_told(name: str) -> None:
    assert [line for line in found(base(*ACCEPTED[name])) if name[:3] in line] == []


def warnings(*changes: Change, items: tuple[str, ...] = ("BOX",), basis: str = "production_flow") -> list[str]:
    with workspace_of(base(*changes).book) as connection:
        done = standard_cost.calculate(connection, calculation_date=date(2025, 6, 1), items=items, basis=basis)
        return [str(finding) for finding in done.warnings]


def test_a_calculation_tells_what_is_implausible_in_what_it_took() -> None:
    assert warnings() == []
    scrap = set_to("bom_lines", "B-BOX", variable_scrap="5")
    assert warnings(scrap) == [
        "warning C60 bom_lines: BOM B-BOX line 1 has variable scrap 5.000000000. Give a number of 0 or more, as a rule below 1"
        " (5 % is 0.05)."
    ]
    assert "surcharge LABOH has rate 10.0" in warnings(set_to("indirect_rates", "LABOH", rate="10"))[0]
    pennies = [set_to("bom_lines", "B-BOX", quantity="0.000000001"), set_to("boms", "B-BOX", quantity="3")]
    assert "rounds to nothing" in warnings(*pennies)[0]
    assert "has throughput ratio 0" in warnings(TOLD["C88: no time by ratio"][0][0])[0]
    assert "has service quantity 0" in warnings(TOLD["C88: no service"][0][0], items=("PART",))[0]
    assert "takes no time" in warnings(*TOLD["C88: no time at all"][0], basis="route")[0]
    assert warnings(*TOLD["C88: no time at all"][0]) == []
    weight = TOLD["C88: a weight"][0]
    assert "charged by weight, but nothing is known of SHEET." in warnings(*weight)[0]
    assert warnings(*weight, set_to("items", "SHEET", weight="2")) == []
    product = [lambda s: s.node("OUT-KG", "output_unit", "-", "weight", "0.2")]
    assert "charged by weight, but nothing is known of BOX." in warnings(*product)[0]


def test_a_standard_cost_of_nothing_is_told() -> None:
    nothing = [set_to("bom_lines", "B-BOX", quantity="0"), set_to("activities", "MAKE", run_time_hours="0")]
    assert warnings(*nothing) == [
        "warning C54 activities: activity MAKE of flow FLOW has no run time: its jobs post no conversion. Give it run time hours,"
        " or accept it.",
        "warning bom_lines: BOM B-BOX line 1 asks for nothing of SHEET. Give its quantity, or take the line out.",
        "warning item_prices: BOX at site 1 costs nothing. Look at its BOM, its activities and their prices.",
    ]
    free = [set_to("item_prices", "SHEET", unit_cost="0"), set_to("activities", "MAKE", run_time_hours="0")]
    assert [line.partition(".")[0] for line in warnings(*free)] == [
        "warning C54 activities: activity MAKE of flow FLOW has no run time: its jobs post no conversion",
        "warning item_prices: BOX at site 1 costs nothing",
        "warning item_prices: the price of SHEET at site 1 is zero",
    ]


def test_a_quantity_that_flattening_makes_too_small_is_told() -> None:
    small = [set_to("bom_lines", "B-PART", quantity="0.00003"), set_to("bom_lines", "PART", quantity="0.00001")]
    assert warnings(*small, items=("CRATE",)) == [
        "warning item_price_breakdown: the quantity of SHEET in CRATE at site 1 rounds to nothing in the ninth decimal."
        " Use a smaller unit, or accept it."
    ]
    more = [set_to("bom_lines", "B-PART", quantity="0.00013"), set_to("bom_lines", "PART", quantity="0.00003")]
    assert "moves by more than a per mille" in warnings(*more, items=("CRATE",))[0]
