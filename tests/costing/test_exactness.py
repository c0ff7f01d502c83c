"""No binary float ever holds a posted quantity or amount; rounding is half-up, once."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from leancost.costing import backflush, workspace
from tests.books.small_book import PICK, row, small_book
from tests.support.closes import close_rows
from tests.support.rows import Book, read_folder, workspace_of

END = date(2026, 1, 31)


def picked(price: str, quantity: str, currency: str = "EUR") -> Book:
    book = small_book()
    book["parameters"][1]["value"] = currency
    book["item_prices"][0]["unit_cost"] = price
    book["item_price_breakdown"] = []
    book["picking_lines"] = [row(PICK, "P1", "FLOW", "", "SHEET", quantity, "2026-01-05")]
    return book


LINES = [
    ("0.005", "1", "EUR", "0.01"),
    ("2.675", "1", "EUR", "2.68"),
    ("2.675", "-1", "EUR", "-2.68"),
    ("1.005", "1", "EUR", "1.01"),
    ("0.285", "100", "EUR", "28.50"),
    ("1.015", "3", "EUR", "3.05"),
    ("8.345", "0.1", "EUR", "0.83"),
    ("0.5", "1", "JPY", "1"),
    ("2.5", "-1", "JPY", "-3"),
    ("0.0005", "1", "KWD", "0.001"),
    ("1.0005", "1", "KWD", "1.001"),
    ("999999999.999999", "99999.999999", "EUR", "99999999998999.90"),
]


@pytest.mark.parametrize(("price", "quantity", "currency", "amount"), LINES)
def test_a_line_is_rounded_half_up_to_its_currency(price: str, quantity: str, currency: str, amount: str) -> None:
    lines = close_rows(picked(price, quantity, currency), END)["wip_transactions"]
    assert [Decimal(line["amount"]) for line in lines] == [Decimal(amount)]


def test_prices_that_floats_round_wrongly_add_up_to_the_cent() -> None:
    book = picked("2.675", "1")
    book["picking_lines"] = [row(PICK, f"P{n:04}", "FLOW", "", "SHEET", "1", "2026-01-05") for n in range(1000)]
    (balance,) = close_rows(book, END)["wip_balances"]
    assert Decimal(balance["inputs"]) == Decimal("2680.00")


def test_no_table_of_a_run_has_a_binary_floating_point_column(examples: Path) -> None:
    with workspace_of(read_folder(examples / "edge_cases")) as connection:
        for _ in backflush.close(connection, end=date(2026, 3, 31)):
            pass
        rows = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE data_type IN ('DOUBLE', 'FLOAT', 'REAL')"
        ).fetchall()
    assert rows == []


QUOTIENTS = [
    ("1", "3", "0.333333333"),
    ("2", "3", "0.666666667"),
    ("1", "7", "0.142857143"),
    ("0.000000001", "2", "0.000000001"),
    ("0.000000001", "3", "0.000000000"),
    ("999999999.999999999", "1", "999999999.999999999"),
    ("0.0085525", "0.5", "0.017105000"),
]


@pytest.mark.parametrize(("numerator", "denominator", "quotient"), QUOTIENTS)
def test_the_one_division_is_half_up_to_nine_decimals(numerator: str, denominator: str, quotient: str) -> None:
    with workspace.workspace() as connection:
        connection.execute(
            "CREATE TABLE divisions AS SELECT 'p' AS purpose, 'o' AS owner, 'l' AS line,"
            " CAST(? AS DECIMAL(38,18)) AS numerator, CAST(? AS DECIMAL(18,9)) AS denominator",
            [numerator, denominator],
        )
        workspace.run_rule(connection, "facts/per_unit_quantities")
        (found,) = connection.execute("SELECT quotient FROM per_unit_quantities").fetchall()
    assert found == (Decimal(quotient),)
