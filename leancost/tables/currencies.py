"""Currencies and how many decimals their amounts have: the list of ISO 4217, not what a locale likes to show."""

import csv
from functools import cache
from importlib import resources
from typing import Final

MOST_DECIMALS: Final = 3
"""Decimals that an amount holds in a book."""
UNKNOWN: Final = 2
"""Decimals by which amounts are read where the currency is missing or wrong, which the checklist says."""


def decimals_of(currency: str) -> int | None:
    """Decimals of an amount: 2 for EUR, 0 for JPY, 3 for KWD; None where no book can be kept in the currency.

    Source: ISO 4217, list one (currencies.csv: code, minor unit, and when a code was withdrawn that
    books of the last years may still have).
    """
    return None if problem_of(currency) else int(_minor_units()[currency])


def problem_of(currency: str) -> str:
    """Why no book can be kept in it: no code, no minor unit, or more decimals than amounts hold; else empty."""
    minor_unit = _minor_units().get(currency)
    if minor_unit is None:
        return f"is {currency}, no ISO 4217 code"
    if not minor_unit:
        return f"is {currency}, which has no minor unit in ISO 4217: nobody pays in it"
    if int(minor_unit) > MOST_DECIMALS:
        return f"is {currency}, which has {minor_unit} decimals in ISO 4217: amounts have at most {MOST_DECIMALS}"
    return ""


def remedy(currency: str) -> str:
    """What to write instead: the code in capitals where that is one, else which code is meant."""
    right = currency.strip().upper()
    return "Write the code of the money the books are kept in" if problem_of(right) else f"Write {right}"


@cache
def _minor_units() -> dict[str, str]:
    text = resources.files("leancost.tables").joinpath("currencies.csv").read_text(encoding="utf-8")
    return {row["currency"]: row["minor_unit"] for row in csv.DictReader(text.splitlines())}
