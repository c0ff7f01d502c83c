"""A plant whose products are made, bought, subcontracted and routed in few words."""

from datetime import date
from decimal import Decimal

import pytest

from leancost.costing import standard_cost
from leancost.errors import LeancostError
from tests.books.small_book import row
from tests.support.rows import Book, Rows, normal, table_rows, workspace_of

DAY = date(2026, 1, 1)


def rows(names: str, text: str) -> Rows:
    """One row a line, cells by spaces, `-` for an empty one."""
    lines = [line.split() for line in text.strip().splitlines()]
    return [row(names, *("" if cell == "-" else cell for cell in line)) for line in lines]


def plant() -> Book:
    """RAW 2.00, GLUE 0.005, service PAINT 1.50, an hour of CUT 30.00; flow LINE with CUT-IT (0.1 h) and PACK (0.05 h)."""
    return {
        "sites": rows("site name", "1 Plant"),
        "cost_groups": rows(
            "cost_group name cost_group_type",
            """
            MAT Material direct_material
            LAB Labour direct_manufacturing
            OUT Outside direct_outsourcing
            OVH Overhead indirect
            PROD Products undefined
            """,
        ),
        "inventory_model_groups": rows(
            "inventory_model_group inventory_model stocked_product", "STD standard_cost yes\nSVC fifo no"
        ),
        "items": rows(
            "item name item_type unit cost_group inventory_model_group",
            "RAW Raw item pc MAT STD\nGLUE Glue item g MAT STD\nPAINT Paint service pc OUT SVC",
        ),
        "costing_versions": rows("costing_version costing_type fallback_version blocked", "STD standard - no"),
        "item_prices": rows(
            "costing_version item site from_date unit_cost status",
            """
            STD RAW 1 2025-01-01 2.00 active
            STD GLUE 1 2025-01-01 0.005 active
            STD PAINT 1 2025-01-01 1.50 active
            """,
        ),
        "item_price_breakdown": [],
        "cost_categories": rows("cost_category name cost_group", "CUT Cutting LAB"),
        "cost_category_prices": rows(
            "costing_version cost_category site from_date hourly_rate status", "STD CUT 1 2025-01-01 30 active"
        ),
        "costing_sheet": [],
        "indirect_rates": [],
        "resource_groups": rows(
            "resource_group name site is_work_cell vendor run_time_cost_category setup_cost_category",
            "CELL Cell 1 yes - CUT CUT\nYARD Yard 1 yes PAINTER - -",
        ),
        "production_flows": rows("production_flow name site production_group", "LINE Line 1 PG"),
        "activities": rows(
            ACTIVITY, "LINE CUT-IT 10 process CELL 0.1 0 no no -\nLINE PACK 20 process CELL 0.05 0 no yes -"
        ),
        "activity_ratios": [],
        "kanban_rules": [],
        "default_production_flows": [],
        "boms": [],
        "bom_lines": [],
        "routes": [],
        "route_operations": [],
    }


ACTIVITY = (
    "production_flow activity sequence activity_type resource_group run_time_hours process_quantity"
    " update_on_pick update_on_receipt service_item"
)
RULE = (
    "kanban_rule production_flow item kanban_type replenishment_strategy first_activity last_activity quantity"
    " effective_from"
)
PRICE = "costing_version item site from_date unit_cost status"
BREAKDOWN = "costing_version item site from_date resource_type resource cost_group quantity unit_price charge cost"
NODE = "node node_type cost_group base_cost_groups basis subtype sequence"
RATE = "costing_version node site item from_date rate status"


def made(book: Book, item: str, *lines: str, units: str = "1", lot: str = "40") -> None:
    """A product with a BOM for `units`; a line is `component quantity [column=value …]`."""
    names = "item name item_type unit cost_group inventory_model_group default_order_quantity"
    if item not in {known["item"] for known in book["items"]}:
        book["items"].append(row(names, item, item, "item", "pc", "PROD", "STD", lot))
    book["boms"].append(row("bom item quantity", f"B-{item}", item, units))
    for place, text in enumerate(lines, start=1):
        component, quantity, *more = text.split()
        line = row("bom line component quantity", f"B-{item}", str(place), component, quantity)
        book["bom_lines"].append(line | dict(cell.split("=", 1) for cell in more))


def ruled(book: Book, item: str, activity: str, *, flow: str = "LINE", lot: str = "10", start: str = "") -> None:
    """A manufacturing rule of one activity: CUT-IT leaves the item in WIP, PACK receives it into inventory."""
    name = f"KR-{item}-{flow}-{activity}"
    book["kanban_rules"].append(row(RULE, name, flow, item, "manufacturing", "fixed", activity, activity, lot, start))


def routed(book: Book, item: str, hours: str, setup: str = "") -> None:
    book["routes"].append(row("route item", f"R-{item}", item))
    names = "route operation resource_group run_time_hours setup_hours"
    book["route_operations"].append(row(names, f"R-{item}", "10", "CELL", hours, setup))


def second_flow(book: Book, flow: str = "OTHER") -> None:
    book["production_flows"].append(row("production_flow name site production_group", flow, flow, "1", "PG"))
    book["activities"] += rows(ACTIVITY, f"{flow} PACK 20 process CELL 0.2 0 no yes -")


Line = tuple[str, ...]


def line(text: str) -> Line:
    return tuple(value for _, value in normal({str(place): cell for place, cell in enumerate(text.split())}))


def lines_of(book: Book, item: str, table: str = "standard_cost_breakdown", **options: object) -> set[Line]:
    """Breakdown lines of an item: resource, cost group, quantity, unit price, charge, cost."""
    with workspace_of(book) as connection:
        standard_cost.calculate(connection, **({"calculation_date": DAY} | options))  # type: ignore[arg-type]
        names = ["resource", "cost_group", "quantity", "unit_price", "charge", "cost", "item"]
        found = [r for r in table_rows(connection, table, names) if r["item"] == item]
    return {line(" ".join(r[name] for name in names[:-1])) for r in found}


def unit_cost(book: Book, item: str, **options: object) -> Decimal:
    with workspace_of(book) as connection:
        standard_cost.calculate(connection, **({"calculation_date": DAY} | options))  # type: ignore[arg-type]
        found = table_rows(connection, "standard_costs", ["item", "unit_cost"])
        stored = table_rows(connection, "calculated_item_prices", ["item", "unit_cost"])
    assert found == stored
    return next(Decimal(r["unit_cost"]) for r in found if r["item"] == item)


def lines(*texts: str) -> set[Line]:
    return {line(text) for text in texts}


def refusal(book: Book, **options: object) -> list[str]:
    with workspace_of(book) as connection, pytest.raises(LeancostError) as caught:
        standard_cost.calculate(connection, **({"calculation_date": DAY} | options))  # type: ignore[arg-type]
    return list(caught.value.lines)


def warnings(book: Book, **options: object) -> list[str]:
    with workspace_of(book) as connection:
        result = standard_cost.calculate(connection, **({"calculation_date": DAY} | options))  # type: ignore[arg-type]
    return [str(finding) for finding in result.warnings]


def semi_finished_by_route() -> Book:
    book = plant()
    made(book, "PART", "RAW 2")
    made(book, "GOOD", "PART 3")
    for item, activity in (("PART", "CUT-IT"), ("GOOD", "PACK")):
        ruled(book, item, activity)
        routed(book, item, "0.1", setup="0.4")
    return book
