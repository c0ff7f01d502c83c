"""Closing a period of a book, a folder or a workbook: run, write the outputs, store the runs."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from leancost import __version__, backflush, book, checks, exchange
from leancost.backflush import Run
from leancost.book import Connection
from leancost.errors import LeancostError, refuse
from leancost.tables import outputs

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


@dataclass(frozen=True)
class PeriodClose:
    """A closed or previewed period: its runs, the summary of `run.json`, and its tables on request."""

    runs: tuple[Run, ...]
    summary: dict[str, object]
    tables: "dict[str, pandas.DataFrame]"


def close_period(
    source: Path, *, end: date, start: date | None = None, preview: bool = False, out: Path | None = None,
    frames: bool = True,
) -> PeriodClose:  # fmt: skip
    """Runs backflush costing for every flow up to `end`, all or nothing.

    A DuckDB book stores the runs unless `preview`; a folder or a workbook is always a preview.
    With `out` the output tables are written there, whole or not at all; with `frames` they come
    back as DataFrames of Decimal. Raises LeancostError where data or state forbid it.
    Source: contract 5 (close), 6.
    """
    stores = source.suffix == ".duckdb" and not preview
    with opened(source, write=stores) as connection, written_whole(out) as folder:
        number, last_end = prepare(connection, source, end=end, start=start)
        runs: list[Run] = []
        summaries: list[dict[str, object]] = []
        tables: dict[str, pandas.DataFrame] = {}
        for run in backflush.close(connection, end=end, start=start, last_end=last_end):
            runs.append(run)
            identity = str(number + len(runs)) if stores else "preview"
            summaries.append(summarise(connection, run, identity))
            if folder and run.purpose != "before":
                _write(connection, folder if run.purpose == "period" else folder / str(run.end), summaries[-1])
            if stores and run.purpose != "period":
                book.keep_run(connection, f"run_{len(runs)}")
            if frames and run.purpose == "period":
                tables = {table.name: book.frame(connection, table) for table in outputs()}
        if stores:
            connection.execute("BEGIN")
            for place, (run, summary) in enumerate(zip(runs, summaries, strict=True), start=1):
                facts = (run.start, run.end, run.purpose, json.dumps(summary))
                schema = "main" if run.purpose == "period" else f"run_{place}"
                book.store_run(connection, number + place, facts, schema)
            connection.execute("COMMIT")
        return PeriodClose(tuple(runs), summaries[-1], tables)


def prepare(connection: Connection, source: Path, *, end: date, start: date | None) -> tuple[int, date | None]:
    """Makes an opened source ready for its next run; number and end of the last stored run (0, None).

    Raises LeancostError where the dates are closed or the checklist forbids a run.
    """
    last = book.last_run(connection) if source.suffix == ".duckdb" else None
    number, last_end = last or (0, None)
    _require_open(end, start, last_end)
    if last:
        book.bring_forward(connection, number)
    book.fill_defaults(connection)
    refuse(checks.blocking(connection))
    return number, last_end


def stored_runs(connection: Connection, start: date | None, end: date) -> list[tuple[int, date, str]]:
    """The closed runs that make up the period; empty where `end` is still open.

    Without `start` the last period and the runs that divided it; else every run from `start` on.
    """
    rows = connection.execute(
        "SELECT run, start_date, end_date, purpose, summary FROM book.runs ORDER BY run"
    ).fetchall()
    if not rows or rows[-1][2] < end:
        return []
    earlier = [row for row in rows if row[2] <= end]
    if not earlier or earlier[-1][2] != end:
        ends = ", ".join(str(row[2]) for row in rows if row[3] != "eve")
        raise LeancostError(f"No closed period ends on {end}. Closed ones end on {ends}.")
    chosen = [earlier.pop()]
    while earlier and (earlier[-1][3] == "eve" if start is None else chosen[0][1] > start):
        chosen.insert(0, earlier.pop())
    if start is not None and chosen[0][1] != start:
        begins = ", ".join(str(row[1] or "the beginning") for row in rows)
        raise LeancostError(f"No closed period begins on {start}. Closed ones begin on {begins}.")
    return [(run, run_end, summary) for run, _, run_end, _, summary in chosen]


@contextmanager
def opened(source: Path, *, write: bool = False) -> Iterator[Connection]:
    """A workspace with the source's input tables, checked: errors of the checklist refuse."""
    if source.suffix == ".duckdb":
        with book.attached(source, write=write) as connection:
            book.copy_inputs(connection)
            yield connection
    else:
        with book.workspace() as connection:
            exchange.load(source, connection)
            yield connection


@contextmanager
def written_whole(target: Path | None) -> Iterator[Path | None]:
    """A folder to write into that becomes `target` when all went well and vanishes otherwise.

    Raises LeancostError where the target holds anything but an earlier output of leancost.
    """
    if target is None:
        yield None
        return
    if target.exists() and any(target.iterdir()) and not _is_output(target):
        raise LeancostError(f"{target} is not empty and no earlier output of leancost. Name another folder.")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        os.replace(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _is_output(folder: Path) -> bool:
    manifest = folder / "manifest.json"
    is_report = manifest.is_file() and '"leancost_version"' in manifest.read_text(encoding="utf-8")
    return is_report or (folder / "run.json").exists() or (folder / "standard_costs.csv").exists()


def _require_open(end: date, start: date | None, last_end: date | None) -> None:
    if start is not None and start > end:
        raise LeancostError(f"The period starts on {start}, after its end {end}. Give --start on or before --end.")
    if last_end is None:
        return
    if end <= last_end:
        raise LeancostError(f"{end} is closed: the last run ends on {last_end}. Close a later date, or reverse it.")
    if start is not None and start <= last_end:
        raise LeancostError(
            f"{start} is closed: the last run ends on {last_end}. Start on {last_end + timedelta(days=1)} or later."
        )


def summarise(connection: Connection, run: Run, identity: str) -> dict[str, object]:
    """What `run.json` says of a run."""
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
        "inputs": book.input_hashes(connection, run.end),
        "control_totals": {name: _figure(total, digits) for name, total in zip(TOTAL_NAMES, row, strict=True)},
    }


def _figure(total: Decimal | int, digits: int) -> str:
    return str(round(total, digits)) if isinstance(total, Decimal) else str(total)


def _write(connection: Connection, folder: Path, summary: dict[str, object]) -> None:
    folder.mkdir(exist_ok=True)
    digits = book.currency_digits(connection)
    for table in outputs():
        exchange.write_csv(connection, table.name, folder / f"{table.name}.csv", digits)
    text = json.dumps(summary, indent=2, ensure_ascii=False)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")
