"""Four small notebooks that stand in for the shipped ones where a test is about the report itself."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PARAMETERS = """book = "../data"
period_start = ""  # first day
period_end = "2026-01-31"  # last day
production_flows = ""  # empty: all
costing_version = ""
language = "en"
"""
READ = """from datetime import date
from pathlib import Path
from leancost.views import results
start = date.fromisoformat(period_start) if period_start else None
flows = [flow for flow in production_flows.split(",") if flow]
period = results.read_period(Path(book), end=date.fromisoformat(period_end), start=start, production_flows=flows)"""
TABLE = """from leancost.views.display import Chart, Table
Table(period.tables["wip_balances"].drop(columns="run_end"), caption="WIP")"""
CHART = """import plotly.graph_objects as go
wip = period.tables["wip_balances"]
names = [str(name) for name in wip["resource"]]
figure = go.Figure(go.Bar(x=names, y=[float(amount) for amount in wip["before"]]))
Chart(figure, "WIP before, by resource", Table(wip, caption="WIP"))"""
NAMES = ("01_setup", "02_bom_cost_calculation", "03_period_consumption", "04_variance_analysis")


def write_notebooks(
    folder: Path, *, parameters: str = PARAMETERS, last_cell: str = "print('done')", last_of: str = NAMES[2]
) -> Path:
    """Writes the four; `last_cell` ends the one called `last_of`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        cells = [
            new_markdown_cell(f"# {name[3:].replace('_', ' ').capitalize()}\n\nWhat is *in* it?", id="title"),
            new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
            new_code_cell(READ, id="read"),
            new_code_cell(TABLE, id="table"),
            new_code_cell(CHART, id="chart", metadata={"tags": ["first-screen"] if name.startswith("04") else []}),
        ]
        if name == last_of:
            cells.append(new_code_cell(last_cell, id="last"))
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(new_notebook(cells=cells, metadata=metadata), folder / f"{name}.ipynb")
    return folder


def output_of(data: dict[str, object]) -> object:
    """A code cell that has run and shows `data`."""
    return new_code_cell("", id="shown", outputs=[new_output("display_data", data=data)])
