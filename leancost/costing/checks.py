"""The setup checklist: numbered findings, errors and warnings told apart; what a close and a calculation do of each.

**The decision.** A close refuses what leaves its figures without meaning: a posting would be lost, doubled or
mis-signed, or would land where it cannot belong, and no figure shows it. It goes on where every figure is right as it
is posted but something counts otherwise than one may think, and says so in `warnings`, as it does with whatever else
the checklist calls an error. What no figure depends on, and what the run itself tells (W03, W04, W10, W11), is advice:
only `check` tells it. A calculation refuses, by its basis, what would make a cost wrong; but not what calculating again
mends, nor what its own rules find on its date (a missing price, a cycle). It reads the whole set-up, whatever item is
asked for, and no event.
"""

from collections.abc import Iterable
from datetime import date

from leancost.costing import check_rules, workspace
from leancost.costing.check_codes import ADVICE, BLOCKING, CODES, REFUSE, TOLD
from leancost.costing.check_rules import Fault
from leancost.costing.visibility import visible_rows, without_later_dates
from leancost.costing.workspace import Connection
from leancost.errors import MOST_FINDINGS, Finding
from leancost.tables.declaration import LONGEST_TEXT, inputs, tables
from leancost.tables.source_rows import RowNumbers


def check(
    connection: Connection, numbers: RowNumbers | None = None, codes: tuple[str, ...] = tuple(CODES)
) -> list[Finding]:
    """Every finding of the checklist on a workspace with defaults filled, in the order of codes.

    Where there are more than are shown, errors come first: none stays hidden behind advice. With
    `numbers`, those that are shown name the row as Excel shows it.
    Source: domain 5 (validation list), the source's "Configuring backflush costing"; contract 5 (check).
    """
    found = _in_order(connection, codes)
    return [
        _finding(code, fault, CODES[code].severity, numbers if place < MOST_FINDINGS else None)
        for place, (code, fault) in enumerate(found)
    ]


def blocking(connection: Connection, numbers: RowNumbers | None = None) -> list[Finding]:
    """The findings that a close refuses, wherever in the book they are."""
    return check(connection, numbers, BLOCKING)


def of_calculation(connection: Connection, basis: str, numbers: RowNumbers | None = None) -> list[Finding]:
    """What a calculation by that basis refuses (errors) or says (warnings); defaults are filled.

    Source: contract 5 (exit status), 2 (what the numbers and cost groups of the set-up may be).
    """
    codes = tuple(
        code
        for code, known in CODES.items()
        if known.calculation != ADVICE and (known.basis in ("", basis) or basis == "default")
    )
    return [
        _finding(code, fault, "error" if CODES[code].calculation == REFUSE else "warning", numbers)
        for code, fault in _in_order(connection, codes)
        if tables()[fault.table].group == "setup"
    ]


def add_warnings(connection: Connection, first_day: date | None, end: date) -> None:
    """Adds to `warnings` what a close up to `end` goes on over, of what it could see.

    What happened is told by the period it lies in, what is set up as long as it stands. The texts name no row of a
    file: run again from a book they are the same. At most a thousand are listed; the rest is counted, code by code.
    Source: contract 6 (warnings).
    """
    (here,) = connection.execute("SELECT current_schema()").fetchone() or ("main",)
    with workspace.own_schema(connection, "seen_by_the_checklist"):
        for table in inputs():
            seen = visible_rows(table, f"DATE '{end.isoformat()}'", here)
            connection.execute(f"CREATE TABLE {table.name} AS {without_later_dates(table, seen)}")
        workspace.fill_defaults(connection)
        found = _in_order(connection, TOLD)
    since = first_day or date.min
    told = [(code, fault) for code, fault in found if fault.day is None or fault.day >= since]
    rows = [
        [code, fault.production_flow, _cut(fault.subject), _cut(f"{fault.problem}. {fault.remedy}.")]
        for code, fault in told[:MOST_FINDINGS]
    ]
    rest = [code for code, _ in told[MOST_FINDINGS:]]
    rows += [
        [
            code,
            None,
            "the book",
            f"{rest.count(code)} more such findings are not listed here: leancost check lists them.",
        ]
        for code in sorted(set(rest))
    ]
    connection.execute(
        "INSERT INTO warnings (code, production_flow, subject, message)"
        " SELECT DISTINCT r[1], r[2], r[3], r[4] FROM (SELECT unnest(CAST(? AS VARCHAR[][])) AS r)",
        [rows],
    )


def _in_order(connection: Connection, codes: Iterable[str]) -> list[tuple[str, Fault]]:
    """What the codes find, by code; where that is too much to be shown, errors first."""
    check_rules.set_up(connection)
    found = [
        (code, fault) for code in sorted(codes) for fault in sorted(check_rules.faults(connection, code), key=_in_words)
    ]
    if len(found) > MOST_FINDINGS:
        found.sort(key=lambda pair: CODES[pair[0]].severity != "error")
    return found


def _finding(code: str, fault: Fault, severity: str, numbers: RowNumbers | None) -> Finding:
    row = numbers.row(fault.table, fault.key).row if numbers and fault.key is not None else None
    return Finding(code, fault.table, row, "", f"{fault.subject} {fault.problem}", fault.remedy, severity)


def _in_words(fault: Fault) -> tuple[str, ...]:
    return fault.subject, fault.problem, fault.remedy, fault.table, *(fault.key or [])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."
