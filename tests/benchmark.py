"""Generates a month of events and times a close of it.

python tests/benchmark.py generate FOLDER --events 100000     writes a book folder
python tests/benchmark.py run FOLDER                          times `leancost close` of it, three times
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from leancost.tables.declaration import tables
from tests.books.small_book import small_book

FIRST = date(2026, 1, 1)
EVENTS_PER_BOX = 4
"""A kanban, its job, two picking lines."""


def generate(folder: Path, events: int) -> None:
    """A month in which boxes are made in lots of four: a kanban, a job and two picking lines each."""
    setup = small_book()
    for table, rows in setup.items():
        if rows:
            _write(folder / "setup" / f"{table}.csv", list(rows[0]), (list(row.values()) for row in rows))
    count = events // EVENTS_PER_BOX

    def day(n: int) -> date:
        return FIRST + timedelta(days=n * 31 // count)

    names = ["kanban", "kanban_rule", "quantity", "assigned_date"]
    _write(folder / "events" / "kanbans.csv", names, ([f"K{n}", "KR-BOX", 4, day(n)] for n in range(count)))
    names = ["job", "kanban", "activity", "completed_date", "good_quantity", "error_quantity"]
    jobs = ([f"J{n}", f"K{n}", "MAKE", day(n) if n % 100 else "", 4 - n % 7 % 2, n % 7 % 2] for n in range(count))
    _write(folder / "events" / "kanban_jobs.csv", names, jobs)
    names = ["picking_line", "production_flow", "kanban", "item", "quantity", "posting_date"]
    picks = ([f"P{n}-{k}", "FLOW", f"K{n}", "SHEET", 4 + k, day(n)] for n in range(count) for k in range(2))
    _write(folder / "events" / "picking_lines.csv", names, picks)
    assert set(setup) <= set(tables())


def _write(path: Path, names: list[str], rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)  # type: ignore[arg-type]


def run(source: Path) -> None:
    """Wall time (median of three) and peak memory of the whole process, outputs written."""
    seconds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as out:
            began = time.perf_counter()
            command = [
                sys.executable,
                "-m",
                "leancost",
                "close",
                str(source),
                "--end",
                "2026-01-31",
                "--out",
                f"{out}/o",
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{source}: median {median(seconds):.2f} s of {[round(s, 2) for s in seconds]}, peak {peak:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("generate", "run"))
    parser.add_argument("source", type=Path)
    parser.add_argument("--events", type=int, default=100_000)
    options = parser.parse_args()
    if options.action == "generate":
        generate(options.source, options.events)
    else:
        run(options.source)
