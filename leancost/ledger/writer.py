"""A collected journal in the languages of hledger and beancount."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, TextIO

from leancost import __version__
from leancost.costing import workspace
from leancost.costing.workspace import Connection
from leancost.ledger.names import account_name, quoted, tag_text

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


class LedgerWriter:
    """The collected period in the two programs' languages."""

    def __init__(self, connection: Connection, digits: int, end: date, state: str) -> None:
        self.connection = connection
        self.digits = digits
        self.end = end
        self.preview = state == "preview"
        self.currency, self.company = (
            (connection.execute("SELECT value FROM parameters WHERE parameter = ?", [name]).fetchone() or ("",))[0]
            for name in ("currency", "legal_entity")
        )
        self.accounts = accounts_of(connection)

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


def accounts_of(connection: Connection) -> dict[str, str]:
    """Name of every main account of the posting profile and the period."""
    workspace.run_rule(connection, "facts/accounts")
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
