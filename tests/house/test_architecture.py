"""The house stands as ARCHITECTURE.md draws it: rooms on floors, and in each room files in their order."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.places import ROOT, TESTS

PACKAGE = ROOT / "leancost"
FILES = sorted(PACKAGE.rglob("*.py"))
MODULES = [path for path in FILES if path.name != "__init__.py"]
ROOMS = sorted({path.relative_to(PACKAGE).parts[0] for path in MODULES if path.parent != PACKAGE})
TEST_FILES = sorted(TESTS.rglob("*.py"))
BESIDE = {"books", "house", "laws", "oracle", "support"}
"""Folders of tests that are of no room."""


def tree() -> list[str]:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return text[text.index("## The house") :].split("```")[1].splitlines()


def floors() -> dict[str, int]:
    """The floor of every room, of `rules`, and of the files that stand in no room."""
    return {match[1]: int(match[2]) for line in tree() if (match := re.match(r"  (\w+)(?:/|\.py) +(\d)  \S", line))}


def drawn() -> list[str]:
    """Every module of a room, as `room/name`, in the order of the tree: below its room, with commas between."""
    found, room = [], ""
    for line in tree():
        if match := re.match(r"  (\w+)/ +\d  ", line):
            room = match[1]
        elif re.match(r" {18}\w", line):
            found += [f"{room}/{name}" for name in re.findall(r"[\w/]+", line)]
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE).with_suffix(""))


def room_of(name: str) -> str:
    return name.partition("/")[0]


def imported(path: Path, package: str = "leancost") -> set[str]:
    """What a file imports of the package, also inside a function; the version is said at the door and read by all."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names if alias.name != "__version__"}
    found = set()
    for name in names:
        first, *parts = name.split(".")
        if first == package and parts:
            is_module = (ROOT / package / "/".join(parts)).with_suffix(".py").exists()
            found.add("/".join(parts if is_module else parts[:-1]) or "__init__")
    return found


def test_the_tree_names_every_room_and_every_module() -> None:
    assert sorted(drawn()) == sorted(name_of(path) for path in MODULES if path.parent != PACKAGE)
    assert floors().keys() == {*ROOMS, "rules", *(path.stem for path in PACKAGE.glob("*.py"))}


def test_the_house_has_nine_floors_at_most() -> None:
    used = set(floors().values())
    assert len(used) <= 9 and used == set(range(len(used)))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_rooms_of_lower_floors_only(room: str) -> None:
    known = floors()
    for path in (PACKAGE / room).rglob("*.py"):
        others = {room_of(name) for name in imported(path)} - {room}
        assert all(known[other] < known[room] for other in others), (path.name, others)


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_what_stands_in_no_room_imports_nothing_above_it(path: Path) -> None:
    known = floors()
    assert all(known[room_of(name)] <= known[path.stem] for name in imported(path)), imported(path)


@pytest.mark.parametrize("room", ROOMS)
def test_the_files_of_a_room_stand_below_those_they_import(room: str) -> None:
    order = [name for name in drawn() if room_of(name) == room]
    inside = {name: {other for other in imported(PACKAGE / f"{name}.py") if room_of(other) == room} for name in order}
    TopologicalSorter(inside).prepare()  # raises CycleError where imports go round
    for name, needed in inside.items():
        assert all(order.index(other) < order.index(name) for other in needed), (name, needed)


@pytest.mark.parametrize("room", ROOMS)
def test_the_face_of_a_room_says_its_question_and_imports_nothing(room: str) -> None:
    text = (PACKAGE / room / "__init__.py").read_text(encoding="utf-8")
    (statement,) = ast.parse(text).body
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    assert len(text.splitlines()) <= 12
    (first,) = re.findall(r"Open `(\w+\.py)` first", text)
    assert (PACKAGE / room / first).exists()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_console_prints_and_only_the_command_line_exits(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = [node for node in tree.body if not isinstance(node, ast.If)]
    calls = {ast.unparse(node.func) for top in body for node in ast.walk(top) if isinstance(node, ast.Call)}
    allowed = {"cli/console": {"print"}, "cli/commands": {"sys.exit"}, "__main__": {"sys.exit"}}
    assert calls & {"print", "sys.exit", "exit", "input"} <= allowed.get(name_of(path), set())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_read_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_command_line_loads_nothing_heavy_before_it_knows_what_to_do() -> None:
    program = (
        "import sys, leancost.cli.commands; print(*sorted({'pandas', 'plotly', 'papermill'} & sys.modules.keys()))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == ""


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_module_is_imported(path: Path) -> None:
    assert not [name for name in imported(path, "tests") if name.rpartition("/")[2].startswith("test_")]


def test_tests_stand_in_the_rooms_of_what_they_test() -> None:
    assert {path.parent.name for path in TEST_FILES if path.parent != TESTS} <= {*ROOMS, *BESIDE}
    assert not list(TESTS.glob("test_*.py"))


def test_the_picking_line_that_is_followed_stands_in_the_book_and_passes_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    way = text[text.index("## The way of one picking line") : text.index("## Reading order of the rules")]
    number, row = re.findall(r"row (\d+): `(PL-[^`]+)`", way)[0]
    rows = (ROOT / "data" / "events" / "picking_lines.csv").read_text(encoding="utf-8").splitlines()
    assert rows[int(number) - 1] == row
    for room, name in re.findall(r"`(\w+)/(\w+)(?:\.\w+)?`", way):
        places = PACKAGE / room / f"{name}.py", PACKAGE / "rules" / room / f"{name}.sql", ROOT / room / f"{name}.ipynb"
        assert any(place.exists() for place in places), f"{room}/{name}"


def test_the_data_dictionary_is_the_one_of_the_tables() -> None:
    from leancost.tables.declaration import dictionary

    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == dictionary()
