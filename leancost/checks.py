"""The setup checklist: numbered findings, errors and warnings told apart, each with its remedy."""

from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Final

from babel.numbers import list_currencies

from leancost.book import Connection, currency_digits, rule_text
from leancost.errors import Finding


@dataclass(frozen=True)
class Code:
    """One point of the checklist; its rule stands in rules/checks, or below where SQL cannot say it."""

    severity: str
    table: str
    description: str


CODES: Final = {
    "C01": Code("error", "parameters", "parameters that are missing or not allowed"),
    "C02": Code("error", "costing_versions", "no unblocked standard costing version"),
    "C03": Code("warning", "costing_versions", "several unblocked standard costing versions"),
    "C04": Code("error", "cost_groups", "a cost group of the wrong type"),
    "C05": Code("error", "items", "an item of a flow that is not stocked at standard cost"),
    "C06": Code("error", "items", "a service that is stocked"),
    "C07": Code("error", "item_prices", "no active standard cost at the site of a flow"),
    "C08": Code("error", "resource_groups", "a work cell without run-time cost category"),
    "C09": Code("error", "cost_category_prices", "a cost category without active hourly rate"),
    "C10": Code("warning", "activities", "a process activity without work cell"),
    "C11": Code("warning", "resource_groups", "set-up or quantity cost category on a work cell"),
    "C12": Code("warning", "resource_groups", "a WIP account on a resource group"),
    "C13": Code("warning", "resource_groups", "a process activity on a resource group that is no work cell"),
    "C14": Code(
        "warning",
        "resource_groups",
        "a subcontracted work cell in another cost group than its service",
    ),
    "C15": Code("error", "posting_profile", "a posting type without main account"),
    "C16": Code("warning", "production_groups", "a WIP account shared by several flows"),
    "C17": Code("error", "costing_sheet", "a costing sheet without exactly one root"),
    "C18": Code("error", "costing_sheet", "a formula node without cost group, base or fitting basis"),
    "C19": Code("error", "costing_sheet", "a base cost group that does not exist, or of this or a later node"),
    "C20": Code("error", "costing_sheet", "a cost group in use that the costing sheet does not show"),
    "C21": Code("error", "kanban_rules", "activities of a rule that do not exist or stand in the wrong order"),
    "C22": Code("error", "kanban_rules", "a withdrawal rule that is not one transfer activity"),
    "C23": Code("error", "kanban_rules", "a supermarket rule that cannot issue"),
    "C24": Code("error", "kanban_rules", "empty policy source_requirement on a rule that is no event rule"),
    "C25": Code("warning", "kanban_rules", "several active rules that make one item in one flow"),
    "C26": Code("error", "default_production_flows", "a default flow that does not make the item"),
    "C27": Code("warning", "default_production_flows", "an item made by several flows of a site without default flow"),
    "C28": Code("error", "items", "an item where a service is needed, or a service where an item is needed"),
    "C29": Code("error", "bom_lines", "bills of material that form a cycle"),
    "C30": Code("error", "boms", "a quantity that must be above zero"),
    "C31": Code("warning", "boms", "two BOMs or routes of an item that hold on the same day"),
    "C32": Code("error", "bom_lines", "a BOM line whose type does not fit its component"),
    "C33": Code("warning", "boms", "an item that is made, or is a phantom, without BOM"),
    "C34": Code("error", "item_price_breakdown", "a breakdown that does not add up"),
    "C35": Code("error", "item_price_breakdown", "a breakdown without price record"),
    "C36": Code("warning", "item_price_breakdown", "a made item whose standard cost has no breakdown"),
    "C37": Code(
        "error",
        "item_price_breakdown",
        "a breakdown that names an item without inventory control in its flow",
    ),
    "C38": Code("error", "opening_wip", "a resource that does not exist"),
    "C39": Code("error", "production_flows", "dates that end before they begin"),
    "C40": Code("error", "kanbans", "a unit emptied before it was received, or received before it was assigned"),
    "C41": Code("error", "kanbans", "a received date that is not the completion of the last activity's job"),
    "C42": Code("error", "kanban_jobs", "two jobs of one kanban and activity"),
    "C43": Code("error", "kanban_jobs", "a job whose activity is not one of its rule"),
    "C44": Code("error", "kanban_jobs", "a job completed before it was prepared, or with a negative quantity"),
    "C45": Code("error", "picking_lines", "a picking line whose kanban is of another flow"),
    "C46": Code("warning", "service_invoices", "services invoiced beyond or before their receipt"),
    "C47": Code("error", "opening_wip", "a go-live balance that does not add up"),
    "C48": Code("warning", "kanbans", "a unit that stood for more than a month"),
    "C49": Code("error", "item_prices", "a negative price or rate"),
    "C50": Code("warning", "indirect_rates", "a rate of a node that is no formula node"),
    "C51": Code("error", "kanbans", "a supermarket unit emptied without having been received"),
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
)
"""Errors a close refuses: its figures would not mean what they say."""

CHOICES: Final = {
    "conversion_in_wip": ("clear", "retain"),
    "variances_to_standard": ("per_cost_group", "summarised"),
}


def check(connection: Connection, codes: tuple[str, ...] = tuple(CODES)) -> list[Finding]:
    """Every finding of the checklist on a workspace with defaults filled, in the order of codes.

    Source: domain 5 (validation list), the source's "Configuring backflush costing".
    """
    _set_up(connection)
    findings = []
    for code in sorted(codes):
        known = CODES[code]
        if code == "C01":
            rows = _parameters(connection)
        elif code == "C29":
            rows = _cycles(connection)
        else:
            rows = connection.execute(rule_text(f"checks/{code.lower()}")).fetchall()
        findings += [
            Finding(code, known.table, None, "", f"{subject} {problem}", remedy, known.severity)
            for subject, problem, remedy in sorted(rows)
        ]
    return findings


def blocking(connection: Connection) -> list[Finding]:
    """The findings that a close refuses."""
    return check(connection, BLOCKING)


def _set_up(connection: Connection) -> None:
    digits = currency_digits(connection)
    connection.execute(
        "CREATE OR REPLACE TABLE check_settings AS"
        " SELECT CAST(? AS DECIMAL(4,0)) AS minor_units, CAST(? AS DECIMAL(5,3)) AS minor_unit",
        [10**digits, str(Decimal(1).scaleb(-digits))],
    )


def _parameters(connection: Connection) -> list[tuple[str, str, str]]:
    given = dict(connection.execute("SELECT parameter, value FROM parameters").fetchall())
    rows = [
        (f"parameter {name}", "is missing", "Add it to parameters")
        for name in ("legal_entity", "currency")
        if name not in given
    ]
    currency = given.get("currency")
    if currency is not None and currency not in list_currencies():
        rows.append(("parameter currency", f"is {currency}, no ISO 4217 code", "Write it as EUR"))
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            rows.append((f"parameter {name}", f"is {given[name]}", f"Choose {' or '.join(choices)}"))
    return rows


def _cycles(connection: Connection) -> list[tuple[str, str, str]]:
    components: dict[str, set[str]] = {}
    for item, component in connection.execute(
        "SELECT DISTINCT b.item, l.component FROM boms b JOIN bom_lines l ON l.bom = b.bom"
    ).fetchall():
        components.setdefault(item, set()).add(component)
    try:
        TopologicalSorter({item: sorted(parts) for item, parts in sorted(components.items())}).prepare()
    except CycleError as cycle:
        path = " < ".join(cycle.args[1])
        return [("the bills of material", f"form a cycle: {path}", "Remove one of these lines")]
    return []
