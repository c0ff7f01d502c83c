"""What goes wrong in the works: nine troubles, each a small edit of the undisturbed quarter.

Each says where its rows stand and by how much it moves which figure; tests/company/test_teaching_company.py proves the
amounts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from leancost.company import edits
from leancost.company.setup import VERSION, Book

JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)


@dataclass(frozen=True)
class Effect:
    """One figure that a trouble moves, and by how much.

    `figure` is a variance type (table variances), `after` or `revaluation` (table wip_balances) or
    `returned_quantity` (table net_realized_usage).
    """

    production_flow: str
    period_end: date
    resource: str
    figure: str
    amount: Decimal
    arithmetic: str


@dataclass(frozen=True)
class Trouble:
    """A named event: what happened, its rows (table and keys), the figures it moves, what a controller should ask."""

    name: str
    title: str
    what_happened: str
    where: dict[str, tuple[str, ...]]
    effects: tuple[Effect, ...]
    question: str
    happen: Callable[[Book], None]


_TROUBLES = (
    Trouble(
        "scrap",
        "Eight front wheels are spoiled",
        "On 15 January the bearings of eight hubs were pressed in askew. The wheels were laced and trued again within"
        " the same kanban, with eight new hubs; rims and spokes could be used again. The job reports 12 good, 8 error.",
        {"kanban_jobs": ("FRONT-WHEEL-038-W10", "FRONT-WHEEL-038-W20"), "picking_lines": ("PL-901",)},
        (
            Effect("WHEELS", JANUARY, "HUB-FRONT", "quantity", Decimal("78.80"), "8 hubs x 9.85"),
            Effect("WHEELS", JANUARY, "CC-LACE", "quantity", Decimal("56.52"), "8 x 2.7/12 h x 31.40"),
            Effect("WHEELS", JANUARY, "CC-TRUE", "quantity", Decimal("47.39"), "8 x 0.175 h x 33.85"),
            Effect("WHEELS", JANUARY, "WORKS", "quantity", Decimal("35.84"), "8 x (0.225 + 0.175) h x 11.20"),
        ),
        "Which rows show that the product came out complete and yet cost more? Who sees the error quantity in time?",
        edits.scrap,
    ),
    Trouble(
        "lost_handling_unit",
        "A unit of tube sets cannot be found",
        "A unit of 12 tube sets was brought to the frame shop on 13 January and could not be found three days later."
        " Its card was reported empty so that the next unit would come.",
        {"kanbans": ("TUBE-SET-901",), "kanban_jobs": ("TUBE-SET-901-F05",)},
        (Effect("FRAMES", JANUARY, "TUBE-SET", "quantity", Decimal("460.80"), "12 sets x 38.40"),),
        "The system says the sets were used. Compare tube sets realized with frames received: how many are too many,"
        " and how does a lost unit differ from scrap in the figures?",
        edits.lost_handling_unit,
    ),
    Trouble(
        "card_emptied_too_early",
        "A full unit of forks is reported empty",
        "On 30 January somebody scanned the card of a full unit of 18 forks. It stood full over the month end and was"
        " used up in February.",
        {"kanbans": ("FORK-034",)},
        (
            Effect("ASSEMBLY", JANUARY, "FORK", "quantity", Decimal("394.20"), "18 forks x 21.90"),
            Effect("ASSEMBLY", FEBRUARY, "FORK", "quantity", Decimal("-394.20"), "the same, back again"),
        ),
        "A variance that comes back with the opposite sign next month: how can a count of full units on the last day"
        " tell it from a loss?",
        edits.card_emptied_too_early,
    ),
    Trouble(
        "substitute_material",
        "Sealed hubs instead of plain ones",
        "From 10 to 12 February plain front hubs were out of stock; three kanbans of front wheels were made with sealed"
        " hubs (HUB-SEALED), which stand in no standard.",
        {"picking_lines": ("PL-526", "PL-536", "PL-545")},
        (
            Effect("WHEELS", FEBRUARY, "HUB-SEALED", "substitution", Decimal("444.60"), "36 hubs x 12.35"),
            Effect("WHEELS", FEBRUARY, "HUB-FRONT", "quantity", Decimal("-354.60"), "36 hubs not used x 9.85"),
        ),
        "What did the substitution really cost (two figures together), and where is that decision written down?",
        edits.substitute_material,
    ),
    Trouble(
        "stale_standard",
        "Steel becomes dearer, the frame's standard does not follow",
        "The standard of a tube set rises from 38.40 to 41.15 on 1 February. What lies in WIP is revalued, but the"
        " standard cost of the painted frame is not calculated again.",
        {"item_prices": (f"{VERSION}/TUBE-SET/1/2026-02-01",)},
        (
            Effect("FRAMES", FEBRUARY, "TUBE-SET", "price", Decimal("693.00"), "252 frames x (41.15 - 38.40)"),
            Effect("FRAMES", MARCH, "TUBE-SET", "price", Decimal("759.00"), "276 frames x (41.15 - 38.40)"),
            Effect("FRAMES", FEBRUARY, "TUBE-SET", "revaluation", Decimal("165.00"), "60 sets in WIP x 2.75"),
        ),
        "Nobody in the works did anything: whose variance is it, when will it end, and which standards above the frame"
        " are stale as well?",
        edits.stale_standard,
    ),
    Trouble(
        "short_jobs",
        "Rush orders cut kanbans in half",
        "In February three kanbans of 12 City bicycles were each run as two of 6 for dealers in a hurry. The building"
        " cell charges at least 10 bicycles a job (process quantity).",
        {"kanbans": (*edits.RUSHED, *edits.RUSHED.values())},
        (
            Effect("ASSEMBLY", FEBRUARY, "CC-BUILD", "lot_size", Decimal("626.40"), "6 jobs x 4 x 0.75 h x 34.80"),
            Effect("ASSEMBLY", FEBRUARY, "WORKS", "lot_size", Decimal("201.60"), "6 jobs x 4 x 0.75 h x 11.20"),
        ),
        "What did the rush cost, and would the same bicycles in whole kanbans have come too late?",
        edits.short_jobs,
    ),
    Trouble(
        "unused_at_period_end",
        "Rims are staged for April",
        "On 30 March three more units of 24 rims were brought to the wheel shop for an April campaign. They stand full"
        " on the last day.",
        {"kanbans": ("RIM-901", "RIM-902", "RIM-903")},
        (
            Effect("WHEELS", MARCH, "RIM", "after", Decimal("817.20"), "72 rims x 11.35 more in WIP"),
            Effect("WHEELS", MARCH, "RIM", "quantity", Decimal("0.00"), "nothing was used"),
        ),
        "WIP went up and no variance appears: why is that right, and what would happen if the cards were scanned?",
        edits.unused_at_period_end,
    ),
    Trouble(
        "service_above_standard",
        "The painter raises his price",
        "From 9 March the painter delivers and invoices at 1.40 above the old price; the standard of the service"
        " stays 17.50.",
        {"service_receipts": tuple(f"SR-{number:03}" for number in range(75, 92))},
        (Effect("FRAMES", MARCH, "PAINTING", "price", Decimal("287.00"), "205 services x 1.40"),),
        "Why does the price of a service end as a production variance, while a dearer purchase of material does not?",
        edits.service_above_standard,
    ),
    Trouble(
        "material_returned",
        "Too many handlebars, and not all go back",
        "On 16 March a unit of 30 handlebars too many was brought to assembly. On 18 March 26 went back to stock; four"
        " were scratched.",
        {"kanbans": ("HANDLEBAR-901", "HANDLEBAR-BACK-001"), "kanban_jobs": ("HANDLEBAR-BACK-001-A90",)},
        (
            Effect("ASSEMBLY", MARCH, "HANDLEBAR", "quantity", Decimal("37.80"), "(30 - 26) x 9.45"),
            Effect("ASSEMBLY", MARCH, "HANDLEBAR", "returned_quantity", Decimal("26"), "pieces, back in stock"),
        ),
        "Follow the 30 handlebars through net_realized_usage: issued, returned, unused, realized. Where are the four?",
        edits.material_returned,
    ),
)

TROUBLES = {trouble.name: trouble for trouble in _TROUBLES}
"""By name, in the order of the months."""
