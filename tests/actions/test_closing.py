"""A close happened or it did not: days that are over, dates that are closed, nothing new, something new."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from leancost.actions.close import close_period
from leancost.cli import periods
from leancost.costing import five_steps
from leancost.costing.rule_files import rule_text
from tests.books.small_book import row
from tests.books.two_months import two_months
from tests.support.commands import close_up_to, command, digest, same_files, write_folder
from tests.support.rows import read_csv

TODAY = date(2026, 2, 28)


@pytest.mark.parametrize("end", ["2026-02-28", "2026-03-31"])
def test_a_day_that_is_not_over_is_not_closed(
    end: str, book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(periods, "_today", lambda: TODAY)
    before = digest(book)
    capsys.readouterr()
    assert command("close", book, "--end", end) == 1
    assert capsys.readouterr().err == (
        f"{end} is not over: on 2026-02-28 a book can be closed up to 2026-02-27."
        " Give an earlier --end, or look ahead with --preview.\n"
    )
    assert digest(book) == before
    assert command("close", book, "--end", end, "--preview") == 0
    assert command("close", book, "--end", str(TODAY - timedelta(days=1))) == 0


def test_a_program_that_closes_a_book_says_what_day_it_is(book: Path) -> None:
    with pytest.raises(ValueError, match="give today"):
        close_period(book, end=date(2026, 1, 31))


def test_closing_the_last_period_again_with_nothing_new_changes_nothing_and_gives_its_figures(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("close", book, "--end", "2026-01-31", "--out", tmp_path / "first") == 0
    assert command("close", book, "--end", "2026-02-28", "--out", tmp_path / "second") == 0
    before = digest(book)
    capsys.readouterr()
    assert command("close", book, "--end", "2026-02-28", "--out", tmp_path / "again") == 0
    assert capsys.readouterr().out == (
        "2026-02-28 is closed already (run 2) and nothing was added since: there is nothing to do.\n"
    )
    assert digest(book) == before
    assert same_files(tmp_path / "second", tmp_path / "again")
    assert (tmp_path / "second" / "run.json").read_bytes() == (tmp_path / "again" / "run.json").read_bytes()


def test_a_day_after_the_first_is_closed_when_the_period_starts_elsewhere(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    capsys.readouterr()
    assert command("close", book, "--end", "2026-01-31", "--start", "2026-01-15") == 1
    assert capsys.readouterr().err.startswith("2026-01-31 is closed: the last run ends on 2026-01-31.")


def test_closing_the_last_period_again_after_something_was_added_is_refused(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    site = {"sites": [row("site name", "2", "Elsewhere")]}
    assert command("import", write_folder(site, tmp_path / "more"), book) == 0
    before = digest(book)
    capsys.readouterr()
    assert command("close", book, "--end", "2026-01-31") == 1
    assert capsys.readouterr().err == (
        "2026-01-31 is closed (run 1), and since then sites changed: what is new belongs to the open period."
        " Close a later date, or take the run back first: leancost reverse.\n"
    )
    assert digest(book) == before


def test_facts_of_the_open_period_are_nothing_new_to_the_closed_one(book: Path, tmp_path: Path) -> None:
    close_up_to(book, "2026-01-31")
    later = {
        "picking_lines": [{**two_months()["picking_lines"][0], "picking_line": "P9", "posting_date": "2026-02-01"}]
    }
    assert command("import", write_folder(later, tmp_path / "more"), book) == 0
    assert command("close", book, "--end", "2026-01-31") == 0


def test_periods_follow_each_other_without_a_gap(book: Path, tmp_path: Path) -> None:
    close_up_to(book, "2026-01-20")
    assert command("close", book, "--end", "2026-02-28", "--start", "2026-02-10", "--out", tmp_path / "out") == 0
    assert '"start": "2026-02-10"' in (tmp_path / "out" / "run.json").read_text()
    assert command("close", book, "--end", "2026-03-31", "--start", "2026-03-01", "--out", tmp_path / "march") == 0
    opening = {
        (line["resource"], line["cost_group"]): line for line in read_csv(tmp_path / "march" / "wip_balances.csv")
    }
    for line in read_csv(tmp_path / "out" / "wip_balances.csv"):
        if float(line["after"]):
            assert opening[line["resource"], line["cost_group"]]["opening"] == line["after"]


def test_a_kanban_without_dates_is_read_with_its_jobs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = two_months()
    for kanban in rows["kanbans"]:
        kanban["assigned_date"] = ""
    target = tmp_path / "undated.duckdb"
    command("import", write_folder(rows, tmp_path / "folder"), target)
    assert command("close", target, "--end", "2026-01-31") == 0
    capsys.readouterr()
    rows["kanbans"][0]["quantity"] = "5"
    assert command("import", write_folder({"kanbans": rows["kanbans"]}, tmp_path / "more"), target) == 1
    assert "error I01 kanbans K1 row 2, quantity: 4.000000 would become 5.000000" in capsys.readouterr().err


def test_an_output_never_takes_the_place_of_a_book_or_of_notes(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert command("close", book, "--end", "2026-01-31", "--preview", "--out", out) == 0
    for name in ("acme.duckdb", "notes.txt", "events/kanbans.csv"):
        other = out / name
        other.parent.mkdir(exist_ok=True)
        other.write_bytes(book.read_bytes())
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        capsys.readouterr()
        assert command("close", book, "--end", "2026-01-31", "--out", out) == 1
        said = capsys.readouterr().err
        assert said == f"{out} holds {name}, which leancost did not write. Name another folder.\n"
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
        other.unlink()
        if other.parent != out:
            other.parent.rmdir()
    monkeypatch.chdir(out)
    assert command("close", book, "--end", "2026-01-31", "--out", ".") == 1
    assert "is the folder you are in" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latest").symlink_to(out)
    assert command("close", book, "--end", "2026-01-31", "--out", "latest") == 0
    assert '"state": "closed"' in (out / "run.json").read_text() and (tmp_path / "latest").is_symlink()


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_stored(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    before = digest(book)
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        assert command("close", book, "--end", "2026-01-31", "--out", out) == 1
        assert capsys.readouterr().err.count("\n") == 1 and digest(book) == before


BROKEN = {
    "before - after = variance": "UPDATE wip_balances SET variance = variance + 1",
    "realized - allowed = variance": "UPDATE realized_usage SET realized_amount = realized_amount + 1",
    "sum of variances = sum of WIP variances": "DELETE FROM variances",
    "settled + open = the layer": "UPDATE settlements SET settled_quantity = settled_quantity + 1",
    "settled + open amount = the layer's": "DELETE FROM settlements",
    "a layer is open alike in its cost groups": (
        "INSERT INTO settlements SELECT * REPLACE ('LAB' AS cost_group, open_quantity + 1 AS open_quantity)"
        " FROM settlements"
    ),
    "open quantity = unused quantity": "UPDATE settlements SET open_quantity = open_quantity + 1",
    "settled quantity = realized + returned": "UPDATE net_realized_usage SET realized_quantity = 0",
    "settled quantity = realized + returned of the cost group": (
        "UPDATE realized_usage SET realized_quantity = realized_quantity + 1"
    ),
    "ledger balance of wip_estimated = WIP after; of wip = 0": "UPDATE wip_balances SET after = after + 1",
}  # fmt: skip


@pytest.mark.parametrize("identity", BROKEN)
def test_a_run_that_breaks_an_identity_posts_nothing_and_says_which(
    identity: str, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    before, run_rule = digest(book), five_steps.run_rule

    def figures_go_wrong(connection: five_steps.Connection, rule: str, table: str = "", *, adds: bool = False) -> None:
        if rule == "verification/broken_identities":
            connection.execute(BROKEN[identity])
        run_rule(connection, rule, table, adds=adds)

    monkeypatch.setattr(five_steps, "run_rule", figures_go_wrong)
    capsys.readouterr()
    assert command("close", book, "--end", "2026-02-28", "--out", tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert (
        said.startswith("Nothing is posted: an identity of the close does not hold: FLOW: ") and said.count("\n") == 1
    )
    assert f"FLOW: {identity}: " in said
    assert digest(book) == before and not (tmp_path / "out").exists()


def test_every_identity_of_the_rule_is_broken_above() -> None:
    text = rule_text("verification/broken_identities")
    names = re.findall(r"SELECT '((?:[^']|'')+)'(?: AS identity)?, production_flow", text)
    assert {name.replace("''", "'") for name in names} == BROKEN.keys()
