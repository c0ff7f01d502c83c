"""Commands as a user types them, and the folders they are given."""

import hashlib
from pathlib import Path

from leancost.cli import commands
from tests.support.rows import Book


def write_folder(book: Book, folder: Path) -> Path:
    from leancost.tables import declaration

    for table in declaration.inputs():
        if book.get(table.name):
            path = folder / table.group / f"{table.name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            names = list(dict.fromkeys(name for line in book[table.name] for name in line))
            lines = [",".join(names)] + [",".join(f'"{line.get(n, "")}"' for n in names) for line in book[table.name]]
            path.write_text("\n".join(lines) + "\n")
    return folder


def command(*words: object) -> int:
    return commands.main([str(word) for word in words])


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


MADE: dict[tuple[str, ...], bytes] = {}
"""Books by what was done to which; the same is done once only."""


def close_up_to(book: Path, end: str) -> None:
    """Closes a book; one of the same bytes that was closed before is taken from there."""
    key = (digest(book), end)
    if key not in MADE:
        assert command("close", book, "--end", end) == 0
        MADE[key] = book.read_bytes()
    book.write_bytes(MADE[key])


def same_files(first: Path, second: Path) -> bool:
    names = sorted(path.relative_to(first) for path in first.rglob("*.csv"))
    assert names == sorted(path.relative_to(second) for path in second.rglob("*.csv"))
    return all((first / name).read_bytes() == (second / name).read_bytes() for name in names)
