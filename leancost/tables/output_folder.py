"""A folder of output that appears whole or not at all, and never takes the place of what is not leancost's."""

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from leancost.errors import LeancostError
from leancost.tables import paths
from leancost.tables.declaration import inputs, tables

RESULTS: Final = "|".join(sorted({*tables(), "differences"} - {table.name for table in inputs()}))
TABLES: Final = re.compile(
    rf"(\d{{4}}-\d\d-\d\d/)?(({RESULTS})\.csv|run\.json)|setup/(item_prices|item_price_breakdown)\.csv"
    r"|manifest\.json|journal\.(hledger|beancount)"
)
"""Files that a command but `report` writes, by their place in the folder."""
OUTPUTS: Final = re.compile(rf"{TABLES.pattern}|report\.(html|xlsx)|notebooks/\w+\.ipynb")
"""All that leancost writes."""
MANIFEST: Final = "manifest.json"
"""What a report is made of, with the SHA-256 of every file: by it leancost knows its own files again."""


@contextmanager
def written_whole(target: Path | None, names: Collection[str] | None = None) -> Iterator[Path | None]:
    """A folder to write into that becomes `target` when all went well and vanishes otherwise.

    `names` are the files that will be written, where they are known. Raises LeancostError as
    `require_replaceable` does, before anything is done and again before the folder takes its
    place, and where it cannot be written.
    """
    if target is None:
        yield None
        return
    require_replaceable(target, names)
    place = target.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    except OSError as problem:
        raise LeancostError(f"{target} cannot be written: {problem.strerror}. Name another folder.") from None
    try:
        yield temporary
        temporary.chmod(0o755)
        try:
            own = require_replaceable(target, names)
            _put_in_place(temporary, place, own)
        except (OSError, LeancostError) as problem:
            said = problem.strerror if isinstance(problem, OSError) else " ".join(problem.lines).rstrip(".")
            raise LeancostError(
                f"{target} could not be put in place: {said}. What the command stores in a book is stored:"
                " give it again for the folder."
            ) from None
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def require_replaceable(target: Path, names: Collection[str] | None = None) -> list[Path]:
    """The files in `target` that stay: a report's folder may hold work of one's own.

    Raises LeancostError where the target is a file or called like one, is in use as the working
    folder, holds anything but an earlier output, or of a report a file that was changed since, or
    that is in the way of one of `names` (None: of any that no report writes).
    """
    place = target.resolve()
    if place.exists() and not place.is_dir():
        raise LeancostError(f"{target} is a file. Name a folder.")
    paths.require_folder_name(target)
    if Path.cwd().is_relative_to(place) or place.is_mount():
        raise LeancostError(f"{target} is the folder you are in, or stands above it. Name a folder in it.")
    if not place.exists() or not any(place.iterdir()):
        return []
    written = _written(place)
    is_result = any((place / name).exists() for name in ("run.json", "standard_costs.csv", "differences.csv"))
    if written is None and not is_result:
        raise LeancostError(f"{target} is not empty and no earlier output of leancost. Name another folder.")
    own = []
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                own.append(path)
        elif problem := _in_the_way(path, name, written, names):
            remedy = "Name another folder" if written is None else "Move it, or name another folder"
            raise LeancostError(f"{target} holds {name}, which {problem}. {remedy}.")
        elif written is not None and name not in written:
            own.append(path)
    return own


def _in_the_way(path: Path, name: str, written: Mapping[str, str] | None, names: Collection[str] | None) -> str:
    """Why the file may neither be replaced nor stay, if so."""
    known = TABLES if written is None else OUTPUTS
    is_output = known.fullmatch(name) is not None and path.is_file() and not path.is_symlink()
    if written is None:
        return "" if is_output else "leancost did not write"
    if name in written:
        is_the_same = is_output and written[name] in ("", sha256(path.read_bytes()).hexdigest())
        return "" if is_the_same else "was changed since leancost wrote it"
    would_be = TABLES.fullmatch(name) if names is None else any(f"{one}/".startswith(f"{name}/") for one in names)
    return "leancost did not write and would replace" if would_be else ""


def _written(place: Path) -> dict[str, str] | None:
    """Files that an earlier report has written, with their SHA-256, the manifest too; None where there is none."""
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if "leancost_version" not in manifest:
            return None
        return {**{str(name): str(digest) for name, digest in manifest["files"].items()}, MANIFEST: ""}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _put_in_place(temporary: Path, place: Path, own: Collection[Path]) -> None:
    """Gives the finished folder its name, the user's own files in it; the earlier one is there until then."""
    if not place.exists():
        os.replace(temporary, place)
        return
    for path in own:
        copy = temporary / path.relative_to(place)
        if path.is_dir() and not path.is_symlink():
            copy.mkdir(parents=True, exist_ok=True)
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(copy):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        try:
            os.link(path, copy, follow_symlinks=False)
        except OSError:  # a file system without links
            shutil.copy2(path, copy, follow_symlinks=False)
    earlier = temporary.with_name(f"{temporary.name}.earlier")
    os.replace(place, earlier)
    try:
        os.replace(temporary, place)
    except BaseException:
        os.replace(earlier, place)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
