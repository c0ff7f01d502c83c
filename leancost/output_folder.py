"""A folder of output that appears whole or not at all, and never takes the place of what is not leancost's."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from leancost.errors import LeancostError
from leancost.tables import inputs, tables

RESULTS: Final = "|".join(sorted({*tables(), "differences"} - {table.name for table in inputs()}))
OUTPUTS: Final = re.compile(
    rf"(\d{{4}}-\d\d-\d\d/)?(({RESULTS})\.csv|run\.json)|setup/(item_prices|item_price_breakdown)\.csv"
    r"|manifest\.json|report\.(html|xlsx)|notebooks/(\w+\.ipynb|\.ipynb_checkpoints/.*)|journal\.(hledger|beancount)"
)
"""Files that leancost writes, by their place in the folder."""


@contextmanager
def written_whole(target: Path | None) -> Iterator[Path | None]:
    """A folder to write into that becomes `target` when all went well and vanishes otherwise.

    Whether it can is found out before anything is done: raises LeancostError where the target is
    in use as the working folder, holds anything but an earlier output, or cannot be written.
    """
    if target is None:
        yield None
        return
    place = target.resolve()
    _require_replaceable(target, place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    except OSError as problem:
        raise LeancostError(f"{target} cannot be written: {problem.strerror}. Name another folder.") from None
    try:
        yield temporary
        temporary.chmod(0o755)
        try:
            _put_in_place(temporary, place)
        except OSError as problem:
            raise LeancostError(
                f"{target} could not be put in place: {problem.strerror}. What the command stores in a book is stored:"
                " give it again for the folder."
            ) from None
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _require_replaceable(target: Path, place: Path) -> None:
    if place.exists() and not place.is_dir():
        raise LeancostError(f"{target} is a file. Name a folder.")
    if Path.cwd().is_relative_to(place) or place.is_mount():
        raise LeancostError(f"{target} is the folder you are in, or stands above it. Name a folder in it.")
    if not place.exists() or not any(place.iterdir()):
        return
    if not _is_output(place):
        raise LeancostError(f"{target} is not empty and no earlier output of leancost. Name another folder.")
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_symlink() or not (path.is_dir() or OUTPUTS.fullmatch(name)):
            raise LeancostError(f"{target} holds {name}, which leancost did not write. Name another folder.")


def _is_output(folder: Path) -> bool:
    manifest = folder / "manifest.json"
    is_report = manifest.is_file() and '"leancost_version"' in manifest.read_text(encoding="utf-8")
    return is_report or any((folder / name).exists() for name in ("run.json", "standard_costs.csv", "differences.csv"))


def _put_in_place(temporary: Path, place: Path) -> None:
    """Gives the finished folder its name; the earlier one is there until then."""
    if not place.exists():
        os.replace(temporary, place)
        return
    earlier = temporary.with_name(f"{temporary.name}.earlier")
    os.replace(place, earlier)
    try:
        os.replace(temporary, place)
    except BaseException:
        os.replace(earlier, place)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
