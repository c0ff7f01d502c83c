"""What can go wrong, in the user's words: findings are collected, then shown together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

MOST_FINDINGS: Final = 1000
"""Problems that are shown; all are counted."""
RESTORE: Final = "Restore the book from a copy that verifies"
"""What to do with a book that was changed by other hands."""


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
    key: str = ""
    """The key of the row, where it is shown beside its number."""

    @property
    def place(self) -> str:
        """The table, and the row where it is known, with its key where that is shown."""
        named = f" ({self.key})" if self.key else ""
        return self.table if self.row is None else f"{self.table} row {self.row}{named}"

    def __str__(self) -> str:
        place = f"{self.place}, {self.column}" if self.column else self.place
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
    """The data or the state forbids it: a readable line per problem, the first thousand and how many more there are."""

    def __init__(self, problems: str | Sequence[Finding], total: int = 0) -> None:
        self.findings = () if isinstance(problems, str) else tuple(problems)
        lines = [visible(problems)] if isinstance(problems, str) else [str(f) for f in problems[:MOST_FINDINGS]]
        self.total = total or max(len(self.findings), 1)
        if self.total > len(lines):
            rest = self.total - len(lines)
            lines.append(f"error book: {rest} further problems are not shown. Mend these first.")
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


def refuse(findings: Sequence[Finding]) -> None:
    """Raises LeancostError where a finding is an error; warnings alone pass."""
    if errors := [finding for finding in findings if finding.severity == "error"]:
        raise LeancostError(errors)


_listener: ContextVar[Callable[[Finding], None] | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Callable[[Finding], None]) -> Iterator[None]:
    """Meanwhile `listener` is called once with every note on a source that is read: hidden rows, times of day."""
    told: set[Finding] = set()

    def once(note: Finding) -> None:
        if note not in told:  # a source may be read several times
            told.add(note)
            listener(note)

    token = _listener.set(once)
    try:
        yield
    finally:
        _listener.reset(token)


def tell_listener(notes: Sequence[Finding]) -> None:
    """Hands notes on a source to who listens, if anybody does."""
    if listener := _listener.get():
        for note in notes:
            listener(note)
