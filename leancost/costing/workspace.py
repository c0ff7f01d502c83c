"""The in-memory workspace that rules run in: input tables, rule files, exact figures."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import duckdb

from leancost.costing.rule_files import behind, result_of, rule_text
from leancost.errors import LeancostError
from leancost.tables import currencies
from leancost.tables.declaration import DECIMALS, Table, inputs, outputs

if TYPE_CHECKING:
    import pandas

Connection = duckdb.DuckDBPyConnection

MANY_ROWS: Final = 8_000
"""Up to so many input rows DuckDB plans longer than it counts: less planning closes them a fifth sooner."""
MEMORY_LIMIT: Final = "650MB"
"""Keeps a close of a million events below 1 GB; the rest is spilled to a temporary folder."""
PARSED: Final[dict[str, duckdb.Statement]] = {}
"""Rules as DuckDB has read them: a run after the first need not read them again."""
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
    LeancostError where no temporary file can be written or a figure outgrows its type, and
    KeyboardInterrupt where a query is interrupted.
    """
    with tempfile.TemporaryDirectory(prefix="leancost-") as spill:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute("SET python_enable_replacements = false")
            connection.execute("SET autoinstall_known_extensions = false")
            connection.execute("SET autoload_known_extensions = false")
            connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            connection.execute("SET threads = 1")
            connection.execute("SET enable_progress_bar = false")  # in a kernel it prints itself into the page
            connection.execute("SET temp_directory = ?", [spill])
            connection.execute("; ".join(table.ddl() for table in inputs()))
            connection.execute(rule_text("functions"))
            yield connection
        except (duckdb.IOException, duckdb.OutOfMemoryException) as problem:
            raise LeancostError(
                f"A temporary file could not be written: {cause_of(problem)}. Nothing was changed."
            ) from None
        except duckdb.DataError as problem:
            if "out of range" not in str(problem).lower():
                raise
            raise LeancostError(_too_large(connection, problem)) from None
        except RuntimeError as problem:
            if str(problem) == "Query interrupted":  # how DuckDB says it
                raise KeyboardInterrupt from None
            raise
        finally:
            connection.close()


def cause_of(problem: duckdb.Error) -> str:
    """What the operating system said, without what DuckDB puts around it."""
    return str(problem).splitlines()[0].rpartition(": ")[2].partition('"')[0].rstrip(". ")


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


def run_rule(connection: Connection, rule: str, table: str = "", *, adds: bool = False) -> None:
    """Stores the result of the rule's one SELECT as the table it makes (or as `table`); or adds it there.

    A rule may read the table that it is added to. Raises duckdb.Error where it meets data it cannot hold.
    """
    name = table or result_of(rule)
    text = f"{f'INSERT INTO {name} BY NAME' if adds else f'CREATE OR REPLACE TABLE {name} AS'} {rule_text(rule)}"
    if text not in PARSED:
        (PARSED[text],) = connection.extract_statements(text)
    connection.execute(PARSED[text])


def run_rules(connection: Connection, rules: Sequence[str]) -> None:
    """Runs these rules alone, in the order given."""
    for rule in rules:
        run_rule(connection, rule)


def determine(connection: Connection, *rules: str, done: set[str] | None = None) -> None:
    """Runs the rules and, before them, whatever they stand on, in the order that follows from what each reads.

    What is in `done` stands already; what was run is noted there.
    """
    known = set() if done is None else done
    for rule in behind(*rules, done=known):
        run_rule(connection, rule)
        known.add(rule)


def plan_for_its_size(connection: Connection) -> None:
    """Large books get all processors and DuckDB's optimizer; small ones are done sooner without."""
    row = connection.execute(
        "SELECT sum(estimated_size) FROM duckdb_tables() WHERE database_name = 'memory' AND schema_name = 'main'"
    ).fetchone()
    connection.execute("RESET threads" if row and row[0] > MANY_ROWS else "PRAGMA disable_optimizer")


def fill_defaults(connection: Connection) -> None:
    """Puts the declared default into every empty cell that has one, so that rules need not."""
    plan_for_its_size(connection)
    for table in inputs():
        defaults = {c.name: f"CAST('{c.default}' AS {c.sql_type})" for c in table.columns if c.default}
        if defaults:
            filled = ", ".join(f"{name} = COALESCE({name}, {value})" for name, value in defaults.items())
            empty = " OR ".join(f"{name} IS NULL" for name in defaults)
            connection.execute(f"UPDATE {table.name} SET {filled} WHERE {empty}")


def currency_digits(connection: Connection) -> int:
    """Decimals of the company's currency; raises LeancostError where ISO 4217 gives it none that amounts can have."""
    row = connection.execute("SELECT value FROM parameters WHERE parameter = 'currency'").fetchone()
    return digits_of(row[0]) if row else currencies.UNKNOWN


def digits_of(currency: str) -> int:
    """Decimals of a currency; raises LeancostError, naming it, where no book can be kept in it."""
    digits = currencies.decimals_of(currency)
    if digits is None:
        raise LeancostError(f"parameters, currency: {currencies.problem_of(currency)}. {currencies.remedy(currency)}.")
    return digits


def likely_digits(connection: Connection) -> int:
    """The same where what is wrong with the currency is told by the checklist."""
    try:
        return currency_digits(connection)
    except LeancostError:
        return currencies.UNKNOWN


def contract_columns(table: Table, digits: int) -> str:
    """The table's columns for a SELECT, amounts with the decimals of the currency."""
    return ", ".join(
        f"CAST({column.name} AS DECIMAL(18,{digits})) AS {column.name}" if column.kind == "amount" else column.name
        for column in table.columns
    )


def frame(connection: Connection, table: Table) -> "pandas.DataFrame":
    """A table as a DataFrame of the contract's columns, sorted by key; figures are Decimals."""
    import pandas

    has_amounts = any(column.kind == "amount" for column in table.columns)
    columns = contract_columns(table, currency_digits(connection) if has_amounts else currencies.UNKNOWN)
    order = ", ".join(table.keys)
    rows = connection.execute(f"SELECT {columns} FROM {table.name} ORDER BY {order}").fetchall()
    return pandas.DataFrame(rows, columns=list(table.names), dtype=object)


def keep_run(connection: Connection, schema: str) -> None:
    """Copies a run's outputs and what it carries forward into a schema of the workspace."""
    connection.execute(f"CREATE SCHEMA {schema}")
    for name in (*(table.name for table in outputs()), *CARRIED):
        connection.execute(f"CREATE TABLE {schema}.{name} AS SELECT * FROM main.{name}")


@contextmanager
def own_schema(connection: Connection, name: str) -> Iterator[None]:
    """A schema that unqualified names mean for a while; dropped at the end."""
    (before,) = connection.execute("SELECT current_schema()").fetchone() or ("main",)
    connection.execute(f"CREATE SCHEMA {name}")
    connection.execute(f"SET schema = '{name}'")
    try:
        yield
    finally:
        connection.execute(f"SET schema = '{before}'")
        connection.execute(f"DROP SCHEMA {name} CASCADE")
