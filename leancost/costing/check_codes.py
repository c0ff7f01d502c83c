"""The codes of the checklist, from rules/checks/codes.csv: what each finds, by which rule, and what follows from it."""

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Final, Literal, cast

Decision = Literal["refuse", "warn", "advice"]
REFUSE: Final = "refuse"
WARN: Final = "warn"
ADVICE: Final = "advice"


@dataclass(frozen=True)
class Code:
    """One point of the checklist and what a close and a calculation do where it finds something."""

    severity: str
    description: str
    rule: str
    """Its rule in rules/checks; empty where check_rules.py finds it: what SQL cannot say, and domains of numbers."""
    close: Decision
    calculation: Decision
    basis: str
    """The basis of the calculations that read it; empty: any."""
    since: int
    """The revision of the warnings since when it tells what it tells."""


def _read() -> dict[str, Code]:
    text = resources.files("leancost").joinpath("rules").joinpath("checks").joinpath("codes.csv")
    rows = csv.DictReader(text.read_text(encoding="utf-8").splitlines())
    return {
        row["code"]: Code(
            severity=row["severity"], description=row["description"], rule=row["rule"],
            close=cast(Decision, row["close"]), calculation=cast(Decision, row["calculation"]), basis=row["basis"],
            since=int(row["since"]),
        )
        for row in rows
    }  # fmt: skip


CODES: Final = _read()
"""The closed list of codes; a test holds it against the rules."""
BLOCKING: Final = tuple(code for code, known in CODES.items() if known.close == REFUSE)
"""What a close refuses."""
TOLD: Final = tuple(code for code, known in CODES.items() if known.close == WARN)
"""What a close goes on over and says in `warnings`."""
SINCE: Final = {code: known.since for code, known in CODES.items()} | {"W10": 2}
"""The revision since when a warning tells what it tells, also of those of the run itself; 1 where it is not listed."""
REVISION: Final = max(SINCE.values())
"""Counted up whenever a rule that is told in `warnings` comes, or tells other rows or in other words."""
