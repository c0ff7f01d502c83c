"""The setup of the teaching company: a bicycle maker with three production flows, all data invented.

What is calculated is not written here: the standard costs of made items are those of the BOM calculation by
production flow (source: "Calculation that is based on the production flow").
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache

from leancost.company.tables import BOMS, HOURLY_RATES, INDIRECT_RATES, PLAIN, PRICES
from leancost.costing import standard_cost, workspace
from leancost.tables import declaration

Rows = list[dict[str, str]]
Book = dict[str, Rows]
FIRST_DAY = date(2026, 1, 1)
VERSION = "STD"


def prices_of(text: str) -> dict[str, str]:
    """{'RIM': '11.35'} of 'RIM 11.35, ...'."""
    return dict(part.split() for part in text.split(", "))


def as_text(value: object) -> str:
    """As a CSV holds it: 11.35, not 11.350000."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


@contextmanager
def workspace_of(rows: Book) -> Iterator[workspace.Connection]:
    """A leancost workspace that holds the book."""
    with workspace.workspace() as connection:
        for table in declaration.inputs():
            rows_of_table = rows.get(table.name, [])
            names = [name for name in table.names if any(row.get(name) for row in rows_of_table)]
            if names:
                casts = ", ".join(f"CAST(unnest(${name}) AS {table.column(name).sql_type})" for name in names)
                values = {name: [row.get(name) or None for row in rows_of_table] for name in names}
                connection.execute(f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {casts}", values)
        workspace.fill_defaults(connection)
        yield connection


def without_standards() -> Book:
    """The setup as a cost accountant enters it, before the first calculation."""
    setup: Book = {name: list(csv.DictReader(text.splitlines())) for name, text in PLAIN.items()}
    valid = {"costing_version": VERSION, "site": "1", "from_date": FIRST_DAY.isoformat()}
    setup["item_prices"] = [
        {**valid, "item": item, "unit_cost": price, "status": "active"} for item, price in prices_of(PRICES).items()
    ]
    setup["cost_category_prices"] = [
        {**valid, "cost_category": category, "hourly_rate": rate, "status": "active"}
        for category, rate in prices_of(HOURLY_RATES).items()
    ]
    setup["indirect_rates"] = [
        {**valid, "node": node, "item": item.strip("*"), "rate": rate, "status": "active"}
        for node, item, rate in (part.split() for part in INDIRECT_RATES.split(", "))
    ]
    setup["boms"], setup["bom_lines"] = [], []
    for item, text in BOMS.items():
        quantity, lines = text.split(": ")
        bom = {"bom": f"B-{item}", "item": item, "site": "1", "quantity": quantity, "effective_from": "2025-01-01"}
        setup["boms"].append(bom)
        for line, part in enumerate(lines.split(", "), start=1):
            component, needed, *scrap = part.split()
            kind = "vendor" if component == "PAINTING" else "item"
            row = {"bom": f"B-{item}", "line": str(line * 10), "component": component, "quantity": needed}
            setup["bom_lines"].append({**row, "variable_scrap": scrap[1] if scrap else "", "line_type": kind})
    return setup


@cache
def _with_standards() -> Book:
    setup = without_standards()
    with workspace_of(setup) as connection:
        standard_cost.calculate(connection, calculation_date=FIRST_DAY, costing_version=VERSION)
        connection.execute("UPDATE calculated_item_prices SET status = 'active'")
        for name in ("item_prices", "item_price_breakdown"):
            columns = declaration.tables()[name].names
            found = connection.execute(f"SELECT {', '.join(columns)} FROM calculated_{name} ORDER BY ALL").fetchall()
            setup.setdefault(name, [])
            setup[name] += [dict(zip(columns, map(as_text, row), strict=True)) for row in found]
    return setup


def company_setup() -> Book:
    """The whole setup: made items at the standard cost by production flow, active from 2026-01-01."""
    return deepcopy(_with_standards())
