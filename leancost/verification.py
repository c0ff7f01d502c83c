"""Whether a book still says what its runs said: hashes, seals, identities, and every period run once more."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Final

import duckdb

from leancost import __version__, backflush, book, earlier_rows, reversal, runs, seals, storage
from leancost.book import CARRIED, Connection
from leancost.errors import Finding, LeancostError
from leancost.runs import StoredRun
from leancost.tables import outputs, tables

CODES: Final = {
    "V01": "a run is missing, or its facts are no longer what was sealed",
    "V02": "an output table or what a run hands on is no longer what was stored",
    "V03": "an input table is no longer what the run read",
    "V04": "stored figures contradict each other",
    "V05": "running the period again gives other figures",
}

ENTERING: Final = ("journal/accounts", "posting/go_lives", "posting/posted_flows", "posting/entering_flows")
"""Which flows a run brought forward from their go-live."""

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


def verify(source: Path) -> Verification:
    """Recomputes every hash and seal, checks every identity on stored figures, and runs every period again.

    The file is read once and let go; nothing is written. Raises LeancostError where it cannot be
    read. Source: contract 6 (what must hold on every run); domain 5 #22.
    """
    storage.require_book(source)
    with storage.snapshot(source) as connection:
        stored = runs.all_runs(connection, "book")
        findings = list(changed(connection, stored))
        sealed = _as_sealed(connection, stored)
        for run in sealed:
            with _on_changed_rows(findings, "V04", run), book.own_schema(connection, f"told_{run.run}"):
                findings += _identities(connection, run, sealed)
            if run.run == run.period_run:
                with _on_changed_rows(findings, "V05", run), book.own_schema(connection, f"again_{run.run}"):
                    findings += _run_again(connection, run, sealed)
        if len(sealed) < len(stored):
            problem = "is not run again, nor is a later one: its facts are no longer what was sealed"
            findings.append(runs.altered("V05", stored[len(sealed)].name, problem))
    return Verification(len(stored), stored[-1].seal or "" if stored else "", tuple(findings))


def changed(connection: Connection, stored: Sequence[StoredRun]) -> Iterator[Finding]:
    """What is no longer what it was when a run was stored: run facts, outputs, and what the run read.

    A run without number has no rows that could be looked at, one without a day as end date read none.
    """
    yield from _facts(connection, stored)
    for run in stored:
        if run.run is None or run.run < 1:
            continue
        yield from runs.changed_outputs(connection, run)
        if run.purpose != "reversal" and isinstance(run.end, date):
            with book.own_schema(connection, f"seen_{run.run}"):
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
    """Puts what the run could see into the current schema, and holds it against what was sealed."""
    schema = f"seen_{run.run}"
    earlier_rows.inputs_as_of(connection, run.run, run.end, schema)
    sealed = {name: digest for kind, name, digest in runs.stored_hashes(connection, run) if kind == "input"}
    for name, digest in seals.input_hashes(connection, run.end, schema).items():
        if sealed.get(name) != digest:
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
    rules = ["verification/broken_figures"]
    if run.purpose != "reversal":
        rules.append("backflush/broken_identities")
    for rule in rules:
        book.run_rule(connection, rule, "broken")
        for identity, flow, subject, difference in connection.execute("FROM broken").fetchall():
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
        backflush.set_run(connection, run.start or backflush.BEFORE_EVERYTHING, run.end)
        book.run_rules(connection, ENTERING)
        book.run_rule(connection, "journal/ledger_opening", adds=True)
        connection.execute(
            "INSERT INTO wip_before SELECT o.production_flow, resource_type, resource, cost_group, amount"
            " FROM opening_wip o JOIN entering_flows e ON e.production_flow = o.production_flow"
        )
    connection.execute(
        "CREATE TABLE ledger_before AS SELECT production_flow, main_account, balance FROM ledger_opening"
    )


def _run_again(connection: Connection, run: StoredRun, stored: Sequence[StoredRun]) -> Iterator[Finding]:
    """Runs the period that ends with `run` from what it could see, or mirrors again what it took back."""
    schema = f"again_{run.run}"
    if run.reverses is not None:
        group = [other for other in stored if other.period_run == run.reverses]
        if not group:
            yield runs.altered("V01", f"runs, run {run.run}", f"takes back run {run.reverses}, which is not in runs")
            return
        reversal.read_reversed(connection, group)
        reversal.mirror(connection, group, run.run)
        yield from _differences(connection, schema, run)
        return
    earlier_rows.inputs_as_of(connection, run.run, run.end, schema)
    connection.execute("UPDATE kanban_jobs SET good_quantity = 0 WHERE good_quantity IS NULL")
    book.fill_defaults(connection)
    standing = runs.standing(stored, before=min(other.run for other in stored if other.period_run == run.run))
    if standing:
        runs.bring_forward(connection, standing[-1].run)
    expected = {other.end: other for other in stored if other.period_run == run.run}
    try:
        for again in backflush.close(connection, end=run.end, last_end=standing[-1].end if standing else None):
            if again.end in expected:
                yield from _differences(connection, schema, expected.pop(again.end))
            else:
                yield runs.altered("V05", f"run {run.run}", f"is divided at {again.end} when it is run again")
    except (LeancostError, duckdb.Error) as problem:
        yield runs.altered("V05", f"run {run.run}", f"cannot be run again: {str(problem).splitlines()[0].rstrip('.')}")
        return
    for other in expected.values():
        yield runs.altered("V05", f"run {other.run}", "does not come about when its period is run again")


def _differences(connection: Connection, schema: str, run: StoredRun) -> Iterator[Finding]:
    """What the run just done in `schema` says otherwise than the stored one."""
    made_by = json.loads(run.summary).get("leancost_version")
    remark = "" if made_by == __version__ else f" (it was made by leancost {made_by}, this is {__version__})"
    told = dict(
        ((kind, name), digest) for kind, name, digest in seals.output_hashes(connection, "book", f"run = {run.run}")
    )
    for kind, name, digest in seals.output_hashes(connection, schema):
        # warnings are advice: a later leancost may say more; that nobody changed them, their hash says
        if told[kind, name] != digest and name != "warnings":
            stored_name = runs.stored_name(kind, name)
            columns = ", ".join(tables()[name].names) if kind == "output" else "* EXCLUDE (run)"
            row = connection.execute(
                f"SELECT {columns} FROM book.{stored_name} WHERE run = {run.run}"
                f" EXCEPT SELECT {columns.replace('* EXCLUDE (run)', '*')} FROM {schema}.{name} ORDER BY ALL LIMIT 1"
            ).fetchone()
            first = "/".join("" if cell is None else str(cell) for cell in row) if row else "a row is missing"
            yield runs.altered("V05", f"{stored_name}, run {run.run}", f"differs when it is run again{remark}: {first}")


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
