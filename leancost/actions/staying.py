"""What a source blanks, lacks or does not contain: it stays in the book, or goes with `--replace`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from leancost.actions.compared_rows import default_of, key_parts, order, same_key
from leancost.costing.workspace import Connection
from leancost.errors import MOST_FINDINGS, visible
from leancost.tables.declaration import Column, Table, inputs
from leancost.tables.source_rows import RowNumbers

CALCULATED: Final = ("item_prices", "item_price_breakdown")
"""Where `calculate` stores standards, which no source needs to hold."""


@dataclass(frozen=True)
class BlankedCell:
    """A cell that is empty in the source and holds a value in the book."""

    table: str
    key: tuple[str, ...]
    row: int | None
    """In the source, as Excel shows it."""
    column: str
    value: str


@dataclass(frozen=True)
class LackingRows:
    """Rows of the book that the source, which contains their table, lacks: how many, the first key and the last."""

    table: str
    count: int
    first: tuple[str, ...]
    last: tuple[str, ...]

    def __str__(self) -> str:
        keys = "/".join(self.first) if self.count == 1 else f"{'/'.join(self.first)} to {'/'.join(self.last)}"
        return f"{self.table}: {self.count} {'row' if self.count == 1 else 'rows'} that the source lacks, {keys},"


@dataclass(frozen=True)
class Differences:
    """Where a book holds what its source does not."""

    blanked: tuple[BlankedCell, ...]
    """The first thousand, by table and key."""
    blanked_cells: int
    lacking: tuple[LackingRows, ...]
    calculated: tuple[LackingRows, ...]
    """Rows of calculated standards that the source lacks; they stay in any case."""
    absent: tuple[str, ...]
    """Tables with rows in the book that the source does not contain; they stay in any case."""

    def lines(self, *, replaced: bool) -> list[str]:
        """A line each: what of it stays, or goes where the book was `replaced`."""
        told = [f"{rows} {_verb(rows.count, replaced=replaced)}." for rows in self.lacking]
        told += [
            f"{rows} {_verb(rows.count, replaced=False)}: calculated standards are in no source."
            for rows in self.calculated
        ]
        if self.absent:
            told.append(f"Not in the source and left as they are: {', '.join(self.absent)}.")
        for one in self.blanked:
            place = f"{one.table} {'/'.join(one.key)}{'' if one.row is None else f' row {one.row}'}, {one.column}"
            told.append(f"{place}: {one.value} {_verb(1, replaced=replaced)}, the source leaves it empty.")
        return [visible(line) for line in told]


def differences(connection: Connection, contained: Iterable[str], numbers: RowNumbers) -> Differences:
    """What of the attached book the source, as it stands in the workspace, blanks, lacks or does not contain."""
    blanked: list[BlankedCell] = []
    lacking: list[LackingRows] = []
    calculated: list[LackingRows] = []
    absent = []
    cells = 0
    known = set(contained)
    for table in inputs():
        if table.name not in known:
            if connection.execute(f"FROM book.{table.name} LIMIT 1").fetchone():
                absent.append(table.name)
            continue
        kept = is_calculated(table)
        lacking += _lacking(connection, table, f"NOT ({kept})")
        calculated += _lacking(connection, table, kept)
        found = _blanked(connection, table, numbers, MOST_FINDINGS - len(blanked))
        blanked += found[0]
        cells += found[1]
    return Differences(tuple(blanked), cells, tuple(lacking), tuple(calculated), tuple(absent))


def is_calculated(table: Table) -> str:
    """Whether a row `b` of the book is part of a standard that `calculate` stored and the source has no record of."""
    if table.name not in CALCULATED:
        return "FALSE"
    same = " AND ".join(
        f"{{0}}.{name} IS NOT DISTINCT FROM b.{name}" for name in ("costing_version", "item", "site", "from_date")
    )
    return (
        f"EXISTS (SELECT 1 FROM book.calculations c WHERE {same.format('c')})"
        f" AND NOT EXISTS (SELECT 1 FROM item_prices k WHERE {same.format('k')})"
    )


def _verb(count: int, *, replaced: bool) -> str:
    return ("goes" if replaced else "stays") if count == 1 else ("go" if replaced else "stay")


def _lacking(connection: Connection, table: Table, which: str) -> list[LackingRows]:
    rows = f"FROM book.{table.name} b ANTI JOIN {table.name} s ON {same_key(table, 's', 'b')} WHERE {which}"
    found = connection.execute(f"SELECT count(*) {rows}").fetchone()
    if not found or not found[0]:
        return []
    forward = order(table, "b")
    backward = forward.replace("NULLS FIRST", "DESC NULLS LAST")
    first, last = (
        connection.execute(f"SELECT {key_parts(table, 'b')} {rows} ORDER BY {way} LIMIT 1").fetchall()[0][0]
        for way in (forward, backward)
    )
    return [LackingRows(table.name, found[0], tuple(first), tuple(last))]


def _blanked(
    connection: Connection, table: Table, numbers: RowNumbers, most: int
) -> tuple[list[BlankedCell], int]:  # fmt: skip
    """The first cells that the source blanks, and how many there are; an empty cell is its default."""
    columns = [column for column in table.columns if column.optional and not column.key]
    if not columns:
        return [], 0
    queries = " UNION ALL ".join(_blanked_cells(table, place, column) for place, column in enumerate(columns))
    sorted_by = ", ".join(f"k{place} NULLS FIRST" for place in range(len(table.keys)))
    rows = connection.execute(
        f"SELECT key, name, value, count(*) OVER () FROM ({queries}) ORDER BY {sorted_by}, place LIMIT {max(most, 1)}"
    ).fetchall()
    told = [
        BlankedCell(table.name, tuple(key), numbers.row(table.name, key).row, name, _shown(value))
        for key, name, value, _ in rows[:most]
    ]
    return told, rows[0][3] if rows else 0


def _blanked_cells(table: Table, place: int, column: Column) -> str:
    keys = ", ".join(f"b.{key} AS k{number}" for number, key in enumerate(table.keys))
    name = column.name
    return (
        f"SELECT {keys}, {key_parts(table, 'b')} AS key, {place} AS place, '{name}' AS name,"
        f" CAST(b.{name} AS VARCHAR) AS value FROM {table.name} s JOIN book.{table.name} b"
        f" ON {same_key(table, 's', 'b')} WHERE s.{name} IS NULL AND b.{name} IS DISTINCT FROM {default_of(column)}"
        f" AND b.{name} IS NOT NULL"
    )


def _shown(value: str) -> str:
    """A value as it is typed."""
    return {"true": "yes", "false": "no"}.get(value, value)
