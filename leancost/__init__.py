"""Lean (backflush) costing: standard costs, period close, variances, journal.

    import leancost
    book = leancost.open("acme.duckdb")  # or a folder, a workbook
    january = book.close(end="2026-01-31", preview=True)
    january.variances

This is the front door; each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leancost.door.book import Book, open
    from leancost.door.period import Period
    from leancost.door.standard_costs import StandardCosts
    from leancost.errors import LeancostError
    from leancost.explain.explanation import Explanation

__version__ = "0.2.0"
__all__ = ["Book", "Explanation", "LeancostError", "Period", "StandardCosts", "open"]

PLACES: Final = {
    "Book": "leancost.door.book",
    "Explanation": "leancost.explain.explanation",
    "LeancostError": "leancost.errors",
    "Period": "leancost.door.period",
    "StandardCosts": "leancost.door.standard_costs",
    "open": "leancost.door.book",
}
"""Where each name of the door lives."""


def __getattr__(name: str) -> object:
    if name not in PLACES:
        raise AttributeError(f"module 'leancost' has no attribute {name!r}")
    return getattr(import_module(PLACES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
