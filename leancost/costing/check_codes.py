"""The codes of the checklist, from rules/checks/codes.csv: what each finds, by which rule, and what follows from it."""

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Final, Literal, cast

Decision = Literal["refuse", "warn", "advice"]
REFUSE: Final = "refuse"
WARN: Final = "warn"
ADVICE: Final = "advice"

REVISION: Final = 2
"""Of what is told in `warnings`: counted up whenever a rule comes, or tells other rows or in other words."""
SINCE: Final = dict.fromkeys(("C25", "C33", "C57", "C68", "C69", "C71", "C72", "C87", "W10"), 2)
"""The revision since when a code tells what it tells; 1 where it is not listed."""


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


def _read() -> dict[str, Code]:
    text = resources.files("leancost").joinpath("rules").joinpath("checks").joinpath("codes.csv")
    rows = csv.DictReader(text.read_text(encoding="utf-8").splitlines())
    return {
        row["code"]: Code(
            severity=row["severity"], description=row["description"], rule=row["rule"],
            close=cast(Decision, row["close"]), calculation=cast(Decision, row["calculation"]), basis=row["basis"],
        )
        for row in rows
    }  # fmt: skip


CODES: Final = _read()
"""The closed list of codes; a test holds it against the rules."""
BLOCKING: Final = tuple(code for code, known in CODES.items() if known.close == REFUSE)
"""What a close refuses."""
TOLD: Final = tuple(code for code, known in CODES.items() if known.close == WARN)
"""What a close goes on over and says in `warnings`."""
