"""What to write instead: the user's own value in the contract's form where that is certain, else the form.

Source: contract 1 (Form): ISO dates, a point before decimals, yes or no, half-up rounding.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Final

YES: Final = frozenset("yes y true t 1 on ja j wahr oui vrai si sí sim kyllä joo".split())
NO: Final = frozenset("no n false f 0 off nei nein nej falsch non faux ei".split())
NUMBER: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
"""A number as a contract CSV has it, of any length."""
MOST_EXPONENT: Final = 30
TIME: Final = re.compile(r"(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\S*$")
YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})()(\d{2})(\d{2})")
YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})")
DAY_OF_MONTH: Final = re.compile(r"(\d{1,2})\.?[\s-]+([^\W\d_]+)\.?,?[\s-]+(\d{4})")
MONTH_AND_DAY: Final = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2}),?\s+(\d{4})")


def remedy(kind: str, value: str, *, decimals: int, whole: int) -> str:
    """What to do about a value that is not of its kind; a number has so many decimals and whole digits."""
    if kind == "date":
        day = _day(value)
        return f"Write {day}" if day else "Write it as YYYY-MM-DD"
    if kind == "flag":
        word = value.casefold().rstrip(".")
        return f"Write {'yes' if word in YES else 'no' if word in NO else 'yes or no'}"
    if kind == "integer":
        number = _number(value)
        fits = number is not None and number[0].denominator == 1 and abs(number[0]) < 10**whole
        return f"Write {number[0]}" if number and fits else f"Write a whole number of at most {whole} digits"
    return _decimal(value, decimals, whole)


def in_currency(value: str, digits: int) -> str:
    """What to do about an amount with more decimals than its currency has."""
    number = _number(value)
    cut = _text(number[0], digits) if number else ""
    return "Round it to the currency" + (f": {cut}" if cut.strip("-0.") else "")


def choice(value: str, choices: Iterable[str]) -> str:
    """The choice that differs from the value in letter case, blanks or hyphens only; empty where none does."""
    return next((known for known in choices if folded(known) == folded(value)), "")


def folded(name: str) -> str:
    """A name without letter case, blanks and punctuation: what two spellings of it share."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _decimal(value: str, decimals: int, whole: int) -> str:
    number = _number(value)
    if number is None:
        return "Write digits, with a point before the decimals"
    if abs(number[0]) >= 10**whole:
        return f"Write at most {whole} digits before the point"
    exact, typed = number
    if (exact * 10**decimals).denominator != 1:
        cut = _text(exact, decimals)
        return f"Write at most {decimals} decimals" + (
            f": {cut}" if cut.strip("-0.") else ""
        )  # never nothing of something
    shown = next(
        places for places in range(min(typed, decimals), decimals + 1) if (exact * 10**places).denominator == 1
    )
    return f"Write {_text(exact, shown)}"


def _text(number: Fraction, decimals: int) -> str:
    scaled = (abs(number.numerator) * 10**decimals * 2 + number.denominator) // (2 * number.denominator)
    digits = str(scaled).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if number < 0 and scaled else text


def _number(value: str) -> tuple[Fraction, int] | None:
    """The number that a person means by a text, and how many decimals were typed; None where it is not certain."""
    plain = NUMBER.fullmatch(value)
    if plain:
        sign, whole, part = plain[1], plain[2], plain[3] or ""
        return _made(sign, whole, part) if len(value) <= 60 else None
    if len(value) > 60 or (len(value) > 1 and any("<fraction>" in unicodedata.decomposition(sign) for sign in value)):
        return None
    text = _ascii(value).replace("⁄", "/").replace("−", "-").replace("’", "'").strip()
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Sc").strip()
    text = re.sub(r"^(?:[A-Z]{3}|kr\.?)(?![A-Za-z])\s*|\s*(?<![A-Za-z])(?:[A-Z]{3}|kr\.?)$", "", text)
    per_cent = text.endswith("%")
    text = text.removesuffix("%").strip()
    sign = ""
    if text.startswith("(") and text.endswith(")"):
        sign, text = "-", text[1:-1].strip()
    elif text.endswith("-"):
        sign, text = "-", text[:-1].strip()
    elif text[:1] in ("+", "-"):
        sign, text = text[0].replace("+", ""), text[1:].strip()
    found = _unsigned(sign, text)
    return (found[0] / 100, found[1] + 2) if found and per_cent else found


def _unsigned(sign: str, text: str) -> tuple[Fraction, int] | None:
    if power := re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?[eE]([+-]?[0-9]{1,2})", text):
        exponent = int(power[3])
        if abs(exponent) > MOST_EXPONENT:
            return None
        number, typed = _made(sign, power[1], power[2] or "")
        return number * Fraction(10) ** exponent, max(typed - exponent, 0)
    if (part := re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)) and int(part[2]):
        return Fraction(int(sign + part[1]), int(part[2])), 0
    readings = set()
    for group, point in ((" ", "."), (" ", ","), ("'", "."), ("'", ","), ("_", "."), (",", "."), (".", ",")):
        grouped = rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}})+"
        read = re.fullmatch(rf"({grouped}|[0-9]*)(?:{re.escape(point)}([0-9]*))?", text)
        if read and (read[1] or read[2]):
            readings.add(_made(sign, re.sub("[^0-9]", "", read[1]) or "0", read[2] or ""))
    return readings.pop() if len(readings) == 1 else None


def _made(sign: str, whole: str, part: str) -> tuple[Fraction, int]:
    return Fraction(int(f"{sign}{whole}{part}"), 10 ** len(part)), len(part)


def _ascii(text: str) -> str:
    """The text with every digit and blank of other scripts and widths as the plain one."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in normal)


def _day(value: str) -> date | None:
    """The day that a person means by a text; None where day and month may be exchanged, or it is no day."""
    text = TIME.sub("", _ascii(value[:60]).strip())
    if found := YEAR_FIRST.fullmatch(text):
        parts = [part for part in found.groups() if part and part.isdigit()]
        return _date(*map(int, parts))
    if found := YEAR_LAST.fullmatch(text):
        year, one, other = int(found[4]), int(found[1]), int(found[3])
        days = {day for day in (_date(year, one, other), _date(year, other, one)) if day}
        return days.pop() if len(days) == 1 else None
    for form, name, day in ((DAY_OF_MONTH, 2, 1), (MONTH_AND_DAY, 1, 2)):
        if found := form.fullmatch(text):
            month = _months().get(found[name].casefold())
            return _date(int(found[3]), month, int(found[day])) if month else None
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    """Names of months, whole and cut, in the languages of the reports and their neighbours."""
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for language in ("en", "de", "nb", "fi", "sv", "da", "fr"):
        for width in ("wide", "abbreviated"):
            for month, name in get_month_names(width, locale=language).items():
                found.setdefault(name.casefold().rstrip("."), month)
    return found
