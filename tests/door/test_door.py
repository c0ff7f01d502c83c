"""The front door: what a person types in a notebook, and what can be done with what comes back."""

import doctest
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import openpyxl
import pandas
import pytest

import leancost
from leancost.errors import LeancostError
from leancost.tables.declaration import outputs
from tests.books.small_book import small_book
from tests.support.commands import close_up_to, command, write_folder
from tests.support.places import ROOT

PUBLIC = {
    "Book": "add calculate check close explain period reverse runs source table verify",
    "StandardCosts": "basis breakdown costing_version date explain lacking source unit_costs warnings",
    "Explanation": "figure html text title terms inner digits notes",
}


def test_the_door_has_these_names_and_no_others() -> None:
    assert dir(leancost) == sorted([*leancost.__all__, "__version__"])
    assert leancost.__all__ == ["Book", "Explanation", "LeancostError", "Period", "StandardCosts", "open"]
    for name in leancost.__all__:
        assert getattr(leancost, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'shut'"):
        _ = leancost.shut


def test_the_door_opens_at_once_and_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'plotly', 'duckdb', 'papermill', 'openpyxl'}"
    program = f"import sys, leancost; print(sorted({heavy} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout == "[]\n"


@pytest.mark.parametrize("name", ["book", "period", "standard_costs"])
def test_the_examples_in_the_docstrings_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testmod(import_module(f"leancost.door.{name}"), optionflags=doctest.ELLIPSIS)
    assert failed == 0 and (tried or name != "book")


def test_completion_shows_what_can_be_done_and_nothing_else(book: Path) -> None:
    opened = leancost.open(book)
    costs = opened.calculate(date="2026-01-01")
    january = opened.close(end="2026-01-31", preview=True)
    assert dir(opened) == PUBLIC["Book"].split()
    assert dir(costs) == PUBLIC["StandardCosts"].split()
    assert {table.name for table in outputs()} | {"explain", "report", "to_excel"} <= set(dir(january))
    for thing in (opened, costs, january):
        assert all(getattr(thing, name) is not None for name in dir(thing) if name != "start")
        assert not [name for name in dir(thing) if name.startswith("_")]


def test_a_period_has_every_output_table_as_the_contract_names_it(book: Path) -> None:
    january = leancost.open(book).close(end=date(2026, 1, 31), preview=True)
    for table in outputs():
        frame = getattr(january, table.name)
        assert list(frame.columns) == list(table.names)
        amounts = [column.name for column in table.columns if column.kind == "amount"]
        assert all(isinstance(value, Decimal) for name in amounts for value in frame[name] if value is not None)
    with pytest.raises(AttributeError, match=r"has no 'variance'. Its tables: .*variances"):
        _ = january.variance


def test_a_close_is_kept_by_a_book_and_by_nothing_else(book: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    opened = leancost.open(book)
    preview = opened.close(end="2026-01-31", preview=True)
    assert (preview.state, book.read_bytes()) == ("preview", before)
    closed = opened.close(end="2026-01-31")
    assert closed.state == "closed"
    pandas.testing.assert_frame_equal(closed.journal, preview.journal)
    assert opened.runs()[["run", "purpose", "state"]].values.tolist() == [[1, "period", "closed"]]
    assert opened.verify().empty
    assert opened.reverse().reversed_runs == (1,)
    folder = write_folder(small_book(), tmp_path / "of_a_folder")
    assert leancost.open(folder).close(end="2026-01-31").state == "preview"
    assert leancost.open(folder).runs().empty


def test_the_door_and_the_command_line_say_the_same(book: Path, tmp_path: Path) -> None:
    assert command("close", book, "--end", "2026-01-31", "--preview", "--out", tmp_path / "out") == 0
    january = leancost.open(book).close(end="2026-01-31", preview=True)
    for table in outputs():
        written = pandas.read_csv(tmp_path / "out" / f"{table.name}.csv", dtype=str, keep_default_na=False)
        shown = getattr(january, table.name)
        for name in ("amount", "before", "variance", "debit", "quantity"):
            if name in shown:
                assert [Decimal(value) for value in written[name] if value] == list(shown[name].dropna())


def test_a_day_may_be_a_date_or_its_text(book: Path) -> None:
    opened = leancost.open(str(book))
    assert repr(opened.close(end=date(2026, 1, 31), preview=True)) == repr(opened.close(end="2026-01-31", preview=True))
    with pytest.raises(LeancostError, match=r"end is '31\.1\.2026', which is no date"):
        opened.close(end="31.1.2026", preview=True)


def test_what_is_not_there_is_told(tmp_path: Path, book: Path) -> None:
    with pytest.raises(LeancostError, match=r"acme\.xlsx does not exist"):
        leancost.open(tmp_path / "acme.xlsx")
    with pytest.raises(LeancostError, match=r"There is no input table item\. Known: parameters"):
        leancost.open(book).table("item")


def test_a_book_is_made_by_what_is_added_to_it(tmp_path: Path) -> None:
    folder = write_folder(small_book(), tmp_path / "folder")
    made = leancost.open(tmp_path / "made.duckdb")
    assert made.add(folder).startswith("Added ")
    assert made.table("items")["item"].tolist() == leancost.open(folder).table("items")["item"].tolist()
    assert made.check().equals(leancost.open(folder).check())


def test_each_shows_itself_as_text_and_as_html(book: Path) -> None:
    opened = leancost.open(book)
    january = opened.close(end="2026-01-31", preview=True)
    explained = january.explain(flow="FLOW", resource="SHEET")
    costs = opened.calculate(date="2026-01-01")
    assert repr(opened) == f"Book({str(book)!r}): a book"
    assert repr(january).startswith("Period until 2026-01-31 of")
    assert repr(costs) == "Standard costs by production flow on 2026-01-01, version STD: 1"
    assert repr(explained).startswith("Explanation of production flow FLOW, SHEET") and len(repr(explained)) < 500
    assert repr(costs.explain("BOX")).startswith("Explanation of ")
    assert "<table" in january._repr_html_() and "<table" in costs._repr_html_()
    assert opened._repr_html_() == f'<div class="leancost"><p>Book(&#x27;{book}&#x27;): a book</p></div>'


def test_a_period_becomes_a_workbook(book: Path, tmp_path: Path) -> None:
    january = leancost.open(book).close(end="2026-01-31", preview=True)
    sheets = openpyxl.load_workbook(january.to_excel(tmp_path / "january.xlsx")).sheetnames
    assert {table.name for table in outputs()} <= set(sheets)


def test_a_divided_period_tells_the_run_of_each_row(book: Path) -> None:
    for end in ("2026-01-31", "2026-02-28"):
        close_up_to(book, end)
    february = leancost.open(book).period(end="2026-02-28")
    both = replace(february, summaries=february.summaries * 2)
    assert both.journal.columns[0] == "run_end" and february.journal.columns[0] == "voucher"
