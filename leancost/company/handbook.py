"""data/README.md: the data dictionary, then an appendix for teachers.

`python -m leancost.company.handbook` prints it.
"""

from leancost.company.troubles import TROUBLES, Effect, Trouble
from leancost.tables.declaration import dictionary

COMPANY = """
# The teaching company: an appendix for teachers

Generated from `handbook.py` and `troubles.py` in `leancost/company` by `make data`; change it there. Everything is
invented.

**Fjordcycle AS** makes two bicycles, City and Tour, about thirteen a day, and runs its works by kanban. The book in
`data/setup` and `data/events` goes live on 31 December 2025 and holds the first quarter of 2026, day by day. Amounts
are in EUR, conversion in WIP is cleared at each close, and variances are kept per cost group.

## The flows

```
RIM, SPOKE, NIPPLE in units; hubs picked
   WHEELS    W05 stage > W10 lace > W20 true                     FRONT-WHEEL, REAR-WHEEL ----+
                                                                                             | supermarkets,
TUBE-SET, LUG-SET, BRAZING-ROD in units                                                      | units of 12
   FRAMES    F05 stage > F10 cut > F20 braze [RAW-FRAME, stays in WIP]                       |
                       > F30 painter outside > F40 finish        FRAME ----------------------+
                                                                                             |
FORK, HANDLEBAR, SADDLE, CHAIN, BRAKE-SET, TYRE, INNER-TUBE in units                         v
crankset, mudguards or derailleur, and box picked; LUGGAGE-RACK by event kanban
   ASSEMBLY  A05 stage > A10 build > A20 test and pack           CITY, TOUR (scheduled kanbans of 12)
             A90 back to stock
```

- A kanban of bicycles empties one unit of frames and one of each wheel. Emptying a supermarket unit issues it to the
  WIP of ASSEMBLY; its card goes back and calls for the next twelve.
- A material unit counts as full until its card is scanned empty, then as used. A half-used unit counts in full, and
  parts that a kanban in process took from an emptied unit count as used: both come back next month.
- Picking lines with `updates_inventory` `no` say what a kanban in process took from an emptied unit: twelve raw frames
  at the painter, twelve wheels in assembly. They post nothing and keep these parts in WIP until the kanban is received.
- Painting posts when the painter delivers (F30), and again with Friday's invoice where the price differs.
- A spoiled wheel or frame is made again within its job, so that the unit is full: good 12, error 1.
- Standard costs of made items are those of `leancost calculate` by production flow on 2026-01-01. By route they are
  higher: the routes carry a set-up over a lot of 48.

Without any trouble each flow still has variances of up to two percent of its inputs, either way: spoiled and damaged
parts, a little more rod and wire than the standard allows, work on kanbans in process, units half used at a month end.

## The troubles

Nine troubles are in the book, one a month in each flow. `company(without=["scrap"])` in
`leancost/company/simulation.py` makes the same book without one of them, so that a class can see what it moved. Rows
numbered from 901 on were written by hand.
An amount is what the close shows with the trouble less what it shows without. The material handling of 5.5 % on the
material comes on top of it (resource HANDLING).
"""


def readme() -> str:
    """The whole of data/README.md."""
    return dictionary() + appendix()


def appendix() -> str:
    """The company, its flows and its troubles, as Markdown."""
    lines = [COMPANY.rstrip(), "", "| trouble | month | flow | figure | amount |", "|---|---|---|---|---|"]
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
    print(readme(), end="")
