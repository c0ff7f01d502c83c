"""What a notebook's parameters may be: texts, or what papermill makes of a text."""

from datetime import date, datetime
from pathlib import Path

import pytest

import leancost
from leancost.errors import LeancostError
from tests.support.commands import close_up_to


@pytest.fixture
def closed(book: Path) -> Path:
    close_up_to(book, "2026-01-31")
    return book


def shown(
    *, book: object, period_start: object, period_end: object, production_flows: object = "", language: object = "en"
) -> leancost.Period:
    """A period as the notebooks open it."""
    return leancost.open(book).period(
        start=period_start, end=period_end, production_flows=production_flows, language=language
    )


def test_parameters_that_cannot_be_read_are_told(closed: Path) -> None:
    for values, said in (
        ({"period_end": "31.01.2026"}, "period_end is '31.01.2026', which is no date. Write it as 2026-01-31."),
        ({"production_flows": "FLOW, NONE"}, "Production flow NONE does not exist. Known: FLOW."),
    ):
        given = {"book": str(closed), "period_start": "", "period_end": "2026-01-31", "production_flows": ""} | values
        with pytest.raises(LeancostError) as refused:
            shown(**given)
        assert refused.value.lines == (said,)


AS_TEXT = "Give it as text: papermill -r"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("period_end", 20260231, "period_end is the number 20260231, which is no date. Write it as 2026-01-31."),
        ("period_end", 2026.0131, "period_end is the number 2026.0131, which is no date. Write it as 2026-01-31."),
        ("period_end", True, "period_end is True, which is no date. Write it as 2026-01-31."),
        ("period_end", None, "period_end is None, which is no date. Write it as 2026-01-31."),
        ("period_start", ["2026-01-01"], "period_start is ['2026-01-01'], which is no date. Write it as 2026-01-31."),
        ("production_flows", 7, f"production_flows is the number 7, which is no text. {AS_TEXT} production_flows VALUE."),
        ("production_flows", ["FLOW", 1.1],
         f"production_flows is the number 1.1, which is no text. {AS_TEXT} production_flows VALUE."),
        ("book", 2026, f"book is the number 2026, which is no text. {AS_TEXT} book VALUE."),
        ("book", None, "book is empty. Name a folder, a workbook (.xlsx) or a book (.duckdb)."),
        ("language", "fi", "language is 'fi'. The notebooks speak en."),
        ("language", False, f"language is False, which is no text. {AS_TEXT} language VALUE."),
    ],
)  # fmt: skip
def test_what_papermill_makes_of_a_parameter_is_refused_in_one_line(
    closed: Path, name: str, value: object, said: str
) -> None:
    given: dict[str, object] = {"book": str(closed), "period_start": "", "period_end": "2026-01-31"}
    with pytest.raises(LeancostError) as refused:
        shown(**(given | {name: value}))
    assert refused.value.lines == (said,)


@pytest.mark.parametrize(
    "given",
    [
        {"period_end": 20260131},
        {"period_end": date(2026, 1, 31)},
        {"period_end": datetime(2026, 1, 31, 23, 59)},
        {"period_end": "2026-01-31", "period_start": None, "production_flows": None, "language": None},
        {"period_end": "2026-01-31", "production_flows": ["FLOW"]},
    ],
)
def test_what_papermill_makes_of_a_parameter_is_taken_where_it_says_what_was_meant(
    closed: Path, given: dict[str, object]
) -> None:
    result = shown(**({"book": closed, "period_start": ""} | given))
    assert (result.end, result.production_flows) == (date(2026, 1, 31), ("FLOW",))
