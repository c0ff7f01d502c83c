"""What a workbook may hold at most: refused before any of it is held."""

import os
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Final
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from leancost.errors import LeancostError, shortened
from leancost.tables.workbook_kinds import CUT_OFF
from leancost.tables.workbook_sheet import Sheet

LARGEST: Final = 1 << 30
"""Bytes a workbook may unpack to."""
LARGEST_PART: Final = 1 << 26
"""Bytes that a part may unpack to which is held whole: texts, styles, everything but the sheets."""
SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
MOST_PARTS: Final = 10_000
LARGEST_LIST: Final = 1 << 21
"""Bytes of the list of parts, which is read before anything else."""
PIECE: Final = 1 << 16
LAST_ROW: Final = 1 << 20
LAST_COLUMN: Final = 1 << 14
LONGEST_TEXT: Final = (1 << 15) - 1
"""What a sheet of Excel can hold: rows, columns (to XFD), characters of a cell."""
LARGEST_ROW: Final = 1 << 24
"""Characters of a row, or of a shared text with all its formats."""
MOST_ELEMENTS: Final = 1 << 18
"""Elements of a row, of a shared text, or of what follows the rows."""
LONGEST_TAG: Final = 1 << 20
"""Bytes of a tag or a comment, which the parser holds whole."""
CELL, ROW, TEXT, COLUMN, MERGED = (f"{SHEET_MAIN_NS} {name}" for name in ("c", "row", "si", "col", "mergeCell"))
STRICT: Final = "http://purl.oclc.org/ooxml/"
RUNS: Final = frozenset(
    f"{SHEET_MAIN_NS} {name}"
    for name in "t r rPr rFont charset family b i strike outline shadow condense extend color sz u vertAlign scheme"
    " rPh phoneticPr".split()
)
"""Elements inside one text: what stands in them is counted together."""


def require_sound(path: Path, file: Path | IO[bytes]) -> dict[str, Sheet]:
    """The sheets of the workbook `file` by name; raises LeancostError where a part holds what no sheet can.

    A listed sheet that is not there would be read as no table, a row out of order not at all. Seen a
    piece at a time, before any part is held. Messages name `path`.
    """
    reader = ExcelReader(file, read_only=True, keep_links=False)
    with reader.archive:
        reader.read_manifest()
        reader.read_workbook()
        texts: Any = next(iter(reader.package.findall(SHARED_STRINGS)), None)
        if texts is not None:
            with reader.archive.open(texts.PartName[1:]) as part:
                _require_sheet_like(f"{path}: {texts.PartName[1:]}", part, Sheet(""))
        found = {sheet.name: rel for sheet, rel in reader.parser.find_sheets() if rel.target in reader.valid_files}
        missing = [sheet.name for sheet in reader.parser.sheets if sheet.name not in found]
        if missing:
            raise LeancostError(f"{path} cannot be read as a workbook: its sheet {missing[0]} is missing")
        if len({rel.target for rel in found.values()}) < len(reader.parser.sheets):
            raise LeancostError(f"{path} cannot be read as a workbook: a sheet stands in it twice")
        sheets = {sheet.name: Sheet(sheet.name, sheet.state or "visible") for sheet in reader.parser.sheets}
        for name, sheet in sheets.items():
            sheet.is_chart = "chartsheet" in found[name].Type
            place = f"{path}, sheet {name}"
            if not sheet.is_chart:
                with readable(place), reader.archive.open(found[name].target) as part:
                    _require_sheet_like(place, part, sheet)
    return sheets


def _require_sheet_like(place: str, part: IO[bytes], sheet: Sheet) -> None:
    """Raises LeancostError where rows or cells do not rise, or one of them or a text is beyond Excel's limits."""
    row, column, elements = 0, 0, 0
    total = before_cell = before_row = 0  # characters

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, elements, before_cell, before_row
        elements += 1
        if name == CELL:
            before_cell = total
            column = _column(f"{place}, row {row}", attributes["r"], row, column) if "r" in attributes else column + 1
            if column > LAST_COLUMN:
                refuse("has a cell beyond column XFD. Use fewer columns")
        elif name == ROW:
            before_cell = before_row = total
            elements = column = 0
            row = _row(place, attributes["r"], row) if "r" in attributes else row + 1
            if row > LAST_ROW:
                raise LeancostError(f"{place} has more than {LAST_ROW:,} rows. Use a folder of CSV files.")
            sheet.see_row(row, attributes)
        elif name == TEXT:
            before_cell = before_row = total
            elements = 0
        elif name not in RUNS:
            before_cell = total
            if name == COLUMN:
                sheet.see_columns(attributes)
            elif name == MERGED:
                sheet.see_merged(attributes)
            elif name.startswith(STRICT):
                refuse("is Strict Open XML in part. Save it again with Excel")
        if elements > MOST_ELEMENTS:
            refuse("holds too much. Save it again with Excel")

    def count(text: str) -> None:
        nonlocal total
        total += len(text)
        if total - before_cell > LONGEST_TEXT:
            refuse(f"holds a text of more than {LONGEST_TEXT:,} characters. Shorten it")
        if total - before_row > LARGEST_ROW:
            refuse(f"holds more than {LARGEST_ROW:,} characters. Shorten them")

    def refuse(what: str, *_: object) -> None:
        raise LeancostError(f"{place}{f', row {row}' if row else ''} {what}.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.CharacterDataHandler = count
    parser.StartDoctypeDeclHandler = lambda *_: refuse("declares a document type. Save it again with Excel")
    read = 0
    while piece := part.read(PIECE):
        parser.Parse(piece)
        read += len(piece)
        if read - parser.CurrentByteIndex > LONGEST_TAG:
            refuse("holds a tag of more than 1 MiB. Save it again with Excel")
    parser.Parse(b"", True)


def _row(place: str, said: str, before: int) -> int:
    """A row's number, which must be above the row before."""
    if not (said.isascii() and said.isdigit() and len(said) <= 7 and 1 <= int(said) <= LAST_ROW):
        raise LeancostError(f"{place}: {shortened(said)!r} is no row from 1 to {LAST_ROW:,}. Save it again with Excel.")
    if int(said) <= before:
        raise LeancostError(f"{place}: row {said} stands after row {before}. Save it again with Excel.")
    return int(said)


def _column(place: str, said: str, row: int, before: int) -> int:
    """A cell's column, which must be right of the cell before."""
    try:
        own_row, column = coordinate_to_tuple(said or "?")
    except ValueError:
        own_row, column = 0, 0
    if own_row != row:
        raise LeancostError(f"{place}: {shortened(said)!r} is no cell of this row. Save it again with Excel.")
    if column <= before:
        raise LeancostError(f"{place}: {said} stands after a cell right of it. Save it again with Excel.")
    return column


@contextmanager
def readable(place: object) -> Iterator[None]:
    """Turns whatever goes wrong inside a file that only looks like a workbook into one line.

    What openpyxl would warn of is not printed: the cell is a finding.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except LeancostError:
        raise
    except MemoryError:
        raise LeancostError(f"{place} cannot be read as a workbook: it needs more memory than there is") from None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise LeancostError(f"{place} cannot be read as a workbook: it {CUT_OFF}.") from None
    except Exception as problem:
        said = " ".join(str(problem).split()) or type(problem).__name__
        raise LeancostError(f"{place} cannot be read as a workbook: {said[:200]}") from None


def require_modest(path: Path) -> None:
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
        if part.file_size > LARGEST_PART and not SHEET.fullmatch(part.filename):
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
