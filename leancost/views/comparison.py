"""Standard costs by production flow and by route side by side, and which of them fits a period better."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas

from leancost.book import sources
from leancost.costing import standard_cost, workspace
from leancost.costing.facts import establish_facts
from leancost.costing.five_steps import set_run
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.lab import parameters
from leancost.tables.declaration import tables
from leancost.tables.source_rows import RowNumbers
from leancost.views import kept
from leancost.views.results import PeriodResult

BASES = ("production_flow", "route")
COST_COLUMNS = ("basis", "item", "site", "cost_group", "unit_cost")
PRODUCT_COLUMNS = ("item", "name", "site", "by_production_flow", "by_route", "active", "route_minus_flow")
ACTIVE_COSTS = (
    "SELECT 'active', g.item, g.site, g.cost_group, g.unit_cost FROM standard_costs_by_group g"
    " JOIN standard_price_periods p ON p.item = g.item AND p.site = g.site AND p.valid_from = g.valid_from"
    " WHERE $day BETWEEN p.valid_from AND p.valid_to ORDER BY ALL"
)
CALCULATED_COSTS = (
    "SELECT $basis, item, site, cost_group, CAST(sum(cost) AS DECIMAL(18,6)) FROM calculated_item_price_breakdown"
    " GROUP BY item, site, cost_group ORDER BY ALL"
)


@dataclass(frozen=True)
class Costs:
    """Standard costs of one day, calculated on both bases: unit costs, and the lines behind them."""

    calculation_date: date
    costing_version: str
    unit_costs: pandas.DataFrame
    """item, name, site, by_production_flow, by_route, active (currency per unit), route_minus_flow."""
    breakdown: pandas.DataFrame
    """The columns of standard_cost_breakdown with `basis` in front."""
    by_group: pandas.DataFrame
    """basis (production_flow, route, active), item, site, cost_group, unit_cost."""
    warnings: tuple[str, ...]
    refusals: tuple[str, ...] = ()
    """Why nothing was calculated; the tables are then empty."""

    def lines(self, item: str, basis: str) -> pandas.DataFrame:
        """The breakdown lines of an item on a basis."""
        chosen = self.breakdown[(self.breakdown["item"] == item) & (self.breakdown["basis"] == basis)]
        return chosen.reset_index(drop=True)

    @property
    def messages(self) -> pandas.DataFrame:
        """The findings that do not stop a calculation and what it leaves out, or what stopped it."""
        return pandas.DataFrame({"message": [*self.refusals, *self.warnings]}, dtype=object)


@dataclass(frozen=True)
class Fit:
    """How well each basis fits what a period really used; figures in currency."""

    variances: pandas.DataFrame
    """Per production flow and cost group: realized, allowed by flow and by route, their difference, both variances."""
    by_flow: Decimal
    by_route: Decimal
    """Sum of the absolute variances."""
    refusals: tuple[str, ...] = ()
    """Why neither basis was calculated: then there is nothing to compare."""

    @property
    def summary(self) -> pandas.DataFrame:
        """Both bases with their absolute variance; the better one is named, where one is."""
        amounts = {} if self.refusals else {"production_flow": self.by_flow, "route": self.by_route}
        better = "as good as the other" if self.by_flow == self.by_route else "fits better"
        rows = [
            (name.replace("_", " "), amount, better if amount == min(amounts.values()) else "")
            for name, amount in amounts.items()
        ]
        return pandas.DataFrame(rows, columns=["calculated_by", "absolute_variance_amount", "result"], dtype=object)

    @property
    def control_totals(self) -> pandas.DataFrame:
        """The sum of every column of amounts; none of what was not compared."""
        columns = self.variances.columns[:0] if self.refusals else self.variances.columns
        names = [str(name) for name in columns if str(name).endswith("_amount")]
        rows = [
            (name.removesuffix("_amount").replace("_", " "), sum(self.variances[name], Decimal(0))) for name in names
        ]
        return pandas.DataFrame(rows, columns=["control", "total_amount"], dtype=object)

    @property
    def recommended(self) -> str:
        """The basis with the smaller absolute variance; by production flow where they are equal."""
        return "route" if self.by_route < self.by_flow else "production_flow"


def calculate_costs(source: Path, *, calculation_date: date, costing_version: str | None = None) -> Costs:
    """Calculates every made item by production flow and by route; nothing is stored.

    Raises LeancostError as `standard_cost.calculate` does. Source: contract 5 (calculate), the
    source's "Cost calculation for Lean manufacturing".
    """
    with kept.found("costs", source, (calculation_date, costing_version)) as connection:
        if connection:
            return _kept_costs(connection, calculation_date)
    with sources.opened(source) as connection, kept.place_for(connection):
        keep_costs(connection, source, calculation_date=calculation_date, costing_version=costing_version)
        return _kept_costs(connection, calculation_date)


def keep_costs(
    connection: Connection, source: Path, *, calculation_date: date, costing_version: str | None = None
) -> None:
    """Calculates every made item of an opened source on both bases and keeps the costs; raises as `calculate_costs`."""
    workspace.fill_defaults(connection)
    establish_facts(connection)
    groups = connection.execute(ACTIVE_COSTS, {"day": calculation_date}).fetchall()
    told: list[str] = []
    version = ""
    for basis in BASES:
        result = standard_cost.calculate(
            connection,
            calculation_date=calculation_date,
            costing_version=costing_version or None,
            basis=basis,
            numbers=RowNumbers(source),
        )
        version = result.costing_version
        kept.keep_table(connection, tables()["standard_cost_breakdown"], basis)
        groups += connection.execute(CALCULATED_COSTS, {"basis": basis}).fetchall()
        told += [str(finding) for finding in result.warnings]
        row = connection.execute("SELECT count(*) FROM standard_cost_breakdown").fetchone()
        if row and row[0]:  # a basis by which nothing is made leaves nothing out
            told += standard_cost.lacking(connection)
    kept.keep_rows(connection, "costs.by_group", f"{' VARCHAR, '.join(COST_COLUMNS)} DECIMAL(18,6)", groups)
    kept.keep(connection, "costs.names", "SELECT item, name FROM items ORDER BY item")
    kept.keep_rows(connection, "costs.told", "line VARCHAR", ([line] for line in dict.fromkeys(told)))
    kept.keep_rows(connection, "costs.version", "costing_version VARCHAR", [[version]])
    kept.is_answer(connection, "costs", source, (calculation_date, costing_version))


def _kept_costs(connection: Connection, calculation_date: date) -> Costs:
    breakdowns = []
    for basis in BASES:
        frame = kept.frame(connection, f"{basis}.standard_cost_breakdown")
        frame.insert(0, "basis", basis)
        breakdowns.append(frame)
    by_group = kept.frame(connection, "costs.by_group")
    return Costs(
        calculation_date=calculation_date,
        costing_version=str(kept.rows(connection, "costs.version")[0][0]),
        unit_costs=_side_by_side(by_group, dict(kept.rows(connection, "costs.names"))),  # type: ignore[arg-type]
        breakdown=pandas.concat(breakdowns, ignore_index=True),
        by_group=by_group,
        warnings=tuple(str(line) for (line,) in kept.rows(connection, "costs.told")),
    )


def costs_of(result: PeriodResult, *, book: object, costing_version: object = "") -> Costs:
    """The costs on both bases on the first day of a period (its last where it has no first).

    Of a closed period a refused calculation is part of what is shown: the stored runs do not depend
    on it, and what it lacks on that day can no longer be added. Raises LeancostError where a
    notebook's parameter cannot be read, and otherwise as `calculate_costs` does.
    """
    version = parameters.text_of("costing_version", costing_version)
    source = parameters.book_of(book)
    day = result.start or result.end
    try:
        return calculate_costs(source, calculation_date=day, costing_version=version or None)
    except LeancostError as refused:
        if result.state != "closed" or not refused.findings:
            raise
        return _nothing_calculated(day, version, refused.lines)


def compare_bases(costs: Costs, result: PeriodResult) -> Fit:
    """Which basis would have left the smaller absolute variance on the period's products.

    variance (currency) = realized - good quantity x unit cost of the basis, per production flow and
    cost group. Without products everything realized is variance on both; where nothing was calculated
    nothing is compared. Source: rules/analysis/basis_variances.
    """
    receipts = result.tables["product_receipts"]
    with workspace.workspace() as connection:
        _insert(connection, "parameters", result.setup["parameters"])
        _insert(connection, "production_flows", result.setup["production_flows"])
        _create(connection, "basis_costs", costs.by_group, "unit_cost")
        _create(connection, "products", receipts[["production_flow", "item", "quantity"]], "quantity")
        usage = result.tables["realized_usage"][["production_flow", "cost_group", "realized_amount"]]
        _create(connection, "usage", usage, "realized_amount")
        set_run(connection, result.end, result.end)
        workspace.run_rule(connection, "analysis/basis_variances")
        found = connection.execute(
            "SELECT * FROM basis_variances WHERE $is_calculated ORDER BY production_flow, cost_group",
            {"is_calculated": not costs.refusals},
        )
        names = [column[0] for column in found.description or ()]
        variances = pandas.DataFrame(found.fetchall(), columns=names, dtype=object)
    total = {name: sum(map(abs, variances[f"variance_by_{name}_amount"]), Decimal(0)) for name in ("flow", "route")}
    return Fit(variances=variances, by_flow=total["flow"], by_route=total["route"], refusals=costs.refusals)


def _nothing_calculated(day: date, version: str, refusals: tuple[str, ...]) -> Costs:
    lines = pandas.DataFrame(columns=["basis", *tables()["standard_cost_breakdown"].names], dtype=object)
    return Costs(
        calculation_date=day,
        costing_version=version,
        unit_costs=pandas.DataFrame(columns=list(PRODUCT_COLUMNS), dtype=object),
        breakdown=lines,
        by_group=pandas.DataFrame(columns=list(COST_COLUMNS), dtype=object),
        warnings=(),
        refusals=refusals,
    )


def _side_by_side(by_group: pandas.DataFrame, names: dict[str, str]) -> pandas.DataFrame:
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    for basis, item, site, _, unit_cost in by_group.itertuples(index=False):
        costs = sums.setdefault((item, site), {})
        costs[basis] = costs.get(basis, Decimal(0)) + unit_cost
    rows = []
    for (item, site), costs in sorted(sums.items()):
        by_flow, by_route = costs.get("production_flow"), costs.get("route")
        if by_flow is not None or by_route is not None:
            difference = by_route - by_flow if by_flow is not None and by_route is not None else None
            rows.append((item, names[item], site, by_flow, by_route, costs.get("active"), difference))
    return pandas.DataFrame(rows, columns=list(PRODUCT_COLUMNS), dtype=object)


def _create(connection: Connection, name: str, frame: pandas.DataFrame, figure: str) -> None:
    kinds = {figure: "DECIMAL(18,6)"}
    columns = ", ".join(f"{column} {kinds.get(str(column), 'VARCHAR')}" for column in frame.columns)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    _insert(connection, name, frame)


def _insert(connection: Connection, name: str, frame: pandas.DataFrame) -> None:
    places = ", ".join("?" for _ in frame.columns)
    columns = ", ".join(map(str, frame.columns))
    rows = [list(row) for row in frame.itertuples(index=False)]
    if rows:
        connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", rows)
