"""Random books: the engine and the oracle agree in every cell of every table."""

from decimal import Decimal

import pytest

from tests.books.random_books import random_book
from tests.oracle.run import close
from tests.support.closes import close_rows
from tests.support.examples import journal_totals
from tests.support.random_closes import BOOKS, PERIODS, TABLES, differences


@pytest.mark.parametrize("seed", range(BOOKS))
def test_engine_and_oracle_agree_in_every_cell(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 20 == 0:
        monkeypatch.setattr("leancost.costing.workspace.MANY_ROWS", 0)  # planned and shared out like a large book
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
