"""A company's book: where its tables are kept, and what can be done with it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas

from leancost.actions.calculate import calculate_source
from leancost.actions.check import check_source
from leancost.actions.close import close_period
from leancost.actions.merge import import_source
from leancost.actions.reverse import Reversal, reverse
from leancost.actions.verify import verify
from leancost.book import runs, storage
from leancost.door.period import Period
from leancost.door.standard_costs import StandardCosts
from leancost.errors import Finding, LeancostError
from leancost.explain.explanation import Explanation
from leancost.explain.standard_cost import explain_cost
from leancost.lab.parameters import Day, book_of, day_of, names_of, optional_day_of, require_language
from leancost.tables import paths
from leancost.views import setup
from leancost.views.results import read_period

RUN_COLUMNS = ("run", "start_date", "end_date", "purpose", "state")


def open(source: object) -> "Book":
    """The book at a path: a DuckDB book, a folder with `setup/` and `events/`, or a workbook (.xlsx).

    Nothing is held: every call reads what is there then. A DuckDB book that does not exist yet is made by `add`.
    Raises LeancostError where there is no folder or workbook.
    Source: contract 5 (SOURCE).

    >>> import leancost
    >>> leancost.open("data")
    Book('data'): a folder
    """
    place = book_of(source)
    paths.require_source(place)
    if not place.exists() and not storage.is_book(place):
        raise LeancostError(f"{place} does not exist. Name a folder, a workbook (.xlsx) or a book (.duckdb).")
    return Book(place)


@dataclass(frozen=True, repr=False)
class Book:
    """A company's tables and, where it is a DuckDB book, the runs it has stored."""

    source: Path

    def check(self) -> pandas.DataFrame:
        """What is wrong in the tables and what to do about it, a row each; no row: nothing.

        Columns: code, severity (error, warning), table (with its row), problem, remedy. Raises LeancostError where
        there is nothing to be read. Source: contract 5 (check).

        >>> import leancost
        >>> list(leancost.open("data").check().columns)
        ['code', 'severity', 'table', 'problem', 'remedy']
        """
        return findings_table(check_source(self.source).findings)

    def table(self, name: str) -> pandas.DataFrame:
        """An input table as it is read, defaults filled; columns as the dictionary has them, figures as Decimal.

        Raises LeancostError where there is no input table of that name.

        >>> import leancost
        >>> leancost.open("data").table("production_flows")["production_flow"].tolist()
        ['ASSEMBLY', 'FRAMES', 'WHEELS']
        """
        return setup.input_table(self.source, name)

    def calculate(
        self, *, date: Day, basis: str = "production_flow", costing_version: str | None = None,
        items: Sequence[str] = (), activate: bool = False,
    ) -> StandardCosts:  # fmt: skip
        """Standard costs of every made item, or of `items`, on a date; a DuckDB book keeps them pending.

        cost (currency per unit) = quantity x unit price + charge, summed over the lines of the breakdown. `basis` is
        production_flow, route or default; with `activate` they are the standard from that date on. Raises
        LeancostError with whatever is missing or would make a cost wrong. Source: contract 5 (calculate), 6.

        >>> import leancost
        >>> leancost.open("data").calculate(date="2026-03-01", items=["FRONT-WHEEL"])
        Standard costs by production flow on 2026-03-01, version STD: 1
        """
        day = day_of("date", date)
        result = calculate_source(
            self.source, calculation_date=day, costing_version=costing_version, basis=basis, items=items,
            activate=activate, frames=True,
        )  # fmt: skip
        return StandardCosts(
            source=self.source,
            date=day,
            basis=basis,
            costing_version=result.costing_version,
            unit_costs=result.tables["standard_costs"],
            breakdown=result.tables["standard_cost_breakdown"],
            warnings=tuple(str(finding) for finding in result.warnings),
            lacking=result.lacking,
        )

    def close(self, *, end: Day, start: Day | None = None, preview: bool = False) -> Period:
        """Closes the period up to `end`; with `preview`, and of a folder or workbook always, nothing is kept.

        variance (currency) = WIP before - WIP after, per production flow. Raises LeancostError where data or state
        forbid it; nothing is posted then. Source: contract 5 (close), 6; domain 2.2.

        >>> import leancost
        >>> leancost.open("data").close(start="2026-03-01", end="2026-03-31", preview=True)
        Period 2026-03-01 to 2026-03-31 of Fjordcycle AS (preview, EUR): variance 1,088.77, WIP at the end 13,921.62
        """
        last, first = day_of("end", end), optional_day_of("start", start)
        is_kept = storage.is_book(self.source) and not preview
        if is_kept:
            close_period(self.source, end=last, start=first, frames=False, today=today())
        return Period.of(read_period(self.source, end=last, start=first, preview=not is_kept))

    def period(
        self, *, end: Day, start: Day | None = None, production_flows: object = (), language: object = "en"
    ) -> Period:
        """A period as it was closed, or as it would close now; of all flows or those named.

        Dates and flows may be as a notebook's parameters are: empty texts, flows with commas. Raises LeancostError
        where the dates do not fit what is closed, a flow does not exist, or the run is refused.
        Source: contract 5 (report: a closed period is shown from its stored run).

        >>> import leancost
        >>> march = leancost.open("data").period(start="2026-03-01", end="2026-03-31", production_flows="WHEELS")
        >>> march.wip_balances["variance"].sum()
        Decimal('198.69')
        """
        require_language(language)
        return Period.of(
            read_period(
                self.source,
                end=day_of("period_end", end),
                start=optional_day_of("period_start", start),
                production_flows=names_of("production_flows", production_flows),
            )
        )

    def explain(
        self, *, item: str, date: Day, basis: str = "production_flow", costing_version: str | None = None
    ) -> Explanation:
        """Why an item costs what it does on a date, down to the rows; a period's figures: `Period.explain`.

        Raises LeancostError where the item has no calculated cost. Source: contract 5 (explain).
        """
        return explain_cost(
            self.source, item=item, calculation_date=day_of("date", date), basis=basis, costing_version=costing_version
        )

    def add(self, source: object, *, replace: bool = False) -> str:
        """Merges a folder, a workbook or another book into this DuckDB book; what was done, in a line.

        With `replace` what no closed run has read becomes exactly the source. Raises LeancostError where a closed
        period would change. Source: contract 5 (import).
        """
        counts = import_source(book_of(source), self.source, replace=replace)
        return f"Added {counts.added} rows, filled or changed {counts.changed}, {counts.same} were there already."

    def runs(self) -> pandas.DataFrame:
        """Every run the book has stored: run, start_date, end_date, purpose, state; none of a folder or workbook."""
        if not storage.is_book(self.source):
            return pandas.DataFrame(columns=list(RUN_COLUMNS), dtype=object)
        with storage.attached(self.source) as connection:
            stored = runs.sealed_runs(connection)
        rows = [(run.run, run.start, run.end, run.purpose, runs.state_of(run, stored)) for run in stored]
        return pandas.DataFrame(rows, columns=list(RUN_COLUMNS), dtype=object)

    def verify(self) -> pandas.DataFrame:
        """What is no longer as it was stored, every hash and period done again; no row: nothing. Columns as `check`.

        Raises LeancostError where there is no DuckDB book. Source: contract 5 (verify).
        """
        return findings_table(verify(self.source).findings)

    def reverse(self) -> Reversal:
        """Takes back the last period by mirror entries; its days are open again.

        Raises LeancostError where nothing is closed. Source: contract 5 (reverse).
        """
        return reverse(self.source)

    def __dir__(self) -> list[str]:
        return [name for name in vars(type(self)) if not name.startswith("_")] + ["source"]

    def __repr__(self) -> str:
        kind = "a folder" if self.source.is_dir() else "a book" if storage.is_book(self.source) else "a workbook"
        return f"Book({str(self.source)!r}): {kind}"

    def _repr_html_(self) -> str:
        return f'<div class="leancost"><p>{escape(repr(self))}</p></div>'


def today() -> datetime.date:
    """The clock, read here and by the command line only."""
    return datetime.date.today()


def findings_table(findings: Sequence[Finding]) -> pandas.DataFrame:
    """Findings a row each: code, severity, table (with the row as Excel shows it), problem, remedy."""
    rows = [(f.code, f.severity, f.place, f.problem, f.remedy) for f in findings]
    return pandas.DataFrame(rows, columns=["code", "severity", "table", "problem", "remedy"], dtype=object)
