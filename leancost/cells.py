"""What the cells of a table must be: every bad one is found, with row, column, value, rule and remedy."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from leancost.errors import MOST_FINDINGS, Finding, LeancostError, shortened
from leancost.tables import LONGEST_TEXT, PATTERNS, UNSEEN, Column, Table, tables

CODES: Final = {
    "T01": "a file or sheet that is no table",
    "T02": "an unknown column",
    "T03": "a column twice",
    "T04": "a required column is missing",
    "T05": "a row with too many or too few cells",
    "T06": "text that cannot be read",
    "T07": "a required cell is empty",
    "T08": "a value that is not of its kind",
    "T09": "a value outside its closed list",
    "T10": "a key twice",
    "T11": "a reference to something that does not exist",
    "T12": "more decimals than the currency has",
    "T13": "blanks around a value",
    "T14": "a character that is not shown, or turns the reading direction round",
    "T15": "a text that is too long",
}
KIND_RULES: Final = {
    "date": ("is no date", "Write it as 2026-01-31"),
    "flag": ("is neither yes nor no", "Write yes or no"),
    "integer": ("is no whole number", "Write it as 10"),
    "factor": ("is no number with at most 9 decimals", "Write it as 0.333333333"),
    "quantity": ("is no number with at most 6 decimals", "Write it as 12.5"),
    "price": ("is no number with at most 6 decimals", "Write it as 3.333333"),
    "amount": ("is no amount", "Write it as 120.00"),
}

NOT_UTF_8: Final = re.compile("[\udc80-\udcff]")
"""A byte that is part of no character, as Python reads it where it may not fail."""
NO_TEXT: Final = ("T06", "is not UTF-8 text", "Save the file as CSV UTF-8")

Rows = Iterable[tuple[int, list[str]]]
"""Row number as Excel shows it, and its cells."""


class Findings(list[Finding]):
    """Collects findings; the first thousand are kept, all are counted.

    A cell of a workbook that cannot be read is not told to be empty as well.
    """

    total = 0

    def __init__(self) -> None:
        self._unread: set[tuple[str, int | None, str]] = set()
        self.unread_keys: set[str] = set()
        """Tables of which some key could not be read."""
        self.contained: set[str] = set()
        """Tables of which the source has a file or a sheet, be it a header only."""

    def add(self, code: str, table: str, row: int | None, column: str, problem: str, remedy: str) -> None:
        if code == "T07" and (table, row, column) in self._unread:
            return
        if code != "T11" and (table not in tables() or not column or column in tables()[table].keys):
            self.unread_keys.add(table)
        self.total += 1
        if len(self) < MOST_FINDINGS:
            if code == "T08":
                self._unread.add((table, row, column))
            self.append(Finding(code, table, row, column, problem, remedy))

    def refuse(self) -> None:
        """Raises LeancostError with everything found."""
        if self:
            raise LeancostError(self, self.total)


def check_header(table: Table, names: list[str], findings: Findings) -> list[Column] | None:
    """The columns that a header names, in its order; None where it is wrong."""
    before = findings.total
    columns = []
    if any(NOT_UTF_8.search(name) for name in names):
        code, problem, remedy = NO_TEXT
        findings.add(code, table.name, 1, "", problem, remedy)
        return None
    for name in names:
        if name not in table.names:
            findings.add(
                "T02", table.name, 1, shortened(name), "is no column of this table", "Rename or remove the column"
            )
        elif names.count(name) > 1 and table.column(name) in columns:
            findings.add("T03", table.name, 1, name, "stands twice", "Remove one of them")
        else:
            columns.append(table.column(name))
    for column in table.columns:
        if column not in columns and not column.optional:
            findings.add("T04", table.name, 1, column.name, "is missing", "Add the column")
    return columns if findings.total == before else None


def check_shape(
    table: Table, block: list[tuple[int, list[str]]], width: int, findings: Findings
) -> list[tuple[int, list[str]]]:
    """The rows that have as many cells as the header; empty ones are left out."""
    good = []
    for number, cells in block:
        if len(cells) == width:
            good.append((number, cells))
        elif any(cells):
            findings.add(
                "T05", table.name, number, "", f"has {len(cells)} cells, the header {width}", "Check commas and quotes"
            )
    return good


def check_cells(
    table: Table, columns: list[Column], rows: list[tuple[int, list[str]]], digits: int, findings: Findings
) -> list[tuple[list[str], int]]:
    """Finds every cell that is not as its column is declared; the rows and places of those."""
    found = []
    for place, column in enumerate(columns):
        values = {cells[place] for _, cells in rows}
        bad = {}
        for value in values:
            problem = _problem(column, value, digits)
            if problem:
                bad[value] = problem
        if bad:
            for number, cells in rows:
                if cells[place] in bad:
                    found.append((cells, place))
                    findings.add(bad[cells[place]][0], table.name, number, column.name, *bad[cells[place]][1:])
    return found


def _problem(column: Column, value: str, digits: int) -> tuple[str, str, str] | None:
    """Code, problem and remedy of a cell that is not as declared."""
    if value == "":
        if column.optional:
            return None
        return "T07", "is empty", f"Give {column.description[0].lower()}{column.description[1:].rstrip('.')}"
    if NOT_UTF_8.search(value):
        return NO_TEXT
    shown = repr(shortened(value))
    if len(value) > LONGEST_TEXT:
        return "T15", f"{shown} has {len(value)} characters", f"Write at most {LONGEST_TEXT}"
    unseen = UNSEEN.search(value)
    if unseen:
        return "T14", f"{shown} holds the character U+{ord(unseen[0]):04X}, which is not shown", "Remove it"
    if value != value.strip():
        return "T13", f"{shown} has blanks or control characters around it", "Remove them"
    if column.choices and value not in column.choices:
        return "T09", f"{shown} is not one of {', '.join(column.choices)}", "Choose one of them"
    if column.kind == "text":
        return None
    if not PATTERNS[column.kind].fullmatch(value) or (column.kind == "date" and not _is_day(value)):
        rule, remedy = KIND_RULES[column.kind]
        return "T08", f"{shown} {rule}", remedy
    if column.kind == "amount" and len(value.partition(".")[2].rstrip("0")) > digits:
        return "T12", f"{shown} has more than {digits} decimals", "Round it to the currency"
    return None


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def check_keys(
    table: Table,
    columns: list[Column],
    rows: list[tuple[int, list[str]]],
    seen: dict[tuple[str, ...], int],
    findings: Findings,
) -> None:
    """Finds every row whose key stood in an earlier one; `seen` holds the rows of the keys so far."""
    places = [place for place, column in enumerate(columns) if column.key]
    for number, cells in rows:
        key = tuple(cells[place] for place in places)
        first = seen.setdefault(key, number)
        if first != number:
            problem = f"{shortened('/'.join(key))} stands in row {first} already"
            findings.add("T10", table.name, number, "/".join(table.keys), problem, "Keep one of them")
