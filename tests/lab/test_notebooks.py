"""The four walks are thin, take the same parameters, and are committed executed."""

import ast

import nbformat
import pytest

from leancost.lab.execution import PARAMETERS
from leancost.lab.notebooks import NOTEBOOKS
from tests.support.places import ROOT

FOLDER = ROOT / "notebooks"
walks = pytest.mark.parametrize("name", NOTEBOOKS)


def cells(name: str, kind: str = "code") -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


@walks
def test_a_code_cell_is_short_and_holds_no_logic(name: str) -> None:
    for cell in cells(name):
        assert len(cell.source.splitlines()) <= 10
        kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.BinOp, ast.comprehension, ast.Lambda)
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, kinds)], cell.source


@walks
def test_every_walk_takes_the_same_parameters_with_a_comment_each(name: str) -> None:
    (given,) = [cell for cell in cells(name) if "parameters" in cell.metadata.get("tags", [])]
    (first,) = [cell for cell in cells(NOTEBOOKS[0]) if "parameters" in cell.metadata.get("tags", [])]
    assert given.source == first.source
    lines = given.source.splitlines()
    assert tuple(line.split(" = ")[0] for line in lines) == PARAMETERS and all("  # " in line for line in lines)


@walks
def test_a_walk_begins_with_its_question_and_ends_with_control_totals(name: str) -> None:
    prose = [cell.source for cell in cells(name, "markdown")]
    assert prose[0].startswith("# ") and "?**" in prose[0] and prose[-1] == "## Control totals"
    assert "control_totals" in cells(name)[-1].source


@walks
def test_a_walk_is_committed_executed_and_without_errors(name: str) -> None:
    code = cells(name)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs and {output.output_type for output in outputs} <= {"execute_result", "display_data"}
    assert not [output for output in outputs if "application/vnd.jupyter.widget-view+json" in output.get("data", {})]


def test_the_explorers_stand_in_the_walks_that_have_them() -> None:
    explorers = {name: [c.source for c in cells(name) if "widgets.explore" in c.source] for name in NOTEBOOKS}
    assert {name: len(found) for name, found in explorers.items()} == dict(zip(NOTEBOOKS, (0, 1, 1, 1), strict=True))
