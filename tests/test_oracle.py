"""The oracle itself comes out as the examples were worked by hand."""

from pathlib import Path

import pytest

from tests.oracle.run import close
from tests.support import assert_same, read_csv, read_folder
from tests.test_examples import PERIODS


@pytest.mark.parametrize("example", PERIODS, ids=lambda example: "-".join(filter(None, example)))
def test_the_oracle_equals_the_example_in_every_cell(example: tuple[str, str, str], examples: Path) -> None:
    name, policy, period = example
    end, start = PERIODS[example]
    tables, _ = close(read_folder(examples / name / policy), end, start)
    for file in sorted((examples / name / "expected" / policy / period).glob("*.csv")):
        assert_same(tables.get(file.stem, []), read_csv(file))
