"""Whatever a book holds is shown as text: nothing runs, is computed, leaves its folder, or reaches a network."""

import ast
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import nbformat
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leancost.cli import commands
from leancost.costing.workspace import workspace
from leancost.errors import visible
from leancost.tables import workbook_limits
from leancost.views.display import Chart, Table
from tests.books.hostile_book import ATTEMPTS, FLOW, FORMULA, NASTY, SCRIPT, hostile_book, hostile_folder
from tests.books.malformed_books import workbook_of
from tests.books.two_months import two_months
from tests.support.commands import write_folder
from tests.support.ledger_programs import beancount_entries, hledger
from tests.support.rows import read_csv, read_folder

END = ("--end", "2026-02-28")


class Page(HTMLParser):
    """The tags, attributes and texts of a page, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def run(*words: object) -> int:
    return commands.main([str(word) for word in words])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every output of the hostile book; no connection of Python leaves this computer."""
    place = tmp_path_factory.mktemp("hostile")
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        assert not isinstance(address, tuple) or address[0] in ("127.0.0.1", "localhost", "::1"), address
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local_only)
        patch.chdir(place)
        folder = hostile_folder(Path(NASTY))
        assert run("check", folder) == 0
        assert run("close", folder, *END, "--out", "close") == 0
        assert run("calculate", folder, "--date", "2026-01-01", "--out", "costs") == 0
        assert run("import", folder, "acme.duckdb") == 0
        assert run("export", "acme.duckdb", "acme.xlsx") == 0
        assert run("export", "acme.xlsx", "copy") == 0
        assert run("journal", folder, *END, "--out", "journal") == 0
        assert run("report", folder, *END, "--flow", FLOW, "--version", NASTY) == 0
    return place


def names_go_round_through_book_workbook_and_folder(place: Path) -> None:
    names = {value for rows in hostile_book().values() for line in rows for value in line.values()}
    back = {value for rows in read_folder(place / "copy").values() for line in rows for value in line.values()}
    assert set(ATTEMPTS.values()) <= names & back
    assert {line["item"] for line in read_csv(place / "close" / "settlements.csv")} == {SCRIPT}


def no_name_becomes_a_place(place: Path) -> None:
    assert {path.name for path in place.iterdir()} == {
        NASTY, "close", "costs", "acme.duckdb", "acme.xlsx", "copy", "journal", "reports",
    }  # fmt: skip
    assert [path.name for path in (place / "reports").iterdir()] == [
        "script_document_title_ran_script_img_src_x_onerror_alert_1"
    ]
    assert not [path for path in place.rglob("*") if ".." in path.name or "<" in path.name]


def the_page_shows_every_name_as_text(place: Path) -> None:
    (html,) = (place / "reports").rglob("report.html")
    text = html.read_text()
    page = Page(text)
    assert not page.tags & {"img", "iframe", "object", "embed", "form", "input", "link", "base", "svg"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [
        value for name, value in page.attributes if name in ("href", "src") and not value.startswith(("#", "https:"))
    ]
    assert text.count("<script") == text.count("</script>") == 2 + text.count('<figure class="chart"')
    shown = "\n".join(page.texts)
    for name in (SCRIPT, FORMULA, FLOW, ATTEMPTS["LABOH"], ATTEMPTS["CUT"]):
        assert name in shown, name


def the_notebooks_show_every_name_as_text(place: Path) -> None:
    notebooks = sorted((place / "reports").rglob("*.ipynb"))
    assert len(notebooks) == 4
    for path in notebooks:
        for cell in nbformat.read(path, 4).cells:
            for output in cell.get("outputs", ()):
                page = Page(output.get("data", {}).get("text/html", ""))
                assert not page.tags & {"script", "img", "a", "iframe", "style"}
                assert not {"text/javascript", "application/javascript", "text/latex"} & set(output.get("data", ()))
            assert "onerror" not in cell.source or cell.cell_type == "code"


def test_charts_show_markup_in_names_as_text() -> None:
    import pandas
    import plotly.graph_objects as go

    figure = go.Figure(go.Bar(x=["<b>bold</b> & <a href='javascript:a()'>x</a>", "two<br>lines"], y=[1, 2]))
    bundle = Chart(figure, "A <b> & c", Table(pandas.DataFrame()))._repr_mimebundle_()
    drawn = bundle["application/vnd.plotly.v1+json"]
    assert drawn["data"][0]["x"] == ["&lt;b>bold&lt;/b> &amp; &lt;a href='javascript:a()'>x&lt;/a>", "two<br>lines"]
    assert drawn["layout"]["meta"]["text"] == "A <b> & c"


def workbooks_compute_nothing_but_their_totals(place: Path) -> None:
    (report,) = (place / "reports").rglob("report.xlsx")
    for path in (report, place / "acme.xlsx"):
        held = openpyxl.load_workbook(path)
        cells = [cell for sheet in held for line in sheet.iter_rows() for cell in line]
        assert not [cell for cell in cells if cell.hyperlink]
        formulas = {str(cell.value) for cell in cells if cell.data_type == "f"}
        assert all(re.fullmatch(r"=SUBTOTAL\(9,[A-Z]+\d+:[A-Z]+\d+\)|=SUM\([A-Z]+\d+:[A-Z]+\d+\)", f) for f in formulas)
        assert FORMULA in {cell.value for cell in cells if cell.data_type == "s"}
        with zipfile.ZipFile(path) as packed:
            assert not [name for name in packed.namelist() if "external" in name or "vba" in name.lower()]


def ledger_programs_read_every_name_as_text(place: Path) -> None:
    hledger("-f", place / "journal" / "journal.hledger", "check", "--strict")
    entries = beancount_entries(place / "journal" / "journal.beancount")
    details = {str(value) for e in entries for p in getattr(e, "postings", ()) for value in p.meta.values()}
    assert {SCRIPT, FLOW, ATTEMPTS["MAT"], ATTEMPTS["LABOH"]} <= details


def test_names_stay_text_in_every_output(place: Path) -> None:
    """One test, so that the outputs are made once."""
    names_go_round_through_book_workbook_and_folder(place)
    no_name_becomes_a_place(place)
    the_page_shows_every_name_as_text(place)
    the_notebooks_show_every_name_as_text(place)
    workbooks_compute_nothing_but_their_totals(place)
    ledger_programs_read_every_name_as_text(place)
    parameters_are_only_ever_texts(place)


def parameters_are_only_ever_texts(place: Path) -> None:
    """Path, flow and version hold quotes, backslashes, braces and line ends; the notebooks are the shipped ones."""
    for path in (place / "reports").rglob("*.ipynb"):
        (cell,) = (c for c in nbformat.read(path, 4).cells if "injected-parameters" in c.metadata.get("tags", ()))
        texts = {}
        for statement in ast.parse(cell.source).body:
            assert isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
            texts[ast.unparse(statement.targets[0])] = statement.value.value
        assert (texts["book"], texts["production_flows"], texts["costing_version"]) == (NASTY, FLOW, NASTY)
    (manifest,) = (place / "reports").rglob("manifest.json")
    assert json.loads(manifest.read_text())["parameters"]["book"] == NASTY


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_papermill_writes_any_text_as_one_constant(text: str) -> None:
    from papermill.translators import PythonTranslator

    (statement,) = ast.parse(PythonTranslator.codify({"book": text})).body
    assert isinstance(statement, ast.Assign) and ast.literal_eval(statement.value) == text


def test_a_flow_with_a_comma_is_refused_where_flows_are_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = two_months()
    for rows in small.values():
        for line in rows:
            line.update({column: "A, B" for column, value in line.items() if value == "FLOW"})
    folder = write_folder(small, tmp_path / "folder")
    assert run("report", folder, *END, "--flow", "A, B", "--out", tmp_path / "out") == 1
    said = "Production flow 'A, B' cannot be chosen: the notebooks list flows with commas.\n"
    assert capsys.readouterr().err == said


TURNED = "gpj.\u202eexe\x1b[31m\r\n\x07"


@pytest.mark.parametrize("command", ["check", "close", "import", "report", "journal"])
def test_a_terminal_is_not_turned_round_by_a_path(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {
        "check": ["check", TURNED],
        "close": ["close", TURNED, *END],
        "import": ["import", TURNED, tmp_path / "x.duckdb"],
        "report": ["report", TURNED, *END],
        "journal": ["journal", TURNED, *END, "--out", tmp_path / "out"],
    }
    assert run(*words[command]) == 1
    said = capsys.readouterr().err
    assert said.startswith("gpj.\\u202eexe\\x1b[31m\\r\\n\\x07 does not exist.") and said.count("\n") == 1


@settings(deadline=None)
@given(st.text())
def test_what_is_visible_has_no_control_or_direction_marks_and_one_line(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable() and len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in shown)


def test_a_terminal_without_a_letter_shows_its_number(tmp_path: Path) -> None:
    folder = write_folder(two_months(), tmp_path / "blåbær")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "leancost", "export", str(folder), str(tmp_path / "blåbær.xlsx")]
    said = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.endswith("bl\\xe5b\\xe6r.xlsx.\n")


MEASURED = (
    "import re, sys; from leancost.cli import commands; status = commands.main(sys.argv[1:]);"
    # not ru_maxrss, which a child takes over from the process that started it
    " print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]); sys.exit(status)"
)
"""Runs a command and prints the most memory it held, in kilobytes."""


def _bomb(path: Path, parts: dict[str, int]) -> None:
    """Replaces or adds parts of so many zeros."""
    with zipfile.ZipFile(path) as packed:
        kept = {info.filename: packed.read(info) for info in packed.infolist() if info.filename not in parts}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, data in kept.items():
            packed.writestr(name, data)
        for name, size in parts.items():
            with packed.open(name, "w") as file:
                for _ in range(size >> 20):
                    file.write(bytes(1 << 20))


def _lie(path: Path, name: str, size: int) -> None:
    """Changes what the archive says of a part's size, in both of its headers."""
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = -1
        while (start := data.find(mark, start + 1)) >= 0:
            if data[start + (46 if at == 24 else 30) :].startswith(name.encode()):
                data[start + at : start + at + 4] = size.to_bytes(4, "little")
    path.write_bytes(data)


def _many(path: Path, count: int, name: str) -> None:
    with zipfile.ZipFile(path, "a") as packed:
        for number in range(count):
            packed.writestr(f"{name}{number}", b"")


TEXTS = "xl/sharedStrings.xml"
BOMBS: dict[str, tuple[Callable[[Path], None], str]] = {
    "one sheet that unpacks to more than a gigabyte": (
        lambda path: _lie(path, "xl/worksheets/sheet9.xml", (1 << 30) + 1),
        "{} unpacks to more than 1 GiB and is not read. Use a folder of CSV files.",
    ),
    "many sheets that do so together": (
        lambda path: [_lie(path, f"xl/worksheets/sheet{n}.xml", 200 << 20) for n in range(3, 9)] and None,
        "{} unpacks to more than 1 GiB and is not read. Use a folder of CSV files.",
    ),
    "texts that unpack to too much": (
        lambda path: _bomb(path, {TEXTS: 70 << 20}),
        f"{{}}: {TEXTS} unpacks to more than 64 MiB and is not read. Use a folder of CSV files.",
    ),
    "a part nobody asked for": (
        lambda path: _bomb(path, {"docProps/extra.xml": 65 << 20}),
        "{}: docProps/extra.xml unpacks to more than 64 MiB and is not read. Use a folder of CSV files.",
    ),
    "many small parts": (
        lambda path: _many(path, 10_001, "x"),
        "{} has more than 10,000 parts and is not read. Use a folder of CSV files.",
    ),
    "a long list of few parts": (
        lambda path: _many(path, 100, "x" * 30_000),
        "{} has more than 10,000 parts and is not read. Use a folder of CSV files.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("good")
    return workbook_of(write_folder(two_months(), place / "folder"), place / "good.xlsx")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_anything_is_unpacked(
    name: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make, message = BOMBS[name]
    path = tmp_path / "book.xlsx"
    path.write_bytes(good.read_bytes())
    make(path)
    assert path.stat().st_size < 8 << 20

    def never(*_: object, **__: object) -> None:
        raise AssertionError("something was unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    assert run("import", path, tmp_path / "new.duckdb") == 1
    assert capsys.readouterr().err == message.format(path) + "\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize("part", [TEXTS, "xl/worksheets/sheet9.xml"])
def test_a_part_that_is_larger_than_it_says_is_not_unpacked_beyond(
    part: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(good.read_bytes())
    _bomb(path, {part: 300 << 20})
    _lie(path, part, 1000)
    said = subprocess.run([sys.executable, "-c", MEASURED, "check", str(path)], capture_output=True, text=True)
    assert said.returncode == 1 and said.stderr.startswith(str(path)) and said.stderr.count("\n") == 1, said.stderr
    assert int(said.stdout) < 300_000, "kilobytes"


def _swollen(path: Path, name: str, before: bytes, filling: bytes, times: int) -> None:
    """Puts a filling before the first place of a part where `before` stands, a piece at a time."""
    with zipfile.ZipFile(path) as packed:
        parts = {info.filename: packed.read(info) for info in packed.infolist()}
    first, mark, rest = parts[name].partition(before)
    assert mark
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for other, data in parts.items():
            with packed.open(other, "w", force_zip64=True) as file:
                file.write(data if other != name else first)
                if other == name:
                    for _ in range(times):
                        file.write(filling)
                    file.write(mark + rest)


SHEET = "xl/worksheets/sheet9.xml"
SWOLLEN = {
    "a text in a cell": (SHEET, b"</v>", b"x" * (1 << 20), 100, "a text of more than 32,767 characters. Shorten it."),
    "a text after the cells": (SHEET, b"</worksheet>", b"x" * (1 << 20), 100, "a text of more than 32,767 characters."),
    "a shared text": (TEXTS, b"</t>", b"x" * (1 << 20), 60, "a text of more than 32,767 characters. Shorten it."),
    "cells of a row": (SHEET, b"</row>", b"<c><v>1</v></c>" * 10_000, 300, "a cell beyond column XFD. Use fewer columns."),
    "what no row has": (SHEET, b"</row>", b"<x/>" * 100_000, 100, "too much. Save it again with Excel."),
    "a tag": (SHEET, b'" spans="', b"x" * (1 << 20), 100, "a tag of more than 1 MiB. Save it again with Excel."),
    "a comment": (SHEET, b"--></row>", b"x" * (1 << 20), 100, "a tag of more than 1 MiB. Save it again with Excel."),
}  # fmt: skip


@pytest.mark.parametrize("name", SWOLLEN)
def test_a_sheet_that_holds_what_none_can_is_refused_in_modest_memory(name: str, good: Path, tmp_path: Path) -> None:
    part, before, filling, times, message = SWOLLEN[name]
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(good) as packed, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for info in packed.infolist():
            data = packed.read(info)
            if before.startswith(b"-->"):
                data = data.replace(b"</row>", b"<!----></row>")
            changed.writestr(info.filename, data)
    _swollen(path, part, before, filling, times)
    assert path.stat().st_size < 8 << 20
    said = subprocess.run([sys.executable, "-c", MEASURED, "check", str(path)], capture_output=True, text=True)
    assert said.returncode == 1 and said.stderr.startswith(str(path)) and message in said.stderr, said.stderr
    assert said.stderr.count("\n") == 1 and int(said.stdout) < 150_000, f"{said.stdout} kilobytes"


def test_a_sheet_is_read_whole_whatever_size_it_gives_itself(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(good) as packed, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for info in packed.infolist():
            data = re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1"/>', packed.read(info))
            changed.writestr(info.filename, data)
    assert run("export", path, tmp_path / "folder") == 0
    assert run("export", good, tmp_path / "other") == 0
    assert read_folder(tmp_path / "folder") == read_folder(tmp_path / "other")


def test_a_book_whose_table_is_a_view_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret.csv").write_text("site,name\n1,secret\n")
    path = tmp_path / "acme.duckdb"
    assert run("import", write_folder(two_months(), tmp_path / "folder"), path) == 0
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute("DROP TABLE sites")
        connection.execute(f"CREATE VIEW sites AS SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")
    capsys.readouterr()
    assert run("export", path, tmp_path / "copy") == 1
    assert capsys.readouterr().err == f"{path} is not a leancost book: its table sites is missing or incomplete.\n"


def test_a_rule_cannot_reach_a_network() -> None:
    with workspace() as connection:
        for address in ("http://198.51.100.1/x.csv", "s3://bucket/x.csv"):
            with pytest.raises(duckdb.Error, match="httpfs"):
                connection.execute(f"SELECT * FROM read_csv('{address}')")


def test_the_limit_of_a_workbook_is_that_of_its_message() -> None:
    assert (workbook_limits.LARGEST, workbook_limits.LARGEST_PART, workbook_limits.MOST_PARTS) == (
        1 << 30,
        64 << 20,
        10_000,
    )
