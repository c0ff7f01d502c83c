"""Excel workbooks read: one sheet a table, cell by cell, and never more than a modest size."""

import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

import openpyxl
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring

from leancost.errors import LeancostError
from leancost.tables import Column, inputs

LARGEST: Final = 1 << 30
"""Bytes a workbook may unpack to."""
LARGEST_PART: Final = 1 << 26
"""Bytes that a part may unpack to which is held whole: texts, styles, everything but the sheets."""
MOST_PARTS: Final = 10_000
LARGEST_LIST: Final = 1 << 21
"""Bytes of the list of parts, which is read before anything else."""
PIECE: Final = 1 << 16
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
    with _readable(path):
        _require_modest(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(path, read_only=True)
        pairs = list(zip(book, formulas, strict=True))
        _require_all_sheets(path, book)
    for values, sources in pairs:
        if values.title not in (README, CHOICES):
            place = f"{path}, sheet {values.title}"
            yield values.title, _rows(place, values.title, values, sources, add)


def _require_all_sheets(path: Path, book: Any) -> None:
    """Raises LeancostError where a sheet is listed but not there: it would be read as no table."""
    with zipfile.ZipFile(path) as packed:
        listed = fromstring(packed.read("xl/workbook.xml")).iter(f"{{{SHEET_MAIN_NS}}}sheet")
        missing = [sheet.get("name") for sheet in listed if sheet.get("name") not in book.sheetnames]
    if missing:
        raise LeancostError(f"{path} cannot be read as a workbook: its sheet {missing[0]} is missing")


@contextmanager
def _readable(place: object) -> Iterator[None]:
    """Turns whatever goes wrong inside a file that only looks like a workbook into one line."""
    try:
        yield
    except LeancostError:
        raise
    except Exception as problem:
        said = " ".join(str(problem).split()) or type(problem).__name__
        raise LeancostError(f"{place} cannot be read as a workbook: {said[:200]}") from None


def _require_modest(path: Path) -> None:
    """Raises LeancostError where the list of parts or what they unpack to is too large."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 65_557, 0))
        ending = file.read()
    mark = ending.rfind(b"PK\5\6")
    if 0 <= mark <= len(ending) - 22:  # behind it: disks, number of parts, size of their list
        parts, size = struct.unpack_from("<HI", ending, mark + 10)
        if parts > MOST_PARTS or size > LARGEST_LIST:
            raise LeancostError(
                f"{path} has more than {MOST_PARTS:,} parts and is not read. Use a folder of CSV files."
            )
    with zipfile.ZipFile(path) as packed:
        listed = packed.infolist()
    if len(listed) > MOST_PARTS:
        raise LeancostError(f"{path} has more than {MOST_PARTS:,} parts and is not read. Use a folder of CSV files.")
    if sum(part.file_size for part in listed) > LARGEST:
        raise LeancostError(f"{path} unpacks to more than 1 GiB and is not read. Use a folder of CSV files.")
    for part in listed:
        if part.file_size > LARGEST_PART and not part.filename.startswith("xl/worksheets/"):
            raise LeancostError(
                f"{path}: {part.filename} unpacks to more than 64 MiB and is not read. Use a folder of CSV files."
            )
    with path.open("rb") as file:
        for part in listed:
            if not _is_as_declared(file, part):
                raise LeancostError(f"{path}: {part.filename} does not unpack to what it says and is not read.")


def _is_as_declared(file: BinaryIO, part: zipfile.ZipInfo) -> bool:
    """Whether a part unpacks to no more than it declares, seen a piece at a time.

    Python's zipfile cuts off what is beyond, but only after it has unpacked it.
    """
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size == part.file_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        return False
    file.seek(part.header_offset + 26)
    file.seek(sum(struct.unpack("<HH", file.read(4))), os.SEEK_CUR)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left, unpacked = part.compress_size, 0
    while (left or unpacker.unconsumed_tail) and unpacked <= part.file_size and not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(min(left, PIECE))
        left -= 0 if unpacker.unconsumed_tail else len(packed)
        if not packed:
            return False
        unpacked += len(unpacker.decompress(packed, PIECE))
    return unpacked <= part.file_size


def _cells(place: str, values: Any, formulas: Any) -> Iterator[tuple[Any, Any]]:
    """Every row twice: stored values, and what they come from."""
    with _readable(place):
        for sheet in (values, formulas):
            sheet.reset_dimensions()  # what the sheet says of its own size may be wrong
        yield from zip(values.iter_rows(), formulas.iter_rows(), strict=True)


def _rows(place: str, name: str, values: Any, formulas: Any, add: AddFinding) -> Iterator[tuple[int, list[str]]]:
    width = 0
    for number, (cells, sources) in enumerate(_cells(place, values, formulas), start=1):
        texts = []
        for cell, source in zip(cells, sources, strict=True):
            texts.append(_text(name, number, cell, source, add))
        if number == 1:
            while texts and texts[-1] == "":
                texts.pop()
            width = len(texts)
        elif number == 2 and texts and texts[0] in NOTES:
            continue
        if any(texts):
            yield number, (texts[:width] if not any(texts[width:]) else texts) + [""] * (width - len(texts))


def _text(sheet: str, row: int, cell: Any, source: Any, add: AddFinding) -> str:
    value = cell.value
    formula = getattr(source, "value", None)
    column = getattr(cell, "column_letter", "")
    if value is None:
        if isinstance(formula, str) and formula.startswith("=") and getattr(source, "data_type", "") == "f":
            add("T08", sheet, row, column, f"the formula {formula} has no stored value", "Open and save it in Excel")
        return ""
    if getattr(cell, "data_type", "") == "e":
        add("T08", sheet, row, column, f"{value} is an error of Excel", "Mend the formula")
        return ""
    return as_text(value)


def as_text(value: object) -> str:
    """A cell's value as contract CSV writes it; dates with a time keep it and fail as dates."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f")
    return str(value)
