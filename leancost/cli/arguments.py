"""What can be typed: the commands of the contract with their options."""

import argparse
from datetime import date
from pathlib import Path

from leancost import __version__


def parser() -> argparse.ArgumentParser:
    """The parser; `command` of the result is the name of the command. Source: contract 5."""
    top = argparse.ArgumentParser(
        prog="leancost", description="Lean (backflush) costing: standard costs, period close, variances, journal."
    )
    top.add_argument("--version", action="version", version=f"leancost {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True, dest="command")

    demo = commands.add_parser("demo", help="write the teaching company's folder")
    demo.add_argument("folder", type=Path, nargs="?", default=Path("leancost-demo"), metavar="DIR")

    template = commands.add_parser("template", help="write an empty workbook: one sheet a table")
    template.add_argument("file", type=Path, metavar="FILE.xlsx")

    check = commands.add_parser("check", help="run the setup checklist")
    check.add_argument("book", type=Path, nargs="?", metavar="BOOK")
    check.add_argument("--codes", action="store_true", help="print the closed list of codes")

    calculate = commands.add_parser("calculate", help="BOM calculation of standard costs")
    calculate.add_argument("book", type=Path, metavar="BOOK")
    calculate.add_argument("--date", type=_day, required=True, metavar="D")
    calculate.add_argument("--version", metavar="V", help="costing version; default: the only unblocked standard one")
    calculate.add_argument("--basis", choices=("production_flow", "route", "default"), default="production_flow")
    calculate.add_argument("--item", action="append", default=[], metavar="I")
    calculate.add_argument("--compare", metavar="VERSION", help="what moved against its active standards, and why")
    calculate.add_argument("--activate", action="store_true", help="store the result active")
    calculate.add_argument("--out", type=Path, metavar="DIR")

    close = commands.add_parser("close", help="backflush costing of every flow up to a date")
    close.add_argument("book", type=Path, metavar="BOOK")
    close.add_argument("--end", type=_day, required=True, metavar="D")
    close.add_argument("--start", type=_day, metavar="S", help="first day; everything before is run first")
    close.add_argument("--preview", action="store_true", help="change nothing in the book")
    close.add_argument("--out", type=Path, metavar="DIR")

    explain = commands.add_parser("explain", help="where a figure comes from, down to the rows behind it")
    explain.add_argument("book", type=Path, metavar="BOOK")
    explain.add_argument("--end", type=_day, metavar="D", help="last day of the period")
    explain.add_argument("--start", type=_day, metavar="S", help="first day; default: after the last closed period")
    explain.add_argument("--flow", metavar="F", help="the production flow")
    explain.add_argument("--cost-group", default="", metavar="G", help="only what it holds in this cost group")
    explain.add_argument("--resource", default="", metavar="R", help="item, service, cost category, node or product")
    explain.add_argument("--item", metavar="I", help="the standard cost of this item instead")
    explain.add_argument("--date", type=_day, metavar="D", help="calculation date of the standard cost")
    explain.add_argument("--basis", choices=("production_flow", "route", "default"), default="production_flow")
    explain.add_argument("--version", metavar="V", help="costing version; default: the only unblocked standard one")

    reverse = commands.add_parser("reverse", help="take back the last run, by reversing entries")
    reverse.add_argument("book", type=Path, metavar="BOOK")
    reverse.add_argument("--out", type=Path, metavar="DIR", help="write the reversing entries there")

    runs = commands.add_parser("runs", help="list the runs of a book")
    runs.add_argument("book", type=Path, metavar="BOOK")

    verify = commands.add_parser("verify", help="recompute what every run read and wrote; exit 1 where it differs")
    verify.add_argument("book", type=Path, metavar="BOOK")
    verify.add_argument("--run", type=int, metavar="N", help="only the period of this run")

    diff = commands.add_parser("diff", help="which figures moved between two runs, and the input rows behind them")
    diff.add_argument("book", type=Path, metavar="BOOK")
    diff.add_argument("runs", type=int, nargs="*", metavar="RUN", help="two runs, as leancost runs numbers them")
    diff.add_argument("--preview", action="store_true", help="the last run against its period recomputed now")
    diff.add_argument("--rows", action="store_true", help="of runs of different periods every row, not only totals")
    diff.add_argument("--out", type=Path, metavar="DIR", help="write differences.csv there instead of printing")

    journal = commands.add_parser("journal", help="write the journal of a period or a run for a ledger program")
    journal.add_argument("book", type=Path, metavar="BOOK")
    journal.add_argument("--end", type=_day, metavar="D", help="last day of the period")
    journal.add_argument("--run", type=int, metavar="N", help="the journal of this run instead, of a reversal too")
    journal.add_argument("--start", type=_day, metavar="S", help="first day; default: after the last closed period")
    journal.add_argument(
        "--format", type=_names, default=["csv", "hledger", "beancount"], metavar="csv,hledger,beancount"
    )
    journal.add_argument("--out", type=Path, required=True, metavar="DIR")

    report = commands.add_parser("report", help="execute the notebooks and write the period report")
    report.add_argument("book", type=Path, metavar="BOOK")
    report.add_argument("--end", type=_day, required=True, metavar="D")
    report.add_argument("--start", type=_day, metavar="S", help="first day; default: after the last closed period")
    report.add_argument("--out", type=Path, metavar="DIR", help="default: reports/<company>/<period>")
    report.add_argument("--format", type=_names, default=["html", "xlsx"], metavar="html,xlsx")
    report.add_argument("--language", default="en", metavar="en")
    report.add_argument("--flow", action="append", default=[], metavar="F", help="only this flow; may be repeated")
    report.add_argument("--version", default="", metavar="V", help="costing version that is compared")

    import_ = commands.add_parser("import", help="merge a folder, workbook or book into a book")
    import_.add_argument("source", type=Path, metavar="SOURCE")
    import_.add_argument("book", type=Path, metavar="BOOK")
    import_.add_argument(
        "--replace", action="store_true", help="what no closed run has read becomes exactly the source"
    )
    import_.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")

    export = commands.add_parser("export", help="write a book as a folder or a workbook")
    export.add_argument("book", type=Path, metavar="BOOK")
    export.add_argument("target", type=Path, metavar="TARGET")

    lab = commands.add_parser("lab", help="open the notebooks in JupyterLab, in a folder of your own")
    lab.add_argument("folder", type=_folder, nargs="?", default=Path("leancost-lab"), metavar="DIR")
    lab.add_argument("options", nargs="*", metavar="-- OPTION", help="options of JupyterLab, after DIR --")
    return top


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-01-31") from None


def _folder(text: str) -> Path:
    if text.startswith("-"):
        raise argparse.ArgumentTypeError(f"name a folder before -- {text}")
    return Path(text)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
