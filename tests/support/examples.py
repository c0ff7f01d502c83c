"""Periods of the worked examples, and their journals in totals."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.support.rows import Rows

PERIODS = {
    ("worked_example", "clear", "2026-01"): (date(2026, 1, 31), None),
    ("worked_example", "clear", "2026-02"): (date(2026, 2, 28), date(2026, 2, 1)),
    ("worked_example", "retain", "2026-01"): (date(2026, 1, 31), None),
    ("worked_example", "retain", "2026-02"): (date(2026, 2, 28), date(2026, 2, 1)),
    ("edge_cases", "", "2026-03"): (date(2026, 3, 31), None),
    ("edge_cases", "", "2026-04"): (date(2026, 4, 30), date(2026, 4, 1)),
}


def journal_totals(journal: Rows) -> Rows:
    totals: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in journal:
        total = totals[line["production_flow"], line["posting_type"]]
        total[0] += Decimal(line["debit"])
        total[1] += Decimal(line["credit"])
    return [
        {"production_flow": flow, "posting_type": kind, "debit": str(debit), "credit": str(credit)}
        for (flow, kind), (debit, credit) in totals.items()
    ]
