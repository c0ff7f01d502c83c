"""Where a row of an input table stands in the folder or workbook it was read from."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from leancost.tables import source_files, workbook
from leancost.tables.cells import Findings, Rows, as_read
from leancost.tables.declaration import tables


@dataclass(frozen=True)
class SourceRow:
    """A row of an input table: its key, its row number as Excel shows it (None in a book), the column read."""

    table: str
    key: tuple[str, ...]
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        key = "/".join(self.key)
        place = f"{self.table} row {self.row} ({key})" if self.row is not None else f"{self.table} {key}"
        return f"{place}, {self.column}" if self.column else place


class RowNumbers:
    """Finds rows by key: the row as Excel shows it of a folder or a workbook, none of a book.

    Each table is read once, when it is first asked for.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        self._numbers: dict[str, dict[tuple[str, ...], int]] = {}

    def row(self, table: str, key: Iterable[object], column: str = "") -> SourceRow:
        """The source row of that key; dates and empty key columns as they are written."""
        texts = tuple(_text(part) for part in key)
        return SourceRow(table, texts, self._of(table).get(texts), column)

    def _of(self, table: str) -> dict[tuple[str, ...], int]:
        if table not in self._numbers:
            if self._source.suffix == ".duckdb":
                self._numbers[table] = {}
            elif self._source.is_dir():
                self._numbers[table] = _numbered(table, _csv_rows(self._source / tables()[table].group, table))
            else:
                self._read_workbook()
        return self._numbers.setdefault(table, {})

    def _read_workbook(self) -> None:
        for sheet, rows in workbook.read(self._source, Findings()):  # what is wrong was said when it was loaded
            if sheet.name in tables():
                self._numbers[sheet.name] = _numbered(sheet.name, rows)


def _numbered(table: str, rows: Rows) -> dict[tuple[str, ...], int]:
    iterator = iter(rows)
    head = next((cells for _, cells in iterator if any(cells)), None)
    if head is None:
        return {}
    keys = [column for column in tables()[table].columns if column.key]
    places = [head.index(column.name) if column.name in head else None for column in keys]
    width = max((place for place in places if place is not None), default=0)
    return {
        tuple("" if p is None else as_read(key, cells[p]) for p, key in zip(places, keys, strict=True)): number
        for number, cells in iterator
        if len(cells) > width and any(cells)
    }


def _csv_rows(folder: Path, table: str) -> Iterator[tuple[int, list[str]]]:
    path = folder / f"{table}.csv"
    if path.exists():
        with suppress(csv.Error):
            yield from source_files.csv_rows(path)


def _text(part: object) -> str:
    if part is None:
        return ""
    return part.isoformat() if isinstance(part, date) else str(part)
