"""Where things lie: the project, its parts, and what stands beside it."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
RULES = ROOT / "leancost" / "rules"
TESTS = ROOT / "tests"
OLD_BOOKS = TESTS / "books" / "older"
SHARED = ROOT.parent / "shared"
EXAMPLES = Path(os.environ.get("LEANCOST_EXAMPLES", SHARED / "examples"))
