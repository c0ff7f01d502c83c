"""The costing rules as files: their texts, what each reads, and what a result stands on."""

import re
from collections.abc import Container
from functools import cache
from importlib import resources
from typing import Final

STEP: Final = re.compile(r"step_\d_")
NOT_LED_TO: Final = ("carry", "explain", "reversal", "analysis", "verification")
"""Folders whose results stand under other names, or are made for one question: nothing is led back to them."""


@cache
def rule_text(rule: str) -> str:
    """Text of a rule file, named as `folder/name` without the ending."""
    path = resources.files("leancost").joinpath("rules").joinpath(f"{rule}.sql")
    return path.read_text(encoding="utf-8")


def result_of(rule: str) -> str:
    """The table a rule makes: called like its file, without the number of its step."""
    return STEP.sub("", rule.rpartition("/")[2])


@cache
def inputs_of(rule: str) -> tuple[str, ...]:
    """The tables that a rule reads, as its header says; a test holds the header against the SELECT."""
    lines = (line for line in rule_text(rule).splitlines() if line.startswith("--"))
    header = " ".join(line.removeprefix("--").strip() for line in lines)
    found = re.search(r"Inputs: (.*?)\.(?= [A-Z]|$)", header)
    named = re.sub(r"\([^)]*\)", "", found[1] if found else "")
    return tuple(name.strip() for name in named.split(","))


def behind(*rules: str, done: Container[str] = ()) -> list[str]:
    """The rules that these stand on and are not done, then these: each after those whose results it reads."""
    order: dict[str, None] = {}

    def add(rule: str) -> None:
        if rule not in order and rule not in done:
            for name in inputs_of(rule):
                if name in _rules_by_result():
                    add(_rules_by_result()[name])
            order[rule] = None

    for rule in rules:
        add(rule)
    return list(order)


def making(*results: str) -> list[str]:
    """The rules that make these tables; none for what no rule makes."""
    return [_rules_by_result()[name] for name in results if name in _rules_by_result()]


@cache
def rules_in(folder: str) -> tuple[str, ...]:
    """The rules of a folder and of the folders in it, by name."""
    found: list[str] = []
    for place in resources.files("leancost").joinpath("rules").joinpath(folder).iterdir():
        if place.is_dir():
            found += rules_in(f"{folder}/{place.name}")
        elif place.name.endswith(".sql"):
            found.append(f"{folder}/{place.name.removesuffix('.sql')}")
    return tuple(sorted(found))


@cache
def _rules_by_result() -> dict[str, str]:
    folders = resources.files("leancost").joinpath("rules").iterdir()
    names = sorted(folder.name for folder in folders if folder.is_dir() and folder.name not in NOT_LED_TO)
    return {result_of(rule): rule for name in names for rule in rules_in(name)}
