"""docs/teaching-company.md: the story written by hand, then what the troubles move, from the program.

`python -m leancost.company.handbook` prints it.
"""

from pathlib import Path
from typing import Final

from leancost.company.troubles import TROUBLES, Effect, Trouble

PAGE: Final = Path(__file__).parents[2] / "docs" / "teaching-company.md"
GENERATED: Final = (
    "<!-- From here on `python -m leancost.company.handbook` writes; change leancost/company/troubles.py. -->\n"
)
"""Where the story ends. What stands above it in the page is kept."""


def page() -> str:
    """The whole of docs/teaching-company.md."""
    story, _, _ = PAGE.read_text(encoding="utf-8").partition(GENERATED)
    return story + GENERATED + "\n" + troubles()


def troubles() -> str:
    """What each trouble moves, as Markdown: all of them at a glance, then one by one."""
    lines = ["| trouble | month | flow | figure | amount |", "|---|---|---|---|---|"]
    for trouble in TROUBLES.values():
        lines += [
            f"| {trouble.title} | {effect.period_end:%B} | {effect.production_flow} | {_figure(effect)} |"
            f" {effect.amount} |"
            for effect in trouble.effects[:1]
        ]
    for trouble in TROUBLES.values():
        lines += _section(trouble)
    return "\n".join(lines) + "\n"


def _section(trouble: Trouble) -> list[str]:
    rows = "; ".join(f"`{table}`: {_keys(keys)}" for table, keys in trouble.where.items())
    lines = ["", f"### {trouble.title} (`{trouble.name}`)", "", trouble.what_happened, "", f"Rows: {rows}.", ""]
    lines += ["| month | flow | figure | amount | from |", "|---|---|---|---|---|"]
    lines += [
        f"| {effect.period_end:%B} | {effect.production_flow} | {_figure(effect)} | {effect.amount} |"
        f" {effect.arithmetic} |"
        for effect in trouble.effects
    ]
    return [*lines, "", f"*Ask:* {trouble.question}"]


def _figure(effect: Effect) -> str:
    names = {"after": "WIP after", "revaluation": "revaluation of WIP", "returned_quantity": "quantity returned"}
    return f"{effect.resource}: {names.get(effect.figure, f'{effect.figure} variance'.replace('_', ' '))}"


def _keys(keys: tuple[str, ...]) -> str:
    return ", ".join(keys) if len(keys) < 8 else f"{keys[0]} to {keys[-1]}"


if __name__ == "__main__":
    print(page(), end="")
