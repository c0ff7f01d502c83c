"""The points of the checklist: rules in rules/checks, the domains of tables.csv, and what SQL cannot say."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from importlib import resources
from typing import Final, NamedTuple

from leancost import currencies
from leancost.book import Connection, likely_digits, rule_text, run_rules
from leancost.tables import DOMAINS, Column, Table, inputs, tables

CHOICES: Final = {
    "conversion_in_wip": ("clear", "retain"),
    "variances_to_standard": ("per_cost_group", "summarised"),
}
REVISION: Final = 2
"""Of what is told in `warnings`: counted up whenever a rule comes, or tells other rows or in other words."""
SINCE: Final = dict.fromkeys(("C25", "C33", "C57", "C68", "C69", "C71", "C72", "C87", "W10"), 2)
"""The revision since when a code tells what it tells; 1 where it is not listed."""
OUTSIDE: Final = {"positive": "<= 0", "not_negative": "< 0", "fraction": "< 0"}
"""What a number of the domain is not."""
SUBJECTS: Final = {
    "items": "item {0}",
    "item_prices": "item {1}",
    "item_price_breakdown": "the breakdown of {1}",
    "cost_category_prices": "cost category {1}",
    "indirect_rates": "node {1}",
    "activities": "activity {1} of flow {0}",
    "activity_ratios": "activity {1} of flow {0} for item {2}",
    "kanban_rules": "rule {0}",
    "boms": "BOM {0}",
    "bom_lines": "BOM {0} line {1}",
    "route_operations": "operation {1} of route {0}",
    "kanbans": "kanban {0}",
    "kanban_jobs": "job {0}",
    "service_receipts": "service receipt {0}",
    "service_invoices": "service invoice {0}",
    "opening_wip": "opening WIP of flow {0}: {2} in {3}",
}
"""What a row is called, by the parts of its key; of a table that is not here the key as it stands."""


class Fault(NamedTuple):
    """What a rule finds; the key of the row to be mended, None where one is missing or the whole table is meant.

    A rule selects the columns it has by these names (`table_name`, `key_parts`): the flow where one is known, and for
    what happened the day, so that the period it lies in can tell it.
    """

    table: str
    key: list[str] | None
    subject: str
    problem: str
    remedy: str
    production_flow: str | None = None
    day: date | None = None


def set_up(connection: Connection) -> None:
    """What rules of the checklist read beside the input tables: the currency's minor unit, and when BOMs hold."""
    digits = likely_digits(connection)
    connection.execute(
        "CREATE OR REPLACE TABLE check_settings AS"
        " SELECT CAST(? AS DECIMAL(4,0)) AS minor_units, CAST(? AS DECIMAL(5,3)) AS minor_unit",
        [10**digits, str(Decimal(1).scaleb(-digits))],
    )
    run_rules(connection, ("posting/bom_periods", "posting/go_lives", "checks/unread_events"))


def faults(connection: Connection, code: str) -> list[Fault]:
    """What the point of that code finds; expects `set_up`."""
    if code == "C01":
        return _parameters(connection)
    if code == "C29":
        return _cycles(connection)
    found = list(outside_domains(connection, code))
    if resources.files("leancost").joinpath(f"rules/checks/{code.lower()}.sql").is_file():
        rows = connection.execute(rule_text(f"checks/{code.lower()}"))
        names = [{"table_name": "table", "key_parts": "key"}.get(c[0], c[0]) for c in rows.description or ()]
        found += [Fault(**dict(zip(names, row, strict=True))) for row in rows.fetchall()]
    return found


def code_of(table: Table, column: Column) -> str:
    """The code that tells a number outside its domain."""
    if table.name == "opening_wip":
        return "C47"
    if column.kind == "price":
        return "C49"
    return "C44" if table.group == "events" else "C30"


def outside_domains(connection: Connection, code: str) -> Iterator[Fault]:
    """The numbers of input tables that are not what tables.csv declares: of C60 a fraction that is no part of one.

    Source: contract 2, 3 (which numbers may be zero, which negative).
    """
    parts = []
    for table in inputs():
        for column in table.columns:
            if code == "C60" and column.domain == "fraction":
                limit = ">= 1"
            elif column.domain in OUTSIDE and code == code_of(table, column):
                limit = OUTSIDE[column.domain]
            else:
                continue
            key = ", ".join(f"COALESCE(CAST({name} AS VARCHAR), '')" for name in table.keys)
            parts.append(
                f"SELECT '{table.name}' AS table_name, '{column.name}' AS column_name, [{key}] AS key_parts,"
                f" CAST({column.name} AS VARCHAR) AS figure FROM {table.name} WHERE {column.name} {limit}"
            )
    if not parts:
        return
    for name, column_name, key_parts, figure in connection.execute(" UNION ALL ".join(parts)).fetchall():
        column = tables()[name].column(column_name)
        may_be = DOMAINS[column.domain]
        yield Fault(
            name,
            key_parts,
            SUBJECTS.get(name, f"{name} {'/'.join(key_parts)}").format(*key_parts),
            f"has {column_name.replace('_', ' ')} {figure}",
            f"Give {_noun(column)} {may_be if may_be.startswith('above') else f'of {may_be}'}",
        )


def _noun(column: Column) -> str:
    if column.name.endswith("rate"):
        return "a rate"
    return {"price": "a price", "quantity": "a quantity", "amount": "an amount"}.get(column.kind, "a number")


def _parameters(connection: Connection) -> list[Fault]:
    given = dict(connection.execute("SELECT parameter, value FROM parameters").fetchall())
    found = [
        Fault("parameters", None, f"parameter {name}", "is missing", "Add it to parameters")
        for name in ("legal_entity", "currency")
        if name not in given
    ]
    wrong = {}
    currency = given.get("currency")
    if currency is not None and (problem := currencies.problem_of(currency)):
        wrong["currency"] = problem, currencies.remedy(currency)
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            wrong[name] = f"is {given[name]}", f"Choose {' or '.join(choices)}"
    return found + [Fault("parameters", [name], f"parameter {name}", *words) for name, words in wrong.items()]


def _cycles(connection: Connection) -> list[Fault]:
    components: dict[str, set[str]] = {}
    for item, component in connection.execute(
        "SELECT DISTINCT b.item, l.component FROM boms b JOIN bom_lines l ON l.bom = b.bom"
    ).fetchall():
        components.setdefault(item, set()).add(component)
    try:
        TopologicalSorter({item: sorted(parts) for item, parts in sorted(components.items())}).prepare()
    except CycleError as cycle:
        path = cycle.args[1]
        line = connection.execute(
            "SELECT l.bom, l.line FROM boms b JOIN bom_lines l ON l.bom = b.bom"
            " WHERE l.component = ? AND b.item = ? ORDER BY ALL LIMIT 1",
            path[:2],
        ).fetchone()
        problem = f"form a cycle: {' < '.join(path)}"
        return [Fault("bom_lines", list(line or ()), "the bills of material", problem, "Remove one of these lines")]
    return []
