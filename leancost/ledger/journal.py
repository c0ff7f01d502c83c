"""A period's journal as files that ledger programs read: CSV, hledger and beancount."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Final

from leancost import __version__
from leancost.book import folders, runs, sources, storage
from leancost.book.runs import StoredRun
from leancost.costing import backflush, workspace
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.ledger.writer import LedgerWriter
from leancost.tables.declaration import tables
from leancost.tables.output_folder import written_whole
from leancost.tables.source_rows import RowNumbers

FORMATS: Final = ("csv", "hledger", "beancount")
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
    stored = sources.stored_runs(connection, start, end)
    if stored:
        with storage.attached_to(connection, source):
            _collect_stored(connection, stored)
        first_day = stored[0].start
    else:
        _, last_end = sources.prepare(connection, RowNumbers(source), end=end, start=start)
        first_day, first = None, True
        for run in backflush.close(connection, end=end, start=start, last_end=last_end):
            if run.purpose == "before":
                continue
            if first:
                first_day = run.start
                connection.execute("CREATE TABLE first_balances AS SELECT * FROM ledger_balances")
                connection.execute("CREATE TABLE period_journal AS SELECT * FROM journal")
            else:
                connection.execute("INSERT INTO period_journal SELECT * FROM journal")
                connection.execute(f"INSERT INTO first_balances SELECT * FROM ledger_balances WHERE {NEW_FLOW}")
            first = False
        connection.execute("CREATE TABLE last_balances AS SELECT * FROM ledger_balances")
        connection.execute("CREATE TABLE known_accounts AS SELECT posting_type, main_account FROM ledger_opening")
    return first_day, end, "closed" if stored else "preview"


def _collect_run(connection: Connection, source: Path, number: int) -> tuple[date | None, date, str]:
    """Puts journal, opening and closing of a stored run into the workspace; its days and state."""
    storage.require_book(source)
    stored = runs.all_runs(connection)
    facts = runs.run_of(stored, number, source)
    with storage.attached_to(connection, source):
        _collect_stored(connection, [facts])
    return facts.start, facts.end, runs.state_of(facts, stored)


def _collect_stored(connection: Connection, stored: Sequence[StoredRun]) -> None:
    """Accounts of a reversal are known from the run that it takes back."""
    for facts in stored:
        runs.require_as_stored(connection, facts)
    numbers = [facts.run for facts in stored]
    places = ", ".join("?" for _ in numbers)
    journal = ", ".join(tables()["journal"].names)
    connection.execute(
        f"CREATE TABLE period_journal AS SELECT {journal} FROM book.journal WHERE run IN ({places})", list(numbers)
    )
    for name, number in (("first_balances", numbers[0]), ("last_balances", numbers[-1])):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM book.ledger_balances WHERE run = ?", [number])
    for number in numbers[1:]:
        connection.execute(
            f"INSERT INTO first_balances SELECT * FROM book.ledger_balances WHERE run = ? AND {NEW_FLOW}", [number]
        )
    connection.execute(
        "CREATE TABLE known_accounts AS SELECT posting_type, main_account FROM book.carried_ledger_opening"
        " WHERE run = ?",
        [stored[-1].reverses or numbers[-1]],
    )


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
