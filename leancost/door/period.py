"""A period of a book, closed or as a preview: its tables, its explanations, its report."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas

from leancost.report import reports
from leancost.report.sheets import write_sheets
from leancost.tables.declaration import outputs
from leancost.views import figures
from leancost.views.display import amount_text, table_html
from leancost.views.results import PeriodResult


@dataclass(frozen=True, repr=False)
class Period(PeriodResult):
    """A period's figures. Every output table of the contract is an attribute: `variances`, `journal`, `warnings` …

    A table is a DataFrame with the contract's columns; amounts are Decimals in the company's currency. Where a new
    standard divided the period, or several closed ones are read at once, `run_end` stands in front.
    """

    @classmethod
    def of(cls, result: PeriodResult) -> Self:
        """The same figures with what can be done with them."""
        return cls(**vars(result))

    def __getattr__(self, name: str) -> pandas.DataFrame:
        if name not in {table.name for table in outputs()}:
            raise AttributeError(f"A period has no {name!r}. Its tables: {', '.join(t.name for t in outputs())}.")
        frame = self.tables[name]
        return frame.drop(columns="run_end") if len(self.summaries) == 1 else frame

    def to_excel(self, path: str | Path) -> Path:
        """Writes the period as a workbook, ready to print: a summary and a sheet a table. Source: contract 5 (report).

        Raises OSError where it cannot be written.
        """
        target = Path(path)
        write_sheets(target, self, glance=figures.glance(self), causes=figures.causes(self))
        return target

    def report(self, folder: str | Path = "reports", *, formats: Sequence[str] = reports.FORMATS) -> Path:
        """Executes the notebooks and writes `<folder>/<company>/<period>/`, whole or not at all; returns that folder.

        Raises LeancostError where a notebook fails or the folder may not be replaced. Source: contract 5 (report).
        """
        flows = () if len(self.production_flows) == len(self.setup["production_flows"]) else self.production_flows
        out = Path(folder) / reports.file_name(self.legal_entity) / reports.period_name(self, flows)
        return reports.write_report(
            self.source, end=self.end, start=self.start, production_flows=flows, formats=formats, out=out
        )

    def __dir__(self) -> list[str]:
        done = ["explain", "report", "to_excel"]
        facts = ["currency", "end", "legal_entity", "production_flows", "run_ends", "setup", "source", "start", "state"]
        return sorted([*done, *facts, "summaries", "tables", *(table.name for table in outputs())])

    def __repr__(self) -> str:
        days = f"{self.start} to {self.end}" if self.start else f"until {self.end}"
        balances = self.last("wip_balances")
        variance = amount_text(sum(self.tables["wip_balances"]["variance"]), self.digits)
        after = amount_text(sum(balances["after"]), self.digits)
        return (
            f"Period {days} of {self.legal_entity} ({self.state}, {self.currency}): variance {variance},"
            f" WIP at the end {after}"
        )

    def _repr_html_(self) -> str:
        return table_html(figures.glance(self), digits=self.digits, caption=repr(self))
