"""Books that are valid and hardly meant: each with what is told."""

from collections.abc import Callable

from tests.books.shop import Shop, day

OPENING = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
Change = Callable[[Shop], object]


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
