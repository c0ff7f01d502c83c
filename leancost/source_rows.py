"""Where a row of an input table stands in the folder or workbook it was read from."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from leancost import workbook
from leancost.tables import tables
from leancost.terms import SourceRow


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
        for name, rows in workbook.read(self._source, _pass_over):
            if name in tables():
                self._numbers[name] = _numbered(name, rows)


def _numbered(table: str, rows: Iterable[tuple[int, list[str]]]) -> dict[tuple[str, ...], int]:
    iterator = iter(rows)
    head = next(iterator, None)
    if head is None:
        return {}
    places = [head[1].index(name) if name in head[1] else None for name in tables()[table].keys]
    return {
        tuple("" if place is None else cells[place] for place in places): number
        for number, cells in iterator
        if len(cells) == len(head[1])
    }


def _csv_rows(folder: Path, table: str) -> Iterator[tuple[int, list[str]]]:
    path = folder / f"{table}.csv"
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file, suppress(csv.Error):
        for number, cells in enumerate(csv.reader(file, strict=True), start=1):
            if cells:
                yield number, cells


def _text(part: object) -> str:
    if part is None:
        return ""
    return part.isoformat() if isinstance(part, date) else str(part)


def _pass_over(code: str, table: str, row: int | None, column: str, problem: str, remedy: str) -> None:
    """What is wrong with a cell was said when the workbook was loaded."""
