"""The setup checklist: numbered findings, errors and warnings told apart, each with its remedy."""

from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Final, NamedTuple

from babel.numbers import list_currencies

from leancost.book import Connection, currency_digits, rule_text, run_rule, run_rules
from leancost.errors import MOST_FINDINGS, Finding
from leancost.source_rows import RowNumbers


@dataclass(frozen=True)
class Code:
    """One point of the checklist; its rule stands in rules/checks, or below where SQL cannot say it."""

    severity: str
    description: str


CODES: Final = {
    "C01": Code("error", "parameters that are missing or not allowed"),
    "C02": Code("error", "no unblocked standard costing version"),
    "C03": Code("warning", "several unblocked standard costing versions"),
    "C04": Code("error", "a cost group of the wrong type"),
    "C05": Code("error", "an item of a flow that is not stocked at standard cost"),
    "C06": Code("error", "a service that is stocked"),
    "C07": Code("error", "no active standard cost at the site of a flow"),
    "C08": Code("error", "a work cell without run-time cost category"),
    "C09": Code("error", "a cost category without active hourly rate"),
    "C10": Code("warning", "a process activity without work cell"),
    "C11": Code("warning", "set-up or quantity cost category on a work cell"),
    "C12": Code("warning", "a WIP account on a resource group"),
    "C13": Code("warning", "a process activity on a resource group that is no work cell"),
    "C14": Code("warning", "a subcontracted work cell in another cost group than its service"),
    "C15": Code("error", "a posting type without main account"),
    "C16": Code("warning", "a WIP account shared by several flows"),
    "C17": Code("error", "a costing sheet without exactly one root, or with a node below itself"),
    "C18": Code("error", "a formula node without cost group, base or fitting basis"),
    "C19": Code("error", "a base cost group that does not exist, or of this or a later node"),
    "C20": Code("error", "a cost group in use that the costing sheet does not show"),
    "C21": Code("error", "activities of a rule that do not exist or stand in the wrong order"),
    "C22": Code("error", "a withdrawal rule that is not one transfer activity"),
    "C23": Code("error", "a supermarket rule that cannot issue"),
    "C24": Code("error", "empty policy source_requirement on a rule that is no event rule"),
    "C25": Code("warning", "several active rules that make one item in one flow"),
    "C26": Code("error", "a default flow that does not make the item"),
    "C27": Code("warning", "an item made by several flows of a site without default flow"),
    "C28": Code("error", "an item where a service is needed, or a service where an item is needed"),
    "C29": Code("error", "bills of material that form a cycle"),
    "C30": Code("error", "a quantity that must be above zero"),
    "C31": Code("warning", "two BOMs or routes of an item that hold on the same day"),
    "C32": Code("error", "a BOM line whose type does not fit its component"),
    "C33": Code("warning", "an item that is made, or is a phantom, without BOM, or without one to the end of its rule"),
    "C34": Code("error", "a breakdown that does not add up"),
    "C35": Code("error", "a breakdown without price record"),
    "C36": Code("warning", "a made item whose standard cost has no breakdown"),
    "C37": Code("error", "a breakdown that names an item without inventory control in its flow"),
    "C38": Code("error", "a resource that does not exist"),
    "C39": Code("error", "dates that end before they begin"),
    "C40": Code("error", "a unit emptied before it was received, or received before it was assigned"),
    "C41": Code("error", "a received date that is not the completion of the last activity's job"),
    "C42": Code("error", "two jobs of one kanban and activity"),
    "C43": Code("error", "a job whose activity is not one of its rule"),
    "C44": Code("error", "a job completed before it was prepared, or with a negative quantity"),
    "C45": Code("error", "a picking line whose kanban is of another flow"),
    "C46": Code("warning", "services invoiced beyond or before their receipt"),
    "C47": Code("error", "a go-live balance that does not add up"),
    "C48": Code("warning", "a unit that stood for more than a month"),
    "C49": Code("error", "a negative price or rate"),
    "C50": Code("warning", "a rate of a node that is no formula node"),
    "C51": Code("error", "a supermarket unit emptied without having been received"),
    "C52": Code("error", "a subcontracted activity without service"),
    "C53": Code("warning", "a service on an activity of an own work cell"),
    "C54": Code("warning", "a process activity of an own work cell without run time"),
    "C55": Code("warning", "a made product in a cost group that is no product category"),
    "C56": Code("warning", "a costing sheet node that stands in no total, or a cost group shown twice"),
    "C57": Code("warning", "events dated when their production flow or kanban rule is not effective"),
    "C58": Code("warning", "a manufacturing kanban received after the go-live without a completed job"),
    "C59": Code("error", "a unit in WIP on whose day no BOM of its item, or of a part opened in it, holds"),
    "C80": Code("error", "a go-live balance dated after the go-live of its flow"),
    "C81": Code("warning", "events dated on or before the go-live of their flow, which no run reads"),
    "C82": Code("warning", "events dated after any plausible end, which no run will read"),
    "C83": Code("warning", "a job that reports far more than its kanban"),
    "C84": Code("warning", "more good units at a later activity than at an earlier one of the same kanban"),
    "C85": Code("warning", "a unit received though an earlier activity of its rule has no job completed by then"),
    "C86": Code("warning", "a fraction that looks like a per cent"),
    "C87": Code("warning", "a factor that rounds to nothing, or to more than a per mille beside"),
    "C88": Code("warning", "a structure that gives nothing"),
}
"""The closed list of codes."""

BLOCKING: Final = (
    "C01",
    "C18",
    "C19",
    "C21",
    "C23",
    "C29",
    "C30",
    "C34",
    "C35",
    "C37",
    "C38",
    "C40",
    "C41",
    "C42",
    "C47",
    "C51",
    "C59",
    "C80",
)
"""Errors a close refuses: its figures would not mean what they say."""

CHOICES: Final = {
    "conversion_in_wip": ("clear", "retain"),
    "variances_to_standard": ("per_cost_group", "summarised"),
}


class Fault(NamedTuple):
    """What a rule finds; the key of the row to be mended, None where one is missing or the whole table is meant."""

    table: str
    key: list[str] | None
    subject: str
    problem: str
    remedy: str


def check(
    connection: Connection, numbers: RowNumbers | None = None, codes: tuple[str, ...] = tuple(CODES)
) -> list[Finding]:
    """Every finding of the checklist on a workspace with defaults filled, in the order of codes.

    Where there are more than are shown, errors come first: none stays hidden behind advice. With
    `numbers`, those that are shown name the row as Excel shows it.
    Source: domain 5 (validation list), the source's "Configuring backflush costing"; contract 5 (check).
    """
    _set_up(connection, codes)
    found = [(code, fault) for code in sorted(codes) for fault in sorted(_faults(connection, code), key=_in_words)]
    if len(found) > MOST_FINDINGS:
        found.sort(key=lambda pair: CODES[pair[0]].severity != "error")
    findings = []
    for place, (code, fault) in enumerate(found):
        row = None
        if numbers and fault.key is not None and place < MOST_FINDINGS:
            row = numbers.row(fault.table, fault.key).row
        problem = f"{fault.subject} {fault.problem}"
        findings.append(Finding(code, fault.table, row, "", problem, fault.remedy, CODES[code].severity))
    return findings


def blocking(connection: Connection, numbers: RowNumbers | None = None) -> list[Finding]:
    """The findings that a close refuses."""
    return check(connection, numbers, BLOCKING)


def _faults(connection: Connection, code: str) -> list[Fault]:
    if code == "C01":
        return _parameters(connection)
    if code == "C29":
        return _cycles(connection)
    return [Fault(*row) for row in connection.execute(rule_text(f"checks/{code.lower()}")).fetchall()]


def _in_words(fault: Fault) -> tuple[str, ...]:
    return fault.subject, fault.problem, fault.remedy, fault.table, *(fault.key or [])


def _set_up(connection: Connection, codes: tuple[str, ...]) -> None:
    digits = currency_digits(connection)
    connection.execute(
        "CREATE OR REPLACE TABLE check_settings AS"
        " SELECT CAST(? AS DECIMAL(4,0)) AS minor_units, CAST(? AS DECIMAL(5,3)) AS minor_unit",
        [10**digits, str(Decimal(1).scaleb(-digits))],
    )
    run_rules(connection, ("posting/bom_periods", "posting/go_lives"))
    if {"C81", "C82"} & set(codes):
        run_rule(connection, "checks/unread_events")


def _parameters(connection: Connection) -> list[Fault]:
    given = dict(connection.execute("SELECT parameter, value FROM parameters").fetchall())
    faults = [
        Fault("parameters", None, f"parameter {name}", "is missing", "Add it to parameters")
        for name in ("legal_entity", "currency")
        if name not in given
    ]
    wrong = {}
    currency = given.get("currency")
    if currency is not None and currency not in list_currencies():
        wrong["currency"] = f"is {currency}, no ISO 4217 code", "Write it as EUR"
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            wrong[name] = f"is {given[name]}", f"Choose {' or '.join(choices)}"
    return faults + [Fault("parameters", [name], f"parameter {name}", *words) for name, words in wrong.items()]


def _cycles(connection: Connection) -> list[Fault]:
    components: dict[str, set[str]] = {}
    for item, component in connection.execute(
        "SELECT DISTINCT b.item, l.component FROM boms b JOIN bom_lines l ON l.bom = b.bom"
    ).fetchall():
        components.setdefault(item, set()).add(component)
    try:
        TopologicalSorter({item: sorted(parts) for item, parts in sorted(components.items())}).prepare()
    except CycleError as cycle:
        path = cycle.args[1]
        line = connection.execute(
            "SELECT l.bom, l.line FROM boms b JOIN bom_lines l ON l.bom = b.bom"
            " WHERE l.component = ? AND b.item = ? ORDER BY ALL LIMIT 1",
            path[:2],
        ).fetchone()
        problem = f"form a cycle: {' < '.join(path)}"
        return [Fault("bom_lines", list(line or ()), "the bills of material", problem, "Remove one of these lines")]
    return []
