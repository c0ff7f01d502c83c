"""What the cells of a table must be: every bad one is found, with row, column, value, rule and remedy."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from leancost.errors import MOST_FINDINGS, Finding, LeancostError, shortened
from leancost.tables import hints
from leancost.tables.declaration import DECIMALS, LONGEST_TEXT, PATTERNS, UNSEEN, Column, Table, tables

CODES: Final = {
    "T01": "a file or sheet that is no table",
    "T02": "an unknown column",
    "T03": "a column twice",
    "T04": "a required column is missing",
    "T05": "a row that has not the cells of the header",
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
    "T16": "cells of a workbook that are merged",
}
NOTES: Final = {
    "T17": "a time of day, of which the day counts",
    "T18": "hidden rows, columns or sheets of a workbook, which are read",
}
"""What is told though nothing is refused."""
CAUSES: Final = frozenset({"T01", "T02", "T03", "T04", "T06"})
"""For these a file, sheet or table is not read: they are shown before what is wrong with single cells."""
KIND_RULES: Final = {
    "date": "is no date",
    "flag": "is neither yes nor no",
    "integer": "is no whole number",
    "factor": "is no number with at most 9 decimals",
    "quantity": "is no number with at most 6 decimals",
    "price": "is no number with at most 6 decimals",
    "amount": "is no amount",
}

NOT_UTF_8: Final = re.compile("[\udc80-\udcff]")
"""A byte that is part of no character, as Python reads it where it may not fail."""
NO_TEXT: Final = ("T06", "is not UTF-8 text", "Save the file as CSV UTF-8")
DATE_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]"  # a day
    r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?"  # hours and minutes, perhaps seconds
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"  # the zone, of whose clock the day is
)
ZEROS: Final = re.compile(r"(-?[0-9]+(?:\.[0-9]*[1-9])?)\.?0+")
"""A number and zeros behind its last decimal that say nothing."""
DECIMAL: Final = re.compile(r"-?[0-9]{1,15}\.([0-9]+)")

Row = tuple[int, list[str]]
"""Row number as Excel shows it, and its cells."""
Rows = Iterable[Row]


class Findings(list[Finding]):
    """Collects findings, causes first; the first thousand are kept, all are counted.

    A cell of a workbook that cannot be read is not told to be empty as well.
    """

    def __init__(self) -> None:
        self.total = 0
        self.notes: list[Finding] = []
        """What is told though nothing is refused."""
        self.refused: set[str] = set()
        """Tables that were not read, or some keys of them: what refers to them may be right."""
        self.missing: set[str] = set()
        """Tables of which the source has no file or sheet."""
        self._causes = 0
        self._unread: set[tuple[str, int | None, str]] = set()
        self._times: dict[tuple[str, str], tuple[int, str, int]] = {}

    def add(
        self, code: str, table: str, row: int | None, column: str, problem: str, remedy: str, *, key: str = ""
    ) -> None:
        if code == "T07" and (table, row, column) in self._unread:
            return
        is_cause = code in CAUSES and not (code == "T06" and column)
        if code != "T11" and (is_cause or table not in tables() or not column or column in tables()[table].keys):
            self.refused.add(table)
        self.total += 1
        if len(self) < MOST_FINDINGS or is_cause:
            finding = Finding(code, table, row, column, problem, remedy, key=key)
            if code == "T08":
                self.unread(table, row, column)
            if is_cause and self._causes < MOST_FINDINGS:
                self.insert(self._causes, finding)
                self._causes += 1
                del self[MOST_FINDINGS:]
            elif not is_cause:
                self.append(finding)

    def note(self, code: str, table: str, row: int | None, column: str, problem: str, remedy: str) -> None:
        """Adds what is told though nothing is refused."""
        self.notes.append(Finding(code, table, row, column, problem, remedy, severity="warning"))

    def unread(self, table: str, row: int | None, column: str) -> None:
        """Marks a cell of which is said already why it cannot be read: it is not told to be empty."""
        self._unread.add((table, row, column))

    def saw_time(self, table: str, column: str, row: int, value: str) -> None:
        """Counts a date-time whose day was taken; it is told once a column."""
        first, shown, count = self._times.get((table, column), (row, value, 0))
        self._times[table, column] = first, shown, count + 1

    def tell_times(self) -> None:
        """Makes a note of every column in which times of day stood."""
        for (table, column), (row, value, count) in self._times.items():
            others = f", as do {count - 1} other cells" if count > 1 else ""
            problem = f"{value!r} holds a time of day{others}: the day counts"
            self.note("T17", table, row, column, problem, f"Write {value[:10]} where the time means nothing")
        self._times.clear()

    def refuse(self) -> None:
        """Raises LeancostError with everything found."""
        if self:
            raise LeancostError(self, self.total)


def check_cells(
    table: Table, columns: list[Column], rows: list[Row], digits: int, findings: Findings
) -> list[tuple[list[str], int]]:
    """Finds every cell that is not as its column is declared; the rows and places of those.

    What is certain without being the contract's form is put into it: the day of a date-time, zeros behind
    the last decimal.
    """
    found = []
    keys = [place for place, column in enumerate(columns) if column.key]
    for place, column in enumerate(columns):
        values = {cells[place] for _, cells in rows}
        bad, certain = {}, {}
        for value in values:
            if problem := _problem(column, value, digits):
                read = as_read(column, value)
                if read != value and not _problem(column, read, digits):
                    certain[value] = read
                else:
                    bad[value] = problem
        for number, cells in rows if bad or certain else ():
            value = cells[place]
            if value in certain:
                cells[place] = certain[value]
                if column.kind == "date":
                    findings.saw_time(table.name, column.name, number, value)
            elif value in bad:
                found.append((cells, place))
                code, problem_text, remedy = bad[value]
                key = key_of([cells[place] for place in keys]) if code == "T07" else ""
                findings.add(code, table.name, number, column.name, problem_text, remedy, key=key)
    return found


def is_blank(cell: str) -> bool:
    """Whether a cell shows nothing: empty, or blanks alone."""
    return not cell or cell.isspace()


def key_of(parts: list[str]) -> str:
    """The key of a row as messages show it: its parts joined by `/`; empty where it has none."""
    return shortened("/".join(parts)) if any(parts) else ""


def as_read(column: Column, value: str) -> str:
    """A cell as it is read: of a date-time the day, of a number no zeros behind its last decimal."""
    if column.kind == "date":
        moment = DATE_TIME.fullmatch(value)
        return moment[1] if moment else value
    if column.kind in PATTERNS and column.kind != "flag":
        number = ZEROS.fullmatch(value) if "." in value else None
        return number[1] if number else value
    return value


def _problem(column: Column, value: str, digits: int) -> tuple[str, str, str] | None:
    """Code, problem and remedy of a cell that is not as declared."""
    if value == "":
        if column.optional:
            return None
        return "T07", "is empty", f"Give {column.description[0].lower()}{column.description[1:].rstrip('.')}"
    if NOT_UTF_8.search(value):
        return NO_TEXT
    if len(value) > LONGEST_TEXT:
        return "T15", f"{_shown(value)} has {len(value)} characters", f"Write at most {LONGEST_TEXT}"
    unseen = UNSEEN.search(value)
    if unseen:
        return "T14", f"{_shown(value)} holds the character U+{ord(unseen[0]):04X}, which is not shown", "Remove it"
    if value != value.strip():
        return "T13", f"{_shown(value)} has blanks or control characters around it", "Remove them"
    if column.choices and value not in column.choices:
        meant = hints.choice(value, column.choices)
        problem = f"{_shown(value)} is not one of {', '.join(column.choices)}"
        return "T09", problem, f"Write {meant}" if meant else "Choose one of them"
    if column.kind == "text":
        return None
    if column.kind == "amount" and (number := DECIMAL.fullmatch(value)) and len(number[1].rstrip("0")) > digits:
        return "T12", f"{_shown(value)} has more than {digits} decimals", hints.in_currency(value, digits)
    if not PATTERNS[column.kind].fullmatch(value) or (column.kind == "date" and not _is_day(value)):
        return "T08", f"{_shown(value)} {KIND_RULES[column.kind]}", _remedy(column.kind, value, digits)
    return None


def _remedy(kind: str, value: str, digits: int) -> str:
    decimals = digits if kind == "amount" else DECIMALS.get(kind, 0)
    return hints.remedy(kind, value, decimals=decimals, whole=18 - DECIMALS[kind] if kind in DECIMALS else 9)


def _shown(value: str) -> str:
    return repr(shortened(value))


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def check_keys(
    table: Table,
    columns: list[Column],
    rows: list[Row],
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
