"""What a notebook's parameters may be: texts, or what papermill makes of a text, as long as nothing of it is lost."""

from collections.abc import Sequence
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import Final

from leancost.errors import LeancostError, shortened

Day = date | str
"""A day as a person gives it: a date, or text as 2026-01-31."""
LANGUAGES: Final = ("en",)
"""Languages that the notebooks speak."""
AS_TEXT: Final = "Give it as text: papermill -r {name} VALUE"
"""What to do where papermill has read a number, yes or no: 007, 1.10 and 1e3 cannot be told from it any more."""


def book_of(value: object) -> Path:
    """The folder, workbook or book that is named; raises LeancostError where nothing or a number is."""
    path = text_of("book", fspath(value) if isinstance(value, PathLike) else value)
    if not path:
        raise LeancostError("book is empty. Name a folder, a workbook (.xlsx) or a book (.duckdb).")
    return Path(path)


def day_of(name: str, value: object) -> date:
    """The date that is written as 2026-01-31, or 20260131, as text or number; of a date-time the day.

    Raises LeancostError where it is none.
    """
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise LeancostError(f"{name} is {_shown(value)}, which is no date. Write it as 2026-01-31.") from None


def optional_day_of(name: str, value: object) -> date | None:
    """The same, or None where the parameter is empty or None."""
    return None if value is None or value == "" else day_of(name, value)


def names_of(name: str, value: object) -> list[str]:
    """Names with commas between them, or a list of names; empty or None: none. Raises LeancostError for any other."""
    if isinstance(value, (list, tuple)):
        return [text_of(name, part) for part in value]
    return [part.strip() for part in text_of(name, value).split(",") if part.strip()]


def text_of(name: str, value: object) -> str:
    """A text; empty where it is None. Raises LeancostError for a number, yes, no, or anything else."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LeancostError(f"{name} is {_shown(value)}, which is no text. {AS_TEXT.format(name=name)}.")
    return value.strip()


def require_language(value: object) -> None:
    """Raises LeancostError where the notebooks do not speak the language; empty or None is English."""
    if (language := text_of("language", value)) and language not in LANGUAGES:
        known: Sequence[str] = LANGUAGES
        raise LeancostError(f"language is {shortened(language)!r}. The notebooks speak {', '.join(known)}.")


def _shown(value: object) -> str:
    kinds = {bool: "", int: "the number ", float: "the number "}
    return f"{kinds.get(type(value), '')}{shortened(str(value) if isinstance(value, (int, float)) else repr(value))}"
