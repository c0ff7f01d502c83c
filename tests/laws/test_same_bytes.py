"""The same book gives the same bytes, whatever the order of its rows and files and whatever the computer is set to."""

import csv
import os
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from leancost.cli import commands
from leancost.costing import workspace
from tests.books.random_books import random_book
from tests.support.commands import write_folder
from tests.support.places import DATA
from tests.support.random_closes import BOOKS
from tests.support.rows import Book, read_folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def close(source: Path, out: Path, start: str, end: str) -> dict[str, bytes]:
    assert commands.main(["close", str(source), "--start", start, "--end", end, "--out", str(out)]) == 0
    written = files(out)
    assert {"run.json", "journal.csv", "variances.csv", "wip_transactions.csv"} <= written.keys()
    return written


def shuffled(rows: Book, folder: Path, seed: int) -> Path:
    """The same tables with rows and columns in another order, written in another order of files."""
    chance = random.Random(seed)
    names = list(rows)
    chance.shuffle(names)
    places = {path.stem: path.relative_to(path.parents[1]) for path in _declared()}
    for name in names:
        columns = list(dict.fromkeys(column for line in rows[name] for column in line))
        lines = list(rows[name])
        chance.shuffle(columns)
        chance.shuffle(lines)
        if lines:
            path = folder / places[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", newline="", encoding="utf-8-sig") as file:
                writer = csv.DictWriter(file, columns, restval="", lineterminator="\r\n")
                writer.writeheader()
                writer.writerows(lines)
    return folder


def _declared() -> list[Path]:
    from leancost.tables.declaration import inputs

    return [Path("x") / table.group / f"{table.name}.csv" for table in inputs()]


def test_rows_columns_and_files_of_the_teaching_company_in_another_order(tmp_path: Path) -> None:
    rows = read_folder(DATA)
    expected = close(DATA, tmp_path / "as it is", "2026-01-01", "2026-03-31")
    assert "2026-01-31/run.json" in expected  # divided at an eve: its tables are compared too
    other = shuffled(rows, tmp_path / "shuffled", seed=1)
    assert close(other, tmp_path / "other order", "2026-01-01", "2026-03-31") == expected


@pytest.mark.parametrize("policy", ["worked_example/retain", "edge_cases"])
def test_rows_columns_and_files_of_the_examples_in_another_order(policy: str, examples: Path, tmp_path: Path) -> None:
    days = ("2026-04-01", "2026-04-30") if policy == "edge_cases" else ("2026-02-01", "2026-02-28")
    expected = close(examples / policy, tmp_path / "as it is", *days)
    other = shuffled(read_folder(examples / policy), tmp_path / "shuffled", seed=2)
    assert close(other, tmp_path / "other order", *days) == expected


@pytest.mark.parametrize("seed", range(BOOKS // 100))
def test_rows_columns_and_files_of_a_random_book_in_another_order(seed: int, tmp_path: Path) -> None:
    made = random_book(seed)
    days = ("2026-02-01", "2026-02-28")
    expected = close(write_folder(made, tmp_path / "folder"), tmp_path / "as it is", *days)
    assert close(shuffled(made, tmp_path / "shuffled", seed), tmp_path / "other order", *days) == expected


def test_an_import_in_parts_and_in_another_order_is_the_same_book(examples: Path, tmp_path: Path) -> None:
    rows = read_folder(examples / "edge_cases")
    whole, parts = tmp_path / "whole.duckdb", tmp_path / "parts.duckdb"
    assert commands.main(["import", str(examples / "edge_cases"), str(whole)]) == 0
    setup = shuffled({name: lines for name, lines in rows.items() if not _is_event(name)}, tmp_path / "setup", 3)
    assert commands.main(["import", str(setup), str(parts)]) == 0
    assert commands.main(["import", str(shuffled(rows, tmp_path / "all", 4)), str(parts)]) == 0
    outputs = []
    for source in (whole, parts):
        out = tmp_path / f"{source.stem}-out"
        assert commands.main(["close", str(source), "--end", "2026-03-31", "--out", str(out)]) == 0
        outputs.append(files(out))
    assert outputs[0] == outputs[1]


def _is_event(name: str) -> bool:
    return any(path.stem == name and path.parent.name == "events" for path in _declared())


SETTINGS = {
    "east of Greenwich, Norwegian": {
        "PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "nb_NO.UTF-8", "LANG": "nb_NO.UTF-8",
    },
    "west of Greenwich, no locale": {"PYTHONHASHSEED": "7", "TZ": "Pacific/Pago_Pago", "LC_ALL": "C", "LANG": "C"},
}  # fmt: skip
"""Each with a hash seed of its own."""


@pytest.mark.parametrize("command", ["close", "journal"])
def test_two_time_zones_locales_and_hash_seeds(command: str, examples: Path, tmp_path: Path) -> None:
    source = examples / "edge_cases"
    outputs = []
    for place, setting in enumerate(SETTINGS.values()):
        words = [
            command,
            str(source),
            "--start",
            "2026-04-01",
            "--end",
            "2026-04-30",
            "--out",
            str(tmp_path / str(place)),
        ]
        said = subprocess.run(
            [sys.executable, "-m", "leancost", *words], env={**os.environ, **setting}, capture_output=True, text=True
        )
        assert (said.returncode, said.stderr) == (0, "")
        outputs.append(files(tmp_path / str(place)))
    assert outputs[0] == outputs[1]


def test_one_thread_and_two(examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small blocks of rows are shared out too, where DuckDB is told to."""
    filled = workspace.fill_defaults
    outputs = []
    for threads in (1, 2):

        def with_threads(connection: duckdb.DuckDBPyConnection, threads: int = threads) -> None:
            filled(connection)
            connection.execute(f"SET threads = {threads}")
            connection.execute("PRAGMA verify_parallelism")

        monkeypatch.setattr(workspace, "fill_defaults", with_threads)
        outputs.append(close(examples / "edge_cases", tmp_path / str(threads), "2026-04-01", "2026-04-30"))
    assert outputs[0] == outputs[1]
