"""Random books: the engine and the oracle agree in every cell of every table."""

import os
from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.run import close
from tests.random_books import random_book
from tests.support import Rows, close_rows, normal
from tests.test_examples import journal_totals

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


@pytest.mark.parametrize("seed", range(BOOKS))
def test_engine_and_oracle_agree_in_every_cell(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 20 == 0:
        monkeypatch.setattr("leancost.book.MANY_ROWS", 0)  # planned and shared out like a large book
    book = random_book(seed)
    end, start = PERIODS[seed % len(PERIODS)]
    expected, runs = close(book, end, start)
    result = close_rows(book, end, start)
    assert [(row["purpose"], row["end"]) for row in result["runs"]] == [(purpose, str(on)) for purpose, on in runs]
    found: list[str] = []
    for name in TABLES:
        found += differences(name, result[name], expected.get(name, []))
    totals: dict[tuple[str, str], list[Decimal]] = {}
    for row in expected.get("journal_totals", []):
        total = totals.setdefault((row["production_flow"], row["posting_type"]), [Decimal(0), Decimal(0)])
        total[0] += Decimal(row["debit"])
        total[1] += Decimal(row["credit"])
    summed = [
        {"production_flow": flow, "posting_type": kind, "debit": str(debit), "credit": str(credit)}
        for (flow, kind), (debit, credit) in totals.items()
    ]
    found += differences("journal_totals", journal_totals(result["journal"]), summed)
    assert not found, "\n".join(found)
