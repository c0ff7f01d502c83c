import pytest

from tests.support import EXAMPLES


@pytest.fixture(scope="session")
def examples() -> object:
    """The worked examples, solved by hand and by an independent program; they stand beside the project."""
    if not EXAMPLES.exists():
        pytest.skip(f"the worked examples are not at {EXAMPLES.name}; set LEANCOST_EXAMPLES")
    return EXAMPLES
