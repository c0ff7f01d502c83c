"""Killed, locked out, out of disk, not allowed: no acknowledged run is lost, and none is half there."""

import contextlib
import encodings.utf_8_sig  # noqa: F401  nobody may be forbidden to read it when it is wanted
import io
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import duckdb
import pytest

from leancost.actions import verify as verification
from leancost.book import runs, storage
from leancost.cli import commands
from leancost.costing.workspace import digits_of
from leancost.lab import execution, notebooks
from tests.books.older_books import old_book
from tests.books.small_book import PICK, row
from tests.books.stand_in_notebooks import write_notebooks
from tests.books.two_months import two_months
from tests.support.commands import command, write_folder

MOMENTS = int(os.environ.get("LEANCOST_MOMENTS", "10"))
"""Moments at which a command is killed, over all commands; 300 in make test-long."""
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(
    ["tests.book.test_crashes", "leancost.actions.reverse", "leancost.actions.calculate", "leancost.actions.merge"]
)
NOBODY = 65534

COMMANDS = {
    "import": ["import", "more", "book.duckdb"],
    "activate": ["calculate", "book.duckdb", "--date", "2026-03-01", "--activate"],
    "close": ["close", "book.duckdb", "--end", "2026-02-28"],
    "reverse": ["reverse", "book.duckdb"],
    "migration": ["reverse", "old.duckdb"],
}
EFFECTS = {
    "import": "SELECT count(*) FROM picking_lines WHERE picking_line = 'P9'",
    "activate": "SELECT count(*) FROM item_prices WHERE item = 'BOX' AND from_date = DATE '2026-03-01' AND status = 'active'",
    "close": "SELECT count(*) FROM runs WHERE end_date = DATE '2026-02-28'",
    "reverse": "SELECT count(*) FROM runs WHERE purpose = 'reversal'",
    "migration": "SELECT count(*) FROM runs WHERE purpose = 'reversal'",
}

USUAL: dict[str, float] = {}
"""How long a command takes when it is left alone; only to aim by."""


def type_command(words: list[str], folder: Path, pipe: Pipe) -> None:
    """The child: types a command and tells what happens as it happens."""
    os.chdir(folder)
    real = storage._detach

    def detach(connection: storage.Connection) -> None:
        pipe.send("letting go")
        real(connection)

    storage._detach = detach
    said = io.StringIO()
    pipe.send("begins")
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = commands.main(words)
    pipe.send((status, said.getvalue()))


def type_with_little_disk(words: list[str], folder: Path, pipe: Pipe, limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    type_command(words, folder, pipe)


def report_with_little_disk(words: list[str], folder: Path, pipe: Pipe, limit: int) -> None:
    """The disk fills up when the notebooks have run."""

    def execute(_: Path, place: Path, *__: object) -> dict[str, object]:
        place.mkdir()
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        return {}

    execution.execute = execute
    type_command(words, folder, pipe)


def type_as_nobody(words: list[str], folder: Path, pipe: Pipe) -> None:
    digits_of("EUR")  # an environment in a private folder cannot be read later
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    tempfile.tempdir = None
    type_command(words, folder, pipe)


def start(target: object, *arguments: object) -> tuple[multiprocessing.process.BaseProcess, Pipe]:
    here, there = CHILDREN.Pipe(duplex=False)
    words, folder, *rest = arguments
    child = CHILDREN.Process(target=target, args=(words, folder, there, *rest))  # type: ignore[arg-type]
    child.start()
    there.close()
    return child, here


def told(pipe: Pipe) -> Iterator[object]:
    """What the child tells until it ends."""
    with contextlib.suppress(EOFError):
        while True:
            yield pipe.recv()


def run_child(target: object, *arguments: object) -> tuple[int, str]:
    child, pipe = start(target, *arguments)
    last = [message for message in told(pipe) if isinstance(message, tuple)]
    child.join()
    assert last, f"the child ended with {child.exitcode} and said nothing"
    return last[0]


@pytest.fixture(scope="module")
def start_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose January is closed, an older book, and a folder with one more row."""
    folder = tmp_path_factory.mktemp("start")
    more = {"picking_lines": [row(PICK, "P9", "FLOW", "", "SHEET", "1", "2026-02-20")]}
    write_folder(more, folder / "more")
    command("import", write_folder(two_months(), folder / "folder"), folder / "book.duckdb")
    command("close", folder / "book.duckdb", "--end", "2026-01-31")
    old_book(1, folder)
    return folder


def is_whole(book: Path, name: str, acknowledged: bool, everything: bool) -> None:
    """The book opens and verifies; what was acknowledged is there, what was not is there wholly or not at all."""
    with storage.snapshot(book) as connection:
        stored = runs.all_runs(connection, "book")
        assert not list(verification.changed(connection, stored))
        assert {run.run for run in stored} >= set(range(1, 5 if name == "migration" else 2))
        connection.execute("USE book")
        effect = connection.execute(EFFECTS[name]).fetchone()
        assert effect == (1,) or (effect == (0,) and not acknowledged)
    if everything:
        assert verification.verify(book).findings == ()


@pytest.mark.parametrize("aim", ["anywhere", "checkpoint"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_happened_or_did_not(name: str, aim: str, start_folder: Path, tmp_path: Path) -> None:
    chance = random.Random(f"{name} {aim} {MOMENTS}")
    words = COMMANDS[name]
    book = "old.duckdb" if name == "migration" else "book.duckdb"
    for moment in range(0 if name not in USUAL else 1, MOMENTS // 10 + 1):
        folder = tmp_path / str(moment)
        shutil.copytree(start_folder, folder)
        child, pipe = start(type_command, words, folder)
        messages = told(pipe)
        if moment == 0:  # how long it takes when it is left alone
            begun = time.monotonic()
            assert list(messages)[-1] == (0, "")
            USUAL[name] = time.monotonic() - begun
            acknowledged = True
        else:
            seen = [next(messages)]
            if aim == "checkpoint":
                goes = 1 if name == "import" else 2
                seen += [next(message for message in messages if message == "letting go") for _ in range(goes)]
                time.sleep(chance.uniform(0, 0.03))
            else:
                time.sleep(chance.uniform(0, USUAL[name]))
            assert child.pid
            with contextlib.suppress(ProcessLookupError):  # done already
                os.kill(child.pid, signal.SIGKILL)
            seen += list(messages)
            acknowledged = isinstance(seen[-1], tuple)
        child.join()
        is_whole(
            folder / book,
            name,
            acknowledged,
            everything=(moment == 1 and aim == "checkpoint" and name == "close") or MOMENTS > 100,
        )
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_one_line_and_loses_nothing(name: str, start_folder: Path, tmp_path: Path) -> None:
    book = "old.duckdb" if name == "migration" else "book.duckdb"
    for limit in (200, 400_000) if name in ("import", "close") else (200,):
        folder = tmp_path / str(limit)
        shutil.copytree(start_folder, folder)
        status, said = run_child(type_with_little_disk, COMMANDS[name], folder, limit)
        assert status == 0 or (status == 1 and said.count("\n") == 1), said
        assert status or limit > 200
        if status:
            assert said.endswith(" could not be written: File too large. Nothing was changed.\n")
        is_whole(folder / book, name, status == 0, everything=False)


def test_a_new_book_on_a_full_disk_is_not_there(start_folder: Path, tmp_path: Path) -> None:
    words = ["import", str(start_folder / "folder"), "new.duckdb"]
    status, said = run_child(type_with_little_disk, words, tmp_path, 100_000)
    assert status == 1
    assert said == "new.duckdb could not be written: the disk is full. Nothing was changed.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_report_on_a_full_disk_is_one_line_and_leaves_nothing(start_folder: Path, tmp_path: Path) -> None:
    words = ["report", str(start_folder / "folder"), "--end", "2026-02-28", "--format", "xlsx", "--out", "report"]
    for limit in (3_000, 12_000):  # what the sheets are collected in; the workbook
        status, said = run_child(report_with_little_disk, words, tmp_path, limit)
        assert (status, said) == (1, "report could not be written: File too large.\n")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("name", ["import", "reverse"])
def test_a_folder_that_may_not_be_written_is_one_line_and_loses_nothing(name: str, start_folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "locked"
        shutil.copytree(start_folder, folder)
        for path in (Path(place), folder):
            path.chmod(0o755)
        status, said = run_child(type_as_nobody, COMMANDS[name], folder)
        assert (status, said) == (1, "book.duckdb cannot be opened: Permission denied.\n")
        (folder / "book.duckdb").chmod(0o666)  # the file may be written, but no log beside it
        status, said = run_child(type_as_nobody, COMMANDS[name], folder)
        assert (status, said.count("\n")) == (1, 1)
        assert "could not be written" in said or "cannot be opened" in said
        is_whole(folder / "book.duckdb", name, False, everything=False)


def share_a_book(words: list[str], folder: Path, pipe: Pipe) -> None:
    """The child types an import and a command; a book that was busy for too long or changed meanwhile is tried again."""
    os.chdir(folder)
    notebooks.shipped = lambda name: Path(name)  # a short notebook stands in for the packaged ones
    execution.NOTEBOOKS = execution.NOTEBOOKS[-1:]
    for command_words in (["import", *words[:2]], words[2:]):
        while True:
            said = io.StringIO()
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
                status = commands.main(command_words)
            if status == 0 or not re.search(" is in use by | is being changed by others ", said.getvalue()):
                break
        pipe.send((status, said.getvalue()))


def test_ten_processes_share_a_book(start_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    shutil.copytree(start_folder, folder)
    close, preview, report, verify = (
        ["close", "book.duckdb", "--end", "2026-02-28"],
        ["close", "book.duckdb", "--end", "2026-03-31", "--preview"],
        ["report", "book.duckdb", "--end", "2026-01-31", "--format", "html", "--out", "report"],
        ["verify", "book.duckdb"],
    )
    write_notebooks(folder / "notebooks")
    children = []
    for number, then in enumerate([report, close, verify, close, preview, close, preview, close, verify, preview]):
        line = {"picking_lines": [row(PICK, f"X{number}", "FLOW", "", "SHEET", "1", "2026-03-20")]}
        write_folder(line, folder / f"from{number}")
        children.append(start(share_a_book, [f"from{number}", "book.duckdb", *then], folder))
    for child, pipe in children:
        assert list(told(pipe)) == [(0, ""), (0, "")]
        child.join()
    assert verification.verify(folder / "book.duckdb").findings == ()
    assert json.loads((folder / "report" / "manifest.json").read_text())["state"] == "closed"
    with duckdb.connect(str(folder / "book.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM picking_lines WHERE picking_line LIKE 'X%'").fetchone() == (10,)
        assert connection.execute("SELECT run, end_date FROM runs ORDER BY 1").fetchall() == [
            (1, date(2026, 1, 31)),
            (2, date(2026, 2, 28)),
        ]


def test_two_imports_that_make_the_same_book_are_both_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(two_months(), tmp_path / "folder")
    more = {**two_months(), "picking_lines": [row(PICK, "P9", "FLOW", "", "SHEET", "1", "2026-02-20")]}
    write_folder(more, tmp_path / "more")
    target = tmp_path / "book.duckdb"
    real = storage.put_in_place

    def somebody_else_was_first(fresh: Path, name: Path) -> None:
        monkeypatch.setattr(storage, "put_in_place", real)
        assert command("import", tmp_path / "more", target) == 0
        real(fresh, name)

    monkeypatch.setattr(storage, "put_in_place", somebody_else_was_first)
    assert command("import", folder, target) == 0
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute("SELECT picking_line FROM picking_lines ORDER BY 1").fetchall() == [
            ("P1",),
            ("P2",),
            ("P9",),
        ]


def test_a_close_whose_book_changes_meanwhile_is_computed_again(
    start_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "book.duckdb"
    shutil.copy(start_folder / "book.duckdb", book)
    real = storage.require_revision

    def somebody_imports(connection: storage.Connection, read: int) -> None:
        monkeypatch.setattr(storage, "require_revision", real)
        connection.execute("UPDATE book.schema_version SET revision = revision + 1")
        connection.execute(
            "INSERT INTO book.picking_lines SELECT * REPLACE ('P9' AS picking_line) FROM book.picking_lines WHERE picking_line = 'P2'"
        )
        real(connection, read)

    monkeypatch.setattr(storage, "require_revision", somebody_imports)
    assert command("close", book, "--end", "2026-02-28") == 0
    with duckdb.connect(str(book), read_only=True) as connection:
        found = connection.execute("SELECT count(*) FROM wip_transactions WHERE transaction = 'picking_lines:P9'")
        assert found.fetchone() == (1,)
    assert verification.verify(book).findings == ()
