"""A company's tables in DuckDB: the in-memory workspace that rules run in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources

import duckdb

from leancost.tables import inputs

Connection = duckdb.DuckDBPyConnection


@contextmanager
def workspace() -> Iterator[Connection]:
    """An in-memory database with every input table, empty; closed at the end.

    Nothing from outside the database can be read by a rule, and no Python variable of a caller
    can stand in for a missing table.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET preserve_insertion_order = true")
        for table in inputs():
            connection.execute(table.ddl())
        yield connection
    finally:
        connection.close()


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
    """Puts the declared default into every empty cell that has one, so that rules need not."""
    for table in inputs():
        for column in table.columns:
            if column.default:
                default = column.default in ("yes", "true") if column.kind == "flag" else column.default
                connection.execute(
                    f"UPDATE {table.name} SET {column.name} = CAST(? AS {column.sql_type}) "
                    f"WHERE {column.name} IS NULL",
                    [default],
                )
