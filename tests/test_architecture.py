"""The house stands as ARCHITECTURE.md draws it."""

import ast
import re
from pathlib import Path

import pytest

from leancost import check_codes, posting, rule_files

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "leancost"
MODULES = sorted(path for path in PACKAGE.glob("*.py") if path.name != "__init__.py")
RULES = sorted((PACKAGE / "rules").glob("*/**/*.sql"))


def name_of(path: Path) -> str:
    """A rule as the programs name it."""
    return path.relative_to(PACKAGE / "rules").with_suffix("").as_posix()


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
def test_a_rule_names_its_inputs_truly(path: Path) -> None:
    statement = re.sub(r"--.*|'[^']*'|IS (NOT )?DISTINCT FROM", "", path.read_text())
    own = set(re.findall(r"(?:WITH(?: RECURSIVE)?|,)\s*(\w+)(?:\s*\([^)]*\))? AS (?:MATERIALIZED )?\(", statement))
    read = set(re.findall(r"\b(?:FROM|JOIN)\s+([\w.]+)(?!\s*\()", statement)) - own
    assert set(rule_files.inputs_of(name_of(path))) == read


def test_every_rule_is_called_by_a_foreman() -> None:
    programs = "\n".join(module.read_text() for module in MODULES)
    names = {name_of(path) for path in RULES}
    called = {name for name in names if f'"{name}"' in programs} | {*posting.FACTS}
    called |= {f"checks/{code.rule}" for code in check_codes.CODES.values() if code.rule}
    assert names == {*called, *rule_files.behind(*sorted(called))}


def test_the_rules_of_a_run_make_tables_of_different_names() -> None:
    names = [name_of(path) for path in RULES if name_of(path).split("/")[0] not in rule_files.NOT_LED_TO]
    assert len({rule_files.result_of(name) for name in names}) == len(names)


def test_every_rule_runs_after_those_it_reads() -> None:
    order = rule_files.behind(*(name_of(path) for path in RULES))  # a circle has no end
    made = [rule_files.result_of(rule) for rule in order if rule.split("/")[0] not in rule_files.NOT_LED_TO]
    place = {name: number for number, name in enumerate(made)}
    for rule in order:
        if rule.split("/")[0] not in rule_files.NOT_LED_TO:
            own = place[rule_files.result_of(rule)]
            assert all(place.get(name, -1) < own for name in rule_files.inputs_of(rule)), rule


def test_the_data_dictionary_is_the_one_of_the_tables() -> None:
    from handbook import readme
    from leancost.tables import dictionary

    assert readme().startswith(dictionary())
    assert (ROOT / "data" / "README.md").read_text() == readme()
