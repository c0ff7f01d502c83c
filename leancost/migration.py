"""The schema of a book, and what each older version needs to become the next one."""

from collections.abc import Callable, Iterator
from typing import Final

from leancost import seals
from leancost.book import CARRIED, Connection
from leancost.tables import inputs, outputs

SCHEMA_VERSION: Final = 2
ADDED_TO_1: Final = {("runs", "period_run"), ("runs", "reverses"), ("runs", "seal"), ("schema_version", "revision")}
"""The columns that version 2 added to tables of version 1."""
NO_RUN: Final = (
    "run IS NULL OR run < 1 OR COALESCE(purpose NOT IN ('period', 'eve', 'before'), TRUE)"
    " OR COALESCE(end_date, DATE 'infinity') NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    " OR COALESCE(start_date, end_date) NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    " OR NOT COALESCE(CASE WHEN json_valid(summary) THEN json_exists(summary, '$.control_totals')"
    " AND json_exists(summary, '$.inputs') END, FALSE)"
)
"""What no row of `runs` is: one that a close did not write."""


def schema() -> Iterator[str]:
    """The statements that make an empty book of the present version."""
    for table in inputs():
        yield _in_book(table.ddl())
        yield _in_book(table.ddl("run INTEGER, change INTEGER, existed BOOLEAN, "), "earlier_")
    for table in outputs():
        yield _in_book(table.ddl("run INTEGER, "))
    for name, columns in CARRIED.items():
        yield f"CREATE TABLE book.carried_{name} (run INTEGER, {columns})"
    yield (
        "CREATE TABLE book.runs (run INTEGER, start_date DATE, end_date DATE, purpose VARCHAR, summary VARCHAR,"
        " period_run INTEGER, reverses INTEGER, seal VARCHAR)"
    )
    yield "CREATE TABLE book.run_hashes (run INTEGER, kind VARCHAR, name VARCHAR, hash VARCHAR)"
    yield f"CREATE TABLE book.schema_version AS SELECT {SCHEMA_VERSION} AS version, 0 AS revision"


def declared(version: int) -> dict[tuple[str, str], str]:
    """Table and column to the type that a book of that version holds it in."""
    statements = [statement for statement in schema() if "(" in statement]
    statements.append("CREATE TABLE book.schema_version (version INTEGER, revision INTEGER)")
    found = {}
    for statement in statements:
        head, _, columns = statement.removesuffix(")").partition(" (")
        table = head.removeprefix("CREATE TABLE book.")
        for column in columns.split(", "):
            name, _, kind = column.partition(" ")
            found[table, name] = kind
    if version == 1:
        found = {
            (table, name): kind
            for (table, name), kind in found.items()
            if not table.startswith("earlier_") and table != "run_hashes" and (table, name) not in ADDED_TO_1
        }
    return found


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


def _in_book(ddl: str, prefix: str = "") -> str:
    return ddl.replace("CREATE TABLE ", f"CREATE TABLE book.{prefix}", 1)


STEPS: Final[dict[int, Callable[[Connection], None]]] = {1: _seal_the_runs}
