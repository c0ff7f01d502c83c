"""The setup checklist: a broken little book for every code, and the message as the user sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leancost.cli import commands
from leancost.costing import check_codes
from tests.books.implausible import CASES as PLAUSIBILITY
from tests.books.small_book import ACTIVITY, BREAKDOWN, JOB, PICK, PRICE, RULE, UNIT, row, small_book
from tests.support.commands import write_folder
from tests.support.findings import found
from tests.support.places import EXAMPLES
from tests.support.rows import Book, read_folder

Break = Callable[[Book], object]
RATE = "costing_version node site item from_date rate status"
OPENING = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"


def change(book: Book, table: str, place: int, **cells: str) -> None:
    book[table][place].update(cells)


def add(book: Book, table: str, names: str, *values: str) -> None:
    book[table].append(row(names, *values))


def unit(book: Book, *values: str) -> None:
    add(book, "kanbans", UNIT, *values)


def supermarket(book: Book) -> None:
    change(book, "kanban_rules", 2, supermarket="yes", consuming_production_flow="FLOW")


def into_wip(book: Book) -> None:
    """BOX is received into WIP, on 2026-01-05."""
    change(book, "activities", 1, update_on_receipt="no")
    unit(book, "K1", "KR-BOX", "4", "2026-01-02", "", "")
    add(book, "kanban_jobs", JOB, "J1", "K1", "MAKE", "2026-01-05", "4", "")


def flap(book: Book, line_type: str) -> None:
    """BOX has a FLAP in it, whose BOM begins in February."""
    add(
        book,
        "items",
        "item name item_type unit cost_group inventory_model_group",
        "FLAP",
        *"Flap item pc PROD STD".split(),
    )
    add(book, "bom_lines", "bom line component quantity line_type", "B-BOX", "2", "FLAP", "1", line_type)
    add(book, "boms", "bom item quantity effective_from", "B-FLAP", "FLAP", "1", "2026-02-01")


def off_cuts(book: Book) -> None:
    """CHIPS are received out of the flow, and every unit received bears DONE."""
    names = "node parent_node node_type cost_group base_cost_groups basis sequence"
    add(book, "costing_sheet", names, "DONE", "TOP", "output_unit", "OVH", "", "quantity", "7")
    add(book, "indirect_rates", RATE, "STD", "DONE", "1", "", "2025-01-01", "0.5", "active")
    add(
        book,
        "items",
        "item name item_type unit cost_group inventory_model_group",
        *"CHIPS Chips item kg MAT STD".split(),
    )
    add(book, "item_prices", PRICE, "STD", "CHIPS", "1", "2025-01-01", "0.20", "active")
    add(book, "kanban_rules", RULE, *"KR-CHIPS FLOW CHIPS withdrawal fixed BACK BACK 10 manual".split())


def source_kanbans(book: Book, **sources: str) -> None:
    """Event kanbans by the kanban they were created for."""
    for name, source in sources.items():
        add(book, "kanbans", f"{UNIT} source_kanban", name, "KR-SHEET", "10", "2026-01-02", "", "", source)


def other_site(book: Book) -> None:
    """The work cell of MAKE stands at another site than the flow."""
    add(book, "sites", "site name", "2", "Far")
    change(book, "resource_groups", 0, site="2")


def receipt_for_a_job(book: Book, **cells: str) -> None:
    """A receipt of PAINT for the job of MAKE, with these cells of the activity."""
    into_wip(book)
    change(book, "activities", 1, **cells)
    names = "service_receipt production_flow service_item quantity unit_price posting_date job"
    add(book, "service_receipts", names, "S1", "FLOW", "PAINT", "4", "1.5", "2026-01-05", "J1")


def route(book: Book, **cells: str) -> None:
    """BOX has a route with an operation of these hours on a BENCH without cost category."""
    add(book, "resource_groups", "resource_group name site is_work_cell", "BENCH", "Bench", "1", "no")
    book["routes"] = [row("route item", "R", "BOX")]
    book["route_operations"] = [{"route": "R", "operation": "10", "resource_group": "BENCH", **cells}]


def opening(book: Book, on: str) -> None:
    add(book, "opening_wip", OPENING, "FLOW", "item", "SHEET", "MAT", on, "3", "2", "6")


def both(*steps: Break) -> Break:
    def broken(book: Book) -> None:
        for step in steps:
            step(book)

    return broken


CASES: dict[str, tuple[Break, str]] = {
    "C01": (
        lambda b: change(b, "parameters", 1, value="EURO"),
        "error C01 parameters row 3: parameter currency is EURO, no ISO 4217 code. Write the code of the money the books are kept in.",
    ),
    "C02": (
        lambda b: change(b, "costing_versions", 0, blocked="yes"),
        "error C02 costing_versions: the book has no unblocked costing version of type standard. Add one or unblock one.",
    ),
    "C03": (
        lambda b: add(b, "costing_versions", "costing_version costing_type", "S2", "standard"),
        "warning C03 costing_versions: S2, STD are all unblocked standard versions: calculate must name one."
        " Block those that are not in use.",
    ),
    "C04": (
        lambda b: change(b, "items", 0, cost_group="LAB"),
        "error C04 items row 2: item SHEET has cost group LAB of type direct_manufacturing, not direct_material."
        " Choose a cost group of type direct_material.",
    ),
    "C05": (
        lambda b: change(b, "items", 0, inventory_model_group="SVC"),
        "error C05 items row 2: item SHEET is used in a flow, but inventory model group SVC is not stocked at standard cost."
        " Use a group with standard_cost and stocked_product yes.",
    ),
    "C06": (
        lambda b: change(b, "items", 2, inventory_model_group="STD"),
        "error C06 items row 4: service PAINT belongs to the stocked inventory model group STD."
        " Use a group with stocked_product no.",
    ),
    "C07": (
        lambda b: b["item_prices"].pop(0),
        "error C07 item_prices: SHEET at site 1 has no active standard cost, but flow FLOW uses it."
        " Add an active price in a standard version, or calculate and activate it.",
    ),
    "C08": (
        lambda b: change(b, "resource_groups", 0, run_time_cost_category=""),
        "error C08 resource_groups row 2: work cell CELL has no run-time cost category, but does process activities."
        " Give it a cost category of a direct manufacturing cost group.",
    ),
    "C09": (
        lambda b: b["cost_category_prices"].clear(),
        "error C09 cost_category_prices: cost category CUT at site 1 has no active hourly rate in a standard version."
        " Add an active rate.",
    ),
    "C10": (
        lambda b: change(b, "activities", 1, resource_group=""),
        "warning C10 activities row 3: activity MAKE of flow FLOW has no work cell: its jobs post no conversion."
        " Give it a resource group, or accept it.",
    ),
    "C11": (
        lambda b: change(b, "resource_groups", 0, setup_cost_category="CUT"),
        "warning C11 resource_groups row 2: work cell CELL has a set-up or quantity cost category, which lean costing ignores."
        " Leave it out to avoid systematic variances against a calculation by route.",
    ),
    "C12": (
        lambda b: change(b, "resource_groups", 0, wip_account="1500"),
        "warning C12 resource_groups row 2: resource group CELL has WIP account 1500, which backflush costing ignores."
        " Set the WIP account in the production group.",
    ),
    "C13": (
        lambda b: change(b, "resource_groups", 0, is_work_cell="no"),
        "warning C13 resource_groups row 2: resource group CELL does process activities but is no work cell."
        " Mark it as a work cell.",
    ),
    "C14": (
        both(
            lambda b: change(b, "resource_groups", 0, vendor="V"),
            lambda b: change(b, "activities", 1, service_item="PAINT"),
        ),
        "warning C14 resource_groups row 2: work cell CELL is subcontracted; its cost category is of group LAB,"
        " the service PAINT of group OUT: the service counts. Remove the cost category.",
    ),
    "C15": (
        lambda b: b["posting_profile"].pop(0),
        "error C15 posting_profile: production group PG has no main account for inventory_issue_estimated."
        " Add a row of that posting type.",
    ),
    "C16": (
        lambda b: add(b, "production_flows", "production_flow name site production_group", "F2", "More", "1", "PG"),
        "warning C16 production_groups row 2: production group PG gives its WIP account to several flows: F2, FLOW."
        " Use one production group and WIP account per flow, so that the ledger shows each flow.",
    ),
    "C17": (
        lambda b: change(b, "costing_sheet", 0, node_type="total"),
        "error C17 costing_sheet: the sheet has 0 root nodes. Keep one root, the top of the tree.",
    ),
    "C18": (
        lambda b: change(b, "costing_sheet", 5, basis="hours"),
        "error C18 costing_sheet row 7: node LABOH cannot have basis hours as surcharge."
        " Give cost group, base, and basis value (surcharge), hours (rate) or quantity, weight, volume.",
    ),
    "C19": (
        lambda b: change(b, "costing_sheet", 5, base_cost_groups="LAB;OVH"),
        "error C19 costing_sheet row 7: node LABOH is taken of OVH, which it or a later node charges."
        " Take it of groups that stand before it.",
    ),
    "C20": (
        lambda b: b["costing_sheet"].pop(1),
        "error C20 costing_sheet: cost group MAT is in use but not in the costing sheet. Add a node for it.",
    ),
    "C21": (
        lambda b: change(b, "kanban_rules", 0, first_activity="NONE"),
        "error C21 kanban_rules row 2: rule KR-SHEET begins with NONE, no activity of flow FLOW."
        " Name activities of the flow in their order.",
    ),
    "C22": (
        lambda b: change(b, "kanban_rules", 0, first_activity="MAKE", last_activity="MAKE"),
        "error C22 kanban_rules row 2: rule KR-SHEET is a withdrawal but MAKE is no transfer. Name one transfer activity.",
    ),
    "C23": (
        lambda b: change(b, "kanban_rules", 2, supermarket="yes"),
        "error C23 kanban_rules row 4: rule KR-BOX makes units for a supermarket but names no consuming production flow."
        " Set receipt yes and another consuming production flow, or supermarket no.",
    ),
    "C24": (
        lambda b: change(b, "kanban_rules", 0, empty_policy="source_requirement"),
        "error C24 kanban_rules row 2: rule KR-SHEET is emptied by source requirement but is fixed."
        " Only event rules can be: use received or manual.",
    ),
    "C25": (
        lambda b: add(
            b, "kanban_rules", RULE, "KR-B2", "FLOW", "BOX", "manufacturing", "fixed", "MAKE", "MAKE", "4", ""
        ),
        "warning C25 kanban_rules row 4: BOX in flow FLOW has several active rules; the calculation takes the first, KR-B2."
        " End the others, or accept it.",
    ),
    "C26": (
        lambda b: b.update(default_production_flows=[row("item site production_flow", "SHEET", "1", "FLOW")]),
        "error C26 default_production_flows row 2: item SHEET at site 1 has default flow FLOW, where no manufacturing rule"
        " makes it. Name a flow that makes it, or add a rule.",
    ),
    "C27": (
        both(
            lambda b: add(b, "production_groups", "production_group name wip_account", "P2", "More", "1420"),
            lambda b: add(b, "production_flows", "production_flow name site production_group", "F2", "More", "1", "P2"),
            lambda b: add(b, "activities", ACTIVITY, "F2", "MAKE", "1", "process", "CELL", "0.1", "0", "yes", "yes"),
            lambda b: add(
                b, "kanban_rules", RULE, "KR-F2", "F2", "BOX", "manufacturing", "fixed", "MAKE", "MAKE", "4", ""
            ),
        ),
        "warning C27 default_production_flows: item BOX at site 1 is made by several flows: F2, FLOW."
        " Set its default production flow: a calculation by flow needs it.",
    ),
    "C28": (
        lambda b: change(b, "activities", 0, service_item="SHEET"),
        "error C28 activities row 2: activity MOVE of flow FLOW names SHEET, which is no service. Name a service.",
    ),
    "C29": (
        both(
            lambda b: add(b, "boms", "bom item quantity", "B-SHEET", "SHEET", "1"),
            lambda b: add(b, "bom_lines", "bom line component quantity", "B-SHEET", "1", "BOX", "1"),
        ),
        "error C29 bom_lines row 3: the bills of material form a cycle: BOX < SHEET < BOX. Remove one of these lines.",
    ),
    "C30": (
        lambda b: change(b, "boms", 0, quantity="0"),
        "error C30 boms row 2: BOM B-BOX has quantity 0.000000000. Give a number above 0.",
    ),
    "C31": (
        lambda b: add(b, "boms", "bom item site quantity effective_from", "B-NEW", "BOX", "1", "1", "2026-01-01"),
        "warning C31 boms row 2: BOMs B-BOX and B-NEW of BOX hold on the same day: the one that begins later is taken."
        " End the older one.",
    ),
    "C32": (
        lambda b: change(b, "bom_lines", 0, line_type="vendor"),
        "error C32 bom_lines row 2: BOM B-BOX line 1 is of type vendor but SHEET is an item."
        " Use vendor for services, item or phantom for items.",
    ),
    "C33": (
        both(lambda b: b["boms"].clear(), lambda b: b["bom_lines"].clear()),
        "warning C33 boms: item BOX is made but has no BOM. Add its BOM.",
    ),
    "C34": (
        lambda b: change(b, "item_prices", 1, unit_cost="7.31"),
        "error C34 item_prices row 3: STD/BOX/1/2025-01-01 has unit cost 7.310000, its breakdown adds up to 7.300000."
        " Correct it, or calculate again.",
    ),
    "C35": (
        lambda b: add(
            b,
            "item_price_breakdown",
            BREAKDOWN,
            *["STD", "SHEET", "1", "2026-01-01", "item", "SHEET", "MAT", "1", "2", "0", "2"],
        ),
        "error C35 item_price_breakdown row 5: STD/SHEET/1/2026-01-01 has a breakdown but no price."
        " Add the price to item_prices, or remove the lines.",
    ),
    "C36": (
        lambda b: b["item_price_breakdown"].clear(),
        "warning C36 item_price_breakdown: item BOX is made, but no price of it has a breakdown: it is deducted under"
        " itself. Calculate and activate its standard cost.",
    ),
    "C37": (
        both(
            lambda b: add(b, "activities", ACTIVITY, "FLOW", "PRE", "7", "process", "CELL", "0.1", "0", "yes", "no"),
            lambda b: add(
                b, "kanban_rules", RULE, "KR-P", "FLOW", "SHEET", "manufacturing", "fixed", "PRE", "PRE", "4", ""
            ),
            lambda b: add(b, "boms", "bom item quantity", "B-SHEET", "SHEET", "1"),
            lambda b: add(
                b,
                "item_price_breakdown",
                BREAKDOWN,
                *["STD", "SHEET", "1", "2025-01-01", "item", "SHEET", "MAT", "1", "2", "0", "2"],
            ),
        ),
        "error C37 item_price_breakdown row 2: the breakdown of BOX names SHEET, which flow FLOW makes without inventory"
        " control. Replace it by its own lines: calculate again.",
    ),
    "C38": (
        lambda b: add(
            b,
            "opening_wip",
            "production_flow resource_type resource cost_group posting_date quantity unit_cost amount",
            *["FLOW", "service", "SHEET", "MAT", "2025-12-31", "1", "2", "2"],
        ),
        "error C38 opening_wip row 2: opening WIP of flow FLOW names service SHEET, which does not exist."
        " Add it, or correct the resource.",
    ),
    "C39": (
        lambda b: change(b, "boms", 0, effective_to="2024-12-31"),
        "error C39 boms row 2: BOM B-BOX ends on 2024-12-31, before it begins on 2025-01-01. Correct the dates.",
    ),
    "C40": (
        lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "2026-01-05", "2026-01-04"),
        "error C40 kanbans row 2: kanban K1 was emptied on 2026-01-04, before it was received. Correct the dates.",
    ),
    "C41": (
        both(
            lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "2026-01-05", ""),
            lambda b: add(b, "kanban_jobs", JOB, "J1", "K1", "MOVE", "2026-01-06", "10", ""),
        ),
        "error C41 kanbans row 2: kanban K1 has received date 2026-01-05, its last job was completed on 2026-01-06."
        " Leave the received date empty, or correct one of them.",
    ),
    "C42": (
        both(
            lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "", ""),
            lambda b: add(b, "kanban_jobs", JOB, "J1", "K1", "MOVE", "2026-01-06", "10", ""),
            lambda b: add(b, "kanban_jobs", JOB, "J2", "K1", "MOVE", "2026-01-06", "10", ""),
        ),
        "error C42 kanban_jobs row 3: kanban K1 has several jobs of activity MOVE: J1, J2. Keep one job per activity.",
    ),
    "C43": (
        both(
            lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "", ""),
            lambda b: add(b, "kanban_jobs", JOB, "J1", "K1", "MAKE", "2026-01-06", "10", ""),
        ),
        "error C43 kanban_jobs row 2: job J1 is of activity MAKE, which rule KR-SHEET does not do."
        " Name an activity from the rule's first to its last.",
    ),
    "C44": (
        both(
            lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "", ""),
            lambda b: add(b, "kanban_jobs", JOB, "J1", "K1", "MOVE", "2026-01-06", "-10", ""),
        ),
        "error C44 kanban_jobs row 2: job J1 has good quantity -10.000000. Give a quantity of 0 or more.",
    ),
    "C45": (
        both(
            lambda b: add(b, "production_groups", "production_group name wip_account", "P2", "More", "1420"),
            lambda b: add(b, "production_flows", "production_flow name site production_group", "F2", "More", "1", "P2"),
            lambda b: unit(b, "K1", "KR-BOX", "4", "2026-01-02", "", ""),
            lambda b: add(b, "picking_lines", PICK, "P1", "F2", "K1", "SHEET", "8", "2026-01-05"),
        ),
        "error C45 picking_lines row 2: picking line P1 is of flow F2, its kanban K1 of flow FLOW."
        " Correct the flow or the kanban.",
    ),
    "C46": (
        both(
            lambda b: add(
                b,
                "service_receipts",
                "service_receipt production_flow service_item quantity unit_price posting_date",
                *["S1", "FLOW", "PAINT", "4", "1.5", "2026-01-05"],
            ),
            lambda b: add(
                b,
                "service_invoices",
                "service_invoice service_receipt quantity unit_price posting_date",
                *["I1", "S1", "5", "1.5", "2026-01-06"],
            ),
        ),
        "warning C46 service_invoices row 2: service receipt S1 is of 4.000000, invoiced 5.000000. Check the invoices.",
    ),
    "C47": (
        lambda b: add(
            b,
            "opening_wip",
            "production_flow resource_type resource cost_group posting_date quantity unit_cost amount",
            *["FLOW", "item", "SHEET", "MAT", "2025-12-31", "3", "3.333333", "9.99"],
        ),
        "error C47 opening_wip row 2: FLOW/item/SHEET/MAT/2025-12-31 has amount 9.990, not quantity x unit cost rounded."
        " Correct quantity, unit cost or amount.",
    ),
    "C48": (
        lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "2026-01-05", "2026-03-04"),
        "warning C48 kanban_rules row 2: rule KR-SHEET has units of SHEET that covered more than a month, as K1: consumption is"
        " registered only when a unit is empty. Use smaller units, or keep the item in inventory.",
    ),
    "C49": (
        lambda b: change(b, "item_prices", 2, unit_cost="-1.5"),
        "error C49 item_prices row 4: item PAINT has unit cost -1.500000. Give a price of 0 or more.",
    ),
    "C50": (
        lambda b: add(
            b, "indirect_rates", "costing_version node from_date rate status", "STD", "TOP", "2025-01-01", "1", "active"
        ),
        "warning C50 indirect_rates row 3: node TOP has a rate, but is a root node and charges nothing."
        " Give rates to surcharge, rate, input_unit and output_unit nodes.",
    ),
    "C51": (
        both(supermarket, lambda b: unit(b, "K1", "KR-BOX", "4", "2026-01-02", "", "2026-01-09")),
        "error C51 kanbans row 2: kanban K1 of a supermarket was emptied on 2026-01-09 but never received."
        " Register its receipt.",
    ),
    "C52": (
        lambda b: change(b, "resource_groups", 0, vendor="V"),
        "error C52 activities row 3: activity MAKE of flow FLOW is done by vendor V but names no service: it costs nothing."
        " Give it the service that the vendor is paid for.",
    ),
    "C53": (
        lambda b: change(b, "activities", 1, service_item="PAINT"),
        "warning C53 activities row 3: activity MAKE of flow FLOW names service PAINT but is done in the own work cell CELL:"
        " its hours and the service are both charged. Use a subcontracted work cell, remove the service, or accept it.",
    ),
    "C54": (
        lambda b: change(b, "activities", 1, run_time_hours=""),
        "warning C54 activities row 3: activity MAKE of flow FLOW has no run time: its jobs post no conversion."
        " Give it run time hours, or accept it.",
    ),
    "C55": (
        lambda b: change(b, "items", 1, cost_group="MAT"),
        "warning C55 items row 3: item BOX is made, but its cost group MAT is of type direct_material."
        " Give it a product category of type undefined, unless it is bought too.",
    ),
    "C56": (
        lambda b: change(b, "costing_sheet", 1, parent_node=""),
        "warning C56 costing_sheet row 3: node N-MAT has no parent: it stands in no total. Name the node above it.",
    ),
    "C57": (
        both(
            lambda b: unit(b, "K1", "KR-SHEET", "10", "2024-12-30", "2024-12-31", ""),
            lambda b: add(b, "picking_lines", PICK, "P1", "FLOW", "", "SHEET", "8", "2024-12-31"),
        ),
        "warning C57 production_flows row 2: flow FLOW is effective from 2025-01-01, but kanban K1 is dated 2024-12-30"
        " (2 such events). Correct its dates or those of the events, or accept it.",
    ),
    "C58": (
        lambda b: unit(b, "K1", "KR-BOX", "4", "2026-01-02", "2026-01-05", ""),
        "warning C58 kanbans row 2: kanban K1 was received on 2026-01-05 without a completed job: it counts as made,"
        " but nothing was posted for it. Register its jobs; only units received up to the go-live need none.",
    ),
    "C59": (
        both(
            into_wip,
            lambda b: change(b, "boms", 0, effective_from="2026-01-06"),
        ),
        "error C59 boms: item BOX has no BOM that holds at site 1 on 2026-01-05, the day of kanban K1: its content would"
        " count as nothing. Let a BOM hold on that day, or correct the date.",
    ),
    "C70": (
        lambda b: off_cuts(b),
        "warning C70 indirect_rates row 3: node DONE has a rate for all items: CHIPS, which flow FLOW receives as a"
        " by-product or scrap, bears it too. Give CHIPS a rate of its own (0 where it bears none), or accept it.",
    ),
}

CASES |= {
    "C68": (
        lambda b: source_kanbans(b, K1="K2", K2="K1"),
        "error C68 kanbans row 2: kanban K1 was created for K2, whose own source kanbans lead back to it."
        " Name the kanban it was created for, or leave it empty.",
    ),
    "C69": (
        both(into_wip, lambda b: change(b, "kanban_jobs", 0, good_quantity="0")),
        "warning C69 kanban_jobs row 2: job J1 was completed on 2026-01-05 with neither good nor error units."
        " Report its quantities, or leave its completed date empty.",
    ),
    "C71": (
        other_site,
        "warning C71 activities row 3: activity MAKE of flow FLOW is done by resource group CELL of site 2, but its flow"
        " is of site 1: the hourly rate of site 1 counts. Name a resource group of that site, or accept it.",
    ),
    "C72": (
        lambda b: receipt_for_a_job(b, service_item=""),
        "warning C72 service_receipts row 2: service receipt S1 is of PAINT, but activity MAKE of its job J1 has no"
        " service. Correct the service or the job, or accept it.",
    ),
    "C65": (
        lambda b: change(b, "activities", 1, activity_type="transfer"),
        "error C65 kanban_rules row 4: rule KR-BOX makes BOX, but its last activity MAKE is a transfer from inventory to"
        " inventory: no receipt of it would be posted. End it with the activity that makes the item, or set pick no.",
    ),
    "C66": (
        lambda b: change(b, "activities", 0, sequence="10"),
        "warning C66 activities row 2: flow FLOW has several activities of sequence 10: MAKE, MOVE; a rule that does one of"
        " them does all. Give each a place of its own, or accept it.",
    ),
    "C67": (
        lambda b: b.update(
            activity_ratios=[row("production_flow activity item throughput_ratio", "FLOW", "MAEK", "BOX", "2")]
        ),
        "error C67 activity_ratios row 2: ratio FLOW/MAEK/BOX is of no activity of the flow: it would count for nothing."
        " Name an activity of the flow.",
    ),
    "C60": (
        lambda b: change(b, "bom_lines", 0, variable_scrap="5"),
        "warning C60 bom_lines row 2: BOM B-BOX line 1 has variable scrap 5.000000000."
        " Give a number of 0 or more, as a rule below 1 (5 % is 0.05).",
    ),
    "C61": (
        lambda b: change(b, "item_price_breakdown", 1, cost_group="MAT"),
        "error C61 item_price_breakdown row 3: the breakdown of BOX has CUT in cost group MAT of type direct_material, not"
        " direct_manufacturing. Choose a cost group of type direct_manufacturing, or calculate again.",
    ),
    "C62": (
        lambda b: route(b, run_time_hours="0.1"),
        "error C62 route_operations row 2: operation 10 of route R has no run-time cost category, nor has its resource group"
        " BENCH: its hours cost nothing. Give it a cost category of a direct manufacturing cost group.",
    ),
    "C64": (
        lambda b: route(b, run_time_hours="0", setup_hours="2"),
        "warning C64 route_operations row 2: operation 10 of route R has set-up hours, but neither it nor its resource group"
        " BENCH has a set-up cost category: they cost nothing. Give it a set-up cost category, or accept it.",
    ),
}

OTHER_TABLES: dict[str, Break] = {
    "error C01 parameters: parameter legal_entity is missing.": lambda b: b["parameters"].pop(0),
    "error C04 cost_categories row 2: cost category CUT": lambda b: change(b, "cost_categories", 0, cost_group="OUT"),
    "error C04 costing_sheet row 7: costing sheet node LABOH": lambda b: change(
        b, "costing_sheet", 5, cost_group="OUT"
    ),
    "error C28 kanban_rules row 2: rule KR-SHEET names PAINT, which is no item. Name an item.": lambda b: change(
        b, "kanban_rules", 0, item="PAINT"
    ),
    "error C28 picking_lines row 2: picking line P1 names PAINT": lambda b: add(
        b, "picking_lines", PICK, "P1", "FLOW", "", "PAINT", "1", "2026-01-05"
    ),
    "error C28 service_receipts row 2: service receipt S1 names SHEET": lambda b: add(
        b,
        "service_receipts",
        "service_receipt production_flow service_item quantity unit_price posting_date",
        *["S1", "FLOW", "SHEET", "4", "1.5", "2026-01-05"],
    ),
    "error C30 bom_lines row 2: BOM B-BOX line 1 has quantity -1.000000000. Give a number of 0 or more.": lambda b: (
        change(b, "bom_lines", 0, quantity="-1")
    ),
    "error C30 activities row 3: activity MAKE of flow FLOW has process quantity -1.000000.": lambda b: change(
        b, "activities", 1, process_quantity="-1"
    ),
    "error C30 kanban_rules row 2: rule KR-SHEET has quantity 0.000000. Give a quantity above 0.": lambda b: change(
        b, "kanban_rules", 0, quantity="0"
    ),
    "error C30 items row 3: item BOX has default order quantity 0.000000.": lambda b: change(
        b, "items", 1, default_order_quantity="0"
    ),
    "error C30 route_operations row 2: operation 10 of route R has setup hours -0.500000000.": both(
        lambda b: b.update(routes=[row("route item", "R", "BOX")]),
        lambda b: b.update(
            route_operations=[
                row("route operation resource_group run_time_hours setup_hours", "R", "10", "CELL", "1", "-0.5")
            ]
        ),
    ),
    "error C32 bom_lines row 2: BOM B-BOX line 1 is of type item but PAINT is a service.": lambda b: change(
        b, "bom_lines", 0, component="PAINT"
    ),
    "warning C31 routes row 3: routes R1 and R2 of BOX": lambda b: b.update(
        routes=[row("route item effective_from", "R1", "BOX", "2026-01-01"), row("route item", "R2", "BOX")]
    ),
    "error C34 item_price_breakdown row 3: STD/BOX/1/2025-01-01 CUT": lambda b: change(
        b, "item_price_breakdown", 1, cost="3.01"
    ),
    "error C38 item_price_breakdown row 3: the breakdown of BOX names cost_category NONE": lambda b: change(
        b, "item_price_breakdown", 1, resource="NONE"
    ),
    "error C39 production_flows row 2: flow FLOW": lambda b: change(
        b, "production_flows", 0, effective_to="2024-12-31"
    ),
    "error C39 kanban_rules row 3: rule KR-BACK": lambda b: change(
        b, "kanban_rules", 1, effective_from="2026-01-02", effective_to="2026-01-01"
    ),
    "error C44 kanbans row 2: kanban K1 has quantity 0.000000.": lambda b: unit(
        b, "K1", "KR-SHEET", "0", "2026-01-02", "", ""
    ),
    "warning C46 service_invoices row 2: service invoice I1": both(
        lambda b: add(
            b,
            "service_receipts",
            "service_receipt production_flow service_item quantity unit_price posting_date",
            *["S1", "FLOW", "PAINT", "4", "1.5", "2026-01-05"],
        ),
        lambda b: add(
            b,
            "service_invoices",
            "service_invoice service_receipt quantity unit_price posting_date",
            *["I1", "S1", "4", "1.5", "2026-01-04"],
        ),
    ),
    "error C47 opening_wip row 3: FLOW/SHEET/2025-12-31 has different quantities": lambda b: b.update(
        opening_wip=[
            row(OPENING, "FLOW", "item", "SHEET", group, "2025-12-31", quantity, "1", quantity)
            for group, quantity in (("MAT", "3"), ("PROD", "2"))
        ]
    ),
    "error C49 cost_category_prices row 2: cost category CUT has hourly rate -1.000000. Give a rate of 0 or more.": lambda b: (
        change(b, "cost_category_prices", 0, hourly_rate="-1")
    ),
    "error C49 indirect_rates row 2: node LABOH has rate -0.1": lambda b: change(b, "indirect_rates", 0, rate="-0.1"),
    "error C44 kanban_jobs row 2: job J1 was completed on 2026-01-05, before it was prepared. Correct it.": both(
        lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "", ""),
        lambda b: add(
            b, "kanban_jobs", f"{JOB} prepared_date", "J1", "K1", "MOVE", "2026-01-05", "10", "", "2026-01-06"
        ),
    ),
    "error C45 service_receipts row 2: service receipt S1 is of flow F2, its job J1 of flow FLOW.": both(
        lambda b: add(b, "production_groups", "production_group name wip_account", "P2", "More", "1420"),
        lambda b: add(b, "production_flows", "production_flow name site production_group", "F2", "More", "1", "P2"),
        lambda b: unit(b, "K1", "KR-BOX", "4", "2026-01-02", "", ""),
        lambda b: add(b, "kanban_jobs", JOB, "J1", "K1", "MAKE", "2026-01-05", "4", ""),
        lambda b: add(
            b,
            "service_receipts",
            "service_receipt production_flow service_item quantity unit_price posting_date job",
            *["S1", "F2", "PAINT", "4", "1.5", "2026-01-05", "J1"],
        ),
    ),
    "error C68 kanbans row 2: kanban K1 is its own source kanban.": lambda b: source_kanbans(b, K1="K1"),
    "error C68 kanbans row 4: kanban K3 was created for K1, whose own": lambda b: source_kanbans(
        b, K1="K2", K2="K3", K3="K1"
    ),
    "warning C71 route_operations row 2: operation 10 of route R is done by resource group BENCH of site 2, but its route": both(
        lambda b: route(b, run_time_hours="0.1", run_time_cost_category="CUT"),
        lambda b: add(b, "sites", "site name", "2", "Far"),
        lambda b: change(b, "resource_groups", 1, site="2"),
        lambda b: change(b, "routes", 0, site="1"),
    ),
    "warning C72 service_receipts row 2: service receipt S1 is of PAINT, but activity MAKE of its job J1 has service GILD": both(
        lambda b: receipt_for_a_job(b, service_item="GILD"),
        lambda b: add(
            b,
            "items",
            "item name item_type unit cost_group inventory_model_group",
            *"GILD Gild service pc OUT SVC".split(),
        ),
    ),
    "error C61 opening_wip row 2: opening WIP of flow FLOW has SHEET in cost group OVH": lambda b: add(
        b, "opening_wip", OPENING, "FLOW", "item", "SHEET", "OVH", "2025-12-31", "3", "2", "6"
    ),
    "error C17 costing_sheet row 3: node N-MAT stands below itself.": both(
        lambda b: change(b, "costing_sheet", 1, parent_node="N-LAB"),
        lambda b: change(b, "costing_sheet", 2, parent_node="N-MAT"),
    ),
    "warning C56 costing_sheet row 8: node N-MAT-2 shows cost group MAT, which node N-MAT shows already": lambda b: add(
        b, "costing_sheet", "node parent_node node_type cost_group sequence", "N-MAT-2", "TOP", "cost_group", "MAT", "9"
    ),
    "error C23 kanban_rules row 4: rule KR-BOX makes units for a supermarket that its own flow consumes.": supermarket,
    "warning C57 kanban_rules row 4: rule KR-BOX is effective to 2026-01-04, but job J1 is dated 2026-01-05.": both(
        into_wip, lambda b: change(b, "kanban_rules", 2, effective_to="2026-01-04")
    ),
    "warning C57 production_flows row 2: flow FLOW is effective from 2025-01-01 to 2026-01-01, but service receipt": both(
        lambda b: change(b, "production_flows", 0, effective_to="2026-01-01"),
        lambda b: add(
            b,
            "service_receipts",
            "service_receipt production_flow service_item quantity unit_price posting_date",
            *["S1", "FLOW", "PAINT", "4", "1.5", "2026-01-05"],
        ),
    ),
    "warning C33 boms: item BOX has a BOM, but none at site 1 that holds as long as rule KR-BOX, which has no end.": lambda b: (
        change(b, "boms", 0, effective_to="2026-12-31")
    ),
    "warning C33 boms: item BOX has a BOM, but none at site 1 that holds on 2026-06-30, the last day of rule KR-BOX.": both(
        lambda b: change(b, "kanban_rules", 2, effective_to="2026-06-30"),
        lambda b: change(b, "boms", 0, effective_from="2026-07-01"),
    ),
    "error C59 boms: item FLAP has no BOM that holds at site 1 on 2026-01-05, the day of kanban K1": both(
        into_wip, lambda b: flap(b, "phantom")
    ),
    "error C59 boms: item BOX has no BOM that holds at site 1 on 2026-01-04, the day of picking line P1": both(
        into_wip,
        lambda b: change(b, "boms", 0, effective_from="2026-01-05"),
        lambda b: add(
            b, "picking_lines", f"{PICK} updates_inventory", "P1", "FLOW", "K1", "BOX", "1", "2026-01-04", "no"
        ),
    ),
}
"""What stands in another table than the book of its code says, and the beginning of the message."""


@pytest.mark.parametrize("message", OTHER_TABLES)
def test_a_finding_names_the_row_that_is_to_be_mended(message: str, tmp_path: Path) -> None:
    broken = small_book()
    OTHER_TABLES[message](broken)
    assert [line for line in found(broken, tmp_path) if line.startswith(message)]


ACCEPTED: dict[str, Break] = {
    "C52: a transfer of a vendor that names its service": lambda b: change(b, "activities", 0, service_item="PAINT"),
    "C53: a transfer inside the house may carry a service": lambda b: change(
        b, "activities", 0, resource_group="CELL", service_item="PAINT"
    ),
    "C08: a cell whose activities take no time": both(
        lambda b: change(b, "resource_groups", 0, run_time_cost_category=""),
        lambda b: change(b, "activities", 1, run_time_hours="0"),
    ),
    "C61: a made component brings the cost groups of what is in it": both(
        lambda b: add(
            b, "items", "item name item_type unit cost_group inventory_model_group", *"LID Lid item pc PROD STD".split()
        ),
        lambda b: add(b, "boms", "bom item quantity", "B-LID", "LID", "1"),
        lambda b: change(b, "item_price_breakdown", 1, resource_type="item", resource="LID"),
    ),
    "C62: an operation has a category of its own": lambda b: route(
        b, run_time_hours="0.1", run_time_cost_category="CUT"
    ),
    "C62: a vendor's operation needs none": both(
        lambda b: route(b, run_time_hours="0.1"), lambda b: change(b, "resource_groups", 1, vendor="V")
    ),
    "C54: a vendor works without run time": both(
        lambda b: change(b, "resource_groups", 0, vendor="V"),
        lambda b: change(b, "activities", 1, run_time_hours="", service_item="PAINT"),
    ),
    "C57: what is dated up to the go-live is not posted": both(
        lambda b: unit(b, "K1", "KR-SHEET", "10", "2024-12-30", "2024-12-31", ""), lambda b: opening(b, "2024-12-31")
    ),
    "C57: a unit may be emptied when its rule has ended": both(
        lambda b: unit(b, "K1", "KR-SHEET", "10", "2026-01-02", "2026-01-03", "2026-01-10"),
        lambda b: change(b, "kanban_rules", 0, effective_to="2026-01-05"),
    ),
    "C58: a unit that stood at the go-live needs no jobs": both(
        lambda b: unit(b, "K1", "KR-BOX", "4", "2026-01-02", "2026-01-05", ""), lambda b: opening(b, "2026-01-05")
    ),
    "C58: a unit that was moved needs none": lambda b: unit(
        b, "K1", "KR-SHEET", "10", "2026-01-02", "2026-01-03", "2026-01-10"
    ),
    "C59: a unit in inventory is not exploded": both(
        into_wip,
        lambda b: change(b, "activities", 1, update_on_receipt="yes"),
        lambda b: change(b, "boms", 0, effective_from="2026-01-06"),
    ),
    "C59: a part that is issued is not opened": both(into_wip, lambda b: flap(b, "item")),
    "C59: a unit that is empty on the day it is received holds nothing": both(
        into_wip,
        lambda b: change(b, "boms", 0, effective_from="2026-01-06"),
        lambda b: change(b, "kanban_rules", 2, empty_policy="received"),
    ),
    "C68: kanbans created one for the other, without a way back": lambda b: source_kanbans(b, K1="", K2="K1", K3="K2"),
    "C69: a job that reports scrap alone": both(
        into_wip, lambda b: change(b, "kanban_jobs", 0, good_quantity="0", error_quantity="4")
    ),
    "C69: what is dated up to the go-live is not posted": both(CASES["C69"][0], lambda b: opening(b, "2026-01-05")),
    "C69: a job that is only prepared": both(
        into_wip, lambda b: change(b, "kanban_jobs", 0, good_quantity="0", completed_date="")
    ),
    "C71: a vendor works for any site": both(other_site, lambda b: change(b, "resource_groups", 0, vendor="V")),
    "C71: where a thing is moved costs nothing": both(
        other_site, lambda b: change(b, "activities", 1, activity_type="transfer")
    ),
    "C71: a route for all sites": both(
        lambda b: route(b, run_time_hours="0.1", run_time_cost_category="CUT"),
        lambda b: add(b, "sites", "site name", "2", "Far"),
        lambda b: change(b, "resource_groups", 1, site="2"),
    ),
    "C72: the service of the activity": lambda b: receipt_for_a_job(b, service_item="PAINT"),
    "C70: a rate of its own says what a by-product bears": both(
        off_cuts, lambda b: add(b, "indirect_rates", RATE, "STD", "DONE", "1", "CHIPS", "2025-01-01", "0", "active")
    ),
    "C70: a rate by product charges no by-product": both(
        off_cuts, lambda b: change(b, "indirect_rates", 1, item="BOX")
    ),
    "C70: material that the flow was issued goes back, which no output-unit node is charged on": both(
        off_cuts, lambda b: add(b, "picking_lines", PICK, "P1", "FLOW", "", "CHIPS", "1", "2026-01-05")
    ),
}
"""What looks like a finding of the code, and is none."""


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_may_be_is_not_told(name: str) -> None:
    book = small_book()
    ACCEPTED[name](book)
    assert [line for line in found(book) if name[:3] in line] == []


def test_a_close_is_refused_where_content_would_count_as_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = small_book()
    CASES["C59"][0](book)
    folder = write_folder(book, tmp_path / "folder")
    assert commands.main(["close", str(folder), "--end", "2026-01-31", "--preview"]) == 1
    assert capsys.readouterr().err == f"{CASES['C59'][1]}\n"
    (tmp_path / "folder" / "setup" / "boms.csv").write_text(
        "bom,item,site,quantity,effective_from\nB-BOX,BOX,1,1,2026-01-05\n"
    )
    assert commands.main(["close", str(folder), "--end", "2026-01-31", "--preview"]) == 0


def test_boms_that_form_a_cycle_are_told_and_never_opened_without_end() -> None:
    book = small_book()
    CASES["C29"][0](book)
    into_wip(book)
    change(book, "bom_lines", 0, line_type="phantom")
    change(book, "bom_lines", 1, line_type="phantom")
    assert any("error C29" in line for line in found(book))


def test_check_and_close_name_the_row_of_a_folder_and_a_workbook_and_none_of_a_book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = small_book()
    change(broken, "kanban_rules", 1, first_activity="NONE", last_activity="NONE")
    add(broken, "item_prices", PRICE, "STD", "SHEET", "", "2025-06-01", "-2", "active")
    folder = write_folder(broken, tmp_path / "folder")
    book, workbook = tmp_path / "book.duckdb", tmp_path / "book.xlsx"
    assert (
        commands.main(["import", str(folder), str(book)]) == commands.main(["export", str(folder), str(workbook)]) == 0
    )
    # a workbook is written by key, under two lines of names and units
    for source, rule, price in ((folder, " row 3", " row 5"), (workbook, " row 3", " row 6"), (book, "", "")):
        capsys.readouterr()
        assert commands.main(["check", str(source)]) == 1
        said = capsys.readouterr().out.splitlines()
        assert [line.partition(":")[0] for line in said[:2]] == [
            f"error C21 kanban_rules{rule}",
            f"error C49 item_prices{price}",
        ]
        assert commands.main(["close", str(source), "--end", "2026-01-31", "--preview"]) == 1
        refused = capsys.readouterr().err.splitlines()
        assert refused[0] == "leancost: 2 problems"
        assert refused[1].startswith(f"error C21 kanban_rules{rule}: rule KR-BACK begins with NONE")


def test_a_valid_book_has_no_findings() -> None:
    assert found(small_book()) == []


def test_every_code_has_its_broken_book() -> None:
    # C63 is of a book: tests/book/test_stored_standards.py
    assert CASES.keys() | PLAUSIBILITY.keys() | {"C63"} == check_codes.CODES.keys()


@pytest.mark.parametrize("code", CASES)
def test_a_broken_book_is_told_where_what_is_wrong_and_what_to_do(code: str, tmp_path: Path) -> None:
    broken = small_book()
    CASES[code][0](broken)
    messages = found(broken, tmp_path)
    assert CASES[code][1] in messages
    assert check_codes.CODES[code].severity == CASES[code][1].split()[0]


@pytest.mark.parametrize("name", ["worked_example/clear", "worked_example/retain", "edge_cases"])
def test_the_examples_have_no_errors(name: str, examples: object) -> None:
    assert [line for line in found(read_folder(EXAMPLES / name)) if line.startswith("error")] == []


def test_check_shows_a_thousand_findings_errors_first_and_counts_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = small_book()
    change(book, "costing_versions", 0, blocked="yes")
    book["items"] += [{**book["items"][0], "item": f"LOT{n}", "default_order_quantity": "-1"} for n in range(1500)]
    add(
        book, "items", "item name item_type unit cost_group inventory_model_group", "Z", "Z", "item", "pc", "MAT", "STD"
    )
    add(book, "costing_versions", "costing_version costing_type", "S2", "standard")
    add(book, "costing_versions", "costing_version costing_type", "S3", "standard")
    del book["posting_profile"][0]
    assert commands.main(["check", str(write_folder(book, tmp_path / "folder"))]) == 1
    said = capsys.readouterr().out.splitlines()
    errors, warnings = (int(word.split()[0]) for word in said[-1].split(", "))
    assert errors > 1500 and warnings > 0 and len(said) == 1002
    assert all(line.startswith("error ") for line in said[:1000])
    assert said[1000] == f"{errors + warnings - 1000} further problems are not shown. Mend these first."
