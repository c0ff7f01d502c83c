"""Makes the book of the present version that stands in tests/books/older: python -m tests.books.rich_book.

Rich: run before its period, divided at an eve, taken back and closed again, filled rows, pending and active standards, four
closes. It is made when the version is cut, and again only while that version is not released; those of older versions
were made by their own code and never again.
"""

import gzip
import shutil
import tempfile
from pathlib import Path

from leancost.book.migration import SCHEMA_VERSION
from tests.books.odd_books import odd_company
from tests.books.small_book import JOB, PICK, PRICE, UNIT, row
from tests.support.commands import command, write_folder
from tests.support.places import OLD_BOOKS


def rich_book(folder: Path) -> Path:
    company, target = odd_company(), folder / "rich.duckdb"
    _do("import", write_folder(company, folder / "first"), target)
    _do("close", target, "--start", "2026-01-06", "--end", "2026-01-20")
    filled = {
        "sites": [row("site name", "9", "Elsewhere")],
        "items": [company["items"][0] | {"volume": "3"}],
        "kanbans": [
            row(f"{UNIT} source_kanban", "K-OPEN", "KR-BOX", "4", "2026-01-20", "", "2026-02-09", "K-FOOT"),
        ],
        "kanban_jobs": [row(JOB, "J-OPEN", "K-OPEN", "MAKE", "2026-02-03", "4", "1")],
        "item_prices": [
            row(PRICE, "STD", "RED", "1", "2026-02-15", "2.75", "pending"),
            row(PRICE, "STD", "CLIP", "", "2026-03-01", "0.005", "active"),
        ],
    }
    _do("import", write_folder(filled, folder / "filled"), target)
    _do("close", target, "--end", "2026-01-31")
    _do("reverse", target)
    late = {"picking_lines": [row(PICK, "P-10", "FLOW", "K-OPEN", "RED", "0.5", "2026-01-29")]}
    _do("import", write_folder(late, folder / "late"), target)
    _do("close", target, "--end", "2026-01-31")
    _do("calculate", target, "--date", "2026-02-10", "--item", "FOOT", "--item", "PART")
    _do("close", target, "--end", "2026-02-28")
    _do("import", write_folder({"sites": [row("site name", "8", "Yonder")]}, folder / "last"), target)
    return target


def _do(*words: object) -> None:
    assert command(*words) == 0, words


if __name__ == "__main__":
    kept = OLD_BOOKS / f"schema_{SCHEMA_VERSION}.duckdb.gz"
    with (
        tempfile.TemporaryDirectory() as place,
        kept.open("wb") as packed,
        rich_book(Path(place)).open("rb") as made,
        gzip.GzipFile("", "wb", 9, packed, mtime=0) as file,
    ):
        shutil.copyfileobj(made, file)
