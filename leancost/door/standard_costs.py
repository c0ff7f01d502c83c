"""Standard costs of a date: what every made item costs, of which lines, and why."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas

from leancost.explain.explanation import Explanation
from leancost.explain.standard_cost import explain_cost
from leancost.views.display import table_html


@dataclass(frozen=True, repr=False)
class StandardCosts:
    """What was calculated on a date, by production flow or by route; currency per unit, Decimals."""

    source: Path
    date: date
    basis: str
    costing_version: str
    unit_costs: pandas.DataFrame
    """item, site, basis, calculation_date, unit_cost: the table standard_costs."""
    breakdown: pandas.DataFrame
    """The lines behind them: the table standard_cost_breakdown."""
    warnings: tuple[str, ...]
    lacking: tuple[str, ...]
    """What each made item that has no cost lacks."""

    def explain(self, item: str) -> Explanation:
        """Why an item costs what it does, down to the rows it comes from; the source is read again.

        Raises LeancostError where it has no calculated cost. Source: contract 5 (explain).
        """
        return explain_cost(
            self.source, item=item, calculation_date=self.date, basis=self.basis, costing_version=self.costing_version
        )

    def __dir__(self) -> list[str]:
        return [*self.__dataclass_fields__, "explain"]

    def __repr__(self) -> str:
        basis = self.basis.replace("_", " ")
        return f"Standard costs by {basis} on {self.date}, version {self.costing_version}: {len(self.unit_costs)}"

    def _repr_html_(self) -> str:
        return table_html(self.unit_costs, digits=6, caption=repr(self))
