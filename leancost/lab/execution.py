"""The four notebooks executed with a report's parameters: the only place that runs papermill."""

import logging
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from leancost.errors import LeancostError, shortened
from leancost.lab.kernels import KERNEL, Kernels, own_kernels
from leancost.lab.notebooks import NOTEBOOKS

PARAMETERS: Final = ("book", "period_start", "period_end", "production_flows", "costing_version", "language")
"""What the parameter cell of every notebook holds; all are texts."""
AT_ONCE: Final = 2
"""Notebooks that run at the same time, each in a process of its own."""


def require_parameter_cells(folder: Path) -> None:
    """Papermill passes over a parameter that a notebook does not know: here it is refused."""
    from papermill.translators import PythonTranslator

    for name in NOTEBOOKS:
        notebook = _read(folder / f"{name}.ipynb")
        cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
        held = [parameter.name for parameter in PythonTranslator.inspect(cells[0])] if cells else []
        missing = [f"lacks {parameter}" for parameter in PARAMETERS if parameter not in held]
        unknown = [f"has {parameter}, which no report fills" for parameter in held if parameter not in PARAMETERS]
        if missing or unknown:
            raise LeancostError(f"{name}.ipynb: its cell tagged parameters {', '.join(missing + unknown)}.")


def _read(path: Path) -> Any:
    """The notebook, said to be of Python: that is what executes it, whatever kernel it was last run by."""
    _papermill()
    import nbformat

    if not path.is_file():
        raise LeancostError(f"The notebook {path} is missing.")
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as problem:  # what is no notebook fails in as many ways
        said = str(problem).strip() or type(problem).__name__
        raise LeancostError(f"The notebook {path} cannot be read: {shortened(said.splitlines()[0])}.") from None
    notebook.metadata["kernelspec"] = dict(KERNEL)
    return notebook


def _papermill() -> ModuleType:
    """Papermill without the grammars of addresses (RFC 3987) that take longer to load than all the rest.

    None in sys.modules is an import that fails; jsonschema then leaves out a check no notebook needs.
    Of what goes wrong papermill tells its own logger, and here it is told once.
    """
    logging.getLogger("papermill").addHandler(logging.NullHandler())
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
    folder: Path, place: Path, parameters: Mapping[str, str], failed: Path, progress: Callable[[int, str], None],
    environment: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Every notebook executed, by name, its kernel with these variables; two run at a time.

    Whatever stops it ends their kernels.
    """
    place.mkdir()
    done: dict[str, Any] = {}
    with own_kernels(environment) as kernels, ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {pool.submit(_execute_one, folder, place, name, parameters, kernels): name for name in NOTEBOOKS}
        try:
            for run in as_completed(runs):
                name = runs[run]
                try:
                    done[name] = run.result()
                except LeancostError:
                    _keep_failed(place / f"{name}.ipynb", failed)
                    raise
                progress(len(done), name)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(run.done() for run in runs):  # again and again: one may just have begun
                kernels.end()
                time.sleep(0.05)
            raise
    return {name: done[name] for name in NOTEBOOKS}


def _execute_one(folder: Path, place: Path, name: str, parameters: Mapping[str, str], kernels: Kernels) -> Any:
    papermill = _papermill()
    import nbformat
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    target = place / f"{name}.ipynb"
    # Otherwise kernels warn of TCP without encryption, and some report how they were interrupted at the end.
    quiet = {"KernelManager": {"transport_encryption": "auto"}, "NotebookClient": {"shutdown_kernel": "immediate"}}

    def run() -> Any:
        nbformat.write(_read(folder / target.name), target)
        return papermill.execute_notebook(
            _literal(target), _literal(target), dict(parameters), kernel_name=KERNEL["name"],
            language=KERNEL["language"], kernel_manager_class=kernels.manager, progress_bar=False, config=Config(quiet),
        )  # fmt: skip

    try:
        try:
            executed = run()
        except DeadKernelError:
            raise
        except RuntimeError:  # the kernel died at its start: two that start at once may want the same port
            if kernels.ended:
                raise
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
