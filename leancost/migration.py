"""Older books: what each version of the schema needs to become the next one."""

from collections.abc import Callable
from typing import Final

from leancost import seals
from leancost.book import Connection
from leancost.tables import inputs

SCHEMA_VERSION: Final = 2


def migrate(connection: Connection, version: int) -> None:
    """Brings the attached book from `version` to the present one in one transaction.

    What was stored stays as it was; only tables and columns are added.
    """
    connection.execute("BEGIN")
    for step in range(version, SCHEMA_VERSION):
        STEPS[step](connection)
    connection.execute("UPDATE book.schema_version SET version = ?", [SCHEMA_VERSION])
    connection.execute("COMMIT")


def _seal_the_runs(connection: Connection) -> None:
    """1 → 2: earlier rows, periods of runs, reversals, hashes and seals.

    The runs are sealed as they are found: what was changed before cannot be told any more.
    """
    for table in inputs():
        connection.execute(
            f"CREATE TABLE book.earlier_{table.name} AS"
            f" SELECT 0 AS run, 0 AS change, TRUE AS existed, * FROM book.{table.name} WHERE FALSE"
        )
    connection.execute("CREATE TABLE book.run_hashes (run INTEGER, kind VARCHAR, name VARCHAR, hash VARCHAR)")
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
        hashes = [("input", name, digest) for name, digest in seals.input_hashes(connection, end, "book").items()]
        hashes += seals.output_hashes(connection, "book", f"run = {run}")
        connection.executemany("INSERT INTO book.run_hashes VALUES (?, ?, ?, ?)", [(run, *line) for line in hashes])
        previous = seals.seal(previous, (run, start, end, purpose, summary, last_of_period, None), hashes)
        connection.execute(
            "UPDATE book.runs SET period_run = ?, seal = ? WHERE run = ?", [last_of_period, previous, run]
        )


def _ends(run: tuple[object, ...], after: tuple[object, ...] | None) -> bool:
    """Whether a period ends with the run: an eve goes on, and so does what is run before up to its last."""
    return run[3] == "period" or (run[3] == "before" and (after is None or after[3] != "before"))


STEPS: Final[dict[int, Callable[[Connection], None]]] = {1: _seal_the_runs}
