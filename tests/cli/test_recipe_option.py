"""Recipe: an option of a command."""

from pathlib import Path

import pytest

from tests.support.commands import close_up_to, command


def test_only_runs_that_stand_are_listed(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    assert command("reverse", book) == 0
    capsys.readouterr()
    assert command("runs", book, "--standing") == 0
    assert capsys.readouterr().out == ""
