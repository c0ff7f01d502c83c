"""The rules are files that can be read one by one, and that run in the order of what they read."""

import re
from pathlib import Path

import pytest

from leancost.costing import check_codes, facts, rule_files
from leancost.tables import declaration
from tests.support.places import ROOT, RULES

FILES = sorted(RULES.glob("*/**/*.sql"))


def name_of(path: Path) -> str:
    """A rule as the programs name it."""
    return path.relative_to(RULES).with_suffix("").as_posix()


NAMES = [name_of(path) for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_rule_is_one_select_that_names_its_source(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    header = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    assert text.startswith("-- ")
    assert "Source: " in header and "Inputs: " in header
    statement = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    assert ";" not in re.sub(r"'[^']*'", "", statement)
    assert re.match(r"\s*(WITH|SELECT)\b", statement)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_rule_names_a_binary_floating_point_type(path: Path) -> None:
    assert not re.search(r"\b(DOUBLE|FLOAT|REAL)\b", path.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_rule_names_its_inputs_truly(path: Path) -> None:
    statement = re.sub(r"--.*|'[^']*'|IS (NOT )?DISTINCT FROM", "", path.read_text(encoding="utf-8"))
    own = set(re.findall(r"(?:WITH(?: RECURSIVE)?|,)\s*(\w+)(?:\s*\([^)]*\))? AS (?:MATERIALIZED )?\(", statement))
    read = set(re.findall(r"\b(?:FROM|JOIN)\s+([\w.]+)(?!\s*\()", statement)) - own
    assert set(rule_files.inputs_of(name_of(path))) == read


def test_every_rule_is_called_by_a_foreman() -> None:
    programs = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "leancost").rglob("*.py"))
    called = {name for name in NAMES if f'"{name}"' in programs} | {*facts.FACTS}
    called |= {f"checks/{code.rule}" for code in check_codes.CODES.values() if code.rule}
    called |= {*rule_files.making(*(table.name for table in declaration.outputs()))}
    assert set(NAMES) == {*called, *rule_files.behind(*sorted(called))}


def test_what_rules_say_alike_is_said_in_functions_only() -> None:
    said_once = re.compile(r"minor_units, 0\)|, DATE '9999-12-31'\)|WHEN 'weight'|subtype (=|<>)")
    assert [name for name in NAMES if said_once.search(rule_files.rule_text(name))] == ["facts/node_bases"]


def test_the_rules_of_a_run_make_tables_of_different_names() -> None:
    names = [name for name in NAMES if name.split("/")[0] not in rule_files.NOT_LED_TO]
    assert len({rule_files.result_of(name) for name in names}) == len(names)


def test_every_rule_runs_after_those_it_reads() -> None:
    led_to = [name for name in rule_files.behind(*NAMES) if name.split("/")[0] not in rule_files.NOT_LED_TO]
    place = {rule_files.result_of(rule): number for number, rule in enumerate(led_to)}
    for number, rule in enumerate(led_to):  # a circle has no end
        assert all(place.get(name, -1) < number for name in rule_files.inputs_of(rule)), rule
