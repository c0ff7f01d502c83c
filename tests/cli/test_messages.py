"""What a user is told where a command cannot be done: one line, and what to do. The rest stands beside its rule."""

import shutil
from pathlib import Path

import duckdb
import pytest

from leancost.cli import commands
from leancost.costing import workspace as leancost_book
from leancost.lab import execution, notebooks
from leancost.tables import output_folder
from tests.books.small_book import row, small_book
from tests.books.stand_in_notebooks import write_notebooks
from tests.books.two_months import two_months
from tests.support.commands import close_up_to, command, write_folder
from tests.support.places import DATA

GO_LIVE = row(
    "production_flow resource_type resource cost_group posting_date quantity unit_cost amount",
    "FLOW", "item", "SHEET", "MAT", "2026-01-31", "1", "2.00", "2.00",
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder a user stands in, with a folder of tables, a book of them, and one that went live."""
    monkeypatch.chdir(tmp_path)
    write_folder({**small_book(), "opening_wip": [GO_LIVE]}, tmp_path / "live")
    return tmp_path


TOLD = {
    "a period before the go-live": (
        ["close", "live", "--end", "2026-01-31"],
        "The period cannot begin before 2026-02-01: what stood in WIP is known as of 2026-01-31. Give later dates.",
    ),
    "a standard that is to begin in a closed period": (
        ["calculate", "small.duckdb", "--date", "2026-01-31", "--activate"],
        "A standard cost cannot begin on 2026-01-31: the last run ends on 2026-01-31. Calculate on a later date.",
    ),
    "activation in a folder": (
        ["calculate", "folder", "--date", "2026-02-01", "--activate"],
        "folder is no book: import it into one, then activate there.",
    ),
    "a template that is no workbook": (
        ["template", "acme.csv"], "acme.csv is no workbook: its name must end in .xlsx.",
    ),
    "a book that is not there": (
        ["verify", "acme.duckdb"], "acme.duckdb does not exist. Import a folder or a workbook into it first.",
    ),
    "the folder one stands in as output": (
        ["close", "folder", "--end", "2026-01-31", "--out", "."],
        ". is the folder you are in, or stands above it. Name a folder in it.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_what_cannot_be_done_is_one_line(
    name: str, book: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    before = sorted(place.iterdir())
    capsys.readouterr()
    words, message = TOLD[name]
    assert command(*words) == 1
    assert capsys.readouterr() == ("", message + "\n")
    assert sorted(place.iterdir()) == before


def test_a_calculation_of_nothing_says_why(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("calculate", "live", "--date", "2024-01-01") == 0
    assert capsys.readouterr().out == (
        "0 standard costs by production_flow on 2024-01-01, version STD.\n"
        "BOX has no active manufacturing rule on 2024-01-01, nor a BOM that holds on that day\n"
    )
    assert command("calculate", "live", "--date", "2024-01-01", "--item", "BOX") == 1
    assert "BOX has no BOM on 2024-01-01." in capsys.readouterr().err


WRONG_USAGE = {
    "check of nothing": (["check"], "leancost check: name a book, a folder or a workbook (or --codes)"),
    "a journal of nothing": (
        ["journal", "x", "--out", "y"], "leancost journal: name --end, and --start where it is needed, or --run",
    ),
    "one run to compare": (["diff", "x", "1"], "leancost diff: name two runs, or --preview and none"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_USAGE)
def test_wrong_usage_says_what_to_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, message = WRONG_USAGE[name]
    assert command(*words) == 2
    assert capsys.readouterr() == ("", message + "\n")


def test_a_book_without_its_count_of_changes_is_refused(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(book)) as connection:
        connection.execute("UPDATE schema_version SET revision = NULL")
    capsys.readouterr()
    for name in ("verify", "check", "reverse"):
        assert command(name, book) == 1
        assert capsys.readouterr().err == (
            f"{book} is not a leancost book: schema_version must be one row with a revision."
            " Restore the book from a copy that verifies.\n"
        )


def test_a_book_whose_required_cells_were_emptied_is_refused(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(book)) as connection:
        connection.execute("UPDATE items SET item = NULL WHERE item = 'BOX'")
    capsys.readouterr()
    for words in (["check", book], ["calculate", book, "--date", "2026-02-20"], ["close", book, "--end", "2026-01-31"]):
        assert command(*words) == 1
        assert capsys.readouterr().err == (
            "A row of items in the book lacks a cell that is required. Restore the book from a copy that verifies.\n"
        )


def test_an_output_that_cannot_be_put_in_place_says_what_is_stored(
    book: Path, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(output_folder, "_put_in_place", refuse)
    capsys.readouterr()
    assert command("close", book, "--end", "2026-01-31", "--out", "out") == 1
    assert capsys.readouterr().err == (
        "out could not be put in place: Permission denied. What the command stores in a book is stored: give it again for"
        " the folder.\n"
    )
    monkeypatch.undo()
    assert command("close", book, "--end", "2026-01-31", "--out", place / "out") == 0
    assert (place / "out" / "journal.csv").exists()


@pytest.mark.parametrize("name", ["data", "notebooks"])
def test_what_was_not_installed_is_named(
    name: str, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebooks, "__file__", str(place / "leancost" / "lab" / "notebooks.py"))
    if name == "notebooks":
        shutil.copytree(DATA, place / "data")
    words = ["demo", "demo"] if name == "data" else ["report", "folder", "--end", "2026-01-31"]
    write_folder(two_months(), place / "folder")
    capsys.readouterr()
    assert command(*words) == 1
    assert capsys.readouterr().err == f"The {name} of leancost are not installed. Install leancost again.\n"


def test_a_kernel_that_dies_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbclient.exceptions import DeadKernelError

    class Papermill:
        def execute_notebook(self, *_: object, **__: object) -> None:
            raise DeadKernelError

    write_notebooks(place / "notebooks")
    monkeypatch.setattr(notebooks, "shipped", lambda name: place / name)
    monkeypatch.setattr(execution, "require_parameter_cells", lambda folder: None)
    monkeypatch.setattr(execution, "_papermill", Papermill)
    assert command("report", "live", "--end", "2026-02-28", "--out", "out") == 1
    assert capsys.readouterr().err.endswith(": its kernel has died, perhaps for want of memory.\n")
    assert not (place / "out").exists()


INTERRUPTED = "leancost: interrupted. A book and a folder hold all of what a command writes, or nothing of it.\n"


def test_ctrl_c_is_one_line_and_leaves_the_book_as_it_was(
    book: Path, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, execute = book.read_bytes(), leancost_book.run_rule
    left = [0]

    def interrupted(connection: leancost_book.Connection, rule: str, *words: object, **named: bool) -> None:
        left[0] -= 1
        if left[0] == 0:
            connection.interrupt()  # as Ctrl-C does while DuckDB computes
            raise RuntimeError("Query interrupted")
        execute(connection, rule, *words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(leancost_book, "run_rule", interrupted)
    for moment in (1, 5, 10):
        left[0] = moment
        capsys.readouterr()
        assert command("close", book, "--end", "2026-01-31", "--out", place / "out") == 130
        assert capsys.readouterr().err == INTERRUPTED
        assert book.read_bytes() == before and not (place / "out").exists()
    monkeypatch.undo()
    assert command("close", book, "--end", "2026-01-31") == 0


@pytest.mark.parametrize("name", list(commands.COMMANDS))
def test_ctrl_c_ends_every_command_alike(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(commands.COMMANDS, name, interrupted)
    needed = {
        "close": ["--end", "2026-01-31"],
        "calculate": ["--date", "2026-01-31"],
        "report": ["--end", "2026-01-31"],
    }
    words = {"template": ["x.xlsx"], "import": ["x", "y.duckdb"], "export": ["x", "y"], "demo": [], "lab": []}
    words |= {"journal": ["x", "--run", "1", "--out", "y"]}
    assert command(name, *words.get(name, ["x", *needed.get(name, [])])) == 130
    assert capsys.readouterr().err == INTERRUPTED


def test_no_progress_bar_of_duckdb_stands_in_a_page() -> None:
    with leancost_book.workspace() as connection:
        assert connection.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)
