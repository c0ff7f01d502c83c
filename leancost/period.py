"""Closing a period of a book, a folder or a workbook: run, write the outputs, store the runs."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from leancost import __version__, backflush, book, checks, earlier_rows, exchange, runs, seals, storage
from leancost.backflush import Run
from leancost.book import Connection
from leancost.errors import LeancostError, refuse
from leancost.migration import OWN
from leancost.output_folder import written_whole
from leancost.runs import StoredRun
from leancost.source_rows import RowNumbers
from leancost.tables import outputs
from leancost.visibility import hide_what_is_later

if TYPE_CHECKING:
    import pandas

CONTROL_TOTALS = (
    "SELECT COALESCE(sum(opening), 0), COALESCE(sum(inputs), 0), COALESCE(sum(outputs), 0),"
    " COALESCE(sum(revaluation), 0), COALESCE(sum(before), 0), COALESCE(sum(variance), 0), COALESCE(sum(after), 0),"
    " (SELECT count(*) FROM wip_transactions), (SELECT COALESCE(sum(debit), 0) FROM ledger_movements),"
    " (SELECT COALESCE(sum(credit), 0) FROM ledger_movements) FROM wip_balances"
)
TOTAL_NAMES = (
    "opening", "inputs", "outputs", "revaluation", "before", "variance", "after",
    "wip_transactions", "journal_debit", "journal_credit",
)  # fmt: skip

EMPTY_RUNS = (
    "CREATE TABLE runs (run INTEGER, start_date DATE, end_date DATE, purpose VARCHAR, summary VARCHAR,"
    " period_run INTEGER, reverses INTEGER, seal VARCHAR)"
)


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
                book.keep_run(connection, f"run_{len(done)}")
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
        _require_open(last.end, start, last.end)
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
    return {table.name: book.frame(connection, table) for table in outputs()}


def _seen(summary: dict[str, object]) -> list[seals.Hash]:
    inputs = summary["inputs"]
    assert isinstance(inputs, dict)
    return [("input", name, digest) for name, digest in inputs.items()]


def prepare(connection: Connection, numbers: RowNumbers, *, end: date, start: date | None) -> tuple[int, date | None]:
    """Makes an opened source ready for its next run; number of the last run and end of the last period (0, None).

    What a run up to `end` cannot see is hidden: close, hash and `verify` read the same rows. Raises
    LeancostError where the dates are closed or the checklist forbids a run.
    """
    stored = runs.all_runs(connection)
    last = runs.last_standing(connection)
    _require_open(end, start, last.end if last else None)
    require_complete(connection, numbers)
    if last is None:
        backflush.first_day_after(backflush.first_go_live(connection), start=start, end=end)
    keep_far_events(connection)
    hide_what_is_later(connection, end)
    return (stored[-1].run if stored else 0), (last.end if last else None)


def keep_far_events(connection: Connection) -> None:
    """Notes the events that no run will ever read: what is later than the end is hidden from the run itself."""
    book.determine(connection, "units/unread_events")
    connection.execute("CREATE OR REPLACE TABLE far_events AS SELECT * FROM unread_events WHERE reason = 'future'")


def tell_far_events(connection: Connection) -> None:
    """Adds them to the warnings of the period's run. Source: contract 6 (warnings); domain 5 #20."""
    connection.execute(
        "INSERT INTO warnings (code, production_flow, subject, message) SELECT 'W11', n.production_flow, n.table_name,"
        " n.told || ', more than a year after all others: no run will read them' FROM far_events n JOIN run u"
        " ON n.last_date > u.end_date"
    )


def run_period(
    connection: Connection, *, end: date, start: date | None = None, last_end: date | None = None
) -> Iterator[Run]:  # fmt: skip
    """The runs as `backflush.close` does them; the last of a period says in `warnings` what the checklist found.

    What is run before `start` is a period of its own. Source: contract 6 (warnings).
    """
    first: Run | None = None
    for run in backflush.close(connection, end=end, start=start, last_end=last_end):
        first = first or run
        if run.purpose == "period" or (start is not None and (start - run.end).days == 1):
            checks.add_warnings(connection, first.start, run.end)
            first = None
        yield run


def require_complete(connection: Connection, numbers: RowNumbers | None = None) -> None:
    """Fills defaults; raises LeancostError, with rows, where the checklist forbids a run."""
    book.fill_defaults(connection)
    refuse(checks.blocking(connection, numbers))


def stored_runs(connection: Connection, start: date | None, end: date) -> list[StoredRun]:
    """The closed runs that make up the period; empty where `end` is still open.

    Without `start` the last period and the runs that divided it; else every run from `start` on.
    """
    stored = runs.standing(runs.all_runs(connection))
    if not stored or stored[-1].end < end:
        return []
    earlier = [run for run in stored if run.end <= end]
    if not earlier or earlier[-1].end != end:
        ends = ", ".join(str(run.end) for run in stored if run.purpose != "eve")
        raise LeancostError(f"No closed period ends on {end}. Closed ones end on {ends}.")
    chosen = [earlier.pop()]
    while earlier and (earlier[-1].purpose == "eve" if start is None else _begins_after(chosen[0], start)):
        chosen.insert(0, earlier.pop())
    if start is not None and chosen[0].start != start:
        begins = ", ".join(str(run.start or "the beginning") for run in stored)
        raise LeancostError(f"No closed period begins on {start}. Closed ones begin on {begins}.")
    return chosen


def _begins_after(run: StoredRun, start: date) -> bool:
    return run.start is not None and run.start > start


@contextmanager
def opened(source: Path) -> Iterator[Connection]:
    """A workspace with the source's input tables and, of a book, what its runs say and hand on.

    A book is let go before anything is computed. Raises LeancostError where it cannot be read.
    """
    with book.workspace() as connection:
        connection.execute(EMPTY_RUNS)
        connection.execute(f"CREATE TABLE calculations ({OWN['calculations']})")
        if storage.is_book(source):
            with storage.attached_to(connection, source):
                storage.copy_inputs(connection)
                runs.copy_facts(connection)
                connection.execute("INSERT INTO calculations FROM book.calculations")
                connection.execute(f"CREATE TABLE revision AS SELECT {storage.revision(connection)} AS revision")
        else:
            exchange.load(source, connection)
        yield connection


def read_revision(connection: Connection) -> int:
    """How often the book had been written when it was opened."""
    row = connection.execute("SELECT revision FROM revision").fetchone()
    return int(row[0]) if row else 0


def _require_over(end: date, today: date | None) -> None:
    if today is None:
        raise ValueError("a book is closed on a day: give today")
    if end >= today:
        raise LeancostError(
            f"{end} is not over: on {today} a book can be closed up to {today - timedelta(days=1)}."
            " Give an earlier --end, or look ahead with --preview."
        )


def _require_open(end: date, start: date | None, last_end: date | None) -> None:
    if start is not None and start > end:
        raise LeancostError(f"The period starts on {start}, after its end {end}. Give --start on or before --end.")
    if last_end is None:
        return
    if end <= last_end:
        raise LeancostError(
            f"{end} is closed: the last run ends on {last_end}. Close a later date, or take the last run back:"
            " leancost reverse."
        )
    if start is not None and start <= last_end:
        raise LeancostError(
            f"{start} is closed: the last run ends on {last_end}. Start on {last_end + timedelta(days=1)} or later."
        )


def summarise(
    connection: Connection, run: Run, identity: str, inputs: dict[str, str] | None = None
) -> dict[str, object]:  # fmt: skip
    """What `run.json` says of a run; the hashes of its inputs are those of the workspace, or those given."""
    row = connection.execute(CONTROL_TOTALS).fetchone() or ()
    digits = book.currency_digits(connection)
    entity = connection.execute("SELECT value FROM parameters WHERE parameter = 'legal_entity'").fetchone()
    return {
        "run": identity,
        "legal_entity": entity[0] if entity else "",
        "start": str(run.start) if run.start else None,
        "end": str(run.end),
        "state": "preview" if identity == "preview" else "closed",
        "leancost_version": __version__,
        "inputs": seals.input_hashes(connection, run.end) if inputs is None else inputs,
        "control_totals": {name: _figure(total, digits) for name, total in zip(TOTAL_NAMES, row, strict=True)},
    }


def _figure(total: Decimal | int, digits: int) -> str:
    return str(round(total, digits)) if isinstance(total, Decimal) else str(total)


def write_run(connection: Connection, out: Path, summary: dict[str, object], purpose: str) -> None:
    """A run's tables: an eve's stand in a folder of its date."""
    folder = out / str(summary["end"]) if purpose == "eve" else out
    folder.mkdir(exist_ok=True)
    digits = book.currency_digits(connection)
    for table in outputs():
        exchange.write_csv(connection, table.name, folder / f"{table.name}.csv", digits)
    text = json.dumps(summary, indent=2, ensure_ascii=False)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")
