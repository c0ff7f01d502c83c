"""Charts of a period: the only module that draws; floats live here, for drawing alone."""

from decimal import Decimal
from typing import Any

import pandas
import plotly.graph_objects as go

from leancost.views import figures
from leancost.views.comparison import Costs, Fit
from leancost.views.display import Chart, Sentences, Table, amount_text, money_text
from leancost.views.ledger import unused
from leancost.views.results import PeriodResult

UNFAVOURABLE, FAVOURABLE, NEUTRAL = "#c25400", "#1f5f9e", "#8a8f98"
"""Orange and blue differ in grey too; every bar also carries its sign and a pattern."""
GROUPS = ("#1f5f9e", "#e0a458", "#5b8c5a", "#a63d57", "#6c5b7b", "#3d9da6", "#8a8f98", "#c25400", "#2f3e46", "#b5b35c")
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"}
REFUSED = "the set-up forbids it. The figures of the closed period do not depend on it."
TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": "Segoe UI, Helvetica, Arial, sans-serif", "size": 13, "color": "#222222"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(GROUPS),
        "margin": {"l": 60, "r": 20, "t": 50, "b": 40},
        "title": {"font": {"size": 15}, "x": 0, "xanchor": "left", "xref": "container", "pad": {"l": 8}},
        "xaxis": {"gridcolor": "#dddddd", "zerolinecolor": "#555555", "automargin": True},
        "yaxis": {"gridcolor": "#dddddd", "zerolinecolor": "#555555", "automargin": True},
        "hoverlabel": {"bgcolor": "#ffffff", "font": {"color": "#222222"}},
        "separators": ".,",
    }
)


def wip_bridge(result: PeriodResult) -> Chart:
    """WIP from the start through inputs and outputs to the variance and WIP at the end."""
    frame = figures.bridge(result)
    bases, lengths, colors, patterns, level = [], [], [], [], Decimal(0)
    for step, amount in frame.itertuples(index=False):
        is_total = step in figures.LEVELS
        bases.append(Decimal(0) if is_total else level)
        level = amount if is_total else level + amount
        lengths.append(amount)
        if step == figures.VARIANCES:
            colors.append(UNFAVOURABLE if amount < 0 else FAVOURABLE)
        else:
            colors.append(NEUTRAL if is_total else "#7fb3b8")
        patterns.append("/" if step == figures.VARIANCES else "")
    figure = _figure(f"WIP from start to end ({result.currency})", height=360)
    figure.add_trace(
        go.Bar(
            x=[_two_lines(step) for step in frame["step"]],
            base=_floats(bases),
            y=_floats(lengths),
            customdata=[amount_text(amount, result.digits) for amount in frame["amount"]],
            marker={"color": colors, "pattern": _pattern(patterns)},
            hovertemplate="%{x}: %{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    tops = [max(base, base + length) for base, length in zip(bases, lengths, strict=True)]
    figure.add_trace(
        go.Scatter(
            x=[_two_lines(step) for step in frame["step"]],
            y=_floats(tops),
            mode="text",
            text=[amount_text(amount, result.digits) for amount in frame["amount"]],
            textposition="top center",
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.update_xaxes(tickangle=0, automargin=True)
    words = [f"{step} {money_text(amount, result.currency)}" for step, amount in frame.itertuples(index=False)]
    return Chart(
        figure, f"Bridge of WIP: {', then '.join(words)}.", Table(frame, result.digits, "WIP from start to end")
    )


def variance_heat_map(result: PeriodResult) -> Chart:
    """Variance of every production flow in every cost group."""
    sums = figures.variances_by(result, "production_flow", "cost_group")
    pivot = sums.pivot(index="production_flow", columns="cost_group", values="amount") if len(sums) else sums
    amounts = [[_amount(value) for value in row] for row in pivot.to_numpy().tolist()]
    reach = max((abs(amount) for row in amounts for amount in row), default=Decimal(1))
    figure = _figure(f"Variance by production flow and cost group ({result.currency})", height=140 + 55 * len(pivot))
    figure.add_trace(
        go.Heatmap(
            x=list(pivot.columns),
            y=list(pivot.index),
            z=[[float(amount) for amount in row] for row in amounts],
            text=[[_signed(amount, result.digits) for amount in row] for row in amounts],
            texttemplate="%{text}",
            zmin=-float(reach),
            zmax=float(reach),
            colorscale=[[0, FAVOURABLE], [0.5, "#f7f7f7"], [1, UNFAVOURABLE]],
            colorbar={"title": {"text": "unfavourable ▲"}},
            xgap=2,
            ygap=2,
            hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    return Chart(figure, _largest_text(sums, ["production_flow", "cost_group"], result), Table(sums, result.digits))


def largest_variances(result: PeriodResult, count: int = 12) -> Chart:
    """The largest variances by resource: bars to the right are unfavourable."""
    frame = figures.largest_variances(result, count)
    labels = [
        f"{flow} · {name} · {str(kind).replace('_', ' ')}"
        for flow, name, kind in zip(frame["production_flow"], frame["name"], frame["variance_type"], strict=True)
    ]
    figure = _figure(f"Largest variances ({result.currency})", height=120 + 30 * len(frame))
    for title, color, pattern, chosen in (
        ("▲ unfavourable", UNFAVOURABLE, "/", [amount > 0 for amount in frame["amount"]]),
        ("▼ favourable", FAVOURABLE, "", [amount <= 0 for amount in frame["amount"]]),
    ):
        rows = [place for place, is_chosen in enumerate(chosen) if is_chosen]
        figure.add_trace(
            go.Bar(
                name=title,
                orientation="h",
                y=[labels[place] for place in rows],
                x=[float(frame["amount"][place]) for place in rows],
                text=[_signed(frame["amount"][place], result.digits) for place in rows],
                textposition="outside",
                cliponaxis=False,
                marker={"color": color, "pattern": _pattern(pattern)},
                hovertemplate="%{y}: %{text}<extra></extra>",
            )
        )
    figure.update_layout(legend=LEGEND)
    reach = [float(amount) for amount in frame["amount"]] + [0.0]
    room = 0.18 * (max(reach) - min(reach))
    figure.update_xaxes(range=[min(reach) - room, max(reach) + room])
    figure.update_yaxes(categoryorder="array", categoryarray=labels[::-1])
    return Chart(figure, " ".join(figures.causes(result)) or "No variance.", Table(frame, result.digits))


def unused_quantities(result: PeriodResult, production_flow: str = "") -> Chart:
    """What still stands in the flows at the end, valued at standard, by the kind of unit it stands in."""
    frame = unused(result, production_flow)
    figure = _figure(f"Unused at the end of the period ({result.currency})", height=140 + 24 * frame["item"].nunique())
    patterns = {"handling_unit": "", "in_process": "/", "semi_finished": "x", "finished": "."}
    labels = [f"{flow} · {name}" for flow, name in zip(frame["production_flow"], frame["name"], strict=True)]
    for color, (kind, pattern) in zip(GROUPS, patterns.items(), strict=False):
        rows = [place for place, found in enumerate(frame["unused_type"]) if found == kind]
        if rows:
            figure.add_trace(
                go.Bar(
                    name=kind.replace("_", " "),
                    orientation="h",
                    y=[labels[place] for place in rows],
                    x=[float(frame["amount"][place]) for place in rows],
                    text=[amount_text(frame["amount"][place], result.digits) for place in rows],
                    marker={"color": color, "pattern": _pattern(pattern)},
                    hovertemplate="%{y}: %{text}<extra></extra>",
                )
            )
    figure.update_layout(barmode="stack", legend=LEGEND)
    figure.update_yaxes(autorange="reversed")
    total = money_text(figures.total_of(frame, "amount"), result.currency)
    return Chart(figure, f"Unused quantities at the end are worth {total} at standard.", Table(frame, result.digits))


def cost_breakdown(costs: Costs, item: str, basis: str, currency: str = "EUR") -> Chart:
    """What a product consists of: cost groups, and the resources in them (icicle)."""
    lines = costs.lines(item, basis)[["cost_group", "resource", "quantity", "unit_price", "charge", "cost"]]
    total = figures.total_of(lines, "cost")
    groups = figures.sum_by(lines, ["cost_group"], ["cost"])
    figure = _figure(f"{item}: {money_text(total, currency)} by {basis.replace('_', ' ')}", height=360)
    figure.add_trace(
        go.Icicle(
            ids=[
                item,
                *groups["cost_group"],
                *(f"{g}/{r}" for g, r in zip(lines["cost_group"], lines["resource"], strict=True)),
            ],
            labels=[item, *groups["cost_group"], *lines["resource"]],
            parents=["", *[item] * len(groups), *lines["cost_group"]],
            values=_floats([total, *groups["cost"], *lines["cost"]]),
            branchvalues="total",
            texttemplate="%{label}<br>%{value:,.4~f}",
            hovertemplate="%{label}: %{value:,.6~f}<extra></extra>",
            marker={"colors": ["#e8e8e8", *GROUPS[: len(groups)]]},
            tiling={"orientation": "h"},
        )
    )
    words = ", ".join(f"{group} {cost.normalize():f}" for group, cost in groups.itertuples(index=False))
    return Chart(figure, f"{item} costs {money_text(total, currency)}: {words}.", Table(lines, 6))


def flow_versus_route(costs: Costs) -> Chart | Sentences:
    """Unit cost of every made item by production flow and by route; in its place what refused the calculation."""
    if costs.refusals:
        return Sentences(costs.refusals, f"No standard cost was calculated for {costs.calculation_date}: {REFUSED}")
    frame = costs.unit_costs
    figure = _figure("Standard cost by production flow and by route", height=360)
    for name, title, color, pattern in (
        ("by_production_flow", "by production flow", GROUPS[0], ""),
        ("by_route", "by route", GROUPS[1], "/"),
    ):
        figure.add_trace(
            go.Bar(
                name=title,
                x=list(frame["item"]),
                y=_floats(frame[name]),
                marker={"color": color, "pattern": _pattern(pattern)},
                hovertemplate="%{x} " + title + ": %{y:,.6~f}<extra></extra>",
            )
        )
    figure.update_layout(barmode="group", legend=LEGEND)
    differs = [item for item, difference in zip(frame["item"], frame["route_minus_flow"], strict=True) if difference]
    text = f"{len(frame)} made items; by route another cost than by flow has {', '.join(differs) or 'none of them'}."
    return Chart(figure, text, Table(frame, 6))


def basis_fit(fit: Fit, currency: str = "EUR", digits: int = 2) -> Chart | Sentences:
    """Variance each basis would have left, per cost group; nothing where neither was calculated."""
    if fit.refusals:
        return Sentences((), "No basis was calculated: there is nothing to compare.")
    sums = figures.sum_by(fit.variances, ["cost_group"], ["variance_by_flow_amount", "variance_by_route_amount"])
    figure = _figure(
        f"Variance of the period, had its products been costed by flow or by route ({currency})", height=360
    )
    for name, title, color, pattern in (
        ("variance_by_flow_amount", "by production flow", GROUPS[0], ""),
        ("variance_by_route_amount", "by route", GROUPS[1], "/"),
    ):
        figure.add_trace(
            go.Bar(
                name=title,
                x=list(sums["cost_group"]),
                y=_floats(sums[name]),
                marker={"color": color, "pattern": _pattern(pattern)},
                hovertemplate="%{x} " + title + f": %{{y:,.{digits}f}}<extra></extra>",
            )
        )
    figure.update_layout(barmode="group", legend=LEGEND)
    text = (
        f"Absolute variances: {money_text(fit.by_flow, currency)} by production flow,"
        f" {money_text(fit.by_route, currency)} by route."
    )
    return Chart(figure, text, Table(fit.variances, digits))


def _figure(title: str, *, height: int) -> "go.Figure":
    return go.Figure(layout={"template": TEMPLATE, "title": {"text": title}, "height": height})


def _pattern(shape: str | list[str]) -> dict[str, object]:
    """White stripes over the colour, so that bars differ in grey print too."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": "#ffffff", "size": 7, "solidity": 0.25}


def _floats(values: Any) -> list[float | None]:
    return [float(value) if isinstance(value, Decimal) else None for value in values]


def _two_lines(step: str) -> str:
    """Long labels break in the middle, so that they stand upright."""
    words = step.split(" ")
    middle = (len(words) + 1) // 2
    return step if len(step) < 12 else f"{' '.join(words[:middle])}<br>{' '.join(words[middle:])}"


def _amount(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _signed(amount: Decimal, digits: int) -> str:
    if amount == 0:
        return "–"
    return f"▲ {amount_text(amount, digits)}" if amount > 0 else f"▼ {amount_text(amount, digits)}"


def _largest_text(sums: pandas.DataFrame, keys: list[str], result: PeriodResult) -> str:
    if sums.empty:
        return "No variance."
    place = max(range(len(sums)), key=lambda row: abs(sums["amount"][row]))
    where = ", ".join(str(sums[key][place]) for key in keys)
    amount = sums["amount"][place]
    side = "unfavourable" if amount > 0 else "favourable"
    return f"The largest variance is {money_text(abs(amount), result.currency)} {side} in {where}."
