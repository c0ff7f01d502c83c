"""Excel workbooks read: one sheet a table, cell by cell, and never more than a modest size."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from openpyxl.reader.excel import ExcelReader

from leancost.errors import LeancostError, shortened
from leancost.tables.cells import Findings, is_blank
from leancost.tables.declaration import Column, inputs
from leancost.tables.source_names import is_note
from leancost.tables.workbook_kinds import common_form, other_kind
from leancost.tables.workbook_limits import readable, require_modest, require_sound
from leancost.tables.workbook_sheet import Merged, Sheet, letters

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
Cells = Iterator[tuple[int, list[str]]]


def read(path: Path, findings: Findings) -> Iterator[tuple[Sheet, Cells]]:
    """Yields every sheet that is no note with its rows as text; raises LeancostError where it is no workbook.

    What would unpack to too much is refused by the sizes its parts declare, and where they are not
    true, before any part is held.
    """
    with readable(path):
        kind = other_kind(path)
        if kind and not kind.startswith("is a workbook"):
            raise LeancostError(f"{path} cannot be read as a workbook: it {kind}.")
        require_modest(path)
        file = common_form(path)
        sheets = require_sound(path, file)
        pairs = list(zip(_book(file, data_only=True), _book(file, data_only=False), strict=True))
    for values, sources in pairs:
        sheet = sheets.pop(values.title)
        if not _is_note(sheet.name):
            yield sheet, _rows(f"{path}, sheet {sheet.name}", sheet, values, sources, findings)
    for chart in sheets.values():
        if not _is_note(chart.name):
            yield chart, iter(())


def _is_note(sheet: str) -> bool:
    return is_note(sheet) or sheet == CHOICES or sheet.casefold().startswith(README.casefold())


class _Reader(ExcelReader):
    """Reads the sheets that hold cells."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Passes over a chart."""


def _book(file: Path | IO[bytes], *, data_only: bool) -> Any:
    reader = _Reader(file, read_only=True, data_only=data_only, keep_links=False)
    reader.read()
    return reader.wb


def _cells(values: Any, formulas: Any) -> Iterator[tuple[Any, Any]]:
    """Every row twice: stored values, and what they come from."""
    for sheet in (values, formulas):
        sheet.reset_dimensions()  # what the sheet says of its own size may be wrong
    yield from zip(values.iter_rows(), formulas.iter_rows(), strict=True)


def _rows(place: str, sheet: Sheet, values: Any, formulas: Any, findings: Findings) -> Cells:
    """The rows that hold a cell, from the header on; what is hidden or merged is told as it is met."""
    names: list[str] = []
    number = header = 0
    hidden = _Hidden(sheet, names)
    merged = _MergedCells(sheet)
    rows = _cells(values, formulas)
    while True:
        number += 1
        with readable(place):  # row by row, for others may run between them
            row = next(rows, None)
            if row is None:
                break
            texts = []
            for index, (cell, source) in enumerate(zip(*row, strict=True)):
                text, problem, remedy = _text(cell, source)
                if problem and not (index < len(names) and is_note(names[index])):
                    column = names[index] if index < len(names) else getattr(cell, "column_letter", "")
                    findings.add("T08", sheet.name, number, column, problem, remedy)
                texts.append(text)
        if all(map(is_blank, texts)):
            continue
        if not header:
            header = number
            while is_blank(texts[-1]):
                texts.pop()
            names = texts
            hidden = _Hidden(sheet, names)
            if not NOTES.isdisjoint(texts):
                findings.add(
                    "T04", sheet.name, number, "", "holds no header", "Write the names of the columns above it"
                )
                return
        elif number == header + 1 and not NOTES.isdisjoint(texts):
            continue
        else:
            hidden.count(number, texts)
            merged.find(number, texts, names, findings)
        width = len(names)
        yield number, (texts[:width] if all(map(is_blank, texts[width:])) else texts) + [""] * (width - len(texts))
    hidden.tell(findings)


class _Hidden:
    """Counts what is read of a sheet though it is not shown."""

    def __init__(self, sheet: Sheet, names: list[str]) -> None:
        self._sheet = sheet
        self._names = names
        self._ranges = iter(sheet.hidden_rows)
        self._range = next(self._ranges, None)
        self._rows = self._first = self._hidden_rows = 0
        self._empty_columns = [
            place for place, name in enumerate(names) if name and not is_note(name) and sheet.hides_column(place + 1)
        ]
        self._columns: list[int] = []

    def count(self, row: int, texts: list[str]) -> None:
        self._rows += 1
        while self._range and self._range[1] < row:
            self._range = next(self._ranges, None)
        if self._range and self._range[0] <= row:
            self._first = self._first or row
            self._hidden_rows += 1
        for place in self._empty_columns:
            if place < len(texts) and texts[place]:
                self._columns.append(place)
                self._empty_columns = [other for other in self._empty_columns if other != place]

    def tell(self, findings: Findings) -> None:
        """Makes notes of the sheet, its rows and its columns, as far as they hold cells and are hidden."""
        name = self._sheet.name
        if self._sheet.is_hidden and self._rows:
            problem = f"the sheet is hidden and was read, rows: {self._rows}"
            findings.note("T18", name, None, "", problem, "Remove the sheet if it does not count")
        if self._hidden_rows:
            problem = f"hidden or filtered rows were read: {self._hidden_rows}, the first is row {self._first}"
            findings.note("T18", name, self._first, "", problem, "Delete the rows that do not count")
        if self._columns:
            shown = ", ".join(f"{letters(place)} ({self._names[place]})" for place in sorted(self._columns))
            problem = f"hidden columns were read: {shown}"
            findings.note("T18", name, None, "", problem, "Delete the columns that do not count")


class _MergedCells:
    """Finds merged cells over data: the value stands in one of them, and in Excel seems to stand in all."""

    def __init__(self, sheet: Sheet) -> None:
        self._name = sheet.name
        self._later = sorted(sheet.merged, key=lambda cells: cells.first_row, reverse=True)
        self._open: list[Merged] = []

    def find(self, row: int, texts: list[str], names: list[str], findings: Findings) -> None:
        self._open = [cells for cells in self._open if row <= cells.last_row]
        while self._later and self._later[-1].first_row <= row:
            cells = self._later.pop()
            covered = [name for name in names[cells.first_column - 1 : cells.last_column] if name and not is_note(name)]
            text = texts[cells.first_column - 1] if cells.first_column <= len(texts) else ""
            if cells.first_row == row and covered and text:
                problem = (
                    f"{cells.text} {shortened(text)!r} are merged: whether it counts once or in each is not certain"
                )
                findings.add("T16", self._name, row, covered[0], problem, "Split them and fill each cell")
                self._open.append(cells)
        for cells in self._open:  # what they cover is empty for this cause
            for column in range(cells.first_column, min(cells.last_column, len(names)) + 1):
                findings.unread(self._name, row, names[column - 1])


def _text(cell: Any, source: Any) -> tuple[str, str, str]:
    """A cell's value as text; what is wrong where Excel has none, and the remedy."""
    formula = getattr(source, "value", None)
    if cell.value is None:
        if isinstance(formula, str) and formula.startswith("=") and getattr(source, "data_type", "") == "f":
            return "", f"the formula {shortened(formula)} has no stored value", "Open and save it in Excel"
        return "", "", ""
    if getattr(cell, "data_type", "") == "e":
        return "", f"{cell.value} is an error of Excel", "Mend the formula"
    if isinstance(cell.value, datetime) and cell.value.year < 1900:
        return "", f"{as_text(cell.value)!r} is no date of Excel", "Write it as YYYY-MM-DD"
    return as_text(cell.value), "", ""


def as_text(value: object) -> str:
    """A cell's value as contract CSV writes it; a date keeps its time of day where it has one."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() and value.year >= 1900 else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    return str(value)
