"""Books of every version of the schema, as their own code made them."""

import gzip
import shutil
from pathlib import Path

import duckdb

from tests.support.places import OLD_BOOKS


def old_book(version: int, folder: Path) -> Path:
    target = folder / "old.duckdb"
    with gzip.open(OLD_BOOKS / f"schema_{version}.duckdb.gz") as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return target


def schema_of(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY 1, 2"
        ).fetchall()
