"""A shop around the small book, and what the tests ask of its close.

FLOW makes BOX of 2 SHEET (7.30), and CRATE (14.10) of 4 NAIL and 1 PART; PART is pressed, coated outside and folded of
2 SHEET, and stays in WIP. MILL turns GEAR (5.30) into a supermarket that FLOW empties. SWARF is a by-product.
SHEET 2.00, NAIL 0.50, SWARF 0.25, PAINT 1.50 a unit, CUT 30.00 an hour, LABOH 10 % of labour.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.books.small_book import ACTIVITY, BREAKDOWN, PRICE, RULE, row, small_book
from tests.support.closes import close_rows
from tests.support.rows import Book, Rows, by_value

ITEM = "item name item_type unit cost_group inventory_model_group"
LINES = {
    "items": (
        ITEM,
        "NAIL Nail item pc MAT STD",
        "SWARF Swarf item kg MAT STD",
        "PART Part item pc PROD STD",
        "CRATE Crate item pc PROD STD",
        "GEAR Gear item pc PROD STD",
    ),
    "item_prices": (
        PRICE,
        "STD NAIL 1 2025-01-01 0.50 active",
        "STD SWARF 1 2025-01-01 0.25 active",
        "STD PART 1 2025-01-01 8.80 active",
        "STD CRATE 1 2025-01-01 14.10 active",
        "STD GEAR 1 2025-01-01 5.30 active",
    ),
    "item_price_breakdown": (
        BREAKDOWN,
        "STD PART 1 2025-01-01 item SHEET MAT 2 2.00 0 4.00",
        "STD PART 1 2025-01-01 cost_category CUT LAB 0.1 30 0 3.00",
        "STD PART 1 2025-01-01 service PAINT OUT 1 1.50 0 1.50",
        "STD PART 1 2025-01-01 costing_sheet_node LABOH OVH 3 0.1 0 0.30",
        "STD CRATE 1 2025-01-01 item SHEET MAT 2 2.00 0 4.00",
        "STD CRATE 1 2025-01-01 item NAIL MAT 4 0.50 0 2.00",
        "STD CRATE 1 2025-01-01 cost_category CUT LAB 0.2 30 0 6.00",
        "STD CRATE 1 2025-01-01 service PAINT OUT 1 1.50 0 1.50",
        "STD CRATE 1 2025-01-01 costing_sheet_node LABOH OVH 6 0.1 0 0.60",
        "STD GEAR 1 2025-01-01 item SHEET MAT 1 2.00 0 2.00",
        "STD GEAR 1 2025-01-01 cost_category CUT LAB 0.1 30 0 3.00",
        "STD GEAR 1 2025-01-01 costing_sheet_node LABOH OVH 3 0.1 0 0.30",
    ),
    "resource_groups": ("resource_group name site is_work_cell vendor", "YARD Yard 1 yes PAINTER"),
    "production_groups": ("production_group name wip_account", "PG2 Gears 1420"),
    "production_flows": ("production_flow name site production_group", "MILL Gears 1 PG2"),
    "activities": (
        f"{ACTIVITY} service_item",
        "FLOW INSIDE 2 transfer - - - no no -",
        "FLOW STOCK 3 transfer - - - yes yes -",
        "FLOW PRESS 6 process CELL 0.05 0 no no -",
        "FLOW COAT 7 process YARD - - no no PAINT",
        "FLOW FOLD 8 process CELL 0.05 0 no no -",
        "MILL TURN 10 process CELL 0.1 0 yes yes -",
    ),
    "kanban_rules": (
        f"{RULE} supermarket consuming_production_flow",
        "KR-PART FLOW PART manufacturing fixed PRESS FOLD 4 manual - -",
        "KR-CRATE FLOW CRATE manufacturing fixed MAKE MAKE 4 manual - -",
        "KR-GEAR MILL GEAR manufacturing fixed TURN TURN 4 manual yes FLOW",
        "KR-SWARF FLOW SWARF withdrawal fixed BACK BACK 1 manual - -",
    ),
    "boms": ("bom item site quantity", "B-PART PART 1 1", "B-CRATE CRATE 1 1", "B-GEAR GEAR 1 1"),
    "bom_lines": (
        "bom line component quantity",
        "B-PART 1 SHEET 2",
        "B-CRATE 1 PART 1",
        "B-CRATE 2 NAIL 4",
        "B-GEAR 1 SHEET 1",
    ),
}


def day(text: str) -> str:
    """`01-15` is in 2026."""
    return f"2026-{text}" if len(text) == 5 else text


class Shop:
    """The book, changed and filled with events line by line."""

    def __init__(self, **parameters: str) -> None:
        self.book: Book = small_book()
        for table, (names, *lines) in LINES.items():
            for line in lines:
                self.add(table, names, line)
        for parameter, value in parameters.items():
            self.change("parameters", parameter, value=value)

    def add(self, table: str, names: str, line: str) -> None:
        """A row by column names and cells, `-` for an empty one."""
        self.book.setdefault(table, []).append(row(names, *("" if cell == "-" else cell for cell in line.split())))

    def change(self, table: str, *cells: str, **values: str) -> None:
        """Changes every row that holds these cells."""
        found = [line for line in self.book[table] if set(cells) <= set(line.values())]
        assert found, cells
        for line in found:
            line.update(values)

    def price(self, item: str, cost: str, on: str = "2025-06-01", site: str = "-", status: str = "active") -> None:
        self.add("item_prices", PRICE, f"STD {item} {site} {day(on)} {cost} {status}")

    def node(
        self, node: str, kind: str, base: str, basis: str, rate: str, subtype: str = "-", group: str = "OVH"
    ) -> None:
        """A formula node after those that are there, with a rate from 2025 on."""
        names = "node parent_node node_type cost_group base_cost_groups basis subtype sequence"
        self.add(
            "costing_sheet",
            names,
            f"{node} TOP {kind} {group} {base} {basis} {subtype} {len(self.book['costing_sheet'])}",
        )
        self.rate(node, rate, "2025-01-01")

    def activity(self, name: str, sequence: str, kind: str, pick: str, receipt: str, hours: str = "-") -> None:
        """An activity of FLOW; a process activity is done in CELL."""
        cell = "CELL" if kind == "process" else "-"
        self.add("activities", ACTIVITY, f"FLOW {name} {sequence} {kind} {cell} {hours} - {pick} {receipt}")

    def rule(
        self, name: str, item: str, kind: str, first: str, last: str = "", strategy: str = "fixed", **cells: str
    ) -> None:
        """A rule of FLOW for 4 units; the empty policy is the strategy's where none is given."""
        self.add("kanban_rules", RULE, f"{name} FLOW {item} {kind} {strategy} {first} {last or first} 4 -")
        self.book["kanban_rules"][-1].update(cells)

    def rate(self, node: str, rate: str, on: str, item: str = "-") -> None:
        names = "costing_version node site item from_date rate status"
        self.add("indirect_rates", names, f"STD {node} 1 {item} {day(on)} {rate} active")

    def pick(
        self, name: str, item: str, quantity: str, on: str, kanban: str = "-", flow: str = "FLOW", updates: str = "yes"
    ) -> None:
        names = "picking_line production_flow kanban item quantity posting_date updates_inventory"
        self.add("picking_lines", names, f"{name} {flow} {kanban} {item} {quantity} {day(on)} {updates}")

    def unit(
        self,
        name: str,
        rule: str,
        quantity: str,
        assigned: str,
        received: str = "-",
        emptied: str = "-",
        source: str = "-",
    ) -> None:
        names = "kanban kanban_rule quantity assigned_date received_date emptied_date source_kanban"
        days = " ".join(day(text) for text in (assigned, received, emptied))
        self.add("kanbans", names, f"{name} {rule} {quantity} {days} {source}")

    def job(
        self, name: str, kanban: str, activity: str, completed: str, good: str, error: str = "0", prepared: str = "-"
    ) -> None:
        names = "job kanban activity prepared_date completed_date good_quantity error_quantity"
        self.add("kanban_jobs", names, f"{name} {kanban} {activity} {day(prepared)} {day(completed)} {good} {error}")

    def make(self, rule: str, activity: str, good: str, on: str, name: str = "K") -> None:
        """A kanban of one activity, assigned and completed on a day; its job has the kanban's name."""
        self.unit(name, rule, good, on)
        self.job(name, name, activity, on, good)

    def service(self, name: str, quantity: str, price: str, on: str) -> None:
        names = "service_receipt production_flow service_item quantity unit_price posting_date"
        self.add("service_receipts", names, f"{name} FLOW PAINT {quantity} {price} {day(on)}")

    def invoice(self, name: str, receipt: str, quantity: str, price: str, on: str) -> None:
        names = "service_invoice service_receipt quantity unit_price posting_date"
        self.add("service_invoices", names, f"{name} {receipt} {quantity} {price} {day(on)}")

    def close(self, end: str = "01-31", start: str = "") -> "Closed":
        first = date.fromisoformat(day(start)) if start else None
        return Closed(close_rows(self.book, date.fromisoformat(day(end)), first))


@dataclass(frozen=True)
class Closed:
    """The tables of a period's run; figures as texts by value, `-6` and not `-6.00`."""

    tables: dict[str, Rows]

    def posted(self, event: str) -> list[str]:
        """What an event posted, line by line: type, resource, cost group, quantity, unit cost, amount."""
        lines = [line for line in self.tables["wip_transactions"] if line["transaction"].partition("#")[0] == event]
        columns = ("transaction_type", "resource", "cost_group", "quantity", "unit_cost", "amount")
        ordered = sorted(lines, key=lambda line: line["transaction"])
        return [" ".join(by_value(line[name]) or "-" for name in columns) for line in ordered]

    def rows(self, table: str, **where: str) -> Rows:
        return [line for line in self.tables[table] if where.items() <= line.items()]

    def sum(self, table: str, column: str, **where: str) -> str:
        return by_value(str(sum((Decimal(line[column]) for line in self.rows(table, **where)), Decimal(0))))

    def wip(self, resource: str, columns: str = "before variance after", **where: str) -> str:
        """Figures of a resource in `wip_balances`, summed over its cost groups."""
        return " ".join(self.sum("wip_balances", name, resource=resource, **where) for name in columns.split())

    def variances(self, resource: str, **where: str) -> dict[str, str]:
        """Amount by variance type."""
        found = self.rows("variances", resource=resource, **where)
        return {line["variance_type"]: by_value(line["amount"]) for line in found}

    def unused(self) -> list[str]:
        """Item, type, kanban and quantity of what is unused."""
        columns = ("item", "unused_type", "kanban", "quantity")
        return sorted(" ".join(by_value(line[name]) for name in columns) for line in self.tables["unused_quantities"])

    def net(self, resource: str, columns: str = "unused capped realized", **where: str) -> str:
        return " ".join(
            self.sum("net_realized_usage", f"{name}_quantity", resource=resource, **where) for name in columns.split()
        )

    def warned(self) -> list[str]:
        """Codes and subjects of the warnings."""
        return sorted(f"{line['code']} {line['subject']}" for line in self.tables["warnings"])
