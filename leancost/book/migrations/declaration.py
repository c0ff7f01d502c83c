"""The tables of a book as a version of the schema declared them: `leancost/book/schemas/N.csv`, written once."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Declared:
    """One column of a book; `group` is setup, events, earlier, output, carried or book (the book's own tables)."""

    table: str
    column: str
    type: str
    group: str
    key: str
    """`yes` where the column is part of the key of an input or output table."""
    default: str
    """What an empty cell of an input table counts as."""


@cache
def columns(version: int) -> tuple[Declared, ...]:
    """Every column of a book of that version, in order."""
    text = resources.files("leancost.book").joinpath("schemas").joinpath(f"{version}.csv").read_text(encoding="utf-8")
    return tuple(Declared(**row) for row in csv.DictReader(text.splitlines()))


def tables(version: int, *groups: str) -> dict[str, list[Declared]]:
    """The tables of some groups, in order, each with its columns."""
    found: dict[str, list[Declared]] = {}
    for column in columns(version):
        if column.group in groups:
            found.setdefault(column.table, []).append(column)
    return found


def ddl(table: str, version: int) -> str:
    """The statement that adds an empty table of that version to the attached book."""
    found = [f"{column.column} {column.type}" for column in columns(version) if column.table == table]
    return f"CREATE TABLE book.{table} ({', '.join(found)})"
