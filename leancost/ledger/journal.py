"""A period's journal as files that ledger programs read: CSV, hledger and beancount."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Final

from leancost import __version__
from leancost.book import folders, runs, sources, storage
from leancost.book.periods import PeriodRun, runs_of_period
from leancost.costing import workspace
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.ledger.writer import LedgerWriter
from leancost.tables.declaration import tables
from leancost.tables.output_folder import written_whole

FORMATS: Final = ("csv", "hledger", "beancount")
LINES: Final = f"SELECT {', '.join(tables()['journal'].names)} FROM journal"
NEW_FLOW: Final = "production_flow NOT IN (SELECT production_flow FROM first_balances)"
"""Of a later run of the period: a flow that was not there before opens with its go-live balance."""


@dataclass(frozen=True)
class LedgerFiles:
    """What was written: first day (None: since the beginning), last day, state, lines and total."""

    start: date | None
    end: date
    state: str
    """`preview`, `closed`, `taken back by run N` or `takes back run N`."""
    lines: int
    debit: Decimal


def write_journal(
    source: Path, *, end: date | None = None, start: date | None = None, run: int | None = None,
    formats: Sequence[str] = FORMATS, out: Path,
) -> LedgerFiles:  # fmt: skip
    """Writes a journal into `out`, whole or not at all: `journal.csv`, `.hledger`, `.beancount`.

    The journal is that of the period up to `end`, or of the stored run `run`: a reversal's mirrors
    the runs it took back. A closed period of a book is taken from its stored runs, any other is a
    preview. What was brought forward stands as a voucher `<eve>/<flow>/opening`, so that balances
    need no other file, and every closing balance is asserted. Raises LeancostError where the dates
    do not fit what is closed, the run does not exist or is refused, or a format is unknown.
    Source: contract 6 (journal, ledger_balances).
    """
    if (end is None) == (run is None):
        raise ValueError("a journal is that of a period or of a run: give end or run")
    for name in formats or ("",):
        if name not in FORMATS:
            raise LeancostError(f"{name!r} is no format of a journal. Choose {', '.join(FORMATS)}.")
    with sources.opened(source) as connection, written_whole(out) as folder:
        assert folder is not None
        if run is None:
            assert end is not None
            first_day, last_day, state = _collect(connection, source, start=start, end=end)
        else:
            first_day, last_day, state = _collect_run(connection, source, run)
        _open(connection, first_day)
        digits = workspace.currency_digits(connection)
        writer = LedgerWriter(connection, digits, last_day, state)
        for name in formats:
            path = folder / f"journal.{name}"
            if name == "csv":
                folders.write_csv(connection, "journal", path, digits, rows="period_journal")
            else:
                with path.open("w", encoding="utf-8", newline="\n") as file:
                    (writer.hledger if name == "hledger" else writer.beancount)(file)
        found = connection.execute("SELECT count(*), COALESCE(sum(debit), 0) FROM period_journal").fetchone()
        lines, debit = found or (0, Decimal(0))
        written = LedgerFiles(first_day, last_day, state, lines, round(Decimal(debit), digits))
        text = json.dumps(_manifest(folder, written, writer), indent=2, ensure_ascii=False)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        return written


def _collect(connection: Connection, source: Path, *, start: date | None, end: date) -> tuple[date | None, date, str]:
    """Puts journal, opening and closing of the period into the workspace; its days and state."""
    done: list[PeriodRun] = []
    with closing(runs_of_period(connection, source, end=end, start=start)) as period:
        for run in period:
            _add(connection, is_first=not done)
            done.append(run)
    connection.execute("CREATE TABLE known_accounts AS SELECT posting_type, main_account FROM ledger_opening")
    return done[0].start, end, done[-1].state


def _collect_run(connection: Connection, source: Path, number: int) -> tuple[date | None, date, str]:
    """The same of a stored run. Accounts of a reversal are known from the run that it takes back."""
    storage.require_book(source)
    stored = runs.all_runs(connection)
    facts = runs.run_of(stored, number, source)
    with storage.attached_to(connection, source):
        runs.load_outputs(connection, facts)
        _add(connection, is_first=True)
        connection.execute(
            "CREATE TABLE known_accounts AS SELECT posting_type, main_account FROM book.carried_ledger_opening"
            " WHERE run = ?",
            [facts.reverses or facts.run],
        )
    return facts.start, facts.end, runs.state_of(facts, stored)


def _add(connection: Connection, *, is_first: bool) -> None:
    """Adds the run that stands in the workspace to the journal, and notes its balances."""
    if is_first:
        connection.execute("CREATE TABLE first_balances AS SELECT * FROM ledger_balances")
        connection.execute(f"CREATE TABLE period_journal AS {LINES}")
    else:
        connection.execute(f"INSERT INTO period_journal {LINES}")
        connection.execute(f"INSERT INTO first_balances SELECT * FROM ledger_balances WHERE {NEW_FLOW}")
    connection.execute("CREATE OR REPLACE TABLE last_balances AS SELECT * FROM ledger_balances")


def _open(connection: Connection, first_day: date | None) -> None:
    """One voucher a flow for what was brought forward, dated on the eve of the period."""
    currency = connection.execute("SELECT value FROM parameters WHERE parameter = 'currency'").fetchone() or ("",)
    connection.execute(
        "INSERT INTO period_journal BY NAME SELECT CAST($eve AS VARCHAR) || '/' || production_flow || '/opening' AS"
        " voucher, row_number() OVER (PARTITION BY production_flow ORDER BY main_account) AS line, $eve AS"
        " posting_date, production_flow, 'opening_balance' AS posting_type, main_account,"
        " greatest(opening, 0) AS debit, greatest(-opening, 0) AS credit, $currency AS currency,"
        " 'opening balance' AS text FROM first_balances WHERE opening <> 0",
        {
            "eve": first_day - timedelta(days=1) if first_day and first_day > date.min else date.min,
            "currency": currency[0],
        },
    )


def _manifest(folder: Path, written: LedgerFiles, writer: LedgerWriter) -> dict[str, object]:
    return {
        "leancost_version": __version__,
        "legal_entity": writer.company,
        "state": written.state,
        "start": str(written.start) if written.start else None,
        "end": str(written.end),
        "currency": writer.currency,
        "control_totals": {"lines": written.lines, "debit": str(written.debit)},
        "files": {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())},
    }
