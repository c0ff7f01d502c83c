"""Laws that hold for every book: order, independence of flows, additivity of periods, proportionality."""

import random
from collections import defaultdict
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.books.random_books import random_book, random_book_by
from tests.books.small_book import JOB, PICK, UNIT, row, small_book
from tests.oracle.run import close as oracle_close
from tests.support.closes import close_rows
from tests.support.random_closes import BOOKS, TABLES, differences
from tests.support.rows import Book, Rows, normal

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
FIGURES = ("wip_transactions", "unused_quantities", "net_realized_usage", "settlements", "wip_balances", "variances")


@st.composite
def shop_months(draw: st.DrawFn) -> Book:
    """Two months of a small shop: boxes made in lots, sheets picked or moved in units; whole cents, nothing capped."""
    book = small_book()
    days = st.integers(0, 58).map(lambda n: str(date(2026, 1, 1) + timedelta(days=n)))
    for number in range(draw(st.integers(0, 5))):
        begun, done = sorted([draw(days), draw(days)])
        good, error = draw(st.integers(1, 5)), draw(st.integers(0, 2))
        book["kanbans"].append(row(UNIT, f"K{number}", "KR-BOX", "4", begun, "", ""))
        if draw(st.booleans()):
            book["kanban_jobs"].append(row(JOB, f"J{number}", f"K{number}", "MAKE", done, str(good), str(error)))
        book["picking_lines"].append(
            row(PICK, f"P{number}", "FLOW", f"K{number}", "SHEET", str(draw(st.integers(1, 12))), begun)
        )
    for number in range(draw(st.integers(0, 4))):
        received, emptied = sorted([draw(days), draw(days)])
        quantity = str(draw(st.integers(1, 20)))
        is_empty = draw(st.booleans())
        book["kanbans"].append(row(UNIT, f"U{number}", "KR-SHEET", quantity, received, "", emptied if is_empty else ""))
        book["kanban_jobs"].append(row(JOB, f"M{number}", f"U{number}", "MOVE", received, quantity, ""))
    return book


def amounts(rows: Rows, keys: tuple[str, ...], figure: str) -> dict[tuple[str, ...], Decimal]:
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for line in rows:
        sums[tuple(line[key] for key in keys)] += Decimal(line[figure])
    return {key: amount for key, amount in sums.items() if amount}


VARIANCE = ("production_flow", "resource_type", "resource", "cost_group", "variance_type")
BALANCE = VARIANCE[:-1]


@settings(max_examples=BOOKS // 66, deadline=None, derandomize=True)
@given(shop_months())
def test_january_then_february_is_both_at_once(book: Book) -> None:
    january, february = close_rows(book, JANUARY), close_rows(book, FEBRUARY, date(2026, 2, 1))
    both = close_rows(book, FEBRUARY)
    apart = amounts(january["variances"] + february["variances"], VARIANCE, "amount")
    assert apart == amounts(both["variances"], VARIANCE, "amount")
    assert amounts(january["wip_balances"], BALANCE, "after") == amounts(february["wip_balances"], BALANCE, "opening")
    assert amounts(february["wip_balances"], BALANCE, "after") == amounts(both["wip_balances"], BALANCE, "after")
    assert february["unused_quantities"] == both["unused_quantities"]


@settings(max_examples=BOOKS // 66, deadline=None, derandomize=True)
@given(shop_months())
def test_doubled_quantities_double_every_amount(book: Book) -> None:
    doubled = deepcopy(book)
    for table in ("kanbans", "kanban_jobs", "picking_lines"):
        for line in doubled[table]:
            for column in ("quantity", "good_quantity", "error_quantity"):
                if line.get(column):
                    line[column] = str(2 * int(line[column]))
    once, twice = close_rows(book, FEBRUARY), close_rows(doubled, FEBRUARY)
    for table, figure in (("variances", "amount"), ("wip_balances", "after"), ("wip_balances", "inputs")):
        keys = VARIANCE if table == "variances" else BALANCE
        expected = {key: 2 * amount for key, amount in amounts(once[table], keys, figure).items()}
        assert amounts(twice[table], keys, figure) == expected


@settings(max_examples=BOOKS // 66, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_engine_and_oracle_agree_on_whatever_book_hypothesis_thinks_of(chance: random.Random) -> None:
    book = random_book_by(chance)
    expected, _ = oracle_close(book, FEBRUARY, None)
    result = close_rows(book, FEBRUARY)
    found = [line for name in TABLES for line in differences(name, result[name], expected.get(name, []))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seed", [3, 8, 13, 21][: BOOKS // 100])
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    book = random_book(seed)
    shuffled = {name: random.Random(seed).sample(rows, len(rows)) for name, rows in book.items()}
    straight, mixed = close_rows(book, FEBRUARY), close_rows(shuffled, FEBRUARY)
    for table in (*FIGURES, "journal", "ledger_balances", "warnings"):
        assert mixed[table] == straight[table]


def second_flow(book: Book) -> Book:
    """The same shop once more beside the first, under other names, with the same items and work cell."""
    own = (
        "production_flow",
        "kanban",
        "kanban_rule",
        "job",
        "picking_line",
        "activity",
        "first_activity",
        "last_activity",
    )
    both = deepcopy(book)
    for table in ("production_flows", "activities", "kanban_rules", "kanbans", "kanban_jobs", "picking_lines"):
        for line in book[table]:
            both[table].append({name: f"X-{cell}" if name in own and cell else cell for name, cell in line.items()})
    return both


@settings(max_examples=BOOKS // 66, deadline=None, derandomize=True)
@given(shop_months())
def test_a_second_flow_changes_nothing_in_the_first(book: Book) -> None:
    alone, beside = close_rows(book, FEBRUARY), close_rows(second_flow(book), FEBRUARY)
    for table in FIGURES:
        mine = [line for line in beside[table] if line["production_flow"] == "FLOW"]
        assert sorted(map(normal, mine)) == sorted(map(normal, alone[table]))
        assert len(beside[table]) == 2 * len(alone[table])
