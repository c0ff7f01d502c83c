from pathlib import Path

import pytest

from tests.books.two_months import two_months
from tests.support.commands import MADE, command, write_folder
from tests.support.places import EXAMPLES


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = write_folder(two_months(), tmp_path / "folder")
    target = tmp_path / "small.duckdb"
    if ("import",) not in MADE:
        assert command("import", folder, target) == 0
        MADE["import",] = target.read_bytes()
    target.write_bytes(MADE["import",])
    return target


@pytest.fixture(scope="session")
def examples() -> object:
    """The worked examples, solved by hand and by an independent program; they stand beside the project."""
    if not EXAMPLES.exists():
        pytest.skip(f"the worked examples are not at {EXAMPLES.name}; set LEANCOST_EXAMPLES")
    return EXAMPLES
