"""A folder of output that appears whole or not at all, and never replaces what is not leancost's."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leancost.errors import LeancostError


@contextmanager
def written_whole(target: Path | None) -> Iterator[Path | None]:
    """A folder to write into that becomes `target` when all went well and vanishes otherwise.

    Raises LeancostError where the target holds anything but an earlier output of leancost.
    """
    if target is None:
        yield None
        return
    if target.exists() and any(target.iterdir()) and not _is_output(target):
        raise LeancostError(f"{target} is not empty and no earlier output of leancost. Name another folder.")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        os.replace(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _is_output(folder: Path) -> bool:
    manifest = folder / "manifest.json"
    is_report = manifest.is_file() and '"leancost_version"' in manifest.read_text(encoding="utf-8")
    return is_report or any((folder / name).exists() for name in ("run.json", "standard_costs.csv", "differences.csv"))
