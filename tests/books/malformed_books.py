"""Books that are wrong in one place each, and what the user is told about it."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from leancost.cli import commands

Change = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One malformed book: how it comes about, how the first line that matters begins, what it says further on."""

    change: Change
    message: str
    rest: str = ""


def _file(folder: Path, table: str) -> Path:
    return next(folder.glob(f"*/{table}.csv"))


def cell(table: str, old: str, new: str | bytes) -> Change:
    def change(folder: Path) -> None:
        path = _file(folder, table)
        data = path.read_bytes()
        assert old.encode() in data, (table, old)
        path.write_bytes(data.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1))

    return change


def whole(table: str, make: Callable[[bytes], bytes]) -> Change:
    def change(folder: Path) -> None:
        path = _file(folder, table)
        path.write_bytes(make(path.read_bytes()))

    return change


def both(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for each in changes:
            each(folder)

    return change


def _values() -> dict[str, Case]:
    """One cell of each kind with what is none: the message names table, row, column and value."""
    number = "is no number with at most {} decimals"
    kinds = {
        "date": ("item_prices", '"2025-01-01"', "from_date", "is no date"),
        "price": ("item_prices", '"2.00"', "unit_cost", number.format(6)),
        "quantity": ("picking_lines", '"9"', "quantity", number.format(6)),
        "factor": ("activities", '"0.1"', "run_time_hours", number.format(9)),
        "integer": ("bom_lines", '"2"', "quantity", number.format(9)),
        "flag": ("inventory_model_groups", '"yes"', "stocked_product", "is neither yes nor no"),
        "sequence": ("activities", '"5"', "sequence", "is no whole number"),
    }
    numbers = (
        "1_000", "1e5", "1E5", "epoch", "NaN", "nan", "Infinity", "-inf", "1,5", "1.000,50", "1 000", "0x10", "1.", ".5",
        "+1", "--1", "1-", "€5", "5 EUR", "12345678901234567890", "1.1234567891", "½", "١", "１", "1/2", "five", "=1+1", "#N/A",
        "True", "1'000",
    )  # fmt: skip
    dates = (
        "2025-13-01", "2025-02-29", "2025-00-10", "2025-01-32", "01.01.2025", "01/02/2025", "2025/01/01", "20250101",
        "2025-1-1", "25-01-01", "45658", "45658.0", "2025-01-01 24:00:00", "2025-01-01T10", "epoch", "infinity", "today",
        "0000-01-01", "10000-01-01", "2025-W01-1", "-2025-01-01", "Jan 1, 2025", "٢٠٢٥-٠١-٠١",
    )  # fmt: skip
    flags = ("true", "Yes", "YES", "ja", "1", "y", "x", "WAHR", "no.")
    wrong = {"date": dates, "flag": flags, "sequence": (*numbers[:12], "1.5", "12345678901"), "price": numbers}
    wrong |= {"quantity": numbers[:8], "factor": (*numbers[:8], "1.1234567891")}
    cases = {}
    for kind, values in wrong.items():
        table, old, column, rule = kinds[kind]
        rows = {"activities": 3 if kind == "factor" else 2}
        for value in values:
            message = f"error T08 {table} row {rows.get(table, 2)}, {column}: {value!r} {rule}."
            cases[f"{kind} {value}"] = Case(cell(table, old, f'"{value}"'), message)
    return cases


TEXTS = {
    "a blank before": Case(cell("items", '"SHEET"', '" SHEET"'), "error T13 items row 2, item: ' SHEET' has blanks"),
    "a blank behind": Case(cell("items", '"SHEET"', '"SHEET "'), "error T13 items row 2, item: 'SHEET ' has blanks"),
    "a hard blank behind": Case(
        cell("items", '"SHEET"', '"SHEET\u00a0"'), "error T13 items row 2, item: 'SHEET\\xa0' has blanks"
    ),
    "a line end behind a number": Case(
        cell("item_prices", '"2.00"', '"2.00\n"'), "error T13 item_prices row 2, unit_cost: '2.00\\n' has blanks"
    ),
    "only blanks": Case(cell("items", '"Sheet"', '"   "'), "error T13 items row 2, name: '   ' has blanks"),
    "NUL": Case(cell("items", "Sheet", "Sh\0t"), "error T14 items row 2, name: 'Sh\\x00t' holds the character U+0000,"),
    "a control character": Case(cell("items", "Sheet", "Sh\x1bt"), "error T14 items row 2, name: 'Sh\\x1bt' holds"),
    "a bell": Case(cell("items", "Sheet", "Sh\x07t"), "error T14 items row 2, name: 'Sh\\x07t' holds"),
    "a carriage return inside": Case(cell("items", "Sheet", "Sh\rt"), "error T14 items row 2, name: 'Sh\\rt' holds"),
    "an override": Case(
        cell("items", "Sheet", "Sh\u202et"),
        "error T14 items row 2, name: 'Sh\\u202et' holds the character U+202E, which is not shown. Remove it.",
    ),
    "an isolate": Case(cell("items", "Sheet", "Sh\u2066t"), "error T14 items row 2, name: 'Sh\\u2066t' holds"),
    "a line separator": Case(cell("items", "Sheet", "Sh\u2028t"), "error T14 items row 2, name: 'Sh\\u2028t' holds"),
    "no character": Case(cell("items", "Sheet", "Sh\uffff"), "error T14 items row 2, name: 'Sh\\uffff' holds"),
    "a text too long": Case(
        cell("items", "Sheet", "S" * 1001),
        f"error T15 items row 2, name: '{'S' * 57}...' has 1001 characters. Write at most 1000.",
    ),
    "a name of a megabyte": Case(
        cell("items", '"SHEET"', f'"{"S" * 1_000_000}"'),
        f"error T15 items row 2, item: '{'S' * 57}...' has 1000000 characters. Write at most 1000.",
    ),
    "an empty required cell": Case(
        cell("items", '"Sheet"', '""'), "error T07 items row 2 (SHEET), name: is empty. Give name"
    ),
    "an empty key": Case(cell("items", '"SHEET"', '""'), "error T07 items row 2, item: is empty. Give item."),
    "another letter case in a closed list": Case(
        cell("item_prices", '"active"', '"Active"'), "error T09 item_prices row 2, status: 'Active' is not one of"
    ),
    "a value outside its closed list": Case(
        cell("items", '"item"', '"thing"'), "error T09 items row 2, item_type: 'thing' is not one of item, service."
    ),
    "an unknown parameter": Case(
        cell("parameters", '"conversion_in_wip"', '"conversion"'), "error T09 parameters row 4, parameter: 'conversion'"
    ),
}  # fmt: skip

SHAPES = {
    "a row too long": Case(
        cell("sites", '"Plant"', '"Plant","x"'), "error T05 sites row 2: has 3 cells, the header 2. Check commas"
    ),
    "a row too short": Case(cell("sites", ',"Plant"', ""), "error T05 sites row 2: has 1 cells, the header 2."),
    "semicolons": Case(
        whole("sites", lambda data: data.replace(b",", b";")),
        "error T02 sites row 1, site;name: is no column of this table. Separate the cells by commas.",
    ),
    "tabs": Case(whole("sites", lambda data: data.replace(b",", b"\t")), "error T02 sites row 1, site\\tname: is no"),
    "a header in capitals": Case(
        whole("sites", lambda data: data.replace(b"site,", b"SITE,")), "error T02 sites row 1, SITE: is no column"
    ),
    "a header with a blank": Case(
        whole("sites", lambda data: data.replace(b"site,", b"site ,")), "error T02 sites row 1, site : is no column"
    ),
    "a header of spaces for lines": Case(
        whole("item_prices", lambda data: data.replace(b"from_date", b"from date")),
        "error T02 item_prices row 1, from date: is no column",
    ),
    "a cell under no header": Case(
        whole("sites", lambda data: data.replace(b"site,name", b"site,,name").replace(b'"Plant"', b'"x","Plant"')),
        "error T05 sites row 2: B2 'x' stands under no header. Name its column, or remove it: a column or sheet",
    ),
    "a column twice": Case(
        whole("sites", lambda data: data.replace(b"site,name", b"site,site")), "error T03 sites row 1, site: stands twice"
    ),
    "a missing column": Case(cell("sites", 'site,name\n"1","Plant"', 'site\n"1"'), "error T04 sites row 1, name: is missing"),
    "an unknown column": Case(cell("sites", "site,name", "site,title"), "error T02 sites row 1, title: is no column"),
    "a header a megabyte long": Case(
        whole("sites", lambda data: b"x" * 1_000_000 + data), f"error T02 sites row 1, {'x' * 57}...: is no column"
    ),
    "no header": Case(whole("sites", lambda data: data.partition(b"\n")[2]), "error T02 sites row 1, 1: is no column"),
    "an empty file": Case(
        whole("picking_lines", lambda data: b""),
        "error T04 picking_lines row 1: holds no header. Write the names of the columns, or remove it.",
    ),
    "only blank lines": Case(whole("sites", lambda data: b"\n\n\n"), "error T04 sites row 1: holds no header."),
    "only a byte order mark": Case(whole("sites", lambda data: b"\xef\xbb\xbf"), "error T04 sites row 1: holds no header."),
    "the header twice": Case(
        whole("sites", lambda data: data + data), "error T05 sites row 3: repeats the header. Remove the row."
    ),
    "a remark below the table": Case(
        whole("items", lambda data: data + b"Checked by Anna,,,,,\n"),
        "error T05 items row 5: holds a single cell, A5 'Checked by Anna'. Fill the others, or move it elsewhere:",
    ),
    "another header above": Case(
        whole("sites", lambda data: b"Werk,Bezeichnung\n" + data),
        "error T02 sites row 1, Werk: is no column of this table. Remove what stands above the header in row 2.",
    ),
    "a title above the header": Case(
        whole("sites", lambda data: b"Our sites,\n" + data), "error T02 sites row 1, Our sites: is no column"
    ),
    "a key twice": Case(
        cell("sites", '"1","Plant"', '"1","Plant"\n\n"1","Plant"'),
        "error T10 sites row 4, site: 1 stands in row 2 already. Keep one of them.",
    ),
    "a key of two parts twice": Case(
        whole("bom_lines", lambda data: data + data.partition(b"\n")[2]),
        "error T10 bom_lines row 3, bom/line: B-BOX/1 stands in row 2 already.",
    ),
    "a quote that is not closed": Case(
        cell("sites", '"Plant"', '"Plant'), "error T06 sites row 2: cannot be read: unexpected end of data. Check quotes"
    ),
    "a quote inside": Case(cell("sites", '"Plant"', '"Pl"ant"'), "error T06 sites row 2: cannot be read: ',' expected"),
    "a column of another currency's decimals": Case(
        cell("opening_wip", '"6.00"', '"6.001"'),
        "error T12 opening_wip row 2, amount: '6.001' has more than 2 decimals. Round it to the currency: 6.00.",
    ),
}  # fmt: skip

ENCODINGS = {
    name: Case(whole("items", make), f"error T06 items row {place}: is not UTF-8 text. Save the file as CSV UTF-8.")
    for name, place, make in (
        ("UTF-16 with a mark", "1", lambda data: data.decode().encode("utf-16")),
        ("UTF-32", "1", lambda data: data.decode().encode("utf-32")),
        ("Latin-1", "2, name", lambda data: data.replace(b"Sheet", "Blåplate".encode("latin-1"))),
        ("Windows-1252", "2, name", lambda data: data.replace(b"Sheet", "5 € plate".encode("cp1252"))),
        ("a torn character", "2, name", lambda data: data.replace(b"Sheet", "ø".encode()[:1])),
        ("an overlong NUL", "2, name", lambda data: data.replace(b"Sheet", b"\xc0\x80")),
        ("half a surrogate pair", "2, name", lambda data: data.replace(b"Sheet", b"\xed\xa0\x80")),
        ("a picture", "1", lambda data: b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
    )
}
ENCODINGS["UTF-16 without a mark"] = Case(
    whole("items", lambda data: data.decode().encode("utf-16-le")),
    "error T02 items row 1, i\\x00t\\x00e\\x00m\\x00: is no",
)
ENCODINGS["a byte order mark twice"] = Case(
    whole("items", lambda data: b"\xef\xbb\xbf\xef\xbb\xbf" + data), "error T02 items row 1, \\ufeffitem: is no column"
)

REFERENCES = {
    f"{table}.{column} to nothing": Case(
        cell(table, old, new),
        f"error T11 {table} ",
        f", {column}: {new[1:-1]!r} is not in {other}. Add it to {other}",
    )
    for table, column, old, new, other in (
        ("items", "cost_group", '"MAT"', '"MAX"', "cost_groups"),
        ("items", "inventory_model_group", '"STD"', '"X"', "inventory_model_groups"),
        ("item_prices", "item", '"SHEET"', '"SHEAT"', "items"),
        ("item_prices", "site", '"1"', '"01"', "sites"),
        ("boms", "item", '"BOX"', '"box"', "items"),
        ("bom_lines", "component", '"SHEET"', '"Sheet"', "items"),
        ("bom_lines", "bom", '"B-BOX"', '"B"', "boms"),
        ("production_flows", "site", '"1"', '"2"', "sites"),
        ("kanban_rules", "item", '"SHEET"', '"SHEET2"', "items"),
        ("kanbans", "kanban_rule", '"KR-BOX"', '"KR"', "kanban_rules"),
        ("kanban_jobs", "kanban", '"K1"', '"K9"', "kanbans"),
        ("picking_lines", "item", '"SHEET"', '"NONE"', "items"),
        ("picking_lines", "production_flow", '"FLOW"', '"flow"', "production_flows"),
    )
    if not (table == "items" and column == "inventory_model_group")
}


def _replace(table: str, make: Callable[[Path], object]) -> Change:
    def change(folder: Path) -> None:
        path = _file(folder, table)
        path.unlink()
        make(path)

    return change


def _new(name: str, text: str = "a\n") -> Change:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)

    return change


NO_TABLE = "is no table of leancost. Rename it as the data dictionary does, or remove it."
FILES = {
    "a directory where a file should be": Case(
        _replace("items", lambda path: path.mkdir()),
        "error T06 items: cannot be read: Is a directory. Check the file and its rights.",
    ),
    "a link to itself": Case(
        _replace("items", lambda path: path.symlink_to(path.name)),
        "error T06 items: cannot be read: Too many levels of symbolic links. Check the file and its rights.",
    ),
    "a link to nothing": Case(
        _replace("items", lambda path: path.symlink_to("gone.csv")),
        "error T06 items: cannot be read: No such file or directory. Check the file and its rights.",
    ),
    "an unknown table": Case(_new("setup/prices.csv"), f"error T01 setup/prices.csv: {NO_TABLE}"),
    "an output table": Case(_new("events/journal.csv"), f"error T01 events/journal.csv: {NO_TABLE}"),
    "a name that turns round": Case(_new("setup/\u202egnp.csv"), f"error T01 setup/\\u202egnp.csv: {NO_TABLE}"),
}  # fmt: skip

CASES: dict[str, Case] = {**_values(), **TEXTS, **SHAPES, **ENCODINGS, **REFERENCES, **FILES}
"""A folder, wrong in one place: every command says so and writes nothing."""


def workbook_of(folder: Path, target: Path) -> Path:
    assert commands.main(["export", str(folder), str(target)]) == 0
    return target


def sheet(change: Callable[[openpyxl.Workbook], object]) -> Change:
    def apply(path: Path) -> None:
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)

    return apply


def put(table: str, place: str, value: object) -> Change:
    return sheet(lambda book: book[table].__setitem__(place, value))


def part(name: str, make: Callable[[bytes], bytes | None]) -> Change:
    """Changes one part inside the packed file; None leaves it out."""

    def apply(path: Path) -> None:
        with zipfile.ZipFile(path) as packed:
            parts = {info.filename: packed.read(info) for info in packed.infolist()}
        changed = make(parts[name])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for other, data in parts.items():
                if other != name:
                    packed.writestr(other, data)
                elif changed is not None:
                    packed.writestr(other, changed)

    return apply


def _bare_number(book: openpyxl.Workbook) -> None:
    book["item_prices"]["D3"].value = 45658
    book["item_prices"]["D3"].number_format = "General"


def _error_cell(book: openpyxl.Workbook) -> None:
    book["item_prices"]["E3"].value = "#DIV/0!"
    book["item_prices"]["E3"].data_type = "e"


def _encrypted(data: bytes) -> bytes:
    """The same archive with every part flagged as encrypted."""
    out = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = out.find(mark)
        while start >= 0:
            out[start + place] |= 1
            start = out.find(mark, start + 4)
    return bytes(out)


def _raw(make: Callable[[bytes], bytes]) -> Change:
    def apply(path: Path) -> None:
        path.write_bytes(make(path.read_bytes()))

    return apply


def _zip_of(**parts: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return held.getvalue()


PRICES = "xl/worksheets/sheet8.xml"
"""The part of the sheet `item_prices`: README and seven tables stand before it."""
TEXTS = "xl/sharedStrings.xml"
TOO_LONG = ", sheet item_prices, row 4 holds a text of more than 32,767 characters. Shorten it."


def _prices(old: bytes, new: bytes) -> Change:
    """Changes the sheet `item_prices` as it is packed."""

    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return part(PRICES, change)


def _inline(*lengths: int) -> bytes:
    """A cell E4 whose text stands in the sheet, in runs of so many letters."""
    runs = b"".join(b"<r><rPr><b/></rPr><t>" + b"x" * length + b"</t></r>" for length in lengths)
    return b'<c r="E4" t="inlineStr"><is>' + runs + b"</is></c>"


WORKBOOKS = {
    "a date as text of another form": Case(
        put("item_prices", "D3", "01.01.2025"), "error T08 item_prices row 3, from_date: '01.01.2025' is no date."
    ),
    "a date as a number": Case(sheet(_bare_number), "error T08 item_prices row 3, from_date: '45658' is no"),
    "a date with no time of day": Case(
        put("item_prices", "D3", "2025-01-01 10:61:00"), "error T08 item_prices row 3, from_date: '2025-01-01 10:61:00'"
    ),
    "a number as text with a comma": Case(
        put("item_prices", "E3", "2,00"), "error T08 item_prices row 3, unit_cost: '2,00' is no number"
    ),
    "a formula without a value": Case(
        put("item_prices", "E3", "=1+1"), "error T08 item_prices row 3, unit_cost: the formula =1+1 has no stored value. Open and"
    ),
    "an error cell": Case(
        sheet(_error_cell), "error T08 item_prices row 3, unit_cost: #DIV/0! is an error of Excel. Mend the formula."
    ),
    "a truth value for a number": Case(
        put("item_prices", "E3", True), "error T08 item_prices row 3, unit_cost: 'yes' is no number"
    ),
    "a number beyond all bounds": Case(put("item_prices", "E3", 1e300), "error T08 item_prices row 3, unit_cost: '1000000"),
    "a number too small": Case(put("item_prices", "E3", 1e-9), "error T08 item_prices row 3, unit_cost: '0.000000001' is"),
    "merged cells": Case(
        sheet(lambda book: book["items"].merge_cells("A3:A5")),
        "error T16 items row 3, item: A3:A5 'BOX' are merged: whether it counts once or in each is not certain. Split",
    ),
    "an extra sheet": Case(sheet(lambda book: book.create_sheet("Sheet1")), f"error T01 Sheet1: {NO_TABLE}"),
    "a sheet of another name": Case(
        sheet(lambda book: setattr(book["items"], "title", "Items2")),
        "error T01 Items2: is not read: it is taken for the table items. Rename it to items, or to #Items2 if it is a",
    ),
    "a sheet without header": Case(
        sheet(lambda book: book["sites"].delete_rows(1)), "error T04 sites row 1: holds no header. Write the names of"
    ),
    "an empty sheet": Case(
        sheet(lambda book: book["picking_lines"].delete_rows(1, 100)), "error T04 picking_lines row 1: holds no header."
    ),
    "something beside the table": Case(
        put("sites", "H3", "note"), "error T05 sites row 3: H3 'note' stands under no header. Name its column, or"
    ),
    "a header that is a number": Case(put("sites", "C1", 2025), "error T02 sites row 1, 2025: is no column"),
    "a column twice": Case(put("sites", "B1", "site"), "error T03 sites row 1, site: stands twice."),
    "a row twice, blank rows between": Case(
        sheet(lambda book: book["sites"].append(["1", "Plant"])), "error T10 sites row 4, site: 1 stands in row 3 already."
    ),
    "a blank behind a key": Case(put("sites", "A3", "1 "), "error T13 sites row 3, site: '1 ' has blanks"),
    "a name too long": Case(put("sites", "B3", "x" * 30_000), "error T15 sites row 3, name: 'xxxxxxx"),
    "a sheet of broken XML": Case(part(PRICES, lambda data: data[:-200]), ", sheet item_prices cannot be read as a workbook: "),
    "a number that is none": Case(
        part(PRICES, lambda data: data.replace(b"<v>2</v>", b"<v>two</v>", 1)), ", sheet item_prices cannot be read as a workbook: invalid literal"
    ),
    "a number that is not finite": Case(
        part(PRICES, lambda data: data.replace(b"<v>2</v>", b"<v>1e999</v>", 1)),
        "error T08 item_prices row 5, unit_cost: 'Infinity' is no number",
    ),
    "a text that is not there": Case(
        part(PRICES, lambda data: data.replace(b't="s"><v>', b't="s"><v>9', 30)), ", sheet item_prices cannot be read as a workbook: "
    ),
    "entities that unfold": Case(
        part(PRICES, lambda data: data.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "ha">]><worksheet', 1)),
        ", sheet item_prices declares a document type. Save it again with Excel.",
    ),
    "entities among the texts": Case(
        part(TEXTS, lambda data: data.replace(b"<sst", b'<!DOCTYPE x [<!ENTITY a "ha">]><sst', 1)),
        f": {TEXTS} declares a document type. Save it again with Excel.",
    ),
    "rows out of order": Case(
        _prices(b'<row r="4"', b'<row r="1"'), ", sheet item_prices: row 1 stands after row 3. Save it again with Excel."
    ),
    "a row twice in the file": Case(_prices(b'<row r="4"', b'<row r="3"'), ", sheet item_prices: row 3 stands after row 3."),
    "a row below none": Case(
        _prices(b'<row r="4"', b'<row r="-5"'), ", sheet item_prices: '-5' is no row from 1 to 1,048,576. Save it again"
    ),
    "row nought": Case(_prices(b'<row r="1"', b'<row r="0"'), ", sheet item_prices: '0' is no row from 1 to 1,048,576."),
    "a row after the last": Case(
        _prices(b'<row r="4"', b'<row r="100000000000"'), ", sheet item_prices: '100000000000' is no row from 1 to"
    ),
    "one row too many": Case(
        _prices(b'<row r="4"', b'<row r="1048576"/><row'), ", sheet item_prices has more than 1,048,576 rows. Use a folder"
    ),
    "a cell after the last column": Case(
        _prices(b'<c r="E4"', b'<c r="XFE4"'), ", sheet item_prices, row 4 has a cell beyond column XFD. Use fewer columns."
    ),
    "a cell whose column has four letters": Case(
        _prices(b'<c r="E4"', b'<c r="AAAA4"'), ", sheet item_prices, row 4: 'AAAA4' is no cell of this row. Save it again with Excel."
    ),
    "too many cells in a row": Case(
        _prices(b'<c r="E4"', b"<c/>" * 16_384 + b"<c"), ", sheet item_prices, row 4 has a cell beyond column XFD."
    ),
    "cells out of order": Case(
        _prices(b'<c r="E4"', b'<c r="A4"'), ", sheet item_prices, row 4: A4 stands after a cell right of it. Save it again"
    ),
    "a cell of another row": Case(
        _prices(b'<c r="E4"', b'<c r="E5"'), ", sheet item_prices, row 4: 'E5' is no cell of this row. Save it again with"
    ),
    "a cell without a column": Case(_prices(b'<c r="E4"', b'<c r="4"'), ", sheet item_prices, row 4: '4' is no cell of this"),
    "more within a row than cells": Case(
        _prices(b'<c r="E4"', b"<x/>" * (1 << 18) + b'<c r="E4"'), ", sheet item_prices, row 4 holds too much. Save it again"
    ),
    "a text in the cell too long for Excel": Case(
        _prices(b'<c r="E4"', _inline(32_768) + b'<c r="F4"'), TOO_LONG
    ),
    "a text of many runs too long for Excel": Case(
        _prices(b'<c r="E4"', _inline(*[8192] * 4) + b'<c r="F4"'), TOO_LONG
    ),
    "a value too long for Excel": Case(
        _prices(b'<c r="E4"', b'<c r="E4"><v>' + b"1" * 32_768 + b'</v></c><c r="F4"'), TOO_LONG
    ),
    "a formula too long for Excel": Case(
        _prices(b'<c r="E4"', b'<c r="E4"><f>' + b"1" * 32_768 + b'</f></c><c r="F4"'), TOO_LONG
    ),
    "a shared text too long for Excel": Case(
        part(TEXTS, lambda data: data.replace(b"<si><t", b"<si><t>" + b"x" * 32_768 + b"</t></si><si><t", 1)),
        f": {TEXTS} holds a text of more than 32,767 characters. Shorten it.",
    ),
    "one part for two sheets": Case(
        part("xl/_rels/workbook.xml.rels", lambda data: data.replace(b"sheet9.xml", b"sheet8.xml")),
        "cannot be read as a workbook: a sheet stands in it twice",
    ),
    "a chart sheet": Case(sheet(lambda book: book.create_chartsheet("Chart1")), f"error T01 Chart1: {NO_TABLE}"),
    "a date that no calendar has": Case(
        part(PRICES, lambda data: re.sub(rb'<c r="D4" s="7" .*?</c>', b'<c r="D4" s="7"><v>1e300</v></c>', data)),
        "error T08 item_prices row 4, from_date: #VALUE! is an error of Excel.",
    ),
    "no list of sheets": Case(part("xl/workbook.xml", lambda data: None), "cannot be read as a workbook: "),
    "a sheet that is not packed": Case(
        part(PRICES, lambda data: None), "cannot be read as a workbook: its sheet item_prices is missing"
    ),
    "no text": Case(_raw(lambda data: b""), "cannot be read as a workbook: it is empty. Save it again."),
    "a text file": Case(_raw(lambda data: b"item,name\n"), "cannot be read as a workbook: it is a text file. Save it as"),
    "the first half": Case(_raw(lambda data: data[: len(data) // 2]), "cannot be read as a workbook: "),
    "the last half": Case(_raw(lambda data: data[len(data) // 2 :]), "cannot be read as a workbook: "),
    "a byte changed": Case(
        _raw(lambda data: data[:3000] + bytes([data[3000] ^ 255]) + data[3001:]), "cannot be read as a workbook: "
    ),
    "encrypted": Case(_raw(_encrypted), "cannot be read as a workbook: "),
    "another packed file": Case(_raw(lambda data: _zip_of(a="b")), "cannot be read as a workbook: "),
    "an old workbook under a new name": Case(
        _raw(lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "cannot be read as a workbook: it is an"
    ),
}  # fmt: skip
"""A workbook, wrong in one place."""
