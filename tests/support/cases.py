"""Marks a test with the domain cases and sentences it decides; tests/house/coverage_page.py reads the marks."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


def case(*numbers: int) -> Callable[[Test], Test]:
    """The cases of the list of edge cases that the test decides."""

    def marked(test: Test) -> Test:
        return test

    return marked
