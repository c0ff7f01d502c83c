"""Closing a period of a book, a folder or a workbook: run, write the outputs, store the runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leancost.book import earlier_rows, runs, seals, storage
from leancost.book.run_files import summarise, write_run
from leancost.book.runs import StoredRun
from leancost.book.sources import opened, prepare, read_revision, require_open
from leancost.costing import workspace
from leancost.costing.backflush import Run
from leancost.costing.period_runs import run_period, tell_far_events
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.tables.declaration import outputs
from leancost.tables.output_folder import written_whole
from leancost.tables.source_rows import RowNumbers

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class PeriodClose:
    """A closed or previewed period: its runs, the summary of `run.json`, and its tables on request."""

    runs: tuple[Run, ...]
    summary: dict[str, object]
    tables: "dict[str, pandas.DataFrame]"
    was_closed: bool = False
    """Whether the book had closed the period before, and nothing was added since: nothing was stored."""


def close_period(
    source: Path, *, end: date, start: date | None = None, preview: bool = False, out: Path | None = None,
    frames: bool = True, today: date | None = None,
) -> PeriodClose:  # fmt: skip
    """Runs backflush costing for every flow up to `end`, all or nothing.

    A DuckDB book stores the runs unless `preview`; a folder or a workbook is always a preview.
    A book is closed for days before `today` only; a preview may look ahead. Closing the last
    period again with nothing new gives its stored figures. With `out` the output tables are
    written there, whole or not at all; with `frames` they come back as DataFrames of Decimal.
    Raises LeancostError where data or state forbid it. Source: contract 5 (close), 6; domain 5
    #19 to #24.
    """
    if storage.is_book(source) and not preview:
        _require_over(end, today)
        return storage.until_unchanged(source, lambda: _close(source, end, start, out, stores=True, frames=frames))
    return _close(source, end, start, out, stores=False, frames=frames)


def _close(
    source: Path, end: date, start: date | None, out: Path | None, *, stores: bool, frames: bool
) -> PeriodClose:  # fmt: skip
    with opened(source) as connection, written_whole(out) as folder:
        last = runs.last_standing(connection)
        if stores and last and end == last.end:
            return _closed_already(connection, source, last, start, folder, frames=frames)
        number, last_end = prepare(connection, RowNumbers(source), end=end, start=start)
        done: list[Run] = []
        summaries: list[dict[str, object]] = []
        hashes: list[list[seals.Hash]] = []
        tables: dict[str, pandas.DataFrame] = {}
        for run in run_period(connection, end=end, start=start, last_end=last_end):
            if run.purpose == "period":
                tell_far_events(connection)
            done.append(run)
            summaries.append(summarise(connection, run, str(number + len(done)) if stores else "preview"))
            if folder and run.purpose != "before":
                write_run(connection, folder, summaries[-1], run.purpose)
            if stores:
                hashes.append([*seals.form(), *_seen(summaries[-1]), *seals.output_hashes(connection, "main")])
            if stores and run.purpose != "period":
                workspace.keep_run(connection, f"run_{len(done)}")
            if frames and run.purpose == "period":
                tables = _frames(connection)
        if stores:
            with storage.attached_to(connection, source, write=True):
                storage.require_revision(connection, read_revision(connection))
                with storage.transaction(connection, source):
                    for place, facts in enumerate(_facts(done, summaries, number, start)):
                        schema = "main" if facts.purpose == "period" else f"run_{place + 1}"
                        runs.store_run(connection, facts, hashes[place], schema)
        return PeriodClose(tuple(done), summaries[-1], tables)


def _facts(
    done: Sequence[Run], summaries: Sequence[dict[str, object]], number: int, start: date | None
) -> list[StoredRun]:
    """The runs as they are stored; what is run before `start` is a period of its own."""
    facts = []
    for place, (run, summary) in enumerate(zip(done, summaries, strict=True), start=1):
        ends_before = sum(start is not None and other.end < start for other in done)
        last = ends_before if place <= ends_before else len(done)
        text = json.dumps(summary)
        facts.append(
            StoredRun(number + place, run.start, run.end, run.purpose, text, number + last, reverses=None, seal="")
        )
    return facts


def _closed_already(
    connection: Connection, source: Path, last: StoredRun, start: date | None, folder: Path | None, *, frames: bool
) -> PeriodClose:
    """The stored figures of the last period, where nothing was added since it was closed; else a refusal."""
    chosen = [run for run in runs.standing(runs.all_runs(connection)) if run.period_run == last.run]
    if start is not None and start != chosen[0].start:
        require_open(last.end, start, last.end)
    tables: dict[str, pandas.DataFrame] = {}
    with storage.attached_to(connection, source):
        if new := earlier_rows.changed_since(connection, last.run, last.end):
            raise LeancostError(
                f"{last.end} is closed (run {last.run}), and since then {', '.join(new)} changed: what is new belongs"
                " to the open period. Close a later date, or take the run back first: leancost reverse."
            )
        for run in chosen:
            runs.load_outputs(connection, run)
            if folder:
                write_run(connection, folder, json.loads(run.summary), run.purpose)
            if frames and run.run == last.run:
                tables = _frames(connection)
    done = tuple(Run(run.start, run.end, run.purpose) for run in chosen)
    return PeriodClose(done, json.loads(last.summary), tables, was_closed=True)


def _frames(connection: Connection) -> "dict[str, pandas.DataFrame]":
    return {table.name: workspace.frame(connection, table) for table in outputs()}


def _seen(summary: dict[str, object]) -> list[seals.Hash]:
    inputs = summary["inputs"]
    assert isinstance(inputs, dict)
    return [("input", name, digest) for name, digest in inputs.items()]


def _require_over(end: date, today: date | None) -> None:
    if today is None:
        raise ValueError("a book is closed on a day: give today")
    if end >= today:
        raise LeancostError(
            f"{end} is not over: on {today} a book can be closed up to {today - timedelta(days=1)}."
            " Give an earlier --end, or look ahead with --preview."
        )
