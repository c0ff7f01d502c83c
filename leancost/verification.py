"""Whether a book still says what its runs said: hashes, seals, identities, and every period run once more."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Final

import duckdb

from leancost import __version__, book, earlier_rows, period, reversal, runs, seals, storage
from leancost.backflush import Run
from leancost.book import CARRIED, Connection
from leancost.errors import Finding, LeancostError
from leancost.migrations import sealed_by_2
from leancost.runs import StoredRun
from leancost.tables import outputs

CODES: Final = {
    "V01": "a run is missing, or its facts are no longer what was sealed",
    "V02": "an output table or what a run hands on is no longer what was stored",
    "V03": "an input table is no longer what the run read",
    "V04": "stored figures contradict each other",
    "V05": "running the period again gives other figures",
}

FIRST_VERSION: Final = "0.1.0"
"""The first leancost that kept runs."""
SINCE_3: Final = "settled quantity = realized + returned of the cost group"
"""The identity that runs of versions 1 and 2 did not hold."""
SUBJECT: Final = ("code", "production_flow", "subject")
"""What of a warning every leancost says alike."""

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
                with _on_changed_rows(findings, "V05", run):
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
        rules.append("backflush/broken_identities")
    for rule in rules:
        book.run_rule(connection, rule, "broken")
        for identity, flow, subject, difference in connection.execute("FROM broken").fetchall():
            if is_older and identity == SINCE_3:
                continue
            yield runs.altered("V04", f"run {run.run}, {flow}", f"{identity}: {subject} by {difference}")


def _figures_before(connection: Connection, run: StoredRun, stored: Sequence[StoredRun]) -> None:
    """WIP and ledger as the run found them: as the last standing run left them, else as of the go-live."""
    number = run.reverses
    if number is None:
        standing = runs.standing(stored, before=run.run)
        number = standing[-1].run if standing else None
    if number is None:
        earlier_rows.inputs_as_of(connection, run.run, run.end, f"told_{run.run}")
        book.run_rules(connection, ("journal/accounts", "journal/ledger_opening"))
        wip = "opening_wip"
    else:
        connection.execute(
            "CREATE TABLE ledger_opening AS SELECT * EXCLUDE (run) FROM book.carried_ledger_opening"
            f" WHERE run = {number}"
        )
        wip = f"(SELECT *, after AS amount FROM book.wip_balances WHERE run = {number})"
    connection.execute(
        "CREATE TABLE ledger_before AS SELECT production_flow, main_account, balance FROM ledger_opening"
    )
    connection.execute(
        f"CREATE TABLE wip_before AS SELECT production_flow, resource_type, resource, cost_group, amount FROM {wip} w"
    )


def _run_again(connection: Connection, run: StoredRun, stored: Sequence[StoredRun]) -> list[Finding]:
    """What the period that ends with `run`, done again from what it could see, says otherwise.

    A reversal is mirrored again. Version 2 of the schema did not seal whether there was a later date:
    a run of it is right where it is right with or without them.
    """
    schema = f"again_{run.run}"
    if run.reverses is not None:
        with book.own_schema(connection, schema):
            return list(_mirrored_again(connection, run, stored))
    version = seals.sealed_version(runs.stored_hashes(connection, run))
    found: list[Finding] = []
    for as_version_2 in (False, True) if version == sealed_by_2.VERSION else (False,):
        with book.own_schema(connection, schema):
            last_end = _read_again(connection, run, stored, as_version_2=as_version_2)
            findings = list(_period_again(connection, run, stored, last_end))
        if not findings:
            return []
        found = found or findings
    return found


def _mirrored_again(connection: Connection, run: StoredRun, stored: Sequence[StoredRun]) -> Iterator[Finding]:
    group = [other for other in stored if other.period_run == run.reverses]
    if not group:
        yield runs.altered("V01", f"runs, run {run.run}", f"takes back run {run.reverses}, which is not in runs")
        return
    earlier_rows.inputs_as_of(connection, run.run, run.end, f"again_{run.run}")
    reversal.read_reversed(connection, group)
    yield from _facts_differ(run, reversal.mirror(connection, group, run.run))
    yield from _differences(connection, f"again_{run.run}", run)


def _read_again(
    connection: Connection, run: StoredRun, stored: Sequence[StoredRun], *, as_version_2: bool
) -> date | None:  # fmt: skip
    """Makes the current schema what the close of `run` found: rows, defaults, opening; the end of the run before."""
    schema = f"again_{run.run}"
    if as_version_2:
        earlier_rows.inputs_as_of(connection, run.run, run.end, schema)
        sealed_by_2.hide_what_is_later(connection, run.end, schema)
    else:
        earlier_rows.inputs_as_of(connection, run.run, runs.seen_until(run, stored), schema)
    book.fill_defaults(connection)
    standing = runs.standing(stored, before=min(other.run for other in stored if other.period_run == run.run))
    if standing:
        runs.bring_forward(connection, standing[-1].run)
    return standing[-1].end if standing else None


def _period_again(
    connection: Connection, run: StoredRun, stored: Sequence[StoredRun], last_end: date | None
) -> Iterator[Finding]:  # fmt: skip
    """Closes the period on the current schema, and holds every run of it against the stored one."""
    expected = {other.end: other for other in stored if other.period_run == run.run}
    try:
        for again in period.run_period(connection, end=run.end, last_end=last_end):
            if again.end not in expected:
                yield runs.altered("V05", f"run {run.run}", f"is divided at {again.end} when it is run again")
                continue
            told = expected.pop(again.end)
            yield from _facts_differ(told, _facts_again(connection, told, again))
            yield from _differences(connection, f"again_{run.run}", told)
    except (LeancostError, duckdb.Error) as problem:
        yield runs.altered("V05", f"run {run.run}", f"cannot be run again: {str(problem).splitlines()[0].rstrip('.')}")
        return
    for other in expected.values():
        yield runs.altered("V05", f"run {other.run}", "does not come about when its period is run again")


def _facts_again(connection: Connection, told: StoredRun, again: Run) -> StoredRun:
    """The facts of a stored run as they come about again."""
    hashes = runs.stored_hashes(connection, told)
    sealed = {name: digest for kind, name, digest in hashes if kind == "input"}
    summary = period.summarise(connection, again, str(told.run), sealed)
    if seals.sealed_version(hashes) == sealed_by_2.VERSION:  # a run of version 1 shows hashes that were not sealed
        summary["inputs"] = json.loads(told.summary).get("inputs")
    purpose = "before" if told.purpose == "before" else again.purpose
    start = told.start if again.start is None and told.start == date.min else again.start
    return replace(told, start=start, end=again.end, purpose=purpose, summary=json.dumps(summary))


def _facts_differ(told: StoredRun, again: StoredRun) -> Iterator[Finding]:
    """What a report shows of a run beside its figures, held against the run done again."""
    place = f"runs, run {told.run}"
    for name in ("start", "end", "purpose", "reverses", "period_run"):
        if getattr(told, name) != getattr(again, name):
            yield runs.altered("V05", place, f"{name} is {getattr(told, name)}, run again {getattr(again, name)}")
    said, right = json.loads(told.summary), json.loads(again.summary)
    if not isinstance(said, dict):
        yield runs.altered("V05", place, "says nothing of the run")
        return
    yield from _made_by(place, said.pop("leancost_version", None))
    right.pop("leancost_version")
    for name in sorted(said.keys() | right.keys()):
        pairs = [(name, said.get(name), right.get(name))]
        if isinstance(pairs[0][1], dict) and isinstance(pairs[0][2], dict):
            one, other = pairs[0][1], pairs[0][2]
            pairs = [(f"{name} {part}", one.get(part), other.get(part)) for part in sorted(one.keys() | other.keys())]
        for what, stored, computed in pairs:
            if stored != computed:
                yield runs.altered("V05", place, f"{what} is {stored}, run again {computed}")


def _made_by(place: str, version: object) -> Iterator[Finding]:
    """Which leancost made a run only its seal tells; but it was none before the first, and none after this one."""
    if not isinstance(version, str) or not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}", version):
        yield runs.altered("V05", place, f"leancost_version is {version}, no version")
    elif _in_order(version) < _in_order(FIRST_VERSION):
        yield runs.altered("V05", place, f"leancost_version is {version}; the first was {FIRST_VERSION}")
    elif _in_order(version) > _in_order(__version__):
        problem = f"was made by leancost {version}, this is {__version__}: it cannot tell whether the run is right"
        yield Finding("V05", place, None, "", problem, "Update leancost, and verify again")


def _in_order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _differences(connection: Connection, schema: str, run: StoredRun) -> Iterator[Finding]:
    """What the run just done in `schema` says otherwise than the stored one, in the columns that this one has."""
    columns = runs.stored_columns(connection, run)
    made_by = json.loads(run.summary).get("leancost_version")
    remark = "" if made_by == __version__ else f" (it was made by leancost {made_by}, this is {__version__})"
    of_run = seals.output_hashes(connection, "book", f"run = {run.run}", columns=columns)
    told = {(kind, name): digest for kind, name, digest in of_run}
    for kind, name, digest in seals.output_hashes(connection, schema, columns=columns):
        if told[kind, name] == digest:
            continue
        names, is_complete = columns[kind, name], True
        if name == "warnings" and not _same_leancost(connection, run):
            names, is_complete = SUBJECT, False  # a later leancost may say more, and in other words
        stored_name = runs.stored_name(kind, name)
        cells = ", ".join(names)
        stored, again = (
            f"SELECT {cells} FROM book.{stored_name} WHERE run = {run.run}",
            f"SELECT {cells} FROM {schema}.{name}",
        )
        row = connection.execute(f"{stored} EXCEPT {again} ORDER BY ALL LIMIT 1").fetchone()
        if row or is_complete:
            first = "/".join("" if cell is None else str(cell) for cell in row) if row else "a row is missing"
            yield runs.altered("V05", f"{stored_name}, run {run.run}", f"differs when it is run again{remark}: {first}")


def _same_leancost(connection: Connection, run: StoredRun) -> bool:
    """Whether the run was made by this leancost, as far as it says."""
    version = seals.sealed_version(runs.stored_hashes(connection, run))
    return version == seals.VERSION and json.loads(run.summary).get("leancost_version") == __version__


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
