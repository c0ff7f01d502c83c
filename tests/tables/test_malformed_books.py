"""No input, however wrong, gives a traceback: a line says where, what and what to do, and nothing is written."""

import contextlib
import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leancost.book import table_rows
from leancost.cli.commands import main
from leancost.errors import LeancostError
from leancost.tables import cells, declaration, workbook
from tests.books.malformed_books import CASES, PRICES, WORKBOOKS, Case, part, workbook_of
from tests.books.small_book import row
from tests.books.two_months import two_months
from tests.support.commands import write_folder
from tests.support.rows import read_folder

EVERY_COMMAND = "LEANCOST_BOOKS" in os.environ
"""Otherwise each book sees one of the commands, in turn."""


def commands(source: Path, target: Path) -> list[list[str]]:
    return [
        ["check", str(source)],
        ["close", str(source), "--end", "2026-02-28", "--out", str(target / "close")],
        ["calculate", str(source), "--date", "2026-01-01", "--out", str(target / "costs")],
        ["import", str(source), str(target / "new.duckdb")],
        ["export", str(source), str(target / "copy.xlsx")],
        ["export", str(source), str(target / "copy")],
        ["journal", str(source), "--end", "2026-02-28", "--out", str(target / "journal")],
    ]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good folder and the same as a workbook."""
    place = tmp_path_factory.mktemp("good")
    book = two_months()
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    book["opening_wip"] = [row(names, "FLOW", "item", "SHEET", "MAT", "2025-12-31", "3", "2.00", "6.00")]
    workbook_of(write_folder(book, place / "folder"), place / "book.xlsx")
    return place


def expect(case: Case, source: Path, place: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "target"
    target.mkdir()
    tried = commands(source, target)
    chosen = tried if EVERY_COMMAND else [tried[place % len(tried)]]
    capsys.readouterr()
    for command in chosen:
        assert main(command) == 1, command
        said = capsys.readouterr()
        assert "Traceback" not in said.err and not (said.out and said.err)
        assert command[0] == "check" or said.out == ""
        lines = (said.err or said.out).splitlines()
        if said.out:  # all that check finds stands on standard output, and is counted
            assert lines.pop() == f"{len(lines)} errors, 0 warnings"
        told = [line for line in lines if line.removeprefix(str(source)).lstrip().startswith(case.message)]
        assert any(case.rest in line for line in told), said
        assert said.out or len(lines) == 1 or lines[0] == f"leancost: {len(lines) - 1} problems"
        assert all(len(line) < 500 for line in lines)
        assert list(target.iterdir()) == []


@pytest.mark.parametrize("name", CASES)
def test_a_malformed_folder_is_told(name: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(good / "folder", folder)
    CASES[name].change(folder)
    expect(CASES[name], folder, list(CASES).index(name), tmp_path, capsys)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_malformed_workbook_is_told(
    name: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "book.xlsx"
    shutil.copyfile(good / "book.xlsx", path)
    WORKBOOKS[name].change(path)
    expect(WORKBOOKS[name], path, list(WORKBOOKS).index(name), tmp_path, capsys)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(good / "folder", folder)
    (folder / "setup" / "items.csv").chmod(0)
    message = "error T06 items: cannot be read: Permission denied. Check the file and its rights."
    expect(Case(lambda _: None, message), folder, 0, tmp_path, capsys)


def test_there_are_at_least_150_malformed_books() -> None:
    assert len(CASES) + len(WORKBOOKS) >= 150


DATA_ERRORS = {
    "a cycle of BOMs": (
        ("bom_lines", "component", "SHEET", "BOX"),
        "error C29 bom_lines row 2: the bills of material form a cycle: BOX < BOX. Remove one of these lines.",
    ),
    "a currency that does not exist": (
        ("parameters", "value", "EUR", "eur"),
        "error C01 parameters row 3: parameter currency is eur, no ISO 4217 code. Write EUR.",
    ),
    "dates that end before they begin": (
        ("production_flows", "effective_to", None, "2024-12-31"),
        "error C39 production_flows row 2: flow FLOW ends on 2024-12-31, before it begins on 2025-01-01. Correct the dates.",
    ),
    "a BOM for nothing": (
        ("boms", "quantity", "1", "0"),
        "error C30 boms row 2: BOM B-BOX has quantity 0.000000000. Give a number above 0.",
    ),
}


@pytest.mark.parametrize("name", DATA_ERRORS)
def test_a_book_that_cannot_be_right_is_told_by_check(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (table, column, old, new), message = DATA_ERRORS[name]
    book = two_months()
    for line in book[table]:
        if old is None or line[column] == old:
            line[column] = new
    assert main(["check", str(write_folder(book, tmp_path / "folder"))]) == 1
    assert any(line.startswith(message) for line in capsys.readouterr().out.splitlines())


def test_two_boms_on_one_day_are_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = two_months()
    book["boms"].append({**book["boms"][0], "bom": "B-BOX-2"})
    assert main(["check", str(write_folder(book, tmp_path / "folder"))]) == 0
    assert "warning C31 boms" in capsys.readouterr().out


TOO_LARGE = {
    "a quantity": ("picking_lines", "quantity", "999999999999.999999", "picking_lines P1, quantity"),
    "a price": ("item_prices", "unit_cost", "999999999999", "item_prices STD/PAINT/1/2025-01-01, unit_cost"),
    "a rate": ("indirect_rates", "rate", "999999999999", "indirect_rates STD/LABOH/1//2025-01-01, rate"),
    "hours": ("activities", "run_time_hours", "999999999", "activities FLOW/BACK, run_time_hours"),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_figure_that_outgrows_its_type_is_told_with_where_it_comes_from(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, column, value, place = TOO_LARGE[name]
    book = two_months()
    for line in book[table]:
        if line.get("item") != "BOX":  # its breakdown must go on adding up
            line[column] = value
    folder = write_folder(book, tmp_path / "folder")
    assert main(["close", str(folder), "--end", "2026-02-28", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("A figure is too large to be held: ")
    assert said.endswith(f" The largest that went in is {value} in {place}. Correct it.\n")
    assert not (tmp_path / "out").exists()


DATES = {
    ("close", "--end", "9999-12-31"): 0,
    ("close", "--start", "0001-01-01", "--end", "2026-01-31"): 0,
    ("close", "--end", "0001-01-01"): 0,
    ("calculate", "--date", "0001-01-01"): 0,
    ("calculate", "--date", "9999-12-31"): 0,
    ("close", "--start", "2026-02-01", "--end", "2026-01-31"): 1,
}


@pytest.mark.parametrize("words", DATES, ids=" ".join)
def test_the_first_and_the_last_day_of_the_calendar_are_days(words: tuple[str, ...], tmp_path: Path) -> None:
    folder = write_folder(two_months(), tmp_path / "folder")
    assert main([words[0], str(folder), *words[1:]]) == DATES[words]


def test_after_the_last_day_of_the_calendar_nothing_is_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = two_months()
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    book["opening_wip"] = [row(names, "FLOW", "item", "SHEET", "MAT", "9999-12-31", "3", "2.00", "6.00")]
    folder = write_folder(book, tmp_path / "folder")
    assert main(["close", str(folder), "--end", "9999-12-31"]) == 1
    message = "WIP is known as of 9999-12-31: no day follows. Correct the dates of opening_wip.\n"
    assert capsys.readouterr().err == message


def _hollow(path: Path, *statements: str) -> None:
    connection = duckdb.connect(str(path))
    for statement in statements:
        connection.execute(statement)
    connection.close()


BOOKS = {
    "no bytes": (lambda path: path.write_bytes(b""), "is not a leancost book: IO Error: "),
    "other bytes": (lambda path: path.write_bytes(b"junk" * 5000), "is not a leancost book: IO Error: "),
    "a directory": (lambda path: path.mkdir(), "is a folder, no leancost book. "),
    "a link to itself": (lambda path: path.symlink_to(path.name), "does not exist. "),
    "another database": (
        lambda path: _hollow(path, "CREATE TABLE items (item INTEGER)"),
        "is not a leancost book. Make one with leancost import.",
    ),
    "another version": (
        lambda path: _hollow(path, "CREATE TABLE schema_version AS SELECT 9 AS version"),
        "was written by a newer leancost (schema 9; this one knows 3). Update leancost; the book was not touched.",
    ),
    "no tables": (
        lambda path: _hollow(path, "CREATE TABLE schema_version AS SELECT 1 AS version"),
        "is not a leancost book: its table activities is missing or incomplete.",
    ),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_file_that_is_no_book_is_told(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, message = BOOKS[name]
    path = tmp_path / "acme.duckdb"
    make(path)
    target = tmp_path / "target"
    target.mkdir()
    for command in commands(path, target):
        assert main(command) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"{path} {message}") and said.count("\n") == 1
        assert list(target.iterdir()) == []


@pytest.mark.parametrize("name", ["acme.duckdb", "acme.duckdb.wal", "acme.xlsx", "acme", "acme/setup/items.csv"])
def test_nobody_waits_for_a_pipe(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    source = tmp_path / name.partition("/")[0].removesuffix(".wal")
    if name.endswith((".wal", ".csv")):
        made = write_folder(two_months(), tmp_path / "acme")
        assert source == made or main(["import", str(made), str(source)]) == 0
        path.unlink(missing_ok=True)
    os.mkfifo(path)
    target = tmp_path / "target"
    target.mkdir()
    capsys.readouterr()
    for command in commands(source, target):
        assert main(command) == 1
        said = capsys.readouterr()
        assert "is a pipe" in said.err + said.out and len((said.err or said.out).splitlines()) <= 2
        assert list(target.iterdir()) == []
    if source.suffix == ".duckdb":
        assert main(["import", str(tmp_path / "any"), str(source)]) == 1
        assert "is a pipe" in capsys.readouterr().err


def test_a_device_is_no_book(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "/dev/zero"]) == 1
    assert capsys.readouterr().err == "/dev/zero is a device. Name a folder, a workbook (.xlsx) or a book (.duckdb).\n"


@pytest.mark.parametrize("ending", [".duckdb", ".csv", ".xls", ".XLSM", ".ods", ".zip", ".parquet", ".json"])
def test_a_folder_is_not_called_like_a_file_of_another_kind(
    ending: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / f"acme{ending}"
    tried = commands(good / "folder", tmp_path)
    for command in (
        ["export", str(good / "folder"), str(target)],
        [*tried[1][:-1], str(target)],
        ["demo", str(target)],
    ):
        assert main(command) == 1
        said = capsys.readouterr().err
        remedy = f"leancost import SOURCE {target}\n" if ending == ".duckdb" else "Name a folder without it.\n"
        assert said.startswith(f"{target} would be a ") and said.endswith(remedy) and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_may_have_dots_in_its_name_and_a_workbook_a_loud_one(good: Path, tmp_path: Path) -> None:
    for name in ("acme.2026", "v1.0", "ACME.XLSX"):
        assert main(["export", str(good / "folder"), str(tmp_path / name)]) == 0
    assert (tmp_path / "ACME.XLSX").is_file() and (tmp_path / "v1.0" / "setup").is_dir()


def test_places_that_cannot_be_written_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(two_months(), tmp_path / "folder")
    file = folder / "setup" / "items.csv"
    for command, message in {
        ("export", str(folder), "/proc/none/x.xlsx"): "leancost: /proc/none: ",
        ("export", str(folder), "/proc/x.xlsx"): "/proc/x.xlsx cannot be written: ",
        ("export", str(folder), str(file)): f"{file} exists already. Name a new folder.",
        ("export", str(folder), str(folder)): f"{folder} exists already. Name a new folder.",
        (
            "close",
            str(folder),
            "--end",
            "2026-01-31",
            "--out",
            str(folder),
        ): f"{folder} is not empty and no earlier output",
        ("close", str(folder), "--end", "2026-01-31", "--out", str(file)): f"{file} is a file. Name a folder.",
        ("import", str(folder), str(file)): f"{file} is no book: its name must end in .duckdb.",
        ("import", str(folder), str(file / "x.duckdb")): "leancost: ",
        (
            "import",
            str(folder),
            str(tmp_path / "\udcff.duckdb"),
        ): f"{tmp_path}/\\udcff.duckdb is not UTF-8 text. Rename it.",
        ("check", str(tmp_path / "none")): f"{tmp_path / 'none'} does not exist. Name a folder, a workbook",
        ("check", str(file)): f"{file} is neither a folder, a workbook (.xlsx) nor a book (.duckdb).",
        ("check", str(tmp_path)): f"{tmp_path} holds no table: expected setup/*.csv",
        ("check", "x" * 5000): "leancost: xxx",
    }.items():
        assert main(list(command)) == 1
        said = capsys.readouterr().err
        assert said.startswith(message) and said.count("\n") == 1, said


WITH_A_FULL_DISK = """
import resource, sys
from leancost.cli import commands
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(commands.main(sys.argv[2:]))
"""


def _on_a_full_disk(size: int, *words: object) -> str:
    """What a command says that can write no file larger than so many bytes."""
    command = [sys.executable, "-c", WITH_A_FULL_DISK, str(size), *map(str, words)]
    said = subprocess.run(command, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    return said.stderr


def test_a_full_disk_is_told_and_no_half_workbook_stays(tmp_path: Path) -> None:
    book = tmp_path / "acme.duckdb"
    assert main(["import", str(write_folder(two_months(), tmp_path / "folder")), str(book)]) == 0
    target = tmp_path / "new" / "acme.xlsx"
    target.parent.mkdir()
    assert _on_a_full_disk(20_000, "export", book, target) == f"{target} cannot be written: File too large.\n"
    assert _on_a_full_disk(2_000, "template", target) == f"{target} cannot be written: File too large.\n"
    assert list(target.parent.iterdir()) == []


def test_a_full_disk_is_told_and_no_half_company_stays(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for target in (tmp_path / "new" / "folder", tmp_path / "empty"):
        assert _on_a_full_disk(2_000, "demo", target) == f"{target} cannot be written: File too large.\n"
    assert list(tmp_path.rglob("*")) == [tmp_path / "empty"]


def test_a_workbook_that_needs_more_memory_than_there_is_is_told(
    good: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise MemoryError

    path = good / "book.xlsx"
    for name, place in {"require_modest": f"{path} ", "_text": f"{path}, sheet "}.items():
        with monkeypatch.context() as patch:
            patch.setattr(workbook, name, fails)
            assert main(["check", str(path)]) == 1
        said = capsys.readouterr().err
        assert said.startswith(place) and said.count("\n") == 1
        assert said.endswith("cannot be read as a workbook: it needs more memory than there is\n")


def test_warnings_about_a_workbook_are_not_printed(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    shutil.copyfile(good / "book.xlsx", path)
    WORKBOOKS["a date that no calendar has"].change(path)
    command = [sys.executable, "-W", "always::UserWarning", "-m", "leancost", "check", str(path)]
    said = subprocess.run(command, capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (1, "")
    told = "error T08 item_prices row 4, from_date: #VALUE! is an error of Excel. Mend the formula."
    assert said.stdout == f"{told}\n1 errors, 0 warnings\n"


def test_rows_and_cells_without_their_place_are_counted_on(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    shutil.copyfile(good / "book.xlsx", path)
    bare = part(PRICES, lambda data: re.sub(rb'<(row|c) r="[A-Z]*[0-9]+"', rb"<\1", data))
    bare(path)
    for source, target in ((path, tmp_path / "copy"), (good / "book.xlsx", tmp_path / "same")):
        assert main(["export", str(source), str(target)]) == 0
    assert read_folder(tmp_path / "copy") == read_folder(tmp_path / "same")


def test_a_million_bad_cells_give_the_first_thousand_and_the_count_in_modest_memory(tmp_path: Path) -> None:
    folder = write_folder(two_months(), tmp_path / "folder")
    names = declaration.tables()["item_price_breakdown"].names
    with (folder / "setup" / "item_price_breakdown.csv").open("w") as file:
        file.write(",".join(names) + "\n")
        file.writelines(f"STD,{number},1,today,item,S,MAT,one,two,three,four\n" for number in range(200_000))
    program = (
        "import re, sys; from leancost.cli import commands; status = commands.main(sys.argv[1:]);"
        # not ru_maxrss, which a child takes over from the process that started it
        " print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]); sys.exit(status)"
    )
    said = subprocess.run([sys.executable, "-c", program, "check", str(folder)], capture_output=True, text=True)
    *lines_said, memory = said.stdout.splitlines()
    assert said.returncode == 1 and len(lines_said) == 1002 and said.stderr == ""
    assert lines_said[0].startswith("error T08 item_price_breakdown row 2, from_date: 'today' is no date")
    assert lines_said[-2:] == [
        "999000 further problems are not shown. Mend these first.",
        "1000000 errors, 0 warnings",
    ]
    assert int(memory) < 600_000, "kilobytes"


CELLS = st.one_of(
    st.sampled_from(["", "1", "SHEET", "2025-01-01", "yes", "active", "EUR", "item", "0.5", "-1", "FLOW", "STD"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8),
)
NAMES = st.sampled_from([*sorted({name for table in declaration.inputs() for name in table.names}), "", "x", "Site"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.sampled_from([table.name for table in declaration.inputs()]),
    head=st.lists(NAMES, max_size=6),
    keep_head=st.booleans(),
    rows=st.lists(st.lists(CELLS, max_size=12), max_size=6),
)
def test_no_table_of_any_cells_gives_a_traceback(
    table: str, head: list[str], keep_head: bool, rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write_folder(two_months(), tmp_path_factory.mktemp("any") / "folder")
    declared = declaration.tables()[table]
    path = folder / declared.group / f"{table}.csv"
    names = list(declared.names) if keep_head else head
    if keep_head:
        rows = [(cells + [""] * len(names))[: len(names)] for cells in rows]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        status = main(["close", str(folder), "--end", "2026-02-28"])
    assert status == (1 if said.getvalue() else 0)


@settings(max_examples=100, deadline=None)
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_give_a_traceback(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "setup").mkdir()
    (folder / "setup" / "sites.csv").write_bytes(data)
    (folder / "book.xlsx").write_bytes(b"PK\3\4" + data)
    for source in (folder, folder / "book.xlsx"):
        findings = cells.Findings()
        with contextlib.suppress(LeancostError):
            for _, rows in table_rows.sheets(source, findings):
                list(rows)
