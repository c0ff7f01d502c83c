"""A company's book: its tables in a DuckDB file, and the in-memory workspace that rules run in."""

import hashlib
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
from babel.numbers import get_currency_precision

from leancost.errors import LeancostError
from leancost.tables import DECIMALS, Table, inputs, outputs

if TYPE_CHECKING:
    import pandas

Connection = duckdb.DuckDBPyConnection

SCHEMA_VERSION: Final = 1
SECONDS_TO_WAIT: Final = 5.0
MANY_EVENTS: Final = 20_000
MEMORY_LIMIT: Final = "650MB"
"""Keeps a close of a million events below 1 GB; the rest is spilled to a temporary folder."""
CARRIED: Final = {
    "open_layers": "production_flow VARCHAR, item VARCHAR, cost_group VARCHAR, event VARCHAR,"
    " transaction VARCHAR, posting_date DATE, quantity DECIMAL(18,6), amount DECIMAL(18,3), unit_cost DECIMAL(18,6)",
    "open_balances": "production_flow VARCHAR, resource_type VARCHAR, resource VARCHAR, cost_group VARCHAR,"
    " quantity DECIMAL(18,6), amount DECIMAL(18,3)",
    "kept_conversion": "production_flow VARCHAR, resource_type VARCHAR, resource VARCHAR, cost_group VARCHAR,"
    " quantity DECIMAL(18,6), amount DECIMAL(18,3)",
    "ledger_opening": "production_flow VARCHAR, posting_type VARCHAR, main_account VARCHAR, balance DECIMAL(18,3)",
}
"""What a run hands to the next one, stored with the run as `carried_…`."""


@contextmanager
def workspace() -> Iterator[Connection]:
    """An in-memory database with every input table, empty; closed at the end.

    What does not fit into the memory limit is spilled to a temporary folder. No Python variable
    of a caller can stand in for a missing table, and DuckDB fetches no extension. Raises
    LeancostError where a figure outgrows its type.
    """
    with tempfile.TemporaryDirectory(prefix="leancost-") as spill:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute("SET python_enable_replacements = false")
            connection.execute("SET autoinstall_known_extensions = false")
            connection.execute("SET autoload_known_extensions = false")
            connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            connection.execute("SET threads = 1")
            connection.execute("SET temp_directory = ?", [spill])
            for table in inputs():
                connection.execute(table.ddl())
            yield connection
        except duckdb.DataError as problem:
            if "out of range" not in str(problem).lower():
                raise
            raise LeancostError(_too_large(connection, problem)) from None
        finally:
            connection.close()


def _too_large(connection: Connection, problem: duckdb.Error) -> str:
    """Says which figure has outgrown its type, and the largest one that went in."""
    figure = re.search(r"-?[0-9.]{9,}", str(problem))
    largest: tuple[Decimal, str] = (Decimal(0), "")
    for table in inputs():
        key = " || '/' || ".join(f"COALESCE(CAST({name} AS VARCHAR), '')" for name in table.keys)
        for column in table.columns:
            if column.kind in DECIMALS:
                row = connection.execute(
                    f"SELECT abs({column.name}) AS figure, {key} FROM {table.name} WHERE figure IS NOT NULL"
                    f" ORDER BY figure DESC, 2 LIMIT 1"
                ).fetchone()
                if row and row[0] > largest[0]:
                    largest = row[0], f"{table.name} {row[1]}, {column.name}"
    return (
        f"A figure is too large to be held{': ' + figure[0] if figure else ''}. The largest that went in is"
        f" {largest[0].normalize():f} in {largest[1]}. Correct it."
    )


def rule_text(rule: str) -> str:
    """Text of a rule file, named as `folder/name` without the ending."""
    path = resources.files("leancost").joinpath("rules").joinpath(f"{rule}.sql")
    return path.read_text(encoding="utf-8")


def run_rule(connection: Connection, rule: str, table: str = "") -> None:
    """Stores the result of the rule's one SELECT as a table named like the file (or `table`).

    Raises duckdb.Error where the rule meets data it cannot hold.
    """
    name = table or rule.rpartition("/")[2]
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {rule_text(rule)}")


def run_rules(connection: Connection, rules: Sequence[str]) -> None:
    """Runs rules in the order given: the order of the costing source."""
    for rule in rules:
        run_rule(connection, rule)


def fill_defaults(connection: Connection) -> None:
    """Puts the declared default into every empty cell that has one, so that rules need not.

    Books of many events get all processors; small ones are done sooner by one.
    """
    row = connection.execute(
        "SELECT (SELECT count(*) FROM kanban_jobs) + (SELECT count(*) FROM picking_lines)"
    ).fetchone()
    if row and row[0] > MANY_EVENTS:
        connection.execute("RESET threads")
    for table in inputs():
        for column in table.columns:
            if column.default:
                connection.execute(
                    f"UPDATE {table.name} SET {column.name} = CAST(? AS {column.sql_type}) WHERE {column.name} IS NULL",
                    [column.default],
                )


def currency_digits(connection: Connection) -> int:
    """Decimals of the company's currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    row = connection.execute("SELECT value FROM parameters WHERE parameter = 'currency'").fetchone()
    return get_currency_precision(row[0]) if row else 2


def contract_columns(table: Table, digits: int) -> str:
    """The table's columns for a SELECT, amounts with the decimals of the currency."""
    return ", ".join(
        f"CAST({column.name} AS DECIMAL(18,{digits})) AS {column.name}" if column.kind == "amount" else column.name
        for column in table.columns
    )


def frame(connection: Connection, table: Table) -> "pandas.DataFrame":
    """A table as a DataFrame of the contract's columns, sorted by key; figures are Decimals."""
    import pandas

    columns = contract_columns(table, currency_digits(connection))
    order = ", ".join(table.keys)
    rows = connection.execute(f"SELECT {columns} FROM {table.name} ORDER BY {order}").fetchall()
    return pandas.DataFrame(rows, columns=list(table.names), dtype=object)


@contextmanager
def attached(path: Path, *, write: bool) -> Iterator[Connection]:
    """A workspace with the book attached as `book`; nobody else writes while it is open.

    Waits up to five seconds for another process. Raises LeancostError where the book is missing,
    in use, not a book, or of a newer version.
    """
    if not path.exists():
        raise LeancostError(f"{path} does not exist. Import a folder or a workbook into it first.")
    with workspace() as connection:
        _attach(connection, path, write=write)
        try:
            _require_version(connection, path)
            yield connection
        finally:
            connection.execute("DETACH book")


def create(path: Path) -> None:
    """Creates an empty book; raises LeancostError where the file cannot be written."""
    with workspace() as connection:
        _attach(connection, path, write=True)
        connection.execute("BEGIN")
        for table in inputs():
            connection.execute(_in_book(table.ddl()))
        for table in outputs():
            connection.execute(_in_book(table.ddl("run INTEGER, ")))
        for name, columns in CARRIED.items():
            connection.execute(f"CREATE TABLE book.carried_{name} (run INTEGER, {columns})")
        connection.execute(
            "CREATE TABLE book.runs (run INTEGER, start_date DATE, end_date DATE, purpose VARCHAR, summary VARCHAR)"
        )
        connection.execute("CREATE TABLE book.schema_version AS SELECT CAST(? AS INTEGER) AS version", [SCHEMA_VERSION])
        connection.execute("COMMIT")
        connection.execute("DETACH book")


def copy_inputs(connection: Connection) -> None:
    """Copies the attached book's input tables into the workspace."""
    for table in inputs():
        columns = ", ".join(table.names)
        connection.execute(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM book.{table.name}")


def last_run(connection: Connection) -> tuple[int, date] | None:
    """Number and end date of the attached book's last run; None where nothing is closed."""
    row = connection.execute("SELECT run, end_date FROM book.runs ORDER BY run DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else None


def bring_forward(connection: Connection, run: int) -> None:
    """Puts what a stored run left open into the workspace as the next run's opening."""
    for name, columns in CARRIED.items():
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        connection.execute(f"INSERT INTO {name} SELECT * EXCLUDE (run) FROM book.carried_{name} WHERE run = ?", [run])


def keep_run(connection: Connection, schema: str) -> None:
    """Copies a run's outputs and what it carries forward into a schema of the workspace."""
    connection.execute(f"CREATE SCHEMA {schema}")
    for name in (*(table.name for table in outputs()), *CARRIED):
        connection.execute(f"CREATE TABLE {schema}.{name} AS SELECT * FROM main.{name}")


def store_run(connection: Connection, run: int, facts: Sequence[object], schema: str) -> None:
    """Stores one run in the book: (start, end, purpose, summary), its outputs, what it carries."""
    connection.execute("INSERT INTO book.runs VALUES (?, ?, ?, ?, ?)", [run, *facts])
    for table in outputs():
        columns = ", ".join(table.names)
        connection.execute(
            f"INSERT INTO book.{table.name} (run, {columns}) SELECT ?, {columns} FROM {schema}.{table.name}", [run]
        )
    for name in CARRIED:
        connection.execute(f"INSERT INTO book.carried_{name} SELECT ?, * FROM {schema}.{name}", [run])


def visible_rows(table: Table, end: str = "$end") -> str:
    """SELECT of what a run that ends on `end` could see of an input table, in canonical form.

    Later dates are blank, a job's quantities too before it is completed; rows that only begin or
    happen later are left out; a cell that equals its default counts as empty.
    """
    cells = [_visible_cell(table, column.name, end) for column in table.columns]
    dates = [column.name for column in table.columns if column.kind == "date"]
    if table.group == "events":
        seen = " OR ".join(f"{name} <= {end}" for name in dates)
    else:
        starts = [name for name in dates if name != "effective_to"]
        seen = " AND ".join(f"({name} IS NULL OR {name} <= {end})" for name in starts) or "TRUE"
    order = ", ".join(f"{key} NULLS FIRST" for key in table.keys)
    return f"SELECT {', '.join(cells)} FROM {table.name} WHERE {seen} ORDER BY {order}"


def input_hashes(connection: Connection, end: date) -> dict[str, str]:
    """SHA-256 of every input table over what a run that ends on `end` could see of it."""
    hashes = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        for table in inputs():
            rows = visible_rows(table, f"DATE '{end.isoformat()}'")
            connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT csv, HEADER true)")
            with path.open("rb") as file:
                hashes[table.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes


def _visible_cell(table: Table, name: str, end: str) -> str:
    column = table.column(name)
    if column.kind == "date":
        return f"CASE WHEN {name} <= {end} THEN {name} END AS {name}"
    if table.name == "kanban_jobs" and column.kind == "quantity":
        return f"CASE WHEN completed_date <= {end} THEN NULLIF({name}, 0) END AS {name}"
    if column.default:
        return f"NULLIF({name}, CAST('{column.default}' AS {column.sql_type})) AS {name}"
    return name


def _attach(connection: Connection, path: Path, *, write: bool) -> None:
    mode = "" if write else "READ_ONLY, "
    quoted = str(path).replace("'", "''")
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            connection.execute(f"ATTACH '{quoted}' AS book ({mode}TYPE duckdb)")
            return
        except duckdb.IOException as problem:
            if "lock" not in str(problem).lower():
                raise LeancostError(f"{path} cannot be opened: {str(problem).splitlines()[0]}") from None
            if time.monotonic() > deadline:
                holder = str(problem).partition("Conflicting lock is held in ")[2].partition(". ")[0]
                raise LeancostError(
                    f"{path} is in use{' by ' + holder if holder else ''}. Try again when it is done."
                ) from None
            time.sleep(0.1)
        except duckdb.Error as problem:
            raise LeancostError(f"{path} is not a leancost book: {str(problem).splitlines()[0]}") from None


def _require_version(connection: Connection, path: Path) -> None:
    try:
        row = connection.execute("SELECT version FROM book.schema_version").fetchone()
    except duckdb.Error:
        raise LeancostError(f"{path} is not a leancost book. Make one with leancost import.") from None
    if row is None or row[0] != SCHEMA_VERSION:
        raise LeancostError(
            f"{path} was written by another version of leancost (schema {row and row[0]}). Update leancost."
        )
    _require_tables(connection, path)


def _require_tables(connection: Connection, path: Path) -> None:
    """Every table and column of a book is there, as a table: a view of that name could read anything."""
    rows = connection.execute(
        "SELECT c.table_name, c.column_name FROM duckdb_columns() c JOIN duckdb_tables() t"
        " ON t.database_oid = c.database_oid AND t.table_oid = c.table_oid WHERE c.database_name = 'book'"
    ).fetchall()
    needed = {(table.name, name) for table in (*inputs(), *outputs()) for name in table.names}
    needed |= {(f"carried_{name}", "run") for name in CARRIED} | {("runs", "run")}
    lacking = sorted({table for table, _ in needed - set(rows)})
    if lacking:
        raise LeancostError(f"{path} is not a leancost book: its table {lacking[0]} is missing or incomplete.")


def _in_book(ddl: str) -> str:
    return ddl.replace("CREATE TABLE ", "CREATE TABLE book.", 1)
