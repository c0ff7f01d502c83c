"""Header and rows of a table: which cells belong to which column, and what stands where no column is.

Source: contract 1 (Form): column order is free, columns called `#…` or `_…` are notes, rows and columns
without any cell are passed over. A cell of blanks alone is none there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from leancost.errors import shortened
from leancost.tables.cells import NO_TEXT, NOT_UTF_8, Findings, Row, is_blank
from leancost.tables.declaration import Column, Table
from leancost.tables.hints import choice
from leancost.tables.source_names import is_note
from leancost.tables.workbook_sheet import letters

OTHER_COMMAS: Final = re.compile("[;\t|]")
ANY_NOTE: Final = "a column or sheet whose name begins with # is a note"


@dataclass
class Header:
    """The columns that a table names, and where their cells stand in its rows."""

    names: list[str]
    columns: list[Column]
    places: list[int]
    """Of each column, counted from 0."""
    is_sheet: bool
    strangers: dict[int, tuple[int, str, int]] = field(default_factory=dict)
    """Cells under no header, by place: the first one's row and text, and how many there are."""

    @property
    def width(self) -> int:
        """Cells of the header, blank ones at its end left out."""
        return len(self.names)


def check_header(
    table: Table, head: Row, findings: Findings, *, ahead: Sequence[Row] = (), is_sheet: bool = False
) -> Header | None:
    """What a header names, in its order; None where it is wrong. Notes are passed over.

    A row that names no column is none: it is one finding, which says where the header is if it is `ahead`.
    """
    before, (number, cells) = findings.total, head
    names = ["" if is_blank(name) else name for name in cells]
    while names and names[-1] == "":
        names.pop()
    if any(NOT_UTF_8.search(name) for name in names):
        code, problem, remedy = NO_TEXT
        findings.add(code, table.name, number, "", problem, remedy)
        return None
    meant = {choice(name, table.names) for name in names} - {""}
    if not meant and (unknown := [name for name in names if name and not is_note(name)]):
        below = next((row for row, texts in ahead if sum(text in table.names for text in texts) > 1), 0)
        problem, remedy = _unknown(table, unknown[0])
        remedy = f"Remove what stands above the header in row {below}" if below else remedy
        findings.add("T02", table.name, number, shortened(unknown[0]), problem, remedy)
        return None
    header = Header(names, [], [], is_sheet)
    for place, name in enumerate(names):
        if name == "" or is_note(name):
            continue
        if name not in table.names:
            findings.add("T02", table.name, number, shortened(name), *_unknown(table, name))
        elif table.column(name) in header.columns:
            findings.add("T03", table.name, number, name, "stands twice", "Remove one of them")
        else:
            header.columns.append(table.column(name))
            header.places.append(place)
    for column in table.columns:
        if not column.optional and column not in header.columns and column.name not in meant:
            findings.add("T04", table.name, number, column.name, "is missing", "Add the column")
    return header if findings.total == before else None


def _unknown(table: Table, name: str) -> tuple[str, str]:
    problem = "is no column of this table"
    parts = [part.strip(' "') for part in OTHER_COMMAS.split(name)]
    if len(parts) > 1 and parts[0] in table.names:
        return problem, "Separate the cells by commas"
    meant = choice(name, table.names)
    return problem, f"Rename it to {meant}" if meant else "Rename or remove the column"


def check_shape(table: Table, block: list[Row], header: Header, findings: Findings) -> list[Row]:
    """The rows with the cells of the header's columns, in their order; rows without any cell are left out."""
    width = header.width
    rows = [row for row in block if len(row[1]) == width and not is_blank(row[1][0])]
    if len(rows) < len(block):
        shaped = (_shaped(table, number, cells, header, findings) for number, cells in block)
        rows = [row for row in shaped if row]
    rows = _without_repeated_header(table, rows, header, findings)
    if len(header.places) < width:
        blank = [place for place, name in enumerate(header.names) if name == ""]
        for place in blank:
            for number, cells in rows:
                if not is_blank(cells[place]):
                    _count_stranger(header, place, number, cells[place])
        rows = [(number, [cells[place] for place in header.places]) for number, cells in rows]
        rows = [row for row in rows if not all(map(is_blank, row[1]))]
    return _without_remarks(table, rows, header, findings)


def tell_strangers(table: Table, header: Header, findings: Findings) -> None:
    """Says once a column which cells stand under no header."""
    for place, (row, text, count) in sorted(header.strangers.items()):
        all_of_them = f"; {count} cells of column {letters(place)} do" if count > 1 else ""
        problem = f"{letters(place)}{row} {shortened(text)!r} stands under no header{all_of_them}"
        findings.add("T05", table.name, row, "", problem, f"Name its column, or remove it: {ANY_NOTE}")


def _shaped(table: Table, number: int, cells: list[str], header: Header, findings: Findings) -> Row | None:
    if all(map(is_blank, cells)):
        return None
    width = header.width
    if len(cells) > width and header.is_sheet:
        for place, text in enumerate(cells[width:], start=width):
            if not is_blank(text):
                _count_stranger(header, place, number, text)
        cells = cells[:width]
        return None if all(map(is_blank, cells)) else (number, cells)
    if len(cells) > width and all(map(is_blank, cells[width:])):
        cells = cells[:width]
    if len(cells) != width:
        problem = f"has {len(cells)} cells, the header {width}"
        findings.add("T05", table.name, number, "", problem, "Check commas and quotes")
        return None
    return number, cells


def _count_stranger(header: Header, place: int, number: int, text: str) -> None:
    row, first, count = header.strangers.get(place, (number, text, 0))
    header.strangers[place] = row, first, count + 1


def _without_repeated_header(table: Table, rows: list[Row], header: Header, findings: Findings) -> list[Row]:
    """The rows but those that name the columns again, as sheets and files do that were put together."""
    first = header.names[0]
    again = [number for number, cells in rows if cells[0] == first and cells == header.names]
    if not again or len(header.columns) < 2:
        return rows
    for number in again:
        findings.add("T05", table.name, number, "", "repeats the header", "Remove the row")
    return [row for row in rows if row[1] != header.names]


def _without_remarks(table: Table, rows: list[Row], header: Header, findings: Findings) -> list[Row]:
    """The rows but those with a single cell where several must be filled: what stands below or between rows."""
    required = [place for place, column in enumerate(header.columns) if not column.optional]
    if len(required) < 3:
        return rows
    first, last = required[0], required[-1]
    remarks = set()
    for number, cells in rows:
        if not (cells[first] and cells[last]) and sum(map(bool, cells)) == 1:
            place, text = next((place, text) for place, text in enumerate(cells) if text)
            remarks.add(number)
            cell = f"{letters(header.places[place])}{number} {shortened(text)!r}"
            remedy = f"Fill the others, or move it elsewhere: {ANY_NOTE}"
            findings.add("T05", table.name, number, "", f"holds a single cell, {cell}", remedy)
    return [row for row in rows if row[0] not in remarks] if remarks else rows
