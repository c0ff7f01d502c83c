"""A standard cost taken apart: breakdown lines, BOM lines, hours and overhead, down to their source rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from leancost.book import sources
from leancost.costing import standard_cost, workspace
from leancost.costing.backflush import Run
from leancost.costing.facts import formula_nodes, set_current_node
from leancost.errors import LeancostError
from leancost.explain.cost_lines import take_apart_below, unit_cost
from leancost.explain.explanation import Explanation
from leancost.explain.terms import figure_text
from leancost.explain.workings import Row, Workings, cell
from leancost.tables.source_rows import RowNumbers

OWN = "calculation/level_lines"
OVERHEAD = "calculation/level_indirect_lines"
RECORDS = (
    "explain/cost_bases",
    "explain/version_hourly_rate_records",
    "explain/version_indirect_rate_records",
)


def explain_cost(
    source: Path,
    *,
    item: str,
    calculation_date: date,
    basis: str = "production_flow",
    costing_version: str | None = None,
) -> Explanation:
    """Where the standard cost of an item comes from, at every site, in a calculation of all items.

    unit cost = sum of the breakdown's cost, cost = quantity × unit price + charge (currency per
    unit). Nothing is stored. Raises LeancostError as `standard_cost.calculate` does, where the item
    is not calculated, and where a figure does not follow from its parts. Source: contract 6.
    """
    with calculated(
        source, calculation_date=calculation_date, basis=basis, costing_version=costing_version
    ) as workings:  # fmt: skip
        return explain_item(workings, item)


@contextmanager
def calculated(
    source: Path, *, calculation_date: date, basis: str = "production_flow", costing_version: str | None = None
) -> Iterator[Workings]:
    """The workings of a calculation of all items: every table its rules left."""
    with sources.opened(source) as connection:
        workspace.fill_defaults(connection)
        numbers = RowNumbers(source)
        standard_cost.calculate(
            connection, calculation_date=calculation_date, costing_version=costing_version, basis=basis,
            numbers=numbers,
        )  # fmt: skip
        _determine_own_lines(connection)
        run = Run(None, calculation_date, "calculation")
        yield Workings(connection, run, "calculation", None, workspace.currency_digits(connection), numbers)


def explain_item(workings: Workings, item: str) -> Explanation:
    """The standard cost of one item of a calculation; of a bought item, its record at every site.

    Raises LeancostError where the item has neither.
    """
    calculation = workings.select("SELECT * FROM calculation")[0]
    structures = workings.lookup("reported_structures", item=item)
    for row in structures:
        take_apart_below(workings, row["structure"])
    records = workings.lookup("version_prices", item=item)
    if not structures and not records:
        known = [row["item"] for row in workings.select("SELECT DISTINCT item FROM reported_structures ORDER BY 1")]
        basis = calculation["basis"]
        raise LeancostError(f"Item {item} is not calculated by {basis}. Known: {', '.join(known) or 'none'}.")
    inner = tuple(
        Explanation(
            f"standard cost of {item} at site {row['site']} by {row['basis'].replace('_', ' ')} on"
            f" {calculation['calculation_date']}, version {calculation['costing_version']},"
            f" lot {figure_text(row['lot'], 'quantity', 0)}",
            (unit_cost(workings, row["structure"]),),
            digits=workings.digits,
        )
        for row in structures
    ) or tuple(
        Explanation(
            f"standard cost of {item} at site {row['site']} on {calculation['calculation_date']}: not calculated by"
            f" {calculation['basis'].replace('_', ' ')}",
            (cell(workings, "unit_cost", "item_prices", _key(row), "unit_cost", "price"),),
            digits=workings.digits,
        )
        for row in records
    )
    return inner[0] if len(inner) == 1 else Explanation(f"standard cost of {item}", inner=inner, digits=workings.digits)


def _key(record: Row) -> tuple[object, ...]:
    return record["costing_version"], record["record_item"], record["record_site"], record["from_date"]


def _determine_own_lines(connection: workspace.Connection) -> None:
    """The own lines of every structure the calculation needed, at once: it keeps those of one level only."""
    connection.execute("CREATE OR REPLACE TABLE current_level AS SELECT * FROM needed_structures")
    workspace.run_rule(connection, "calculation/component_costs")
    workspace.run_rule(connection, OWN, "own_lines")
    for node in formula_nodes(connection):
        set_current_node(connection, node)
        workspace.run_rule(connection, OVERHEAD, "own_lines", adds=True)
    workspace.run_rules(connection, RECORDS)
