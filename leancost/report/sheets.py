"""The period as a workbook to be printed: a summary, then one sheet an output table."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from leancost import __version__
from leancost.tables.declaration import outputs
from leancost.tables.workbook_form import exact_float
from leancost.views.display import is_amount
from leancost.views.results import PeriodResult

LARGEST_SHEET: Final = 1_000_000
"""Rows of a table that one sheet shows."""
MEASURED: Final = 500
"""Rows that decide how wide a column is."""
SUMMED: Final = {
    "variances": ("amount",),
    "wip_balances": ("opening", "inputs", "outputs", "revaluation", "before", "variance", "after"),
    "journal": ("debit", "credit"),
}
"""Columns whose total means something."""
STANDING: Final = ("opening", "before", "after")
"""Columns of `wip_balances` that one run hands to the next: no total over several runs."""
PREVIEW: Final = "PREVIEW – this period is not closed. Figures can still change."
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_sheets(
    target: Path, period: PeriodResult, *, glance: pandas.DataFrame, causes: Sequence[str], largest: int = LARGEST_SHEET
) -> None:
    """Writes the workbook of a period; the same period gives the same bytes.

    Numbers are numbers where fifteen digits hold them, else text; nothing is read as a formula but
    the totals. Source: contract 5 (report), 6.
    """
    held = io.BytesIO()  # a file of its own XlsxWriter would leave open where a disk is full
    try:
        with xlsxwriter.Workbook(held, OPTIONS) as book:
            book.set_properties(
                {"title": f"{period.legal_entity} {period.end}", "author": "leancost", "created": datetime(2026, 1, 1)}
            )
            writer = _Writer(book, period)
            _summary(writer, glance, causes)
            for table in outputs():
                frame = period.tables[table.name]
                if len(period.summaries) == 1:
                    frame = frame.drop(columns="run_end")
                _table(writer, table.name, frame, largest)
    except FileCreateError as problem:  # the folder for what does not fit into memory is full
        raise OSError(*problem.args[0].args) from None
    target.write_bytes(held.getbuffer())


class _Writer:
    """The workbook with its formats, and what stands on every sheet."""

    def __init__(self, book: Any, period: PeriodResult) -> None:
        self.book = book
        self.period = period
        self.preview = period.state != "closed"
        self.formats: dict[tuple[str, bool], Any] = {}

    def sheet(self, name: str) -> tuple[Any, int]:
        """A sheet ready for printing and its first free row, below the mark of a preview."""
        sheet = self.book.add_worksheet(name)
        company = self.period.legal_entity.replace("&", "&&")
        span = (
            f"{self.period.start or 'until'} – {self.period.end}" if self.period.start else f"until {self.period.end}"
        )
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L{name}&R&B{'PREVIEW' if self.preview else ''}"[:250])
        sheet.set_footer(f"&L{company[:100]}&C{span}&RPage &P of &N")
        if self.preview:
            sheet.write_string(0, 0, PREVIEW, self.format("preview"))
        return sheet, int(self.preview)

    def format(self, kind: str, *, total: bool = False) -> Any:
        """The cell format of a kind; of quantities one for each number of decimals."""
        if (kind, total) not in self.formats:
            wanted: dict[str, object] = {"valign": "top"}
            if kind == "preview":
                wanted |= {"bold": True, "font_color": "#8A3B00"}
            elif kind == "title":
                wanted |= {"bold": True, "font_size": 16}
            elif kind in ("head", "head_right"):
                wanted |= {"bold": True, "bottom": 2, "bg_color": "#F4F6F8"}
                wanted |= {"align": "right"} if kind == "head_right" else {"align": "left", "indent": 1}
            elif kind == "date":
                wanted |= {"num_format": "yyyy-mm-dd", "align": "left", "indent": 1}
            elif kind == "text":
                wanted |= {"num_format": "@", "align": "left", "indent": 1}
            elif kind == "number_as_text":
                wanted |= {"num_format": "@", "align": "right"}
            elif kind == "amount":
                digits = self.period.digits
                form = "#,##0" + ("." + "0" * digits if digits else "")
                wanted |= {"num_format": f'{form};({form});"–"'}
            else:
                wanted |= {"num_format": kind}
            if total:
                wanted |= {"bold": True, "top": 1}
            self.formats[kind, total] = self.book.add_format(wanted)
        return self.formats[kind, total]

    def cell(self, sheet: Any, row: int, place: int, value: object, *, amount: bool = False) -> None:
        """Writes a value by its kind; an empty one not at all."""
        if value is None or value is pandas.NaT or value != value:
            return
        if isinstance(value, Decimal):
            number = exact_float(value)
            if number is None:
                sheet.write_string(row, place, format(value, "f"), self.format("number_as_text"))
            else:
                sheet.write_number(row, place, number, self.format("amount" if amount else _decimals(value)))
        elif isinstance(value, bool):
            sheet.write_string(row, place, "yes" if value else "no", self.format("text"))
        elif isinstance(value, int):
            sheet.write_number(row, place, value, self.format("#,##0"))
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, self.format("date"))
        else:
            sheet.write_string(row, place, str(value)[:32_767], self.format("text"))


def _decimals(value: Decimal) -> str:
    """Number format with exactly the decimals the value has: 5, 0.25, 1,200.5."""
    exponent = value.normalize().as_tuple().exponent
    shown = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return "#,##0" + ("." + "0" * shown if shown else "")


def _table(writer: _Writer, name: str, frame: pandas.DataFrame, largest: int) -> None:
    sheet, head = writer.sheet(name)
    columns = [str(column) for column in frame.columns]
    shown = frame.head(largest)
    amounts = [is_amount(column) for column in columns]
    for place, column in enumerate(columns):
        right = any(isinstance(value, (Decimal, int)) for value in shown[column].head(MEASURED))
        sheet.write_string(head, place, column, writer.format("head_right" if right else "head"))
        sheet.set_column(place, place, _width(column, shown[column].head(MEASURED), amount=amounts[place]))
    row = head
    for row, values in enumerate(shown.itertuples(index=False), start=head + 1):
        for place, value in enumerate(values):
            writer.cell(sheet, row, place, value, amount=amounts[place])
    sheet.freeze_panes(head + 1, 0)
    sheet.repeat_rows(0, head)
    sheet.autofilter(head, 0, max(row, head + 1), len(columns) - 1)
    if len(frame) > largest:
        more = f"{len(frame) - largest:,} more rows are not shown here: leancost close --out DIR writes them all."
        sheet.write_string(row + 1, 0, more, writer.format("preview"))
    elif len(frame):
        _totals(writer, sheet, name, frame, first=head + 1, last=row)


def _totals(writer: _Writer, sheet: Any, name: str, frame: pandas.DataFrame, *, first: int, last: int) -> None:
    summed = [c for c in SUMMED.get(name, ()) if len(writer.period.summaries) == 1 or c not in STANDING]
    if not summed:
        return
    for place, column in enumerate(frame.columns):
        if column in summed:
            letter = xlsxwriter.utility.xl_col_to_name(place)
            total = float(sum(frame[column], Decimal()))
            formula = f"=SUM({letter}{first + 1}:{letter}{last + 1})"
            sheet.write_formula(last + 1, place, formula, writer.format("amount", total=True), value=total)
        elif place:
            sheet.write_blank(last + 1, place, None, writer.format("text", total=True))
        else:
            sheet.write_string(last + 1, place, "Total", writer.format("text", total=True))


def _width(name: str, values: "pandas.Series[Any]", *, amount: bool) -> float:
    """Wide enough for the name with its filter button and for what the first rows hold."""
    texts = (f"{value:,}" if isinstance(value, Decimal) else str(value) for value in values if value is not None)
    longest = max((len(text) for text in texts), default=0) + (2 if amount else 0)
    return float(min(max(len(name) + 4, longest + 3), 60))


def _summary(writer: _Writer, glance: pandas.DataFrame, causes: Sequence[str]) -> None:
    sheet, row = writer.sheet("Summary")
    period = writer.period
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 62)
    sheet.set_column(1, max(1, len(period.summaries)), 22)
    sheet.write_string(row, 0, f"{period.legal_entity or 'Company'}: backflush costing", writer.format("title"))
    facts: dict[str, object] = {
        "First day": period.start or "the beginning",
        "Last day": period.end,
        "State": "closed" if period.state == "closed" else "PREVIEW – not closed",
        "Production flows": ", ".join(period.production_flows),
        "Currency": period.currency,
        "leancost version": __version__,
    }
    row += 1
    for name, value in facts.items():
        row += 1
        writer.cell(sheet, row, 0, name)
        writer.cell(sheet, row, 1, value)
    row = _block(writer, sheet, row + 2, "At a glance", ["figure", period.currency], glance.values.tolist())
    if causes:
        sheet.write_string(row + 1, 0, "Main causes", writer.format("head"))
        for place, sentence in enumerate(causes, start=2):
            writer.cell(sheet, row + place, 0, sentence)
        row += len(causes) + 2
    totals = [_control_totals(summary) for summary in period.summaries]
    rows = [[name.replace("_", " "), *(run[name] for run in totals)] for name in totals[0]]
    heads = ["Control totals of the run", *(str(summary["end"]) for summary in period.summaries)]
    _block(writer, sheet, row + 1, heads[0], heads, rows)


def _control_totals(summary: Mapping[str, object]) -> dict[str, object]:
    totals = summary["control_totals"]
    assert isinstance(totals, dict)
    return {name: int(text) if name == "wip_transactions" else Decimal(text) for name, text in totals.items()}


def _block(writer: _Writer, sheet: Any, row: int, title: str, heads: Sequence[str], rows: Sequence[Any]) -> int:
    """A small table below the row; the row after it."""
    sheet.write_string(row, 0, title, writer.format("head"))
    for place, head in enumerate(heads[1:], start=1):
        sheet.write_string(row, place, head, writer.format("head_right"))
    for values in rows:
        row += 1
        for place, value in enumerate(values):
            writer.cell(sheet, row, place, value, amount=True)
    return row + 1
