"""An explanation: figures taken apart, checked when it is made, shown as text and as HTML."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from leancost.explain.terms import SUM, Term, checked, line_text

WIDTH: Final = 100
MOST_PARTS: Final = 200
"""Parts of one term that HTML shows one by one; the text shows all."""


@dataclass(frozen=True, repr=False)
class Explanation:
    """Figures with all that stands behind them, checked when it is made; inner ones are runs or resources.

    Raises LeancostError where a figure does not follow from its parts.
    """

    title: str
    terms: tuple[Term, ...] = ()
    inner: tuple["Explanation", ...] = ()
    digits: int = 2
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for term in self.terms:
            checked(term)

    def figure(self, name: str) -> Term:
        """The figure of that name nearest to the top, here or in what is within; KeyError where there is none."""
        level, seen = list(self.terms), set(map(id, self.terms))
        while level:
            below = []
            for term in level:
                if term.name == name:
                    return term
                below += [part for part in term.parts if id(part) not in seen]
                seen.update(map(id, term.parts))
            level = below
        for explanation in self.inner:
            try:
                return explanation.figure(name)
            except KeyError:
                continue
        raise KeyError(name)

    def text(self) -> str:
        """The tree as indented plain text, at most 100 columns wide."""
        lines = [self.title, *self.notes, ""]
        shown: set[int] = set()
        for term in self.terms:
            lines += _text_lines(term, self.digits, shown)
        for explanation in self.inner:
            lines += ["", explanation.text()]
        return "\n".join(lines).rstrip()

    def html(self) -> str:
        """The same as nested lists that open; every text is escaped."""
        shown: set[int] = set()
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        items = "".join(f"<li>{_html(term, self.digits, shown)}</li>" for term in self.terms)
        inner = "".join(explanation.html() for explanation in self.inner)
        listed = f"<ul>{items}</ul>" if items else ""
        return f'<div class="leancost"><p><strong>{escape(self.title)}</strong></p>{notes}{listed}{inner}</div>'

    def __repr__(self) -> str:
        figures = ", ".join(f"{term.name} {term.value:f}" for term in self.terms)
        return f"Explanation of {self.title}: {figures or f'{len(self.inner)} within'}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}


@dataclass
class _Level:
    """The parts of a term that are still to be shown, how deep they stand, and the rule told last."""

    parts: Iterator[Term]
    depth: int
    rule: str = ""
    shows_all: bool = True


def _text_lines(top: Term, digits: int, shown: set[int]) -> list[str]:
    """The term and what is below it, each figure taken apart once; leaves stand in one line.

    Parts named in a formula that were shown before are left out: their numbers stand in it. Nothing
    is shown below a figure that is nothing, but for those the reader asked for and WIP before.
    """
    lines: list[str] = []
    levels = [_Level(iter((top,)), 0)]
    while levels:
        level = levels[-1]
        term = next(level.parts, None)
        if term is None:
            levels.pop()
        elif level.shows_all or not (term.parts and id(term) in shown):
            own, goes_on = _own_lines(term, level.depth, digits, shown, level.rule)
            lines += own
            level.rule = term.rule or level.rule
            if goes_on:
                levels.append(_Level(iter(term.parts), level.depth + 1, term.rule, term.formula == SUM))
    return lines


def _own_lines(term: Term, depth: int, digits: int, shown: set[int], rule: str) -> tuple[list[str], bool]:
    """A term's lines, and whether its parts are to be shown below it."""
    again = bool(term.parts) and id(term) in shown
    mark = " [as above]" if again else f" [{term.rule}]" if term.rule not in ("", rule) else ""
    lines = _wrapped(line_text(term, digits) + mark, depth)
    is_nothing = term.value == 0 and depth > 0 and term.name != "before"
    shown.add(id(term))
    if again or is_nothing or not term.parts:
        return lines, False
    lines += [line for row in term.rows for line in _wrapped(f"· {row}", depth + 1)]
    leaves = [part for part in term.parts if not part.formula]
    if len(leaves) == len(term.parts) and term.formula != SUM:
        return lines + _wrapped("· " + "; ".join(_place(part) for part in leaves), depth + 1), False
    return lines, True


def _place(leaf: Term) -> str:
    """Where a figure that stands in a formula was read."""
    rows = "; ".join(map(str, leaf.rows))
    note = f" ({leaf.note})" if leaf.note else ""
    return f"{rows}{note}" if rows else f"{leaf.title}{note}"


def _wrapped(line: str, depth: int) -> list[str]:
    margin = "  " * min(depth, 20)
    return textwrap.wrap(line, WIDTH, initial_indent=margin, subsequent_indent=f"{margin}    ", break_on_hyphens=False)


def _html(top: Term, digits: int, shown: set[int]) -> str:
    pieces: list[str] = []
    waiting: list[Term | str] = [top]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        line = escape(line_text(piece, digits))
        if piece.parts and id(piece) in shown:
            pieces.append(f"{line} (as above)")
            continue
        shown.add(id(piece))
        rule = f" <code>{escape(piece.rule)}</code>" if piece.rule else ""
        rows = [f"<li>{escape(str(row))}</li>" for row in piece.rows] if piece.formula else []
        if not rows and not piece.parts:
            pieces.append(line + rule)
            continue
        pieces.append(f"<details><summary>{line}{rule}</summary><ul>{''.join(rows)}")
        more = len(piece.parts) - MOST_PARTS
        rest = f"<li>and {more:,} more</li>" if more > 0 else ""
        following: list[Term | str] = []
        for part in piece.parts[:MOST_PARTS]:
            following += ["<li>", part, "</li>"]
        waiting += [f"{rest}</ul></details>", *reversed(following)]
    return "".join(pieces)
