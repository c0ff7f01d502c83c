"""The command line: what is typed becomes a call, and what comes of it a line and an exit status."""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from leancost.cli.arguments import parser
from leancost.cli.console import complain, say, say_findings, say_first, say_lines, tell
from leancost.cli.periods import COMMANDS as PERIOD_COMMANDS
from leancost.errors import LeancostError, listening

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C, as a shell has it: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Exit status: 0 done, 1 data or state forbid it, 2 wrong usage, 130 interrupted."""
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter shows its number
    try:
        for value in vars(options).values():
            if isinstance(value, (str, Path)) and not _is_utf_8(str(value)):
                raise LeancostError(f"{value} is not UTF-8 text. Rename it.")
        if options.command == "check":  # lists them itself
            return COMMANDS[options.command](options)
        with listening(lambda note: complain(str(note))):
            return COMMANDS[options.command](options)
    except LeancostError as problem:
        tell(problem)
        return 1
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        complain(f"leancost: {place}{problem.strerror or problem}")
        return 1
    except KeyboardInterrupt:
        exec("")  # Python would end by the signal where it came while a class was being made: that is over now
        complain("leancost: interrupted. A book and a folder hold all of what a command writes, or nothing of it.")
        return INTERRUPTED


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _demo(options: argparse.Namespace) -> int:
    from leancost.lab import notebooks

    notebooks.copy_demo(options.folder)
    say(f"Wrote {options.folder}: the teaching company. Try: leancost check {options.folder}")
    return 0


def _template(options: argparse.Namespace) -> int:
    from leancost.book import folders

    folders.template(options.file)
    say(f"Wrote {options.file}: one sheet a table.")
    return 0


def _check(options: argparse.Namespace) -> int:
    from leancost.actions.check import check_source
    from leancost.costing import check_codes
    from leancost.tables import cells

    if options.codes:
        for code, description in cells.CODES.items():
            say(f"{code}  error    {description}")
        for code, description in cells.NOTES.items():
            say(f"{code}  warning  {description}")
        for code, known in sorted(check_codes.CODES.items()):
            say(f"{code}  {known.severity:<8} {known.description}")
        return 0
    if options.book is None:
        complain("leancost check: name a book, a folder or a workbook (or --codes)")
        return 2
    checked = check_source(options.book)
    findings, total = checked.findings, checked.total
    say_findings(findings, total)
    warnings = sum(finding.severity == "warning" for finding in findings)
    say(f"{total - warnings} errors, {warnings} warnings")
    return 1 if total > warnings else 0


def _calculate(options: argparse.Namespace) -> int:
    from leancost.actions import calculate

    result = calculate.calculate_source(
        options.book,
        calculation_date=options.date,
        costing_version=options.version,
        basis=options.basis,
        items=options.item,
        activate=options.activate,
        compare=options.compare,
        out=options.out,
    )
    say_first(result.moves, "moves are not shown: --out DIR writes every figure.")
    say_findings(result.warnings)
    say(f"{result.item_count} standard costs by {options.basis} on {options.date}, version {result.costing_version}.")
    if not result.item_count and not result.lacking:
        say("No item has a BOM, a manufacturing rule or a route.")
    say_first(result.lacking, "items are not shown.")
    return 0


def _import(options: argparse.Namespace) -> int:
    from leancost.actions import merge

    counts = merge.import_source(options.source, options.book, replace=options.replace, dry_run=options.dry_run)
    differing = counts.differences
    taken = sum(rows.count for rows in differing.lacking)
    if options.dry_run:
        out = f", take out {taken}" if options.replace else ""
        say(f"Would add {counts.added} rows, fill or change {counts.changed}{out}; {counts.same} are there already.")
    else:
        out = f", took out {taken}" if options.replace else ""
        say(f"Added {counts.added} rows, filled or changed {counts.changed}{out}, {counts.same} were there already.")
    lines = differing.lines(replaced=options.replace)
    say_lines(lines)
    if hidden := differing.blanked_cells - len(differing.blanked):
        say(f"{hidden} further cells that {'go' if options.replace else 'stay'} are not shown.")
    if (differing.blanked or differing.lacking) and not options.replace:
        say(f"To take out what stays: leancost import {options.source} {options.book} --replace")
    return 0


def _export(options: argparse.Namespace) -> int:
    from leancost.book import folders, sources
    from leancost.tables import paths

    is_workbook = options.target.suffix.lower() == ".xlsx"
    if not is_workbook:
        paths.require_folder_name(options.target)
    with sources.opened(options.book) as connection:
        if is_workbook:
            folders.write_workbook(connection, options.target)
        else:
            folders.write_folder(connection, options.target)
    say(f"Wrote {options.target}.")
    return 0


def _lab(options: argparse.Namespace) -> int:
    from leancost.lab import notebooks

    notebooks.require_lab()
    notebooks.copy_lab(options.folder)
    say(f"{options.folder}: your copy of the notebooks and of the teaching company. Ctrl-C ends JupyterLab.")
    return notebooks.open_lab(options.folder, options.options)


COMMANDS: Final = {
    "demo": _demo,
    "template": _template,
    "check": _check,
    "calculate": _calculate,
    "import": _import,
    "export": _export,
    "lab": _lab,
    **PERIOD_COMMANDS,
}
