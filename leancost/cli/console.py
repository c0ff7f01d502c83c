"""What a terminal is told: the only place that prints."""

import sys
from collections.abc import Iterable, Sequence

from leancost.errors import MOST_FINDINGS, Finding, LeancostError, visible


def say(text: str) -> None:
    """Prints one line, whatever stands in it."""
    print(visible(text))


def say_lines(lines: Iterable[object]) -> None:
    """Prints what has made each of its lines fit to be seen."""
    for line in lines:
        print(line)


def say_first(lines: Sequence[object], rest: str, total: int = 0) -> None:
    """Prints the first thousand lines, and how many there are beyond: of `total`, where not all are at hand."""
    say_lines(lines[:MOST_FINDINGS])
    if max(total, len(lines)) > MOST_FINDINGS:
        print(f"{max(total, len(lines)) - MOST_FINDINGS} further {rest}")


def say_findings(findings: Sequence[Finding], total: int = 0) -> None:
    """Prints the first thousand findings, and how many there are beyond."""
    say_first(findings, "problems are not shown. Mend these first.", total)


def complain(text: str) -> None:
    """Prints one line on standard error."""
    print(visible(text), file=sys.stderr)


def tell(problem: LeancostError) -> None:
    """Prints on standard error how many problems there are, where there are several, and their lines."""
    if problem.total > 1:
        print(f"leancost: {problem.total} problems", file=sys.stderr)
    print("\n".join(problem.lines), file=sys.stderr)


def progress(done: int, steps: int, what: str) -> None:
    """A line on the terminal that is written over; the last step clears it. Nothing where nobody looks."""
    if sys.stderr.isatty():
        line = f"[{'#' * done}{'.' * (steps - done)}] {what}"
        print(f"\r{line if done < steps else '':<60}", end="\r" if done == steps else "", file=sys.stderr, flush=True)
