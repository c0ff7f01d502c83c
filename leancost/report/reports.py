"""The period report: notebooks executed with parameters, then a page, a workbook and a manifest."""

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from leancost import __version__
from leancost.book import storage
from leancost.errors import LeancostError
from leancost.lab import execution
from leancost.lab import notebooks as lab
from leancost.lab.parameters import LANGUAGES
from leancost.report import sheets
from leancost.report.determined import determine
from leancost.report.page import report_page
from leancost.tables.output_folder import MANIFEST, require_replaceable, written_whole
from leancost.views import figures, kept
from leancost.views.results import PeriodResult

FORMATS: Final = ("html", "xlsx")
PLANNED_FORMATS: Final = ("pdf",)
PLANNED_LANGUAGES: Final = ("nb", "fi")
TRIES: Final = 3
"""How often a report is begun whose source changes meanwhile."""
Progress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what has just been done."""


def _silent(done: int, steps: int, what: str) -> None:
    pass


def write_report(
    source: Path, *, end: date, start: date | None = None, production_flows: Sequence[str] = (),
    costing_version: str = "", language: str = "en", formats: Sequence[str] = FORMATS, out: Path | None = None,
    notebooks: Path | None = None, progress: Progress = _silent,
) -> Path:  # fmt: skip
    """Executes the four notebooks for a period and writes its report; returns the report's folder.

    The folder (`out`, else `reports/<company>/<period>`) holds `notebooks/`, `report.html`,
    `report.xlsx` as far as asked for in `formats`, and `manifest.json`, and appears whole or not
    at all. `notebooks` names a folder with other notebooks of the same names and parameters.
    Where the source changed meanwhile the report is made again. Raises LeancostError where a
    parameter is wrong, a notebook fails (it is kept in `<folder>.failed`), or the source changes
    each time. Source: contract 5 (report).
    """
    _require("format", formats, FORMATS, PLANNED_FORMATS)
    _require("language", [language], LANGUAGES, PLANNED_LANGUAGES)
    if not formats:
        raise LeancostError(f"A report needs a format: {', '.join(FORMATS)}.")
    for flow in production_flows:
        if "," in flow or flow != flow.strip():
            raise LeancostError(f"Production flow {flow!r} cannot be chosen: the notebooks list flows with commas.")
    if out:
        require_replaceable(out, _file_names(formats))  # before anything is computed
    folder = notebooks or lab.shipped("notebooks")
    parameters = {
        "book": str(source),
        "period_start": str(start or ""),
        "period_end": str(end),
        "production_flows": ",".join(production_flows),
        "costing_version": costing_version,
        "language": language,
    }

    def write() -> Path:
        seen = _state_of(source)
        with tempfile.TemporaryDirectory(prefix="leancost-report-") as place:
            file = Path(place) / "period.duckdb"
            result = determine(
                source, file, end=end, start=start, production_flows=production_flows, costing_version=costing_version
            )
            execution.require_parameter_cells(folder)
            target = out or Path("reports") / file_name(result.legal_entity) / period_name(result, production_flows)
            try:
                _write(
                    target, result, folder, parameters, formats, progress, lambda: _require_unchanged(source, seen),
                    {kept.VARIABLE: str(file)},
                )  # fmt: skip
            except OSError as problem:
                raise LeancostError(f"{target} could not be written: {problem.strerror or problem}.") from None
        return target

    return storage.until_unchanged(source, write, TRIES)


def _write(
    target: Path, result: PeriodResult, folder: Path, parameters: Mapping[str, str], formats: Sequence[str],
    progress: Progress, require_unchanged: Callable[[], None], environment: Mapping[str, str],
) -> None:  # fmt: skip
    """The report of what was read, in `target`; nothing where `require_unchanged` says that it is out of date."""
    failed = target.with_name(f"{target.name}.failed")
    steps = len(lab.NOTEBOOKS) + len(formats)
    with written_whole(target, _file_names(formats)) as place:
        assert place is not None
        try:
            executed = execution.execute(
                folder, place / "notebooks", parameters, failed, lambda n, what: progress(n, steps, what), environment
            )
        finally:
            require_unchanged()  # a notebook that failed on what was changed failed on nothing
        if "html" in formats:
            page = report_page(
                dict(reversed(executed.items())),
                result,
                settings=_settings(parameters, result),
                language=parameters["language"],
            )
            (place / "report.html").write_text(page, encoding="utf-8")
            progress(steps - len(formats) + 1, steps, "report.html")
        if "xlsx" in formats:
            glance, causes = figures.glance(result), figures.causes(result)
            sheets.write_sheets(place / "report.xlsx", result, glance=glance, causes=causes)
            progress(steps, steps, "report.xlsx")
        manifest = json.dumps(_manifest(place, parameters, result), indent=2, ensure_ascii=False)
        (place / MANIFEST).write_text(manifest + "\n", encoding="utf-8")
    execution.remove_failed(failed)


def _file_names(formats: Sequence[str]) -> list[str]:
    """The files of a report, by their place in its folder."""
    pages = [f"report.{name}" for name in formats]
    return [*(f"notebooks/{name}.ipynb" for name in lab.NOTEBOOKS), *pages, MANIFEST]


def file_name(text: str) -> str:
    """The text as a folder's name: letters, digits, dash and underscore; never empty, never a path."""
    return re.sub(r"[^\w-]+", "_", text).strip("_")[:80] or "company"


def period_name(result: PeriodResult, production_flows: Sequence[str] = ()) -> str:
    """The period as a folder's name, with the flows where some were chosen."""
    dates = f"{result.start}_{result.end}" if result.start else f"until_{result.end}"
    return "_".join([dates, *([file_name("-".join(result.production_flows))] if production_flows else [])])


def _require(what: str, asked: Sequence[str], known: Sequence[str], planned: Sequence[str]) -> None:
    for name in asked:
        if name in planned:
            raise LeancostError(f"A report in {what} {name} does not exist yet. Choose {' or '.join(known)}.")
        if name not in known:
            raise LeancostError(f"{name!r} is no {what} of a report. Choose {' or '.join(known)}.")


def _state_of(source: Path) -> list[tuple[str, int, int]]:
    """Size and time of every file of the source."""
    files = sorted(source.glob("*/*.csv")) if source.is_dir() else [source]
    return [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.exists()]


def _require_unchanged(source: Path, seen: list[tuple[str, int, int]]) -> None:
    if _state_of(source) != seen:
        raise storage.ChangedMeanwhile


def _settings(parameters: Mapping[str, str], result: PeriodResult) -> dict[str, str]:
    """The parameters as the page shows them."""
    empty = {
        "period_start": f"after the last closed period ({result.start or 'the beginning'})",
        "production_flows": f"all ({', '.join(result.production_flows)})",
        "costing_version": "the only standard version that is not blocked",
    }
    shown = {name.replace("_", " "): value or empty.get(name, "") for name, value in parameters.items()}
    runs = ", ".join(f"{summary['run']} (up to {summary['end']})" for summary in result.summaries)
    return {**shown, "state": result.state, "runs": runs, "leancost version": __version__}


def _manifest(place: Path, parameters: Mapping[str, str], result: PeriodResult) -> dict[str, object]:
    files = sorted(path for path in place.rglob("*") if path.is_file())
    runs = ("run", "start", "end", "state", "control_totals", "inputs")
    return {
        "leancost_version": __version__,
        "legal_entity": result.legal_entity,
        "state": result.state,
        "start": str(result.start) if result.start else None,
        "end": str(result.end),
        "currency": result.currency,
        "parameters": dict(parameters),
        "runs": [{name: summary[name] for name in runs} for summary in result.summaries],
        "files": {path.relative_to(place).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files},
    }
