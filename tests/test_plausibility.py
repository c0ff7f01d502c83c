"""What cannot be, counts nothing or too much: told by `check` with the row, and by `calculate` where it concerns it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from leancost import checks, standard_cost
from leancost.source_rows import RowNumbers
from tests.shop import Shop, day
from tests.support import workspace_of
from tests.test_book import write_folder

OPENING = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
PLAUSIBILITY = tuple(code for code in checks.CODES if code.startswith("C8"))
Change = Callable[[Shop], object]


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


def go_live(on: str, *, flow: str = "") -> Change:
    """A go-live balance; with `flow` the flow's own go-live on that day."""

    def changed(shop: Shop) -> None:
        shop.add("opening_wip", OPENING, f"{flow or 'FLOW'} item SHEET MAT {day(on)} 8 2.00 16.00")
        if flow:
            shop.change("production_flows", flow, go_live=day(on))

    return changed


def set_to(table: str, *cells: str, **values: str) -> Change:
    return lambda shop: shop.change(table, *cells, **values)


def drop(job: str) -> Change:
    def changed(shop: Shop) -> None:
        shop.book["kanban_jobs"] = [line for line in shop.book["kanban_jobs"] if line["job"] != job]

    return changed


CASES: dict[str, tuple[list[Change], str]] = {
    "C80": (
        [go_live("01-05", flow="MILL"), set_to("opening_wip", "MILL", posting_date="2026-01-06")],
        "error C80 opening_wip row 2: MILL/item/SHEET/MAT/2026-01-06 is dated after 2026-01-05, the go-live of flow MILL."
        " Correct its date, or production_flows.go_live.",
    ),
    "C81": (
        [
            go_live("01-05"),
            lambda s: s.pick("P2", "SHEET", "3", "01-05"),
            lambda s: s.pick("P3", "SHEET", "3", "01-04"),
        ],
        "warning C81 picking_lines row 4: flow FLOW has 2 rows of picking_lines dated 2026-01-04 to 2026-01-05 (P3, P2), on"
        " or before its go-live 2026-01-05: no run reads them. Correct their dates, or leave them out: the opening balance"
        " stands for them.",
    ),
    "C82": (
        [lambda s: s.pick("P2", "SHEET", "3", "2062-01-15")],
        "warning C82 picking_lines row 3: flow FLOW has one row of picking_lines dated 2062-01-15 (P2), more than a year"
        " after all others: no run will read them. Correct their dates; leave a date empty of what has not happened.",
    ),
    "C83": (
        [set_to("kanban_jobs", "K1", good_quantity="400")],
        "warning C83 kanban_jobs row 2: job K1 reports 400.000000 good units of kanban K1, which is for 4.000000. Correct"
        " the quantities, or accept it.",
    ),
    "C84": (
        [set_to("kanban_jobs", "J2", good_quantity="3")],
        "warning C84 kanban_jobs row 5: job J3 reports 4.000000 good units of activity FOLD on kanban K2, but only 3.000000"
        " came from COAT (job J2). Correct the quantities, or accept it.",
    ),
    "C85": (
        [drop("J1"), set_to("kanban_jobs", "J2", completed_date="2026-01-15")],
        "warning C85 kanbans row 3: kanban K2 was received on 2026-01-14, but has no job completed by then of PRESS, COAT."
        " Register the jobs, or correct their dates.",
    ),
    "C86": (
        [set_to("indirect_rates", "LABOH", rate="10")],
        "warning C86 indirect_rates row 2: surcharge LABOH has rate 10.000000 from 2025-01-01, and 1 is a hundred per cent."
        " Write 5 % as 0.05, or accept it.",
    ),
    "C87": (
        [set_to("bom_lines", "B-BOX", quantity="0.000000001"), set_to("boms", "B-BOX", quantity="3")],
        "warning C87 bom_lines row 2: BOM B-BOX line 1 0.000000001 of SHEET for 3.000000000 rounds to nothing in the ninth"
        " decimal, per unit. Use a smaller unit, or accept it.",
    ),
    "C88": (
        [set_to("bom_lines", "B-BOX", quantity="0")],
        "warning C88 bom_lines row 2: BOM B-BOX line 1 asks for nothing of SHEET. Give its quantity, or take the line out.",
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_what_cannot_be_is_told_with_its_row(code: str, tmp_path: Path) -> None:
    changes, message = CASES[code]
    assert message in found(base(*changes), tmp_path)
    assert checks.CODES[code].severity == message.split()[0]


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
