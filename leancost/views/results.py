"""A period's figures as people read them: from the stored runs of a closed period, else as a preview."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas

from leancost.book import sources
from leancost.book.periods import runs_of_period
from leancost.costing import workspace
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.explain import flow as explain_flow
from leancost.explain.explanation import Explanation
from leancost.tables.declaration import outputs, tables
from leancost.views import kept

NAMED = ("parameters", "items", "cost_groups", "cost_categories", "costing_sheet", "production_flows")
"""Setup tables that give the figures their names and types."""


@dataclass(frozen=True)
class PeriodResult:
    """A period's runs, in order, each with its output tables; figures are Decimals.

    A period has several runs where a new standard divided it, or where several closed periods are
    read at once. `tables` joins them: rows of every run, with `run_end` in front.
    """

    start: date | None
    end: date
    state: str
    """`closed` (shown from its stored runs) or `preview`."""
    summaries: tuple[dict[str, object], ...]
    tables: dict[str, pandas.DataFrame]
    setup: dict[str, pandas.DataFrame]
    production_flows: tuple[str, ...]
    source: Path
    """The book, folder or workbook the figures were read from."""

    @property
    def currency(self) -> str:
        """ISO 4217 code of the company's currency."""
        return self.parameter("currency", "EUR")

    @property
    def digits(self) -> int:
        """Decimals of the currency."""
        return workspace.digits_of(self.currency)

    @property
    def legal_entity(self) -> str:
        """The company."""
        return self.parameter("legal_entity", "")

    def parameter(self, name: str, otherwise: str) -> str:
        """A company-wide setting."""
        rows = self.setup["parameters"].set_index("parameter")["value"]
        return str(rows.get(name, otherwise))

    @property
    def run_ends(self) -> tuple[date, ...]:
        """End of every run, in order; the last one ends the period."""
        return tuple(date.fromisoformat(str(summary["end"])) for summary in self.summaries)

    def explain(self, *, flow: str, cost_group: str = "", resource: str = "") -> Explanation:
        """Where the figures of a flow, a cost group or a resource come from, down to the source rows.

        The source is read again; raises LeancostError as `flow.explain` does.
        """
        return explain_flow.explain(
            self.source, end=self.end, start=self.start, flow=flow, cost_group=cost_group, resource=resource,
            preview=self.state == "preview",
        )  # fmt: skip

    def last(self, name: str) -> pandas.DataFrame:
        """A table as the period's last run leaves it: what is still there at the end."""
        frame = self.tables[name]
        return frame[frame["run_end"] == self.end].drop(columns="run_end").reset_index(drop=True)


def read_period(
    source: Path, *, end: date, start: date | None = None, production_flows: Sequence[str] = (), preview: bool = False
) -> PeriodResult:
    """The period up to `end` of a book, folder or workbook, for all flows or those named.

    A closed period of a book is read from its stored runs (unless `preview` is asked of an open
    one); any other is computed and nothing is written. Raises LeancostError where the dates do
    not fit what is closed, a flow does not exist, or the run is refused.
    Source: contract 5 (report: a closed period is shown from its stored run).
    """
    with kept.found("period", source, (start, end)) as connection:
        if connection and not preview:
            return kept_period(connection, source, end, production_flows)
    with sources.opened(source) as connection, kept.place_for(connection):
        known_flows(connection, "main", production_flows)
        keep_names(connection, end)
        keep_period(connection, source, end=end, start=start, preview=preview)
        return kept_period(connection, source, end, production_flows)


def keep_names(connection: Connection, end: date) -> None:
    """Keeps the set-up that names the figures, as it was opened, and the standards of the last day."""
    for name in NAMED:
        kept.keep_table(connection, tables()[name], "names")
    workspace.determine(connection, "facts/accounts", "facts/standard_price_periods")
    kept.keep(
        connection,
        "names.accounts",
        "SELECT DISTINCT production_flow, main_account FROM accounts WHERE posting_type IN ('wip', 'wip_estimated')"
        " ORDER BY ALL",
    )
    kept.keep(
        connection,
        "names.standard_prices",
        "SELECT f.production_flow, p.item, p.unit_cost FROM production_flows f JOIN standard_price_periods p"
        f" ON p.site = f.site AND DATE '{end.isoformat()}' BETWEEN p.valid_from AND p.valid_to ORDER BY ALL",
    )


def keep_period(
    connection: Connection, source: Path, *, end: date, start: date | None = None, preview: bool = False
) -> None:
    """Determines the period of an opened source and keeps it; the source cannot be used for another period then.

    Raises LeancostError as `read_period` does.
    """
    told: list[tuple[str, str]] = []
    for run in runs_of_period(connection, source, end=end, start=start, preview=preview):
        _keep_run(connection, len(told))
        told.append((run.state, json.dumps(run.summary)))
    kept.keep_rows(connection, "period.runs", "state VARCHAR, summary VARCHAR", told)
    kept.is_answer(connection, "period", source, (start, end))


def kept_period(connection: Connection, source: Path, end: date, production_flows: Sequence[str]) -> PeriodResult:
    """The period that is kept, for all flows or those named."""
    flows = known_flows(connection, "kept.names", production_flows)
    setup = {name: kept.frame(connection, f"names.{name}") for name in (*NAMED, "accounts", "standard_prices")}
    stored = kept.rows(connection, "period.runs")
    summaries = [json.loads(str(summary)) for _, summary in stored]
    names = [table.name for table in outputs()] + ["kept_conversion"]
    figures = {name: pandas.concat([_of_run(connection, place, name, summary) for place, summary in
                                    enumerate(summaries)], ignore_index=True) for name in names}  # fmt: skip
    first_day = summaries[0]["start"]
    return PeriodResult(
        start=date.fromisoformat(str(first_day)) if first_day else None,
        end=end,
        state=str(stored[0][0]),
        summaries=tuple(summaries),
        tables={name: _of_flows(frame, flows) for name, frame in figures.items()},
        setup=setup,
        production_flows=flows,
        source=source,
    )


def known_flows(connection: Connection, schema: str, named: Sequence[str]) -> tuple[str, ...]:
    query = f"SELECT production_flow FROM {schema}.production_flows ORDER BY 1"
    known = [flow for (flow,) in connection.execute(query).fetchall()]
    unknown = [flow for flow in named if flow not in known]
    if unknown:
        raise LeancostError(
            f"Production flow {', '.join(unknown)} does not exist. Known: {', '.join(known) or 'none'}."
        )
    return tuple(flow for flow in known if flow in named or not named)


def _keep_run(connection: Connection, place: int) -> None:
    """The output tables of the run in the workspace, and what it keeps of conversion."""
    for table in outputs():
        kept.keep_table(connection, table, f"run_{place}")
    columns = "production_flow, resource_type, resource, cost_group, quantity, amount"
    kept.keep(connection, f"run_{place}.kept_conversion", f"SELECT {columns} FROM kept_conversion ORDER BY ALL")


def _of_run(connection: Connection, place: int, name: str, summary: dict[str, object]) -> pandas.DataFrame:
    frame = kept.frame(connection, f"run_{place}.{name}")
    frame.insert(0, "run_end", date.fromisoformat(str(summary["end"])))
    return frame


def _of_flows(frame: pandas.DataFrame, flows: Sequence[str]) -> pandas.DataFrame:
    if "production_flow" not in frame.columns:
        return frame
    of_flow = frame["production_flow"].isin(flows) | frame["production_flow"].isna()  # a warning may be of the book
    return frame[of_flow].reset_index(drop=True)
