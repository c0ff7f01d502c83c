"""The small book with a box made in each of two months."""

from tests.books.small_book import JOB, PICK, row, small_book
from tests.support.rows import Book

KANBAN = "kanban kanban_rule quantity assigned_date"


def two_months() -> Book:
    book = small_book()
    for number, day in (("1", "2026-01-15"), ("2", "2026-02-15")):
        book["kanbans"].append(row(KANBAN, f"K{number}", "KR-BOX", "4", day))
        book["kanban_jobs"].append(row(JOB, f"J{number}", f"K{number}", "MAKE", day, "4", ""))
        book["picking_lines"].append(row(PICK, f"P{number}", "FLOW", f"K{number}", "SHEET", "9", day))
    return book
