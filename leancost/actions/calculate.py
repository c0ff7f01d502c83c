"""BOM calculation of a book, a folder or a workbook: calculate, write, store, activate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from leancost.book import earlier_rows, folders, runs, storage, stored_standards
from leancost.book.sources import opened, read_revision
from leancost.costing import standard_cost, workspace
from leancost.costing.workspace import Connection
from leancost.errors import Finding, LeancostError, refuse
from leancost.tables.declaration import tables
from leancost.tables.output_folder import written_whole
from leancost.tables.source_rows import RowNumbers

if TYPE_CHECKING:
    import pandas

RESULTS = ("standard_costs", "standard_cost_breakdown")
STORED = {
    "item_prices": "calculated_item_prices",
    "item_price_breakdown": "calculated_item_price_breakdown",
}


@dataclass(frozen=True)
class CostMove:
    """A line of a product's cost that moved, in currency per unit, and why: of a node its base and rate moved."""

    item: str
    site: str
    resource_type: str
    resource: str
    cost_group: str
    compared_cost: Decimal
    calculated_cost: Decimal
    difference: Decimal
    quantity_part: Decimal
    price_part: Decimal
    charge_part: Decimal
    change: str
    """`moved`, `new` or `gone`."""

    def __str__(self) -> str:
        is_node = self.resource_type == "costing_sheet_node"
        quantity, price = ("base", "rate") if is_node else ("quantity", "price")
        parts = ((quantity, self.quantity_part), (price, self.price_part), ("charge", self.charge_part))
        reasons = [f"{name} {part:+f}" for name, part in parts if part]
        reason = {"new": "new in the cost", "gone": "no longer in the cost"}.get(self.change, ", ".join(reasons))
        return (
            f"{self.item} at site {self.site}: {self.resource} ({self.cost_group}) {self.compared_cost:f} ->"
            f" {self.calculated_cost:f}, {self.difference:+f}: {reason}"
        )


@dataclass(frozen=True)
class CalculationResult:
    """What was calculated: version, number of items, and the warnings on the way."""

    costing_version: str
    item_count: int
    warnings: tuple[Finding, ...]
    moves: tuple[CostMove, ...] = ()
    """With `compare`: what moved against that version's active standards."""
    lacking: tuple[str, ...] = ()
    """What each made item lacks that got no cost, where the warnings do not say it."""
    tables: "dict[str, pandas.DataFrame]" = field(default_factory=dict)
    """On request standard_costs and standard_cost_breakdown."""


def calculate_source(
    source: Path,
    *,
    calculation_date: date,
    costing_version: str | None = None,
    basis: str = "production_flow",
    items: Sequence[str] = (),
    activate: bool = False,
    compare: str | None = None,
    out: Path | None = None,
    frames: bool = False,
) -> CalculationResult:
    """Calculates standard costs; a DuckDB book stores them pending, or active with `activate`.

    With `compare` it says line by line what moved against the active standards of that version.
    With `out` the four tables are written there, whole or not at all; with `frames` costs and
    breakdown come back as DataFrames of Decimal. Raises LeancostError where the set-up would make
    a cost wrong, where a price, BOM, rule or route is missing, where a route calculation that
    involves subcontracting would be activated, or where the date is closed.
    Source: contract 5 (calculate) and 6.
    """
    stores = storage.is_book(source)
    if activate and not stores:
        raise LeancostError(f"{source} is no book: import it into one, then activate there.")

    def work() -> CalculationResult:
        return _calculate(
            source,
            calculation_date,
            costing_version,
            basis,
            items,
            out,
            stores,
            activate=activate,
            compare=compare,
            frames=frames,
        )

    return storage.until_unchanged(source, work) if stores else work()


def _calculate(
    source: Path,
    calculation_date: date,
    costing_version: str | None,
    basis: str,
    items: Sequence[str],
    out: Path | None,
    stores: bool,
    *,
    activate: bool,
    compare: str | None,
    frames: bool,
) -> CalculationResult:
    with opened(source) as connection, written_whole(out) as folder:
        _require_open(connection, calculation_date, activate=activate)
        workspace.fill_defaults(connection)
        calculation = standard_cost.calculate(
            connection,
            calculation_date=calculation_date,
            costing_version=costing_version,
            basis=basis,
            items=items,
            numbers=RowNumbers(source),
        )
        moves = _compare(connection, compare) if compare else ()
        if activate:
            refuse(standard_cost.subcontracted_by_route(connection))
            connection.execute("UPDATE calculated_item_prices SET status = 'active'")
        elif stores:
            _require_none_active(connection)
        if folder:
            _write(connection, folder)
        if stores:
            _store(connection, source)
        row = connection.execute("SELECT count(*) FROM standard_costs").fetchone()
        count = row[0] if row else 0
        lacking = tuple(standard_cost.lacking(connection))
        shown = {name: workspace.frame(connection, tables()[name]) for name in RESULTS if frames}
        return CalculationResult(calculation.costing_version, count, calculation.warnings, moves, lacking, shown)


def _compare(connection: Connection, version: str) -> tuple[CostMove, ...]:
    known = [
        name for (name,) in connection.execute("SELECT costing_version FROM costing_versions ORDER BY 1").fetchall()
    ]
    if version not in known:
        raise LeancostError(f"Costing version {version} does not exist. Known: {', '.join(known) or 'none'}.")
    connection.execute("CREATE TABLE compared_version AS SELECT CAST(? AS VARCHAR) AS costing_version", [version])
    workspace.run_rule(connection, "analysis/cost_moves")
    rows = connection.execute(
        "SELECT * FROM cost_moves ORDER BY item, site, cost_group, resource, resource_type"
    ).fetchall()
    return tuple(CostMove(*row) for row in rows)


def _require_open(connection: Connection, day: date, *, activate: bool) -> None:
    last = runs.last_standing(connection) if activate else None
    if last and day <= last.end:
        raise LeancostError(
            f"A standard cost cannot begin on {day}: the last run ends on {last.end}. Calculate on a later date."
        )


def _require_none_active(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT n.item, n.site, n.from_date FROM calculated_item_prices n JOIN item_prices o"
        " ON o.costing_version = n.costing_version AND o.item = n.item AND o.site IS NOT DISTINCT FROM n.site"
        " AND o.from_date = n.from_date WHERE o.status = 'active' ORDER BY 1, 2"
    ).fetchall()
    if rows:
        raise LeancostError(
            [
                Finding(
                    "", "item_prices", None, "",
                    f"the standard cost of {item} at site {site} from {day} is active already",
                    "Calculate for another date, or replace it with --activate",
                )
                for item, site, day in rows
            ]
        )  # fmt: skip


def _write(connection: Connection, folder: Path) -> None:
    digits = workspace.currency_digits(connection)
    (folder / "setup").mkdir()
    for table in RESULTS:
        folders.write_csv(connection, table, folder / f"{table}.csv", digits)
    for table, result in STORED.items():
        folders.write_csv(connection, table, folder / "setup" / f"{table}.csv", digits, rows=result)


def _store(connection: Connection, source: Path) -> None:
    """Replaces earlier results of the same version, item, site and day."""
    key = ("costing_version", "item", "site", "from_date")
    same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM o.{name}" for name in key)
    with storage.attached_to(connection, source, write=True):
        storage.require_revision(connection, read_revision(connection))
        with storage.transaction(connection, source):
            for table, result in STORED.items():
                connection.execute(
                    f"DELETE FROM book.{table} o WHERE EXISTS (SELECT 1 FROM calculated_item_prices n WHERE {same})"
                )
                connection.execute(f"INSERT INTO book.{table} BY NAME SELECT * FROM {result}")
            earlier_rows.log_changes(connection, "main", "book")
            stored_standards.remember(connection, STORED)
