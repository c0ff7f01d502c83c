"""The commands about periods and runs: close, report, journal, explain, and what makes a book trusted."""

import argparse
import sys
from datetime import date
from typing import Final

from leancost.cli.console import complain, progress, say, say_lines


def _close(options: argparse.Namespace) -> int:
    from leancost.actions import close

    result = close.close_period(
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
        say(f"{options.end} is closed already{run} and nothing was added since: there is nothing to do.")
        return 0
    say(f"{result.summary['state']} {result.summary['start'] or 'beginning'} to {options.end}{run}")
    say(f"WIP before {totals['before']}, variance {totals['variance']}, after {totals['after']}")
    for eve in result.runs:
        if eve.purpose == "eve":
            say(f"A new standard of an item in WIP divides the period at {eve.end}.")
    return 0


def _journal(options: argparse.Namespace) -> int:
    from leancost.ledger import journal

    if (options.end is None) == (options.run is None) or (options.run and options.start):
        complain("leancost journal: name --end, and --start where it is needed, or --run")
        return 2
    written = journal.write_journal(
        options.book, end=options.end, start=options.start, run=options.run, formats=options.format, out=options.out
    )
    say(f"{written.state}: {written.start or 'beginning'} to {written.end}")
    say(f"Wrote {options.out}: {written.lines} lines, debit and credit {written.debit}.")
    return 0


def _explain(options: argparse.Namespace) -> int:
    if options.item and options.date:
        from leancost.explain import standard_cost

        explanation = standard_cost.explain_cost(
            options.book, item=options.item, calculation_date=options.date, basis=options.basis,
            costing_version=options.version,
        )  # fmt: skip
        say_lines([explanation.text()])
        return 0
    if not (options.flow and options.end) or options.item:
        complain("leancost explain: name --flow and --end, or --item and --date for a standard cost")
        return 2
    from leancost.explain import flow

    explanation = flow.explain(
        options.book, end=options.end, start=options.start, flow=options.flow, cost_group=options.cost_group,
        resource=options.resource,
    )  # fmt: skip
    say_lines([explanation.text()])
    return 0


def _reverse(options: argparse.Namespace) -> int:
    from leancost.actions.reverse import reverse

    done = reverse(options.book, out=options.out)
    taken = " and ".join(f"run {run}" for run in done.reversed_runs)
    say(f"Took back {taken} by run {done.run}: mirror entries at the original amounts and dates.")
    closed = f"closed up to {done.closed_until}" if done.closed_until else "no longer closed anywhere"
    say(f"{done.first_day or 'The beginning'} to {done.end} is open again; the book is {closed}.")
    return 0


def _runs(options: argparse.Namespace) -> int:
    from leancost.book import runs, storage

    storage.require_book(options.book)
    with storage.attached(options.book) as connection:
        stored = runs.sealed_runs(connection)
    for run in stored:
        days = f"{run.start or 'beginning'} to {run.end}"
        say(f"run {run.run:<4} {days:<24} {run.purpose:<9} {runs.state_of(run, stored)}")
    if not stored:
        say("No period was closed yet.")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from leancost.actions.verify import verify
    from leancost.errors import refuse

    result = verify(options.book, options.run)
    refuse(result.findings)
    what = "run" if options.run is not None and result.runs == 1 else "runs"
    say(f"{result.runs} {what} verified: inputs, outputs, identities, and every period run again.")
    if result.seal:
        say(f"Seal of the last run: {result.seal}")
    return 0


def _diff(options: argparse.Namespace) -> int:
    from leancost.actions import diff

    if len(options.runs) != (0 if options.preview else 2):
        complain("leancost diff: name two runs, or --preview and none")
        return 2
    if options.preview:
        found = diff.compare_with_now(options.book)
    elif not (options.rows or options.out or diff.are_of_one_period(options.book, *options.runs)):
        diff.write(diff.compare_totals(options.book, *options.runs), sys.stdout)
        complain(
            "The runs are of different periods: shown are totals of wip_balances, and the flows, cost groups and"
            " resources that moved most. Every row: --rows, or --out DIR."
        )
        return 0
    else:
        found = diff.compare_runs(options.book, *options.runs)
    if options.out:
        diff.write_to_folder(found, options.out)
    else:
        diff.write(found, sys.stdout)
    figures = sum(difference.kind == "figure" for difference in found)
    summary = f"{figures} figures and {len(found) - figures} input cells differ."
    if figures and len(diff.input_rows(found)) > diff.MOST_ROWS:
        summary += f" Over {diff.MOST_ROWS} input rows differ: which of them moved which figure is not told."
    (say if options.out else complain)(summary)
    return 0


def _today() -> date:
    """The clock, read here only."""
    return date.today()


def _report(options: argparse.Namespace) -> int:
    from leancost.report import reports

    folder = reports.write_report(
        options.book,
        end=options.end,
        start=options.start,
        production_flows=options.flow,
        costing_version=options.version,
        language=options.language,
        formats=options.format,
        out=options.out,
        progress=progress,
    )
    say(f"Wrote {folder}")
    for name in options.format:
        say(f"  {folder / f'report.{name}'}")
    return 0


COMMANDS: Final = {
    "close": _close,
    "explain": _explain,
    "reverse": _reverse,
    "runs": _runs,
    "verify": _verify,
    "diff": _diff,
    "journal": _journal,
    "report": _report,
}
