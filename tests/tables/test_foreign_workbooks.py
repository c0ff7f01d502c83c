"""Workbooks saved by others: read where the meaning is certain, told where something is hidden, else refused by cause."""

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from leancost.book import folders
from leancost.cli import commands
from leancost.costing.workspace import workspace
from leancost.tables.workbook_sheet import Sheet
from tests.books.malformed_books import workbook_of
from tests.books.two_months import two_months
from tests.support.broken_folders import problems
from tests.support.commands import write_folder
from tests.support.rows import Book, as_text

Change = Callable[[openpyxl.Workbook], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book as a workbook."""
    place = tmp_path_factory.mktemp("whole")
    return workbook_of(write_folder(two_months(), place / "folder"), place / "whole.xlsx")


@pytest.fixture(scope="module")
def good(whole: Path) -> Path:
    """The same with the sheets that the cases change, and what their cells refer to: sooner read."""
    return changed(whole, whole.with_name("good.xlsx"), _with_few_sheets)


KEPT = (
    "sites cost_groups inventory_model_groups items costing_versions item_prices production_groups production_flows"
    " boms routes picking_lines"
).split()
PRICES, PICKS = (f"xl/worksheets/sheet{KEPT.index(name) + 1}.xml" for name in ("item_prices", "picking_lines"))


def _with_few_sheets(workbook: openpyxl.Workbook) -> None:
    for sheet in workbook.worksheets:
        if sheet.title not in KEPT:
            workbook.remove(sheet)
    workbook["picking_lines"]["C3"] = workbook["picking_lines"]["C4"] = None  # kanbans


@pytest.fixture(scope="module")
def rows(good: Path) -> Book:
    """What stands in the good workbook."""
    found, told = read(good)
    assert told == []
    return found


def changed(good: Path, path: Path, change: Change) -> Path:
    workbook = openpyxl.load_workbook(good)
    change(workbook)
    workbook.save(path)
    return path


def read(source: Path) -> tuple[Book, list[str]]:
    """Every row that is read of a source, and what is told of it."""
    with workspace() as connection:
        folders.load(source, connection)
        rows: Book = {}
        for table in folders.inputs():
            found = connection.execute(f"SELECT * FROM {table.name} ORDER BY ALL").fetchall()
            rows[table.name] = [dict(zip(table.names, map(as_text, row), strict=True)) for row in found]
        return rows, [str(note) for note in folders.notes(connection)]


def put(sheet: str, **cells: object) -> Change:
    return lambda workbook: [workbook[sheet].__setitem__(place, value) for place, value in cells.items()]


def _blank_tail(workbook: openpyxl.Workbook) -> None:
    for row in range(4, 3000):
        workbook["sites"].cell(row, 1).fill = PatternFill("solid", fgColor="FFFF00")
        workbook["sites"].cell(row, 40).fill = PatternFill("solid", fgColor="FFFF00")


def _blank_between(workbook: openpyxl.Workbook) -> None:
    workbook["picking_lines"].insert_cols(2)
    workbook["picking_lines"].insert_cols(1)
    workbook["picking_lines"].insert_rows(4, 3)
    workbook["picking_lines"].insert_rows(1, 2)


def _turned_round(workbook: openpyxl.Workbook) -> None:
    sheet = workbook["sites"]
    for row in (1, 2, 3):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = sheet.cell(row, 2).value, sheet.cell(row, 1).value


def _note_sheets(workbook: openpyxl.Workbook) -> None:
    for name in ("#remarks", "_lists", "Readme (2)"):
        workbook.create_sheet(name)["A1"] = "x"


def _unused_hidden(workbook: openpyxl.Workbook) -> None:
    workbook["routes"].sheet_state = "hidden"
    workbook["boms"].column_dimensions["F"].hidden = True
    workbook["boms"].row_dimensions[2].hidden = True
    workbook["boms"].row_dimensions[40].hidden = True


AS_BEFORE: dict[str, Change] = {
    "thousands of formatted rows below": _blank_tail,
    "rows and columns without any cell": _blank_between,
    "columns in another order": _turned_round,
    "sheets that are notes": _note_sheets,
    "columns that are notes, errors in them": put("sites", D1="#why", D3="#DIV/0!", E1="_mine", E3="=1+1"),
    "a number as text": put("picking_lines", E3="9"),
    "a day at midnight": put("picking_lines", F3=datetime.datetime(2026, 1, 15)),
    "a per cent format": lambda w: setattr(w["item_prices"]["E3"], "number_format", "0%"),
    "a truth value": put("inventory_model_groups", C3=True),
    "a remark merged below, without text": lambda w: w["sites"].merge_cells("A20:C25"),
    "hidden, but nothing in it": _unused_hidden,
    "rows hidden by default, but those that hold something": lambda w: setattr(
        w["sites"].sheet_format, "zeroHeight", True
    ),
    "blanks below, beside and above": lambda w: [
        put("sites", A20=" ", B21="\u00a0", C22="\n", K3=" ", AA1="  ")(w),
        w["sites"].insert_rows(1),
        put("sites", B1=" ")(w),
    ],
    "a blank under a column of notes": put("sites", D1="#why", D3="seen", D30="later", A30=" "),
}


@pytest.mark.parametrize("name", AS_BEFORE)
def test_what_is_certain_is_read_without_a_word(name: str, good: Path, rows: Book, tmp_path: Path) -> None:
    assert read(changed(good, tmp_path / "book.xlsx", AS_BEFORE[name])) == (rows, [])


def _hidden_rows(workbook: openpyxl.Workbook) -> None:
    for row in (1, 2, 4):
        workbook["picking_lines"].row_dimensions[row].hidden = True


def _filtered(workbook: openpyxl.Workbook) -> None:
    sheet = workbook["picking_lines"]
    sheet.auto_filter.ref = "A1:F4"
    sheet.auto_filter.add_filter_column(0, ["none"])
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True


def _hidden_columns(workbook: openpyxl.Workbook) -> None:
    workbook["sites"].column_dimensions["B"].hidden = True
    workbook["sites"].column_dimensions["D"].hidden = True


def _state(sheet: str, state: str) -> Change:
    return lambda workbook: setattr(workbook[sheet], "sheet_state", state)


TOLD: dict[str, tuple[Change, str]] = {
    "a hidden row": (
        _hidden_rows,
        "warning T18 picking_lines row 4: hidden or filtered rows were read: 1, the first is row 4. Delete the rows that"
        " do not count.",
    ),
    "rows that are filtered out": (
        _filtered,
        "warning T18 picking_lines row 3: hidden or filtered rows were read: 2, the first is row 3. Delete the rows that"
        " do not count.",
    ),
    "a hidden column": (
        _hidden_columns,
        "warning T18 sites: hidden columns were read: B (name). Delete the columns that do not count.",
    ),
    "a hidden sheet": (
        _state("picking_lines", "hidden"),
        "warning T18 picking_lines: the sheet is hidden and was read, rows: 2. Remove the sheet if it does not count.",
    ),
    "a very hidden sheet": (
        _state("sites", "veryHidden"),
        "warning T18 sites: the sheet is hidden and was read, rows: 1. Remove the sheet if it does not count.",
    ),
    "a hidden sheet that is no table": (
        lambda w: setattr(w.create_sheet("Lists"), "sheet_state", "hidden"),
        "warning T18 Lists: the sheet is hidden and no table of leancost: it was passed over. Rename it to #Lists if it is"
        " a note.",
    ),
    "a time of day": (
        put("picking_lines", F3=datetime.datetime(2026, 1, 15, 14, 5), F4="2026-02-15 23:59"),
        "warning T17 picking_lines row 3, posting_date: '2026-01-15 14:05:00' holds a time of day, as do 1 other cells: the"
        " day counts. Write 2026-01-15 where the time means nothing.",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_a_person_does_not_see_is_read_and_told(name: str, good: Path, rows: Book, tmp_path: Path) -> None:
    change, said = TOLD[name]
    assert read(changed(good, tmp_path / "book.xlsx", change)) == (rows, [said])


COMMANDS = (["close", "{}", "--end", "2026-02-28"], ["import", "{}", "new.duckdb"])


def test_check_tells_it_among_its_findings_and_every_other_command_on_standard_error(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path, (_, said) = changed(whole, tmp_path / "book.xlsx", _hidden_rows), TOLD["a hidden row"]
    capsys.readouterr()
    assert commands.main(["check", str(path)]) == 0
    assert capsys.readouterr() == (f"{said}\n0 errors, 1 warnings\n", "")
    for words in COMMANDS:
        assert commands.main([word.format(path) for word in words]) == 0
        out, err = capsys.readouterr()
        assert (err, said in out) == (f"{said}\n", False), words


def test_a_time_of_day_in_a_folder_is_told_once_a_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = two_months()
    for line, time in zip(rows["picking_lines"], ("T14:05:00", " 00:00"), strict=True):
        line["posting_date"] += time
    folder = write_folder(rows, tmp_path / "folder")
    first = rows["picking_lines"][0]["posting_date"]
    assert commands.main(["close", str(folder), "--end", "2026-02-28"]) == 0
    assert capsys.readouterr().err == (
        f"warning T17 picking_lines row 2, posting_date: {first!r} holds a time of day, as do 1 other cells: the day"
        f" counts. Write {first[:10]} where the time means nothing.\n"
    )
    assert read(folder)[0] == read(write_folder(two_months(), tmp_path / "days"))[0]


def test_two_times_of_one_day_are_one_key_and_a_row_is_found_by_its_day(tmp_path: Path) -> None:
    rows = two_months()
    rows["item_prices"].append({**rows["item_prices"][0], "from_date": "2025-01-01T08:00"})
    assert problems(write_folder(rows, tmp_path / "twice")) == [
        "error T10 item_prices row 5, costing_version/item/site/from_date: STD/SHEET/1/2025-01-01 stands in row 2 already."
        " Keep one of them."
    ]
    rows = two_months()
    rows["item_prices"].append({**rows["item_prices"][0], "from_date": "2025-03-01T08:00", "site": "9"})
    assert problems(write_folder(rows, tmp_path / "site")) == [
        "error T11 item_prices row 5, site: '9' is not in sites. Add it to sites or correct it."
    ]


def _repacked(change: Callable[[str, bytes], bytes]) -> Callable[[bytes], bytes]:
    def apply(data: bytes) -> bytes:
        held = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as target:
            for info in packed.infolist():
                target.writestr(info.filename, change(info.filename, packed.read(info)))
        return held.getvalue()

    return apply


def _strict(name: str, data: bytes) -> bytes:
    """As Excel saves Strict Open XML: other names, and dates as ISO 8601."""
    common = rb"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument|drawingml)/2006/"
    data = re.sub(common, rb"http://purl.oclc.org/ooxml/\1/", data)
    day = rb'<c r="F3"([^>]*?)(?: t="n")?><v>46037</v>'
    assert name != PICKS or re.search(day, data)
    return re.sub(day, rb'<c r="F3"\1 t="d"><v>2026-01-15</v>', data)


def _with_macros(name: str, data: bytes) -> bytes:
    common = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return data.replace(common, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "BOOK.XLSX": lambda data: data,
    "book.xlsm": _repacked(_with_macros),
    "book.xlsx": _repacked(_strict),
}


@pytest.mark.parametrize("name", FORMS)
def test_other_forms_of_a_workbook_are_read(name: str, good: Path, rows: Book, tmp_path: Path) -> None:
    dated = changed(good, tmp_path / "dated.xlsx", put("picking_lines", F3=datetime.datetime(2026, 1, 15)))
    data = FORMS[name](dated.read_bytes())
    (tmp_path / name).write_bytes(data)
    assert read(tmp_path / name) == (rows, [])


def test_strict_names_within_a_sheet_are_refused_not_passed_over(good: Path, tmp_path: Path) -> None:
    def mixed(name: str, data: bytes) -> bytes:
        row = b'<row xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"'
        return data.replace(b"<row", row) if name == PRICES else data

    path = tmp_path / "book.xlsx"
    path.write_bytes(_repacked(mixed)(good.read_bytes()))
    assert problems(path) == [f"{path}, sheet item_prices is Strict Open XML in part. Save it again with Excel."]


def test_rows_without_height_and_columns_without_width_are_hidden() -> None:
    sheet = Sheet("sites")
    for row in (3, 4, 9):
        sheet.see_row(row, {"ht": "0", "customHeight": "1"})
    sheet.see_row(10, {"ht": "15"})
    sheet.see_columns({"min": "2", "max": "3", "width": "0"})
    assert (sheet.hidden_rows, sheet.hidden_columns) == ([(3, 4), (9, 9)], [(2, 3)])


def _archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return held.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OTHER: dict[str, tuple[bytes, str]] = {
    "xls": (OLE, "is an old workbook (.xls). Save it as .xlsx."),
    "protected": (OLE + "EncryptedPackage".encode("utf-16-le"), "is protected by a password. Save it without one."),
    "xlsb": (_archive("[Content_Types].xml", "xl/workbook.bin"), "is a binary workbook (.xlsb). Save it as .xlsx."),
    "ods": (
        _archive("mimetype", "content.xml", "META-INF/manifest.xml"),
        "is an OpenDocument sheet (.ods). Save it as",
    ),
    "zip": (_archive("setup/items.csv"), "is a packed file (zip). Unpack it and name the folder."),
    "csv": (b"item,name\nSHEET,Sheet\n", "is a text file. Save it as .xlsx, or as CSV under its table's name in a"),
    "utf-16": ("item,name\n".encode("utf-16"), "is a text file."),
    "html": (b"<html><table><tr>", "is a web page or XML. Open it in Excel and save it as .xlsx."),
    "pdf": (b"%PDF-1.7", "is a PDF."),
}


CUT_OFF: dict[str, Callable[[bytes], bytes]] = {
    "half of it": lambda data: data[: len(data) // 2],
    "its last bytes": lambda data: data[:-30],
    "its first kilobyte alone": lambda data: data[:1000],
    "its middle overwritten": lambda data: data[:2000] + bytes(len(data) - 4000) + data[-2000:],
}


@pytest.mark.parametrize("name", CUT_OFF)
def test_a_workbook_that_is_cut_off_or_damaged_says_so(name: str, good: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(CUT_OFF[name](good.read_bytes()))
    (line,) = problems(path)
    assert line.startswith(f"{path}") and line.endswith(
        " cannot be read as a workbook: it is cut off or damaged: part of it is missing. Copy it again, or open it in"
        " Excel and save it again."
    ), line


@pytest.mark.parametrize("name", OTHER)
def test_what_is_no_workbook_is_told_as_what_it_is(name: str, tmp_path: Path) -> None:
    data, said = OTHER[name]
    for path, lead in {
        tmp_path / "book.xlsx": "cannot be read as a workbook: it ",
        tmp_path / "book.other": "is neither a folder, a workbook (.xlsx) nor a book (.duckdb). It ",
    }.items():
        path.write_bytes(data)
        (line,) = problems(path)
        assert line.startswith(f"{path} {lead}{said}"), line


REFUSED: dict[str, tuple[Change, str]] = {
    "remarks beside the table": (
        put("picking_lines", K3="remark", K4="another"),
        "error T05 picking_lines row 3: K3 'remark' stands under no header; 2 cells of column K do. Name its column,",
    ),
    "a remark below the table": (
        put("picking_lines", B20="Checked by Anna"),
        "error T05 picking_lines row 20: holds a single cell, B20 'Checked by Anna'. Fill the others, or move it",
    ),
    "cells of an optional column merged": (
        lambda w: w["item_prices"].merge_cells("C3:C4"),
        "error T16 item_prices row 3, site: C3:C4 '1' are merged: whether it counts once or in each is not certain.",
    ),
    "the header twice": (
        lambda w: [put("sites", A2="site", B2="name")(w)], "error T05 sites row 2: repeats the header. Remove the row.",
    ),
    "a title above": (
        lambda w: [w["sites"].insert_rows(1), put("sites", A1="Our sites")(w)],
        "error T02 sites row 1, Our sites: is no column of this table. Remove what stands above the header in row 2.",
    ),
    "a sheet in other letters": (
        lambda w: setattr(w["picking_lines"], "title", "Picking Lines"),
        "error T01 Picking Lines: is not read: it is taken for the table picking_lines. Rename it to picking_lines, or to",
    ),
    "a copy of a sheet": (
        lambda w: setattr(w.copy_worksheet(w["items"]), "title", "items (2)"),
        "error T01 items (2): is not read: it is taken for the table items. Rename it to items, or to #items (2) if it is",
    ),
    "a hidden sheet in other letters": (
        lambda w: [_state("sites", "hidden")(w), setattr(w["sites"], "title", "sites ")],
        "error T01 sites : is not read: it is taken for the table sites.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_certain_is_refused_by_its_cause_alone(name: str, good: Path, tmp_path: Path) -> None:
    change, said = REFUSED[name]
    lines = problems(changed(good, tmp_path / "book.xlsx", change))
    assert [line.startswith(said) for line in lines] == [True], lines
