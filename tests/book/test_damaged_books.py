"""A file that is torn, cut off, overwritten, or holds what others put there is told in one line by every command."""

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.books.older_books import old_book
from tests.books.small_book import row
from tests.support.commands import close_up_to, command, digest, write_folder

BLOCK = 262_144


def torn(data: bytearray) -> bytearray:
    """The end was never written."""
    return data[: 3 * BLOCK] + bytes(len(data) - 3 * BLOCK)


def overwritten(data: bytearray) -> bytearray:
    for place in range(12_288 + 500, len(data) - 100, BLOCK):
        data[place : place + 64] = random.Random(place).randbytes(64)
    return data


def swapped(data: bytearray) -> bytearray:
    """Every second block stands where its neighbour belongs: each is whole in itself."""
    for place in range(12_288, len(data) - 2 * BLOCK, 2 * BLOCK):
        first, second = data[place : place + BLOCK], data[place + BLOCK : place + 2 * BLOCK]
        data[place : place + 2 * BLOCK] = second + first
    return data


def header(data: bytearray) -> bytearray:
    data[4096 + 8 : 4096 + 40] = bytes(32)
    data[8192 + 8 : 8192 + 40] = bytes(32)
    return data


DAMAGE: dict[str, Callable[[bytearray], bytearray]] = {
    "torn": torn,
    "overwritten": overwritten,
    "swapped": swapped,
    "the header": header,
    "cut off in the middle": lambda data: data[: len(data) // 2],
    "cut off at the end": lambda data: data[:-1000],
    "cut off by a whole block": lambda data: data[:-BLOCK],
    "cut off in its header": lambda data: data[:5000],
    "not a single byte": lambda data: data[:0],
    "zeros": lambda data: bytearray(len(data)),
}
NO_BOOK = ("cut off in its header", "not a single byte", "zeros")


def commands(book: Path, folder: Path) -> list[list[object]]:
    return [
        ["check", book], ["runs", book], ["verify", book], ["reverse", book], ["diff", book, "1", "1"],
        ["diff", book, "--preview"], ["close", book, "--end", "2026-01-31"], ["close", book, "--end", "2026-02-28"],
        ["close", book, "--end", "2026-02-28", "--preview", "--out", folder / "out"],
        ["calculate", book, "--date", "2026-02-01"], ["calculate", book, "--date", "2026-02-01", "--activate"],
        ["explain", book, "--end", "2026-01-31", "--flow", "FLOW"], ["export", book, folder / "out"],
        ["journal", book, "--end", "2026-01-31", "--out", folder / "out"],
        ["report", book, "--end", "2026-01-31", "--out", folder / "out"],
        ["import", folder / "folder", book], ["import", folder / "folder", book, "--dry-run"],
        ["import", book, folder / "other.duckdb"],
    ]  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_book_says_so(name: str, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    book.write_bytes(DAMAGE[name](bytearray(book.read_bytes())))
    before = digest(book)
    capsys.readouterr()
    every = commands(book, tmp_path)
    for words in every if name in ("overwritten", "cut off by a whole block") else every[2:17:5]:
        assert command(*words) == 1, words
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and (name in NO_BOOK or said == (
            f"{book} is damaged: part of it is missing or was overwritten. Restore the book from a copy that verifies.\n"
        )), (words, said)  # fmt: skip
        assert digest(book) == before, words
    assert not (tmp_path / "out").exists() and not (tmp_path / "other.duckdb").exists()


def test_a_book_is_whole_though_duckdb_cut_free_blocks_off_its_end(tmp_path: Path) -> None:
    book = old_book(2, tmp_path)
    with duckdb.connect(str(book), read_only=True) as connection:
        said = connection.execute("SELECT total_blocks FROM pragma_database_size()").fetchone()
    assert said and book.stat().st_size < 12_288 + said[0] * BLOCK
    assert command("runs", book) == 0


def test_a_damaged_older_book_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = old_book(2, tmp_path)
    book.write_bytes(overwritten(bytearray(book.read_bytes())))
    before = digest(book)
    for words in (["verify", book], ["reverse", book], ["check", book]):
        assert command(*words) == 1
        assert f"{book} is damaged: " in capsys.readouterr().err
    assert digest(book) == before and [path.name for path in tmp_path.iterdir()] == ["old.duckdb"]


FOREIGN = {
    "an index": ["CREATE UNIQUE INDEX one_voucher ON journal (posting_date)"],
    "a condition": [
        "CREATE TABLE copy AS FROM warnings",
        "DROP TABLE warnings",
        "CREATE TABLE warnings (run INTEGER, code VARCHAR CHECK (code < 'W'), production_flow VARCHAR, subject VARCHAR,"
        " message VARCHAR)",
    ],
    "a cell that must be filled": ["ALTER TABLE sites ALTER name SET NOT NULL", "ALTER TABLE journal ALTER resource SET NOT NULL"],
    "a key that another table refers to": [
        "ALTER TABLE items ADD PRIMARY KEY (item)",
        "CREATE TABLE mine (item VARCHAR REFERENCES items (item))",
        "INSERT INTO mine SELECT item FROM items",
    ],
    "a view": ["CREATE VIEW mine AS FROM journal", "CREATE INDEX slow ON items (item)"],
    "a view of what is gone": ["CREATE TABLE gone (a INTEGER)", "CREATE VIEW mine AS FROM gone", "DROP TABLE gone"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "version"), [(name, 2 + place % 2) for place, name in enumerate(FOREIGN)])
def test_what_others_put_into_a_book_is_no_traceback(
    name: str, version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It hinders or it does not; where it does, nothing is changed and the line says what."""
    book = old_book(version, tmp_path)
    with duckdb.connect(str(book)) as connection:
        for statement in FOREIGN[name]:
            try:
                connection.execute(statement)
            except duckdb.ConstraintException:  # what is there contradicts it
                connection.execute("DELETE FROM journal")
                connection.execute(statement)
    site = {"sites": [row("site name", "7", "Beyond")]}
    write_folder(site, tmp_path / "folder")
    for words in (
        ["check", book], ["close", book, "--end", "2026-03-31"], ["import", tmp_path / "folder", book],
        ["reverse", book],
    ):  # fmt: skip
        capsys.readouterr()
        before = digest(book)
        status = command(*words)
        said = capsys.readouterr().err
        if status and "DuckDB says" in said:
            assert said.count("\n") == 1 and "holds what leancost did not put there (" in said, said
            assert "Nothing was stored." in said
            assert digest(book) == before or (tmp_path / "old.schema-2.duckdb").exists(), "it was migrated before"
