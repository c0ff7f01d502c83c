"""Executed notebooks as one HTML page that needs no network: no code, charts drawn from inert data."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from leancost import __version__
from leancost.report.safe_html import safe_html
from leancost.views.results import PeriodResult

PLOTLY: Final = "application/vnd.plotly.v1+json"
HIDDEN: Final = frozenset(("parameters", "injected-parameters", "remove-cell"))
"""Tags of cells that are not shown; `parameters` stand in the settings at the end."""
FIRST_SCREEN: Final = "first-screen"
SHOWN: Final = ("text/html", "text/markdown", "text/plain")


@dataclass(frozen=True)
class Part:
    """A notebook in the report: its name in addresses, its title, its body."""

    name: str
    title: str
    body: Markup


def report_page(
    notebooks: Mapping[str, Any], period: PeriodResult, *, settings: Mapping[str, str], language: str = "en"
) -> str:
    """The page of a period: what is tagged `first-screen`, then every notebook in the order given.

    Everything that comes from notebooks or the user is rebuilt or escaped; a content security
    policy lets no script run but the page's own and nothing be loaded. The same notebooks give the
    same bytes. Source: contract 5 (report).
    """
    cells = [cell for notebook in notebooks.values() for cell in notebook.cells]
    first_screen = [cell for cell in cells if FIRST_SCREEN in tags(cell)]
    parts = []
    for name, notebook in notebooks.items():
        rest = [cell for cell in notebook.cells if FIRST_SCREEN not in tags(cell)]
        parts.append(Part(name, _title(notebook.cells) or name, body(rest)))
    period_text = f"{period.start or 'the beginning'} to {period.end}"
    company = period.legal_entity or "Company"
    program = _packaged("report.js")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_packaged("report.html.j2"))
    return page.render(
        title=f"{company}: backflush costing, {period_text}{' (preview)' if _preview(period) else ''}",
        company=company,
        currency=period.currency,
        first_screen=body(first_screen) if first_screen else "",
        flows=flows_text(period),
        foot=Markup(_css_text(f"{company} · {period_text}")),
        language=language,
        parts=parts,
        period=period_text,
        plotly=_packed_plotly(),
        policy=_policy(program, _plotly()),
        preview=_preview(period),
        program=Markup(program),
        settings=settings,
        style=Markup(_packaged("report.css")),
        version=__version__,
    )


def flows_text(period: PeriodResult) -> str:
    """The production flows of the period, named as far as they have names."""
    names = period.setup["production_flows"].set_index("production_flow")["name"]
    shown = [f"{names.get(flow) or flow}" for flow in period.production_flows]
    return ", ".join(shown) if len(shown) <= 3 else f"{len(shown)} production flows"


def body(cells: Iterable[Any]) -> Markup:
    """Cells without their code: prose and outputs, charts as figures with their data below."""
    from nbconvert import HTMLExporter
    from nbformat.v4 import new_notebook

    figures: list[Mapping[str, Any]] = []
    notebook = new_notebook(cells=[_shown(cell, figures) for cell in cells if not HIDDEN & tags(cell)])
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    text, _ = exporter.from_notebook_node(notebook)
    text = safe_html(text)
    for place, figure in enumerate(figures):
        text = text.replace(_place(place), figure_html(figure), 1)
    return Markup(text)


def _shown(cell: Any, figures: list[Mapping[str, Any]]) -> Any:
    """A copy of the cell with only what the page shows; charts give way to a mark of their place."""
    cell = deepcopy(cell)
    shown_below: Any = None
    for output in reversed(cell.get("outputs", ())):
        data = output.get("data", {})
        table = data.get("text/html")
        if PLOTLY in data:
            output["data"] = {"text/html": _place(len(figures))}
            figures.append({PLOTLY: data[PLOTLY], "text/html": "" if table == shown_below else table or ""})
        elif data:
            best = [kind for kind in SHOWN if kind in data][:1]
            output["data"] = {kind: data[kind] for kind in best}
        shown_below = table
    if "outputs" in cell:
        cell["outputs"] = [output for output in cell.outputs if output.get("data", True)]
    return cell


def _place(number: int) -> str:
    return f'<div class="chart-place chart-{number}"></div>'


def figure_html(data: Mapping[str, Any]) -> str:
    """A chart as a figure: its text alternative, its data for drawing, and the table behind it."""
    drawn = data[PLOTLY]
    text = escape(str(drawn.get("layout", {}).get("meta", {}).get("text", "Chart")))
    # Where it is not drawn yet, a "<" in a name must not end the script element or open a comment.
    inert = json.dumps(drawn, ensure_ascii=False, sort_keys=True)
    for letter in "<>&\u2028\u2029":
        inert = inert.replace(letter, f"\\u{ord(letter):04x}")
    figure = (
        f'<figure class="chart" role="img" aria-label="{text}"><div class="plot"></div>'
        f'<script type="application/json">{inert}</script></figure>'
    )
    table = safe_html(data.get("text/html", ""))
    folded = f'<details class="chart-data"><summary>Data table</summary>{table}</details>' if table else ""
    return f"{figure}{folded}"


def tags(cell: Any) -> set[str]:
    """The cell's tags."""
    return set(cell.get("metadata", {}).get("tags", ()))


def _title(cells: Iterable[Any]) -> str:
    lines = [line for cell in cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("# ")), "")


def _preview(period: PeriodResult) -> bool:
    return period.state != "closed"


def _css_text(text: str) -> str:
    """The text inside quotes of a style sheet: every letter as a number."""
    return "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):06x}" for letter in text)


def _packaged(name: str) -> str:
    return resources.files("leancost.report").joinpath(name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


@cache
def _packed_plotly() -> str:
    return b64encode(gzip.compress(_plotly().encode(), mtime=0)).decode()


def _policy(*programs: str) -> str:
    """Nothing may be loaded or sent; only these programs run."""
    hashes = [f"'sha256-{b64encode(sha256(program.encode()).digest()).decode()}'" for program in programs]
    return (
        f"default-src 'none'; script-src {' '.join(hashes)}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
