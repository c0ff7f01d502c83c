"""A flipped sign or comparison in a rule file is noticed.

Each of them moves the result of its own rule in some book; the first of every rule (every sixteenth, unless all is asked
for by make test-long) moves a reported figure too, or the run is refused in other words.
"""

import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from datetime import date
from functools import cache

import duckdb
import pytest

from leancost.costing import backflush, checks, five_steps, go_live, posting, standard_cost, workspace
from leancost.costing.rule_files import rule_text
from leancost.errors import LeancostError
from tests.books.odd_books import (
    odd_company,
    odd_factors,
    odd_gaps,
    odd_history,
    odd_measures,
    odd_product,
    odd_rates,
    odd_record,
    odd_refusals,
    odd_second_line,
    odd_start,
)
from tests.books.random_books import random_book
from tests.support.places import RULES
from tests.support.rows import Book, workspace_of

RULES = RULES
FOLDERS = {"close": ("facts", "units", "posting", "backflush", "carry", "journal"), "calculation": ("calculation",)}
FIGURES = {
    "close": (
        "wip_transactions unused_quantities net_realized_usage realized_usage settlements product_receipts wip_balances"
        " variances journal ledger_balances warnings"
    ).split(),
    "calculation": (
        "standard_costs standard_cost_breakdown calculated_item_prices calculated_item_price_breakdown"
        " calculation_warnings subcontracted_by_route lacking_items"
    ).split(),
}
FLIPS = {
    " <> ": " = ", " <= ": " > ", " >= ": " < ", " < ": " >= ", " > ": " <= ", " - ": " + ", " + ": " - ",
    " BETWEEN ": " NOT BETWEEN ", "IS NOT NULL": "IS NULL", "IS NULL": "IS NOT NULL", " = ": " <> ",
}  # fmt: skip
TELLS = ("units/unread_events",)
"""Tells events and makes no figure: test_go_live.py looks at what it says."""
DECIDES_NOTHING = ("WHERE q.quantity <> 0 OR a.amount = 0",)
"""Lines that a flip makes and no valid book notices: a receipt without a quantity has no amount."""
SECONDS = 1.0
"""A flip can make a recursion endless: it is interrupted then, and that is noticed."""
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)

Run = workspace.Connection | str
"""A workspace after a run, or why it was refused."""
Flip = tuple[str, str]
"""Where a rule was changed, and its changed text."""


def close_books() -> Iterator[tuple[Book, date, date | None]]:
    yield odd_company(), date(2026, 1, 31), date(2026, 1, 16)
    lacking = odd_company()
    lacking["item_prices"] = [price for price in lacking["item_prices"] if price["site"] and price["item"] != "BOX"]
    lacking["cost_category_prices"].pop()
    yield lacking, date(2026, 1, 31), None
    yield odd_history(), date(2026, 1, 31), date(2026, 1, 16)
    yield odd_second_line(), date(2026, 1, 31), date(2026, 1, 10)
    yield odd_start(), date(2026, 1, 31), None
    for seed in (10, 11):
        yield odd_rates(seed), date(2026, 2, 28), None
    for seed in (24, 11, 51, *range(10)):
        yield random_book(seed), date(2026, 2, 28), FEBRUARY if seed % 2 else None


def closes() -> Generator[Run, None, None]:
    for rows, end, start in close_books():
        try:
            with workspace_of(rows) as connection:
                for _ in backflush.close(connection, end=end, start=start):
                    yield connection
        except (LeancostError, duckdb.Error) as problem:
            yield str(problem)


def calculations() -> Generator[Run, None, None]:
    for rows, day, basis, version, items in (
        (odd_product(), JANUARY, "default", "PLAN", ""),
        (odd_product(), JANUARY, "production_flow", None, ""),
        (odd_product(), JANUARY, "route", "PLAN", "GOOD CASE SOLO"),
        (odd_product(), FEBRUARY, "production_flow", None, "MODULE"),
        (odd_refusals(), JANUARY, "default", None, "GOOD LOOSE"),
        (odd_refusals(), FEBRUARY, "production_flow", None, "TWIN NOBODY RAW GOOD PLAIN"),
        (odd_refusals(), JANUARY, "route", None, "TWIN"),
        (odd_factors(), JANUARY, "production_flow", None, "CRATE TRAY"),
        (odd_factors(), JANUARY, "production_flow", None, "GEAR"),
        (odd_factors(), JANUARY, "route", None, "BOX"),
        (odd_record(), JANUARY, "production_flow", None, "CRATE"),
        (odd_gaps(), JANUARY, "route", None, "HALF"),
        (odd_gaps(), JANUARY, "route", None, "GOOD HALF"),
        (odd_record(), JANUARY, "production_flow", None, ""),
        (odd_measures(), JANUARY, "production_flow", None, ""),
    ):
        try:
            with workspace_of(rows) as connection:
                standard_cost.calculate(
                    connection, calculation_date=day, basis=basis, costing_version=version, items=items.split()
                )
                standard_cost.subcontracted_by_route(connection)
                standard_cost.lacking(connection)
                yield connection
        except (LeancostError, duckdb.Error) as problem:
            yield str(problem)


RUNS = {"close": closes, "calculation": calculations}


@pytest.fixture(autouse=True)
def books_may_be_odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are odd on purpose, and what is looked at are the rules: the checklist refuses no calculation of them."""
    monkeypatch.setattr(checks, "of_calculation", lambda *_: [])


def rules(kind: str) -> list[str]:
    paths = sorted(path for folder in FOLDERS[kind] for path in (RULES / folder).glob("*.sql"))
    names = [f"{path.parent.name}/{path.stem}" for path in paths]
    return [name for name in names if name not in TELLS]


@cache
def flips(rule: str) -> tuple[Flip, ...]:
    """The rule with one sign or comparison turned, each of them once, the rarer ones first; headers stay."""
    text = rule_text(rule)
    body = len("".join(line for line in text.splitlines(keepends=True) if line.startswith("--")))
    found = []
    for old, new in FLIPS.items():
        for match in re.finditer(re.escape(old), text[body:]):
            start, end = body + match.start(), body + match.end()
            changed = text[:start] + new + text[end:]
            number = text.count("\n", 0, start)
            line = changed.splitlines()[number].strip()
            if line not in DECIDES_NOTHING:
                found.append((f"{rule} line {number + 1}: {line}", changed))
    return tuple(found)


def result(connection: workspace.Connection, text: str) -> object:
    limit = threading.Timer(SECONDS, connection.interrupt)
    limit.start()
    try:
        return Counter(connection.execute(text).fetchall())
    except duckdb.Error as problem:
        return type(problem).__name__
    finally:
        limit.cancel()


@pytest.mark.parametrize("kind", RUNS)
def test_every_flip_moves_the_result_of_its_rule(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unnoticed = {rule: list(flips(rule)) for rule in rules(kind)}
    run_rule = workspace.run_rule

    def look(connection: workspace.Connection, rule: str) -> None:
        if unnoticed.get(rule):
            right = result(connection, rule_text(rule))
            unnoticed[rule] = [flip for flip in unnoticed[rule] if result(connection, flip[1]) == right]

    def look_and_run(connection: workspace.Connection, rule: str, table: str = "", *, adds: bool = False) -> None:
        look(connection, rule)
        run_rule(connection, rule, table, adds=adds)

    for module in (workspace, posting, go_live, five_steps, backflush, standard_cost):
        monkeypatch.setattr(module, "run_rule", look_and_run)
    for run in RUNS[kind]():
        for rule in five_steps.VIEWS.values():
            if not isinstance(run, str):
                look(run, rule)
        if not any(unnoticed.values()):
            break
    left = [place for places in unnoticed.values() for place, _ in places]
    assert not left, "\n".join(left)


def figures(run: Run | None, kind: str) -> object:
    if run is None or isinstance(run, str):
        return run
    return [run.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in FIGURES[kind]]


@pytest.fixture(scope="module")
def right_figures() -> Iterator[Callable[[str, int], object]]:
    """The figures of a kind's n-th run by the rules as they are; each run once, when it is first asked for."""
    known: dict[str, list[object]] = {kind: [] for kind in RUNS}
    with ExitStack() as stack:
        more = {kind: stack.enter_context(closing(runs())) for kind, runs in RUNS.items()}

        def right(kind: str, number: int) -> object:
            while len(known[kind]) <= number:
                known[kind].append(figures(next(more[kind], None), kind))
            return known[kind][number]

        yield right


FLIPPED = [(kind, rule) for kind in RUNS for rule in rules(kind) if flips(rule)]


@pytest.mark.parametrize("kind, rule", FLIPPED if "LEANCOST_BOOKS" in os.environ else FLIPPED[::16])
def test_the_first_flip_of_a_rule_moves_a_figure(
    kind: str, rule: str, right_figures: Callable[[str, int], object]
) -> None:
    place, changed = flips(rule)[0]
    original = rule_text
    with closing(RUNS[kind]()) as runs:
        for number in range(100):
            with pytest.MonkeyPatch.context() as patch:
                for module in (workspace, five_steps):
                    patch.setattr(module, "rule_text", lambda name: changed if name == rule else original(name))
                found = figures(next(runs, None), kind)
            if found != right_figures(kind, number):
                return
            assert found is not None, f"no figure moved: {place}"
