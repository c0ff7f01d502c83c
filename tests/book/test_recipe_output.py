"""Recipe: an output table by value stream, written, stored, verified and shown because it is declared."""

from pathlib import Path

import leancost
from tests.support.commands import command
from tests.support.rows import read_csv


def test_a_new_output_table_is_written_stored_verified_and_shown(book: Path, tmp_path: Path) -> None:
    assert command("close", book, "--end", "2026-01-31", "--out", tmp_path / "out") == 0
    (line,) = read_csv(tmp_path / "out" / "value_stream_balances.csv")
    assert (line["before"], line["variance"], line["after"]) == ("2.00", "2.00", "0.00")
    shown = leancost.open(book).period(end="2026-01-31").value_stream_balances
    assert shown["variance"].map(str).tolist() == ["2.00"]
    assert leancost.open(book).verify().empty
