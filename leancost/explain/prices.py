"""Prices, rates and posted quantities, each led back to the rows they were read from."""

from datetime import date
from decimal import Decimal

from leancost.explain.terms import SUM, Term, total
from leancost.explain.workings import Row, Workings, cell, input_row, remembered
from leancost.tables.source_rows import SourceRow

NONE = Decimal(0)


@remembered
def site_of(workings: Workings, flow: str) -> str:
    """The site of a production flow."""
    return str((input_row(workings, "production_flows", flow) or {})["site"])


@remembered
def standard_cost(workings: Workings, name: str, item: str, site: str, day: date, cost_group: str) -> Term:
    """The standard cost of an item in a cost group on a day: its price row, or the lines of its breakdown."""
    record = workings.in_force("standard_price_periods", day, item=item, site=site)
    if record is None:
        return Term(name, NONE, "price", note="no active standard cost")
    key = (record["costing_version"], record["record_item"], record["record_site"], record["from_date"])
    cells = breakdown_cells(workings, key, cost_group)
    if len(cells) == 1:
        return Term(name, cells[0].value, "price", rows=cells[0].rows)
    rule = "facts/standard_costs_by_group"
    if cells:
        return Term(name, total(cells), "price", SUM, None, rule, cells)
    holds = workings.lookup("standard_costs_by_group", item=item, site=site, valid_from=record["valid_from"],
                            cost_group=cost_group)  # fmt: skip
    if not holds:
        return Term(name, NONE, "price", note=f"the standard cost holds nothing in {cost_group}")
    return cell(workings, name, "item_prices", key, "unit_cost", "price")


def breakdown_cells(workings: Workings, record: tuple[object, ...], cost_group: str) -> tuple[Term, ...]:
    """The costs in a cost group of the breakdown of a price record: version, item, site and from date."""
    names = ("costing_version", "item", "site", "from_date")
    lines = workings.lookup(
        "item_price_breakdown", **dict(zip(names, record, strict=True)), cost_group=cost_group
    )  # fmt: skip
    keys = [(*record, one["resource_type"], one["resource"], cost_group) for one in lines]
    return tuple(cell(workings, "cost", "item_price_breakdown", key, "cost", "price") for key in keys)


@remembered
def hourly_rate(workings: Workings, name: str, cost_category: str, flow: str, day: date) -> Term:
    """The hourly rate of a cost category on a day at the flow's site."""
    site = site_of(workings, flow)
    found = workings.in_force("hourly_rate_records", day, cost_category=cost_category, site=site)
    if found is None:
        return Term(name, NONE, "price", note="no active rate")
    key = (found["costing_version"], cost_category, found["record_site"], found["from_date"])
    return cell(workings, name, "cost_category_prices", key, "hourly_rate", "price")


@remembered
def overhead_rate(workings: Workings, name: str, node: str, flow: str, item: str, day: date) -> Term:
    """The rate of a costing sheet node for an item ('' = for all items) on a day at the flow's site."""
    found = workings.in_force("indirect_rate_records", day, node=node, site=site_of(workings, flow), item=item)
    if found is None:
        return Term(name, NONE, "price", note="no active rate for all items")
    key = (found["costing_version"], node, found["record_site"], found["record_item"], found["from_date"])
    return cell(workings, name, "indirect_rates", key, "rate", "price")


@remembered
def moved(workings: Workings, event: str, kind: str) -> Term:
    """The quantity issued to WIP or returned from it by an event."""
    table, _, key = event.partition(":")
    if table == "picking_lines":
        return cell(workings, "quantity", table, (key,), "quantity")
    if table == "kanbans":
        return unit_quantity(workings, "quantity", key)
    if kind == "material_issue":
        return cell(workings, "quantity", table, (key,), "good_quantity")
    good = cell(workings, "good_quantity", table, (key,), "good_quantity")
    return Term("quantity", -good.value, formula="−good_quantity", rule="posting/material_lines", parts=(good,))


def received(workings: Workings, event: str) -> Term:
    """The good quantity of the job that received a product."""
    return cell(workings, "good_quantity", "kanban_jobs", (event.partition(":")[2],), "good_quantity")


@remembered
def unit_quantity(workings: Workings, name: str, kanban: str) -> Term:
    """What a unit holds: the good quantity of its last completed job, else the kanban's quantity."""
    unit = workings.lookup("handling_units", kanban=kanban)[0]
    jobs = workings.select(
        "SELECT j.job FROM kanban_jobs j JOIN kanbans k ON k.kanban = j.kanban"
        " JOIN rule_activities a ON a.kanban_rule = k.kanban_rule AND a.activity = j.activity"
        " WHERE j.kanban = ? AND j.completed_date <= ? ORDER BY a.sequence DESC, j.completed_date DESC, j.job LIMIT 1",
        kanban, unit["received_date"],
    )  # fmt: skip
    if jobs:
        return cell(workings, name, "kanban_jobs", (jobs[0]["job"],), "good_quantity")
    return cell(workings, name, "kanbans", (kanban,), "quantity")


@remembered
def hours(workings: Workings, event: str) -> Term:
    """The hours charged for a job: at least those of the process quantity."""
    parts = _job_parts(workings, event)
    value = workings.lookup("conversion_hours", event=event)[0]["hours"]
    formula = "greatest(good + error, process_quantity) × hours_per_unit"
    return Term("hours", value, formula=formula, digits=6, rule="posting/conversion_hours", parts=parts)


@remembered
def excess_hours(workings: Workings, event: str) -> Term:
    """The hours charged only because the job was smaller than the process quantity."""
    value = workings.lookup("conversion_hours", event=event)[0]["excess_hours"]
    good, error, _, per_unit = _job_parts(workings, event)
    formula = "hours − rounded((good + error) × hours_per_unit)"
    parts = (hours(workings, event), good, error, per_unit)
    return Term(
        "excess",
        value,
        formula=formula,
        digits=6,
        rule="posting/conversion_hours",
        parts=parts,
        label=f"excess of {event}",
    )


@remembered
def hours_per_unit(workings: Workings, flow: str, activity: str, item: str) -> Term:
    """Run time of one unit: run time hours ÷ run time quantity, times the item's throughput ratio."""
    key = (flow, activity)
    parts = (
        cell(workings, "run_time_hours", "activities", key, "run_time_hours"),
        cell(workings, "run_time_quantity", "activities", key, "run_time_quantity"),
    )
    quotient = workings.select(
        "SELECT quotient FROM per_unit_quantities WHERE purpose = 'activity' AND owner = ? AND line = ?", flow, activity
    )[0]["quotient"]
    rule, formula = "facts/per_unit_quantities", "run_time_hours ÷ run_time_quantity"
    if input_row(workings, "activity_ratios", flow, activity, item) is None:
        return Term("hours_per_unit", quotient, formula=formula, digits=9, rule=rule, parts=parts)
    run_time = Term("run_time", quotient, formula=formula, digits=9, rule=rule, parts=parts)
    ratio = cell(workings, "ratio", "activity_ratios", (flow, activity, item), "throughput_ratio")
    value = workings.select(
        "SELECT max(hours_per_unit) AS value FROM rule_activities"
        " WHERE production_flow = ? AND activity = ? AND item = ?",
        flow, activity, item,
    )[0]["value"]  # fmt: skip
    return Term(
        "hours_per_unit", value, formula="run_time × ratio", digits=15, rule="facts/rule_activities",
        parts=(run_time, ratio),
    )  # fmt: skip


def event_rows(workings: Workings, event: str) -> tuple[SourceRow, ...]:
    """The row of the table that an event stands for."""
    table, _, key = event.partition(":")
    return (workings.numbers.row(table, key.split("/") if table == "item_prices" else (key,)),)


def layer_rows(workings: Workings, layer: Row) -> tuple[SourceRow, ...]:
    """The row a FIFO layer began with: of the event that issued it, or of the go-live balance."""
    if not layer["event"].startswith("opening_wip:"):
        return event_rows(workings, layer["event"])
    key = layer["transaction"].partition(":")[2].split("/")
    if len(key) != 5:  # a name holds the separator
        key = [layer["production_flow"], "item", layer["item"], layer["cost_group"], layer["posting_date"]]
    return (workings.numbers.row("opening_wip", key),)


def _job_parts(workings: Workings, event: str) -> tuple[Term, Term, Term, Term]:
    job = event.partition(":")[2]
    row = input_row(workings, "kanban_jobs", job) or {}
    rule = (input_row(workings, "kanbans", row["kanban"]) or {})["kanban_rule"]
    owner = input_row(workings, "kanban_rules", rule) or {}
    flow = owner["production_flow"]
    return (
        cell(workings, "good", "kanban_jobs", (job,), "good_quantity"),
        cell(workings, "error", "kanban_jobs", (job,), "error_quantity"),
        cell(workings, "process_quantity", "activities", (flow, row["activity"]), "process_quantity"),
        hours_per_unit(workings, flow, row["activity"], owner["item"]),
    )
