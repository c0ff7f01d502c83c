"""1 to 2: earlier rows, periods of runs, reversals, hashes and seals."""

from typing import Final

import duckdb

from leancost.book.migrations import declaration, sealed_by_2

NO_RUN: Final = (
    "run IS NULL OR run < 1 OR COALESCE(purpose NOT IN ('period', 'eve', 'before'), TRUE)"
    " OR COALESCE(end_date, DATE 'infinity') NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    " OR COALESCE(start_date, end_date) NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    " OR NOT COALESCE(CASE WHEN json_valid(summary) THEN json_exists(summary, '$.control_totals')"
    " AND json_exists(summary, '$.inputs') END, FALSE)"
)
"""What no row of `runs` is: one that a close did not write. Nothing else tells in a book without seals."""


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds what version 2 added to the attached book.

    The runs are sealed as they are found: what was changed before cannot be told any more.
    """
    for table in declaration.tables(2, "earlier"):
        connection.execute(declaration.ddl(table, 2))
    connection.execute(declaration.ddl("run_hashes", 2))
    connection.execute("ALTER TABLE book.schema_version ADD COLUMN revision INTEGER DEFAULT 0")
    for column in ("period_run INTEGER", "reverses INTEGER", "seal VARCHAR"):
        connection.execute(f"ALTER TABLE book.runs ADD COLUMN {column}")
    runs = connection.execute(
        "SELECT run, start_date, end_date, purpose, summary FROM book.runs ORDER BY run"
    ).fetchall()
    previous = ""
    for place, (run, start, end, purpose, summary) in enumerate(runs):
        last_of_period = next(
            (
                later
                for later, after in zip(runs[place:], [*runs[place + 1 :], None], strict=True)
                if _ends(later, after)
            ),
            runs[-1],
        )[0]
        hashes = [*sealed_by_2.input_hashes(connection, end, "book"), *sealed_by_2.output_hashes(connection, run)]
        connection.executemany("INSERT INTO book.run_hashes VALUES (?, ?, ?, ?)", [(run, *line) for line in hashes])
        previous = sealed_by_2.seal(previous, (run, start, end, purpose, summary, last_of_period, None), hashes)
        connection.execute(
            "UPDATE book.runs SET period_run = ?, seal = ? WHERE run = ?", [last_of_period, previous, run]
        )


def _ends(run: tuple[object, ...], after: tuple[object, ...] | None) -> bool:
    """Whether a period ends with the run: an eve goes on, and so does what is run before up to its last."""
    return run[3] == "period" or (run[3] == "before" and (after is None or after[3] != "before"))
