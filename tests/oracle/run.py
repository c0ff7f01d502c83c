"""The backflush run: chained, divided at new standards, with every output table."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.facts import ZERO, Book, Facts, Row, number, rounded
from tests.oracle.postings import Line, Posted, Poster, number_lines
from tests.oracle.units import Standing, Units

Key = tuple[str, str, str, str]
"""flow, resource type, resource, cost group"""
Moved = tuple[dict[tuple[str, str], Decimal], bool]
"""open quantity per event and cost group; whether the item is made"""
DAY = timedelta(days=1)
FIRST = date(1, 1, 2)


@dataclass
class Layer:
    flow: str
    item: str
    group: str
    event: str
    transaction: str
    on: date
    quantity: Decimal
    amount: Decimal
    unit_cost: Decimal


@dataclass
class Carried:
    """What a run hands to the next."""

    layers: list[Layer] = field(default_factory=list)
    balances: dict[Key, tuple[Decimal, Decimal]] = field(default_factory=dict)
    conversion: dict[Key, tuple[Decimal, Decimal]] = field(default_factory=dict)
    ledger: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)


def close(book: Book, end: date, start: date | None = None) -> tuple[dict[str, list[Row]], list[tuple[str, date]]]:
    """Output tables of the period's run, and every run's purpose and end."""
    return Closer(book).close(end, start)


class Closer:
    """Closes periods of one book."""

    def __init__(self, book: Book) -> None:
        self.facts = Facts(book)
        self.units = Units(self.facts)

    def close(self, end: date, start: date | None) -> tuple[dict[str, list[Row]], list[tuple[str, date]]]:
        carried, first = Carried(), self._first_day()
        runs: list[tuple[str, date]] = []
        if start is not None and start != first:
            carried, _ = self._until(carried, first, start - DAY, "before", runs)
            first = start
        _, tables = self._until(carried, first, end, "period", runs)
        return tables, runs

    def _until(
        self, carried: Carried, first: date, end: date, purpose: str, runs: list[tuple[str, date]]
    ) -> tuple[Carried, dict[str, list[Row]]]:
        candidates = sorted(
            {
                date.fromisoformat(row["from_date"])
                for row in self.facts.rows("item_prices")
                if row["status"] == "active"
            }
        )
        for day in candidates:
            if first < day <= end:
                run = Run(self.facts, self.units, self._with_new_flows(carried, first, day - DAY), first, day - DAY)
                run.run()
                standing = run.carried.layers + self._go_live_layers(day - DAY)
                if any(self._is_new(layer, day) for layer in standing):
                    runs.append(("eve" if purpose == "period" else purpose, day - DAY))
                    carried, first = run.carried, day
        run = Run(self.facts, self.units, self._with_new_flows(carried, first, end), first, end)
        tables = run.run()
        runs.append((purpose, end))
        return run.carried, tables

    def _is_new(self, layer: Layer, day: date) -> bool:
        site = self.facts.site(layer.flow)
        new, old = self.facts.price(layer.item, site, day), self.facts.price(layer.item, site, day - DAY)
        return new is not None and (old is None or new.key != old.key)

    def _first_day(self) -> date:
        """The day after the first go-live; the first of all days where the history of some flow has no end."""
        go_lives = [self.facts.go_live(flow) for flow in self.facts.flows]
        return FIRST if None in go_lives else min(day for day in go_lives if day) + DAY

    def _with_new_flows(self, carried: Carried, first: date, end: date) -> Carried:
        """What was handed on, and the go-live balances of the flows whose first day lies in the run (contract 3)."""
        found = Carried(list(carried.layers), dict(carried.balances), dict(carried.conversion), dict(carried.ledger))
        for flow in self.facts.flows:
            go_live = self.facts.go_live(flow)
            if go_live and first - DAY <= go_live < end:
                self._enter(found, flow, go_live)
        return found

    def _go_live_layers(self, day: date) -> list[Layer]:
        """Layers of the flows whose go-live is that very day: they lie in WIP at its end."""
        found = Carried()
        for flow in self.facts.flows:
            if self.facts.go_live(flow) == day:
                self._enter(found, flow, day)
        return [layer for layer in found.layers if layer.quantity]

    def _enter(self, carried: Carried, flow: str, go_live: date) -> None:
        for row in self.facts.rows("opening_wip"):
            if row["production_flow"] != flow:
                continue
            key = (flow, row["resource_type"], row["resource"], row["cost_group"])
            quantity, amount = number(row, "quantity"), number(row, "amount")
            if row["resource_type"] == "item":
                _, _, item, group = key
                on = row["posting_date"]
                carried.layers.append(
                    Layer(
                        flow, item, group, f"opening_wip:{flow}/{item}/{on}", "opening_wip:" + "/".join((*key, on)),
                        date.fromisoformat(on), quantity, amount, number(row, "unit_cost"),
                    )
                )  # fmt: skip
            else:
                have = carried.balances.get(key, (ZERO, ZERO))
                carried.balances[key] = (have[0] + quantity, have[1] + amount)
            for kind, side in (("wip_estimated", amount), ("opening_balance", -amount)):
                place = (flow, kind, account(self.facts, flow, kind, key[3]))
                carried.ledger[place] = carried.ledger.get(place, ZERO) + side
        hours = Standing(self.units, go_live, {flow})
        worked = {place: max(quantity, ZERO) for place, quantity in hours.hours.items()}  # as at any end
        carried.conversion |= Valuation(self.facts, go_live).conversion(hours, worked)


def account(facts: Facts, flow: str, kind: str, group: str) -> str:
    """Main account: the production group's row beats the cost group's, both beat neither."""
    production_group = facts.flows[flow]["production_group"]
    found, best = "", 9
    for row in facts.rows("posting_profile"):
        own, cost = row.get("production_group") or "", row.get("cost_group") or ""
        if row["posting_type"] == kind and own in ("", production_group) and cost in ("", group):
            place = (0 if own else 2) + (0 if cost else 1)
            if place < best:
                found, best = row["main_account"], place
    if not found and kind in ("wip", "wip_estimated"):
        found = next(
            row["wip_account"] for row in facts.rows("production_groups") if row["production_group"] == production_group
        )
    return found


class Valuation:
    """What is kept of WIP at an end date."""

    def __init__(self, facts: Facts, end: date) -> None:
        self.facts, self.end = facts, end

    def hours(
        self, standing: Standing, available: dict[tuple[str, str], Decimal]
    ) -> dict[tuple[str, str, str], Decimal]:
        """Kept hours, capped at opening + applied, by kanbans in their order."""
        left = {key: max(value, ZERO) for key, value in available.items()}
        kept = {}
        for flow, category, kanban in sorted(standing.hours):
            room = left.get((flow, category), ZERO)
            taken = max(min(standing.hours[flow, category, kanban], room), ZERO)
            left[flow, category] = room - standing.hours[flow, category, kanban]
            kept[flow, category, kanban] = taken
        return kept

    def by_item(
        self, standing: Standing, hours: dict[tuple[str, str, str], Decimal]
    ) -> dict[tuple[str, str], dict[str, list[Decimal]]]:
        """Per flow and category: rule item to hours, amount (rounded, spread), exact amount.

        The hours kept of a kanban are its items' in their order, of a semi-finished item in it those of its own rule.
        """
        found: dict[tuple[str, str], dict[str, list[Decimal]]] = defaultdict(dict)
        for (flow, category, kanban), quantity in hours.items():
            running = before = ZERO
            for item, worked in sorted(standing.hours_of[flow, category, kanban].items()):
                running += worked
                reached = min(max(rounded(running, 6), ZERO), quantity)
                entry = found[flow, category].setdefault(item, [ZERO, ZERO, ZERO])
                entry[0] += reached - before
                before = reached
        for (flow, category), items in found.items():
            rate = self.facts.hourly_rate(category, self.facts.site(flow), self.end) or ZERO
            running = ZERO
            for item in sorted(items):
                exact = items[item][0] * rate
                items[item][1] = self.facts.money(running + exact) - self.facts.money(running)
                items[item][2] = exact
                running += exact
        return found

    def conversion(
        self, standing: Standing, hours: dict[tuple[str, str, str], Decimal]
    ) -> dict[Key, tuple[Decimal, Decimal]]:
        """What retain would keep of conversion and the overhead on it: quantity and amount."""
        result: dict[Key, tuple[Decimal, Decimal]] = {}
        bases: dict[str, list[tuple[str, str, str, Decimal, Decimal]]] = defaultdict(list)
        for (flow, category), items in self.by_item(standing, hours).items():
            group = self.facts.category_group(category)
            key = (flow, "cost_category", category, group)
            result[key] = (sum((v[0] for v in items.values()), ZERO), sum((v[1] for v in items.values()), ZERO))
            bases[flow] += [("hours", item, group, v[0], v[1]) for item, v in items.items()]
        for flow, lines in bases.items():
            for key, (quantity, amount, _) in self.overhead(flow, lines, {}).items():
                result[key] = (quantity, amount)
        return result

    def overhead(
        self,
        flow: str,
        lines: list[tuple[str, str, str, Decimal, Decimal]],
        moved: dict[str, Moved],
    ) -> dict[Key, tuple[Decimal, Decimal, Decimal]]:
        """Node by node on (kind, rate item, group, quantity, amount); `moved`: item to open layers, made."""
        lines, result = list(lines), {}
        for node in self.facts.nodes:
            level, groups = (node.get("subtype") or "level") == "level", self.facts.bases(node)
            kind, site = node["node_type"], self.facts.site(flow)
            bases: dict[str, Decimal] = defaultdict(Decimal)
            for name, item, group, quantity, amount in lines:
                if group not in groups or (level and name == "made"):
                    continue
                if kind == "surcharge":
                    bases[item] += amount
                elif kind == "rate" and name == "hours":
                    bases[item] += quantity
            if kind == "input_unit":
                for item, (opened, made) in moved.items():
                    once = {event: quantity for (event, group), quantity in opened.items() if group in groups}
                    if once and not (level and made):
                        bases[item] += rounded(sum(once.values(), ZERO) * self.facts.measure(node, item), 6)
            exact = base = ZERO
            charged = False
            for item, quantity in bases.items():
                rate = self.facts.node_rate(node["node"], item, site, self.end)
                if rate is not None:
                    exact, base, charged = exact + rate * quantity, base + quantity, True
            if charged:
                amount = self.facts.money(exact)
                result[flow, "costing_sheet_node", node["node"], node["cost_group"]] = (base, amount, exact)
                lines.append(("node", "", node["cost_group"], base, amount))
        return result


class Run:
    """One run: post, five steps, journal."""

    def __init__(self, facts: Facts, units: Units, carried: Carried, start: date, end: date) -> None:
        self.facts, self.units, self.opening, self.start, self.end = facts, units, carried, start, end
        self.carried = Carried()

    def run(self) -> dict[str, list[Row]]:
        self.posted: Posted = Poster(self.facts, self.units, self.start, self.end).post()
        self.layers = self._revalue()
        live = {flow for flow in self.facts.flows if (self.facts.go_live(flow) or date.min) < self.end}
        self.standing = Standing(self.units, self.end, live)
        self._net_usage()
        self._settle()
        self._value()
        self._figures()
        from tests.oracle.outputs import tables_of

        return tables_of(self)

    def _revalue(self) -> list[Layer]:
        """Layers brought forward, at the standards that hold from the first day."""
        layers = [Layer(**vars(layer)) for layer in self.opening.layers]
        events: dict[str, list[Line]] = defaultdict(list)
        for flow, item in sorted({(layer.flow, layer.item) for layer in layers}):
            site = self.facts.site(flow)
            if (self.facts.go_live(flow) or date.min) >= self.start:
                continue  # it goes live in the run, at the standards of its go-live
            new, old = self.facts.price(item, site, self.start), self.facts.price(item, site, self.start - DAY)
            if new is None or (old is not None and new.key == old.key):
                continue
            own = [layer for layer in layers if (layer.flow, layer.item) == (flow, item)]
            for event in {layer.event for layer in own}:
                peers = [layer for layer in own if layer.event == event]
                for group in set(new.by_group) - {layer.group for layer in peers}:
                    first = min(peers, key=lambda layer: layer.transaction)
                    layers.append(
                        Layer(flow, item, group, event, first.transaction, first.on, first.quantity, ZERO, ZERO)
                    )
            own = [layer for layer in layers if (layer.flow, layer.item) == (flow, item)]
            for group in sorted({layer.group for layer in own}):
                running, unit_cost, total = ZERO, new.by_group.get(group, ZERO), ZERO
                for layer in sorted((x for x in own if x.group == group), key=lambda x: (x.on, x.transaction)):
                    exact = layer.quantity * (unit_cost - layer.unit_cost)
                    change = self.facts.money(running + exact) - self.facts.money(running)
                    running, total = running + exact, total + change
                    layer.amount, layer.unit_cost = layer.amount + change, unit_cost
                event = "item_prices:" + "/".join(new.key)
                line = Line(
                    event, flow, self.start, "revaluation", item, "item", item, group, ZERO, unit_cost, total, running
                )
                events[event].append(line)
        for event, lines in events.items():
            kept = sorted(
                (line for line in lines if line.amount != 0),
                key=lambda x: (x.group, x.resource, x.resource_type, x.flow),
            )
            number_lines(event, kept)
            self.posted.lines += kept
        return layers

    def _net_usage(self) -> None:
        net: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        brought = {(layer.flow, layer.item, layer.event): layer.quantity for layer in self.layers}
        for (flow, item, _), quantity in brought.items():
            net[flow, "item", item]["opening"] += quantity
        for (flow, kind, resource, _), (quantity, _) in self.opening.balances.items():
            if kind == "service":
                net[flow, kind, resource]["opening"] += quantity
        for flow, item, quantity in self.posted.moved:
            net[flow, "item", item]["issued" if quantity > 0 else "returned"] += abs(quantity)
        for line in self.posted.lines:
            if line.kind == "service":
                net[line.flow, "service", line.resource]["issued"] += line.quantity or ZERO
        for (flow, item, _, _), quantity in self.standing.unused.items():
            net[flow, self.facts.items[item]["item_type"], item]["counted"] += quantity
        for entry in net.values():
            available = entry["opening"] + entry["issued"] - entry["returned"]
            entry["unused"] = min(entry["counted"], max(available, ZERO))
            entry["capped"] = entry["counted"] - entry["unused"]
            entry["realized"] = available - entry["unused"]
        self.net = net

    def _settle(self) -> None:
        for line in self.posted.lines:
            if line.kind == "material_issue" and line.quantity:
                self.layers.append(
                    Layer(
                        line.flow, line.resource, line.group, line.event, line.transaction, line.on, line.quantity,
                        line.amount, line.unit_cost,
                    )
                )  # fmt: skip
        self.settled: list[tuple[Layer, Decimal, Decimal]] = []
        events: dict[tuple[str, str], dict[str, list[Layer]]] = defaultdict(lambda: defaultdict(list))
        for layer in self.layers:
            events[layer.flow, layer.item][layer.event].append(layer)
        for flow, item in sorted(events):
            left = self.net[flow, "item", item]["unused"]
            newest_first = sorted(
                events[flow, item].values(),
                key=lambda lines: min((x.on, x.transaction, x.event) for x in lines),
                reverse=True,
            )
            for lines in newest_first:
                for layer in lines:
                    self._settle_layer(layer, max(min(layer.quantity, left), ZERO))
                left -= lines[0].quantity

    def _settle_layer(self, layer: Layer, open_quantity: Decimal) -> None:
        amount = layer.amount if open_quantity else ZERO
        if ZERO < open_quantity < layer.quantity:
            value = self.facts.money(open_quantity * layer.unit_cost)
            is_of_its_sign = (value < 0) == (amount < 0)
            amount = min(value, amount, key=abs) if is_of_its_sign else ZERO
        self.settled.append((layer, open_quantity, amount))
        if open_quantity:
            kept = Layer(**vars(layer))
            kept.quantity, kept.amount = open_quantity, amount
            self.carried.layers.append(kept)

    def _value(self) -> None:
        """Effective WIP: quantity, amount and unrounded amount per key."""
        valuation = Valuation(self.facts, self.end)
        after: dict[Key, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
        lines: dict[str, list[tuple[str, str, str, Decimal, Decimal]]] = defaultdict(list)
        moved: dict[str, dict[str, Moved]] = defaultdict(dict)
        for layer in self.carried.layers:
            entry = after[layer.flow, "item", layer.item, layer.group]
            entry[0] += layer.quantity
            entry[1] += layer.amount
            entry[2] += layer.quantity * layer.unit_cost
        for (flow, _, item, group), (_, amount, _) in list(after.items()):
            record = self.facts.price(item, self.facts.site(flow), self.end)
            made = record is not None and record.made
            lines[flow].append(("made" if made else "item", item, group, ZERO, amount))
            opened = {(x.event, x.group): x.quantity for x in self.carried.layers if (x.flow, x.item) == (flow, item)}
            moved[flow][item] = (opened, made)
        for (flow, kind, service), entry in self.net.items():
            record = self.facts.price(service, self.facts.site(flow), self.end) if kind == "service" else None
            if record is not None and entry["unused"]:
                exact = entry["unused"] * record.unit_cost
                group = self.facts.items[service]["cost_group"]
                after[flow, kind, service, group] = [entry["unused"], self.facts.money(exact), exact]
                lines[flow].append(("service", service, group, entry["unused"], self.facts.money(exact)))
        before = self.opening.balances if self.facts.retain else self.opening.conversion
        available: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (flow, kind, resource, _), (quantity, _) in before.items():
            if kind == "cost_category":
                available[flow, resource] += quantity
        for line in self.posted.lines:
            if line.kind == "conversion":
                available[line.flow, line.resource] += line.quantity or ZERO
        hours = valuation.hours(self.standing, available)
        if self.facts.retain:
            for (flow, category), items in valuation.by_item(self.standing, hours).items():
                group = self.facts.category_group(category)
                totals = [sum((v[place] for v in items.values()), ZERO) for place in range(3)]
                after[flow, "cost_category", category, group] = totals
                lines[flow] += [("hours", item, group, v[0], v[1]) for item, v in items.items()]
        for flow in lines:
            for key, entry in valuation.overhead(flow, lines[flow], moved[flow]).items():
                after[key] = list(entry)
        self.after = after
        self.carried.conversion = valuation.conversion(self.standing, hours)
        self.carried.balances = {key: (v[0], v[1]) for key, v in after.items() if key[1] != "item"}

    def _figures(self) -> None:
        names = "opening inputs outputs revaluation opening_q inputs_q outputs_q exact timing".split()
        figures: dict[Key, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(names, ZERO))
        for layer in self.opening.layers:
            entry = figures[layer.flow, "item", layer.item, layer.group]
            entry["opening"] += layer.amount
            entry["exact"] += layer.quantity * layer.unit_cost
        for key, (quantity, amount) in self.opening.balances.items():
            figures[key]["opening"] += amount
            figures[key]["opening_q"] += quantity
            figures[key]["exact"] += amount
        for line in self.posted.lines:
            entry = figures[line.flow, line.resource_type, line.resource, line.group]
            if line.kind == "product_receipt":
                entry["outputs"] += line.amount
                entry["outputs_q"] += line.quantity or ZERO
                continue
            entry["revaluation" if line.kind == "revaluation" else "inputs"] += line.amount
            entry["inputs_q"] += line.quantity or ZERO
            entry["exact"] += line.exact
        for key, (_, _, exact) in self.after.items():
            figures[key]["exact"] -= exact
        if not self.facts.retain:
            for key, (_, amount) in self.carried.conversion.items():
                figures[key]["timing"] += amount
            for key, (_, amount) in self.opening.conversion.items():
                figures[key]["timing"] -= amount
        self.figures = figures
