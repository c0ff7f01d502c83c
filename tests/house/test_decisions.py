"""Every decision stands once in docs/decisions.md, leads to the rules and modules it decides, and is named in the rules."""

import re
from collections import Counter
from pathlib import Path

from tests.support.places import ROOT, RULES

PAGE = ROOT / "docs" / "decisions.md"
DECISION = re.compile(r"(?<![\w#])D\d+\b")
ENTRY = re.compile(r'^- <a id="(\w+)"></a>\*\*(D\d+)\*\* .*?(?=^- |^#|\Z)', re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")
DECIDES = re.compile(r"^-- (?:.*? )?Decisions?: (D\d+(?:, D\d+)*)\.", re.MULTILINE)
NAMES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "leancost").rglob("*.py"),
    *(ROOT / "leancost").rglob("*.sql"),
]


def entries() -> dict[str, str]:
    """Decision to its text, links and all."""
    return {found[2]: found[0] for found in ENTRY.finditer(PAGE.read_text(encoding="utf-8"))}


def named_by_rules() -> set[tuple[str, str]]:
    """Rule file and decision, as the headers of the rules say."""
    return {
        (path.relative_to(ROOT).as_posix(), decision)
        for path in RULES.rglob("*.sql")
        for names in DECIDES.findall(path.read_text(encoding="utf-8"))
        for decision in names.split(", ")
    }


def linked_rules() -> set[tuple[str, str]]:
    """Rule file and decision, as the page links them."""
    return {
        (link.removeprefix("../"), decision)
        for decision, text in entries().items()
        for link in LINK.findall(text)
        if link.endswith(".sql")
    }


def test_every_decision_has_a_number_of_its_own_and_its_anchor() -> None:
    text = PAGE.read_text(encoding="utf-8")
    numbers = Counter(re.findall(r"\*\*(D\d+)\*\*", text))
    assert set(numbers.values()) == {1}
    assert set(numbers) == {f"D{number}" for number in range(1, len(numbers) + 1)}
    assert {found[2].lower(): found[1] for found in ENTRY.finditer(text)} == {
        name.lower(): name.lower() for name in numbers
    }


def test_every_decision_that_is_named_stands_on_the_page() -> None:
    known = entries().keys()
    for path in NAMES:
        assert set(DECISION.findall(path.read_text(encoding="utf-8"))) <= known, path


def test_every_link_of_a_page_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for link in LINK.findall(re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)):
            file, _, anchor = link.partition("#")
            if "://" in link:
                continue
            target = page.parent / file if file else page
            assert target.exists(), (page.name, link)
            if anchor and target.suffix == ".md":
                assert anchor in anchors(target), (page.name, link)


def anchors(page: Path) -> set[str]:
    """The places of a page that a link can name: its headings, and what has an id."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


def test_every_decision_leads_to_what_it_decides() -> None:
    assert [name for name, text in entries().items() if not LINK.findall(text.partition("*Decides*")[2])] == []


def test_a_rule_names_the_decisions_that_decide_it_and_no_others() -> None:
    assert named_by_rules() == linked_rules()
