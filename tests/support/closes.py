"""Closes of a book of rows, in memory."""

from datetime import date

from leancost.costing import backflush
from leancost.tables import declaration
from tests.support.rows import Book, Rows, table_rows, workspace_of


def close_rows(rows: Book, end: date, start: date | None = None) -> dict[str, Rows]:
    """Every output table of the period's run, and the ends of the runs before it under `runs`."""
    with workspace_of(rows) as connection:
        runs = []
        result: dict[str, Rows] = {}
        for run in backflush.close(connection, end=end, start=start):
            runs.append({"purpose": run.purpose, "end": str(run.end)})
            result = {table.name: table_rows(connection, table.name) for table in declaration.outputs()}
        result["runs"] = runs
        return result
