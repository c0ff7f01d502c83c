"""Explorers: a person moves controls and chart and table are drawn anew; elsewhere the static view stands there."""

from datetime import date
from pathlib import Path

import ipywidgets
import pytest

from leancost.views import comparison, widgets
from leancost.views.display import Chart, Table
from leancost.views.results import PeriodResult, read_period

JANUARY = date(2026, 1, 31)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    objects: list[object] = []
    monkeypatch.setattr(widgets, "show", lambda *given: objects.extend(given))
    monkeypatch.setenv("LEANCOST_HEADLESS", "1")
    return objects


@pytest.fixture(scope="module")
def january(examples: Path) -> PeriodResult:
    return read_period(examples / "worked_example" / "clear", end=JANUARY)


def test_without_a_person_the_static_view_of_the_parameters_is_drawn(
    shown: list[object], january: PeriodResult, examples: Path
) -> None:
    widgets.explore_period(january, str(examples / "worked_example" / "clear"))
    assert [type(thing) for thing in shown] == [Chart, Table]
    shown.clear()
    widgets.explore_variances(january)
    assert [type(thing) for thing in shown] == [Chart, Table]
    shown.clear()
    widgets.explore_costs(comparison.costs_of(january, book=str(examples / "worked_example" / "clear")), january)
    assert isinstance(shown[0], Chart) and "FG1 costs EUR 12.45" in shown[0].text


def controls(shown: list[object]) -> dict[str, ipywidgets.DOMWidget]:
    (box,) = [thing for thing in shown if isinstance(thing, ipywidgets.HBox)]
    return {control.description: control for control in box.children}


def test_moving_the_end_date_computes_the_preview_anew(
    shown: list[object], january: PeriodResult, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEANCOST_HEADLESS")
    widgets.explore_period(january, str(examples / "worked_example" / "clear"))
    charts = [thing for thing in shown if isinstance(thing, Chart)]
    controls(shown)["End date"].value = date(2026, 1, 15)
    later = [thing for thing in shown if isinstance(thing, Chart)]
    assert len(later) == len(charts) + 1 and later[-1].text != charts[-1].text


def test_a_date_that_cannot_be_closed_shows_the_problem(
    shown: list[object], january: PeriodResult, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEANCOST_HEADLESS")
    widgets.explore_period(january, str(examples / "worked_example" / "clear"))
    controls(shown)["End date"].value = date(2025, 11, 30)
    assert isinstance(shown[-1], Table) and "The period starts on" in shown[-1].text()


def test_moving_flow_basis_or_cost_group_draws_again(
    shown: list[object], january: PeriodResult, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEANCOST_HEADLESS")
    widgets.explore_variances(january)
    controls(shown)["Cost group"].value = "OUT"
    table = shown[-1]
    assert isinstance(table, Table) and set(table.frame["resource"]) == {"SV1"}
    shown.clear()
    widgets.explore_costs(comparison.costs_of(january, book=str(examples / "worked_example" / "clear")), january)
    controls(shown)["Basis"].value = "route"
    chart = [thing for thing in shown if isinstance(thing, Chart)][-1]
    assert "FG1 costs EUR 12.63" in chart.text
