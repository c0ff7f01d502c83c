"""Excel workbooks read: one sheet a table, cell by cell, and never more than a modest size."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from openpyxl.reader.excel import ExcelReader

from leancost.errors import shortened
from leancost.tables import Column, inputs
from leancost.workbook_limits import readable, require_modest, require_sound

README: Final = "README"
CHOICES: Final = "choices"
"""Sheets that are no tables: what the form means, and the lists behind long drop-downs."""


def note(column: Column, *, first: bool) -> str:
    """What stands in row 2 under a column's name."""
    unit = f" [{column.unit}]" if column.unit else ""
    default = f" Empty: {column.default}." if column.default else ""
    return f"{'# ' if first else ''}{column.description}{unit}{default}"


NOTES: Final = frozenset(note(column, first=True) for table in inputs() for column in table.columns)
"""First cells by which row 2 is known as units and descriptions, not data."""
AddFinding = Callable[[str, str, int | None, str, str, str], None]


def read(path: Path, add: AddFinding) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """Yields every sheet as (name, rows as text); raises LeancostError where it is no workbook.

    What would unpack to too much is refused by the sizes its parts declare, and where they are not
    true, before any part is held.
    """
    with readable(path):
        require_modest(path)
        charts = require_sound(path)
        pairs = list(zip(_book(path, data_only=True), _book(path, data_only=False), strict=True))
    for values, sources in pairs:
        if values.title not in (README, CHOICES):
            place = f"{path}, sheet {values.title}"
            yield values.title, _rows(place, values.title, values, sources, add)
    for name in charts:
        yield name, iter(())


class _Reader(ExcelReader):
    """Reads the sheets that hold cells."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Passes over a chart."""


def _book(path: Path, *, data_only: bool) -> Any:
    reader = _Reader(str(path), read_only=True, data_only=data_only, keep_links=False)
    reader.read()
    return reader.wb


def _cells(values: Any, formulas: Any) -> Iterator[tuple[Any, Any]]:
    """Every row twice: stored values, and what they come from."""
    for sheet in (values, formulas):
        sheet.reset_dimensions()  # what the sheet says of its own size may be wrong
    yield from zip(values.iter_rows(), formulas.iter_rows(), strict=True)


def _rows(place: str, name: str, values: Any, formulas: Any, add: AddFinding) -> Iterator[tuple[int, list[str]]]:
    names: list[str] = []
    number = 0
    rows = _cells(values, formulas)
    while True:
        number += 1
        with readable(place):  # row by row, for others may run between them
            row = next(rows, None)
            if row is None:
                return
            texts = []
            for index, (cell, source) in enumerate(zip(*row, strict=True)):
                text, problem, remedy = _text(cell, source)
                if problem:
                    column = names[index] if index < len(names) else getattr(cell, "column_letter", "")
                    add("T08", name, number, column, problem, remedy)
                texts.append(text)
        if number == 1:
            while texts and texts[-1] == "":
                texts.pop()
            names = texts
        elif number == 2 and texts and texts[0] in NOTES:
            continue
        width = len(names)
        if any(texts):
            yield number, (texts[:width] if not any(texts[width:]) else texts) + [""] * (width - len(texts))


def _text(cell: Any, source: Any) -> tuple[str, str, str]:
    """A cell's value as text; what is wrong where Excel has none, and the remedy."""
    formula = getattr(source, "value", None)
    if cell.value is None:
        if isinstance(formula, str) and formula.startswith("=") and getattr(source, "data_type", "") == "f":
            return "", f"the formula {shortened(formula)} has no stored value", "Open and save it in Excel"
        return "", "", ""
    if getattr(cell, "data_type", "") == "e":
        return "", f"{cell.value} is an error of Excel", "Mend the formula"
    return as_text(cell.value), "", ""


def as_text(value: object) -> str:
    """A cell's value as contract CSV writes it; what Excel has no date for keeps its time and fails as one."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() and value.year >= 1900 else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    return str(value)
