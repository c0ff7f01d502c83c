"""The book as a DuckDB file: attached for a moment, written in one transaction, held by one writer at a time."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

import duckdb

from leancost.book import migration, recognition
from leancost.book.migration import SCHEMA_VERSION
from leancost.costing.workspace import Connection, cause_of, workspace
from leancost.errors import RESTORE, LeancostError
from leancost.tables import paths
from leancost.tables.declaration import inputs

SECONDS_TO_WAIT: Final = 5.0
TRIES: Final = 20
Result = TypeVar("Result")


class ChangedMeanwhile(Exception):
    """Somebody wrote into the book between reading and storing: what was computed is out of date."""


def is_book(source: Path) -> bool:
    """Whether the source is a DuckDB book."""
    return source.suffix == ".duckdb"


def require_book(source: Path) -> None:
    """Raises LeancostError where the source is a folder or a workbook, which keep no runs."""
    if not is_book(source):
        raise LeancostError(f"{source} is no book: runs are kept in a .duckdb file. Import it into one first.")


@contextmanager
def attached_to(connection: Connection, path: Path, *, write: bool = False) -> Iterator[None]:
    """Attaches the book as `book`; nobody else writes while it is attached.

    An older book is migrated, and one that lacks what came since gets it, empty: in the file where
    `write`, else in memory. Waits up to five seconds for another process. Raises LeancostError where
    the book is missing, in use, damaged, no book, or newer.
    """
    _require_file(path)
    try:
        _attach(connection, path, "book", write=write)
        with recognition.told(connection, path):
            recognition.require_whole(connection, path, "book")
            version, is_complete = recognition.recognise(connection, path, "book")
            if not is_complete and write:
                if version < SCHEMA_VERSION:
                    copy_beside(connection, path, version)
                with _failures(connection, path):
                    migration.migrate(connection, version)
            elif not is_complete:
                connection.execute("DETACH book")
                _copy_into_memory(connection, path)
            yield
    finally:
        _detach(connection)


@contextmanager
def attached(path: Path, *, write: bool = False) -> Iterator[Connection]:
    """A workspace with the book attached as `book`; raises LeancostError as `attached_to` does."""
    with workspace() as connection, attached_to(connection, path, write=write):
        yield connection


@contextmanager
def snapshot(path: Path) -> Iterator[Connection]:
    """A workspace with a copy of the whole book in memory as `book`; the file itself is free again."""
    _require_file(path)
    with workspace() as connection:
        _copy_into_memory(connection, path)
        yield connection


@contextmanager
def transaction(connection: Connection, path: Path) -> Iterator[None]:
    """One transaction of the attached book: all of it is stored, or nothing.

    Raises LeancostError where the disk is full or the folder may not be written.
    """
    with _failures(connection, path):
        connection.execute("BEGIN")
        yield
        connection.execute("UPDATE book.schema_version SET revision = revision + 1; COMMIT")


def until_unchanged(path: Path, work: Callable[[], Result], tries: int = TRIES) -> Result:
    """Does work that reads and computes while the book is free; again where somebody wrote meanwhile."""
    for _ in range(tries):
        with suppress(ChangedMeanwhile):
            return work()
    raise LeancostError(f"{path} is being changed by others all the time. Try again when they are done.")


def revision(connection: Connection) -> int:
    """How often the attached book was written."""
    row = connection.execute("SELECT revision FROM book.schema_version").fetchone()
    return int(row[0]) if row else 0


def require_revision(connection: Connection, read: int) -> None:
    """Raises ChangedMeanwhile where the attached book is no longer the one that was read."""
    if revision(connection) != read:
        raise ChangedMeanwhile


def create(path: Path) -> None:
    """Creates an empty book; raises LeancostError where the file cannot be written."""
    with workspace() as connection:
        _attach(connection, path, "book", write=True)
        with _failures(connection, path):
            connection.execute("BEGIN")
            for statement in migration.schema():
                connection.execute(statement)
            connection.execute("COMMIT")
        _detach(connection)


def put_in_place(fresh: Path, target: Path) -> None:
    """Gives a finished book its name, and makes the name last.

    Raises FileExistsError where somebody else was first, and LeancostError where the file could
    not be finished: part of it is still in its log.
    """
    if fresh.with_name(fresh.name + ".wal").exists():
        raise LeancostError(f"{target} could not be written: the disk is full. Nothing was changed.")
    try:
        os.link(fresh, target)
        fresh.unlink()
    except OSError as problem:
        if isinstance(problem, FileExistsError):
            raise
        os.replace(fresh, target)  # a file system without links
    folder = os.open(target.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def copy_inputs(connection: Connection) -> None:
    """Copies the attached book's input tables into the workspace.

    Raises LeancostError where a cell is empty that no import leaves empty.
    """
    incomplete = " UNION ALL ".join(
        f"SELECT '{table.name}' WHERE EXISTS (FROM book.{table.name} WHERE"
        f" {' OR '.join(f'{c.name} IS NULL' for c in table.columns if not c.optional)})"
        for table in inputs()
    )
    found = connection.execute(incomplete).fetchone()
    if found:
        raise LeancostError(f"A row of {found[0]} in the book lacks a cell that is required. {RESTORE}.")
    for table in inputs():
        columns = ", ".join(table.names)
        connection.execute(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM book.{table.name}")


def copy_beside(connection: Connection, path: Path, version: int) -> Path:
    """Copies the attached book beside itself before it is migrated; an earlier copy is never replaced."""
    target = path.with_name(f"{path.stem}.schema-{version}.duckdb")
    number = 2
    while target.exists():
        target = path.with_name(f"{path.stem}.schema-{version}-{number}.duckdb")
        number += 1
    unfinished = target.with_name(f".{target.name}.unfinished")
    for leftover in (unfinished, unfinished.with_name(unfinished.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with _failures(connection, path):
        connection.execute(f"ATTACH '{_quoted(unfinished)}' AS beside")
        connection.execute("COPY FROM DATABASE book TO beside")
        connection.execute("CHECKPOINT beside")
        connection.execute("DETACH beside")
    put_in_place(unfinished, target)
    return target


def _copy_into_memory(connection: Connection, path: Path) -> None:
    """Attaches a copy of the book, in memory and of the present version, as `book`: its tables, and nothing else."""
    _attach(connection, path, "file", write=False)
    try:
        with recognition.told(connection, path):
            recognition.require_whole(connection, path, "file")
            version, is_complete = recognition.recognise(connection, path, "file")
            connection.execute("ATTACH ':memory:' AS book")
            found = connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'file' AND schema_name = 'main'"
            ).fetchall()
            known = {table for table, _ in (*migration.declared(version), *migration.present())}
            for name in sorted(known & {name for (name,) in found}):
                connection.execute(f"CREATE TABLE book.{name} AS FROM file.{name}")
    finally:
        with suppress(duckdb.Error):
            connection.execute("DETACH file")
    if not is_complete:
        migration.migrate(connection, version)


def _require_file(path: Path) -> None:
    if not path.exists():
        raise LeancostError(f"{path} does not exist. Import a folder or a workbook into it first.")
    paths.require_book_file(path)


def _attach(connection: Connection, path: Path, name: str, *, write: bool) -> None:
    mode = "" if write else "READ_ONLY, "
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            connection.execute(f"ATTACH '{_quoted(path)}' AS {name} ({mode}TYPE duckdb)")
            return
        except duckdb.Error as problem:
            if refused := recognition.refused(path, problem):
                raise refused from None
            text = str(problem).splitlines()[0]
            if time.monotonic() > deadline:
                holder = text.partition("Conflicting lock is held in ")[2].partition(". ")[0]
                raise LeancostError(
                    f"{path} is in use{' by ' + holder if holder else ''}. Try again when it is done."
                ) from None
            time.sleep(0.05)


def _detach(connection: Connection) -> None:
    """Lets go of the file; what was committed but could not be tidied up stays in its log and is read from there."""
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")
    with suppress(duckdb.Error):
        connection.execute("DETACH book")


@contextmanager
def _failures(connection: Connection, path: Path) -> Iterator[None]:
    """Turns what DuckDB says of a full or forbidden disk into one line; anything else is an error of the program."""
    try:
        yield
    except duckdb.Error as problem:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        if recognition.is_damage(problem):
            raise recognition.damaged(path) from None
        text = str(problem).splitlines()[0]
        if isinstance(problem, duckdb.IOException | duckdb.OutOfMemoryException) or "Failed to commit" in text:
            raise LeancostError(f"{path} could not be written: {cause_of(problem)}. Nothing was changed.") from None
        raise
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
