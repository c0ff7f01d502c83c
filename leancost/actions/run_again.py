"""A stored period done again: what it read, its runs, and what a report shows of them, held against what is stored."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import duckdb

from leancost import __version__
from leancost.actions import reverse
from leancost.book import earlier_rows, run_files, runs, seals
from leancost.book.migrations import sealed_by_2
from leancost.book.runs import StoredRun
from leancost.costing import period_runs, workspace
from leancost.costing.backflush import Run
from leancost.costing.check_codes import SINCE
from leancost.costing.workspace import Connection
from leancost.errors import Finding, LeancostError

FIRST_VERSIONS: Final = {sealed_by_2.VERSION: "0.1.0", seals.VERSION: "0.2.0"}
"""The first leancost that sealed runs by each version of the schema."""
SUBJECT: Final = ("code", "production_flow", "subject")
"""What of a warning every leancost says alike."""
FAR_EVENTS: Final = "W11"
"""The warning about events after any plausible end: no run sees them, so it does not come about again."""


def run_again(connection: Connection, run: StoredRun, stored: Sequence[StoredRun]) -> list[Finding]:
    """What the period that ends with `run`, done again from what it could see, says otherwise.

    A reversal is mirrored again. Version 2 of the schema did not seal whether there was a later date:
    a run of it is right where it is right with or without them.
    """
    schema = f"again_{run.run}"
    if run.reverses is not None:
        with workspace.own_schema(connection, schema):
            return list(_mirrored_again(connection, run, stored))
    version = seals.sealed_version(runs.stored_hashes(connection, run))
    found: list[Finding] = []
    for as_version_2 in (False, True) if version == sealed_by_2.VERSION else (False,):
        with workspace.own_schema(connection, schema):
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
    reverse.read_reversed(connection, group)
    yield from _facts_differ(connection, run, reverse.mirror(connection, group, run.run))
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
    workspace.fill_defaults(connection)
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
        for again in period_runs.run_period(connection, end=run.end, last_end=last_end):
            if again.end not in expected:
                yield runs.altered("V05", f"run {run.run}", f"is divided at {again.end} when it is run again")
                continue
            told = expected.pop(again.end)
            yield from _facts_differ(connection, told, _facts_again(connection, told, again))
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
    summary = run_files.summarise(connection, again, str(told.run), sealed)
    if seals.sealed_version(hashes) == sealed_by_2.VERSION:  # a run of version 1 shows hashes that were not sealed
        summary["inputs"] = json.loads(told.summary).get("inputs")
    purpose = "before" if told.purpose == "before" else again.purpose
    start = told.start if again.start is None and told.start == date.min else again.start
    return replace(told, start=start, end=again.end, purpose=purpose, summary=json.dumps(summary))


def _facts_differ(connection: Connection, told: StoredRun, again: StoredRun) -> Iterator[Finding]:
    """What a report shows of a run beside its figures, held against the run done again."""
    first = FIRST_VERSIONS[seals.sealed_version(runs.stored_hashes(connection, told))]
    place = f"runs, run {told.run}"
    for name in ("start", "end", "purpose", "reverses", "period_run"):
        if getattr(told, name) != getattr(again, name):
            yield runs.altered("V05", place, f"{name} is {getattr(told, name)}, run again {getattr(again, name)}")
    said, right = json.loads(told.summary), json.loads(again.summary)
    if not isinstance(said, dict):
        yield runs.altered("V05", place, "says nothing of the run")
        return
    yield from _made_by(place, said.pop("leancost_version", None), first)
    right.pop("leancost_version")
    for name in sorted(said.keys() | right.keys()):
        pairs = [(name, said.get(name), right.get(name))]
        if isinstance(pairs[0][1], dict) and isinstance(pairs[0][2], dict):
            one, other = pairs[0][1], pairs[0][2]
            pairs = [(f"{name} {part}", one.get(part), other.get(part)) for part in sorted(one.keys() | other.keys())]
        for what, stored, computed in pairs:
            if stored != computed:
                yield runs.altered("V05", place, f"{what} is {stored}, run again {computed}")


def _made_by(place: str, version: object, first: str) -> Iterator[Finding]:
    """Which leancost made a run only its seal tells; but none before `first` could, and none after this one has."""
    if not isinstance(version, str) or not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}", version):
        yield runs.altered("V05", place, f"leancost_version is {version}, no version")
    elif _in_order(version) < _in_order(first):
        yield runs.altered("V05", place, f"leancost_version is {version}; the first that sealed so was {first}")
    elif _in_order(version) > _in_order(__version__):
        problem = f"was made by leancost {version}, this is {__version__}: it cannot tell whether the run is right"
        yield Finding("V05", place, None, "", problem, "Update leancost, and verify again")


def _in_order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _differences(connection: Connection, schema: str, run: StoredRun) -> Iterator[Finding]:
    """What the run just done in `schema` says otherwise than the stored one, in the columns that this one has."""
    columns, hashes = runs.stored_columns(connection, run), runs.stored_hashes(connection, run)
    is_older = seals.sealed_version(hashes) != seals.VERSION
    made_by = json.loads(run.summary).get("leancost_version")
    remark = "" if made_by == __version__ else f" (it was made by leancost {made_by}, this is {__version__})"
    of_run = seals.output_hashes(connection, "book", f"run = {run.run}", columns=columns)
    told = {(kind, name): digest for kind, name, digest in of_run}
    for kind, name, digest in seals.output_hashes(connection, schema, columns=columns):
        if told[kind, name] == digest:
            continue
        names, is_complete, seen = columns[kind, name], True, ""
        if name == "warnings":
            seen = f" AND code NOT IN ({', '.join(_not_compared(hashes))})"
        if name == "warnings" and is_older:
            names, is_complete = SUBJECT, False  # a later leancost says more, and in other words
        stored_name = runs.stored_name(kind, name)
        cells = ", ".join(names)
        stored, again = (
            f"SELECT {cells} FROM book.{stored_name} WHERE run = {run.run}{seen}",
            f"SELECT {cells} FROM {schema}.{name} WHERE TRUE{seen}",
        )
        row = connection.execute(f"{stored} EXCEPT {again} ORDER BY ALL LIMIT 1").fetchone()
        if seen and is_complete:
            is_complete = connection.execute(f"{again} EXCEPT {stored} LIMIT 1").fetchone() is not None
        if row or is_complete:
            first = "/".join("" if cell is None else str(cell) for cell in row) if row else "a row is missing"
            yield runs.altered("V05", f"{stored_name}, run {run.run}", f"differs when it is run again{remark}: {first}")


def _not_compared(hashes: list[seals.Hash]) -> list[str]:
    """The warnings that a run could not tell, or told in other words: what came or changed since, and W11."""
    known = seals.revision_of_warnings(hashes)
    return [f"'{code}'" for code in (FAR_EVENTS, *(code for code, since in SINCE.items() if since > known))]
