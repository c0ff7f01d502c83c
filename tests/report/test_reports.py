"""The period report: parameters, folder, page, workbook, manifest."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import openpyxl
import pandas
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from leancost.errors import LeancostError
from leancost.lab import execution
from leancost.lab import notebooks as lab
from leancost.report import reports, sheets
from leancost.report.page import PLOTLY, report_page
from leancost.tables import declaration
from leancost.views.results import PeriodResult, read_period
from tests.books.small_book import row
from tests.books.stand_in_notebooks import NAMES, PARAMETERS, output_of, write_notebooks
from tests.books.two_months import two_months
from tests.support.commands import command, write_folder
from tests.support.rows import Book

HOSTILE = "<script>alert(1)</script>"
END = date(2026, 2, 28)


def hostile_book() -> Book:
    """SHEET is called like a program, the company like a path, a flow like a formula."""
    book = two_months()
    for rows in book.values():
        for line in rows:
            for name, value in line.items():
                line[name] = HOSTILE if value == "SHEET" else ("../../x" if value == "Small" else value)
    book["production_flows"][0]["name"] = "=1+1"
    return book


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(hostile_book(), tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def period(folder: Path) -> PeriodResult:
    return read_period(folder, end=END)


@pytest.fixture(scope="module")
def written(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report where `reports/` would be, made with stand-in notebooks, for a user with a home of his own.

    There `python3` is a kernel that is none, IPython reckons with three digits from its start, and
    the notebooks were last run by R.
    """
    place = tmp_path_factory.mktemp("report")
    told = "import decimal, sys\nprint(sys.executable, decimal.getcontext().prec, 1 + 1)"
    notebooks = write_notebooks(place / "notebooks", last_cell=told)
    for notebook in notebooks.iterdir():
        notebook.write_text(notebook.read_text().replace('"python3"', '"ir"').replace('"python"', '"R"'))
    kernel = place / "home" / "kernels" / "python3" / "kernel.json"
    start = place / "home" / "profile_default" / "startup" / "digits.py"
    for file, text in {
        kernel: '{"argv": ["/bin/echo", "13.20", "{connection_file}"], "display_name": "Other", "language": "python"}',
        start: "import decimal\ndecimal.getcontext().prec = 3\n",
    }.items():
        file.parent.mkdir(parents=True)
        file.write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("JUPYTER_DATA_DIR", str(place / "home"))
        patch.setenv("IPYTHONDIR", str(place / "home"))
        patch.setenv("PYTHONSTARTUP", str(start))
        patch.delenv("LEANCOST_HEADLESS")  # a person asks for the report, but nobody watches its notebooks
        target = reports.write_report(folder, end=END, notebooks=notebooks)
    return place / target


def test_this_interpreter_runs_the_notebooks_whatever_kernels_a_user_has(written: Path) -> None:
    notebook = json.loads((written / "notebooks" / f"{NAMES[2]}.ipynb").read_text())
    assert notebook["cells"][-1]["outputs"][0]["text"] == [f"{sys.executable} 28 2\n"]
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


def refusal(function: Callable[..., object], *words: object, **named: object) -> str:
    with pytest.raises(LeancostError) as caught:
        function(*words, **named)
    assert len(caught.value.lines) == 1
    return caught.value.lines[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "pdf"], "A report in format pdf does not exist yet. Choose html or xlsx."),
        (["--format", "html,docx"], "'docx' is no format of a report. Choose html or xlsx."),
        (["--format", ","], "A report needs a format: html, xlsx."),
        (["--language", "nb"], "A report in language nb does not exist yet. Choose en."),
        (["--language", "fi"], "A report in language fi does not exist yet. Choose en."),
        (["--language", "de"], "'de' is no language of a report. Choose en."),
        (["--flow", "NONE"], "Production flow NONE does not exist. Known: FLOW."),
        (["--version", "NONE"], "Costing version NONE does not exist. Known: STD."),
        (["--start", "2026-03-01"], "The period starts on 2026-03-01, after its end 2026-02-28. Give --start on or before --end."),
    ],
)  # fmt: skip
def test_a_wrong_option_is_one_line_and_nothing_is_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    target = tmp_path / "report"
    assert command("report", folder, "--end", END, "--out", target, *options) == 1
    assert capsys.readouterr().err == f"{said}\n"
    assert not list(tmp_path.iterdir())


def test_no_date_is_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        command("report", folder, "--end", "28.2.2026")
    assert exit_status.value.code == 2
    assert "'28.2.2026' is no date; write it as 2026-01-31" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (PARAMETERS.replace("period_end", "period_ende"),
         "01_setup.ipynb: its cell tagged parameters lacks period_end, has period_ende, which no report fills."),
        (PARAMETERS.replace('language = "en"\n', ""), "01_setup.ipynb: its cell tagged parameters lacks language."),
    ],
)  # fmt: skip
def test_a_notebook_holds_exactly_the_parameters(tmp_path: Path, cell: str, said: str) -> None:
    assert refusal(execution.require_parameter_cells, write_notebooks(tmp_path, parameters=cell)) == said


def test_the_shipped_notebooks_hold_exactly_the_parameters() -> None:
    execution.require_parameter_cells(lab.shipped("notebooks"))


def test_a_missing_notebook_is_named(tmp_path: Path) -> None:
    notebooks = write_notebooks(tmp_path / "notebooks")
    (notebooks / "02_bom_cost_calculation.ipynb").unlink()
    assert refusal(execution.require_parameter_cells, notebooks).endswith("02_bom_cost_calculation.ipynb is missing.")


@pytest.mark.parametrize(
    ("name", "cell", "said"),
    [
        ("02_bom_cost_calculation", "1 / 0", "ZeroDivisionError: division by zero"),
        ("01_setup", "from leancost.errors import LeancostError\nraise LeancostError('Give a rate. It is missing.')",
         "Give a rate. It is missing."),
    ],
)  # fmt: skip
def test_a_failed_notebook_is_kept_and_there_is_no_half_report(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, cell: str, said: str
) -> None:
    others = NAMES[-1:] if name != NAMES[0] else ()
    monkeypatch.setattr(execution, "NOTEBOOKS", (name, *others))
    notebooks = write_notebooks(tmp_path / "notebooks {braces}", last_of=name, last_cell=cell)
    target = tmp_path / "out" / "report"
    assert (
        refusal(reports.write_report, folder, end=END, out=target, notebooks=notebooks) == f"{name}, cell [6]: {said}"
    )
    assert [path.name for path in target.parent.iterdir()] == ["report.failed"]
    (kept,) = (target.parent / "report.failed").iterdir()
    assert kept.name == f"{name}.ipynb" and said.rsplit(": ")[-1] in kept.read_text()


def test_a_report_whose_source_changes_meanwhile_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(two_months(), tmp_path / "folder")
    sites = folder / "setup" / "sites.csv"
    runs = []

    def somebody_writes(_: Path, place: Path, *__: object) -> dict[str, object]:
        place.mkdir()
        runs.append(place)
        if len(runs) < 3:
            sites.write_text(f'{sites.read_text()}"{len(sites.read_text())}","Elsewhere"\n')
            raise LeancostError("02_bom_cost_calculation, cell [3]: half a file")
        return {}

    monkeypatch.setattr(execution, "execute", somebody_writes)
    assert reports.write_report(folder, end=END, formats=["xlsx"], out=tmp_path / "out") == tmp_path / "out"
    assert len(runs) == 3
    runs.clear()
    monkeypatch.setattr(reports, "TRIES", 2)
    with pytest.raises(LeancostError, match="is being changed by others all the time"):
        reports.write_report(folder, end=END, formats=["xlsx"], out=tmp_path / "new")
    assert len(runs) == 2 and not (tmp_path / "new").exists()


def test_a_folder_of_somebody_else_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "another program"}')
    said = refusal(reports.write_report, folder, end=END, out=tmp_path)
    assert said == f"{tmp_path} is not empty and no earlier output of leancost. Name another folder."


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Notebooks are written, not run; the places where they were written to."""
    places: list[Path] = []

    def execute(_: Path, place: Path, *__: object) -> dict[str, object]:
        place.mkdir()
        places.append(place)
        for name in NAMES:
            (place / f"{name}.ipynb").write_text(f"{name} {len(places)}")
        return {}

    monkeypatch.setattr(execution, "execute", execute)
    return places


def write_xlsx(folder: Path, out: Path, *, formats: Sequence[str] = ("xlsx",)) -> Path:
    return reports.write_report(folder, end=END, formats=formats, out=out)


def test_a_report_replaces_what_an_earlier_one_has_written_and_nothing_else(
    folder: Path, tmp_path: Path, drawn: list[Path]
) -> None:
    out = write_xlsx(folder, tmp_path / "r")
    own = {
        "notebooks/mine.ipynb": "mine",
        "notebooks/.ipynb_checkpoints/x": "x",
        "letter.txt": "keep",
        "a/b/c.csv": "1",
    }
    for name, text in own.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)
    (out / "empty").mkdir()
    (out / "link").symlink_to("letter.txt")
    (out / "report.html").write_text("a page of one's own: this report writes none")
    write_xlsx(folder, out)
    assert {name: (out / name).read_text() for name in own} == own and (out / "report.html").exists()
    assert (out / "empty").is_dir() and (out / "link").is_symlink()
    assert (out / "notebooks" / f"{NAMES[0]}.ipynb").read_text() == f"{NAMES[0]} 2"
    listed = json.loads((out / "manifest.json").read_text())["files"]
    assert set(listed) == {f"notebooks/{name}.ipynb" for name in NAMES} | {"report.xlsx"}
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    assert command("close", folder, "--end", END, "--out", out) == 0  # another command in its place, likewise
    assert {name: (out / name).read_text() for name in own} == own and (out / "run.json").exists()
    assert not (out / "report.xlsx").exists()
    assert command("close", folder, "--end", END, "--out", out) == 1  # it is no report's folder any more
    assert {name: (out / name).read_text() for name in own} == own


@pytest.mark.parametrize(
    ("name", "formats", "why"),
    [
        (f"notebooks/{NAMES[0]}.ipynb", ["xlsx"], "was changed since leancost wrote it"),
        ("report.xlsx", ["html"], "was changed since leancost wrote it"),
        ("report.html", ["html"], "leancost did not write and would replace"),
    ],
)
def test_a_file_of_ones_own_in_the_way_is_refused_before_anything_is_computed(
    folder: Path, tmp_path: Path, drawn: list[Path], name: str, formats: list[str], why: str
) -> None:
    out = write_xlsx(folder, tmp_path / "r")
    (out / name).write_text("worked on")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    said = refusal(write_xlsx, folder, out, formats=formats)
    assert said == f"{out} holds {name}, which {why}. Move it, or name another folder."
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before and len(drawn) == 1
    command("close", folder, "--end", END, "--out", out)
    assert (out / name).read_text() == "worked on"


def test_a_notebook_that_is_worked_on_while_the_report_is_made_is_not_lost(
    folder: Path, tmp_path: Path, drawn: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = write_xlsx(folder, tmp_path / "r")
    write_sheets = sheets.write_sheets

    def meanwhile(*words: object, **named: object) -> None:
        (out / "notebooks" / f"{NAMES[0]}.ipynb").write_text("worked on")
        write_sheets(*words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sheets, "write_sheets", meanwhile)
    assert "which was changed since leancost wrote it" in refusal(write_xlsx, folder, out)
    assert (out / "notebooks" / f"{NAMES[0]}.ipynb").read_text() == "worked on"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


STOPPED = """import sys
from pathlib import Path
from leancost.cli import commands
from leancost.lab import notebooks
from leancost.lab import execution
execution.NOTEBOOKS = ("04_variance_analysis",)
notebooks.shipped = lambda name: Path(sys.argv[1])
sys.exit(commands.main(["report", sys.argv[2], "--end", "2026-02-28", "--out", sys.argv[3]]))
"""


@pytest.mark.long
@pytest.mark.skipif("LEANCOST_BOOKS" not in os.environ, reason="waits for kernels: make test-long")
def test_ctrl_c_ends_a_report_and_its_kernels(folder: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    cell = f"import os, pathlib, time\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    notebooks = write_notebooks(tmp_path / "notebooks", last_of=NAMES[-1], last_cell=cell)
    out = tmp_path / "out" / "r"
    words = [sys.executable, "-c", STOPPED, str(notebooks), str(folder), str(out)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as report:
        try:
            end = time.monotonic() + 120
            while not (started.exists() and started.read_text()) and time.monotonic() < end:
                time.sleep(0.1)
            report.send_signal(signal.SIGINT)
            said, complained = report.communicate(timeout=60)
        finally:
            report.kill()
    assert (report.returncode, said) == (130, "")
    assert complained.startswith("leancost: interrupted.") and complained.count("\n") == 1
    assert not Path(f"/proc/{started.read_text()}").exists() and not list(out.parent.iterdir())


def test_the_report_stands_below_reports_whatever_the_company_is_called(written: Path) -> None:
    assert written.parts[-3:] == ("reports", "x", "until_2026-02-28")
    assert sorted(path.name for path in written.iterdir()) == [
        "manifest.json",
        "notebooks",
        "report.html",
        "report.xlsx",
    ]
    assert sorted(path.stem for path in (written / "notebooks").iterdir()) == sorted(NAMES)


@pytest.mark.parametrize(
    ("company", "name"),
    [("../../x", "x"), ("", "company"), ("..", "company"), ("A/S Ål & Søn", "A_S_Ål_Søn"), ("C:\\x", "C_x"), ("a" * 300, "a" * 80)],
)  # fmt: skip
def test_a_company_is_a_safe_folder_name(company: str, name: str) -> None:
    assert reports.file_name(company) == name


def test_the_period_names_the_folder(period: PeriodResult) -> None:
    assert reports.period_name(replace(period, start=date(2026, 2, 1))) == "2026-02-01_2026-02-28"
    assert reports.period_name(period, ["FLOW"]) == "until_2026-02-28_FLOW"


def test_the_manifest_says_what_the_report_was_made_of(written: Path, period: PeriodResult) -> None:
    manifest = json.loads((written / "manifest.json").read_text())
    assert manifest["legal_entity"] == "../../x"
    assert (manifest["state"], manifest["currency"], manifest["end"]) == ("preview", "EUR", "2026-02-28")
    assert list(manifest["parameters"]) == list(execution.PARAMETERS)
    assert manifest["parameters"]["period_end"] == "2026-02-28"
    assert manifest["runs"][0]["control_totals"] == period.summaries[0]["control_totals"]
    assert manifest["runs"][0]["inputs"] == period.summaries[0]["inputs"]
    files = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    assert manifest["files"].keys() == files - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert sha256((written / name).read_bytes()).hexdigest() == digest


def test_two_reports_of_the_same_figures_are_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks = write_notebooks(tmp_path / "notebooks")
    monkeypatch.setattr(execution, "NOTEBOOKS", NAMES[-1:])
    steps = []
    first, again = (
        reports.write_report(
            folder, end=END, out=tmp_path / name, notebooks=notebooks, progress=lambda *step: steps.append(step)
        )
        for name in ("first", "again")
    )
    for file in first.rglob("*"):
        if file.is_file():
            assert (again / file.relative_to(first)).read_bytes() == file.read_bytes(), file.name
    assert [done for done, _, _ in steps] == [1, 5, 6] * 2 and steps[-1][1:] == (6, "report.xlsx")


def test_a_closed_period_of_a_book_is_no_preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = tmp_path / "small.duckdb"
    assert command("import", write_folder(two_months(), tmp_path / "folder"), book) == 0
    assert command("close", book, "--end", "2026-01-31") == 0
    notebooks = write_notebooks(tmp_path / "notebooks")
    monkeypatch.setattr(lab, "shipped", lambda name: notebooks)
    monkeypatch.setattr(execution, "NOTEBOOKS", NAMES[-1:])
    monkeypatch.chdir(tmp_path)
    before = book.read_bytes()
    for _ in range(2):  # an earlier report is replaced
        assert command("report", book, "--end", "2026-01-31", "--format", "html") == 0
    place = tmp_path / "reports" / "Small" / "until_2026-01-31"
    page = (place / "report.html").read_text()
    assert "PREVIEW" not in page.split("<body>")[1].split("<script")[0] and ">Closed<" in page
    assert not (place / "report.xlsx").exists()
    assert json.loads((place / "manifest.json").read_text())["state"] == "closed"
    assert book.read_bytes() == before


def test_the_page_needs_no_network_and_shows_hostile_names_as_text(written: Path) -> None:
    page = (written / "report.html").read_text()
    assert len(page) < 6_000_000
    assert HOSTILE not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<script") == page.count("</script>") == 2 + page.count('<figure class="chart"')
    assert "default-src &#39;none&#39;" in page
    visible = page.split('<script type="application/octet-stream"')[0]
    assert "http://" not in visible and "https://" not in visible
    assert 'role="img" aria-label="WIP before, by resource"' in page
    assert (
        page.index('id="04_variance_analysis"') < page.index('id="03_period_consumption"') < page.index('id="01_setup"')
    )
    first, rest = page.split('id="first-screen"')[1].split("</section>", 1)
    assert "<figure" in first and "<table" in rest
    assert "PREVIEW" in page and "read_period" not in page and "<td>period end</td><td>2026-02-28</td>" in page


def page_of(period: PeriodResult, data: dict[str, object]) -> str:
    notebook = new_notebook(cells=[new_markdown_cell("# One <i onclick='x()'>title</i>"), output_of(data)])
    return report_page({"one": notebook}, period, settings={})


def test_html_of_a_notebook_is_rebuilt(period: PeriodResult) -> None:
    hostile = "<p onclick='a()'>kept<script>b()</script><img src='http://x/y.png'><a href='javascript:c()'>link</a></p></main>"
    page = page_of(period, {"text/html": hostile, "text/plain": "plain"})
    assert "<p>kept<a>link</a></p>" in page and "<i>title</i>" in page
    assert "onclick='" not in page and page.count("</main>") == 1


def test_widgets_and_unknown_outputs_vanish(period: PeriodResult) -> None:
    page = page_of(
        period, {"application/vnd.jupyter.widget-view+json": {"model_id": "secret"}, "text/plain": "Dropdown()"}
    )
    assert "secret" not in page
    assert "secret" not in page_of(period, {"application/javascript": "secret"})


def test_a_chart_cannot_end_its_script(period: PeriodResult) -> None:
    figure = {"data": [{"name": "</script><!-- <script>"}], "layout": {"meta": {"text": 'a "b" <c>'}}}
    page = page_of(period, {PLOTLY: figure, "text/html": "<table><tr><td>1</td></tr></table>"})
    assert "\\u003c/script\\u003e\\u003c!-- \\u003cscript\\u003e" in page
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in page
    assert "<summary>Data table</summary>" in page


def test_long_tables_are_folded(period: PeriodResult) -> None:
    def table(rows: int) -> str:
        return f"<table><caption>All</caption>{'<tr><td>1</td></tr>' * rows}</table>"

    assert '<details class="long"><summary>All: 41 rows</summary>' in page_of(period, {"text/html": table(42)})
    assert "<details" not in page_of(period, {"text/html": table(41)})


def sheets_of(period: PeriodResult, path: Path, largest: int = 1_000_000) -> openpyxl.Workbook:
    glance = pandas.DataFrame([("Variance", Decimal("-12.30"))], columns=["figure", "amount"], dtype=object)
    sheets.write_sheets(path, period, glance=glance, causes=["FLOW: less."], largest=largest)
    return openpyxl.load_workbook(path)


def test_the_workbook_has_a_sheet_a_table_ready_to_print(period: PeriodResult, tmp_path: Path) -> None:
    book = sheets_of(period, tmp_path / "r.xlsx")
    assert book.sheetnames == ["Summary", *(table.name for table in declaration.outputs())]
    sheet = book["wip_balances"]
    assert sheet["A1"].value == sheets.PREVIEW and "PREVIEW" in str(sheet.oddHeader.right.text)
    heads = [cell.value for cell in sheet[2]]
    assert heads == list(declaration.tables()["wip_balances"].names)
    assert all(cell.font.bold for cell in sheet[2])
    assert sheet.print_title_rows == "$1:$2" and sheet.freeze_panes == "A3"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.left.text == "../../x" and sheet.oddFooter.right.text == "Page &P of &N"
    assert sheet.auto_filter.ref.startswith("A2:")


def test_figures_are_numbers_with_the_format_of_their_kind(period: PeriodResult, tmp_path: Path) -> None:
    book = sheets_of(period, tmp_path / "r.xlsx")
    rows = list(book["wip_transactions"].iter_rows(min_row=2))
    first = {head.value: cell for head, cell in zip(rows[0], rows[1], strict=True)}
    expected = period.tables["wip_transactions"].iloc[0]
    assert first["amount"].number_format == '#,##0.00;(#,##0.00);"–"'
    assert Decimal(str(first["amount"].value)) == expected["amount"]
    assert first["posting_date"].value == datetime.combine(expected["posting_date"], datetime.min.time())
    assert first["posting_date"].number_format == "yyyy-mm-dd"
    formats = {Decimal(str(cells[8].value)): cells[8].number_format for cells in rows[1:] if cells[8].value is not None}
    for value, shown in formats.items():
        decimals = -value.normalize().as_tuple().exponent
        assert shown == "#,##0" + ("." + "0" * decimals if decimals > 0 else "")
    yen = replace(
        period, setup={**period.setup, "parameters": pandas.DataFrame([row("parameter value", "currency", "JPY")])}
    )
    assert sheets_of(yen, tmp_path / "y.xlsx")["variances"]["G3"].number_format == '#,##0;(#,##0);"–"'


def test_totals_are_formulas_with_their_value(period: PeriodResult, tmp_path: Path) -> None:
    formulas = sheets_of(period, tmp_path / "r.xlsx")
    values = openpyxl.load_workbook(tmp_path / "r.xlsx", data_only=True)
    for name, column, letter in (
        ("variances", "amount", "G"),
        ("wip_balances", "variance", "J"),
        ("journal", "debit", "I"),
    ):
        frame = period.tables[name]
        last = len(frame) + 3
        assert formulas[name][f"{letter}{last}"].value == f"=SUM({letter}3:{letter}{last - 1})"
        assert Decimal(str(values[name][f"{letter}{last}"].value)) == sum(frame[column])
        assert formulas[name][f"A{last}"].value == "Total"


def test_a_period_of_two_runs_says_which_and_does_not_add_balances(tmp_path: Path, folder: Path) -> None:
    book = tmp_path / "small.duckdb"
    assert command("import", folder, book) == 0
    assert command("close", book, "--end", "2026-01-31") == command("close", book, "--end", "2026-02-28") == 0
    both = read_period(book, end=END, start=date(2026, 2, 1))
    first = read_period(book, end=date(2026, 1, 31))
    joined = replace(
        both,
        summaries=(*first.summaries, *both.summaries),
        tables={name: pandas.concat([first.tables[name], both.tables[name]]) for name in both.tables},
    )
    book_of_both = sheets_of(joined, tmp_path / "r.xlsx")
    sheet = book_of_both["wip_balances"]
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    assert sheet["A1"].value == "run_end" and not sheet.oddHeader.right.text.replace("&B", "")
    last = sheet.max_row
    assert str(sheet[f"{heads['variance']}{last}"].value).startswith("=SUM(")
    assert [sheet[f"{heads[name]}{last}"].value for name in ("opening", "before", "after")] == [None] * 3
    shown = [cell.value for line in book_of_both["Summary"].iter_rows() for cell in line if cell.value is not None]
    assert {"Control totals of the run", "2026-01-31", "2026-02-28", "closed"} <= set(map(str, shown))


def test_a_table_longer_than_a_sheet_says_what_is_not_shown(period: PeriodResult, tmp_path: Path) -> None:
    sheet = sheets_of(period, tmp_path / "r.xlsx", largest=2)["journal"]
    more = len(period.tables["journal"]) - 2
    assert sheet.max_row == 5
    assert sheet["A5"].value == f"{more} more rows are not shown here: leancost close --out DIR writes them all."


def test_nothing_in_the_workbook_is_taken_for_a_formula_or_rounded(period: PeriodResult, tmp_path: Path) -> None:
    frame = period.tables["warnings"]
    hostile = {"run_end": END, "code": "=1+1", "production_flow": "+1", "subject": "007", "message": "http://x"}
    balances = period.tables["wip_balances"].copy()
    balances.loc[0, "before"] = Decimal("1234567890123456.78")
    changed = {**period.tables, "warnings": pandas.DataFrame([hostile])[list(frame.columns)], "wip_balances": balances}
    book = sheets_of(replace(period, tables=changed), tmp_path / "r.xlsx")
    assert [cell.value for cell in book["warnings"][3]] == ["=1+1", "+1", "007", "http://x"]
    assert all(cell.data_type == "s" or cell.data_type == "inlineStr" for cell in book["warnings"][3])
    assert book["wip_balances"]["I3"].value == "1234567890123456.78"


def test_the_summary_says_what_matters(period: PeriodResult, tmp_path: Path) -> None:
    sheet = sheets_of(period, tmp_path / "r.xlsx")["Summary"]
    shown = {str(line[0].value): line[1].value for line in sheet.iter_rows(max_col=2)}
    assert shown["State"] == "PREVIEW – not closed" and shown["Production flows"] == "FLOW"
    assert shown["Variance"] == -12.3 and "FLOW: less." in shown
    totals = period.summaries[0]["control_totals"]
    assert isinstance(totals, dict) and Decimal(str(shown["variance"])) == Decimal(totals["variance"])


def test_the_teaching_company_is_copied_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = tmp_path / "demo"
    assert command("demo", demo) == 0
    assert (demo / "setup" / "items.csv").exists() and (demo / "events" / "kanbans.csv").exists()
    assert not list(demo.rglob("*.py"))
    capsys.readouterr()
    assert command("demo", demo) == 1
    assert capsys.readouterr().err == f"{demo} is not empty. Name a new folder.\n"


def test_lab_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Path] = []
    monkeypatch.setattr(lab, "open_lab", lambda folder, options: started.append(folder) or 0)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_setup.ipynb").write_text("mine")
    (tmp_path / "data").mkdir()
    assert command("lab", tmp_path) == 0
    assert started == [tmp_path]
    assert (tmp_path / "notebooks" / "01_setup.ipynb").read_text() == "mine"
    assert (tmp_path / "notebooks" / "04_variance_analysis.ipynb").exists()
    assert not list((tmp_path / "data").iterdir())
    assert command("lab", tmp_path / "new") == 0
    assert (tmp_path / "new" / "data" / "setup" / "items.csv").exists()


def test_lab_says_when_jupyterlab_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    assert command("lab", tmp_path / "new") == 1
    assert capsys.readouterr().err == "JupyterLab is not installed. Install it with: pip install 'leancost[lab]'\n"
    assert not (tmp_path / "new").exists()
