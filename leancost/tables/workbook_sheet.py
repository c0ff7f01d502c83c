"""What a sheet of a workbook says of itself: hidden, which rows and columns are, which cells are merged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

RANGE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
HIDDEN: Final = ("1", "true")


@dataclass(frozen=True)
class Merged:
    """Cells that show one value: rows and columns from 1, and the range as Excel writes it."""

    text: str
    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def covers(self, row: int, column: int) -> bool:
        """Whether a cell is one of them."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


@dataclass
class Sheet:
    """A sheet as it was seen before its cells are read; ranges of rows and columns are inclusive, from 1."""

    name: str
    state: str = "visible"
    is_chart: bool = False
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)

    @property
    def is_hidden(self) -> bool:
        """Whether it is left out of the tabs that a person sees."""
        return self.state in ("hidden", "veryHidden")

    def see_row(self, row: int, attributes: Mapping[str, str]) -> None:
        """Notes a row that is not shown: hidden, filtered out, or of no height."""
        if attributes.get("hidden") in HIDDEN or _is_nought(attributes.get("ht")):
            if self.hidden_rows and self.hidden_rows[-1][1] == row - 1:
                self.hidden_rows[-1] = self.hidden_rows[-1][0], row
            else:
                self.hidden_rows.append((row, row))

    def see_columns(self, attributes: Mapping[str, str]) -> None:
        """Notes columns that are not shown: hidden, or of no width."""
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if attributes.get("hidden") in HIDDEN or _is_nought(attributes.get("width")):
            if first.isdecimal() and last.isdecimal():
                self.hidden_columns.append((int(first), int(last)))

    def see_merged(self, attributes: Mapping[str, str]) -> None:
        """Notes a range of merged cells."""
        found = RANGE.fullmatch(attributes.get("ref", ""))
        if found:
            rows, columns = (int(found[2]), int(found[4])), (_number(found[1]), _number(found[3]))
            self.merged.append(Merged(found[0], min(rows), max(rows), min(columns), max(columns)))

    def hides_column(self, column: int) -> bool:
        """Whether a column, counted from 1, is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)


def letters(place: int) -> str:
    """The letters of a column of a sheet, counted from 0."""
    first, last = divmod(place, 26)
    return (letters(first - 1) if first else "") + chr(ord("A") + last)


def _is_nought(size: str | None) -> bool:
    return size is not None and size.strip("0.") == "" and "0" in size


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
