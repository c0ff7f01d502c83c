"""The edits that make the troubles: each changes or adds a few rows of the undisturbed quarter, and shifts no others.

Keys are those of the seed in simulation.py; a key that is gone is an error, and tests prove what each edit moves.
Rows numbered from 901 on are cards and picking lists that were written by hand.
"""

from decimal import Decimal

from leancost.company.setup import Book


def row_of(book: Book, table: str, key: str) -> dict[str, str]:
    """The row of that key; the key is the table's first column."""
    (row,) = (row for row in book[table] if next(iter(row.values())) == key)
    return row


def stage(book: Book, kanban: str, activity: str, quantity: str, received: str, emptied: str, rule: str = "") -> None:
    """One more unit moved on a day: its kanban and its transfer job."""
    book["kanbans"].append(
        {
            "kanban": kanban,
            "kanban_rule": rule or f"KR-{kanban.rpartition('-')[0]}",
            "quantity": quantity,
            "assigned_date": received,
            "received_date": received,
            "emptied_date": emptied,
        }
    )
    book["kanban_jobs"].append(
        {
            "job": f"{kanban}-{activity}",
            "kanban": kanban,
            "activity": activity,
            "completed_date": received,
            "good_quantity": quantity,
            "error_quantity": "0",
        }
    )


def scrap(book: Book) -> None:
    row_of(book, "kanban_jobs", "FRONT-WHEEL-038-W10")["good_quantity"] = "20"
    row_of(book, "kanban_jobs", "FRONT-WHEEL-038-W20")["error_quantity"] = "8"
    (hubs,) = (row for row in book["picking_lines"] if row["kanban"] == "FRONT-WHEEL-038")
    book["picking_lines"].append({**hubs, "picking_line": "PL-901", "quantity": "8"})


def lost_handling_unit(book: Book) -> None:
    stage(book, "TUBE-SET-901", "F05", "12", "2026-01-13", "2026-01-16")


def card_emptied_too_early(book: Book) -> None:
    row_of(book, "kanbans", "FORK-034")["emptied_date"] = "2026-01-30"


def substitute_material(book: Book) -> None:
    for line in ("PL-526", "PL-536", "PL-545"):
        row_of(book, "picking_lines", line)["item"] = "HUB-SEALED"


def stale_standard(book: Book) -> None:
    (price,) = (row for row in book["item_prices"] if row["item"] == "TUBE-SET")
    book["item_prices"].append({**price, "from_date": "2026-02-01", "unit_cost": "41.15"})


RUSHED = {"CITY-033": "CITY-901", "CITY-035": "CITY-902", "CITY-037": "CITY-903"}
"""Kanbans of twelve that were run as two of six, and the second half's kanban."""


def short_jobs(book: Book) -> None:
    number = 910
    for kanban, second in RUSHED.items():
        row = row_of(book, "kanbans", kanban)
        row["quantity"] = "6"
        book["kanbans"].append({**row, "kanban": second})
        for job in [job for job in book["kanban_jobs"] if job["kanban"] == kanban]:
            job["good_quantity"] = "6"
            book["kanban_jobs"].append({**job, "job": f"{second}-{job['activity']}", "kanban": second})
        for line in [line for line in book["picking_lines"] if line["kanban"] == kanban]:
            rest = Decimal(line["quantity"]) - 6
            line["quantity"] = "6"
            book["picking_lines"].append(
                {**line, "picking_line": f"PL-{number}", "kanban": second, "quantity": str(rest)}
            )
            number += 1


def unused_at_period_end(book: Book) -> None:
    for kanban in ("RIM-901", "RIM-902", "RIM-903"):
        stage(book, kanban, "W05", "24", "2026-03-30", "")


def service_above_standard(book: Book) -> None:
    dearer = Decimal("1.40")
    receipts = [row for row in book["service_receipts"] if row["posting_date"] >= "2026-03-09"]
    keys = {row["service_receipt"] for row in receipts}
    for row in receipts + [row for row in book["service_invoices"] if row["service_receipt"] in keys]:
        row["unit_price"] = str(Decimal(row["unit_price"]) + dearer)


def material_returned(book: Book) -> None:
    stage(book, "HANDLEBAR-901", "A05", "30", "2026-03-16", "2026-03-18")
    stage(book, "HANDLEBAR-BACK-001", "A90", "26", "2026-03-18", "", rule="KR-HANDLEBAR-BACK")
