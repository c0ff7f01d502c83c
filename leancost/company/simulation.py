"""The teaching company's book: setup, a simulated quarter, what stood in WIP at the go-live, and the troubles.

`python -m leancost.company.simulation` writes data/setup, data/events, data/README.md and the tables of
docs/teaching-company.md.
"""

import csv
from collections.abc import Collection
from copy import deepcopy
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from leancost.company import handbook
from leancost.company.loops import Works, working_days
from leancost.company.setup import Book, Rows, as_text, company_setup, workspace_of
from leancost.company.troubles import TROUBLES, Trouble
from leancost.costing import backflush
from leancost.tables import declaration

__all__ = ["TROUBLES", "Trouble", "company", "write"]

SEED = 2
WARM_UP = date(2025, 11, 24)
GO_LIVE = date(2025, 12, 31)
LAST_DAY = date(2026, 3, 31)
HOLIDAYS = [date(2025, 12, 24), date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)]
ORDER = {
    "kanbans": ("assigned_date", "kanban"),
    "kanban_jobs": ("completed_date", "job"),
    "picking_lines": ("posting_date", "picking_line"),
}
HOME = Path(__file__).parents[2] / "data"


def company(*, without: Collection[str] = ()) -> Book:
    """A fresh copy of the company's book; `without` names troubles (keys of TROUBLES) that did not happen."""
    unknown = set(without) - TROUBLES.keys()
    if unknown:
        raise KeyError(f"no such trouble: {', '.join(sorted(unknown))}")
    book = deepcopy(_undisturbed())
    for name, trouble in TROUBLES.items():
        if name not in without:
            trouble.happen(book)
    return in_order(book)


def in_order(book: Book) -> Book:
    """The events by the day they happened, then by key, wherever an edit put them."""
    for table, (day, key) in ORDER.items():
        book[table].sort(key=lambda row: (row[day], row[key]))
    return book


@cache
def _undisturbed() -> Book:
    """Setup and events before any trouble, from the go-live on."""
    setup = company_setup()
    works = Works(setup, working_days(WARM_UP, LAST_DAY, HOLIDAYS), GO_LIVE, SEED)
    events = _since_go_live(setup, works.run())
    return {**setup, **events, "opening_wip": _opening_wip(setup, events)}


def _since_go_live(setup: Book, events: Book) -> Book:
    """Leaves out what was over at the go-live, and the jobs and picking lines of units that were full by then."""
    go_live = GO_LIVE.isoformat()
    rules = {row["kanban_rule"]: row for row in setup["kanban_rules"]}
    prepared = {row["kanban"]: row["prepared_date"] for row in events["kanban_jobs"] if row["prepared_date"]}

    def over(kanban: dict[str, str]) -> bool:
        rule = rules[kanban["kanban_rule"]]
        emptied = kanban["emptied_date"]
        if rule["empty_policy"] == "received":
            emptied = kanban["received_date"]
        elif rule["empty_policy"] == "source_requirement":
            emptied = prepared.get(kanban["source_kanban"], "")
        return emptied != "" and emptied <= go_live

    kanbans = [row for row in events["kanbans"] if not over(row)]
    in_process = {row["kanban"] for row in kanbans if not row["received_date"] or row["received_date"] > go_live}
    jobs = [row for row in events["kanban_jobs"] if row["kanban"] in in_process]
    known_jobs = {row["job"] for row in jobs}
    receipts = [
        {**row, "job": row["job"] if row["job"] in known_jobs else ""}
        for row in events["service_receipts"]
        if row["posting_date"] > go_live
    ]
    return {
        "kanbans": kanbans,
        "kanban_jobs": jobs,
        "picking_lines": [row for row in events["picking_lines"] if row["kanban"] in in_process],
        "service_receipts": receipts,
        "service_invoices": [row for row in events["service_invoices"] if row["posting_date"] > go_live],
    }


def _opening_wip(setup: Book, events: Book) -> Rows:
    """What stood unused at the go-live, at standard, and the material handling on it.

    Conversion is not kept (parameter conversion_in_wip `clear`). Source: "Products in WIP"; contract 3 (opening_wip).
    """
    with workspace_of(_priced_before(setup) | events) as connection:
        for _ in backflush.close(connection, end=GO_LIVE):
            pass
        unused = connection.execute(
            "SELECT production_flow, item, sum(quantity) FROM unused_quantities GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    items = {row["item"]: row for row in setup["items"]}
    prices = {row["item"]: Decimal(row["unit_cost"]) for row in setup["item_prices"]}
    (handling,) = (row for row in setup["costing_sheet"] if row["node"] == "HANDLING")
    (rate,) = (Decimal(row["rate"]) for row in setup["indirect_rates"] if row["node"] == "HANDLING")
    bases: dict[str, Decimal] = {}
    rows: Rows = []

    def add(flow: str, kind: str, resource: str, group: str, quantity: Decimal, unit_cost: Decimal) -> Decimal:
        amount = (quantity * unit_cost).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if amount:
            rows.append({"production_flow": flow, "resource_type": kind, "resource": resource, "cost_group": group,
                         "posting_date": GO_LIVE.isoformat(), "quantity": as_text(quantity),
                         "unit_cost": as_text(unit_cost), "amount": str(amount)})  # fmt: skip
        return amount

    for flow, item, quantity in unused:
        by_group: dict[str, Decimal] = {}
        for line in setup["item_price_breakdown"]:
            if line["item"] == item:
                by_group[line["cost_group"]] = by_group.get(line["cost_group"], Decimal(0)) + Decimal(line["cost"])
        # A made item carries the overhead of its own level already (subtype level).
        if by_group:
            for group, cost in sorted(by_group.items()):
                add(flow, "item", item, group, quantity, cost)
            continue
        group = items[item]["cost_group"]
        amount = add(flow, items[item]["item_type"], item, group, quantity, prices[item])
        if group in handling["base_cost_groups"].split(";"):
            bases[flow] = bases.get(flow, Decimal(0)) + amount
    for flow, base in bases.items():
        add(flow, "costing_sheet_node", "HANDLING", handling["cost_group"], base, rate)
    return rows


def _priced_before(setup: Book) -> Book:
    """The setup with prices that hold in December as well, to count what stood unused at its end."""
    earlier = WARM_UP.isoformat()
    return {name: [{**row, "from_date": earlier} if "from_date" in row else row for row in rows]
            for name, rows in setup.items()}  # fmt: skip


def write(target: Path, book: Book) -> None:
    """Writes the book as a folder: one CSV a table, columns in the order of the data dictionary."""
    for table in declaration.inputs():
        rows = book.get(table.name, [])
        if not rows:
            continue
        columns = [name for name in table.names if any(row.get(name) for row in rows)]
        path = target / table.group / f"{table.name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore", restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    write(HOME, company())
    (HOME / "README.md").write_text(declaration.dictionary(), encoding="utf-8")
    handbook.PAGE.write_text(handbook.page(), encoding="utf-8")
