"""What a run read and wrote, as hashes, and the seal that chains the runs of a book.

With its hashes a run keeps which columns each of them covers, so that a column or table that leancost learns later
takes nothing from it, and by which version of the schema it was sealed.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from leancost.book.migrations import declaration, sealed_by_2
from leancost.costing.check_codes import REVISION
from leancost.costing.visibility import visible_rows
from leancost.costing.workspace import CARRIED, Connection
from leancost.tables.declaration import inputs, outputs

Hash = tuple[str, str, str]
"""Kind, table, and SHA-256 (`input`, `output`, `carried`), its columns (`… columns`); or the schema's `version`, or the
revision of the `warnings`."""
Columns = Mapping[tuple[str, str], tuple[str, ...]]
"""Kind and table to the columns that a hash covers."""

VERSION: Final = 3
"""The version of the schema whose hashes these are; how an older one hashed stands in `migrations`."""
GROUPS: Final = {"setup": "input", "events": "input", "output": "output", "carried": "carried"}
"""Group of a declared table to the kind of its hash."""


def present_columns() -> Columns:
    """What this leancost hashes: every column of every table that a run reads, writes and hands on."""
    return {
        **{("input", table.name): table.names for table in inputs()},
        **{("output", table.name): table.names for table in outputs()},
        **{("carried", name): tuple(types) for name, types in _carried().items()},
    }


def form() -> list[Hash]:
    """What is sealed with the hashes of a run: the version, and which columns they cover."""
    lists = [(f"{kind} columns", name, ",".join(names)) for (kind, name), names in present_columns().items()]
    return [("version", "schema", str(VERSION)), ("warnings", "revision", str(REVISION)), *lists]


def sealed_columns(hashes: Iterable[Hash]) -> Columns:
    """The columns that the hashes of a stored run cover."""
    lines = list(hashes)
    if sealed_version(lines) == sealed_by_2.VERSION:
        return frozen_columns(sealed_by_2.VERSION)
    return {
        (kind.removesuffix(" columns"), name): tuple(text.split(","))
        for kind, name, text in lines
        if kind.endswith(" columns")
    }


def known(columns: Columns) -> Columns:
    """What of these columns this leancost knows."""
    present = present_columns()
    found = {place: tuple(name for name in names if name in present.get(place, ())) for place, names in columns.items()}
    return {place: names for place, names in found.items() if names}


def unknown(columns: Columns) -> list[str]:
    """What of these columns only another leancost knows."""
    here = known(columns)
    return [f"{place[1]}.{name}" for place in columns for name in columns[place] if name not in here.get(place, ())]


def frozen_columns(version: int) -> Columns:
    """What every run of a version reads, writes and hands on."""
    return {
        (kind, name.removeprefix("carried_")): tuple(c.column for c in columns if c.column != "run")
        for group, kind in GROUPS.items()
        for name, columns in declaration.tables(version, group).items()
    }


def lacking(columns: Columns) -> list[str]:
    """What every run of the version has and these columns leave out."""
    frozen = frozen_columns(VERSION)
    return [f"{place[1]}.{name}" for place in frozen for name in frozen[place] if name not in columns.get(place, ())]


def added_since(columns: Columns, *kinds: str) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Tables and columns of some kinds that a run with these columns did not have."""
    return [
        (place, lacking)
        for place, names in present_columns().items()
        if place[0] in kinds and (lacking := tuple(name for name in names if name not in columns.get(place, ())))
    ]


def sealed_version(hashes: Iterable[Hash]) -> int:
    """The version of the schema that a run was sealed by; before version 3 a run did not say."""
    said = [text for kind, _, text in hashes if kind == "version"]
    return int(said[0]) if said and said[0].isdecimal() else sealed_by_2.VERSION


def revision_of_warnings(hashes: Iterable[Hash]) -> int:
    """Which revision of the warnings a run knew; of the first one a run did not say."""
    said = [text for kind, _, text in hashes if kind == "warnings"]
    return int(said[0]) if said and said[0].isdecimal() else 1


def input_hashes(
    connection: Connection, end: date, schema: str = "main", columns: Columns | None = None
) -> dict[str, str]:
    """SHA-256 of every input table over what a run that ends on `end` could see of it."""
    day = f"DATE '{end.isoformat()}'"
    chosen = columns or present_columns()
    return _hashes(
        connection,
        (
            (table.name, visible_rows(table, day, schema, columns=chosen["input", table.name]))
            for table in inputs()
            if ("input", table.name) in chosen
        ),
    )


def output_hashes(
    connection: Connection, schema: str, where: str = "TRUE", *, carried_only: bool = False,
    columns: Columns | None = None,
) -> list[Hash]:  # fmt: skip
    """SHA-256 of every output table of a run and of what it carries forward, as they stand in `schema`."""
    found: list[Hash] = []
    prefixes = {"output": "", "carried": "carried_" if schema == "book" else ""}
    for kind, prefix in prefixes.items() if not carried_only else [("carried", prefixes["carried"])]:
        types = _written() if kind == "output" else _carried()
        queries = (
            (name, f"SELECT {_as_declared(names, types[name])} FROM {schema}.{prefix}{name} WHERE {where} ORDER BY ALL")
            for (of_kind, name), names in (columns or present_columns()).items()
            if of_kind == kind and name in types
        )
        found += [(kind, name, digest) for name, digest in _hashes(connection, queries).items()]
    return found


def seal(previous: str, facts: Sequence[object], hashes: Iterable[Hash]) -> str:
    """SHA-256 over the seal of the run before, the run's facts and its hashes: the last one seals the book."""
    text = json.dumps([previous, [None if fact is None else str(fact) for fact in facts], sorted(hashes)])
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes(connection: Connection, queries: Iterable[tuple[str, str]]) -> dict[str, str]:
    hashes = {}
    with tempfile.TemporaryDirectory(prefix="leancost-") as folder:
        path = Path(folder) / "table.csv"
        for name, query in queries:
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER true)")
            with path.open("rb") as file:
                hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes


def _as_declared(names: Iterable[str], types: Mapping[str, str]) -> str:
    """The columns as the book stores them, so that a run has one hash before and after it is stored."""
    return ", ".join(f"CAST({name} AS {types[name]}) AS {name}" for name in names)


def _written() -> dict[str, dict[str, str]]:
    return {table.name: {column.name: column.sql_type for column in table.columns} for table in outputs()}


def _carried() -> dict[str, dict[str, str]]:
    """What a run hands on: table to its columns with their types."""
    return {
        name: dict((column.split(" ", 1)[0], column.split(" ", 1)[1]) for column in columns.split(", "))
        for name, columns in CARRIED.items()
    }
