"""What lies in a folder of tables: read, plainly a note, or an error that says what it was taken for."""

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from leancost.cli import commands
from leancost.tables.cells import Findings
from leancost.tables.declaration import inputs
from leancost.tables.source_files import tables_in
from leancost.tables.source_names import FOLDERS, folder_meant, table_meant
from tests.books.two_months import two_months
from tests.support.broken_folders import problems
from tests.support.commands import write_folder
from tests.support.places import EXAMPLES

PICKS = "events/picking_lines.csv"


def folder_of(tmp_path: Path) -> Path:
    return write_folder(two_months(), tmp_path / "acme")


def moved(folder: Path, old: str, new: str) -> None:
    (folder / new).parent.mkdir(parents=True, exist_ok=True)
    (folder / old).rename(folder / new)


def missed(folder: Path) -> list[str]:
    """What is said of the files in a folder, before any is read."""
    findings = Findings()
    tables_in(folder, findings)
    return [str(finding) for finding in findings]


TAKEN_FOR = {
    "events/Picking_Lines.csv": ". Rename it to events/picking_lines.csv, or to #Picking_Lines.csv if it is a note",
    "events/picking_lines.CSV": ". Rename it to events/picking_lines.csv, or to #picking_lines.CSV if it is a note",
    "events/picking_lines": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.csv.txt": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.csv.crdownload": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.csv.bak": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.csv~": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.csv ": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.csv.": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.tsv": ". Rename it to events/picking_lines.csv",
    "events/picking_lines (1).csv": ". Rename it to events/picking_lines.csv",
    "events/picking_lines - Kopie.csv": ". Rename it to events/picking_lines.csv",
    "events/Copy of picking_lines.csv": ". Rename it to events/picking_lines.csv",
    "events/picking-lines.csv": ". Rename it to events/picking_lines.csv",
    "events/picking lines.csv": ". Rename it to events/picking_lines.csv",
    "events/PickingLines.csv": ". Rename it to events/picking_lines.csv",
    "events/picking_line.csv": ". Rename it to events/picking_lines.csv",
    "events/pikcing_lines.csv": ". Rename it to events/picking_lines.csv",
    "events/picking_lines_2026-01.csv": ". Rename it to events/picking_lines.csv",
    "events/picking_lines.csv.gz": ". Unpack it to events/picking_lines.csv, or rename it to #picking_lines.csv.gz if it is",
    "events/picking_lines.xlsx": ". Save the sheet as CSV UTF-8: events/picking_lines.csv",
    "setup/picking_lines.csv": ". Move it to events/picking_lines.csv",
    "picking_lines.csv": ". Move it to events/picking_lines.csv",
    "PICKING_LINES.csv": ". Rename it to events/picking_lines.csv",
    "picking lines.CSV": ". Rename it to events/picking_lines.csv",
    "picking_lines/01.csv": ". Put its rows into events/picking_lines.csv",
    "events/picking_lines/01.csv": ". Put its rows into events/picking_lines.csv",
    "picking_lines.parquet": ", as Parquet. Write it as events/picking_lines.csv",
    "picking_lines.zip": ". Unpack it to events/picking_lines.csv",
    "picking_lines.csv.part": ". Rename it to events/picking_lines.csv",
    "picking_lines.xlsx": ". Save the sheet as CSV UTF-8: events/picking_lines.csv",
}
"""Where the picking lines lie instead, and what is to be done: alone, without a word of what refers to them."""


@pytest.mark.parametrize("place", TAKEN_FOR)
def test_a_table_that_would_be_missed_is_an_error(place: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    moved(folder, PICKS, place)
    (said,) = missed(folder)
    lead = place.removesuffix("/01.csv")
    assert said.startswith(f"error T01 {lead}: is not read: it is taken for the table picking_lines{TAKEN_FOR[place]}")


def test_a_close_without_its_picking_lines_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path)
    moved(folder, PICKS, "PICKING_LINES.csv")
    assert commands.main(["close", str(folder), "--end", "2026-01-31"]) == 1
    assert capsys.readouterr().err == (
        "error T01 PICKING_LINES.csv: is not read: it is taken for the table picking_lines. Rename it to"
        " events/picking_lines.csv, or to #PICKING_LINES.csv if it is a note.\n"
    )


def _packed(folder: Path) -> None:
    shutil.make_archive(str(folder / "events"), "zip", folder, "events")
    shutil.rmtree(folder / "events")


def _linked_to_nothing(folder: Path) -> None:
    shutil.rmtree(folder / "events")
    (folder / "events").symlink_to("gone")


def _as_a_file(folder: Path) -> None:
    shutil.rmtree(folder / "events")
    (folder / "events").write_text("picking_line\n")


FOLDERS_MISSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "Events": (lambda f: moved(f, "events", "Events"), "taken for the folder events. Rename it to events, or to #Events"),
    "EVENTS": (lambda f: moved(f, "events", "EVENTS"), "taken for the folder events. Rename it to events, or to #EVENTS"),
    "event": (lambda f: moved(f, "events", "event"), "taken for the folder events. Rename it to events"),
    "evnets": (lambda f: moved(f, "events", "evnets"), "taken for the folder events. Rename it to events"),
    "events (1)": (lambda f: moved(f, "events", "events (1)"), "taken for the folder events. Rename it to events"),
    "events - Copy": (lambda f: shutil.copytree(f / "events", f / "events - Copy"), "Move its tables into events"),
    "set-up": (lambda f: moved(f, "setup", "set-up"), "taken for the folder setup. Rename it to setup"),
    "events.zip": (_packed, "taken for the folder events. Unpack it to the folder events"),
    "setup.csv": (lambda f: (f / "setup.csv").write_text("x"), "taken for the folder setup. Move its tables into setup"),
    "setup.xlsx": (lambda f: (f / "setup.xlsx").write_text("x"), "taken for the folder setup. Move its tables into setup"),
    "events": (_as_a_file, "is no folder: the tables of events are read from one. Make events a folder"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOLDERS_MISSED)
def test_a_folder_that_would_be_missed_is_an_error(name: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    change, said = FOLDERS_MISSED[name]
    change(folder)
    (line,) = problems(folder)
    assert line.startswith(f"error T01 {name}: ") and said in line


def test_links_to_nothing_are_errors(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    _linked_to_nothing(folder)
    assert [line.startswith("error T01 events: is no folder: ") for line in missed(folder)] == [True]


def test_a_copy_beside_the_table_that_is_read_is_an_error(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    shutil.copyfile(folder / PICKS, folder / "events" / "picking_lines (2).csv")
    assert problems(folder) == [
        "error T01 events/picking_lines (2).csv: is not read: it is taken for the table picking_lines, which is read from"
        " events/picking_lines.csv. Remove it, or rename it to #picking_lines (2).csv if it is a note."
    ]


UNKNOWN = ("events/2026", "events/notes.txt", "setup/prices.csv", "setup/report.pdf", "events/journal.csv")


@pytest.mark.parametrize("place", UNKNOWN)
def test_what_is_unknown_in_the_two_folders_is_an_error(place: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / place).mkdir() if "." not in place else (folder / place).write_text("x")
    assert [line.startswith(f"error T01 {place}: is no table of leancost. ") for line in missed(folder)] == [True]


NOTES = (
    "events/#picking_lines.csv", "events/_picking_lines_old.csv", "setup/README", "setup/readme.txt", "README.md",
    "events/.DS_Store", "events/.~lock.picking_lines.csv#", "setup/Thumbs.db", "setup/desktop.ini", "events/~$items.xlsx",
    "#Events/picking_lines.csv", "_setup/items.csv", ".git/items",
)  # fmt: skip
NO_PART = (
    "expected/journal.csv", "scenarios/events/picking_lines.csv", "datapackage.json", "setup.py", "events.ipynb",
    "notes.txt", "boms_report.pdf", "journal.csv", "acme.xlsx", "site/index.html", "archive.zip", "parameters.yaml", "even/x",
)  # fmt: skip


@pytest.mark.parametrize("place", [*NOTES, *NO_PART])
def test_notes_and_what_is_no_part_of_the_book_are_passed_over(place: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_text("not,a\ntable\n")
    assert missed(folder) == []


def test_no_table_is_taken_for_another_one_or_for_a_folder() -> None:
    assert [table_meant(f"{table.name}.csv") for table in inputs()] == [table.name for table in inputs()]
    assert not [table.name for table in inputs() if folder_meant(table.name)]
    assert not [name for name in FOLDERS if table_meant(name)]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the examples are not here")
def test_what_lies_beside_the_tables_of_the_examples_is_no_part_of_them() -> None:
    for place in sorted({path.parent for path in EXAMPLES.rglob("setup") if "expected" not in path.parts}):
        assert missed(place) == [], place


OTHER_BYTES = {
    "a workbook": (lambda: b"PK\3\4rest", "is a workbook or a packed file, not CSV"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0rest", "is an old workbook (.xls), not CSV"),
    "a packed file": (lambda: gzip.compress(b"site,name\n"), "is packed (gzip), not CSV. Unpack it."),
    "a Parquet file": (lambda: b"PAR1rest", "is a Parquet file, not CSV"),
}


@pytest.mark.parametrize("name", OTHER_BYTES)
def test_other_files_under_the_name_of_a_csv_are_told_as_what_they_are(name: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    make, said = OTHER_BYTES[name]
    (folder / "setup" / "items.csv").write_bytes(make())
    (line,) = problems(folder)
    assert line.startswith(f"error T06 items: {said}")


REFUSED: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "another name": (lambda f: moved(f, "setup/items.csv", "setup/Items.csv"), ["error T01 setup/Items.csv: is not read"]),
    "a missing column": (
        lambda f: _header(f, "items", "unit,", ""), ["error T04 items row 1, unit: is missing. Add the column."],
    ),
    "a column in capitals": (
        lambda f: _header(f, "items", "item,", "ITEM,"),
        ["error T02 items row 1, ITEM: is no column of this table. Rename it to item."],
    ),
    "no known column": (lambda f: _header(f, "items", "", "x"), ["error T02 items row 1, xitem: is no", "error T04 items"]),
    "bytes that are no text": (
        lambda f: (f / "setup" / "items.csv").write_bytes(b"\xff\xfe\0"), ["error T06 items row 1: is not UTF-8 text"],
    ),
    "no file": (
        lambda f: (f / "setup" / "items.csv").unlink(),
        ["error T11 items: is missing, but 13 cells name rows of it: in item_prices.item and 5 other columns. Add the"],
    ),
}  # fmt: skip


def _header(folder: Path, table: str, old: str, new: str) -> None:
    path = next(folder.glob(f"*/{table}.csv"))
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_is_refused_does_not_drag_others_along(name: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    change, said = REFUSED[name]
    change(folder)
    lines = problems(folder)
    assert len(lines) == len(said) and all(line.startswith(start) for line, start in zip(lines, said, strict=True)), (
        lines
    )


def test_causes_come_first_then_cells_then_references(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    moved(folder, "events/kanbans.csv", "events/Kanbans.csv")
    _header(folder, "picking_lines", '"9"', '"nine"')
    _header(folder, "picking_lines", '"FLOW"', '"FLAW"')
    _header(folder, "boms", "bom,", "bomb,")
    _header(folder, "sites", '"Plant"', '""')
    assert [" ".join(line.split()[1:3]) for line in problems(folder)] == [
        "T01 events/Kanbans.csv:", "T02 boms", "T04 boms", "T07 sites", "T08 picking_lines", "T11 picking_lines",
    ]  # fmt: skip


def test_a_cause_is_shown_even_after_a_thousand_bad_cells(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "setup" / "sites.csv").write_text("site,name\n" + "".join(f"{n},\n" for n in range(1500)))
    _header(folder, "picking_lines", "posting_date", "date")
    lines = problems(folder)
    assert len(lines) == 1001 and lines[0].startswith("error T02 picking_lines row 1, date: ")
    assert lines[-1] == "error book: 502 further problems are not shown. Mend these first."


def test_amounts_are_not_measured_by_a_currency_that_could_not_be_read(tmp_path: Path) -> None:
    rows = two_months()
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount".split()
    values = "FLOW item SHEET MAT 2025-12-31 3 3.333 9.999".split()
    folder = write_folder({**rows, "opening_wip": [dict(zip(names, values, strict=True))]}, tmp_path / "acme")
    _header(folder, "parameters", "parameter,", "Parameter,")
    assert [line.split()[1] for line in problems(folder)] == ["T02"]


@pytest.mark.skipif(os.name != "posix", reason="names that only POSIX allows")
def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "events" / "picking_lines\udcff.csv").write_text("x")
    assert missed(folder)[0].startswith("error T01 events/picking_lines\\udcff.csv: is not read: it is taken for")


def test_rows_and_cells_of_blanks_alone_are_none_of_a_table(tmp_path: Path) -> None:
    folder = write_folder(two_months(), tmp_path / "folder")
    sites = folder / "setup" / "sites.csv"
    header, *rows = sites.read_text().splitlines()
    sites.write_text("\n".join([" , ", f"{header}, ,", *(f"{row},\u00a0, " for row in rows), ' ," "', "  ", ",,\t,"]))
    assert problems(folder) == []


def test_two_letters_that_have_changed_places_are_seen_in_short_names_too() -> None:
    assert [table_meant(name) for name in ("itmes.csv", "rotues.csv", "kanbnas")] == ["items", "routes", "kanbans"]
    assert [table_meant(name) for name in ("times.csv", "emits.csv", "boots.csv")] == ["", "", ""]
