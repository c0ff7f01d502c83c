"""Taking back the last run: mirror entries at the original amounts; both runs stay, the dates are open again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from leancost.book import run_files, runs, seals, storage
from leancost.book.runs import StoredRun
from leancost.costing.backflush import Run
from leancost.costing.workspace import CARRIED, Connection, run_rules, workspace
from leancost.errors import LeancostError
from leancost.tables.declaration import outputs
from leancost.tables.output_folder import written_whole

MIRRORS: Final = (
    "reversal/journal",
    "reversal/wip_transactions",
    "reversal/wip_balances",
    "reversal/variances",
    "reversal/ledger_balances",
)
"""What adds up over runs is mirrored; what describes the last day (unused quantities, settlements) is not."""


@dataclass(frozen=True)
class Reversal:
    """What was taken back: the runs, the number of the reversal, and the days that are open again."""

    run: int
    reversed_runs: tuple[int, ...]
    first_day: date | None
    end: date
    closed_until: date | None
    """End of the last period that still stands; None where nothing is closed any more."""


def reverse(source: Path, *, out: Path | None = None) -> Reversal:
    """Takes back the last period that stands, with the eve runs that divided it.

    The reversal is a run of its own: the mirror of every journal and WIP line, dated like the
    original, because those days are open again. Nothing stored is edited; the next run begins
    with what the last standing run left. Raises LeancostError where nothing is closed, or where the
    book no longer holds what the runs stored.
    Source: contract 5 (reverse); domain 5 #11, #21.
    """
    storage.require_book(source)
    return storage.until_unchanged(source, lambda: _reverse(source, out))


def _reverse(source: Path, out: Path | None) -> Reversal:
    with workspace() as connection, written_whole(out) as folder:
        with storage.attached_to(connection, source):
            storage.copy_inputs(connection)
            read = storage.revision(connection)
            stored = runs.sealed_runs(connection)
            group = last_period(stored)
            if not group:
                raise LeancostError(f"{source} has no run to take back: nothing is closed.")
            for run in group:
                runs.require_as_stored(connection, run)
            read_reversed(connection, group)
        facts = mirror(connection, group, stored[-1].run + 1)
        hashes = [*seals.form(), *seals.output_hashes(connection, "main")]
        if folder:
            run_files.write_run(connection, folder, json.loads(facts.summary), "reversal")
        with storage.attached_to(connection, source, write=True):
            storage.require_revision(connection, read)
            with storage.transaction(connection, source):
                runs.store_run(connection, facts, hashes, "main")
        before = runs.standing([*stored, facts])
        return Reversal(
            facts.run,
            tuple(run.run for run in group),
            group[0].start,
            group[-1].end,
            before[-1].end if before else None,
        )


def last_period(stored: Sequence[StoredRun]) -> list[StoredRun]:
    """The runs of the last period that stands; empty where nothing is closed."""
    standing = runs.standing(stored)
    return [run for run in standing if run.period_run == standing[-1].period_run]


def read_reversed(connection: Connection, group: Sequence[StoredRun]) -> None:
    """Copies the outputs of the runs to take back from the attached book into the workspace."""
    last = group[-1]
    numbers = ", ".join(str(run.run) for run in group)
    connection.execute(
        f"CREATE OR REPLACE TABLE reversed_runs AS SELECT run, run = {last.run} AS is_last FROM book.runs"
        f" WHERE run IN ({numbers})"
    )
    for table in outputs():
        connection.execute(
            f"CREATE OR REPLACE TABLE reversed_{table.name} AS SELECT * FROM book.{table.name} WHERE run IN ({numbers})"
        )


def mirror(connection: Connection, group: Sequence[StoredRun], number: int) -> StoredRun:
    """Makes the outputs of the reversal from what `read_reversed` read; the reversal's facts, not sealed."""
    last = group[-1]
    for table in outputs():
        connection.execute(table.ddl().replace("CREATE TABLE", "CREATE OR REPLACE TABLE", 1))
    for name, columns in CARRIED.items():
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
    run_rules(connection, MIRRORS)
    connection.execute(
        "CREATE OR REPLACE TABLE ledger_movements AS SELECT sum(debit) AS debit, sum(credit) AS credit FROM journal"
    )
    summary = run_files.summarise(connection, Run(group[0].start, last.end, "reversal"), str(number), {})
    summary |= {"state": "reversal", "reverses": [str(run.run) for run in group]}
    facts = replace(last, run=number, start=group[0].start, purpose="reversal", period_run=number, reverses=last.run)
    return replace(facts, summary=json.dumps(summary), seal="")
