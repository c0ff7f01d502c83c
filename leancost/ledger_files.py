"""A period's journal as files that ledger programs read: CSV, hledger and beancount."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TextIO

from leancost import __version__, backflush, book, exchange, period, runs, storage
from leancost.book import Connection
from leancost.errors import LeancostError
from leancost.ledger_names import account_name, quoted, tag_text
from leancost.output_folder import written_whole
from leancost.tables import tables

FORMATS: Final = ("csv", "hledger", "beancount")
ROOTS: Final = {
    "service_accrued": "Liabilities",
    "service_vendor": "Liabilities",
    "opening_balance": "Equity",
    "manufacturing_absorbed_estimated": "Expenses",
    "manufacturing_absorbed": "Expenses",
    "indirect_absorbed_estimated": "Expenses",
    "indirect_absorbed": "Expenses",
    "revaluation": "Expenses",
    **{f"variance_{kind}": "Expenses" for kind in ("price", "quantity", "lot_size", "substitution", "rounding")},
}
"""Kind of account by posting type; every other posting type is an asset."""
PRECEDENCE: Final = ("Assets", "Liabilities", "Equity", "Expenses")
"""A main account of several posting types is of the first of these kinds."""
DETAILS: Final = ("production_flow", "posting_type", "cost_group", "resource")
ROWS_AT_ONCE: Final = 50_000
PREVIEW: Final = "PREVIEW - this period is not closed. Figures can still change."


@dataclass(frozen=True)
class LedgerFiles:
    """What was written: the period's first day (None: since the beginning), its state, lines and total."""

    start: date | None
    state: str
    lines: int
    debit: Decimal


def write_journal(
    source: Path, *, end: date, start: date | None = None, formats: Sequence[str] = FORMATS, out: Path
) -> LedgerFiles:
    """Writes the period's journal into `out`, whole or not at all: `journal.csv`, `.hledger`, `.beancount`.

    A closed period of a book is taken from its stored runs, any other is a preview. What was brought
    forward stands as a voucher `<eve>/<flow>/opening`, so that balances need no other file, and every
    closing balance is asserted. Raises LeancostError where the dates do not fit what is closed, the
    run is refused, or a format is unknown. Source: contract 6 (journal, ledger_balances).
    """
    for name in formats or ("",):
        if name not in FORMATS:
            raise LeancostError(f"{name!r} is no format of a journal. Choose {', '.join(FORMATS)}.")
    with period.opened(source) as connection, written_whole(out) as folder:
        assert folder is not None
        first_day, state = _collect(connection, source, start=start, end=end)
        digits = book.currency_digits(connection)
        writer = _Writer(connection, digits, end, state)
        for name in formats:
            path = folder / f"journal.{name}"
            if name == "csv":
                exchange.write_csv(connection, "journal", path, digits, rows="period_journal")
            else:
                with path.open("w", encoding="utf-8", newline="\n") as file:
                    (writer.hledger if name == "hledger" else writer.beancount)(file)
        found = connection.execute("SELECT count(*), COALESCE(sum(debit), 0) FROM period_journal").fetchone()
        lines, debit = found or (0, Decimal(0))
        written = LedgerFiles(first_day, state, lines, round(Decimal(debit), digits))
        text = json.dumps(_manifest(folder, written, writer, end), indent=2, ensure_ascii=False)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        return written


def _collect(connection: Connection, source: Path, *, start: date | None, end: date) -> tuple[date | None, str]:
    """Puts journal, opening and closing of the period into the workspace; its first day and state."""
    stored = period.stored_runs(connection, start, end)
    if stored:
        with storage.attached_to(connection, source):
            for facts in stored:
                runs.require_as_stored(connection, facts)
            _collect_stored(connection, [run.run for run in stored])
        first_day = stored[0].start
    else:
        _, last_end = period.prepare(connection, end=end, start=start)
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
            first = False
        connection.execute("CREATE TABLE last_balances AS SELECT * FROM ledger_balances")
        connection.execute("CREATE TABLE known_accounts AS SELECT posting_type, main_account FROM ledger_opening")
    _open(connection, first_day)
    return first_day, "closed" if stored else "preview"


def _collect_stored(connection: Connection, numbers: Sequence[int]) -> None:
    places = ", ".join("?" for _ in numbers)
    journal = ", ".join(tables()["journal"].names)
    connection.execute(
        f"CREATE TABLE period_journal AS SELECT {journal} FROM book.journal WHERE run IN ({places})", list(numbers)
    )
    for name, number in (("first_balances", numbers[0]), ("last_balances", numbers[-1])):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM book.ledger_balances WHERE run = ?", [number])
    connection.execute(
        "CREATE TABLE known_accounts AS SELECT posting_type, main_account FROM book.carried_ledger_opening"
        " WHERE run = ?",
        [numbers[-1]],
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


class _Writer:
    """The collected period in the two programs' languages."""

    def __init__(self, connection: Connection, digits: int, end: date, state: str) -> None:
        self.connection = connection
        self.digits = digits
        self.end = end
        self.preview = state != "closed"
        self.currency, self.company = (
            (connection.execute("SELECT value FROM parameters WHERE parameter = ?", [name]).fetchone() or ("",))[0]
            for name in ("currency", "legal_entity")
        )
        self.accounts = _accounts(connection)

    def hledger(self, file: TextIO) -> None:
        """Accounts and commodity declared, so that `hledger check --strict` passes; details as tags."""
        file.write(f"; {tag_text(self.company)}: journal up to {self.end}, by leancost {__version__}\n")
        file.write(f"; {PREVIEW}\n\n" if self.preview else "\n")
        # A commodity without decimals is declared with a mark that nothing follows.
        file.write(f"decimal-mark .\ncommodity 1000.{'0' * self.digits} {self.currency}\n")
        for main_account, name in self.accounts.items():
            file.write(f"account {name}  ; main_account: {tag_text(main_account)}\n")
        for day, voucher, text, lines in self._vouchers():
            file.write(f"\n{day} {self._flag} ({tag_text(voucher)}) {text}\n")
            for line in lines:
                tags = ", ".join(f"{name}: {tag_text(line[name])}" for name in DETAILS if line[name])
                file.write(f"    {self.accounts[line['main_account']]}  {self._amount(line['amount'])}  ; {tags}\n")
        file.write(f"\n{self.end} {self._flag} closing balances are as in ledger_balances\n")
        for main_account, closing in self._closing():
            file.write(f"    {self.accounts[main_account]}  {self._amount(0)} = {self._amount(closing)}\n")

    def beancount(self, file: TextIO) -> None:
        """Accounts opened on the first day, details as metadata, closing balances asserted the day after."""
        file.write(f"; Journal up to {self.end}, by leancost {__version__}\n")
        file.write(f"; {PREVIEW}\n\n" if self.preview else "\n")
        file.write(f'option "title" {quoted(self.company)}\noption "operating_currency" "{self.currency}"\n\n')
        first = self.connection.execute("SELECT min(posting_date) FROM period_journal").fetchone()
        for main_account, name in self.accounts.items():
            file.write(f"{(first and first[0]) or self.end} open {name} {self.currency}\n")
            file.write(f"  main_account: {quoted(main_account)}\n")
        for day, voucher, text, lines in self._vouchers():
            file.write(f"\n{day} {self._flag} {quoted(text)}\n  voucher: {quoted(voucher)}\n")
            for line in lines:
                file.write(f"  {self.accounts[line['main_account']]}  {self._amount(line['amount'])}\n")
                file.writelines(f"    {name}: {quoted(line[name])}\n" for name in DETAILS if line[name])
        if self.end < date.max:  # a balance is that of a morning, and the last day has no next one
            file.write("\n")
            for main_account, closing in self._closing():
                morning = self.end + timedelta(days=1)
                file.write(f"{morning} balance {self.accounts[main_account]}  {self._amount(closing)}\n")

    @property
    def _flag(self) -> str:
        """Pending where figures can still change."""
        return "!" if self.preview else "*"

    def _amount(self, amount: Decimal | int) -> str:
        return f"{amount:.{self.digits}f} {self.currency}"

    def _vouchers(self) -> Iterator[tuple[date, str, str, list[dict[str, Any]]]]:
        columns = ("posting_date", "voucher", "line", "main_account", "amount", "text", *DETAILS)
        cursor = self.connection.cursor().execute(
            f"SELECT {', '.join(columns).replace('amount, text', 'debit - credit AS amount, text')}"
            " FROM period_journal ORDER BY posting_date, voucher, line"
        )

        def lines() -> Iterator[dict[str, Any]]:
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield from (dict(zip(columns, row, strict=True)) for row in rows)

        for (day, voucher), group in groupby(lines(), lambda line: (line["posting_date"], line["voucher"])):
            voucher_lines = list(group)
            yield day, voucher, voucher_lines[0]["text"], voucher_lines

    def _closing(self) -> list[tuple[str, Decimal]]:
        return self.connection.execute(
            "SELECT main_account, sum(closing) FROM last_balances GROUP BY main_account ORDER BY main_account"
        ).fetchall()


def _accounts(connection: Connection) -> dict[str, str]:
    """Name of every main account of the posting profile and the period."""
    book.run_rule(connection, "journal/accounts")
    kinds: dict[str, set[str]] = {}
    for main_account, posting_type in connection.execute(
        "SELECT main_account, posting_type FROM accounts UNION SELECT main_account, posting_type FROM known_accounts"
        " UNION SELECT main_account, 'opening_balance' FROM last_balances WHERE main_account NOT IN"
        " (SELECT main_account FROM known_accounts) ORDER BY 1, 2"
    ).fetchall():
        kinds.setdefault(main_account, set()).add(ROOTS.get(posting_type, "Assets"))
    return {
        main_account: account_name(next(root for root in PRECEDENCE if root in found), main_account)
        for main_account, found in kinds.items()
    }


def _manifest(folder: Path, written: LedgerFiles, writer: _Writer, end: date) -> dict[str, object]:
    return {
        "leancost_version": __version__,
        "legal_entity": writer.company,
        "state": written.state,
        "start": str(written.start) if written.start else None,
        "end": str(end),
        "currency": writer.currency,
        "control_totals": {"lines": written.lines, "debit": str(written.debit)},
        "files": {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())},
    }
