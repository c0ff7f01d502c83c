"""The notebooks and the teaching company that come with the package: found, copied, opened in JupyterLab."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from leancost.errors import LeancostError
from leancost.tables import paths

NOTEBOOKS: Final = ("01_setup", "02_bom_cost_calculation", "03_period_consumption", "04_variance_analysis")
"""The four walks, in the order of the work."""
COMPANY: Final = ("setup", "events")
"""Folders of the teaching company's book."""


def shipped(name: str) -> Path:
    """Where `data` or `notebooks` lie: in the installed package, else at the root of the checkout.

    Raises LeancostError where they are in neither.
    """
    package = Path(__file__).parents[1]
    for folder in (package / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise LeancostError(f"The {name} of leancost are not installed. Install leancost again.")


def copy_demo(target: Path) -> None:
    """Writes the teaching company's book and the data dictionary into a new or empty folder.

    Raises LeancostError where the folder holds anything. Source: contract 5 (demo).
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise LeancostError(f"{target} is not empty. Name a new folder.")
    paths.require_folder_name(target)
    source = shipped("data")
    for name in COMPANY:
        if not (source / name).is_dir():
            raise LeancostError("The teaching company is not installed. Install leancost again.")
    files = [file for name in COMPANY for file in sorted((source / name).rglob("*")) if file.is_file()]
    new = [place for place in (target, *target.parents) if not place.exists()]
    try:
        for file in (*files, source / "README.md"):
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    except BaseException as problem:
        for place in new[-1:] or list(target.iterdir()):
            _remove(place)
        if isinstance(problem, OSError):
            raise LeancostError(f"{target} cannot be written: {problem.strerror or problem}.") from None
        raise


def _remove(place: Path) -> None:
    """Takes away what was begun, as far as that goes."""
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def copy_notebooks(target: Path) -> list[Path]:
    """Copies the notebooks that are not in the folder yet, and returns those; never overwrites."""
    target.mkdir(parents=True, exist_ok=True)
    copied = []
    for notebook in (shipped("notebooks") / f"{name}.ipynb" for name in NOTEBOOKS):
        copy = target / notebook.name
        if not copy.exists():
            try:
                shutil.copyfile(notebook, copy)
            except BaseException:
                copy.unlink(missing_ok=True)
                raise
            copied.append(copy)
    return copied


def copy_lab(target: Path) -> None:
    """A folder to work in: `notebooks` and the teaching company under `data`; never overwrites.

    A `data` folder that is there already is the user's and stays as it is.
    """
    copy_notebooks(target / "notebooks")
    if not (target / "data").exists():
        copy_demo(target / "data")


def open_lab(target: Path, options: Sequence[str] = ()) -> int:
    """Runs JupyterLab in the folder until it is stopped; its exit status.

    Raises LeancostError where JupyterLab is not installed. Source: contract 5 (lab).
    """
    require_lab()
    first = f"--LabApp.default_url=/lab/tree/notebooks/{NOTEBOOKS[0]}.ipynb"
    command = [sys.executable, "-m", "jupyterlab", first, "--KernelManager.transport_encryption=auto", *options]
    try:
        return subprocess.run(command, cwd=target).returncode
    except KeyboardInterrupt:
        return 0


def require_lab() -> None:
    """Raises LeancostError where JupyterLab is not installed."""
    if find_spec("jupyterlab") is None:
        raise LeancostError("JupyterLab is not installed. Install it with: pip install 'leancost[lab]'")
