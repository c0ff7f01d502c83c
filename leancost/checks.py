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
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from leancost import book, check_rules
from leancost.book import Connection
from leancost.check_rules import Fault
from leancost.errors import MOST_FINDINGS, Finding
from leancost.source_rows import RowNumbers
from leancost.tables import LONGEST_TEXT, inputs, tables
from leancost.visibility import visible_rows, without_later_dates

Decision = Literal["refuse", "warn", "advice"]
REFUSE: Final = "refuse"
WARN: Final = "warn"
ADVICE: Final = "advice"
BY_FLOW: Final = "production_flow"
BY_ROUTE: Final = "route"


@dataclass(frozen=True)
class Code:
    """One point of the checklist; its rule stands in rules/checks, or in check_rules.py where SQL cannot say it."""

    severity: str
    description: str
    close: Decision = WARN
    calculation: Decision = ADVICE
    basis: str = ""
    """The basis of the calculations that read it; empty: any."""


CODES: Final = {
    "C01": Code("error", "parameters that are missing or not allowed", REFUSE),
    "C02": Code("error", "no unblocked standard costing version"),
    "C03": Code("warning", "several unblocked standard costing versions", ADVICE),
    "C04": Code("error", "a cost group of the wrong type", REFUSE, REFUSE),
    "C05": Code("error", "an item of a flow that is not stocked at standard cost"),
    "C06": Code("error", "a service that is stocked"),
    "C07": Code("error", "no active standard cost at the site of a flow"),
    "C08": Code("error", "a work cell without run-time cost category", REFUSE, REFUSE, BY_FLOW),
    "C09": Code("error", "a cost category without active hourly rate"),
    "C10": Code("warning", "a process activity without work cell", ADVICE, WARN, BY_FLOW),
    "C11": Code("warning", "set-up or quantity cost category on a work cell", ADVICE),
    "C12": Code("warning", "a WIP account on a resource group"),
    "C13": Code("warning", "a process activity on a resource group that is no work cell", ADVICE),
    "C14": Code("warning", "a subcontracted work cell in another cost group than its service", WARN, WARN, BY_FLOW),
    "C15": Code("error", "a posting type without main account"),
    "C16": Code("warning", "a WIP account shared by several flows", ADVICE),
    "C17": Code("error", "a costing sheet without exactly one root, or with a node below itself"),
    "C18": Code("error", "a formula node without cost group, base or fitting basis", REFUSE, REFUSE),
    "C19": Code("error", "a base cost group that does not exist, or of this or a later node", REFUSE, REFUSE),
    "C20": Code("error", "a cost group in use that the costing sheet does not show"),
    "C21": Code("error", "activities of a rule that do not exist or stand in the wrong order", REFUSE, REFUSE, BY_FLOW),
    "C22": Code("error", "a withdrawal rule that is not one transfer activity", REFUSE),
    "C23": Code("error", "a supermarket rule that cannot issue", REFUSE),
    "C24": Code("error", "empty policy source_requirement on a rule that is no event rule", REFUSE),
    "C25": Code("warning", "several active rules that make one item in one flow"),
    "C26": Code("error", "a default flow that does not make the item"),
    "C27": Code("warning", "an item made by several flows of a site without default flow", ADVICE),
    "C28": Code("error", "an item where a service is needed, or a service where an item is needed", REFUSE, REFUSE),
    "C29": Code("error", "bills of material that form a cycle", REFUSE),
    "C30": Code("error", "a quantity or factor of the set-up that is not what it may be", REFUSE, REFUSE),
    "C31": Code("warning", "two BOMs or routes of an item that hold on the same day", ADVICE),
    "C32": Code("error", "a BOM line whose type does not fit its component", REFUSE, REFUSE),
    "C33": Code("warning", "an item that is made, or is a phantom, without BOM, or without one to the end of its rule"),
    "C34": Code("error", "a breakdown that does not add up", REFUSE),
    "C35": Code("error", "a breakdown without price record", REFUSE),
    "C36": Code("warning", "a made item whose standard cost has no breakdown", ADVICE),
    "C37": Code("error", "a breakdown that names an item without inventory control in its flow", REFUSE),
    "C38": Code("error", "a resource that does not exist", REFUSE),
    "C39": Code("error", "dates that end before they begin", REFUSE, REFUSE),
    "C40": Code("error", "a unit emptied before it was received, or received before it was assigned", REFUSE),
    "C41": Code("error", "a received date that is not the completion of the last activity's job", REFUSE),
    "C42": Code("error", "two jobs of one kanban and activity", REFUSE),
    "C43": Code("error", "a job whose activity is not one of its rule", REFUSE),
    "C44": Code("error", "a job completed before it was prepared, or an event with a quantity that cannot be", REFUSE),
    "C45": Code("error", "a picking line or service receipt whose kanban or job is of another flow", REFUSE),
    "C46": Code("warning", "services invoiced beyond or before their receipt"),
    "C47": Code("error", "a go-live balance that does not add up, or with a figure that cannot be", REFUSE),
    "C48": Code("warning", "a unit that stood for more than a month"),
    "C49": Code("error", "a negative price or rate", REFUSE, REFUSE),
    "C50": Code("warning", "a rate of a node that is no formula node", WARN, WARN),
    "C51": Code("error", "a supermarket unit emptied without having been received", REFUSE),
    "C52": Code("error", "a subcontracted activity without service", WARN, WARN, BY_FLOW),
    "C53": Code("warning", "a service on an activity of an own work cell"),
    "C54": Code("warning", "a process activity of an own work cell without run time", WARN, WARN, BY_FLOW),
    "C55": Code("warning", "a made product in a cost group that is no product category", ADVICE),
    "C56": Code("warning", "a costing sheet node that stands in no total, or a cost group shown twice", ADVICE),
    "C57": Code("warning", "events dated when their production flow or kanban rule is not effective"),
    "C58": Code("warning", "a manufacturing kanban received after the go-live without a completed job"),
    "C59": Code("error", "a unit in WIP on whose day no BOM of its item, or of a part opened in it, holds", REFUSE),
    "C60": Code("warning", "a fraction of one or more", WARN, WARN),
    "C61": Code("error", "a breakdown or go-live line in a cost group of the wrong type", REFUSE),
    "C62": Code("error", "an operation of an own resource group without cost category", WARN, REFUSE, BY_ROUTE),
    "C63": Code("warning", "a stored standard whose set-up has changed since it was calculated", ADVICE),
    "C64": Code("warning", "set-up hours of an operation without cost category", ADVICE, WARN, BY_ROUTE),
    "C65": Code("error", "a manufacturing rule whose product is never received", REFUSE, REFUSE, BY_FLOW),
    "C66": Code("warning", "two activities of a flow at the same place", WARN, WARN, BY_FLOW),
    "C67": Code("error", "a throughput ratio of an activity that its flow does not have", REFUSE, REFUSE, BY_FLOW),
    "C68": Code("error", "a kanban that is its own source kanban, or comes back to itself by its source kanbans"),
    "C69": Code("warning", "a completed job that reports neither good nor error units"),
    "C70": Code("warning", "an output-unit rate for all items, which by-products and scrap received bear too", ADVICE),
    "C71": Code("warning", "an activity or operation done by an own resource group of another site", WARN, WARN),
    "C72": Code("warning", "a service receipt for a job whose activity has no such service"),
    "C80": Code("error", "a go-live balance dated after the go-live of its flow", REFUSE),
    "C81": Code("warning", "events dated on or before the go-live of their flow, which no run reads", ADVICE),
    "C82": Code("warning", "events dated after any plausible end, which no run will read", ADVICE),
    "C83": Code("warning", "a job that reports far more than its kanban"),
    "C84": Code("warning", "more good units at a later activity than at an earlier one of the same kanban"),
    "C85": Code("warning", "a unit received though an earlier activity of its rule has no job completed by then"),
    "C86": Code("warning", "a surcharge that looks like a per cent"),
    "C87": Code("warning", "a factor that rounds to nothing, or to more than a per mille beside"),
    "C88": Code("warning", "a structure that gives nothing"),
}
"""The closed list of codes, each with what a close and what a calculation does."""

BLOCKING: Final = tuple(code for code, known in CODES.items() if known.close == REFUSE)
"""What a close refuses."""
TOLD: Final = tuple(code for code, known in CODES.items() if known.close == WARN)
"""What a close goes on over and says in `warnings`."""


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
    with book.own_schema(connection, "seen_by_the_checklist"):
        for table in inputs():
            seen = visible_rows(table, f"DATE '{end.isoformat()}'", here)
            connection.execute(f"CREATE TABLE {table.name} AS {without_later_dates(table, seen)}")
        book.fill_defaults(connection)
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
