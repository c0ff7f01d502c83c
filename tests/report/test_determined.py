"""A report determines once what it shows: its notebooks find it in a file, and read no source again."""

from datetime import date
from pathlib import Path

import pytest

import leancost
from leancost.book import sources
from leancost.errors import LeancostError
from leancost.report.determined import determine
from leancost.views import kept
from leancost.views.comparison import costs_of
from leancost.views.results import PeriodResult
from leancost.views.setup import read_setup
from tests.books.two_months import two_months
from tests.support.commands import close_up_to, write_folder

JANUARY = date(2026, 1, 31)


def determined(source: Path, file: Path, end: date = JANUARY, flows: tuple[str, ...] = ()) -> PeriodResult:
    return determine(source, file, end=end, start=None, production_flows=flows, costing_version="")


def shown(source: Path, end: date = JANUARY) -> tuple[object, ...]:
    """What the four notebooks open."""
    period = leancost.open(source).period(end=end, start="")
    costs = costs_of(period, book=source)
    setup = read_setup(source)
    frames = [*period.tables.values(), *period.setup.values(), *setup.tables.values(), setup.events, setup.findings]
    frames += [costs.unit_costs, costs.breakdown, costs.by_group, costs.messages]
    return period.state, period.start, period.summaries, [frame.to_dict("list") for frame in frames]


@pytest.mark.parametrize("kind", ["folder", "book", "closed book"])
def test_notebooks_show_what_was_determined_and_read_no_source(
    kind: str, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_folder(two_months(), tmp_path / "rows") if kind == "folder" else book
    if kind == "closed book":
        close_up_to(source, "2026-01-31")
    alone = shown(source)
    determined(source, tmp_path / "period.duckdb")
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "period.duckdb"))

    def read_again(_: Path) -> None:
        raise AssertionError("the source was read again")

    monkeypatch.setattr(sources, "opened", read_again)
    assert shown(source) == alone


def test_what_was_not_asked_is_determined_anew(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = write_folder(two_months(), tmp_path / "rows")
    february = shown(book, date(2026, 2, 28))
    determined(book, tmp_path / "period.duckdb")
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "period.duckdb"))
    assert shown(book, date(2026, 2, 28)) == february
    assert leancost.open(other).period(end=JANUARY).source == other


def test_a_flow_that_does_not_exist_is_told_before_anything_is_determined(book: Path, tmp_path: Path) -> None:
    with pytest.raises(LeancostError, match="Production flow NONE does not exist"):
        determined(book, tmp_path / "period.duckdb", flows=("NONE",))
