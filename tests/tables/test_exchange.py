"""Folders and workbooks: every bad cell is found in one pass, with its place, its rule and its remedy."""

import os
import tempfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from leancost.book import folders
from leancost.cli import commands
from leancost.costing.workspace import workspace
from leancost.errors import LeancostError
from tests.books.small_book import row, small_book
from tests.books.two_months import two_months
from tests.support.broken_folders import problems, rewrite, small_folder
from tests.support.commands import write_folder

CELLS = {
    "a date of another form": (
        "item_prices", '"2025-01-01"', '"01.01.2025"',
        "error T08 item_prices row 2, from_date: '01.01.2025' is no date. Write 2025-01-01.",
    ),
    "a day that does not exist": (
        "item_prices", '"2025-01-01"', '"2025-02-30"',
        "error T08 item_prices row 2, from_date: '2025-02-30' is no date. Write it as YYYY-MM-DD.",
    ),
    "more decimals than a price has": (
        "item_prices", '"2.00"', '"2.0000001"',
        "error T08 item_prices row 2, unit_cost: '2.0000001' is no number with at most 6 decimals. Write at most 6 decimals: 2.000000.",
    ),
    "an empty cell of a closed list": (
        "kanban_rules", '"manufacturing"', '""',
        "error T07 kanban_rules row 4 (KR-BOX), kanban_type: is empty. Give kind of kanban: made or moved.",
    ),
    "a comma as decimal point": (
        "item_prices", '"2.00"', '"2,00"',
        "error T08 item_prices row 2, unit_cost: '2,00' is no number with at most 6 decimals. Write 2.00.",
    ),
    "not a number": (
        "item_prices", '"2.00"', '"NaN"',
        "error T08 item_prices row 2, unit_cost: 'NaN' is no number with at most 6 decimals. Write digits, with a point before the decimals.",
    ),
    "a value outside its closed list": (
        "item_prices", '"active"', '"valid"',
        "error T09 item_prices row 2, status: 'valid' is not one of active, pending. Choose one of them.",
    ),
    "neither yes nor no": (
        "inventory_model_groups", '"yes"', '"true"',
        "error T08 inventory_model_groups row 2, stocked_product: 'true' is neither yes nor no. Write yes.",
    ),
    "an empty required cell": (
        "items", '"SHEET","Sheet"', '"SHEET",""',
        "error T07 items row 2 (SHEET), name: is empty. Give name of the item.",
    ),
    "a blank around a name": (
        "items", '"SHEET"', '"SHEET "',
        "error T13 items row 2, item: 'SHEET ' has blanks or control characters around it. Remove them.",
    ),
    "a key twice": (
        "sites", '"1","Plant"', '"1","Plant"\n"1","Plant again"',
        "error T10 sites row 3, site: 1 stands in row 2 already. Keep one of them.",
    ),
    "a row of another length": (
        "sites", '"1","Plant"', '"1","Plant","x"',
        "error T05 sites row 2: has 3 cells, the header 2. Check commas and quotes.",
    ),
    "an unknown column": (
        "sites", "site,name", "site,title",
        "error T02 sites row 1, title: is no column of this table. Rename or remove the column.",
    ),
    "a column twice": (
        "sites", "site,name", "site,site",
        "error T03 sites row 1, site: stands twice. Remove one of them.",
    ),
    "a missing column": (
        "sites", 'site,name\n"1","Plant"', 'site\n"1"',
        "error T04 sites row 1, name: is missing. Add the column.",
    ),
    "a reference to nothing": (
        "bom_lines", '"SHEET"', '"SHEAT"',
        "error T11 bom_lines row 2, component: 'SHEAT' is not in items. Add it to items or correct it.",
    ),
    "a quote that is not closed": (
        "sites", '"Plant"', '"Plant',
        "error T06 sites row 2: cannot be read: unexpected end of data. Check quotes and line ends.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_a_bad_cell_is_told_with_place_rule_and_remedy(name: str, tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    table, old, new, message = CELLS[name]
    rewrite(folder, table, old, new)
    assert message in problems(folder)


def test_every_bad_cell_is_found_in_one_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small_folder(tmp_path)
    rewrite(folder, "item_prices", '"2.00"', '"two"')
    rewrite(folder, "boms", '"2025-01-01"', '"soon"')
    assert commands.main(["close", str(folder), "--end", "2026-01-31"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "leancost: 2 problems"
    assert said[1].startswith("error T08 item_prices row 2") and said[2].startswith("error T08 boms row 2")


def test_an_amount_has_the_decimals_of_its_currency(tmp_path: Path) -> None:
    with_opening = small_book()
    with_opening["opening_wip"] = [
        dict(
            zip(
                "production_flow resource_type resource cost_group posting_date quantity unit_cost amount".split(),
                "FLOW item SHEET MAT 2025-12-31 3 3.333333 9.999".split(),
                strict=True,
            )
        )
    ]
    folder = write_folder(with_opening, tmp_path / "folder")
    message = "error T12 opening_wip row 2, amount: '9.999' has more than 2 decimals. Round it to the currency: 10.00."
    assert problems(folder) == [message]
    rewrite(folder, "parameters", "EUR", "KWD")
    assert problems(folder) == []


def test_references_are_told_in_the_same_pass_as_bad_cells(tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    picks = "picking_line,production_flow,item,quantity,posting_date\nP1,FLOW,M33,1,2026-01-06\nP2,FLOW,SHEET,abc,2026-01-06\n"
    (folder / "events").mkdir()
    (folder / "events" / "picking_lines.csv").write_text(picks + "P3,FLOW, SHEET,1,2026-01-06\n")
    rewrite(folder, "resource_groups", '"1"', '"9"')
    assert problems(folder) == [
        "error T13 picking_lines row 4, item: ' SHEET' has blanks or control characters around it. Remove them.",
        "error T08 picking_lines row 3, quantity: 'abc' is no number with at most 6 decimals. Write digits, with a point before the decimals.",
        "error T11 resource_groups row 2, site: '9' is not in sites. Add it to sites or correct it.",
        "error T11 picking_lines row 2, item: 'M33' is not in items. Add it to items or correct it.",
    ]
    rewrite(folder, "items", '"SHEET","Sheet"', '"SHEET ","Sheet"')  # M33 may well be what that was meant to be
    assert [line for line in problems(folder) if "is not in items" in line] == []


def test_rows_are_counted_as_excel_shows_them_when_a_cell_holds_a_line_end(tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    rewrite(folder, "sites", '"Plant"', '"Plant\nNorth"\n"2",""')
    assert problems(folder) == ["error T07 sites row 3 (2), name: is empty. Give name of the site."]


def test_a_byte_order_mark_is_accepted_and_other_encodings_are_told(tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    path = folder / "setup" / "sites.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert problems(folder) == []
    path.write_bytes("site,name\n1,Fårup\n".encode("latin-1"))
    assert problems(folder) == ["error T06 sites row 2, name: is not UTF-8 text. Save the file as CSV UTF-8."]


def test_an_unknown_file_is_told(tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    (folder / "setup" / "prices.csv").write_text("a\n")
    message = (
        "error T01 setup/prices.csv: is no table of leancost. Rename it as the data dictionary does, or remove it."
    )
    assert problems(folder) == [message]


def test_a_thousand_findings_are_shown_and_the_rest_is_counted(tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    (folder / "setup" / "sites.csv").write_text("site,name\n" + "".join(f"{n},\n" for n in range(1500)))
    found = problems(folder)
    assert len(found) == 1001
    assert found[-1] == "error book: 500 further problems are not shown. Mend these first."


def picking_lines_of_nothing(folder: Path, count: int) -> None:
    with (folder / "events").joinpath("picking_lines.csv").open("w") as file:
        file.write("picking_line,production_flow,kanban,item,quantity,posting_date\n")
        file.writelines(f"P{n},FLOW,,NONE{n},1,2026-01-10\n" for n in range(count))


def test_three_thousand_references_to_nothing_are_counted_and_the_first_thousand_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_folder(tmp_path)
    (folder / "events").mkdir(exist_ok=True)
    picking_lines_of_nothing(folder, 3000)
    target = tmp_path / "new.duckdb"
    assert commands.main(["import", str(folder), str(target)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "leancost: 3000 problems" and len(said) == 1002
    assert said[-1] == "error book: 2000 further problems are not shown. Mend these first."
    assert not target.exists()
    assert commands.main(["check", str(folder)]) == 1
    told = capsys.readouterr()
    assert told.err == "" and told.out.splitlines()[:1000] == said[1:1001]
    assert told.out.splitlines()[1000:] == [
        "2000 further problems are not shown. Mend these first.",
        "3000 errors, 0 warnings",
    ]
    assert problems(folder)[-1] == "error book: 2000 further problems are not shown. Mend these first."
    picking_lines_of_nothing(folder, 1000)
    assert commands.main(["check", str(folder)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "1000 errors, 0 warnings" and len(said) == 1001


def test_every_row_that_refers_to_nothing_is_named_with_its_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_folder(tmp_path)
    (folder / "events").mkdir(exist_ok=True)
    (folder / "events" / "picking_lines.csv").write_text(
        "picking_line,production_flow,kanban,item,quantity,posting_date\n"
        'P1,FLOW,,SHEET,1,2026-01-10\n\nP3,FLOW,,NONE,1,2026-01-10\n"P\n4",FLOW,,NONE,1,2026-01-10\nP5,FLOW,,NONE,1,2026-01-10\n'
    )
    end = "item: 'NONE' is not in items. Add it to items or correct it."
    assert sorted(problems(folder)) == [f"error T11 picking_lines row {n}, {end}" for n in (4, 5, 6)]
    assert commands.main(["import", str(folder), str(tmp_path / "new.duckdb")]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "leancost: 3 problems", *(f"error T11 picking_lines row {n}, {end}" for n in (5, 4, 6)),
    ]  # fmt: skip
    path = tmp_path / "book.xlsx"
    folders.template(path)
    workbook = openpyxl.load_workbook(path)
    header = [cell.value for cell in workbook["picking_lines"][1]]
    for place, name in enumerate(header, start=1):
        cells = {
            "picking_line": "P9",
            "production_flow": "FLOW",
            "item": "NONE",
            "quantity": "1",
            "posting_date": "2026-01-10",
        }
        workbook["picking_lines"].cell(row=2, column=place).value = cells.get(str(name))
    workbook.save(path)
    assert f"error T11 picking_lines row 2, {end}" in problems(path)


def test_import_refusals_beyond_a_thousand_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book_, target = two_months(), tmp_path / "small.duckdb"
    assert commands.main(["import", str(write_folder(book_, tmp_path / "first")), str(target)]) == 0
    assert commands.main(["close", str(target), "--end", "2026-01-31"]) == 0
    names = "picking_line production_flow kanban item quantity posting_date"
    late = [row(names, f"L{n:04}", "FLOW", "K1", "SHEET", "1", "2026-01-20") for n in range(1200)]
    folder = write_folder({"picking_lines": late}, tmp_path / "late")
    capsys.readouterr()
    assert commands.main(["import", str(folder), str(target)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "leancost: 1200 problems" and len(said) == 1002
    assert said[1].startswith("error I02 picking_lines L0000 row 2: is new and dated on or before 2026-01-31")
    assert said[-1] == "error book: 200 further problems are not shown. Mend these first."


def test_a_template_has_a_sheet_a_table_with_drop_downs_and_reads_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    assert commands.main(["template", str(path)]) == 0
    workbook = openpyxl.load_workbook(path)
    assert {table.name for table in folders.inputs()} <= set(workbook.sheetnames)
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in workbook["kanban_rules"].data_validations.dataValidation
    }
    assert lists["B3"] == "production_flows!$A$3:$A$2001"
    assert lists["D3"] == '"manufacturing,withdrawal"'
    assert "[unit of the item]" in workbook["kanban_rules"]["H2"].value
    assert problems(path) == []


def filled(tmp_path: Path, sheet: str, cell: str, value: object) -> Path:
    path = tmp_path / "book.xlsx"
    commands.main(["export", str(small_folder(tmp_path)), str(path)])
    workbook = openpyxl.load_workbook(path)
    workbook[sheet][cell] = value
    workbook.save(path)
    return path


def test_excels_own_dates_and_numbers_are_read_exactly(tmp_path: Path) -> None:
    import datetime

    path = filled(tmp_path, "item_prices", "E4", 0.1 + 0.2)
    workbook = openpyxl.load_workbook(path)
    workbook["item_prices"]["D4"] = datetime.datetime(2025, 3, 1)
    workbook.save(path)
    with workspace() as connection:
        folders.load(path, connection)
        rows = connection.execute("SELECT unit_cost FROM item_prices WHERE from_date = DATE '2025-03-01'").fetchall()
    assert [str(cost) for (cost,) in rows] == ["0.300000"]


QUIRKS = {
    "a date before Excel's first": (
        "item_prices",
        "D3",
        -1,
        "error T08 item_prices row 3, from_date: '1899-12-29 00:00:00' is no date",
    ),
    "a formula without a stored value": (
        "item_prices",
        "E3",
        "=1+1",
        "error T08 item_prices row 3, unit_cost: the formula =1+1",
    ),
    "text that is no number": ("item_prices", "E3", "two", "error T08 item_prices row 3, unit_cost: 'two'"),
}


@pytest.mark.parametrize("name", QUIRKS)
def test_a_quirk_of_excel_is_told(name: str, tmp_path: Path) -> None:
    sheet, cell, value, message = QUIRKS[name]
    assert any(line.startswith(message) for line in problems(filled(tmp_path, sheet, cell, value)))


def test_text_that_looks_like_a_formula_is_written_as_text(tmp_path: Path) -> None:
    hostile = small_book()
    hostile["items"][0]["name"] = '=HYPERLINK(""x"")'
    path = tmp_path / "book.xlsx"
    commands.main(["export", str(write_folder(hostile, tmp_path / "folder")), str(path)])
    cell = next(row for row in openpyxl.load_workbook(path)["items"].iter_rows() if row[0].value == "SHEET")[1]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")


def test_a_workbook_that_is_none_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("no zip")
    assert len(problems(path)) == 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become nobody")
def test_a_folder_that_may_not_be_read_is_no_empty_one() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = small_folder(Path(place))
        (folder / "events").mkdir(exist_ok=True)
        (folder / "events").chmod(0)
        os.seteuid(65534)
        try:
            with pytest.raises(LeancostError, match=r"folder cannot be read: Permission denied\. Check its folders"):
                folders.load(folder, duckdb.connect())
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("mark", ["\u200b", "\u200f", "\ufeff", "\xad", "\u061c", "\U000e0041"])
def test_two_names_that_look_alike_cannot_differ_by_a_mark_nobody_sees(mark: str, tmp_path: Path) -> None:
    changed = small_book()
    changed["items"][0]["name"] = f"She{mark}et"
    said = f"holds the character U+{ord(mark):04X}, which is not shown. Remove it."
    assert [line.endswith(said) for line in problems(write_folder(changed, tmp_path / "folder"))] == [True]
