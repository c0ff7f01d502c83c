"""What a run wants looked at: services against jobs, units too large, products without an issue."""

from datetime import date

from tests.books.small_book import JOB, PICK, UNIT, row, small_book
from tests.support.cases import case
from tests.support.closes import close_rows
from tests.support.rows import Book

RECEIPT = "service_receipt production_flow service_item quantity unit_price posting_date"
DAY = "2026-01-15"


def said(book: Book) -> list[tuple[str, str, str]]:
    found = close_rows(book, date(2026, 1, 31))["warnings"]
    return [(line["code"], line["subject"], line["message"]) for line in found]


@case(35)
def test_services_received_are_held_against_the_jobs_done() -> None:
    book = small_book()
    book["service_receipts"].append(row(RECEIPT, "SR1", "FLOW", "PAINT", "3", "1.50", DAY))
    book["activities"][1] |= {"service_item": "PAINT", "service_quantity": "2"}
    book["kanbans"].append(row(UNIT, "K1", "KR-BOX", "4", DAY, "", ""))
    book["kanban_jobs"].append(row(JOB, "J1", "K1", "MAKE", DAY, "2", "0"))
    book["picking_lines"].append(row(PICK, "P1", "FLOW", "K1", "SHEET", "4", DAY))
    text = "3.000000 services received, jobs done for 4.000000; look for a receipt or a job that is not registered yet"
    assert said(book) == [("W07", "PAINT", text)]
    book["service_receipts"][0]["quantity"] = "4"
    assert said(book) == []


@case(6)
def test_a_unit_larger_than_what_the_period_used_is_told() -> None:
    book = small_book()
    for unit, emptied in (("U1", "2026-01-20"), ("U2", "")):
        book["kanbans"].append(row(UNIT, unit, "KR-SHEET", "10", DAY, "", emptied))
        book["kanban_jobs"].append(row(JOB, f"M-{unit}", unit, "MOVE", DAY, "10", ""))
    used = [code for code, _, _ in said(book)]
    assert "W08" not in used  # ten used, a unit of ten
    book["kanbans"][0]["quantity"] = book["kanban_jobs"][0]["good_quantity"] = "9"
    text = "a unit holds 10.000000, more than the period used, 9.000000; make units smaller, or keep them in inventory"
    assert ("W08", "SHEET", text) in said(book)


@case(7)
def test_a_product_received_without_any_issue_of_its_material_is_told() -> None:
    book = small_book()
    book["kanbans"].append(row(UNIT, "K1", "KR-BOX", "4", DAY, "", ""))
    book["kanban_jobs"].append(row(JOB, "J1", "K1", "MAKE", DAY, "4", "0"))
    text = "products were received that hold more of it than was there, and none was issued; look for an issue that was not registered"
    assert said(book) == [("W09", "SHEET", text)]
    opening = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    for there, told in (("1", True), ("8", False)):  # four boxes hold eight sheets
        book["opening_wip"] = [
            row(opening, "FLOW", "item", "SHEET", "MAT", "2025-12-31", there, "2.00", f"{2 * int(there)}.00")
        ]
        assert ("W09" in [code for code, _, _ in said(book)]) == told
    book["opening_wip"] = []
    book["picking_lines"].append(row(PICK, "P1", "FLOW", "K1", "SHEET", "1", DAY))
    assert said(book) == []


@case(6)
def test_a_kanban_in_process_or_made_that_holds_more_than_the_period_used_is_told_too() -> None:
    book = small_book()
    book["kanbans"].append(row(UNIT, "K1", "KR-BOX", "4", DAY, "", ""))
    book["picking_lines"].append(row(PICK, "P1", "FLOW", "K1", "SHEET", "8", DAY))
    assert [code for code, subject, _ in said(book) if subject == "SHEET"] == ["W08"]
