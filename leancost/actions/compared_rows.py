"""Rows of a merged book compared, as SQL: their keys, how a run reads them, and whether one has read them."""

from typing import Final

from leancost.costing.visibility import BEGINS
from leancost.tables.declaration import Column, Table


def same_key(table: Table, one: str, other: str) -> str:
    """Whether rows of two relations have the same key; empty parts are equal."""
    return " AND ".join(f"{one}.{key} IS NOT DISTINCT FROM {other}.{key}" for key in table.keys)


def key_parts(table: Table, row: str) -> str:
    """The key of a row as a list of texts."""
    return "[" + ", ".join(f"COALESCE(CAST({row}.{key} AS VARCHAR), '')" for key in table.keys) + "]"


def order(table: Table, row: str) -> str:
    """The key columns of a row, to sort by."""
    return ", ".join(f"{row}.{key} NULLS FIRST" for key in table.keys)


def new_rows(table: Table) -> str:
    """SELECT of the merged rows that the book does not hold as they are."""
    names = ", ".join(table.names)
    return f"SELECT {names} FROM main.{table.name} EXCEPT SELECT {names} FROM book.{table.name}"


def default_of(column: Column) -> str:
    """The declared default as SQL; NULL where there is none."""
    return f"CAST('{column.default}' AS {column.sql_type})" if column.default else "NULL"


def as_read(table: Table) -> str:
    """The columns of a row `t` as a run reads them: an empty cell is its default."""
    return ", ".join(
        f"COALESCE(t.{column.name}, {default_of(column)}) AS {column.name}" if column.default else f"t.{column.name}"
        for column in table.columns
    )


JOBS_READ: Final = (
    "EXISTS (SELECT 1 FROM seen.kanban_jobs j WHERE j.kanban = b.kanban AND"
    " (j.prepared_date <= $end OR j.completed_date <= $end))"
    " OR EXISTS (SELECT 1 FROM seen.picking_lines p WHERE p.kanban = b.kanban AND p.posting_date <= $end)"
)
"""A kanban was read with its jobs and picking lines, even where it has no dates of its own."""


def was_read(table: Table) -> str:
    """Whether a run up to `$end` has read the book's row: an event of a closed day, setup that had begun."""
    if table.group == "events":
        seen = " OR ".join(f"b.{column.name} <= $end" for column in table.columns if column.kind == "date")
        return f"{seen} OR {JOBS_READ}" if table.name == "kanbans" else seen
    seen = " AND ".join(f"(b.{name} IS NULL OR b.{name} <= $end)" for name in begins(table)) or "$end IS NOT NULL"
    return f"{seen} AND b.status <> 'pending'" if "status" in table.names else seen


def begins_closed(table: Table, row: str) -> str:
    """Whether a row of setup begins on or before the last end; one without dates always holds."""
    return " AND ".join(f"COALESCE({row}.{name}, DATE '0001-01-01') <= $end" for name in begins(table)) or "TRUE"


def begins(table: Table) -> list[str]:
    """The column with the first day of a row of setup, where the table has one."""
    return [name for name in table.names if name in BEGINS]
