"""The runs of a period with their workings: every table the rules left, and the rows behind them."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from leancost.book import earlier_rows, runs, sources, storage
from leancost.book.runs import StoredRun
from leancost.costing import backflush, workspace
from leancost.costing.backflush import Run
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.explain.terms import Kind, Term
from leancost.tables.declaration import inputs, tables
from leancost.tables.source_rows import RowNumbers

EXPLAIN = (
    "explain/earlier_amounts",
    "explain/hourly_rate_records",
    "explain/indirect_rate_records",
    "explain/indirect_bases",
    "explain/kept_bases",
)
"""What the rules of the run need not know, but whoever asks where a figure comes from does."""
EXPLAINED = (
    "wip_transactions", "unused_quantities", "net_realized_usage", "realized_usage", "settlements",
    "product_receipts", "wip_balances", "variances",
)  # fmt: skip
"""Output tables whose figures are explained: recomputed, they must be those stored."""
MANY_ROWS: Final = 50_000
"""Rows beyond which a table is asked row by row rather than read once."""
Row = dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Workings:
    """One run with its tables in the workspace; `previous_end` is None where it is the first."""

    connection: Connection
    run: Run
    state: str
    previous_end: date | None
    digits: int
    numbers: RowNumbers
    memory: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    def select(self, query: str, *values: object) -> list[Row]:
        """Rows of a query of the workspace, as dictionaries."""
        found = self.connection.execute(query, list(values))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def lookup(self, table: str, **equal: object) -> list[Row]:
        """Rows of a table whose columns equal the values, in the order of its columns; small tables are read once."""
        if self._is_large(table):
            same = " AND ".join(f"{name} IS NOT DISTINCT FROM ?" for name in equal)
            return self.select(f"SELECT * FROM {table} WHERE {same} ORDER BY ALL", *equal.values())
        known = (table, *equal)
        if known not in self.memory:
            index: dict[tuple[object, ...], list[Row]] = {}
            for row in self.select(f"SELECT * FROM {table} ORDER BY ALL"):
                index.setdefault(tuple(row[name] for name in equal), []).append(row)
            self.memory[known] = index
        found: list[Row] = self.memory[known].get(tuple(equal.values()), [])
        return found

    def in_force(self, table: str, day: date, **equal: object) -> Row | None:
        """The row that holds on a day, of a table with valid_from and valid_to."""
        rows = self.lookup(table, **equal)
        return next((row for row in rows if row["valid_from"] <= day <= row["valid_to"]), None)

    def _is_large(self, table: str) -> bool:
        if ("large", table) not in self.memory:
            row = self.connection.execute(f"SELECT count(*) > {MANY_ROWS} FROM {table}").fetchone()
            self.memory["large", table] = bool(row and row[0])
        return bool(self.memory["large", table])

    @property
    def start(self) -> date:
        """First day of the run, as its rules have it."""
        return self.run.start or backflush.BEFORE_EVERYTHING


def remembered(function: Callable[Concatenate[Workings, P], T]) -> Callable[Concatenate[Workings, P], T]:
    """The same function, computed once per run and arguments: the same term stands wherever it is used."""

    @wraps(function)
    def recalled(workings: Workings, /, *arguments: P.args, **named: P.kwargs) -> T:
        key = (function.__name__, *arguments, *sorted(named.items()))
        if key not in workings.memory:
            workings.memory[key] = function(workings, *arguments, **named)
        found: T = workings.memory[key]
        return found

    return recalled


def input_row(workings: Workings, table: str, *key: object) -> Row | None:
    """The row of an input table with that key, None where there is none."""
    rows = workings.lookup(table, **dict(zip(tables()[table].keys, key, strict=True)))
    return rows[0] if rows else None


def opened_by(workings: Workings, production_flow: str) -> date | None:
    """End of the run that left what the flow opens with; None where that is the flow's go-live balance."""
    return None if workings.lookup("entering_flows", production_flow=production_flow) else workings.previous_end


@remembered
def cell(
    workings: Workings, name: str, table: str, key: tuple[object, ...], column: str, kind: Kind = "quantity"
) -> Term:
    """The figure in a cell of an input table; an empty one counts as its default, else as nothing."""
    row = input_row(workings, table, *key) or {}
    value = row.get(column)
    return Term(name, Decimal(0) if value is None else value, kind, rows=(workings.numbers.row(table, key, column),))


@contextmanager
def runs_of(
    source: Path, *, end: date, start: date | None = None, preview: bool = False
) -> Iterator[Iterator[Workings]]:
    """The runs of the period that ends on `end`, one after the other; workings hold until the next is asked for.

    A closed period of a book is computed again, run by run, from what the run before it stored, and
    every figure is held against the stored one. Raises LeancostError where one differs, where the
    dates fit no period, or where the run is refused.
    """
    with sources.opened(source) as connection:
        stored = [] if preview else sources.stored_runs(connection, start, end)
        numbers = RowNumbers(source)
        found = (
            _stored_runs(connection, source, stored, numbers)
            if stored
            else _preview_runs(connection, numbers, end=end, start=start)
        )
        with closing(found):
            yield found


def _preview_runs(
    connection: Connection, numbers: RowNumbers, *, end: date, start: date | None
) -> Generator[Workings, None, None]:
    _, last_end = sources.prepare(connection, numbers, end=end, start=start)
    for run in backflush.close(connection, end=end, start=start, last_end=last_end):
        if run.purpose != "before":
            yield _workings(connection, run, "preview", last_end, numbers)
        last_end = run.end


def _stored_runs(
    connection: Connection, source: Path, stored: Sequence[StoredRun], numbers: RowNumbers
) -> Generator[Workings, None, None]:
    every = runs.all_runs(connection)
    standing = runs.standing(every)
    previous = dict(zip([facts.run for facts in standing], [None, *standing[:-1]], strict=True))
    with storage.attached_to(connection, source):
        for facts in stored:
            _copy_stored(connection, facts, previous[facts.run])
            earlier_rows.inputs_as_of(connection, facts.run, runs.seen_until(facts, every), f"stored_{facts.run}")
    for facts in stored:
        for table in inputs():
            connection.execute(f"CREATE OR REPLACE TABLE {table.name} AS FROM stored_{facts.run}.{table.name}")
        workspace.fill_defaults(connection)
        run, before = Run(facts.start, facts.end, facts.purpose), previous[facts.run]
        if before:
            runs.bring_forward(connection, before.run, source=f"stored_{facts.run}.carried_")
        last_end = before.end if before else None
        try:
            done = list(backflush.close(connection, end=run.end, last_end=last_end))
        except LeancostError as problem:
            raise LeancostError(_differs(run, f"the run is refused ({problem.lines[0]})")) from None
        if len(done) > 1:
            raise LeancostError(_differs(run, f"the run is divided at {done[0].end}"))
        _require_stored_figures(connection, facts.run, run)
        yield _workings(connection, run, "closed", last_end, numbers)


def _copy_stored(connection: Connection, run: StoredRun, before: StoredRun | None) -> None:
    """A stored run's tables and what the run before it handed on; then the book is let go."""
    connection.execute(f"CREATE SCHEMA stored_{run.run}")
    for name in EXPLAINED:
        columns = ", ".join(runs.stored_columns(connection, run)["output", name])
        connection.execute(
            f"CREATE TABLE stored_{run.run}.{name} AS SELECT {columns} FROM book.{name} WHERE run = {run.run}"
        )
    if before:
        for name in workspace.CARRIED:
            handed_on = f"SELECT * FROM book.carried_{name} WHERE run = {before.run}"
            connection.execute(f"CREATE TABLE stored_{run.run}.carried_{name} AS {handed_on}")


def _workings(
    connection: Connection, run: Run, state: str, previous_end: date | None, numbers: RowNumbers
) -> Workings:  # fmt: skip
    workspace.run_rules(connection, EXPLAIN)
    return Workings(connection, run, state, previous_end, workspace.currency_digits(connection), numbers)


def _require_stored_figures(connection: Connection, number: int, run: Run) -> None:
    for name in EXPLAINED:
        found = connection.execute(f"DESCRIBE stored_{number}.{name}").fetchall()
        columns = ", ".join(column for column, *_ in found)
        stored = f"SELECT {columns} FROM stored_{number}.{name}"
        ours = f"SELECT {columns} FROM {name}"
        row = connection.execute(
            f"SELECT count(*) FROM (({ours} EXCEPT ALL {stored}) UNION ALL ({stored} EXCEPT ALL {ours}))"
        ).fetchone()
        if row and row[0]:
            raise LeancostError(_differs(run, f"{name} differs from what is stored in {row[0]} rows"))


def _differs(run: Run, how: str) -> str:
    return (
        f"The closed run up to {run.end} cannot be explained: computed again from the tables of the book, {how}. "
        "Look for a change that did not go through leancost."
    )
