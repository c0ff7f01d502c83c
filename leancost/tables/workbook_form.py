"""Excel workbooks written: one sheet a table, units and descriptions in the header, drop-downs for choices."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from leancost.errors import LeancostError
from leancost.tables.declaration import Column, Table, inputs
from leancost.tables.workbook import CHOICES, README, note

ROWS_READY: Final = 2000
"""Rows of an empty sheet that get drop-downs."""


def write(target: Path, sheets: Mapping[str, Sequence[Sequence[str | None]]]) -> None:
    """Writes one sheet a table with the rows given; raises LeancostError where `target` exists."""
    if target.exists():
        raise LeancostError(f"{target} exists already. Name a new file.")
    if target.suffix.lower() != ".xlsx":
        raise LeancostError(f"{target} is no workbook: its name must end in .xlsx.")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}")
    try:
        temporary.write_bytes(_packed(sheets))
        temporary.replace(target)
    except OSError as problem:
        raise LeancostError(f"{target} cannot be written: {problem.strerror or problem}.") from None
    finally:
        temporary.unlink(missing_ok=True)


def _packed(sheets: Mapping[str, Sequence[Sequence[str | None]]]) -> bytes:
    """The workbook's bytes: files of its own XlsxWriter would leave open where a disk is full."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, options)
    book.set_properties({"title": "leancost", "created": datetime(2026, 1, 1)})
    formats = {
        "key": book.add_format({"bold": True, "bottom": 1}),
        "required": book.add_format({"bottom": 1}),
        "optional": book.add_format({"font_color": "#666666", "bottom": 1}),
        "note": book.add_format({"italic": True, "font_color": "#666666", "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@"}),
        "number": book.add_format({"num_format": "General"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    _readme(book, formats["note"])
    for table in inputs():
        _sheet(book, table, sheets.get(table.name, ()), formats)
    _choices(book)
    book.close()
    return held.getvalue()


def _readme(book: "xlsxwriter.Workbook", note: object) -> None:
    sheet = book.add_worksheet(README)
    sheet.set_column(0, 0, 100)
    lines = (
        "A company's book for leancost: one sheet a table.",
        "Row 1 holds the names of the columns: bold is the key, grey may stay empty.",
        "Row 2 begins with # and says what a column holds and in which unit. Data begin in row 3.",
        "Dates as 2026-01-31, decimals with a point, yes or no; an empty cell is not given.",
        "A sheet without rows is an empty table. This sheet is not read.",
    )
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, note)


def _sheet(
    book: "xlsxwriter.Workbook", table: Table, rows: Sequence[Sequence[str | None]], formats: Mapping[str, object]
) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(2, 0)
    last = max(ROWS_READY, len(rows) + 2)
    for place, column in enumerate(table.columns):
        kind = "key" if column.key else ("optional" if column.optional else "required")
        sheet.write_string(0, place, column.name, formats[kind])
        sheet.write_string(1, place, note(column, first=place == 0), formats["note"])
        cells = "date" if column.kind == "date" else ("text" if column.kind in ("text", "flag") else "number")
        sheet.set_column(place, place, max(14, len(column.name) + 2), formats[cells])
        source = _drop_down(column)
        if source:
            sheet.data_validation(
                2, place, last, place, {"validate": "list", "source": source, "error_type": "warning"}
            )
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row):
            if value is not None:
                _cell(sheet, number, place, table.columns[place], value)


def _cell(sheet: Any, row: int, place: int, column: Column, value: str) -> None:
    """Text as text; numbers as numbers where fifteen digits hold them, else as text."""
    if column.kind in ("text", "flag", "date"):
        sheet.write_string(row, place, value)
        return
    number = exact_float(Decimal(value))
    if number is None:
        sheet.write_string(row, place, value)
    else:
        sheet.write_number(row, place, number)


def exact_float(number: Decimal) -> float | None:
    """The number as a workbook holds it; None where fifteen digits do not hold it."""
    return float(number) if Decimal(format(float(number), ".15g")) == number else None


def _drop_down(column: Column) -> list[str] | str | None:
    if column.kind == "flag":
        return ["yes", "no"]
    if column.choices:
        if len(",".join(column.choices)) <= 250:
            return list(column.choices)
        return f"={CHOICES}!${_letter(_long_choices().index(column))}$1:" + (
            f"${_letter(_long_choices().index(column))}${len(column.choices)}"
        )
    if column.references:
        table, _, key = column.references.partition(".")
        place = next(t for t in inputs() if t.name == table).names.index(key)
        letter = _letter(place)
        return f"={table}!${letter}$3:${letter}${ROWS_READY + 1}"
    return None


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _long_choices() -> list[Column]:
    """Columns whose closed list is too long for a drop-down's own text."""
    return [column for table in inputs() for column in table.columns if len(",".join(column.choices)) > 250]


def _choices(book: "xlsxwriter.Workbook") -> None:
    sheet = book.add_worksheet(CHOICES)
    for place, column in enumerate(_long_choices()):
        for row, choice in enumerate(column.choices):
            sheet.write_string(row, place, choice)
    sheet.hide()
