"""What the name of a file, folder or sheet says: a note, a table, or nearly one.

Source: contract 1 (Form): what is called nearly like one of the two folders or like a table is not passed over.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from leancost.tables.declaration import inputs

FOLDERS: Final = ("setup", "events")
MARKS: Final = ("#", "_")
"""With these begin names of columns, sheets and files that are notes."""
LEFT_BY_SYSTEMS: Final = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
PACKED: Final = frozenset("zip gz gzip tgz tar bz2 xz zst 7z rar".split())
SHEETS: Final = frozenset("xlsx xlsm xlsb xls xltx xltm ods numbers".split())
PROGRAMS: Final = frozenset("py pyc pyw ipynb sql r jl sh bat cmd ps1 js ts toml cfg ini yml yaml".split())
"""Endings of programs and of what sets them up: they hold no table, whatever they are called."""
ENDINGS: Final = frozenset(
    "csv tsv txt tab psv dat json jsonl xml htm html pdf parquet feather crdownload part partial download opdownload"
    " tmp temp bak backup old orig save swp lnk url".split()
)
COPIES: Final = frozenset(
    "copy copies of kopie kopia kopi kopio copie copia von av de af duplicate new neu ny uusi final draft export"
    " v1 v2 v3 v4 v5".split()
)
SET_ASIDE: Final = PACKED | SHEETS | ENDINGS | COPIES
"""Words before or behind a name that leave it what it is."""
SHORTEST: Final = 8
"""Letters from which on a name of a table may have one slip of the pen; twice as many may have two."""


def is_note(name: str) -> bool:
    """Whether a column or sheet, by its name, is a note of the user's own."""
    return name.startswith(MARKS)


def is_note_file(name: str) -> bool:
    """Whether a file is plainly no table: a note, hidden, a README, or what a system leaves in folders."""
    plain = name.casefold()
    return is_note(name) or plain.startswith((".", "readme", "~$")) or plain in LEFT_BY_SYSTEMS


def endings(name: str) -> list[str]:
    """The endings of a file's name in small letters, the last one first."""
    return [part.strip().casefold() for part in reversed(name.split(".")[1:])]


def table_meant(name: str, *, loosely: bool = True) -> str:
    """The table that a name is nearly that of; empty where it is none.

    Nearly: in other letter case, with other blanks or punctuation, with other or further endings, marked
    as a copy or numbered; loosely also in the singular or with a slip of the pen.
    """
    candidates = _candidates(name)
    for candidate in candidates:
        if candidate in _exact():
            return _exact()[candidate]
        if loosely and candidate in _singular():
            return _singular()[candidate]
    return next((t for c in candidates for key, t in _exact().items() if _slip(c, key)), "") if loosely else ""


def folder_meant(name: str) -> str:
    """The one of the two folders that a name is nearly that of; empty where it is none."""
    for candidate in _candidates(name):
        for folder in FOLDERS:
            stem = folder.removesuffix("s")
            if candidate in (folder, stem, f"{folder}s") or (
                len(candidate) >= len(folder) - 1 and candidate[:1] == folder[:1] and _alike(candidate, folder, slips=1)
            ):
                return folder
    return ""


def _candidates(name: str) -> list[str]:
    """What remains of a name without endings, marks of copies, numbers and punctuation."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    found = []
    for text in (plain, plain.partition(".")[0]):
        words = [word for word in re.split(r"[\W_]+", text) if word]
        while words and (words[-1] in SET_ASIDE or words[-1].isdigit()):
            words.pop()
        while words and (words[0] in COPIES or words[0].isdigit()):
            words.pop(0)
        joined = "".join(words)
        found += [joined, joined.rstrip("0123456789")]
    return list(dict.fromkeys(candidate for candidate in found if candidate))


@cache
def _exact() -> dict[str, str]:
    return {table.name.replace("_", ""): table.name for table in inputs()}


@cache
def _singular() -> dict[str, str]:
    found: dict[str, str] = {}
    for table in inputs():
        words = table.name.split("_")
        ones = [re.sub("s$", "", re.sub("ies$", "y", word)) for word in words]
        for spelling in ((*words[:-1], ones[-1]), ones, (*words[:-1], f"{words[-1]}s")):
            found.setdefault("".join(spelling), table.name)
    return found


def _slip(candidate: str, key: str) -> bool:
    length = min(len(candidate), len(key))
    return _is_swapped(candidate, key) or (length >= SHORTEST and _alike(candidate, key, slips=length // SHORTEST))


def _is_swapped(one: str, other: str) -> bool:
    """Whether two letters beside each other have changed places, in a name of five letters or more."""
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other) or len(one) < 5 or len(places) != 2 or places[1] != places[0] + 1:
        return False
    return one[places[0]] == other[places[1]] and one[places[1]] == other[places[0]]


def _alike(one: str, other: str, *, slips: int) -> bool:
    """Whether at most so many letters are wrong, missing, too many or in another place."""
    if abs(len(one) - len(other)) > slips:
        return False
    longest = max(len(one), len(other))
    kept = sum(block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())
    return kept >= longest - slips
