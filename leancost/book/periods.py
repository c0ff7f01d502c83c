"""The runs of a period, stored or as they would come about: one after the other, each with its tables."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from leancost.book import run_files, runs, sources, storage
from leancost.costing import period_runs
from leancost.costing.workspace import Connection
from leancost.tables.source_rows import RowNumbers


@dataclass(frozen=True)
class PeriodRun:
    """A run of a period: its first day (None: since the beginning), its last day, and what `run.json` says of it."""

    start: date | None
    end: date
    state: str
    """`closed` or `preview`."""
    summary: dict[str, object]


def runs_of_period(
    connection: Connection, source: Path, *, end: date, start: date | None = None, preview: bool = False
) -> Generator[PeriodRun]:
    """The runs of the period up to `end` of an opened source; the workspace holds the output tables of each in turn.

    A closed period of a book is read as its runs stored it; any other is run, unless the checklist forbids it, and
    nothing is stored: what is run before `start` is passed over. Raises LeancostError where the dates do not fit what
    is closed, a stored run is no longer what it was, or a run is refused.
    Source: contract 5 (report: a closed period is shown from its stored run).
    """
    stored = [] if preview else sources.stored_runs(connection, start, end)
    if stored:
        with storage.attached_to(connection, source):
            for facts in stored:
                runs.load_outputs(connection, facts)
                yield PeriodRun(facts.start, facts.end, "closed", json.loads(facts.summary))
        return
    _, last_end = sources.prepare(connection, RowNumbers(source), end=end, start=start)
    for run in period_runs.run_period(connection, end=end, start=start, last_end=last_end):
        if run.purpose == "period":
            period_runs.tell_far_events(connection)
        if run.purpose != "before":
            yield PeriodRun(run.start, run.end, "preview", run_files.summarise(connection, run, "preview"))
