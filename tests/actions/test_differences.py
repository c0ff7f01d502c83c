"""What moved between two runs, by key, and the input rows that moved it."""

from pathlib import Path

import pytest

from leancost.actions import diff
from tests.books.small_book import JOB, PICK, row
from tests.support.commands import close_up_to, command, digest, write_folder


@pytest.fixture
def closed_twice(book: Path, tmp_path: Path) -> Path:
    """Run 1 closed January, run 2 took it back, run 3 closed it with one more picking line and a piece that failed."""
    late = {
        "picking_lines": [row(PICK, "P9", "FLOW", "K1", "SHEET", "1", "2026-01-31")],
        "kanban_jobs": [row(JOB, "J1", "K1", "MAKE", "2026-01-15", "4", "1")],
    }
    close_up_to(book, "2026-01-31")
    command("reverse", book)
    command("import", write_folder(late, tmp_path / "late"), book)
    close_up_to(book, "2026-01-31")
    return book


def test_the_figures_that_moved_and_the_row_that_moved_them(
    closed_twice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digest(closed_twice)
    capsys.readouterr()
    assert command("diff", closed_twice, "1", "3") == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == "kind,table,key,column,first,second,moved_by"
    assert "figure,net_realized_usage,FLOW/item/SHEET,realized_quantity,9.000000,10.000000,picking_lines P9" in lines
    assert "figure,variances,FLOW/MAT/item/SHEET/quantity,amount,2.00,4.00,picking_lines P9" in lines
    assert "figure,variances,FLOW/LAB/cost_category/CUT/quantity,amount,,3.00,kanban_jobs J1" in lines
    both = [line for line in lines if line.startswith("figure,ledger_balances,9003/FLOW,debit,")]
    assert both and all(line.endswith(",kanban_jobs J1; picking_lines P9") for line in both)
    assert "input,picking_lines,P9,quantity,,1.000000," in lines
    assert {line.split(",")[1] for line in lines if line.startswith("input")} == {"kanban_jobs", "picking_lines"}
    assert not [line for line in lines if line.startswith("figure") and line.endswith(",")]
    figures = sum(line.startswith("figure") for line in lines)
    assert said.err == f"{figures} figures and {len(lines) - 1 - figures} input cells differ.\n"
    assert digest(closed_twice) == before


def test_two_months_are_compared_by_their_totals_on_one_screen(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    late = [row(PICK, "P9", "FLOW", "K2", "SHEET", "1", "2026-02-20")]
    command("import", write_folder({"picking_lines": late}, tmp_path / "late"), book)
    close_up_to(book, "2026-02-28")
    capsys.readouterr()
    assert command("diff", book, "1", "2") == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "kind,table,key,column,first,second,moved_by",
        "figure,wip_balances,,inputs,31.20,33.20,",
        "figure,wip_balances,,before,2.00,4.00,",
        "figure,wip_balances,,variance,2.00,4.00,",
        "figure,wip_balances,FLOW,variance,2.00,4.00,",
        "figure,wip_balances,FLOW/MAT,variance,2.00,4.00,",
        "figure,wip_balances,FLOW/item/SHEET/MAT,variance,2.00,4.00,",
        "input,kanbans,,rows,1,2,",
        "input,kanban_jobs,,rows,1,2,",
        "input,picking_lines,,rows,1,3,",
    ]
    assert said.err.endswith(" Every row: --rows, or --out DIR.\n") and said.err.count("\n") == 1
    assert command("diff", book, "1", "2", "--rows") == 0
    assert "figure,wip_transactions,picking_lines:P9,amount,,2.00," in capsys.readouterr().out
    assert command("diff", book, "1", "2", "--out", tmp_path / "out") == 0
    assert "picking_lines:P9" in (tmp_path / "out" / "differences.csv").read_text()


def test_a_long_book_is_compared_on_one_screen_too(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "worked.duckdb"
    command("import", examples / "worked_example" / "clear", book)
    for end in ("2026-01-31", "2026-02-28"):
        assert command("close", book, "--end", end) == 0
    capsys.readouterr()
    assert command("diff", book, "1", "2") == 0
    assert 10 < len(capsys.readouterr().out.splitlines()) <= 60


def test_where_too_many_rows_differ_it_is_said_that_their_effects_are_not_told(
    closed_twice: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diff, "MOST_ROWS", 1)
    capsys.readouterr()
    assert command("diff", closed_twice, "1", "3") == 0
    said = capsys.readouterr()
    assert all(line.endswith(",") for line in said.out.splitlines()[1:])
    assert said.err.endswith(" Over 1 input rows differ: which of them moved which figure is not told.\n")


def test_a_run_does_not_differ_from_itself(closed_twice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command("diff", closed_twice, "3", "3") == 0
    assert capsys.readouterr().out == "kind,table,key,column,first,second,moved_by\n"


def test_the_last_period_recomputed_now_shows_what_was_filled_since(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    close_up_to(book, "2026-02-28")
    capsys.readouterr()
    assert command("diff", book, "--preview") == 0
    assert capsys.readouterr().err == "0 figures and 0 input cells differ.\n"
    rate = {"sites": [row("site name", "2", "Elsewhere")]}
    command("import", write_folder(rate, tmp_path / "more"), book)
    capsys.readouterr()
    assert command("diff", book, "--preview", "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out == "0 figures and 1 input cells differ.\n"
    assert (tmp_path / "out" / "differences.csv").read_text() == (
        "kind,table,key,column,first,second,moved_by\ninput,sites,2,name,,Elsewhere,\n"
    )
    assert command("diff", book, "--preview", "--out", tmp_path / "out") == 0


def test_runs_that_do_not_exist_and_wrong_usage(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    capsys.readouterr()
    assert command("diff", book, "1", "7") == 1
    assert capsys.readouterr().err == f"{book} has no run 7. Runs: 1.\n"
    assert command("diff", book, "1") == 2
    assert capsys.readouterr().err == "leancost diff: name two runs, or --preview and none\n"
    command("reverse", book)
    capsys.readouterr()
    assert command("diff", book, "--preview") == 1
    assert capsys.readouterr().err == f"{book} has no run to compare with: nothing is closed.\n"
