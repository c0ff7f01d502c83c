"""How many random books are closed, up to when, and where the oracle's tables differ."""

import os
from datetime import date

from tests.support.rows import Rows, normal

BOOKS = int(os.environ.get("LEANCOST_BOOKS", "200"))
PERIODS = [(date(2026, 1, 31), None), (date(2026, 2, 28), date(2026, 2, 1)), (date(2026, 2, 28), None)]
TABLES = (
    "wip_transactions unused_quantities net_realized_usage realized_usage settlements product_receipts wip_balances"
    " variances ledger_balances"
).split()


def differences(name: str, engine: Rows, oracle: Rows) -> list[str]:
    names = list((engine or oracle or [{}])[0])
    have = {normal({key: row[key] for key in names}) for row in engine}
    want = {normal({key: row[key] for key in names}) for row in oracle}
    lines = [f"{name} engine {dict(row)}" for row in sorted(have - want)[:3]]
    return lines + [f"{name} oracle {dict(row)}" for row in sorted(want - have)[:3]]
