"""A currency has the decimals of ISO 4217, for every code; one in which nobody can keep a book is refused by name."""

import re
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from leancost.costing import workspace
from leancost.errors import LeancostError
from leancost.views.display import amount_text, money_text
from tests.books.small_book import PICK, row, small_book
from tests.support.commands import command, write_folder
from tests.support.rows import Book, read_csv

LISTED = [
    line.split(",") for line in resources.files("leancost.tables").joinpath("currencies.csv").read_text().split()[1:]
]


def in_currency(currency: str) -> Book:
    """The small book in that currency, with one SHEET of 2.125 picked in January."""
    rows = small_book()
    rows["parameters"][1]["value"] = currency
    rows["item_prices"][0]["unit_cost"] = "2.125"
    rows["picking_lines"].append(row(PICK, "P1", "FLOW", "", "SHEET", "1", "2026-01-10"))
    return rows


def test_the_list_is_that_of_iso_4217() -> None:
    codes = [code for code, _, _ in LISTED]
    assert codes == sorted(set(codes)) and all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    of = {digits: {code for code, minor_unit, _ in LISTED if minor_unit == digits} for digits in ("", "0", "3", "4")}
    assert of["0"] == set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
    assert of["3"] == set("BHD IQD JOD KWD LYD OMR TND".split()) and of["4"] == {"CLF", "UYW"}
    assert of[""] == set("XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split())
    assert {code for code, _, withdrawn in LISTED if withdrawn} == {"ANG", "BGN"}
    assert len(codes) == 180


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("EUR", 2), ("JPY", 0), ("KWD", 3), ("RSD", 2), ("IQD", 3), ("LBP", 2), ("ALL", 2), ("MGA", 2), ("XCG", 2), ("UGX", 0)],
)  # fmt: skip
def test_decimals_are_not_those_a_locale_shows(currency: str, digits: int) -> None:
    assert workspace.digits_of(currency) == digits
    shown = {0: "1,235", 2: "1,234.57", 3: "1,234.567"}[digits]
    assert money_text(Decimal("1234.567"), currency) == f"{currency} {shown}"


def test_what_is_shown_is_rounded_as_what_is_posted() -> None:
    assert money_text(Decimal("-0.125"), "EUR") == "−EUR 0.13" and amount_text(Decimal("2.5"), 0) == "3"


@pytest.mark.parametrize(
    ("currency", "why"),
    [
        ("XAU", "which has no minor unit in ISO 4217: nobody pays in it"),
        ("XDR", "which has no minor unit in ISO 4217: nobody pays in it"),
        ("XXX", "which has no minor unit in ISO 4217: nobody pays in it"),
        ("CLF", "which has 4 decimals in ISO 4217: amounts have at most 3"),
        ("UYW", "which has 4 decimals in ISO 4217: amounts have at most 3"),
        ("DEM", "no ISO 4217 code"),
        ("eur", "no ISO 4217 code"),
        ("EURO", "no ISO 4217 code"),
    ],
)
def test_a_currency_nobody_can_keep_a_book_in_is_refused_by_name(
    currency: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(in_currency(currency), tmp_path / "folder")
    remedy = "Write EUR" if currency == "eur" else "Write the code of the money the books are kept in"
    said = f"error C01 parameters row 3: parameter currency is {currency}, {why}. {remedy}.\n"
    assert command("check", folder) == 1
    assert said in capsys.readouterr().out
    assert command("close", folder, "--end", "2026-01-31", "--out", tmp_path / "out") == 1
    assert said in capsys.readouterr().err and not (tmp_path / "out").exists()
    with pytest.raises(LeancostError, match=f"parameters, currency: is {currency}, {why}"):
        workspace.digits_of(currency)


def test_a_book_in_dinars_is_closed_in_paras(tmp_path: Path) -> None:
    folder = write_folder(in_currency("RSD"), tmp_path / "folder")
    assert command("close", folder, "--end", "2026-01-31", "--out", tmp_path / "out") == 0
    (line,) = read_csv(tmp_path / "out" / "wip_transactions.csv")
    assert line["amount"] == "2.13"  # 1 x 2.125; whole dinars, as a locale shows them, would be 2
