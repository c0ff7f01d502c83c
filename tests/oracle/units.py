"""Kanbans as handling units: when received and emptied, and what is in those that stand."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.facts import Facts, Row, day, divided, number, rounded, yes

DEFAULT_POLICY = {"scheduled": "received", "event": "source_requirement", "fixed": "manual"}


@dataclass(frozen=True)
class Unit:
    """A kanban with the dates that follow from others."""

    kanban: str
    rule: Row
    assigned: date | None
    received: date | None
    emptied: date | None
    quantity: Decimal


class Units:
    """Every kanban of a book."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.jobs: dict[str, list[Row]] = defaultdict(list)
        for job in facts.rows("kanban_jobs"):
            self.jobs[job["kanban"]].append(job)
        self.picks: dict[str, list[Row]] = defaultdict(list)
        for line in facts.rows("picking_lines"):
            if line.get("kanban"):
                self.picks[line["kanban"]].append(line)
        self.rows = {row["kanban"]: row for row in facts.rows("kanbans")}
        self.all = {name: self._unit(row) for name, row in self.rows.items()}

    def _sequence(self, row: Row, job: Row) -> int:
        rule = self.facts.rules[row["kanban_rule"]]
        return int(self.facts.activities[rule["production_flow"], job["activity"]]["sequence"])

    def _received(self, row: Row) -> date | None:
        rule = self.facts.rules[row["kanban_rule"]]
        last = [job for job in self.jobs[row["kanban"]] if job["activity"] == rule["last_activity"]]
        done = [day(job.get("completed_date")) for job in last if job.get("completed_date")]
        return day(row.get("received_date")) or (max(filter(None, done)) if done else None)

    def prepared(self, kanban: str) -> date | None:
        """First job's prepared date, else its first picking line's, else its first completion."""
        row = self.rows[kanban]
        jobs = sorted(self.jobs[kanban], key=lambda job: (self._sequence(row, job), job["job"]))
        if jobs and jobs[0].get("prepared_date"):
            return day(jobs[0]["prepared_date"])
        picked = [line["posting_date"] for line in self.picks[kanban]]
        completed = [job["completed_date"] for job in jobs if job.get("completed_date")]
        return day(min(picked or completed, default=None))

    def _unit(self, row: Row) -> Unit:
        rule = self.facts.rules[row["kanban_rule"]]
        received = self._received(row)
        done = [
            job
            for job in self.jobs[row["kanban"]]
            if job.get("completed_date") and received and date.fromisoformat(job["completed_date"]) <= received
        ]
        quantity = number(row, "quantity")
        if done:
            quantity = number(max(done, key=lambda job: self._sequence(row, job)), "good_quantity")
        return Unit(
            row["kanban"], rule, day(row.get("assigned_date")), received, self._emptied(row, rule, received), quantity
        )

    def _emptied(self, row: Row, rule: Row, received: date | None) -> date | None:
        if row.get("emptied_date"):
            return day(row["emptied_date"])
        policy = rule.get("empty_policy") or DEFAULT_POLICY[rule["replenishment_strategy"]]
        if policy == "received":
            return received
        if policy != "source_requirement" or rule["replenishment_strategy"] != "event" or received is None:
            return None
        if row.get("source_kanban"):
            needed = self.prepared(row["source_kanban"])
            return max(needed, received) if needed else None
        flow = rule.get("consuming_production_flow") or rule["production_flow"]
        days = [
            self.prepared(other)
            for other, parent in self.rows.items()
            if self._needs(parent, flow, rule["item"], other)
        ]
        return min((d for d in days if d and d >= received), default=None)

    def _needs(self, parent: Row, flow: str, item: str, kanban: str) -> bool:
        rule = self.facts.rules[parent["kanban_rule"]]
        on = self.prepared(kanban)
        if rule["kanban_type"] != "manufacturing" or rule["production_flow"] != flow or on is None:
            return False
        return item in self.named(rule["item"], self.facts.site(flow), on)

    def named(self, item: str, site: str, on: date) -> set[str]:
        """What the item's BOM uses, directly or through phantoms."""
        bom = self.facts.bom(item, site, on)
        names: set[str] = set()
        for line in self.facts.bom_lines(bom["bom"]) if bom else []:
            kind = line.get("line_type") or "item"
            if kind != "vendor":
                names.add(line["component"])
            if kind == "phantom":
                names |= self.named(line["component"], site, on)
        return names

    def contents(self, flow: str, item: str, on: date) -> list[tuple[str, bool, Decimal]]:
        """Net content of one unit: (item, is semi-finished, quantity); the item itself is not named."""
        bom = self.facts.bom(item, self.facts.site(flow), on)
        found: list[tuple[str, bool, Decimal]] = []
        for line in self.facts.bom_lines(bom["bom"]) if bom else []:
            component, kind = line["component"], line.get("line_type") or "item"
            if kind == "vendor" or (line.get("consumption") or "variable") == "constant":
                continue
            if self.facts.items[component]["item_type"] == "service":
                continue
            quantity = divided(number(line, "quantity"), number(bom or {}, "quantity"))
            semi = self.facts.is_in_flow(flow, component)
            if semi or kind == "phantom":
                if semi:
                    found.append((component, True, quantity))
                found += [
                    (name, is_semi, quantity * inside) for name, is_semi, inside in self.contents(flow, component, on)
                ]
            else:
                found.append((component, False, quantity))
        return found

    def first_rule(self, flow: str, item: str, on: date) -> Row:
        rules = self.facts.makes(flow, item)
        active = [
            rule
            for rule in rules
            if (rule.get("effective_from") or "0001-01-01")
            <= on.isoformat()
            <= (rule.get("effective_to") or "9999-12-31")
        ]
        return (active or rules)[0]


class Standing:
    """What stands in the flows at the end of a day: unused quantities and hours already worked."""

    def __init__(self, units: Units, end: date, flows: set[str]) -> None:
        """Only those flows are live then; what stands in others is no WIP yet."""
        self.units, self.facts, self.end = units, units.facts, end
        self.unused: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
        self.hours: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        self.hours_of: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        """hours, unrounded, by the item whose rule the work was done under"""
        for unit in units.all.values():
            if unit.rule["production_flow"] in flows and not (unit.emptied and unit.emptied <= end):
                self._count(unit)
        self.unused = {key: rounded(value, 6) for key, value in self.unused.items() if rounded(value, 6) > 0}
        self.hours = {key: rounded(value, 6) for key, value in self.hours.items()}

    def _count(self, unit: Unit) -> None:
        flow, rule = unit.rule["production_flow"], unit.rule
        last = self.facts.last_activity(rule)
        made = rule["kanban_type"] == "manufacturing"
        if unit.received and unit.received <= self.end:
            if yes(last, "update_on_receipt"):
                return
            if made:
                kind = "semi_finished" if self._is_used(flow, rule["item"], unit.received) else "finished"
                self._do(unit, kind, rule, unit.quantity)
                self._open(unit, kind, rule["item"], unit.quantity, unit.received)
            elif last["activity_type"] == "transfer" and yes(last, "update_on_pick"):
                self.unused[flow, rule["item"], "handling_unit", unit.kanban] += unit.quantity
                self._do(unit, "handling_unit", rule, unit.quantity)
        elif made and unit.assigned and unit.assigned <= self.end:
            for line in self.units.picks[unit.kanban]:
                on = date.fromisoformat(line["posting_date"])
                if on <= self.end:
                    self._picked(unit, line, on)
            for job in self.units.jobs[unit.kanban]:
                if job.get("completed_date") and date.fromisoformat(job["completed_date"]) <= self.end:
                    activity = self.facts.activities[flow, job["activity"]]
                    self._activity(unit, "in_process", activity, rule["item"], number(job, "good_quantity"))

    def _picked(self, unit: Unit, line: Row, on: date) -> None:
        flow, quantity = unit.rule["production_flow"], number(line, "quantity")
        if yes(line, "updates_inventory", "yes") or not self.facts.is_in_flow(flow, line["item"]):
            self.unused[flow, line["item"], "in_process", unit.kanban] += quantity
        else:
            self._do(unit, "in_process", self.units.first_rule(flow, line["item"], on), quantity)
            self._open(unit, "in_process", line["item"], quantity, on)

    def _open(self, unit: Unit, kind: str, item: str, quantity: Decimal, on: date) -> None:
        flow = unit.rule["production_flow"]
        for component, semi, inside in self.units.contents(flow, item, on):
            if semi:
                self._do(unit, kind, self.units.first_rule(flow, component, on), quantity * inside)
            else:
                self.unused[flow, component, kind, unit.kanban] += quantity * inside

    def _do(self, unit: Unit, kind: str, rule: Row, quantity: Decimal) -> None:
        for activity in self.facts.rule_activities(rule):
            self._activity(unit, kind, activity, rule["item"], quantity)

    def _activity(self, unit: Unit, kind: str, activity: Row, item: str, quantity: Decimal) -> None:
        flow = unit.rule["production_flow"]
        if activity.get("service_item"):
            service = activity["service_item"]
            self.unused[flow, service, kind, unit.kanban] += quantity * number(activity, "service_quantity", "1")
        category = self.facts.category(activity)
        if category:
            worked = quantity * self.facts.hours_per_unit(activity, item)
            self.hours[flow, category, unit.kanban] += worked
            self.hours_of[flow, category, unit.kanban][item] += worked

    def _is_used(self, flow: str, item: str, on: date) -> bool:
        for rule in self.facts.rows("kanban_rules"):
            if rule["production_flow"] == flow and rule["kanban_type"] == "manufacturing":
                if item in self.units.named(rule["item"], self.facts.site(flow), on):
                    return True
        return False
