"""Recipe: an optional column, carried through import, template, export and an older book."""

from pathlib import Path

import openpyxl

import leancost
from tests.books.older_books import old_book
from tests.books.small_book import small_book
from tests.support.commands import command, write_folder


def test_a_new_optional_column_is_carried_everywhere(tmp_path: Path) -> None:
    rows = small_book()
    rows["items"][0]["barcode"] = "7039010019828"
    folder, book, out = write_folder(rows, tmp_path / "in"), tmp_path / "book.duckdb", tmp_path / "out"
    assert command("import", folder, book) == command("export", book, out) == 0
    assert leancost.open(out).table("items")["barcode"].dropna().tolist() == ["7039010019828"]
    assert command("template", tmp_path / "empty.xlsx") == 0
    assert "barcode" in [cell.value for cell in openpyxl.load_workbook(tmp_path / "empty.xlsx")["items"][1]]
    assert leancost.open(old_book(1, tmp_path)).table("items")["barcode"].isna().all()
