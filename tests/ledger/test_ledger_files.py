"""Both ledger programs accept a period's journal and show the balances that leancost shows."""

import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leancost.actions.close import close_period
from leancost.cli import commands
from leancost.ledger.names import account_name, main_account_of, quoted, tag_text
from tests.books.small_book import small_book
from tests.books.two_months import two_months
from tests.support.commands import write_folder
from tests.support.ledger_programs import beancount_entries, hledger
from tests.support.places import DATA
from tests.support.rows import read_csv

PERIODS = {
    "worked example, clear": ("worked_example/clear", None, "2026-01-31"),
    "worked example, retain": ("worked_example/retain", "2026-02-01", "2026-02-28"),
    "edge cases, from the go-live": ("edge_cases", None, "2026-03-31"),
    "edge cases, with opening balances": ("edge_cases", "2026-04-01", "2026-04-30"),
    "teaching company": ("data", "2026-03-01", "2026-03-31"),
}
HOSTILE = '=HYPERLINK("x"), date: [2026-01-02] ; <b>\\" ../../x %41'


def hledger_balances(path: Path, *query: str) -> dict[str, Decimal]:
    lines = hledger("-f", path, "balance", "--flat", "-E", "-N", "-O", "csv", *query).splitlines()[1:]
    pairs = (line.replace('"', "").split(",") for line in lines)
    return {account: Decimal(amount.split()[0]) for account, amount in pairs}


def beancount_balances(path: Path, flow: str = "") -> dict[str, Decimal]:
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for entry in beancount_entries(path):
        for posting in getattr(entry, "postings", ()):
            if flow in ("", posting.meta["production_flow"]):
                balances[posting.account] += posting.units.number
    return dict(balances)


def by_main_account(balances: dict[str, Decimal]) -> dict[str, Decimal]:
    return {main_account_of(name): amount for name, amount in balances.items() if amount}


def command(*words: object) -> int:
    return commands.main([str(word) for word in words])


@pytest.mark.parametrize("name", PERIODS)
def test_both_programs_accept_the_journal_and_show_the_ledger_balances(
    name: str, examples: Path, tmp_path: Path
) -> None:
    place, start, end = PERIODS[name]
    source = DATA if place == "data" else examples / place
    out = tmp_path / "journal"
    dates = ["--end", end, *(["--start", start] if start else [])]
    assert command("journal", source, *dates, "--out", out) == 0
    assert command("close", source, *dates, "--out", tmp_path / "close") == 0
    expected: dict[str, Decimal] = defaultdict(Decimal)
    by_flow: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for line in read_csv(tmp_path / "close" / "ledger_balances.csv"):
        expected[line["main_account"]] += Decimal(line["closing"])
        by_flow[line["production_flow"]][line["main_account"]] = Decimal(line["closing"])
    wanted = {account: amount for account, amount in expected.items() if amount}
    assert wanted
    assert by_main_account(beancount_balances(out / "journal.beancount")) == wanted
    for flow, closing in by_flow.items():
        per_flow = by_main_account(beancount_balances(out / "journal.beancount", flow))
        assert per_flow == {account: amount for account, amount in closing.items() if amount}
    hledger("-f", out / "journal.hledger", "check", "--strict")
    assert by_main_account(hledger_balances(out / "journal.hledger")) == wanted
    for flow, closing in by_flow.items():
        per_flow = by_main_account(hledger_balances(out / "journal.hledger", f"tag:^production_flow$=^{flow}$"))
        assert per_flow == {account: amount for account, amount in closing.items() if amount}


def test_bean_check_accepts_what_a_book_has_closed_and_a_wrong_balance_is_seen(tmp_path: Path) -> None:
    book = tmp_path / "small.duckdb"
    assert command("import", write_folder(two_months(), tmp_path / "folder"), book) == 0
    assert command("close", book, "--end", "2026-01-31") == 0
    assert command("close", book, "--end", "2026-02-28") == 0
    out = tmp_path / "journal"
    assert command("journal", book, "--end", "2026-02-28", "--out", out) == 0
    text = (out / "journal.beancount").read_text()
    assert '2026-01-31 * "opening balance"' in text and "PREVIEW" not in text
    beancount_entries(out / "journal.beancount")
    check = [sys.executable, "-m", "beancount.scripts.check", str(out / "journal.beancount")]
    assert subprocess.run(check, capture_output=True).returncode == 0
    wrong = text.replace("balance Assets:9003  ", "balance Assets:9003  1")
    assert wrong != text
    (out / "journal.beancount").write_text(wrong)
    assert subprocess.run(check, capture_output=True).returncode == 1


def test_a_closed_period_is_written_as_it_was_closed_and_an_open_one_says_preview(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(two_months(), tmp_path / "folder")
    book = tmp_path / "small.duckdb"
    assert command("import", folder, book) == 0
    assert command("close", book, "--end", "2026-01-31") == 0
    capsys.readouterr()
    assert command("journal", book, "--end", "2026-01-31", "--out", tmp_path / "closed") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "closed: beginning to 2026-01-31"
    assert said[1].startswith(f"Wrote {tmp_path / 'closed'}: ") and "debit and credit" in said[1]
    assert command("journal", folder, "--end", "2026-01-31", "--out", tmp_path / "preview") == 0
    csv = [(tmp_path / name / "journal.csv").read_bytes() for name in ("closed", "preview")]
    assert csv[0] == csv[1]
    head = (tmp_path / "preview" / "journal.hledger").read_text().splitlines()[1]
    assert head == "; PREVIEW - this period is not closed. Figures can still change."
    assert "PREVIEW" not in (tmp_path / "closed" / "journal.hledger").read_text()
    assert command("journal", book, "--end", "2026-02-28", "--format", "csv", "--out", tmp_path / "next") == 0
    assert sorted(path.name for path in (tmp_path / "next").iterdir()) == ["journal.csv", "manifest.json"]
    opening = [line for line in read_csv(tmp_path / "next" / "journal.csv") if line["text"] == "opening balance"]
    assert {line["voucher"] for line in opening} == {"2026-01-31/FLOW/opening"}
    assert sum(Decimal(line["debit"]) - Decimal(line["credit"]) for line in opening) == 0
    close_period(book, end=date(2026, 2, 28), today=date(2026, 12, 31))
    assert command("journal", book, "--start", "2026-02-15", "--end", "2026-02-28", "--out", tmp_path / "x") == 1
    assert "No closed period begins on 2026-02-15" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_period_divided_at_an_eve_is_one_journal(tmp_path: Path) -> None:
    book = tmp_path / "edge.duckdb"
    assert command("import", DATA, book) == 0
    assert command("close", book, "--end", "2026-03-31", "--start", "2026-01-01") == 0
    assert command("journal", book, "--end", "2026-03-31", "--out", tmp_path / "journal") == 0
    vouchers = {line["voucher"] for line in read_csv(tmp_path / "journal" / "journal.csv")}
    assert {"2026-01-31/FRAMES/variances", "2026-03-31/FRAMES/variances"} <= vouchers
    hledger("-f", tmp_path / "journal" / "journal.hledger", "check", "--strict")


def test_the_journal_of_a_reversal_takes_back_every_account_in_both_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "small.duckdb"
    command("import", write_folder(two_months(), tmp_path / "folder"), book)
    for words in (["close", book, "--end", "2026-01-31"], ["close", book, "--end", "2026-02-28"], ["reverse", book]):
        assert command(*words) == 0
    moved = {}
    for run in ("1", "2", "3"):
        out = tmp_path / run
        assert command("journal", book, "--run", run, "--out", out) == 0
        hledger("-f", out / "journal.hledger", "check", "--strict")
        moved[run] = hledger_balances(out / "journal.hledger", "not:desc:opening balance")
        opening = hledger_balances(out / "journal.hledger", "desc:opening balance")
        assert by_main_account(beancount_balances(out / "journal.beancount")) == by_main_account(
            {name: moved[run].get(name, 0) + opening.get(name, 0) for name in {*moved[run], *opening}}
        )
    assert moved["3"] == {name: -amount for name, amount in moved["2"].items()} and any(moved["3"].values())
    assert "PREVIEW" not in (tmp_path / "3" / "journal.hledger").read_text()
    capsys.readouterr()
    assert command("journal", book, "--run", "4", "--out", tmp_path / "4") == 1
    assert capsys.readouterr().err == f"{book} has no run 4. Runs: 1, 2, 3.\n"
    assert command("journal", book, "--run", "1", "--end", "2026-01-31", "--out", tmp_path / "4") == 2


def test_hostile_names_reach_both_programs_as_text(tmp_path: Path) -> None:
    book = two_months()
    doubled = HOSTILE.replace('"', '""')  # as it stands in a quoted cell
    for rows in book.values():
        for line in rows:
            for name, value in line.items():
                line[name] = {"SHEET": doubled, "FLOW": doubled + "\nflow", "9000": "kasse: [1] ; x", "9003": "Xå"}.get(
                    value, value
                )
    folder = write_folder(book, tmp_path / "folder")
    out = tmp_path / "journal"
    assert command("journal", folder, "--end", "2026-02-28", "--out", out) == 0
    assert len(list(out.iterdir())) == 4
    entries = beancount_entries(out / "journal.beancount")
    postings = [posting for entry in entries for posting in getattr(entry, "postings", ())]
    assert {posting.meta["production_flow"] for posting in postings} == {HOSTILE + "\nflow"}
    assert HOSTILE in {posting.meta.get("resource") for posting in postings}
    names = {main_account_of(posting.account) for posting in postings}
    assert {"kasse: [1] ; x", "Xå"} <= names
    path = out / "journal.hledger"
    hledger("-f", path, "check", "--strict")
    shown = hledger("-f", path, "tags", "resource", "--values").splitlines()
    assert tag_text(HOSTILE) in shown
    assert set(hledger("-f", path, "tags").split()) == {"cost_group", "main_account", "posting_type", "production_flow", "resource"}  # fmt: skip
    assert hledger("-f", path, "stats").count("2026-01-15") == 1


def test_a_wrong_format_is_told_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(small_book(), tmp_path / "folder")
    assert command("journal", folder, "--end", "2026-01-31", "--format", "gnucash", "--out", tmp_path / "out") == 1
    assert capsys.readouterr().err == "'gnucash' is no format of a journal. Choose csv, hledger, beancount.\n"
    assert not (tmp_path / "out").exists()


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_account_names_can_be_read_back_and_fit_both_grammars(main_account: str) -> None:
    import re

    name = account_name("Assets", main_account)
    assert main_account_of(name) == main_account
    assert re.fullmatch(r"Assets:[A-Z0-9][A-Za-z0-9-]*", name)


@pytest.mark.parametrize(
    ("text", "tag", "string"),
    [
        ("plain 1", "plain 1", '"plain 1"'),
        ("a, date:2026-01-01", "a%2C date%3A2026-01-01", '"a, date:2026-01-01"'),
        ("[2026-01-01]", "%5B2026-01-01%5D", '"[2026-01-01]"'),
        ("50 %", "50 %25", '"50 %"'),
        ('a"b\\', 'a"b%5C', '"a\\"b\\\\"'),
        ("two\nlines", "two%0Alines", '"two\\nlines"'),
        ("blåbær", "blåbær", '"blåbær"'),
    ],
)
def test_texts_are_escaped_for_each_program(text: str, tag: str, string: str) -> None:
    assert (tag_text(text), quoted(text)) == (tag, string)
