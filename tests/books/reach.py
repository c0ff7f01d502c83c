"""What random books hold: posting rows, edge cases, rulings."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tests.books.random_books import random_book
from tests.oracle.facts import Facts, Row, yes
from tests.oracle.run import close
from tests.oracle.units import Standing, Unit, Units
from tests.support.random_closes import PERIODS
from tests.support.rows import Book

END = date(2026, 2, 28)
Tables = dict[str, list[Row]]
MOVED = {"material_issue", "material_return"}
BASES = {
    "surcharge": {*MOVED, "conversion", "service"},
    "input_unit": MOVED,
    "rate": {"conversion"},
    "output_unit": {"product_receipt"},
}
"""What an event must have posted for a node to be charged on it."""


def posting_rows(book: Book, tables: Tables) -> Iterator[str]:
    """The rows of contract section 4 that the book's events reach, each as often as it does."""
    facts = Facts(book)
    rules = {row["kanban"]: facts.rules[row["kanban_rule"]] for row in facts.rows("kanbans")}
    activities = {}
    for job in facts.rows("kanban_jobs"):
        rule = rules[job["kanban"]]
        activities[f"kanban_jobs:{job['job']}"] = facts.activities[rule["production_flow"], job["activity"]]
    own: dict[str, set[str]] = {}
    for line in tables["wip_transactions"]:
        event = line["transaction"].partition("#")[0]
        if line["transaction_type"] != "indirect":
            own.setdefault(event, set()).add(line["transaction_type"])
        source, kind, activity = event.partition(":")[0], line["transaction_type"], activities.get(event, {})
        match source, kind, activity.get("activity_type"):
            case "picking_lines", _, _ if kind != "indirect":
                yield f"picking line: {kind}"
            case "kanbans", "material_issue", _:
                yield "emptied supermarket unit: material_issue"
            case "kanban_jobs", "product_receipt", "transfer":
                is_made = bool(facts.makes(line["production_flow"], line["item"]))
                yield f"transfer pick no, receipt yes: product_receipt {'by breakdown' if is_made else 'under itself'}"
            case "kanban_jobs", _, "transfer" if kind != "indirect":
                yield f"transfer pick {activity['update_on_pick']}, receipt {activity['update_on_receipt']}: {kind}"
            case "kanban_jobs", _, "process" if kind != "indirect":
                yield f"process job: {kind}"
            case (("service_receipts" | "service_invoices"), "service", _):
                yield f"{source}: service"
            case "item_prices", "revaluation", _:
                yield "new standard: revaluation"
    nodes = {row["node"]: row["node_type"] for row in facts.rows("costing_sheet")}
    for line in tables["wip_transactions"]:
        if line["transaction_type"] == "indirect":
            node = nodes[line["resource"]]
            for kind in BASES[node] & own[line["transaction"].partition("#")[0]] or {"nothing"}:
                yield f"indirect: {node} on {kind}"
    for event, activity in activities.items():
        if activity["activity_type"] == "transfer" and activity["update_on_pick"] == activity["update_on_receipt"]:
            flags = f"pick {activity['update_on_pick']}, receipt {activity['update_on_receipt']}"
            yield f"transfer {flags}: nothing{'' if event not in own else ' expected'}"
    for line in tables.get("unused_quantities", []):
        kind = facts.items[line["item"]]["item_type"]
        yield f"unused {kind}: {line['unused_type']}"
    for line in tables.get("variances", []):
        yield f"variance: {line['variance_type']} of {line['resource_type']}"


def cases(book: Book, tables: Tables, runs: list[tuple[str, date]], end: date) -> Iterator[int]:
    """The cases of the list of edge cases that the book holds, once each."""
    facts = Facts(book)
    units = Units(facts)
    standing = [unit for unit in units.all.values() if not (unit.emptied and unit.emptied <= end)]
    received = [unit for unit in standing if unit.received and unit.received <= end]
    in_process = [
        unit for unit in standing if is_made(unit) and unit.assigned and unit not in received and unit.assigned <= end
    ]
    kinds: dict[str, set[str]] = {}
    for line in tables["wip_transactions"]:
        kinds.setdefault(line["transaction_type"], set()).add(line["resource"])
    unused = tables.get("unused_quantities", [])
    net = tables.get("net_realized_usage", [])
    jobs = facts.rows("kanban_jobs")
    picks = facts.rows("picking_lines")
    done = {
        (job["kanban"], job["activity"])
        for job in jobs
        if job.get("completed_date") and day(job["completed_date"]) <= end
    }
    services = [line for line in unused if facts.items[line["item"]]["item_type"] == "service"]
    rates = [(row["node"], row.get("item"), row.get("site")) for row in facts.rows("indirect_rates")]
    makers = [
        (row["production_flow"], row["item"])
        for row in facts.rows("kanban_rules")
        if row["kanban_type"] == "manufacturing"
    ]
    receipts = {row["service_receipt"]: row for row in facts.rows("service_receipts")}
    flows_with_output = {line["production_flow"] for line in tables.get("product_receipts", [])}
    groups: dict[str, set[str]] = {}
    for line in kinds_of(tables, "revaluation"):
        groups.setdefault(line["resource"], set()).add(line["cost_group"])
    found = {
        1: any(Decimal(line["timing_amount"]) for line in tables["realized_usage"])
        or (facts.retain and any(line["resource_type"] == "cost_category" and Decimal(line["after"]) for line in tables["wip_balances"])),
        2: bool(services),
        3: any(line["transaction"].startswith("kanbans:") for line in tables["wip_transactions"]),
        4: any(Decimal(line["capped_quantity"]) for line in net),
        5: any(not units.picks[unit.kanban] for unit in in_process),
        6: any(line["unused_type"] == "handling_unit" for line in unused),
        7: any(Decimal(line["realized_quantity"]) < 0 for line in net),
        8: any(len(by_day(facts, unit, end)) > 1 for unit in received if is_made(unit)),
        9: any(Decimal(job.get("error_quantity") or 0) for job in jobs if job.get("completed_date")),
        10: any(Decimal(line.get("variable_scrap") or 0) for line in facts.rows("bom_lines")) and bool(received),
        11: any(Decimal(line["quantity"]) < 0 for line in picks),
        12: "revaluation" in kinds,
        13: len(makers) > len(set(makers)),
        15: any(line["item"] == line["resource"] for line in kinds_of(tables, "product_receipt") if (line["production_flow"], line["item"]) in makers),
        16: any(line["item"] == line["resource"] for line in kinds_of(tables, "product_receipt")),
        17: any(line["transaction"].startswith("kanban_jobs:") for line in kinds_of(tables, "material_return")),
        22: len(runs) > 1,
        25: len({row["production_group"] for row in facts.rows("production_flows")}) == 1,
        26: any(unit.emptied == end for unit in units.all.values()),
        27: any(row.get("completed_date") and day(row["completed_date"]) > end for row in jobs) and end < END,
        28: any(unit.received and unit.emptied == unit.received and is_made(unit) and not controlled(facts, unit) for unit in units.all.values()),
        29: any(unit.emptied and not units.rows[unit.kanban].get("emptied_date") and unit.rule["replenishment_strategy"] == "event" for unit in units.all.values()),
        30: any(unit.rule["first_activity"] != unit.rule["last_activity"] and (unit.kanban, unit.rule["first_activity"]) in done for unit in in_process),
        31: any((line.get("updates_inventory") or "yes") == "no" and facts.is_in_flow(line["production_flow"], line["item"]) for line in picks),
        32: any(row["activity_type"] == "transfer" and row.get("run_time_hours") for row in facts.rows("activities")),
        34: any(row["posting_date"][:7] > receipts[row["service_receipt"]]["posting_date"][:7] for row in facts.rows("service_invoices")),
        35: any(line["resource_type"] == "service" and Decimal(line["realized_quantity"]) for line in net),
        36: len(rates) > len(set(rates)),
        37: any("S1" in (row.get("base_cost_groups") or "") for row in facts.rows("costing_sheet")) and "service" in kinds,
        38: bool({line["production_flow"] for line in tables["wip_balances"]} - flows_with_output),
        39: len({row["site"] for row in facts.rows("production_flows")}) > 1,
        40: any(row.get("product_master") and row["item"] in kinds.get("material_issue", ()) for row in facts.rows("items")),
        41: any(row.get("effective_to") and row["effective_to"] <= str(end) for row in facts.rows("kanban_rules")),
        42: any(line["variance_type"] == "rounding" for line in tables.get("variances", [])),
        43: any(Decimal(row["quantity"]) != 1 for row in facts.rows("boms")) and bool(received),
        44: any(len(found) > 1 and facts.items[item]["item_type"] == "item" for item, found in groups.items()),
        45: any(line["variance_type"] == "substitution" for line in tables.get("variances", [])),
        46: any(unit.received is None and is_made(unit) and not units.jobs[unit.kanban] for unit in units.all.values()),
        47: any(row["status"] == "pending" or row["costing_version"] == "PLAN" for row in facts.rows("item_prices")),
        48: any(row.get("vendor") and row.get("run_time_cost_category") for row in facts.rows("resource_groups")),
        49: any(line["variance_type"] == "lot_size" and line["resource_type"] == "cost_category" for line in tables.get("variances", [])),
    }  # fmt: skip
    yield from (number for number, occurs in found.items() if occurs)


RULINGS = (
    "hours of a semi-finished item at rates of its own",
    "a settled layer below nothing",
    "an open layer below nothing",
    "a cost group that holds no layer and allows some",
    "a semi-finished unit that only phantoms use",
)


def rulings(book: Book, tables: Tables, end: date) -> Iterator[str]:
    """Where readings of the contract parted, before it said which one holds."""
    facts = Facts(book)
    units = Units(facts)
    live = {flow for flow in facts.flows if (facts.go_live(flow) or date.min) < end}
    for (flow, category, kanban), hours in Standing(units, end, live).hours_of.items():
        group, site = facts.category_group(category), facts.site(flow)
        for item in hours.keys() - {units.all[kanban].rule["item"]}:
            for node in facts.nodes:
                names = (item, units.all[kanban].rule["item"])
                rates = {facts.node_rate(node["node"], name, site, end) for name in names}
                if group in facts.bases(node) and len(rates) > 1:
                    yield RULINGS[0]
    for layer in tables.get("settlements", []):
        if Decimal(layer["amount"]) < 0:
            yield RULINGS[2] if Decimal(layer["open_quantity"]) else RULINGS[1]
    held = {(row["production_flow"], row["item"], row["cost_group"]) for row in tables.get("settlements", [])}
    for row in tables["realized_usage"]:
        flow, item, group = row["production_flow"], row["resource"], row["cost_group"]
        is_bare = row["resource_type"] == "item" and (flow, item, group) not in held
        if is_bare and Decimal(row["allowed_quantity"]) and any((flow, item) == key[:2] for key in held):
            yield RULINGS[3]
    made = {row["bom"] for row in facts.rows("boms") if any(facts.makes(flow, row["item"]) for flow in facts.flows)}
    direct = {row["component"] for row in facts.rows("bom_lines") if row["bom"] in made}
    for row in tables.get("unused_quantities", []):
        item = units.all[row["kanban"]].rule["item"]
        if row["unused_type"] == "semi_finished" and item not in direct:
            yield RULINGS[4]


NOT_IN_DATA = {
    14: "a choice of the calculation", 18: "the checklist forbids it", 19: "a refusal", 20: "the day on which a run is made",
    21: "a run is repeated", 23: "how a period is named", 24: "a run fails", 33: "how a contract with a supplier is written",
    50: "another program's step",
}  # fmt: skip
"""Cases that no valid row of a book can hold."""


def day(text: str) -> date:
    return date.fromisoformat(text)


def kinds_of(tables: Tables, kind: str) -> list[Row]:
    return [line for line in tables["wip_transactions"] if line["transaction_type"] == kind]


def is_made(unit: Unit) -> bool:
    return unit.rule["kanban_type"] == "manufacturing"


def controlled(facts: Facts, unit: Unit) -> bool:
    return yes(facts.last_activity(unit.rule), "update_on_receipt")


def by_day(facts: Facts, unit: Unit, end: date) -> set[str]:
    """The BOMs of a unit's item on the day it was received and on the end date."""
    site = facts.site(unit.rule["production_flow"])
    found = [facts.bom(unit.rule["item"], site, on) for on in (unit.received or end, end)]
    return {bom["bom"] for bom in found if bom}


def reach(books: int) -> tuple[Counter[str], Counter[int]]:
    """Posting rows, each as often as the first random books post it; cases by how many of the books hold them."""
    postings: Counter[str] = Counter()
    reached: Counter[int] = Counter()
    for seed in range(books):
        book = random_book(seed)
        end, start = PERIODS[seed % len(PERIODS)]
        closed, runs = close(book, end, start)
        tables = defaultdict(list, closed)
        postings.update(posting_rows(book, tables))
        postings.update(set(rulings(book, tables, end)))
        reached.update(cases(book, tables, runs, end))
    return postings, reached
