"""What stands unused and what work is kept on it, unit by unit, down to kanbans, jobs, picking lines and BOM lines."""

from datetime import date
from decimal import Decimal

from leancost.explain.prices import NONE, event_rows, unit_quantity
from leancost.explain.terms import SUM, Term, product, round_half_up, total
from leancost.explain.workings import Row, Workings, cell, remembered
from leancost.tables.source_rows import SourceRow

KEPT_RULE = "backflush/kept_hours"


@remembered
def unused(workings: Workings, flow: str, resource_type: str, resource: str) -> Term:
    """The unused quantity: what is counted in the units, at most opening + issued − returned."""
    usage = net_usage(workings, flow, resource_type, resource)
    rows = workings.select(
        "SELECT * FROM unused_quantities WHERE production_flow = ? AND item = ? ORDER BY unused_type, kanban",
        flow,
        resource,
    )
    parts = tuple(_unused_row(workings, row) for row in rows)
    counted = Term(
        "counted", total(parts), formula=SUM, rule="backflush/step_1_unused_quantities",
        parts=parts,
    )  # fmt: skip
    if not usage["capped_quantity"]:
        return Term("unused", usage["unused_quantity"], formula=SUM, rule=counted.rule, parts=parts)
    left = usage["opening_quantity"] + usage["issued_quantity"] - usage["returned_quantity"]
    stood = Term("stood", left, note="opening + issued − returned: no more can stand in WIP")
    return Term(
        "unused", usage["unused_quantity"], formula="least(counted, greatest(stood, 0))",
        rule="backflush/step_2_net_realized_usage", parts=(counted, stood),
    )  # fmt: skip


@remembered
def net_usage(workings: Workings, flow: str, resource_type: str, resource: str) -> Row:
    """The row of net_realized_usage; zeros where there is none."""
    names = ("opening", "issued", "returned", "unused", "capped", "realized")
    rows = workings.lookup(
        "net_realized_usage", production_flow=flow, resource_type=resource_type, resource=resource
    )  # fmt: skip
    return rows[0] if rows else {f"{name}_quantity": NONE for name in names}


@remembered
def kept_hours(workings: Workings, flow: str, cost_category: str, rule_item: str | None = None) -> Term:
    """The hours already worked on what stands in the flow, kanban by kanban; or those under the rules of one item."""
    rows = workings.select(
        "SELECT kanban, sum(hours) AS hours FROM kept_hours WHERE production_flow = ? AND cost_category = ?"
        " AND rule_item = COALESCE(?, rule_item) GROUP BY kanban ORDER BY kanban", flow, cost_category, rule_item,
    )  # fmt: skip
    parts = tuple(_kept_hours_of(workings, flow, cost_category, rule_item, row) for row in rows)
    return Term("hours", total(parts), formula=SUM, rule=KEPT_RULE, parts=parts)


def _kept_hours_of(workings: Workings, flow: str, cost_category: str, rule_item: str | None, row: Row) -> Term:
    kanban, label = row["kanban"], f"kanban {row['kanban']}"
    done = workings.select(
        "SELECT quantity, hours_per_unit FROM kept_activities WHERE production_flow = ? AND cost_category = ?"
        " AND kanban = ? AND rule_item = COALESCE(?, rule_item) ORDER BY ALL", flow, cost_category, kanban, rule_item,
    )  # fmt: skip
    of_kanban = (workings.numbers.row("kanbans", (kanban,)),)
    parts = tuple(
        _product(
            "hours", one["quantity"], "hours_per_unit", one["hours_per_unit"], of_kanban, "backflush/kept_activities"
        )
        for one in done
    )
    whole = Term(
        "worked", round_half_up(total(parts), 6), formula=SUM, digits=6, rule=KEPT_RULE, parts=parts, label=label
    )
    if whole.value == row["hours"]:
        return whole
    left = Term("left", row["hours"], note="of opening + applied hours, after the kanbans and items before it")
    if 0 <= left.value < whole.value:
        formula = "greatest(least(worked, left), 0)"
        return Term("hours", row["hours"], formula=formula, rule=KEPT_RULE, parts=(whole, left), rows=of_kanban)
    note = "its share of the hours of its kanban, which are rounded once"
    return Term("hours", row["hours"], rule=KEPT_RULE, rows=of_kanban, label=label, note=note)


def _unused_row(workings: Workings, row: Row) -> Term:
    """One row of unused_quantities: the contents of a kanban, rounded once."""
    flow, item, kanban, kind = row["production_flow"], row["item"], row["kanban"], row["unused_type"]
    parts: list[Term] = []
    if kind == "in_process":
        parts += _picked(workings, flow, kanban, item, None)
    elif workings.lookup("unit_contents", kanban=kanban, item=item, is_exploded=False):
        parts.append(unit_quantity(workings, "quantity", kanban))
    parts += _exploded(workings, flow, item, kanban, kind)
    parts += _services(workings, row)
    return Term(
        "unused", row["quantity"], formula=SUM, digits=6, rule="backflush/step_1_unused_quantities", parts=tuple(parts),
        rows=(workings.numbers.row("kanbans", (kanban,)),), label=f"{kind.replace('_', ' ')} {kanban}",
    )  # fmt: skip


def _picked(workings: Workings, flow: str, kanban: str, item: str, exploded_on: date | None) -> list[Term]:
    """The picking lines of an item for a kanban in process: those put in as they are, or those exploded on a day."""
    contents = workings.select(
        "SELECT DISTINCT content_date, is_exploded FROM unit_contents WHERE kanban = ? AND item = ?", kanban, item
    )
    days = [one["content_date"] for one in contents if one["is_exploded"] == (exploded_on is not None)]
    lines = workings.select(
        "SELECT p.picking_line, p.posting_date, p.updates_inventory FROM picking_lines p, run u"
        " WHERE p.kanban = ? AND p.item = ? AND p.posting_date <= u.end_date ORDER BY p.posting_date, p.picking_line",
        kanban, item,
    )  # fmt: skip
    in_flow = workings.select("SELECT item FROM in_flow_items WHERE production_flow = ? AND item = ?", flow, item)
    chosen = [
        one["picking_line"]
        for one in lines
        if one["posting_date"] in days
        and (exploded_on is None or one["posting_date"] == exploded_on)
        and (exploded_on is not None) == (not one["updates_inventory"] and bool(in_flow))
    ]
    return [cell(workings, "quantity", "picking_lines", (line,), "quantity") for line in chosen]


def _exploded(workings: Workings, flow: str, item: str, kanban: str, kind: str) -> list[Term]:
    """What the semi-finished items in a unit hold of an item: their quantity × what one of them holds."""
    rows = workings.select(
        "SELECT DISTINCT c.item AS root, c.content_date, i.path, i.quantity FROM unit_contents c JOIN item_contents i"
        " ON i.production_flow = c.production_flow AND i.root = c.item AND i.content_date = c.content_date"
        " WHERE c.is_exploded AND NOT i.is_opened AND c.production_flow = ? AND c.kanban = ? AND c.unused_type = ?"
        " AND i.item = ? ORDER BY ALL",
        flow, kanban, kind, item,
    )  # fmt: skip
    terms = []
    for row in rows:
        if kind == "in_process":
            lines = tuple(_picked(workings, flow, kanban, row["root"], row["content_date"]))
            value = total(lines)
            content = Term(
                "content", value, formula=SUM, rule="backflush/unit_contents", parts=lines, label=row["root"]
            )
        else:
            content = unit_quantity(workings, "content", kanban)
        per_unit = _per_unit(workings, row["path"], row["quantity"], row["root"])
        terms.append(
            Term(
                "quantity",
                product(content.value, per_unit.value),
                formula="content × per_unit",
                rule="backflush/item_contents",
                parts=(content, per_unit),
                label=f"in {row['root']}",
            )
        )
    return terms


@remembered
def _per_unit(workings: Workings, path: str, quantity: Decimal, root: str) -> Term:
    """Components per unit along a path of BOM lines: line quantity ÷ BOM quantity, line by line."""
    names = path.strip("/").split("/")
    whole: Term | None = None
    for bom, number in zip(names[::2], names[1::2], strict=False):
        quotient = workings.lookup("per_unit_quantities", purpose="bom_line_net", owner=bom, line=number)
        if not quotient:  # a name holds the separator
            return Term("per_unit", quantity, note=f"what one {root} holds by BOM lines {path}")
        parts = (
            cell(workings, "line_quantity", "bom_lines", (bom, number), "quantity"),
            cell(workings, "bom_quantity", "boms", (bom,), "quantity"),
        )
        value, formula, label = quotient[0]["quotient"], "line_quantity ÷ bom_quantity", f"BOM {bom} line {number}"
        step = Term("step", value, "quantity", formula, 9, "facts/per_unit_quantities", parts, label=label)
        if whole is None:
            whole = Term("per_unit", value, "quantity", formula, 9, step.rule, parts, label=label)
        else:
            value = round_half_up(product(whole.value, value), 15)
            rule = "backflush/item_contents"
            whole = Term(
                "per_unit", value, "quantity", "per_unit × step", 15, rule, (whole, step), label=f"in one {root}"
            )
    assert whole is not None
    return whole


def _services(workings: Workings, row: Row) -> list[Term]:
    done = workings.select(
        "SELECT quantity, service_quantity FROM kept_activities"
        " WHERE production_flow = ? AND kanban = ? AND unused_type = ? AND service_item = ? ORDER BY ALL",
        row["production_flow"], row["kanban"], row["unused_type"], row["item"],
    )  # fmt: skip
    rows = event_rows(workings, f"kanbans:{row['kanban']}")
    return [
        _product("quantity", one["quantity"], "per_unit", one["service_quantity"], rows, "backflush/kept_activities")
        for one in done
    ]


def _product(
    name: str, quantity: Decimal, factor_name: str, factor: Decimal, rows: tuple[SourceRow, ...], rule: str
) -> Term:
    """Units of an activity's product × what the activity takes per unit."""
    parts = (
        Term("units", quantity, rows=rows, note="units the activity is done on"),
        Term(factor_name, factor, note="of the activity, see its row in activities"),
    )
    return Term(name, product(quantity, factor), formula=f"units × {factor_name}", rule=rule, parts=parts)
