"""The BOM calculation: what one unit of every made item costs at every site (contract.md 5 and below 6; domain.md 1.7).

Every cost of an item is a use of something, so much per unit and so much of a lot's constant cost per unit; all that
follows (flattening, overhead) is linear in these two, so nothing is rounded before the breakdown line is whole.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from tests.oracle.facts import ZERO, Book, Facts, PriceRecord, Row, day, divided, number, rounded, yes

ONE = Decimal(1)


class Refused(Exception):
    """The calculation cannot be made: no version, no flow, or no price."""


@dataclass(frozen=True)
class Use:
    """What one unit of an item uses: of an item, a service, a category's hours, or the receipt of the unit itself."""

    kind: str
    resource: str
    rate_item: str
    prices: dict[str, Decimal]
    quantity: Decimal
    constant: Decimal
    """of the constant cost of a lot, per unit"""
    made: bool = False

    def times(self, variable: Decimal, constant: Decimal) -> "Use":
        """The use by an item that takes this one's user so many times per unit, and in its own constant cost."""
        charged = self.constant * variable + (self.quantity + self.constant) * constant
        return replace(self, quantity=self.quantity * variable, constant=charged)


@dataclass
class Line:
    """A breakdown line while it is summed; every part with its quantity, constant quantity and price."""

    parts: list[tuple[Decimal, Decimal, Decimal]] = field(default_factory=list)

    def figures(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Quantity, unit price, charge and cost; where the prices differ, quantity is the amount (contract 4)."""
        prices = {price for _, _, price in self.parts}
        charge = rounded(sum((constant * price for _, constant, price in self.parts), ZERO), 6)
        if len(prices) == 1:
            unit_price = prices.pop()
            quantity = rounded(sum((part[0] for part in self.parts), ZERO), 9)
        else:
            unit_price = ONE
            quantity = rounded(sum((part[0] * part[2] for part in self.parts), ZERO), 9)
        return quantity, unit_price, charge, rounded(quantity * unit_price + charge, 6)


class CalculationFacts(Facts):
    """Prices of a version, pending ones too, else of the version it falls back on (domain 1.5)."""

    statuses = ("active", "pending")

    def __init__(self, book: Book, version: str) -> None:
        super().__init__(book)
        fallbacks = {row["costing_version"]: row.get("fallback_version") for row in self.rows("costing_versions")}
        self.versions = [version]
        while (after := fallbacks[self.versions[-1]]) and after not in self.versions:
            self.versions.append(after)

    def _best(self, table: str, site: str, on: date, rank: dict[str, int], name: str, extra: Row) -> Row | None:
        for version in self.versions:
            self.standard = {version}
            if found := super()._best(table, site, on, rank, name, extra):
                return found
        return None


class Calculation:
    """Every made item of a book on a day."""

    def __init__(self, book: Book, on: date, version: str, basis: str) -> None:
        self.facts, self.on, self.version, self.basis = CalculationFacts(book, version), on, version, basis
        self._results: dict[tuple[str, str], PriceRecord | None] = {}

    def _holds(self, row: Row) -> bool:
        begins, ends = day(row.get("effective_from")), day(row.get("effective_to"))
        return not (begins and begins > self.on) and not (ends and ends < self.on)

    def rule(self, flow: str, item: str) -> Row | None:
        """The first active one."""
        return next((rule for rule in self.facts.makes(flow, item) if self._holds(rule)), None)

    def flow(self, item: str, site: str) -> str | None:
        """The flow of the site that makes the item; of several the default one."""
        flows = [
            name
            for name, row in self.facts.flows.items()
            if row["site"] == site and self._holds(row) and self.rule(name, item)
        ]
        for row in self.facts.rows("default_production_flows"):
            if (row["item"], row["site"]) == (item, site) and row["production_flow"] in flows:
                return row["production_flow"]
        if len(flows) > 1:
            raise Refused(f"{item} at {site}: several flows {flows}")
        return flows[0] if flows else None

    def route(self, item: str, site: str) -> Row | None:
        """The route of the site beats one for all sites, then the latest."""
        rows = [
            row
            for row in self.facts.rows("routes")
            if row["item"] == item and (row.get("site") or site) == site and self._holds(row)
        ]
        order = {
            row["route"]: (not row.get("site"), -(day(row.get("effective_from")) or date.min).toordinal(), row["route"])
            for row in rows
        }
        return min(rows, key=lambda row: order[row["route"]], default=None)

    def structure(self, item: str, site: str) -> tuple[str, str]:
        """The route or the flow by which an item is calculated at a site: (basis, name); name '' for neither."""
        if not self.facts.bom(item, site, self.on):
            return "", ""
        route = self.route(item, site) if self.basis in ("route", "default") else None
        if route:
            return "route", route["route"]
        return "production_flow", (self.flow(item, site) if self.basis != "route" else None) or ""

    def record(self, item: str, site: str) -> PriceRecord:
        """What one unit costs: as calculated, else by its price."""
        found = self.calculated(item, site) or self.facts.price(item, site, self.on)
        if found is None:
            raise Refused(f"{item} at {site}: no price")
        return found

    def calculated(self, item: str, site: str) -> PriceRecord | None:
        if (item, site) not in self._results:
            basis, name = self.structure(item, site)
            uses = self._by_route(item, site, name) if basis == "route" else self._by_flow(item, site, name)
            receipt = Use("output", item, item, {}, ONE, ZERO)
            self._results[item, site] = self._breakdown(item, site, [*uses, receipt]) if name else None
        return self._results[item, site]

    # What an item uses

    def _by_flow(self, item: str, site: str, flow: str) -> Iterator[Use]:
        """The BOM, and the activities of the flow's first active rule (contract 4, domain 1.7)."""
        rule = self.rule(flow, item)
        if not rule:
            return
        lot = number(rule, "quantity")
        yield from self._by_bom(item, site, flow, lot)
        for activity in self.facts.rule_activities(rule):
            if category := self.facts.category(activity):
                hours = self.facts.hours_per_unit(activity, item)
                short = max(number(activity, "process_quantity") - lot, ZERO)
                yield self._hours(category, item, site, hours, divided(short * hours, lot))
            if service := activity.get("service_item"):
                yield self._bought(service, site, number(activity, "service_quantity", "1"), ZERO)

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
                group = {}  # the category of a subcontracted cell is never costed (domain 5 #48)
            run = operation.get("run_time_cost_category") or group.get("run_time_cost_category")
            if run:
                hours = divided(number(operation, "run_time_hours"), number(operation, "run_time_quantity", "1"))
                yield self._hours(run, item, site, hours, ZERO)
            setup = operation.get("setup_cost_category") or group.get("setup_cost_category")
            if setup:
                yield self._hours(setup, item, site, ZERO, divided(number(operation, "setup_hours"), lot))

    def _order_quantity(self, item: str) -> Decimal:
        return number(self.facts.items[item], "default_order_quantity", "1")

    def _by_bom(self, item: str, site: str, flow: str, lot: Decimal) -> Iterator[Use]:
        """The lines of the BOM; by flow (`flow` given) in-flow components are flattened and vendor lines not read."""
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
                variable = divided(required, number(bom, "quantity"))
                constant = divided(scrap, lot)
            if kind != "phantom" and not (flow and self._is_in_flow(flow, component)):
                yield self._bought(component, site, variable, constant)
                continue
            for use in self._inside(component, site, flow):
                yield use.times(variable, constant)

    def _is_in_flow(self, flow: str, item: str) -> bool:
        """Made by a rule of the flow, active on the day, that leaves it in WIP: not inventory controlled (contract 4)."""
        return any(
            self._holds(rule) and not yes(self.facts.last_activity(rule), "update_on_receipt")
            for rule in self.facts.makes(flow, item)
        )

    def _inside(self, item: str, site: str, flow: str) -> Iterator[Use]:
        """What a flattened item or a phantom brings: all its rule or its route says, else its BOM alone."""
        if flow and self.rule(flow, item):
            return self._by_flow(item, site, flow)
        route = None if flow else self.route(item, site)
        if route:
            return self._by_route(item, site, route["route"])
        return self._by_bom(item, site, flow, self._order_quantity(item))

    def _bought(self, item: str, site: str, quantity: Decimal, constant: Decimal) -> Use:
        record = self.record(item, site)
        kind = self.facts.items[item]["item_type"]
        return Use(kind, item, item, record.by_group, quantity, constant, record.made)

    def _hours(self, category: str, item: str, site: str, hours: Decimal, constant: Decimal) -> Use:
        rate = self.facts.hourly_rate(category, site, self.on)
        if rate is None:
            raise Refused(f"{category} at {site}: no rate")
        return Use("cost_category", category, item, {self.facts.category_group(category): rate}, hours, constant)

    # What the uses cost

    def _breakdown(self, item: str, site: str, uses: list[Use]) -> PriceRecord:
        lines: dict[tuple[str, str, str], Line] = defaultdict(Line)
        for use in uses:
            if not use.quantity and not use.constant:
                continue
            for group, price in use.prices.items():
                lines[use.kind, use.resource, group].parts.append((use.quantity, use.constant, price))
            for node, rate, variable, constant in self._overhead(use, site):
                key = ("costing_sheet_node", node["node"], node["cost_group"])
                lines[key].parts.append((variable, constant, rate))
        found = [(*key, *line.figures()) for key, line in sorted(lines.items())]
        found = [line for line in found if line[3] or line[5]]
        total = sum((line[6] for line in found), ZERO)
        return PriceRecord((self.version, item, site, str(self.on)), total, tuple(found), made=True)

    def _overhead(self, use: Use, site: str) -> Iterator[tuple[Row, Decimal, Decimal, Decimal]]:
        """Node by node: rate, base per unit and base in the lot's constant cost (contract 4, "Indirect lines")."""
        indirect: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for node in self.facts.nodes:
            rate = self.facts.node_rate(node["node"], use.rate_item, site, self.on)
            if rate is None:
                continue
            factor = self._base(node, use)
            variable, constant = factor * use.quantity, factor * use.constant
            if node["node_type"] == "surcharge":
                for group in self.facts.bases(node) & indirect.keys():
                    variable += indirect[group][0]
                    constant += indirect[group][1]
            if variable or constant:
                indirect[node["cost_group"]][0] += variable * rate
                indirect[node["cost_group"]][1] += constant * rate
                yield node, rate, variable, constant

    def _base(self, node: Row, use: Use) -> Decimal:
        """What of one unit of the use itself is base of the node."""
        kind = node["node_type"]
        if kind == "output_unit":
            return self.facts.measure(node, use.resource) if use.kind == "output" else ZERO
        level = (node.get("subtype") or "level") == "level"
        based = {} if level and use.made else {g: p for g, p in use.prices.items() if g in self.facts.bases(node)}
        if kind == "surcharge":
            return sum(based.values(), ZERO)
        if kind == "rate":
            return ONE if based and use.kind == "cost_category" else ZERO
        return self.facts.measure(node, use.resource) if based and use.kind == "item" else ZERO

    # The tables

    @cached_property
    def levels(self) -> dict[str, int]:
        """Low-level codes: 0 where no BOM uses the item, else one below its lowest user."""
        users: dict[str, set[str]] = defaultdict(set)
        for bom in self.facts.rows("boms"):
            if self._holds(bom):
                for line in self.facts.bom_lines(bom["bom"]):
                    users[line["component"]].add(bom["item"])

        def level(item: str) -> int:
            return max((level(user) + 1 for user in users[item]), default=0)

        return {item: level(item) for item in self.facts.items}

    def tables(self) -> dict[str, list[Row]]:
        costs: list[Row] = []
        breakdown: list[Row] = []
        for item in self.facts.items:
            for site in (row["site"] for row in self.facts.rows("sites")):
                record, (basis, name) = self.calculated(item, site), self.structure(item, site)
                if record is None:
                    continue
                head = {"item": item, "site": site, "costing_version": self.version}
                costs.append(
                    {
                        **head, "calculation_date": str(self.on), "basis": basis,
                        "production_flow": name if basis == "production_flow" else "",
                        "route": name if basis == "route" else "", "unit_cost": str(record.unit_cost),
                    }
                )  # fmt: skip
                for kind, resource, group, quantity, price, charge, cost in record.lines:
                    breakdown.append(
                        {
                            **head, "from_date": str(self.on), "resource_type": kind, "resource": resource,
                            "cost_group": group, "quantity": str(quantity), "unit_price": str(price),
                            "charge": str(charge), "cost": str(cost), "level": str(self.levels[item]),
                        }
                    )  # fmt: skip
        return {"standard_costs": costs, "standard_cost_breakdown": breakdown}


def calculate(book: Book, on: date, version: str | None = None, basis: str = "production_flow") -> dict[str, list[Row]]:
    """Both tables; without a version the only unblocked standard one's."""
    versions = [
        row["costing_version"]
        for row in book.get("costing_versions", [])
        if row["costing_type"] == "standard" and row.get("blocked") != "yes"
    ]
    if version is None and len(versions) != 1:
        raise Refused(f"versions {versions}")
    return Calculation(book, on, version or versions[0], basis).tables()
