"""A small folder, one of its cells written otherwise, and what is said of it."""

from pathlib import Path

from leancost.book import folders
from leancost.costing.workspace import workspace
from leancost.errors import LeancostError
from tests.books.small_book import small_book
from tests.support.commands import write_folder


def problems(source: Path) -> list[str]:
    with workspace() as connection:
        try:
            folders.load(source, connection)
        except LeancostError as found:
            return list(found.lines)
    return []


def small_folder(tmp_path: Path) -> Path:
    return write_folder(small_book(), tmp_path / "folder")


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    path = next(folder.glob(f"*/{name}.csv"))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
