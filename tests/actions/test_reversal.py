"""The last run taken back: mirror entries, both runs visible, the dates open again."""

import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.books.odd_books import odd_company
from tests.books.random_books import random_book
from tests.books.small_book import PICK, row
from tests.books.two_months import two_months
from tests.support.commands import close_up_to, command, digest, same_files, write_folder
from tests.support.rows import Rows, read_csv


def rows_of(book: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(book), read_only=True) as connection:
        return connection.execute(query).fetchall()


def balances(lines: Rows, *names: str) -> dict[tuple[str, ...], Decimal]:
    totals: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[tuple(line[name] for name in names)] += Decimal(line["debit"]) - Decimal(line["credit"])
    return {key: total for key, total in totals.items() if total}


def test_a_reversal_mirrors_every_journal_line_at_its_amount_and_date(book: Path, tmp_path: Path) -> None:
    command("close", book, "--end", "2026-01-31", "--out", tmp_path / "run")
    assert command("reverse", book, "--out", tmp_path / "reversal") == 0
    original, mirrored = read_csv(tmp_path / "run" / "journal.csv"), read_csv(tmp_path / "reversal" / "journal.csv")
    exchanged = [
        {
            **line,
            "voucher": f"reversal of run 1: {line['voucher']}",
            "debit": line["credit"],
            "credit": line["debit"],
            "text": f"reversal: {line['text']}",
        }
        for line in original
    ]
    assert original and mirrored == exchanged
    for line in read_csv(tmp_path / "reversal" / "ledger_balances.csv"):
        assert Decimal(line["closing"]) == 0
    together = original + mirrored
    assert balances(together, "main_account", "posting_date") == {}


def test_both_runs_stay_visible_and_nothing_stored_is_edited(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    close_up_to(book, "2026-02-28")
    kept = {name: rows_of(book, f"SELECT * FROM {name} ORDER BY ALL") for name in ("runs", "journal", "run_hashes")}
    capsys.readouterr()
    assert command("reverse", book) == 0
    assert capsys.readouterr().out == (
        "Took back run 2 by run 3: mirror entries at the original amounts and dates.\n"
        "2026-02-01 to 2026-02-28 is open again; the book is closed up to 2026-01-31.\n"
    )
    for name, lines in kept.items():
        assert rows_of(book, f"SELECT * FROM {name} WHERE run <= 2 ORDER BY ALL") == lines
    assert rows_of(book, "SELECT run, purpose, reverses FROM runs ORDER BY 1") == [
        (1, "period", None),
        (2, "period", None),
        (3, "reversal", 2),
    ]


BOOKS = {"divided": random_book(24)}
if int(os.environ.get("LEANCOST_BOOKS", "200")) > 200:
    BOOKS |= {"small": two_months(), "many cost groups": odd_company()} | {str(n): random_book(n) for n in range(10)}


@pytest.mark.parametrize("name", BOOKS)
def test_closing_again_gives_the_same_bytes(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "other.duckdb"
    command("import", write_folder(BOOKS[name], tmp_path / "other"), book)
    if command("close", book, "--end", "2026-01-31", "--out", tmp_path / "january"):
        pytest.skip(capsys.readouterr().err.splitlines()[-1])
    command("close", book, "--end", "2026-02-28", "--out", tmp_path / "february")
    assert command("reverse", book, "--out", tmp_path / "back") == 0
    opening = {
        (line["main_account"], line["production_flow"]): line["closing"]
        for line in read_csv(tmp_path / "january" / "ledger_balances.csv")
        if Decimal(line["closing"])
    }
    assert opening == {
        (line["main_account"], line["production_flow"]): line["closing"]
        for line in read_csv(tmp_path / "back" / "ledger_balances.csv")
        if Decimal(line["closing"])
    }
    assert command("reverse", book) == 0
    assert command("close", book, "--end", "2026-01-31", "--out", tmp_path / "january again") == 0
    assert command("close", book, "--end", "2026-02-28", "--out", tmp_path / "february again") == 0
    assert same_files(tmp_path / "january", tmp_path / "january again")
    assert same_files(tmp_path / "february", tmp_path / "february again")
    assert command("close", book, "--end", "2026-02-28", "--out", tmp_path / "stored") == 0
    assert same_files(tmp_path / "february", tmp_path / "stored")


def test_over_all_runs_only_what_stands_adds_up(tmp_path: Path) -> None:
    target = tmp_path / "odd.duckdb"
    command("import", write_folder(odd_company(), tmp_path / "folder"), target)
    command("close", target, "--end", "2026-01-31", "--start", "2026-01-16")
    sums = {
        "journal": "sum(debit - credit)",
        "wip_transactions": "sum(amount)",
        "variances": "sum(amount)",
        "wip_balances": "sum(inputs + outputs + revaluation - variance)",
    }
    keys = {"journal": "main_account, posting_date", "wip_transactions": "resource, cost_group"}
    grouped = {
        name: f"SELECT {keys.get(name, 'production_flow, cost_group')}, {figure} AS total FROM {name}"
        f" WHERE %s GROUP BY ALL HAVING total <> 0 ORDER BY ALL"
        for name, figure in sums.items()
    }
    before = {name: rows_of(target, query % "run = 1") for name, query in grouped.items()}
    assert command("reverse", target) == 0
    assert {name: rows_of(target, query % "TRUE") for name, query in grouped.items()} == before
    assert rows_of(target, "SELECT run, reverses FROM runs ORDER BY 1") == [(1, None), (2, None), (3, None), (4, 3)]


def test_what_ran_before_the_period_is_taken_back_as_a_period_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "odd.duckdb"
    command("import", write_folder(odd_company(), tmp_path / "folder"), target)
    command("close", target, "--end", "2026-01-31", "--start", "2026-01-16")
    capsys.readouterr()
    assert command("reverse", target) == 0
    assert "Took back run 2 and run 3 by run 4" in capsys.readouterr().out
    assert command("reverse", target) == 0
    assert "is open again; the book is no longer closed anywhere." in capsys.readouterr().out
    before = digest(target)
    assert command("reverse", target) == 1
    assert capsys.readouterr().err == f"{target} has no run to take back: nothing is closed.\n"
    assert digest(target) == before


def test_facts_dated_in_the_reopened_period_are_taken_again(book: Path, tmp_path: Path) -> None:
    late = write_folder(
        {"picking_lines": [row(PICK, "P9", "FLOW", "K1", "SHEET", "1", "2026-01-31")]}, tmp_path / "late"
    )
    close_up_to(book, "2026-01-31")
    assert command("import", late, book) == 1
    command("reverse", book)
    assert command("import", late, book) == 0
    assert command("close", book, "--end", "2026-01-31", "--out", tmp_path / "again") == 0
    assert any(line["voucher"] == "picking_lines:P9" for line in read_csv(tmp_path / "again" / "journal.csv"))


def test_a_folder_has_no_runs_to_take_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("reverse", tmp_path) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path} is no book: runs are kept in a .duckdb file. Import it into one first.\n"
    )


def test_the_runs_of_a_book_are_listed_with_what_became_of_them(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert command("runs", book) == 0
    assert capsys.readouterr().out == "No period was closed yet.\n"
    close_up_to(book, "2026-01-31")
    close_up_to(book, "2026-02-28")
    command("reverse", book)
    capsys.readouterr()
    assert command("runs", book) == 0
    assert capsys.readouterr().out.splitlines() == [
        "run 1    beginning to 2026-01-31  period    closed",
        "run 2    2026-02-01 to 2026-02-28 period    taken back by run 3",
        "run 3    2026-02-01 to 2026-02-28 reversal  takes back run 2",
    ]
    assert command("runs", tmp_path / "folder") == 1
    assert "is no book: runs are kept in a .duckdb file." in capsys.readouterr().err
