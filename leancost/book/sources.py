"""A book, a folder or a workbook opened: its tables, what its runs say and hand on, ready for the next run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from leancost.book import folders, runs, storage
from leancost.book.migration import OWN
from leancost.book.runs import StoredRun
from leancost.costing import backflush, checks, go_live, workspace
from leancost.costing.period_runs import keep_far_events
from leancost.costing.visibility import hide_what_is_later
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError, refuse
from leancost.tables.source_rows import RowNumbers


@contextmanager
def opened(source: Path) -> Iterator[Connection]:
    """A workspace with the source's input tables and, of a book, what its runs say and hand on.

    A book is let go before anything is computed. Raises LeancostError where it cannot be read.
    """
    with workspace.workspace() as connection:
        connection.execute(EMPTY_RUNS)
        connection.execute(f"CREATE TABLE calculations ({OWN['calculations']})")
        if storage.is_book(source):
            with storage.attached_to(connection, source):
                storage.copy_inputs(connection)
                runs.copy_facts(connection)
                connection.execute("INSERT INTO calculations FROM book.calculations")
                connection.execute(f"CREATE TABLE revision AS SELECT {storage.revision(connection)} AS revision")
        else:
            folders.load(source, connection)
        yield connection


EMPTY_RUNS = (
    "CREATE TABLE runs (run INTEGER, start_date DATE, end_date DATE, purpose VARCHAR, summary VARCHAR,"
    " period_run INTEGER, reverses INTEGER, seal VARCHAR)"
)


def read_revision(connection: Connection) -> int:
    """How often the book had been written when it was opened."""
    row = connection.execute("SELECT revision FROM revision").fetchone()
    return int(row[0]) if row else 0


def prepare(connection: Connection, numbers: RowNumbers, *, end: date, start: date | None) -> tuple[int, date | None]:
    """Makes an opened source ready for its next run; number of the last run and end of the last period (0, None).

    What a run up to `end` cannot see is hidden: close, hash and `verify` read the same rows. Raises
    LeancostError where the dates are closed or the checklist forbids a run.
    """
    stored = runs.all_runs(connection)
    last = runs.last_standing(connection)
    require_open(end, start, last.end if last else None)
    require_complete(connection, numbers)
    if last is None:
        backflush.first_day_after(go_live.first_go_live(connection), start=start, end=end)
    keep_far_events(connection)
    hide_what_is_later(connection, end)
    return (stored[-1].run if stored else 0), (last.end if last else None)


def require_complete(connection: Connection, numbers: RowNumbers | None = None) -> None:
    """Fills defaults; raises LeancostError, with rows, where the checklist forbids a run."""
    workspace.fill_defaults(connection)
    refuse(checks.blocking(connection, numbers))


def require_open(end: date, start: date | None, last_end: date | None) -> None:
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
