"""A remedy shows the user's own value in the contract's form where that is certain, never a constant."""

from pathlib import Path

import pytest

from leancost.tables.hints import choice, in_currency, remedy
from tests.support.broken_folders import problems, rewrite, small_folder

POINT = "Write digits, with a point before the decimals"
PRICES = {
    "8,00": "Write 8.00",
    "0,333": "Write 0.333",
    "1.234,50": "Write 1234.50",
    "1,234.50": "Write 1234.50",
    "1.234.567": "Write 1234567",
    "1 000": "Write 1000",
    "1\u202f000,5": "Write 1000.5",
    "1'000": "Write 1000",
    "1_000": "Write 1000",
    "€ 8": "Write 8",
    "8 EUR": "Write 8",
    "kr 8,50": "Write 8.50",
    "5%": "Write 0.05",
    "5,5 %": "Write 0.055",
    "1/3": "Write at most 6 decimals: 0.333333",
    "2/3": "Write at most 6 decimals: 0.666667",
    "1/2": "Write 0.5",
    "½": "Write 0.5",
    ".5": "Write 0.5",
    "1.": "Write 1",
    "+1": "Write 1",
    "8-": "Write -8",
    "(8)": "Write -8",
    "−8": "Write -8",
    "1e3": "Write 1000",
    "1.5E-3": "Write 0.0015",
    "１２": "Write 12",
    "2.0000005": "Write at most 6 decimals: 2.000001",
    "-2.0000005": "Write at most 6 decimals: -2.000001",
    "0.0000001": "Write at most 6 decimals",
    "1234567890123": "Write at most 12 digits before the point",
    "1,234": POINT,
    "1½": POINT,
    "--1": POINT,
    "0x10": POINT,
    "NaN": POINT,
    "1e99": POINT,
    "1/0": POINT,
    "five": POINT,
    "": POINT,
}


@pytest.mark.parametrize("value", PRICES)
def test_a_number_is_shown_as_it_is_to_be_written(value: str) -> None:
    assert remedy("price", value, decimals=6, whole=12) == PRICES[value]


DATES = {
    "31.01.2026": "2026-01-31",
    "31/01/2026": "2026-01-31",
    "1/31/2026": "2026-01-31",
    "05.05.2026": "2026-05-05",
    "2026/1/31": "2026-01-31",
    "2026.01.31": "2026-01-31",
    "20260131": "2026-01-31",
    "31.01.2026 14:05": "2026-01-31",
    "Jan 31, 2026": "2026-01-31",
    "31-Jan-2026": "2026-01-31",
    "31. januar 2026": "2026-01-31",
    "31. Mai 2026": "2026-05-31",
    "01.02.2026": "",
    "26-01-31": "",
    "46053": "",
    "2026-02-30": "",
    "today": "",
}


@pytest.mark.parametrize("value", DATES)
def test_a_date_is_shown_as_it_is_to_be_written_where_day_and_month_are_certain(value: str) -> None:
    said = f"Write {DATES[value]}" if DATES[value] else "Write it as YYYY-MM-DD"
    assert remedy("date", value, decimals=0, whole=9) == said


def test_flags_integers_amounts_and_choices_are_shown_as_they_are_to_be_written() -> None:
    flags = {"TRUE": "yes", "Ja": "yes", "1": "yes", "nein": "no", "No.": "no", "0": "no", "x": "yes or no"}
    assert {value: remedy("flag", value, decimals=0, whole=9).removeprefix("Write ") for value in flags} == flags
    assert remedy("integer", "1e3", decimals=0, whole=9) == "Write 1000"
    assert remedy("integer", "1.5", decimals=0, whole=9) == "Write a whole number of at most 9 digits"
    assert [in_currency("9.995", 2), in_currency("0.001", 2), in_currency("9.5", 0)] == [
        "Round it to the currency: 10.00", "Round it to the currency", "Round it to the currency: 10",
    ]  # fmt: skip
    names = ("direct_material", "indirect")
    assert [choice(name, names) for name in ("Direct Material", "direct-material", "INDIRECT", "direct")] == [
        "direct_material", "direct_material", "indirect", "",
    ]  # fmt: skip


CELLS = {
    "zeros say nothing": ("item_prices", '"2.00"', '"2.0000000000"', []),
    "a whole number with zeros": ("activities", ',"5",', ',"5.0",', []),
    "a choice in other letters": (
        "cost_groups", "direct_material", "Direct Material", [
            "error T09 cost_groups row 2, cost_group_type: 'Direct Material' is not one of direct_material,"
            " direct_manufacturing, direct_outsourcing, indirect, undefined. Write direct_material.",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_only_significant_decimals_and_other_words_are_told(name: str, tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    table, old, new, said = CELLS[name]
    rewrite(folder, table, old, new)
    assert problems(folder) == said
