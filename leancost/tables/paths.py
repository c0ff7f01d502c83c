"""What a path must be before anything is read from it or made of it: a file or folder, with an ending that fits."""

import stat
from pathlib import Path
from typing import Final

from leancost.errors import LeancostError

KINDS: Final = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
"""What may never end or never answer where a file is expected."""
FILES: Final = frozenset(
    ".7z .beancount .bz2 .csv .db .doc .docx .duckdb .gz .hledger .htm .html .ipynb .journal .json .md .ods .parquet"
    " .pdf .rar .sql .sqlite .sqlite3 .tar .tgz .toml .tsv .txt .wal .xls .xlsb .xlsm .xlsx .xltx .xml .xz .yaml .yml"
    " .zip .zst".split()
)
"""Endings of files: a folder that is called so was meant to be one. Other dots may stand in a folder's name."""


def kind_of(path: Path) -> str:
    """What the path is where it is neither file nor folder; empty where it is one, or where nothing is there."""
    try:
        return KINDS.get(stat.S_IFMT(path.stat().st_mode), "")
    except OSError:
        return ""


def require_source(path: Path) -> None:
    """Raises LeancostError where the path is a pipe, a socket or a device: nobody waits for what it may say."""
    if kind := kind_of(path):
        raise LeancostError(f"{path} is {kind}. Name a folder, a workbook (.xlsx) or a book (.duckdb).")


def require_book_file(path: Path) -> None:
    """Raises LeancostError where a book, or the log beside it, is there but no file."""
    for part in (path, path.with_name(f"{path.name}.wal")):
        if kind := "a folder" if part.is_dir() else kind_of(part):
            raise LeancostError(f"{part} is {kind}, no leancost book. Name a file that leancost import has made.")


def require_folder_name(target: Path) -> None:
    """Raises LeancostError where a folder to be made would be called like a file of another kind."""
    ending = target.suffix.lower()
    if ending == ".duckdb":
        raise LeancostError(f"{target} would be a book. Make or fill a book with: leancost import SOURCE {target}")
    if ending in FILES and not target.exists():
        raise LeancostError(f"{target} would be a folder called like a {ending} file. Name a folder without it.")
