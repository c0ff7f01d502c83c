"""The house stands as ARCHITECTURE.md draws it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "leancost"
MODULES = sorted(path for path in PACKAGE.glob("*.py") if path.name != "__init__.py")
RULES = sorted((PACKAGE / "rules").rglob("*.sql"))


def floors() -> dict[str, int]:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    tree = text.split("```")[3]
    lines = [line for line in tree.splitlines() if "floor" in line]
    return {name: int(line.split("floor ")[1].split()[0]) for line in lines for name in re.findall(r"(\w+)\.py", line)}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "leancost":
            names |= {alias.name for alias in node.names} if node.module == "leancost" else {node.module.split(".")[1]}
    return names & {path.stem for path in MODULES}


def test_the_tree_in_architecture_names_every_module() -> None:
    assert floors().keys() == {path.stem for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_lower_floors_only(path: Path) -> None:
    known = floors()
    assert all(known[name] < known[path.stem] for name in imported(path)), imported(path)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_only_the_console_prints_and_only_the_command_line_exits(path: Path) -> None:
    tree = ast.parse(path.read_text())
    body = [node for node in tree.body if not isinstance(node, ast.If)]
    calls = {ast.unparse(node.func) for top in body for node in ast.walk(top) if isinstance(node, ast.Call)}
    allowed = {"console": {"print"}, "cli": {"sys.exit"}, "__main__": {"sys.exit"}}
    assert calls & {"print", "sys.exit", "exit", "input"} <= allowed.get(path.stem, set())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_is_read_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_rule_is_one_select_that_names_its_source(path: Path) -> None:
    text = path.read_text()
    header = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    assert text.startswith("-- ")
    assert "Source: " in header and "Inputs: " in header
    statement = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    assert ";" not in re.sub(r"'[^']*'", "", statement)
    assert re.match(r"\s*(WITH|SELECT)\b", statement)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_no_rule_names_a_binary_floating_point_type(path: Path) -> None:
    assert not re.search(r"\b(DOUBLE|FLOAT|REAL)\b", path.read_text(), re.IGNORECASE)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_is_called_by_a_foreman(path: Path) -> None:
    name = f"{path.parent.name}/{path.stem}"
    programs = "\n".join(module.read_text() for module in MODULES)
    assert name in programs or (path.parent.name == "checks" and f'"{path.stem.upper()}"' in programs)


def test_the_data_dictionary_is_the_one_of_the_tables() -> None:
    from handbook import readme
    from leancost.tables import dictionary

    assert readme().startswith(dictionary())
    assert (ROOT / "data" / "README.md").read_text() == readme()
