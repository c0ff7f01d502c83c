"""Standard costs of a random book by the rules and by the oracle."""

import os

from leancost.costing import standard_cost
from leancost.errors import LeancostError
from tests.books.random_calculations import Request
from tests.oracle.calculation import calculate
from tests.oracle.structures import Refused
from tests.support.rows import Book, Rows, table_rows, workspace_of

BOOKS = int(os.environ.get("LEANCOST_BOOKS", "200")) // 10
"""A share of the books that are closed."""
TABLES = {
    "standard_costs": "item site costing_version calculation_date basis production_flow route unit_cost",
    "standard_cost_breakdown": (
        "costing_version item site from_date resource_type resource cost_group quantity unit_price charge cost level"
    ),
    "calculated_item_prices": "costing_version item site from_date unit_cost status",
    "calculated_item_price_breakdown": (
        "costing_version item site from_date resource_type resource cost_group quantity unit_price charge cost"
    ),
}


def by_rules(book: Book, asked: Request) -> dict[str, Rows] | None:
    """The tables of the program's calculation; nothing where it is refused."""
    with workspace_of(book) as connection:
        try:
            standard_cost.calculate(
                connection,
                calculation_date=asked.on,
                costing_version=asked.version,
                basis=asked.basis,
                items=asked.items,
            )
        except LeancostError:
            return None
        return {name: table_rows(connection, name, columns.split()) for name, columns in TABLES.items()}


def by_oracle(book: Book, asked: Request) -> dict[str, Rows] | None:
    try:
        return calculate(book, asked.on, asked.version, asked.basis, asked.items)
    except Refused:
        return None
