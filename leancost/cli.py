"""The command line: the only place that prints, prompts or exits."""

import argparse
import io
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from leancost.arguments import parser
from leancost.errors import MOST_FINDINGS, LeancostError, visible


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Exit status: 0 done, 1 data or state forbid it, 2 wrong usage."""
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter shows its number
    try:
        for value in vars(options).values():
            if isinstance(value, (str, Path)) and not _is_utf_8(str(value)):
                raise LeancostError(f"{value} is not UTF-8 text. Rename it.")
        return COMMANDS[options.command](options)
    except LeancostError as problem:
        _tell(problem)
        return 1
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        print(visible(f"leancost: {place}{problem.strerror or problem}"), file=sys.stderr)
        return 1


def _tell(problem: LeancostError) -> None:
    """Prints how many problems there are, where there are several, and their lines."""
    if problem.total > 1:
        print(f"leancost: {problem.total} problems", file=sys.stderr)
    print("\n".join(problem.lines), file=sys.stderr)


def _say(text: str) -> None:
    """Prints one line, whatever stands in it."""
    print(visible(text))


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _demo(options: argparse.Namespace) -> int:
    from leancost import lab

    lab.copy_demo(options.folder)
    _say(f"Wrote {options.folder}: the teaching company. Try: leancost check {options.folder}")
    return 0


def _template(options: argparse.Namespace) -> int:
    from leancost import exchange

    exchange.template(options.file)
    _say(f"Wrote {options.file}: one sheet a table.")
    return 0


def _check(options: argparse.Namespace) -> int:
    from leancost import book, cells, checks, period

    if options.codes:
        for code, description in cells.CODES.items():
            _say(f"{code}  error    {description}")
        for code, known in sorted(checks.CODES.items()):
            _say(f"{code}  {known.severity:<8} {known.description}")
        return 0
    if options.book is None:
        print("leancost check: name a book, a folder or a workbook (or --codes)", file=sys.stderr)
        return 2
    with period.opened(options.book) as connection:
        book.fill_defaults(connection)
        findings = checks.check(connection)
    shown = findings
    if len(findings) > MOST_FINDINGS:  # errors before warnings, so that none stays hidden behind advice
        shown = sorted(findings, key=lambda finding: finding.severity != "error")[:MOST_FINDINGS]
    for finding in shown:
        print(finding)
    if len(shown) < len(findings):
        print(f"{len(findings) - len(shown)} further problems are not shown. Mend these first.")
    errors = sum(finding.severity == "error" for finding in findings)
    _say(f"{errors} errors, {len(findings) - errors} warnings")
    return 1 if errors else 0


def _calculate(options: argparse.Namespace) -> int:
    from leancost import calculation

    result = calculation.calculate_source(
        options.book,
        calculation_date=options.date,
        costing_version=options.version,
        basis=options.basis,
        items=options.item,
        activate=options.activate,
        compare=options.compare,
        out=options.out,
    )
    for move in result.moves:
        print(move)
    for finding in result.warnings:
        print(finding)
    _say(f"{result.item_count} standard costs by {options.basis} on {options.date}, version {result.costing_version}.")
    return 0


def _close(options: argparse.Namespace) -> int:
    from leancost import period

    result = period.close_period(
        options.book,
        end=options.end,
        start=options.start,
        preview=options.preview,
        out=options.out,
        frames=False,
        today=_today(),
    )
    totals = result.summary["control_totals"]
    assert isinstance(totals, dict)
    run = "" if result.summary["state"] == "preview" else f" (run {result.summary['run']})"
    if result.was_closed:
        _say(f"{options.end} is closed already{run} and nothing was added since: there is nothing to do.")
        return 0
    _say(f"{result.summary['state']} {result.summary['start'] or 'beginning'} to {options.end}{run}")
    _say(f"WIP before {totals['before']}, variance {totals['variance']}, after {totals['after']}")
    for eve in result.runs:
        if eve.purpose == "eve":
            _say(f"A new standard of an item in WIP divides the period at {eve.end}.")
    return 0


def _journal(options: argparse.Namespace) -> int:
    from leancost import ledger_files

    written = ledger_files.write_journal(
        options.book, end=options.end, start=options.start, formats=options.format, out=options.out
    )
    _say(f"{written.state} {written.start or 'beginning'} to {options.end}")
    _say(f"Wrote {options.out}: {written.lines} lines, debit and credit {written.debit}.")
    return 0


def _explain(options: argparse.Namespace) -> int:
    if options.item and options.date:
        from leancost import explain_costs

        print(
            explain_costs.explain_cost(
                options.book, item=options.item, calculation_date=options.date, basis=options.basis,
                costing_version=options.version,
            ).text()
        )  # fmt: skip
        return 0
    if not (options.flow and options.end) or options.item:
        print("leancost explain: name --flow and --end, or --item and --date for a standard cost", file=sys.stderr)
        return 2
    from leancost import explain

    explanation = explain.explain(
        options.book, end=options.end, start=options.start, flow=options.flow, cost_group=options.cost_group,
        resource=options.resource,
    )  # fmt: skip
    print(explanation.text())
    return 0


def _reverse(options: argparse.Namespace) -> int:
    from leancost import reversal

    done = reversal.reverse(options.book, out=options.out)
    taken = " and ".join(f"run {run}" for run in done.reversed_runs)
    print(f"Took back {taken} by run {done.run}: mirror entries at the original amounts and dates.")
    closed = f"closed up to {done.closed_until}" if done.closed_until else "no longer closed anywhere"
    print(f"{done.first_day or 'The beginning'} to {done.end} is open again; the book is {closed}.")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from leancost import verification
    from leancost.errors import refuse

    result = verification.verify(options.book)
    refuse(result.findings)
    print(f"{result.runs} runs verified: inputs, outputs, identities, and every period run again.")
    if result.seal:
        print(f"Seal of the last run: {result.seal}")
    return 0


def _diff(options: argparse.Namespace) -> int:
    from leancost import differences

    if len(options.runs) != (0 if options.preview else 2):
        print("leancost diff: name two runs, or --preview and none", file=sys.stderr)
        return 2
    if options.preview:
        found = differences.compare_with_now(options.book)
    else:
        found = differences.compare_runs(options.book, *options.runs)
    if options.out:
        differences.write_to_folder(found, options.out)
    else:
        differences.write(found, sys.stdout)
    figures = sum(difference.kind == "figure" for difference in found)
    summary = f"{figures} figures and {len(found) - figures} input cells differ."
    print(summary, file=sys.stdout if options.out else sys.stderr)
    return 0


def _today() -> date:
    """The clock, read here only."""
    return date.today()


def _report(options: argparse.Namespace) -> int:
    from leancost import reports

    folder = reports.write_report(
        options.book,
        end=options.end,
        start=options.start,
        production_flows=options.flow,
        costing_version=options.version,
        language=options.language,
        formats=options.format,
        out=options.out,
        progress=_bar if sys.stderr.isatty() else _no_bar,
    )
    _say(f"Wrote {folder}")
    for name in options.format:
        _say(f"  {folder / f'report.{name}'}")
    return 0


def _bar(done: int, steps: int, what: str) -> None:
    """A line on the terminal that is written over; the last step clears it."""
    line = f"[{'#' * done}{'.' * (steps - done)}] {what}"
    print(f"\r{line if done < steps else '':<60}", end="\r" if done == steps else "", file=sys.stderr, flush=True)


def _no_bar(done: int, steps: int, what: str) -> None:
    pass


def _import(options: argparse.Namespace) -> int:
    from leancost import merge

    counts = merge.import_source(options.source, options.book, dry_run=options.dry_run)
    verb = "Would add" if options.dry_run else "Added"
    _say(f"{verb} {counts.added} rows, filled or changed {counts.changed}, {counts.same} were there already.")
    return 0


def _export(options: argparse.Namespace) -> int:
    from leancost import exchange, period

    with period.opened(options.book) as connection:
        if options.target.suffix == ".xlsx":
            exchange.write_workbook(connection, options.target)
        else:
            exchange.write_folder(connection, options.target)
    _say(f"Wrote {options.target}.")
    return 0


def _lab(options: argparse.Namespace) -> int:
    from leancost import lab

    lab.require_lab()
    lab.copy_lab(options.folder)
    _say(f"{options.folder}: your copy of the notebooks and of the teaching company. Ctrl-C ends JupyterLab.")
    return lab.open_lab(options.folder, options.options)


COMMANDS: Final = {
    "demo": _demo,
    "template": _template,
    "check": _check,
    "calculate": _calculate,
    "close": _close,
    "explain": _explain,
    "reverse": _reverse,
    "verify": _verify,
    "diff": _diff,
    "journal": _journal,
    "report": _report,
    "import": _import,
    "export": _export,
    "lab": _lab,
}


if __name__ == "__main__":
    sys.exit(main())
