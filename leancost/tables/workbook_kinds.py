"""Files that are called workbooks and are none, told as what they are; Strict Open XML made the common form."""

import re
import tempfile
import zipfile
from pathlib import Path
from typing import IO, Final

PIECE: Final = 1 << 16
FIRST_BYTES: Final = {
    b"\x1f\x8b": "is packed (gzip). Unpack it",
    b"%PDF": "is a PDF. Save the tables as .xlsx or as a folder of CSV files",
    b"PAR1": "is a Parquet file. Write the table as CSV into a folder",
}
PARTS: Final = {
    "xl/workbook.bin": "is a binary workbook (.xlsb). Save it as .xlsx",
    "xl/workbook.xml": "is a workbook under another name. Rename it to end in .xlsx",
    "META-INF/manifest.xml": "is an OpenDocument sheet (.ods). Save it as .xlsx",
    "Index/Document.iwa": "is a sheet of Numbers. Export it as .xlsx",
}
"""Parts that tell what a packed file is."""
CUT_OFF: Final = "is cut off or damaged: part of it is missing. Copy it again, or open it in Excel and save it again"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROTECTED: Final = "EncryptedPackage".encode("utf-16-le")
STRICT: Final = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
"""Names of Strict Open XML (ISO/IEC 29500-4 has the common ones, which openpyxl reads)."""
LONG_PART: Final = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml")
"""Parts that hold what a user wrote: only the names in their first tag are changed."""


def other_kind(path: Path) -> str:
    """What a file is, and what to do with it, where its first bytes or its parts tell that it is no workbook (.xlsx).

    Empty where they do not tell. Nothing is unpacked.
    """
    with path.open("rb") as file:
        start = file.read(PIECE)
        if start.startswith(OLE):
            whole = start + file.read(1 << 24)
            is_protected = PROTECTED in whole
            return (
                "is protected by a password. Save it without one" if is_protected
                else "is an old workbook (.xls). Save it as .xlsx"
            )  # fmt: skip
    if not start:
        return "is empty. Save it again"
    for mark, kind in FIRST_BYTES.items():
        if start.startswith(mark):
            return kind
    if start.startswith(b"PK"):
        return _kind_of_archive(path)
    return _kind_of_text(start)


def _kind_of_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return CUT_OFF
    known = next((kind for name, kind in PARTS.items() if name in names), "")
    return known or ("" if "[Content_Types].xml" in names else "is a packed file (zip). Unpack it and name the folder")


def _kind_of_text(start: bytes) -> str:
    try:
        text = start[: 1 << 12].decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "ignore")
    except UnicodeDecodeError:
        return ""
    if "\0" in text or len(text) < len(start[: 1 << 12]) // 3:
        return ""
    if text.lstrip("\ufeff \r\n\t").startswith("<"):
        return "is a web page or XML. Open it in Excel and save it as .xlsx"
    return "is a text file. Save it as .xlsx, or as CSV under its table's name in a folder: setup/ or events/"


def common_form(path: Path) -> Path | IO[bytes]:
    """The workbook itself, or, where it is Strict Open XML, a copy of it with the names that openpyxl reads."""
    with zipfile.ZipFile(path) as packed:
        try:
            relations = packed.read("_rels/.rels")
        except KeyError:
            return path
        if not STRICT.search(relations):
            return path
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - read as long as the workbook is
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as changed:
            for part in packed.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    with packed.open(part) as source, changed.open(part.filename, "w") as target:
                        _rename(source, target, only_first_tag=bool(LONG_PART.fullmatch(part.filename)))
    return copy


def _rename(source: IO[bytes], target: IO[bytes], *, only_first_tag: bool) -> None:
    start = source.read(PIECE) if only_first_tag else source.read()
    root = re.search(rb"<[A-Za-z]", start)
    end = start.find(b">", root.start()) + 1 if root and only_first_tag else len(start)
    target.write(STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", start[:end]) + start[end:])
    while piece := source.read(PIECE):
        target.write(piece)
