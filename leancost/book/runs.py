"""The runs a book keeps: which of them stand, what they hand on, how one is stored. Nothing stored is ever edited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from leancost.book import seals
from leancost.book.migrations import sealed_by_2
from leancost.book.seals import Columns
from leancost.costing.workspace import CARRIED, Connection
from leancost.errors import RESTORE, Finding, LeancostError, refuse
from leancost.tables.declaration import outputs


@dataclass(frozen=True)
class StoredRun:
    """One stored run; `period_run` is the run that ends its period (an eve's differs from its own)."""

    run: int
    start: date | None
    end: date
    purpose: str
    """`period`, `eve`, `before` or `reversal`."""
    summary: str
    period_run: int
    reverses: int | None
    """The period that a reversal takes back, by its `period_run`."""
    seal: str

    @property
    def facts(self) -> tuple[object, ...]:
        """What is sealed with the hashes."""
        return (self.run, self.start, self.end, self.purpose, self.summary, self.period_run, self.reverses)

    @property
    def name(self) -> str:
        """How a message calls it."""
        return "a run without number" if self.run is None else f"run {self.run}"


def all_runs(connection: Connection, schema: str = "main") -> list[StoredRun]:
    """Every run of the book in the order of storing, reversed ones and reversals too."""
    rows = connection.execute(
        "SELECT run, start_date, end_date, purpose, summary, period_run, reverses, seal"
        f" FROM {schema}.runs ORDER BY run"
    ).fetchall()
    return [StoredRun(*row) for row in rows]


def sealed_runs(connection: Connection) -> list[StoredRun]:
    """Every run of the attached book; raises LeancostError where one is not what was sealed."""
    stored = all_runs(connection, "book")
    refuse(list(unsealed(connection, stored)))
    return stored


def unsealed(connection: Connection, stored: Sequence[StoredRun]) -> Iterator[Finding]:
    """Runs are numbered without a gap, and every seal follows from the run before and the run's hashes."""
    numbers = [run.run for run in stored]
    if numbers != list(range(1, len(stored) + 1)):
        found = ", ".join("empty" if number is None else str(number) for number in numbers)
        yield altered("V01", "runs", f"are numbered {found}, not 1 to {len(stored)}")
    for run, previous in zip(stored, [None, *stored], strict=False):
        if not is_sealed(connection, run, previous):
            yield altered("V01", f"runs, {run.name}", "is not what was sealed when it was stored")
            continue
        columns = seals.sealed_columns(stored_hashes(connection, run))
        if unknown := seals.unknown(columns):
            problem = f"has {unknown[0]}, which this leancost does not know"
            yield Finding("V01", f"runs, {run.name}", None, "", problem, "Update leancost")
        if lacking := seals.lacking(columns):
            yield altered("V01", f"runs, {run.name}", f"does not say that it had {lacking[0]}, as every run has")


def is_sealed(connection: Connection, run: StoredRun, previous: StoredRun | None) -> bool:
    """Whether a run's seal follows from the seal of the run before, its facts and its hashes."""
    hashes = stored_hashes(connection, run)
    by = sealed_by_2 if seals.sealed_version(hashes) == sealed_by_2.VERSION else seals
    return bool(run.seal == by.seal(previous.seal if previous else "", run.facts, hashes))


def stored_hashes(connection: Connection, run: StoredRun) -> list[seals.Hash]:
    """What was sealed with a run of the attached book."""
    rows = connection.execute("SELECT kind, name, hash FROM book.run_hashes WHERE run = ?", [run.run]).fetchall()
    return [(kind or "", name or "", digest or "") for kind, name, digest in rows]


def stored_columns(connection: Connection, run: StoredRun) -> Columns:
    """The columns of every table that a run of the attached book read, wrote and handed on, as far as known."""
    return seals.known(seals.sealed_columns(stored_hashes(connection, run)))


def changed_outputs(connection: Connection, run: StoredRun, *, carried_only: bool = False) -> Iterator[Finding]:
    """The tables of the attached book that are no longer what a run stored in them.

    A run is held against the tables and columns that it had; what came since holds nothing of it.
    """
    hashes = stored_hashes(connection, run)
    columns = stored_columns(connection, run)
    sealed = {(kind, name): digest for kind, name, digest in hashes}
    if seals.sealed_version(hashes) == sealed_by_2.VERSION:
        now = sealed_by_2.output_hashes(connection, run.run, carried_only=carried_only)
    else:
        now = seals.output_hashes(connection, "book", f"run = {run.run}", carried_only=carried_only, columns=columns)
    changed = [(kind, name) for kind, name, digest in now if sealed.get((kind, name)) != digest]
    changed += [
        (kind, name)
        for (kind, name), cells in seals.added_since(columns, "carried" if carried_only else "output", "carried")
        if any_filled(connection, f"book.{stored_name(kind, name)} WHERE run = {run.run}", cells)
    ]
    for kind, name in dict.fromkeys(changed):
        yield altered("V02", f"{stored_name(kind, name)}, {run.name}", "is not what the run stored")


def any_filled(connection: Connection, rows: str, cells: Sequence[str]) -> bool:
    """Whether one of some columns holds anything in some rows."""
    filled = " OR ".join(f"{cell} IS NOT NULL" for cell in cells)
    return bool(connection.execute(f"SELECT 1 FROM (FROM {rows}) WHERE {filled} LIMIT 1").fetchone())


def require_as_stored(connection: Connection, run: StoredRun, *, carried_only: bool = False) -> None:
    """Raises LeancostError where the attached book no longer holds what a run stored: nothing is built on that."""
    refuse(list(changed_outputs(connection, run, carried_only=carried_only)))


def stored_name(kind: str, name: str) -> str:
    """The table of the book that holds what was hashed."""
    return f"carried_{name}" if kind == "carried" else name


def altered(code: str, place: str, problem: str) -> Finding:
    """A finding about something that is no longer what was stored."""
    return Finding(code, place, None, "", problem, RESTORE)


def standing(stored: Sequence[StoredRun], before: int | None = None) -> list[StoredRun]:
    """The runs that hold: neither reversals nor taken back by one; with `before`, as it was when that run began."""
    seen = [run for run in stored if before is None or run.run < before]
    reversed_ = {run.reverses for run in seen if run.reverses is not None}
    return [run for run in seen if run.reverses is None and run.period_run not in reversed_]


def seen_until(run: StoredRun, stored: Sequence[StoredRun]) -> date:
    """The last day of the close that made a run: an eve's, and what ran before the period, read the same rows."""
    later = [other for other in stored if other.run >= run.run]
    if run.purpose == "before":
        return next((other.end for other in later if other.purpose == "period"), run.end)
    return next((other.end for other in later if other.run == run.period_run), run.end)


def state_of(run: StoredRun, stored: Sequence[StoredRun]) -> str:
    """`closed`, `taken back by run N` or `takes back run N`, as the runs of the book say."""
    if run.reverses is not None:
        return f"takes back run {run.reverses}"
    taken_back_by = [other.run for other in stored if other.reverses == run.period_run]
    return f"taken back by run {taken_back_by[0]}" if taken_back_by else "closed"


def run_of(stored: Sequence[StoredRun], number: int, source: Path) -> StoredRun:
    """The run of that number; raises LeancostError where there is none."""
    for run in stored:
        if run.run == number:
            return run
    known = ", ".join(str(run.run) for run in stored) or "none"
    raise LeancostError(f"{source} has no run {number}. Runs: {known}.")


def last_standing(connection: Connection) -> StoredRun | None:
    """The run that closed the opened book's last period; None where nothing is closed."""
    runs = standing(all_runs(connection))
    return runs[-1] if runs else None


def bring_forward(connection: Connection, run: int, source: str = "book.carried_") -> None:
    """Puts what a stored run left open into the workspace as the next run's opening."""
    for name, columns in CARRIED.items():
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        names = ", ".join(column.split(" ", 1)[0] for column in columns.split(", "))
        connection.execute(f"INSERT INTO {name} SELECT {names} FROM {source}{name} WHERE run = ?", [run])


def copy_facts(connection: Connection) -> None:
    """Copies the attached book's run facts into the workspace, and what the last standing run hands on.

    Raises LeancostError where either is not what was stored.
    """
    stands = standing(sealed_runs(connection))
    connection.execute("CREATE OR REPLACE TABLE runs AS SELECT * FROM book.runs")
    connection.execute("CREATE OR REPLACE TABLE run_hashes AS SELECT * FROM book.run_hashes")
    if stands:
        require_as_stored(connection, stands[-1], carried_only=True)
        bring_forward(connection, stands[-1].run)


def load_outputs(connection: Connection, run: StoredRun) -> None:
    """Copies a stored run's output tables, its kept conversion and the ledger it left into the workspace.

    Raises LeancostError where they are not what the run stored.
    """
    require_as_stored(connection, run)
    for table in outputs():
        columns = ", ".join(table.names)
        connection.execute(
            f"CREATE OR REPLACE TABLE {table.name} AS SELECT {columns} FROM book.{table.name} WHERE run = ?",
            [run.run],
        )
    for name in ("kept_conversion", "ledger_opening"):
        connection.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT * EXCLUDE (run) FROM book.carried_{name} WHERE run = ?",
            [run.run],
        )


def store_run(connection: Connection, facts: StoredRun, hashes: Sequence[seals.Hash], schema: str) -> None:
    """Stores one run in the attached book: facts, outputs, what it carries, and its hashes, sealed.

    `facts.seal` is replaced by the seal that follows on the last stored run's.
    """
    row = connection.execute("SELECT seal FROM book.runs ORDER BY run DESC LIMIT 1").fetchone()
    sealed = seals.seal(row[0] if row else "", facts.facts, hashes)
    connection.execute(
        "INSERT INTO book.runs (run, start_date, end_date, purpose, summary, period_run, reverses, seal)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [*facts.facts, sealed],
    )
    connection.executemany(
        "INSERT INTO book.run_hashes (run, kind, name, hash) VALUES (?, ?, ?, ?)",
        [(facts.run, *line) for line in hashes],
    )
    for table in outputs():
        columns = ", ".join(table.names)
        connection.execute(
            f"INSERT INTO book.{table.name} (run, {columns}) SELECT ?, {columns} FROM {schema}.{table.name}",
            [facts.run],
        )
    for name in CARRIED:
        connection.execute(
            f"INSERT INTO book.carried_{name} BY NAME SELECT ? AS run, * FROM {schema}.{name}", [facts.run]
        )
