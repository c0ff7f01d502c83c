"""What the events of a run post to WIP."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.facts import ZERO, Facts, Row, number, rounded, yes
from tests.oracle.units import Units


@dataclass
class Line:
    """A WIP transaction; `exact` is its amount unrounded, `made` marks an own line of a made item."""

    event: str
    flow: str
    on: date
    kind: str
    item: str
    resource_type: str
    resource: str
    group: str
    quantity: Decimal | None
    unit_cost: Decimal
    amount: Decimal
    exact: Decimal
    made: bool = False
    transaction: str = ""


@dataclass
class Receipt:
    """What a receipt's breakdown says of a resource."""

    flow: str
    key: tuple[str, str, str]
    good: Decimal
    quantity: Decimal
    price: Decimal
    charge: Decimal


@dataclass
class Posted:
    """Everything a run posted."""

    lines: list[Line] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    outputs: dict[tuple[str, str], list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [ZERO, ZERO]))
    excess: dict[tuple[str, str, str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    accrued: list[tuple[str, str, date, str, str, Decimal, Decimal]] = field(default_factory=list)
    moved: list[tuple[str, str, Decimal]] = field(default_factory=list)


class Missing(Exception):
    """An event has no standard cost or rate."""


class Poster:
    """Posts the events of one run."""

    def __init__(self, facts: Facts, units: Units, start: date, end: date) -> None:
        self.facts, self.units, self.start, self.end = facts, units, start, end
        self.posted = Posted()

    def post(self) -> Posted:
        for line in self.facts.rows("picking_lines"):
            if yes(line, "updates_inventory", "yes"):
                on = date.fromisoformat(line["posting_date"])
                event = f"picking_lines:{line['picking_line']}"
                self._material(event, line["production_flow"], on, line["item"], number(line, "quantity"))
        for kanban, jobs in self.units.jobs.items():
            for job in jobs:
                if job.get("completed_date"):
                    self._job(self.units.all[kanban].rule, job, date.fromisoformat(job["completed_date"]))
        for unit in self.units.all.values():
            if yes(unit.rule, "supermarket") and unit.emptied and unit.received:
                flow = unit.rule.get("consuming_production_flow") or unit.rule["production_flow"]
                self._material(f"kanbans:{unit.kanban}", flow, unit.emptied, unit.rule["item"], unit.quantity)
        self._services()
        return self.posted

    def _is_now(self, flow: str, on: date) -> bool:
        """In the run, and after the flow's go-live (contract 3)."""
        return self.start <= on <= self.end and on > (self.facts.go_live(flow) or date.min)

    def _spread(self, exact: list[Decimal]) -> Iterator[Decimal]:
        """Rounds a total and spreads it by running sum."""
        running = ZERO
        for amount in exact:
            yield self.facts.money(running + amount) - self.facts.money(running)
            running += amount

    def _price(self, item: str, flow: str, on: date):
        record = self.facts.price(item, self.facts.site(flow), on)
        if record is None:
            raise Missing(f"{item} {on}")
        return record

    def _material(self, event: str, flow: str, on: date, item: str, quantity: Decimal) -> None:
        if not self._is_now(flow, on) or quantity == 0:
            return
        record = self._price(item, flow, on)
        kind = "material_issue" if quantity > 0 else "material_return"
        groups = record.by_group
        lines = [
            Line(event, flow, on, kind, item, "item", item, group, quantity, cost, amount, quantity * cost, record.made)
            for (group, cost), amount in zip(
                groups.items(), self._spread([quantity * cost for cost in groups.values()]), strict=True
            )
        ]
        self.posted.moved.append((flow, item, quantity))
        self._finish(event, flow, on, item, item, lines, moved=quantity)

    def _was_issued(self, flow: str, item: str, on: date) -> bool:
        if any(
            (row["production_flow"], row["resource_type"], row["resource"]) == (flow, "item", item)
            for row in self.facts.rows("opening_wip")
        ):
            return True
        for line in self.facts.rows("picking_lines"):
            picked = yes(line, "updates_inventory", "yes") and number(line, "quantity") > 0
            if picked and (line["production_flow"], line["item"]) == (flow, item):
                if date.fromisoformat(line["posting_date"]) <= on:
                    return True
        for unit in self.units.all.values():
            consuming = unit.rule.get("consuming_production_flow") or unit.rule["production_flow"]
            if yes(unit.rule, "supermarket") and (consuming, unit.rule["item"]) == (flow, item):
                if unit.emptied and unit.received and unit.emptied <= on and unit.quantity > 0:
                    return True
            if (unit.rule["production_flow"], unit.rule["item"]) == (flow, item):
                for job in self.units.jobs[unit.kanban]:
                    activity = self.facts.activities[flow, job["activity"]]
                    into = activity["activity_type"] == "transfer" and yes(activity, "update_on_pick")
                    if into and not yes(activity, "update_on_receipt") and number(job, "good_quantity") > 0:
                        if job.get("completed_date") and date.fromisoformat(job["completed_date"]) <= on:
                            return True
        return False

    def _job(self, rule: Row, job: Row, on: date) -> None:
        flow, item, event = rule["production_flow"], rule["item"], f"kanban_jobs:{job['job']}"
        activity = self.facts.activities[flow, job["activity"]]
        pick, receipt = yes(activity, "update_on_pick"), yes(activity, "update_on_receipt")
        good = number(job, "good_quantity")
        if activity["activity_type"] == "transfer":
            if pick and not receipt:
                self._material(event, flow, on, item, good)
            elif receipt and not pick and self._is_now(flow, on):
                if self.facts.makes(flow, item):
                    self._finish(event, flow, on, item, item, self._receive(event, flow, on, item, good), made=good)
                elif self._was_issued(flow, item, on):
                    self._material(event, flow, on, item, -good)
                else:
                    lines = self._receive(event, flow, on, item, good, itself=True)
                    self._finish(event, flow, on, item, item, lines, made=good)
            return
        if not self._is_now(flow, on):
            return
        lines = []
        category = self.facts.category(activity)
        if category:
            lines.append(self._conversion(event, flow, on, item, activity, category, job))
        is_output = activity["activity"] == rule["last_activity"] and receipt
        if is_output:
            lines += self._receive(event, flow, on, item, good)
        self._finish(event, flow, on, item, item, lines, made=good if is_output else ZERO)

    def _conversion(self, event: str, flow: str, on: date, item: str, activity: Row, category: str, job: Row) -> Line:
        worked = number(job, "good_quantity") + number(job, "error_quantity")
        per_unit = self.facts.hours_per_unit(activity, item)
        hours = rounded(max(worked, number(activity, "process_quantity")) * per_unit, 6)
        rate = self.facts.hourly_rate(category, self.facts.site(flow), on)
        if rate is None:
            raise Missing(f"{category} {on}")
        group = self.facts.category_group(category)
        excess = hours - rounded(worked * per_unit, 6)
        if excess > 0:
            self._carry_excess(flow, on, item, category, group, excess, rate)
        amount = hours * rate
        return Line(
            event,
            flow,
            on,
            "conversion",
            item,
            "cost_category",
            category,
            group,
            hours,
            rate,
            self.facts.money(amount),
            amount,
        )

    def _carry_excess(
        self, flow: str, on: date, item: str, category: str, group: str, hours: Decimal, rate: Decimal
    ) -> None:
        self.posted.excess[flow, "cost_category", category, group] += hours
        amounts = {group: hours * rate}
        for node in self.facts.nodes:
            factor = self.facts.node_rate(node["node"], item, self.facts.site(flow), on)
            based = self.facts.bases(node)
            if factor is None or node["node_type"] not in ("surcharge", "rate"):
                continue
            if node["node_type"] == "rate":
                base = hours if group in based else ZERO
            else:
                base = sum((amount for name, amount in amounts.items() if name in based), ZERO)
            if base:
                self.posted.excess[flow, "costing_sheet_node", node["node"], node["cost_group"]] += base
                amounts[node["cost_group"]] = amounts.get(node["cost_group"], ZERO) + base * factor

    def _receive(self, event: str, flow: str, on: date, item: str, good: Decimal, itself: bool = False) -> list[Line]:
        if good == 0:
            return []
        record = self._price(item, flow, on)
        entries = record.lines
        if itself:
            entries = tuple(
                ("item", item, group, Decimal(1), cost, ZERO, cost) for group, cost in record.by_group.items()
            )
        lines = []
        spread = list(self._spread([-good * entry[6] for entry in entries]))
        for (kind, resource, group, quantity, price, charge, cost), amount in zip(entries, spread, strict=True):
            posted = -rounded(good * quantity, 6)
            lines.append(
                Line(
                    event, flow, on, "product_receipt", item, kind, resource, group, posted, price, amount, -good * cost
                )
            )
            self.posted.receipts.append(Receipt(flow, (kind, resource, group), good, quantity, price, charge))
        total = self.posted.outputs[flow, item]
        total[0] += good
        total[1] -= sum(spread, ZERO)
        return lines

    def _services(self) -> None:
        receipts = {row["service_receipt"]: row for row in self.facts.rows("service_receipts")}
        for name, row in receipts.items():
            on = date.fromisoformat(row["posting_date"])
            quantity, price = number(row, "quantity"), number(row, "unit_price")
            if self._is_now(row["production_flow"], on) and quantity:
                self._service(f"service_receipts:{name}", row, on, quantity, quantity, price)
        for row in self.facts.rows("service_invoices"):
            on, event = date.fromisoformat(row["posting_date"]), f"service_invoices:{row['service_invoice']}"
            receipt = receipts[row["service_receipt"]]
            if not self._is_now(receipt["production_flow"], on):
                continue
            quantity, price = number(row, "quantity"), number(row, "unit_price")
            difference = price - number(receipt, "unit_price")
            service, flow = receipt["service_item"], receipt["production_flow"]
            accrued = self.facts.money(quantity * number(receipt, "unit_price"))
            group = self.facts.items[service]["cost_group"]
            deviation = self.facts.money(quantity * difference)
            self.posted.accrued.append((event, flow, on, service, group, accrued, deviation))
            if difference and quantity:
                self._service(event, receipt, on, None, quantity, difference)

    def _service(
        self, event: str, row: Row, on: date, posted: Decimal | None, quantity: Decimal, price: Decimal
    ) -> None:
        flow, service = row["production_flow"], row["service_item"]
        exact = quantity * price
        group = self.facts.items[service]["cost_group"]
        line = Line(
            event, flow, on, "service", "", "service", service, group, posted, price, self.facts.money(exact), exact
        )
        self._finish(event, flow, on, "", service, [line])

    def _finish(
        self,
        event: str,
        flow: str,
        on: date,
        item: str,
        rate_item: str,
        lines: list[Line],
        *,
        moved: Decimal = ZERO,
        made: Decimal = ZERO,
    ) -> None:
        """Adds the indirect lines node by node, orders and numbers the event's lines."""
        lines.sort(key=lambda line: (line.group, line.resource, line.resource_type, line.kind))
        for node in self.facts.nodes:
            rate = self.facts.node_rate(node["node"], rate_item, self.facts.site(flow), on)
            base = self._base(node, lines, item, moved, made)
            if rate is not None and base != 0:
                amount = rate * base
                lines.append(
                    Line(
                        event, flow, on, "indirect", item, "costing_sheet_node", node["node"], node["cost_group"],
                        base, rate, self.facts.money(amount), amount,
                    )
                )  # fmt: skip
        kept = [line for line in lines if line.quantity is None or line.quantity != 0 or line.amount != 0]
        number_lines(event, kept)
        self.posted.lines += kept

    def _base(self, node: Row, lines: list[Line], item: str, moved: Decimal, made: Decimal) -> Decimal:
        groups, kind = self.facts.bases(node), node["node_type"]
        level = (node.get("subtype") or "level") == "level"
        based = [line for line in lines if line.group in groups and not (level and line.made)]
        if kind == "surcharge":
            return sum((line.amount for line in based if line.kind != "product_receipt"), ZERO)
        if kind == "rate":
            return sum((line.quantity or ZERO for line in based if line.kind == "conversion"), ZERO)
        if kind == "input_unit":
            is_based = any(line.kind in ("material_issue", "material_return") for line in based)
            return rounded(moved * self.facts.measure(node, item), 6) if is_based else ZERO
        return rounded(made * self.facts.measure(node, item), 6) if made else ZERO


def number_lines(event: str, lines: list[Line]) -> None:
    for place, line in enumerate(lines, start=1):
        line.transaction = event if len(lines) == 1 else f"{event}#{place:02}"
