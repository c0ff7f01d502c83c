"""HTML from notebooks, rebuilt from a closed list of tags: no script, no style, no address to load from."""

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

KEPT: Final = frozenset(
    "a b blockquote br caption code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup"
    " table tbody td tfoot th thead tr ul".split()
)
DROPPED: Final = frozenset("iframe math noembed noframes noscript object script style svg template title".split())
"""Tags that go with all that is in them; any other tag goes and leaves its text."""
VOID: Final = frozenset(("br", "hr"))
LOWER: Final = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6"}
"""A notebook's headings stand one level below the page's title."""
ALLOWED: Final = {
    "class": re.compile(r"[\w -]+"),
    "style": re.compile(r"text-align: ?(left|right|center);?"),
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,4}"),
    "scope": re.compile(r"col|row"),
    "href": re.compile(r"https://[^\s\"'<>]+"),
}
"""Attributes that stay, where their value fits."""
WORD: Final = re.compile(r"[^\s<>]{1,40}")
"""A key or a code in a cell: it is not broken at its dashes."""
LONG: Final = 40
"""Rows of a table beyond which it is folded."""


class _Rebuilt(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.opened: list[str] = []
        self.dropped: list[str] = []
        self.table: int | None = None
        self.rows = 0
        self.cell = 0
        self.caption: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            self.dropped.append(tag)
        tag = LOWER.get(tag, tag)
        if self.dropped or tag not in KEPT:
            return
        if tag == "table" and "table" not in self.opened:
            self.table, self.rows, self.cell, self.caption = len(self.parts), 0, 0, []
            self.parts.append("")
        self.rows += tag == "tr"
        kept = [(name, value) for name, value in attrs if value and name in ALLOWED]
        shown = [f' {name}="{escape(value)}"' for name, value in kept if ALLOWED[name].fullmatch(value)]
        if tag == "td":
            self.cell = len(self.parts)
        self.parts.append(f"<{tag}{''.join(shown)}>")
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.dropped:
            if tag == self.dropped[-1]:
                self.dropped.pop()
            return
        self._end(LOWER.get(tag, tag))

    def _end(self, tag: str) -> None:
        while tag in self.opened:
            last = self.opened.pop()
            if last == "td" and WORD.fullmatch("".join(self.parts[self.cell + 1 :])):
                self.parts[self.cell] = self.parts[self.cell].replace("<td", '<td class="word"', 1)
            self.parts.append(f"</{last}>")
            if last == "table" and "table" not in self.opened:
                self._box()
            if last == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self.dropped:
            self.parts.append(escape(data))
            if "caption" in self.opened:
                self.caption.append(data)

    def _box(self) -> None:
        """Puts the finished table into a box that scrolls, and folds it where it is long."""
        assert self.table is not None
        before, after = '<div class="scroll" tabindex="0">', "</div>"
        if self.rows > LONG + 1:
            caption = escape("".join(self.caption).strip())
            title = f"{caption}: {self.rows - 1:,} rows" if caption else f"Table of {self.rows - 1:,} rows"
            before = f'<details class="long"><summary>{title}</summary>{before}'
            after += "</details>"
        if not self.cell:
            after += '<p class="none">None.</p>'
        self.parts[self.table] = before
        self.parts.append(after)

    def result(self) -> str:
        self.close()
        while self.opened:
            self._end(self.opened[0])
        return "".join(self.parts)


def safe_html(text: str) -> str:
    """The same content with only harmless tags and attributes; headings one level lower, tables in boxes.

    Nothing that could run, load or point inside the page is left; tags are balanced.
    """
    rebuilt = _Rebuilt()
    rebuilt.feed(text)
    return rebuilt.result()
