"""Whether a book still says what its runs said: hashes, seals, identities, and every period run once more."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Final

from leancost.actions.run_again import run_again
from leancost.book import earlier_rows, runs, seals, storage
from leancost.book.migrations import sealed_by_2
from leancost.book.runs import StoredRun
from leancost.costing import backflush, five_steps, workspace
from leancost.costing.workspace import CARRIED, Connection
from leancost.errors import Finding
from leancost.tables.declaration import outputs

CODES: Final = {
    "V01": "a run is missing, or its facts are no longer what was sealed",
    "V02": "an output table or what a run hands on is no longer what was stored",
    "V03": "an input table is no longer what the run read",
    "V04": "stored figures contradict each other",
    "V05": "running the period again gives other figures",
}

SINCE_3: Final = "settled quantity = realized + returned of the cost group"
"""The identity that runs of versions 1 and 2 did not hold."""
STEM: Final = (
    "CASE WHEN starts_with(transaction, 'opening_wip:') THEN 'opening_wip:' || CAST(posting_date AS VARCHAR)"
    " ELSE regexp_replace(transaction, '#[0-9]+$', '') END"
)
"""What brought a layer, as the numbers of its lines tell; two lines of it never lie in one cost group."""


@dataclass(frozen=True)
class Verification:
    """What was verified: the number of runs, the last run's seal, and everything that differs."""

    runs: int
    seal: str
    findings: tuple[Finding, ...]


def verify(source: Path, run: int | None = None) -> Verification:
    """Recomputes every hash and seal, checks every identity on stored figures, and runs every period again.

    With `run` only the period of that run; the seals of all are recomputed still. The file is read
    once and let go; nothing is written. Raises LeancostError where it cannot be read, or has no such
    run. Source: contract 5 (verify), 6 (what must hold on every run); domain 5 #22.
    """
    storage.require_book(source)
    with storage.snapshot(source) as connection:
        return _verified(connection, source, run)


def _verified(connection: Connection, source: Path, number: int | None) -> Verification:
    stored = chosen = runs.all_runs(connection, "book")
    if number is not None:
        period_run = runs.run_of(stored, number, source).period_run
        chosen = [run for run in stored if run.period_run == period_run]
    findings = list(changed(connection, stored, chosen))
    sealed = _as_sealed(connection, stored)
    for run in sealed:
        if run not in chosen:
            continue
        with _on_changed_rows(findings, "V04", run), workspace.own_schema(connection, f"told_{run.run}"):
            findings += _identities(connection, run, sealed)
        if run.run == run.period_run:
            with _on_changed_rows(findings, "V05", run):
                findings += run_again(connection, run, sealed)
    if len(sealed) < len(stored):
        problem = "is not run again, nor is a later one: its facts are no longer what was sealed"
        findings.append(runs.altered("V05", stored[len(sealed)].name, problem))
    return Verification(len(chosen), stored[-1].seal or "" if stored else "", tuple(findings))


def changed(
    connection: Connection, stored: Sequence[StoredRun], chosen: Sequence[StoredRun] | None = None
) -> Iterator[Finding]:  # fmt: skip
    """What is no longer what it was when a run was stored: run facts, outputs, and what the run read.

    Outputs and inputs are those of all runs, or of those chosen. A run without number has no rows that
    could be looked at, one without a day as end date read none.
    """
    yield from _facts(connection, stored)
    for run in stored if chosen is None else chosen:
        if run.run is None or run.run < 1:
            continue
        yield from runs.changed_outputs(connection, run)
        if run.purpose != "reversal" and isinstance(run.end, date):
            with workspace.own_schema(connection, f"seen_{run.run}"):
                yield from _inputs(connection, run)


def _facts(connection: Connection, stored: Sequence[StoredRun]) -> Iterator[Finding]:
    """The runs are what was sealed, and no table holds rows of a run that is not there."""
    yield from runs.unsealed(connection, stored)
    numbers = [run.run for run in stored]
    for name in [*(table.name for table in outputs()), *(f"carried_{name}" for name in CARRIED), "run_hashes"]:
        found = connection.execute(f"SELECT DISTINCT run FROM book.{name} ORDER BY 1").fetchall()
        if strange := ["empty" if run is None else str(run) for (run,) in found if run not in numbers]:
            yield runs.altered("V01", name, f"has rows of run {', '.join(strange)}, which is not in runs")


def _as_sealed(connection: Connection, stored: Sequence[StoredRun]) -> list[StoredRun]:
    """The runs before the first that is not what was sealed: only what stands on their facts can be told."""
    pairs = zip(stored, [None, *stored], strict=False)
    return [run for run, _ in takewhile(lambda pair: runs.is_sealed(connection, *pair), pairs)]


def _inputs(connection: Connection, run: StoredRun) -> Iterator[Finding]:
    """Puts what the run could see into the current schema, and holds it against what was sealed.

    The run is held against the tables and columns that it had; what came since was empty for it.
    """
    schema = f"seen_{run.run}"
    earlier_rows.inputs_as_of(connection, run.run, run.end, schema)
    hashes = runs.stored_hashes(connection, run)
    columns = runs.stored_columns(connection, run)
    if seals.sealed_version(hashes) == sealed_by_2.VERSION:
        now = {name: digest for _, name, digest in sealed_by_2.input_hashes(connection, run.end, schema)}
    else:
        now = seals.input_hashes(connection, run.end, schema, columns)
    sealed = {name: digest for kind, name, digest in hashes if kind == "input"}
    changed = [name for name, digest in now.items() if sealed.get(name) != digest]
    changed += [
        name for (_, name), cells in seals.added_since(columns, "input") if runs.any_filled(connection, name, cells)
    ]
    for name in dict.fromkeys(changed):
        yield runs.altered("V03", f"{name}, run {run.run}", f"is not what the run up to {run.end} read")


def _identities(connection: Connection, run: StoredRun, stored: Sequence[StoredRun]) -> Iterator[Finding]:
    """The identities of the close on the figures as they are stored, and those with the run before."""
    for table in outputs():
        connection.execute(
            f"CREATE TABLE {table.name} AS SELECT * EXCLUDE (run) FROM book.{table.name} WHERE run = {run.run}"
        )
    _figures_before(connection, run, stored)
    connection.execute(
        f"CREATE TABLE layers AS SELECT *, CASE WHEN count(*) OVER (PARTITION BY production_flow, item, posting_date,"
        f" cost_group, {STEM}) = 1 THEN {STEM} ELSE transaction END AS event FROM settlements"
    )
    connection.execute("CREATE OR REPLACE TABLE settlements AS SELECT * FROM layers")
    connection.execute(
        "CREATE TABLE entries AS SELECT production_flow, posting_type AS debit_type, '' AS credit_type,"
        " debit - credit AS amount FROM journal"
    )
    connection.execute("CREATE VIEW wip_lines AS SELECT * FROM wip_transactions")
    is_older = seals.sealed_version(runs.stored_hashes(connection, run)) == sealed_by_2.VERSION
    rules = ["verification/broken_figures"]
    if run.purpose != "reversal":
        rules.append("verification/broken_identities")
    for rule in rules:
        workspace.run_rule(connection, rule, "broken")
        for identity, flow, subject, difference in connection.execute("FROM broken").fetchall():
            if is_older and identity == SINCE_3:
                continue
            yield runs.altered("V04", f"run {run.run}, {flow}", f"{identity}: {subject} by {difference}")


def _figures_before(connection: Connection, run: StoredRun, stored: Sequence[StoredRun]) -> None:
    """WIP and ledger as the run found them: as the last standing run left them, and as of the go-live of new flows."""
    number = run.reverses
    if number is None:
        standing = runs.standing(stored, before=run.run)
        number = standing[-1].run if standing else None
    found = "FALSE" if number is None else f"run = {number}"  # numbered from 1
    for name in ("ledger_opening", "kept_conversion"):
        connection.execute(f"CREATE TABLE {name} AS SELECT * EXCLUDE (run) FROM book.carried_{name} WHERE {found}")
    connection.execute(
        "CREATE TABLE wip_before AS SELECT production_flow, resource_type, resource, cost_group, after AS amount"
        f" FROM book.wip_balances WHERE {found}"
    )
    late = connection.execute("SELECT count(*) FROM book.production_flows WHERE go_live IS NOT NULL").fetchone()
    if run.reverses is None and (number is None or (late and late[0])):
        earlier_rows.inputs_as_of(connection, run.run, run.end, f"told_{run.run}")
        five_steps.set_run(connection, run.start or backflush.BEFORE_EVERYTHING, run.end)
        workspace.determine(connection, "facts/accounts", "facts/go_lives")
        workspace.run_rules(connection, ("carry/posted_flows", "carry/entering_flows"))
        workspace.run_rule(connection, "carry/ledger_opening", adds=True)
        connection.execute(
            "INSERT INTO wip_before SELECT o.production_flow, resource_type, resource, cost_group, amount"
            " FROM opening_wip o JOIN entering_flows e ON e.production_flow = o.production_flow"
        )
    connection.execute(
        "CREATE TABLE ledger_before AS SELECT production_flow, main_account, balance FROM ledger_opening"
    )


@contextmanager
def _on_changed_rows(findings: list[Finding], code: str, run: StoredRun) -> Iterator[None]:
    """Whatever fails on rows that were changed is one more finding; on others it is an error of the program."""
    try:
        yield
    except Exception:
        if not findings:
            raise
        what = "cannot be checked" if code == "V04" else "cannot be run again"
        findings.append(runs.altered(code, run.name, f"{what} with what was changed"))
