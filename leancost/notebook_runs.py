"""The four notebooks executed with a report's parameters: the only place that runs papermill."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from leancost.errors import LeancostError
from leancost.lab import NOTEBOOKS

PARAMETERS: Final = ("book", "period_start", "period_end", "production_flows", "costing_version", "language")
"""What the parameter cell of every notebook holds; all are texts."""
AT_ONCE: Final = 2
"""Notebooks that run at the same time, each in a process of its own."""


def require_parameter_cells(folder: Path) -> None:
    """Papermill passes over a parameter that a notebook does not know: here it is refused."""
    papermill = _papermill()
    for name in NOTEBOOKS:
        notebook = folder / f"{name}.ipynb"
        if not notebook.is_file():
            raise LeancostError(f"The notebook {notebook} is missing.")
        held = papermill.inspect_notebook(_literal(notebook))
        missing = [f"lacks {parameter}" for parameter in PARAMETERS if parameter not in held]
        unknown = [f"has {parameter}, which no report fills" for parameter in held if parameter not in PARAMETERS]
        if missing or unknown:
            raise LeancostError(f"{notebook.name}: its cell tagged parameters {', '.join(missing + unknown)}.")


def _papermill() -> ModuleType:
    """Papermill without the grammars of addresses (RFC 3987) that take longer to load than all the rest.

    None in sys.modules is an import that fails; jsonschema then leaves out a check no notebook needs.
    """
    absent = "jsonschema" not in sys.modules and sys.modules.setdefault("rfc3987_syntax", None) is None  # type: ignore[arg-type]
    try:
        return import_module("papermill")
    finally:
        if absent:
            del sys.modules["rfc3987_syntax"]


def _literal(path: Path) -> str:
    """Papermill fills braces in a path; this one is meant as it stands."""
    return str(path).replace("{", "{{").replace("}", "}}")


def execute(
    folder: Path, place: Path, parameters: Mapping[str, str], failed: Path, progress: Callable[[int, str], None]
) -> dict[str, Any]:
    """Every notebook executed, by name; two run at a time."""
    place.mkdir()
    done: dict[str, Any] = {}
    with _kernels_without_a_viewer(), ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {pool.submit(_execute_one, folder, place, name, parameters): name for name in NOTEBOOKS}
        for run in as_completed(runs):
            name = runs[run]
            try:
                done[name] = run.result()
            except LeancostError:
                pool.shutdown(cancel_futures=True)
                _keep_failed(place / f"{name}.ipynb", failed)
                raise
            progress(len(done), name)
    return {name: done[name] for name in NOTEBOOKS}


def _execute_one(folder: Path, place: Path, name: str, parameters: Mapping[str, str]) -> Any:
    import nbformat
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    target = place / f"{name}.ipynb"
    # Otherwise kernels warn of TCP without encryption, and some report how they were interrupted at the end.
    quiet = {"KernelManager": {"transport_encryption": "auto"}, "NotebookClient": {"shutdown_kernel": "immediate"}}

    def run() -> Any:
        return _papermill().execute_notebook(
            _literal(folder / target.name), _literal(target), dict(parameters), progress_bar=False, config=Config(quiet)
        )

    try:
        try:
            executed = run()
        except DeadKernelError:
            raise
        except RuntimeError:  # the kernel died at its start: two that start at once may want the same port
            executed = run()
    except PapermillExecutionError as problem:
        said = " ".join(problem.evalue.split())
        kind = "" if problem.ename == "LeancostError" else f"{problem.ename}: "
        raise LeancostError(f"{name}, cell [{problem.exec_count}]: {kind}{said}") from None
    except RuntimeError:  # DeadKernelError is one
        raise LeancostError(f"{name}: its kernel has died, perhaps for want of memory.") from None
    _without_times(executed)
    target.write_text(nbformat.writes(executed) + "\n", encoding="utf-8")
    return executed


def _without_times(notebook: Any) -> None:
    """Leaves out when and where it ran, so that the same figures give the same bytes."""
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = "injected-parameters"


@contextmanager
def _kernels_without_a_viewer() -> Iterator[None]:
    """Kernels that do not believe that a person watches: widgets give way to what can be printed."""
    session = os.environ.pop("JPY_SESSION_NAME", None)
    try:
        yield
    finally:
        if session is not None:
            os.environ["JPY_SESSION_NAME"] = session


def _keep_failed(notebook: Path, failed: Path) -> None:
    """Puts the notebook that failed where the user finds it, with its error in the cell."""
    remove_failed(failed)
    if notebook.exists():
        failed.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebook, failed / notebook.name)


def remove_failed(failed: Path) -> None:
    """Takes away the notebook an earlier attempt left, and its folder where nothing else is in it."""
    for name in NOTEBOOKS:
        (failed / f"{name}.ipynb").unlink(missing_ok=True)
    if failed.is_dir() and not any(failed.iterdir()):
        failed.rmdir()
