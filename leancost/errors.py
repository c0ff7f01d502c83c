"""What can go wrong, in the user's words: findings are collected, then shown together."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing found: where (table, row as Excel shows it, column), what is wrong, what to do."""

    code: str
    table: str
    row: int | None
    column: str
    problem: str
    remedy: str
    severity: str = "error"

    def __str__(self) -> str:
        place = self.table
        if self.row is not None:
            place += f" row {self.row}"
        if self.column:
            place += f", {self.column}"
        lead = f"{self.severity} {self.code} " if self.code else f"{self.severity} "
        return visible(f"{lead}{place}: {self.problem}. {self.remedy}.")


def visible(text: str) -> str:
    """The text on one line of a terminal: what would not be seen, or would turn the line round, as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def shortened(text: str) -> str:
    """The text as far as a message shows it."""
    return text if len(text) <= 60 else text[:57] + "..."


class LeancostError(Exception):
    """The data or the state forbids it: carries one readable line per problem.

    `total` says how many there are where only the first are carried.
    """

    def __init__(self, problems: str | Sequence[Finding], total: int = 0) -> None:
        self.findings = () if isinstance(problems, str) else tuple(problems)
        self.lines = (visible(problems),) if isinstance(problems, str) else tuple(map(str, problems))
        self.total = total or len(self.lines)
        super().__init__("\n".join(self.lines))


def refuse(findings: Sequence[Finding]) -> None:
    """Raises LeancostError where a finding is an error; warnings alone pass.

    A collection that keeps the first findings only says in `total` how many there were.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise LeancostError(errors, getattr(findings, "total", 0))


def further(count: int) -> str:
    """The line that stands for the problems which are not shown."""
    return f"error book: {count} further problems are not shown. Mend these first."
