"""What the checklist finds in a book of rows."""

from pathlib import Path

from leancost.costing import checks
from leancost.tables.source_rows import RowNumbers
from tests.support.commands import write_folder
from tests.support.rows import Book, workspace_of


def found(book: Book, folder: Path | None = None) -> list[str]:
    """What the checklist says; with `folder` the book is written there, and rows are those of its files."""
    numbers = RowNumbers(write_folder(book, folder)) if folder else None
    with workspace_of(book) as connection:
        return [str(finding) for finding in checks.check(connection, numbers)]
