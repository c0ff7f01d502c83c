"""Files of ledger programs, read by those programs."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

IN_CI = os.environ.get("CI") == "true"


def hledger(*words: object) -> str:
    program = shutil.which("hledger")
    if program is None:
        assert not IN_CI, "hledger must be installed here"
        pytest.skip("hledger is not installed (Debian: apt-get install hledger)")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    said = subprocess.run([program, *map(str, words)], capture_output=True, text=True, env=environment)
    assert said.returncode == 0, said.stderr
    return said.stdout


def beancount_entries(path: Path) -> list[Any]:
    if IN_CI:
        import beancount.loader as loader
    else:
        loader = pytest.importorskip("beancount.loader", reason="beancount is not installed (pip install beancount)")
    entries, errors, _ = loader.load_file(str(path))
    assert not errors, errors[:3]
    return entries
