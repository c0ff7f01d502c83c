"""An explanation: figures taken apart, checked when it is made, shown as text and as HTML."""

import textwrap
from dataclasses import dataclass
from html import escape
from typing import Final

from leancost.terms import SUM, Term, checked, line_text

WIDTH: Final = 100
MOST_PARTS: Final = 200
"""Parts of one term that HTML shows one by one; the text shows all."""


@dataclass(frozen=True)
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
        level = list(self.terms)
        while level:
            for term in level:
                if term.name == name:
                    return term
            level = [part for term in level for part in term.parts]
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
            lines += _text_lines(term, 0, self.digits, shown)
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

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}


def _text_lines(term: Term, depth: int, digits: int, shown: set[int], rule: str = "") -> list[str]:
    """The term and what is below it, each figure taken apart once; leaves stand in one line.

    Parts named in a formula that were shown before are left out: their numbers stand in it. Nothing
    is shown below a figure that is nothing, but for those the reader asked for and WIP before.
    """
    again = bool(term.parts) and id(term) in shown
    mark = " [as above]" if again else f" [{term.rule}]" if term.rule not in ("", rule) else ""
    line = line_text(term, digits) + mark
    lines = _wrapped(line, depth)
    is_nothing = term.value == 0 and depth > 0 and term.name != "before"
    shown.add(id(term))
    if again or is_nothing or not term.parts:
        return lines
    lines += [line for row in term.rows for line in _wrapped(f"· {row}", depth + 1)]
    leaves = [part for part in term.parts if not part.formula]
    if len(leaves) == len(term.parts) and term.formula != SUM:
        lines += _wrapped("· " + "; ".join(_place(part) for part in leaves), depth + 1)
        return lines
    last = term.rule
    for part in term.parts:
        if term.formula == SUM or not (part.parts and id(part) in shown):
            lines += _text_lines(part, depth + 1, digits, shown, last)
            last = part.rule or last
    return lines


def _place(leaf: Term) -> str:
    """Where a figure that stands in a formula was read."""
    rows = "; ".join(map(str, leaf.rows))
    note = f" ({leaf.note})" if leaf.note else ""
    return f"{rows}{note}" if rows else f"{leaf.title}{note}"


def _wrapped(line: str, depth: int) -> list[str]:
    margin = "  " * min(depth, 20)
    return textwrap.wrap(line, WIDTH, initial_indent=margin, subsequent_indent=f"{margin}    ", break_on_hyphens=False)


def _html(term: Term, digits: int, shown: set[int]) -> str:
    again = bool(term.parts) and id(term) in shown
    line = escape(line_text(term, digits))
    if again:
        return f"{line} (as above)"
    shown.add(id(term))
    rule = f" <code>{escape(term.rule)}</code>" if term.rule else ""
    parts = [f"<li>{escape(str(row))}</li>" for row in term.rows] if term.formula else []
    parts += [f"<li>{_html(part, digits, shown)}</li>" for part in term.parts[:MOST_PARTS]]
    if len(term.parts) > MOST_PARTS:
        parts.append(f"<li>and {len(term.parts) - MOST_PARTS:,} more</li>")
    if not parts:
        return line + rule
    return f"<details><summary>{line}{rule}</summary><ul>{''.join(parts)}</ul></details>"
