"""Controls that a person moves, and the static view that stands in their place: the only ipywidgets."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import ipywidgets
import pandas
from IPython.display import display

from leancost.errors import LeancostError
from leancost.views import charts, figures, setup
from leancost.views.comparison import Costs
from leancost.views.display import Sentences, Table
from leancost.views.results import PeriodResult, read_period

BASES = [("by production flow", "production_flow"), ("by route", "route")]
ALL = "(all)"
WIDE = {"description_width": "initial"}
show: Callable[..., Any] = display


def somebody_watches() -> bool:
    """Whether a person is there: always, unless who started the kernel says that nobody is."""
    return not os.environ.get("LEANCOST_HEADLESS")


def explore_costs(costs: Costs, result: PeriodResult) -> None:
    """Product and basis: what its standard cost consists of, by resource and on the costing sheet."""
    items = sorted(set(costs.breakdown["item"]), key=lambda item: (_level(costs, item), item))
    if not items:
        show(Sentences((), "No product has a standard cost that was calculated."))
        return

    def draw(product: str, basis: str) -> None:
        chart = charts.cost_breakdown(costs, product, basis, result.currency)
        sheet = setup.priced_sheet(result.setup["costing_sheet"], costs.lines(product, basis))
        show(chart, chart.table, Table(sheet, 6, f"Costing sheet of {product}"))

    _explore(
        draw,
        product=ipywidgets.Dropdown(options=items, description="Product"),
        basis=ipywidgets.ToggleButtons(options=BASES, description="Basis"),
    )


def explore_period(result: PeriodResult, book: str) -> None:
    """Flow and end date: what is unused then; another end than the period's is computed as a preview."""
    periods = {result.end: result}

    def draw(production_flow: str, last_day: date) -> None:
        try:
            if last_day not in periods:
                periods[last_day] = read_period(Path(book), end=last_day, start=result.start, preview=True)
        except LeancostError as problem:
            show(Table(pandas.DataFrame({"problem": problem.lines})))
            return
        chosen, flow = periods[last_day], "" if production_flow == ALL else production_flow
        chart = charts.unused_quantities(chosen, flow)
        show(chart, chart.table)

    flows = [ALL, *result.production_flows]
    _explore(
        draw,
        production_flow=ipywidgets.Dropdown(options=flows, description="Production flow", style=WIDE),
        last_day=ipywidgets.DatePicker(value=result.end, description="End date"),
    )


def explore_variances(result: PeriodResult) -> None:
    """Flow and cost group: the largest variances there."""
    groups = [ALL, *sorted(set(result.tables["variances"]["cost_group"]))]

    def draw(production_flow: str, cost_group: str) -> None:
        flow, group = ("" if choice == ALL else choice for choice in (production_flow, cost_group))
        chart = charts.largest_variances(figures.narrow(result, production_flow=flow, cost_group=group))
        show(chart, chart.table)

    _explore(
        draw,
        production_flow=ipywidgets.Dropdown(
            options=[ALL, *result.production_flows], description="Production flow", style=WIDE
        ),
        cost_group=ipywidgets.Dropdown(options=groups, description="Cost group"),
    )


def _explore(draw: Callable[..., None], **controls: Any) -> None:
    """Draws again whenever a control moves; where nobody watches, draws once with the first values."""
    if somebody_watches():
        output = ipywidgets.interactive_output(draw, controls)
        show(ipywidgets.HBox(list(controls.values())), output)
    else:
        draw(**{name: control.value for name, control in controls.items()})


def _level(costs: Costs, item: str) -> int:
    return int(costs.breakdown[costs.breakdown["item"] == item]["level"].iloc[0])
