"""A period's figures as people read them: from the stored runs of a closed period, else as a preview."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas

from leancost.book import run_files, runs, sources, storage
from leancost.book.runs import StoredRun
from leancost.costing import period_runs, workspace
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.explain import flow as explain_flow
from leancost.explain.explanation import Explanation
from leancost.lab import parameters
from leancost.tables.declaration import outputs, tables
from leancost.tables.source_rows import RowNumbers

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
    with sources.opened(source) as connection:
        flows = _known_flows(connection, production_flows)
        setup = {name: workspace.frame(connection, tables()[name]) for name in NAMED}
        setup |= {"accounts": _wip_accounts(connection), "standard_prices": _standard_prices(connection, end)}
        stored = [] if preview else sources.stored_runs(connection, start, end)
        if stored:
            summaries = [json.loads(run.summary) for run in stored]
            with storage.attached_to(connection, source):
                frames = [_stored_frames(connection, run) for run in stored]
        else:
            _, last_end = sources.prepare(connection, RowNumbers(source), end=end, start=start)
            summaries, frames = [], []
            for run in period_runs.run_period(connection, end=end, start=start, last_end=last_end):
                if run.purpose == "period":
                    period_runs.tell_far_events(connection)
                if run.purpose != "before":
                    summaries.append(run_files.summarise(connection, run, "preview"))
                    frames.append(_run_frames(connection, run.end))
    joined = {name: pandas.concat([frame[name] for frame in frames], ignore_index=True) for name in frames[0]}
    kept = {name: _of_flows(frame, flows) for name, frame in joined.items()}
    first_day = summaries[0]["start"]
    return PeriodResult(
        start=date.fromisoformat(str(first_day)) if first_day else None,
        end=end,
        state="closed" if stored else "preview",
        summaries=tuple(summaries),
        tables=kept,
        setup=setup,
        production_flows=flows,
        source=source,
    )


def period_of(
    *, book: object, period_start: object, period_end: object, production_flows: object = "", language: object = "en"
) -> PeriodResult:
    """The period that a notebook's parameters ask for: dates as 2026-01-31, flows with commas, empty = all.

    Parameters come as papermill gives them, which makes numbers of texts; see `lab/parameters.py`.
    Raises LeancostError where a value cannot be read, and as `read_period` does.
    """
    parameters.require_language(language)
    return read_period(
        parameters.book_of(book),
        start=parameters.optional_day_of("period_start", period_start),
        end=parameters.day_of("period_end", period_end),
        production_flows=parameters.names_of("production_flows", production_flows),
    )


def _wip_accounts(connection: Connection) -> pandas.DataFrame:
    """The main accounts of WIP per flow, by which the ledger is held against WIP."""
    workspace.run_rule(connection, "facts/accounts")
    return _read(
        connection,
        "SELECT DISTINCT production_flow, main_account FROM accounts WHERE posting_type IN ('wip', 'wip_estimated')",
    )


def _standard_prices(connection: Connection, end: date) -> pandas.DataFrame:
    """The standard cost of every item at every flow's site on the last day."""
    workspace.run_rule(connection, "facts/standard_price_periods")
    return _read(
        connection,
        "SELECT f.production_flow, p.item, p.unit_cost FROM production_flows f JOIN standard_price_periods p"
        f" ON p.site = f.site AND DATE '{end.isoformat()}' BETWEEN p.valid_from AND p.valid_to",
    )


def _read(connection: Connection, query: str) -> pandas.DataFrame:
    found = connection.execute(f"{query} ORDER BY ALL")
    names = [column[0] for column in found.description or ()]
    return pandas.DataFrame(found.fetchall(), columns=names, dtype=object)


def _known_flows(connection: Connection, named: Sequence[str]) -> tuple[str, ...]:
    known = [
        flow for (flow,) in connection.execute("SELECT production_flow FROM production_flows ORDER BY 1").fetchall()
    ]
    unknown = [flow for flow in named if flow not in known]
    if unknown:
        raise LeancostError(
            f"Production flow {', '.join(unknown)} does not exist. Known: {', '.join(known) or 'none'}."
        )
    return tuple(flow for flow in known if flow in named or not named)


def _stored_frames(connection: Connection, run: StoredRun) -> dict[str, pandas.DataFrame]:
    """The output tables of a stored run, read into the workspace first."""
    runs.load_outputs(connection, run)
    return _run_frames(connection, run.end)


def _run_frames(connection: Connection, run_end: date) -> dict[str, pandas.DataFrame]:
    frames = {table.name: workspace.frame(connection, table) for table in outputs()}
    kept = "production_flow, resource_type, resource, cost_group, quantity, amount"
    frames["kept_conversion"] = _read(connection, f"SELECT {kept} FROM kept_conversion")
    for frame in frames.values():
        frame.insert(0, "run_end", run_end)
    return frames


def _of_flows(frame: pandas.DataFrame, flows: Sequence[str]) -> pandas.DataFrame:
    if "production_flow" not in frame.columns:
        return frame
    of_flow = frame["production_flow"].isin(flows) | frame["production_flow"].isna()  # a warning may be of the book
    return frame[of_flow].reset_index(drop=True)
