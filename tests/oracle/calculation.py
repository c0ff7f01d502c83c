"""The BOM calculation: what one unit of every made item costs at every site (contract 5 and below 6; domain 1.7)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tests.oracle.facts import ZERO, Book, PriceRecord, Row, divided, number
from tests.oracle.structures import Refused, Structures
from tests.oracle.uses import ONE, Breakdown, Figures, Part, Use, breakdown, parts_of


class Calculation:
    """The made items of a book on a day: all, or those asked for."""

    def __init__(self, facts: Structures, items: tuple[str, ...] = ()) -> None:
        self.facts, self.on, self.items = facts, facts.on, items or tuple(facts.items)
        self.near_ties: set[str] = set()
        self._results: dict[tuple[str, str], PriceRecord | None] = {}

    def record(self, item: str, site: str) -> PriceRecord:
        """What one unit costs: as calculated here, else by its price (contract 6)."""
        found = self.calculated(item, site) or self.facts.price(item, site, self.on)
        if found is None:
            raise Refused(f"{item} at {site}: no price")
        return found

    def calculated(self, item: str, site: str) -> PriceRecord | None:
        if item not in self.items or not self.facts.structure(item, site)[1]:
            return None
        if (item, site) not in self._results:
            parts = [part for use in self.uses(item, site) for part in parts_of(self.facts, use, site, self.on)]
            found = breakdown([*parts, *self.receipt(item, site)])
            key = (self.facts.versions[0], item, site, str(self.on))
            self._results[item, site] = PriceRecord(key, found.unit_cost, tuple(found.lines), made=True)
            self.near_ties.update(found.near_ties)
        return self._results[item, site]

    def receipt(self, item: str, site: str) -> Iterator[Part]:
        """What is charged where the item is received: of a flattened item, which never is, nothing."""
        yield from parts_of(self.facts, Use("receipt", item, item, {}, ONE, ZERO), site, self.on)

    def uses(self, item: str, site: str) -> Iterator[Use]:
        basis, name = self.facts.structure(item, site)
        yield from self._by_route(item, site, name) if basis == "route" else self._by_flow(item, site, name)

    def _by_flow(self, item: str, site: str, flow: str) -> Iterator[Use]:
        """The BOM, and the activities of the flow's first active rule (contract 4, domain 1.7)."""
        rule = self.facts.rule(flow, item)
        if not rule:
            raise Refused(f"{item} in {flow}: no rule")
        lot = number(rule, "quantity")
        yield from self._by_bom(item, site, flow, lot)
        for activity in self.facts.rule_activities(rule):
            if category := self.facts.category(activity):
                hours = self.facts.hours_per_unit(activity, item)
                short = max(number(activity, "process_quantity") - lot, ZERO)
                yield self._hours(category, item, site, hours, divided(short * hours, lot))
            if service := activity.get("service_item"):
                yield self._priced(service, site, number(activity, "service_quantity", "1"), ZERO)

    def _by_route(self, item: str, site: str, route: str) -> Iterator[Use]:
        """The BOM with its vendor lines, run time and set-up of the route's operations (contract 2, domain 1.6)."""
        lot = self._order_quantity(item)
        yield from self._by_bom(item, site, "", lot)
        groups = {row["resource_group"]: row for row in self.facts.rows("resource_groups")}
        for operation in self.facts.rows("route_operations"):
            if operation["route"] != route:
                continue
            group = groups[operation["resource_group"]]
            if group.get("vendor"):
                group = {}  # the cost category of a subcontracted cell is never costed (domain 5 #48)
            if run := operation.get("run_time_cost_category") or group.get("run_time_cost_category"):
                hours = divided(number(operation, "run_time_hours"), number(operation, "run_time_quantity", "1"))
                yield self._hours(run, item, site, hours, ZERO)
            setup = operation.get("setup_cost_category") or group.get("setup_cost_category")
            if setup and number(operation, "setup_hours"):
                yield self._hours(setup, item, site, ZERO, divided(number(operation, "setup_hours"), lot))

    def _order_quantity(self, item: str) -> Decimal:
        return number(self.facts.items[item], "default_order_quantity", "1")

    def _by_bom(self, item: str, site: str, flow: str, lot: Decimal) -> Iterator[Use]:
        """The BOM's lines; by flow (`flow` given) in-flow components are flattened and vendor lines not read."""
        bom = self.facts.bom(item, site, self.on)
        if bom is None:
            raise Refused(f"{item} at {site}: no BOM")
        for line in self.facts.bom_lines(bom["bom"]):
            component, kind = line["component"], line.get("line_type") or "item"
            if kind == "vendor" and flow:
                continue
            scrap = number(line, "constant_scrap")
            if line.get("consumption") == "constant":
                variable, constant = ZERO, divided(number(line, "quantity") + scrap, lot)
            else:
                required = number(line, "quantity") * (1 + number(line, "variable_scrap"))
                variable, constant = divided(required, number(bom, "quantity")), divided(scrap, lot)
            if kind == "phantom" or (flow and self.facts.leaves_in_wip(flow, component)):
                for use in self._inside(component, site, flow):
                    yield use.times(variable, constant)
            else:
                yield self._priced(component, site, variable, constant)

    def _inside(self, item: str, site: str, flow: str) -> Iterator[Use]:
        """What a flattened item or a phantom brings: all its rule or its route says, else its BOM alone."""
        if flow and self.facts.rule(flow, item):
            return self._by_flow(item, site, flow)
        if not flow and (route := self.facts.route(item, site)):
            return self._by_route(item, site, route)
        return self._by_bom(item, site, flow, self._order_quantity(item))

    def _priced(self, item: str, site: str, quantity: Decimal, constant: Decimal) -> Use:
        record, kind = self.record(item, site), self.facts.items[item]["item_type"]
        return Use(kind, item, item, record.by_group, quantity, constant, record.made)

    def _hours(self, category: str, item: str, site: str, hours: Decimal, constant: Decimal) -> Use:
        rate = self.facts.hourly_rate(category, site, self.on)
        if rate is None:
            raise Refused(f"{category} at {site}: no rate")
        return Use("cost_category", category, item, {self.facts.category_group(category): rate}, hours, constant)


class Stored:
    """What is stored for posting: by route without semi-finished components, which WIP never holds (contract 4)."""

    def __init__(self, calculation: Calculation) -> None:
        self.calculation, self.facts = calculation, calculation.facts

    def breakdown(self, item: str, site: str) -> Breakdown:
        flows, chosen = self.facts.makers(item, site)
        is_by_route = self.facts.structure(item, site)[0] == "route"
        flow = (chosen or next(iter(flows), "")) if is_by_route else ""
        return breakdown([*self._parts(item, site, flow), *self.calculation.receipt(item, site)])

    def _parts(self, item: str, site: str, flow: str) -> Iterator[Part]:
        for use in self.calculation.uses(item, site):
            inside: list[Part] = []
            if flow and use.kind == "item" and self.facts.leaves_in_wip(flow, use.resource):
                inside = list(self._replaced(use.resource, site, flow))
            yield from (part.times(use.quantity, use.constant) for part in inside)
            for part in parts_of(self.facts, use, site, self.calculation.on):
                if not inside or part.key[0] == "costing_sheet_node":
                    yield part

    def _replaced(self, item: str, site: str, flow: str) -> Iterator[Part]:
        """All its own lines, as calculated here or of its price record, with what the flow never posts of them."""
        if self.calculation.calculated(item, site):
            yield from self._parts(item, site, flow)
            yield from self.calculation.receipt(item, site)
            return
        record = self.calculation.record(item, site)
        for kind, resource, group, quantity, price, charge, cost in record.lines if record.made else ():
            yield Part((kind, resource, group), price, quantity, charge, cost)


def calculate(
    book: Book, on: date, version: str | None = None, basis: str = "production_flow", items: tuple[str, ...] = ()
) -> dict[str, list[Row]]:
    """Every table of a calculation, and which resources stand next to a tie (`near_ties`).

    Without a version in the only unblocked standard one.
    """
    open_ones = [
        row["costing_version"]
        for row in book.get("costing_versions", [])
        if row["costing_type"] == "standard" and row.get("blocked") != "yes"
    ]
    if version is None and len(open_ones) != 1:
        raise Refused(f"versions {open_ones}")
    calculation = Calculation(Structures(book, on, version or open_ones[0], basis), items)
    return tables_of(calculation, items)


def tables_of(calculation: Calculation, named: tuple[str, ...]) -> dict[str, list[Row]]:
    facts, version, stored = calculation.facts, calculation.facts.versions[0], Stored(calculation)
    tables: dict[str, list[Row]] = {
        name: []
        for name in "standard_costs standard_cost_breakdown calculated_item_prices calculated_item_price_breakdown".split()
    }
    for item in calculation.items:
        for site in (row["site"] for row in facts.rows("sites")):
            record = calculation.calculated(item, site)
            if record is None or not record.lines:
                continue
            basis, name = facts.structure(item, site)
            made_by = {"production_flow": "", "route": ""} | {basis: name}
            head = {"item": item, "site": site, "costing_version": version}
            cost = {"calculation_date": str(calculation.on), "basis": basis, "unit_cost": str(record.unit_cost)}
            tables["standard_costs"].append(head | cost | made_by)
            head["from_date"] = str(calculation.on)
            level = {"level": str(facts.levels[item])}
            tables["standard_cost_breakdown"] += [head | row | level for row in map(_row, record.lines)]
            found = stored.breakdown(item, site)
            price = {"unit_cost": str(found.unit_cost), "status": "pending"}
            calculation.near_ties.update(found.near_ties)
            tables["calculated_item_prices"].append(head | price)
            tables["calculated_item_price_breakdown"] += [head | row for row in map(_row, found.lines)]
    if left_out := set(named) - {row["item"] for row in tables["standard_costs"]}:
        raise Refused(f"not calculated: {left_out}")
    tables["near_ties"] = [{"resource": resource} for resource in sorted(calculation.near_ties)]
    return tables


def _row(line: Figures) -> Row:
    names = "resource_type resource cost_group quantity unit_price charge cost".split()
    return dict(zip(names, map(str, line), strict=True))
