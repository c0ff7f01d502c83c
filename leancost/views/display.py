"""How figures are shown: numbers, tables and charts as text and HTML, with nothing evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Any

import pandas
from babel.numbers import format_currency, format_decimal

from leancost.tables.currencies import UNKNOWN, decimals_of
from leancost.tables.declaration import outputs

AMOUNTS = frozenset(column.name for table in outputs() for column in table.columns if column.kind == "amount")
"""Columns that hold amounts in the company's currency; other decimals are quantities, prices or rates."""
NOTHING = "–"
TOTAL = "Total"
"""First cell of a row that sums the others."""


@dataclass(frozen=True)
class Table:
    """A table to be looked at: figures aligned and grouped, losses in parentheses, nothing as a dash."""

    frame: pandas.DataFrame
    digits: int = 2
    caption: str = ""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {
            "text/html": table_html(self.frame, digits=self.digits, caption=self.caption),
            "text/plain": self.text(),
        }

    def text(self) -> str:
        """The same as plain text."""
        shown = self.frame.copy()
        for name in shown.columns:
            shown[name] = [cell_text(value, str(name), self.digits) for value in shown[name]]
        return f"{self.caption}\n{shown.to_string(index=False)}".strip()


@dataclass(frozen=True)
class Chart:
    """A plotly figure with its text alternative and the data behind it."""

    figure: Any
    text: str
    table: Table

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        figure = _without_markup(self.figure.to_plotly_json())
        figure["layout"]["meta"] = {"text": self.text}
        # Not responsive: plotly would take the height too from a box that has none, and the chart collapses when
        # JupyterLab's window is resized. The width follows anyway.
        figure["config"] = {"displayModeBar": False}
        return {
            "application/vnd.plotly.v1+json": figure,
            "text/html": table_html(self.table.frame, digits=self.table.digits, caption=self.table.caption),
            "text/plain": self.text,
        }


OWN_MARKUP = ("<br>", "<extra></extra>")
"""What a chart's own texts may hold; plotly would read any other tag or entity in a name as markup too."""


def _without_markup(value: Any) -> Any:
    """The same figure with every text as plotly shows it literally."""
    if isinstance(value, dict):
        return {name: _without_markup(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_markup(inner) for inner in value]
    if not isinstance(value, str):
        return value
    text = value.replace("&", "&amp;").replace("<", "&lt;")
    for mark in OWN_MARKUP:
        text = text.replace(mark.replace("<", "&lt;"), mark)
    return text


@dataclass(frozen=True)
class Sentences:
    """A few sentences under a heading."""

    sentences: Sequence[str]
    heading: str = ""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        items = f"<ol>{items}</ol>" if items else ""
        heading = f"<p><strong>{escape(self.heading)}</strong></p>" if self.heading else ""
        html = f'<div class="leancost">{heading}{items}</div>'
        return {"text/html": html, "text/plain": "\n".join([self.heading, *self.sentences])}


def amount_text(value: Decimal, digits: int = 2) -> str:
    """1,234.50, a negative amount in parentheses, nothing as a dash."""
    if value == 0:
        return NOTHING
    form = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(_rounded(value, digits), format=f"{form};({form})", locale="en")


def money_text(value: Decimal, currency: str) -> str:
    """An amount with its currency, as it stands in a sentence: EUR 1,234.50 or −EUR 3.20."""
    known = decimals_of(currency)
    digits = UNKNOWN if known is None else known
    form = "¤¤ #,##0" + ("." + "0" * digits if digits else "")
    shown = _rounded(value, digits)
    return format_currency(shown, currency, format=f"{form};−{form}", locale="en", currency_digits=False)


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Half away from zero, as every figure is rounded; the formats above would go to the even digit."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def quantity_text(value: Decimal) -> str:
    """A quantity, price or rate without trailing zeros, grouped by thousands."""
    return format_decimal(value, format="#,##0.#########;−#,##0.#########", locale="en") if value else NOTHING


def cell_text(value: object, name: str, digits: int) -> str:
    """A cell as it is shown, by its kind and the column's name."""
    if value is None or value is pandas.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return amount_text(value, digits) if is_amount(name) else quantity_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("_", " ") if name.endswith("_type") else str(value)


def is_amount(name: str) -> bool:
    """Whether a column of that name holds amounts."""
    return name in AMOUNTS or name.endswith(("amount", "amounts", "difference"))


def table_html(frame: pandas.DataFrame, *, digits: int = 2, caption: str = "") -> str:
    """The table as HTML; every text is escaped."""
    numeric = {name: _all(frame[name], (Decimal, int)) for name in frame.columns}
    lines = ['<table class="leancost">']
    if caption:
        lines.append(f"<caption>{escape(caption)}</caption>")
    heads = [_cell("th", str(name).replace("_", " "), right=numeric[name]) for name in frame.columns]
    lines.append(f"<thead><tr>{''.join(heads)}</tr></thead><tbody>")
    for row in frame.itertuples(index=False):
        pairs = zip(frame.columns, row, strict=True)
        kind = "th" if row[0] == TOTAL else "td"
        cells = [_cell(kind, cell_text(value, str(name), digits), right=numeric[name]) for name, value in pairs]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _all(values: "pandas.Series[Any]", kinds: tuple[type, ...]) -> bool:
    given = [value for value in values if value is not None]
    return bool(given) and all(isinstance(value, kinds) and not isinstance(value, bool) for value in given)


def _cell(kind: str, text: str, *, right: bool) -> str:
    style = ' style="text-align:right"' if right else ' style="text-align:left"'
    return f"<{kind}{style}>{escape(text)}</{kind}>"
