"""The command line: the only place that prints, prompts or exits."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from leancost import __version__
from leancost.errors import LeancostError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Exit status: 0 done, 1 data or state forbid it, 2 wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.command(options))
    except LeancostError as problem:
        if len(problem.lines) > 1:
            print(f"leancost: {len(problem.lines)} problems", file=sys.stderr)
        print("\n".join(problem.lines), file=sys.stderr)
        return 1
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        print(f"leancost: {place}{problem.strerror or problem}", file=sys.stderr)
        return 1


def _template(options: argparse.Namespace) -> int:
    from leancost import exchange

    exchange.template(options.file)
    print(f"Wrote {options.file}: one sheet a table.")
    return 0


def _check(options: argparse.Namespace) -> int:
    from leancost import book, checks, exchange, period

    if options.codes:
        for code, description in exchange.CODES.items():
            print(f"{code}  error    {description}")
        for code, known in sorted(checks.CODES.items()):
            print(f"{code}  {known.severity:<8} {known.description}")
        return 0
    if options.book is None:
        print("leancost check: name a book, a folder or a workbook (or --codes)", file=sys.stderr)
        return 2
    with period.opened(options.book) as connection:
        book.fill_defaults(connection)
        findings = checks.check(connection)
    for finding in findings:
        print(finding)
    errors = sum(finding.severity == "error" for finding in findings)
    print(f"{errors} errors, {len(findings) - errors} warnings")
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
        out=options.out,
    )
    for finding in result.warnings:
        print(finding)
    print(f"{result.item_count} standard costs by {options.basis} on {options.date}, version {result.costing_version}.")
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
    )
    totals = result.summary["control_totals"]
    assert isinstance(totals, dict)
    print(f"{result.summary['state']} {result.summary['start'] or 'beginning'} to {options.end}")
    print(f"WIP before {totals['before']}, variance {totals['variance']}, after {totals['after']}")
    for eve in result.runs:
        if eve.purpose == "eve":
            print(f"A new standard of an item in WIP divides the period at {eve.end}.")
    return 0


def _import(options: argparse.Namespace) -> int:
    from leancost import merge

    counts = merge.import_source(options.source, options.book, dry_run=options.dry_run)
    verb = "Would add" if options.dry_run else "Added"
    print(f"{verb} {counts.added} rows, filled or changed {counts.changed}, {counts.same} were there already.")
    return 0


def _export(options: argparse.Namespace) -> int:
    from leancost import exchange, period

    with period.opened(options.book) as connection:
        if options.target.suffix == ".xlsx":
            exchange.write_workbook(connection, options.target)
        else:
            exchange.write_folder(connection, options.target)
    print(f"Wrote {options.target}.")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-01-31") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="leancost", description="Lean (backflush) costing: standard costs, period close, variances, journal."
    )
    parser.add_argument("--version", action="version", version=f"leancost {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    template = commands.add_parser("template", help="write an empty workbook: one sheet a table")
    template.add_argument("file", type=Path, metavar="FILE.xlsx")
    template.set_defaults(command=_template)

    check = commands.add_parser("check", help="run the setup checklist")
    check.add_argument("book", type=Path, nargs="?", metavar="BOOK")
    check.add_argument("--codes", action="store_true", help="print the closed list of codes")
    check.set_defaults(command=_check)

    calculate = commands.add_parser("calculate", help="BOM calculation of standard costs")
    calculate.add_argument("book", type=Path, metavar="BOOK")
    calculate.add_argument("--date", type=_day, required=True, metavar="D")
    calculate.add_argument("--version", metavar="V", help="costing version; default: the only unblocked standard one")
    calculate.add_argument("--basis", choices=("production_flow", "route", "default"), default="production_flow")
    calculate.add_argument("--item", action="append", default=[], metavar="I")
    calculate.add_argument("--activate", action="store_true", help="store the result active")
    calculate.add_argument("--out", type=Path, metavar="DIR")
    calculate.set_defaults(command=_calculate)

    close = commands.add_parser("close", help="backflush costing of every flow up to a date")
    close.add_argument("book", type=Path, metavar="BOOK")
    close.add_argument("--end", type=_day, required=True, metavar="D")
    close.add_argument("--start", type=_day, metavar="S", help="first day; everything before is run first")
    close.add_argument("--preview", action="store_true", help="change nothing in the book")
    close.add_argument("--out", type=Path, metavar="DIR")
    close.set_defaults(command=_close)

    import_ = commands.add_parser("import", help="merge a folder, workbook or book into a book")
    import_.add_argument("source", type=Path, metavar="SOURCE")
    import_.add_argument("book", type=Path, metavar="BOOK")
    import_.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    import_.set_defaults(command=_import)

    export = commands.add_parser("export", help="write a book as a folder or a workbook")
    export.add_argument("book", type=Path, metavar="BOOK")
    export.add_argument("target", type=Path, metavar="TARGET")
    export.set_defaults(command=_export)
    return parser


if __name__ == "__main__":
    sys.exit(main())
