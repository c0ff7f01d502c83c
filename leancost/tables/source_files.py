"""What lies in a folder of tables: what is read, what is plainly a note, and what would be missed.

Source: contract 1 (Form). Judged is what lies in `setup` and `events`, and what beside them is called
nearly like one of the two or like a table; other files and folders beside them are no part of the book.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from leancost.errors import LeancostError
from leancost.tables import paths
from leancost.tables.cells import Findings
from leancost.tables.declaration import Table, inputs
from leancost.tables.source_names import (
    FOLDERS,
    PACKED,
    PROGRAMS,
    SHEETS,
    endings,
    folder_meant,
    is_note_file,
    table_meant,
)

NO_TEXT: Final = {
    b"PK\3\4": ("is a workbook or a packed file, not CSV", "Save the sheet as CSV UTF-8, or unpack the file"),
    b"\xd0\xcf\x11\xe0": ("is an old workbook (.xls), not CSV", "Save the sheet as CSV UTF-8"),
    b"\x1f\x8b": ("is packed (gzip), not CSV", "Unpack it"),
    b"PAR1": ("is a Parquet file, not CSV", "Write the table as CSV UTF-8"),
}
"""First bytes of files that are often given the name of a CSV."""


def tables_in(source: Path, findings: Findings) -> list[tuple[Table, Path]]:
    """The table files of a folder in the order of their names; what would be missed is a finding.

    Raises LeancostError where a folder cannot be read: its tables would be missed.
    """
    found = []
    by_name = {table.name: table for table in inputs()}
    for path in _entries(source):
        folder = path.parent.name if path.parent != source else ""
        table = by_name.get(path.name.removesuffix(".csv")) if path.name.endswith(".csv") else None
        if table and table.group == folder:
            found.append((table, path))
        elif folder or not _is_no_part(path):
            _refuse(source, path, folder, findings)
    return found


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file with their numbers as Excel shows them; a blank line is a row without cells."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from enumerate(csv.reader(file, strict=True), start=1)


def told_rows(path: Path, table: Table, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file as `csv_rows` gives them; that it cannot be read, or not further, is a finding."""
    number = 0
    if kind := paths.kind_of(path):
        findings.add("T06", table.name, None, "", f"cannot be read: it is {kind}", "Put the file itself there")
        return
    try:
        with path.open("rb") as file:
            start = file.read(4)
        for mark, (problem, remedy) in NO_TEXT.items():
            if start.startswith(mark):
                findings.add("T06", table.name, None, "", problem, remedy)
                return
        for number, cells in csv_rows(path):
            if cells:
                yield number, cells
    except csv.Error as problem:
        findings.add("T06", table.name, number + 1, "", f"cannot be read: {problem}", "Check quotes and line ends")
    except OSError as problem:
        findings.add(
            "T06", table.name, None, "", f"cannot be read: {problem.strerror}", "Check the file and its rights"
        )


def _entries(source: Path) -> list[Path]:
    """What lies in the two folders and beside them, but for notes; the two themselves are left out."""
    try:
        beside = list(source.iterdir())
        folders = [path for path in beside if path.name in FOLDERS and path.is_dir()]
        inside = [path for folder in folders for path in folder.iterdir()]
    except OSError as problem:
        raise LeancostError(
            f"{source} cannot be read: {problem.strerror}. Check its folders and their rights."
        ) from None
    found = [path for path in (*beside, *inside) if path not in folders]
    return sorted(path for path in found if not is_note_file(path.name))


def _is_no_part(path: Path) -> bool:
    """Whether what lies beside the two folders is called like neither of them, nor like a table."""
    if endings(path.name)[:1] and endings(path.name)[0] in PROGRAMS:
        return True
    return not folder_meant(path.name) and not table_meant(path.name, loosely=not path.is_dir())


def _refuse(source: Path, path: Path, folder: str, findings: Findings) -> None:
    """Says what a file was taken for and what to do with it."""
    place = path.relative_to(source).as_posix()
    meant = table_meant(path.name)
    if meant:
        table = next(table for table in inputs() if table.name == meant)
        findings.refused.add(meant)
        _refuse_table(source, path, place, table, findings)
    elif not folder and (group := folder_meant(path.name)):
        findings.refused |= {table.name for table in inputs() if table.group == group}
        _refuse_folder(source, path, place, group, findings)
    else:
        findings.add(
            "T01", place, None, "", "is no table of leancost",
            "Rename it as the data dictionary does, or remove it" if path.name.endswith(".csv")
            else _or_a_note(f"Move it out of {folder}", path),
        )  # fmt: skip


def _refuse_table(source: Path, path: Path, place: str, table: Table, findings: Findings) -> None:
    right = source / table.group / f"{table.name}.csv"
    where = f"{table.group}/{right.name}"
    kinds = endings(path.name)
    problem = f"is not read: it is taken for the table {table.name}"
    if "parquet" in kinds:
        problem, remedy = f"{problem}, as Parquet", f"Write it as {where}"
    elif right.exists():
        problem, remedy = f"{problem}, which is read from {where}", "Remove it"
    elif path.is_dir():
        remedy = f"Put its rows into {where}"
    elif kinds and kinds[0] in PACKED:
        remedy = f"Unpack it to {where}"
    elif kinds and kinds[0] in SHEETS:
        remedy = f"Save the sheet as CSV UTF-8: {where}"
    elif path.name == right.name:
        remedy = f"Move it to {where}"
    else:
        remedy = f"Rename it to {where}"
    findings.add("T01", place, None, "", problem, _or_a_note(remedy, path))


def _refuse_folder(source: Path, path: Path, place: str, group: str, findings: Findings) -> None:
    problem = f"is not read: it is taken for the folder {group}"
    if path.name == group:
        problem = f"is no folder: the tables of {group} are read from one"
        remedy = f"Make {group} a folder of CSV files"
    elif (source / group).is_dir():
        remedy = f"Move its tables into {group}"
    elif endings(path.name)[:1] and endings(path.name)[0] in PACKED:
        remedy = f"Unpack it to the folder {group}"
    elif path.is_dir():
        remedy = f"Rename it to {group}"
    else:
        remedy = f"Write its tables as CSV files into the folder {group}"
    findings.add("T01", place, None, "", problem, _or_a_note(remedy, path))


def _or_a_note(remedy: str, path: Path) -> str:
    again = "" if remedy.startswith("Rename") else "rename it "
    return f"{remedy}, or {again}to #{path.name.strip()} if it is a note"
