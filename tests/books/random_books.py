"""Random but valid books: small companies with every trouble the rules know, from one seed."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.books.small_book import ACCOUNTS
from tests.support.rows import Book

GO_LIVE = date(2025, 12, 31)
DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(75)]
PRICES = ["0.005", "2.675", "1.1", "3.333333", "12.5", "0.125", "7", "0.0085", "19.99"]
FACTORS = ["1", "2", "3", "0.2", "0.333333333", "0.0085525", "1.5", "4"]
RATES = ["0.1", "0.04", "0.025", "0.333333"]
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


def random_book(seed: int) -> Book:
    """The same book for the same seed."""
    return random_book_by(random.Random(seed))


def random_book_by(chance: random.Random) -> Book:
    """A book by the choices of `chance`: a seeded one, or one that hypothesis steers and shrinks."""
    return _Maker(chance).book()


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.r = chance
        self.tables: Book = {}
        self.kinds: dict[str, list[str]] = {}
        self.currency = chance.choice(["EUR", "EUR", "EUR", "JPY", "KWD"])

    def add(self, table: str, **cells: object) -> None:
        self.tables.setdefault(table, []).append({k: "" if v is None else str(v) for k, v in cells.items()})

    def some(self, share: float) -> bool:
        return self.r.random() < share

    def book(self) -> Book:
        self.company()
        self.costing_sheet()
        self.master_data()
        self.flows()
        self.prices()
        self.opening()
        self.events()
        self.rarer_troubles()
        return self.tables

    def company(self) -> None:
        self.retain = self.some(0.5)
        self.add("parameters", parameter="legal_entity", value="Random")
        self.add("parameters", parameter="currency", value=self.currency)
        self.add("parameters", parameter="conversion_in_wip", value="retain" if self.retain else "clear")
        if self.some(0.7):
            value = self.r.choice(["per_cost_group", "summarised"])
            self.add("parameters", parameter="variances_to_standard", value=value)
        self.sites = ["1", "2"] if self.some(0.3) else ["1"]
        for site in self.sites:
            self.add("sites", site=site, name=f"Plant {site}")
        groups = {
            "direct_material": "M1 M2 M3",
            "direct_manufacturing": "L1 L2",
            "direct_outsourcing": "S1",
            "indirect": "O1 O2 O3",
            "undefined": "PR",
        }
        for kind, names in groups.items():
            for name in names.split():
                self.add("cost_groups", cost_group=name, name=name, cost_group_type=kind)
        self.add(
            "inventory_model_groups",
            inventory_model_group="STD",
            inventory_model="standard_cost",
            stocked_product="yes",
        )
        self.add("inventory_model_groups", inventory_model_group="SVC", inventory_model="fifo", stocked_product="no")
        self.add("costing_versions", costing_version="STD", costing_type="standard")
        self.add("costing_versions", costing_version="PLAN", costing_type="planned")
        for place, kind in enumerate(ACCOUNTS):
            self.add("posting_profile", posting_type=kind, main_account=f"9{place:03}")
        if self.some(0.5):
            self.add("posting_profile", posting_type="inventory_issue", cost_group="M1", main_account="1301")
            self.add("posting_profile", posting_type="variance_quantity", production_group="PG0", main_account="5801")

    def costing_sheet(self) -> None:
        self.add("costing_sheet", node="TOP", node_type="root", sequence=1)
        nodes = [
            ("IN-KG", "input_unit", "O1", "M1;M2", self.r.choice(["quantity", "weight", "volume"])),
            ("SUR-MAT", "surcharge", "O1", "M1; M2;M3;S1", "value"),
            ("SUR-LAB", "surcharge", "O2", self.r.choice(["L1", "L1;L2", "L1;M1"]), "value"),
            ("RATE", "rate", "O2", "L1;L2", "hours"),
            ("SUR-TOP", "surcharge", "O3", "O1;O2", "value"),
            ("OUT", "output_unit", "O3", "", self.r.choice(["quantity", "weight", "volume"])),
        ]
        self.nodes = [node for node in nodes if self.some(0.65)]
        for place, (node, kind, group, base, basis) in enumerate(self.nodes, start=10):
            subtype = self.r.choice(["", "level", "total"])
            self.add(
                "costing_sheet",
                node=node,
                node_type=kind,
                cost_group=group,
                base_cost_groups=base,
                basis=basis,
                subtype=subtype,
                sequence=place,
            )

    def master_data(self) -> None:
        self.materials = [f"RAW{n}" for n in range(self.r.randint(3, 6))]
        self.groups = {item: self.r.choice(["M1", "M2", "M3"]) for item in [*self.materials, "SCRAP"]}
        self.services = ["PAINT"]
        self.made = ["SEMI", "SUB", "GEAR", "PROD"]
        for item in [*self.materials, "SCRAP"]:
            master = self.materials[0] if item != self.materials[0] and self.some(0.1) else None
            self.item(item, self.groups[item], product_master=master)
        for item in [*self.made, "GHOST"]:
            self.item(item, "PR")
        self.add(
            "items",
            item="PAINT",
            name="Painting",
            item_type="service",
            unit="pc",
            cost_group="S1",
            inventory_model_group="SVC",
        )

    def item(self, item: str, group: str, product_master: str | None = None) -> None:
        weight = self.r.choice(["", "0.5", "2", "1.25"])
        volume = self.r.choice(["", "10", "0.333333333"])
        self.add(
            "items",
            item=item,
            name=item,
            item_type="item",
            product_master=product_master,
            unit="pc",
            cost_group=group,
            inventory_model_group="STD",
            weight=weight,
            volume=volume,
        )

    def flows(self) -> None:
        """Flow F0 makes GEAR into a supermarket; F1 makes SUB, SEMI of it, and PROD, which may take GEAR."""
        self.site_of = {"F0": self.r.choice(self.sites), "F1": self.r.choice(self.sites)}
        for flow, site in self.site_of.items():
            self.add(
                "production_groups",
                production_group=f"P{flow.replace('F', 'G')}",
                name=flow,
                wip_account=f"141{flow[1]}",
            )
            self.add(
                "production_flows",
                production_flow=flow,
                name=flow,
                site=site,
                production_group=f"P{flow.replace('F', 'G')}",
                effective_from="2025-01-01",
            )
        for cell, category in (("CELL1", "C1"), ("CELL2", "C2")):
            self.add(
                "cost_categories", cost_category=category, name=category, cost_group="L1" if category == "C1" else "L2"
            )
            self.add(
                "resource_groups",
                resource_group=cell,
                name=cell,
                site=self.sites[0],
                is_work_cell="yes",
                run_time_cost_category=category,
            )
        self.add(
            "resource_groups",
            resource_group="VENDOR",
            name="Painter",
            site=self.sites[0],
            is_work_cell="yes",
            vendor="V1",
        )
        self.activity("F0", "IN", 1, "transfer", "yes", "no")
        self.activity("F0", "TURN", 10, "process", "yes", "yes", cell="CELL1")
        self.activity("F0", "OUT", 90, "transfer", "no", "yes")
        for name, sequence in (("IN", 1), ("STOCK", 2), ("INSIDE", 3)):
            flags = {"IN": ("yes", "no"), "STOCK": ("yes", "yes"), "INSIDE": ("no", "no")}[name]
            self.activity("F1", name, sequence, "transfer", *flags)
        self.activity("F1", "CUT", 10, "process", "no", "no", cell="CELL1")
        self.activity("F1", "WELD", 20, "process", "no", "no", cell="CELL2")
        self.activity("F1", "COAT", 30, "process", "no", "no", cell="VENDOR", service="PAINT")
        last = self.r.choice(["yes", "yes", "no"])
        self.activity("F1", "JOIN", 40, "process", "yes", last, cell=self.r.choice(["CELL2", "CELL1", ""]))
        self.activity("F1", "OUT", 90, "transfer", "no", "yes")
        self.rules_of: dict[str, tuple[str, str, list[str]]] = {}
        self.rule(
            "GEAR",
            "F0",
            "manufacturing",
            ["TURN"],
            self.r.choice(["fixed", "event"]),
            supermarket="yes",
            consuming="F1",
        )
        self.rule(
            "SUB",
            "F1",
            "manufacturing",
            ["CUT"],
            self.r.choice(["fixed", "scheduled"] if self.some(0.3) else ["fixed"]),
        )
        self.rule("SEMI", "F1", "manufacturing", ["WELD", "COAT"], self.r.choice(["fixed", "fixed", "event"]))
        self.rule("PROD", "F1", "manufacturing", ["JOIN"], self.r.choice(["scheduled", "fixed"]))
        for flow in self.site_of:
            for item in self.materials[:3]:
                self.rule(f"{item}", flow, "withdrawal", ["IN"], "fixed")
            for item in [*self.materials[:2], "SCRAP"]:
                self.rule(item, flow, "withdrawal", ["OUT"], "fixed")
        self.rule("SUB", "F1", "withdrawal", ["OUT"], "fixed")
        self.rule(self.materials[0], "F1", "withdrawal", ["STOCK"], "fixed", supermarket=self.r.choice(["yes", ""]))
        self.rule(self.materials[0], "F1", "withdrawal", ["INSIDE"], "fixed")
        for _ in range(2):
            if self.some(0.3):
                key = ("F1", self.r.choice(["CUT", "WELD", "JOIN"]))
                item = {"CUT": "SUB", "WELD": "SEMI", "JOIN": "PROD"}[key[1]]
                if not any(
                    (x["activity"], x["item"]) == (key[1], item) for x in self.tables.get("activity_ratios", [])
                ):
                    self.add(
                        "activity_ratios",
                        production_flow="F1",
                        activity=key[1],
                        item=item,
                        throughput_ratio=self.r.choice(["1.5", "0.75"]),
                    )
        self.bom("GEAR", [(m, "item") for m in self.r.sample(self.materials, 2)])
        self.bom("SUB", [(self.r.choice(self.materials), "item"), ("GHOST", "phantom")])
        self.bom("GHOST", [(self.r.choice(self.materials), "item")])
        self.bom("SEMI", [("SUB", "item"), (self.r.choice(self.materials), "item"), ("PAINT", "vendor")])
        self.bom("PROD", [("SEMI", "item"), ("GEAR", "item"), *[(m, "item") for m in self.r.sample(self.materials, 2)]])

    def activity(
        self, flow: str, name: str, sequence: int, kind: str, pick: str, receipt: str, cell: str = "", service: str = ""
    ) -> None:
        hours, per = (
            self.r.choice([("0.1", ""), ("1", "3"), ("0.05", "1"), ("2", "7")])
            if kind == "process" and cell != "VENDOR"
            else ("", "")
        )
        least = self.r.choice(["", "0", "5", "12"]) if kind == "process" else ""
        count = self.r.choice(["", "1", "2", "0.5"]) if service else ""
        self.add(
            "activities",
            production_flow=flow,
            activity=name,
            sequence=sequence,
            activity_type=kind,
            resource_group=cell,
            run_time_hours=hours,
            run_time_quantity=per,
            process_quantity=least,
            update_on_pick=pick,
            update_on_receipt=receipt,
            service_item=service,
            service_quantity=count,
        )

    def rule(
        self,
        item: str,
        flow: str,
        kind: str,
        steps: list[str],
        strategy: str,
        supermarket: str = "",
        consuming: str = "",
    ) -> None:
        name = f"{flow}-{item}-{steps[0]}"
        policy = self.r.choice(["", "manual"]) if strategy == "fixed" else self.r.choice(["", "", "manual"])
        self.rules_of[name] = (flow, item, steps)
        self.add(
            "kanban_rules",
            kanban_rule=name,
            production_flow=flow,
            item=item,
            kanban_type=kind,
            replenishment_strategy=strategy,
            first_activity=steps[0],
            last_activity=steps[-1],
            quantity=self.r.choice([4, 10]),
            empty_policy=policy,
            supermarket=supermarket,
            consuming_production_flow=consuming,
            effective_from=self.r.choice(["", "2025-01-01"]),
        )

    def bom(self, item: str, components: list[tuple[str, str]]) -> None:
        versions = [("", "")]
        if self.some(0.3):
            change = self.r.choice(DAYS[5:50])
            versions = [("2025-01-01", str(change)), (str(change + timedelta(days=1)), "")]
        for number, (begins, ends) in enumerate(versions):
            name = f"B-{item}-{number}"
            site = self.r.choice([""] * 3 + self.sites) if len(self.sites) == 1 else ""
            self.add(
                "boms",
                bom=name,
                item=item,
                site=site,
                quantity=self.r.choice(["1", "1", "2", "3", "7"]),
                effective_from=begins,
                effective_to=ends,
            )
            for line, (component, kind) in enumerate(components, start=1):
                constant = kind == "item" and component in self.materials and self.some(0.15)
                self.add(
                    "bom_lines",
                    bom=name,
                    line=line,
                    component=component,
                    quantity=self.r.choice(FACTORS),
                    consumption="constant" if constant else "",
                    variable_scrap=self.r.choice(["", "", "0.05"]) if not constant else "",
                    constant_scrap=self.r.choice(["", "", "0.5"]),
                    line_type="" if kind == "item" else kind,
                )

    def prices(self) -> None:
        for item in [*self.materials, "SCRAP", "PAINT"]:
            first = date(2025, 1, 1)
            self.price(item, first)
            while self.some(0.25):
                first = self.r.choice([DAYS[0], *DAYS[1:60]])
                self.price(item, first)
            if len(self.sites) == 2 and self.some(0.3):
                self.price(item, self.r.choice([date(2025, 1, 1), *DAYS[:50]]), site=self.r.choice(self.sites))
        for item in self.made:
            if item == "PROD" or self.some(0.95):
                days = [date(2025, 1, 1)] + ([self.r.choice(DAYS[1:60])] if self.some(0.3) else [])
                for on in days:
                    self.made_price(item, on)
        if "GEAR" not in {row["item"] for row in self.tables["item_prices"]}:
            self.price("GEAR", date(2025, 1, 1))
        for item in ("SUB", "SEMI"):
            if item not in {row["item"] for row in self.tables["item_prices"]}:
                self.price(item, date(2025, 1, 1))
        for category in ("C1", "C2"):
            self.add(
                "cost_category_prices",
                costing_version="STD",
                cost_category=category,
                from_date="2025-01-01",
                hourly_rate=self.r.choice(["20", "33.333333", "0.55"]),
                status="active",
            )
            if self.some(0.3):
                self.add(
                    "cost_category_prices",
                    costing_version="STD",
                    cost_category=category,
                    site=self.sites[0],
                    from_date=self.r.choice(DAYS[:60]),
                    hourly_rate="24.5",
                    status="active",
                )
        for node, _, _, _, _ in self.nodes:
            if self.some(0.95):
                self.rate(node, "", date(2025, 1, 1))
            if self.some(0.3):
                self.rate(node, "", self.r.choice(DAYS[:60]))
            if self.some(0.3):
                self.rate(
                    node,
                    self.r.choice([*self.materials, "PROD", "SEMI", "PAINT", "GEAR"]),
                    self.r.choice([date(2025, 1, 1), *DAYS[:40]]),
                )

    def taken(self, table: str, **key: str) -> bool:
        return any(all(row.get(name, "") == value for name, value in key.items()) for row in self.tables.get(table, []))

    def rate(self, node: str, item: str, on: date) -> None:
        if not self.taken("indirect_rates", node=node, item=item, from_date=str(on)):
            self.add(
                "indirect_rates",
                costing_version="STD",
                node=node,
                item=item,
                from_date=on,
                rate=self.r.choice(RATES),
                status="active",
            )

    def price(self, item: str, on: date, site: str = "") -> None:
        if not self.taken("item_prices", item=item, site=site, from_date=str(on)):
            status = "pending" if on > date(2025, 1, 1) and self.some(0.1) else "active"
            self.add(
                "item_prices",
                costing_version="STD",
                item=item,
                site=site,
                from_date=on,
                unit_cost=self.r.choice(PRICES),
                status=status,
            )

    def made_price(self, item: str, on: date) -> None:
        lines: list[tuple[str, str, str, Decimal, Decimal, Decimal]] = []
        flow = "F0" if item == "GEAR" else "F1"
        for material in self.r.sample(self.materials, 2):
            lines.append(
                (
                    "item",
                    material,
                    self.groups[material],
                    Decimal(self.r.choice(FACTORS)),
                    Decimal(self.r.choice(PRICES)),
                    Decimal(self.r.choice(["0", "0", "0.01"])),
                )
            )
        lines.append(
            (
                "cost_category",
                "C1",
                "L1",
                Decimal(self.r.choice(["0.1", "0.333333333"])),
                Decimal("20"),
                Decimal(self.r.choice(["0", "0.5"])),
            )
        )
        if item in ("SEMI", "PROD"):
            lines.append(("service", "PAINT", "S1", Decimal(1), Decimal("1.5"), Decimal(0)))
        if item == "PROD":
            lines += [
                ("item", "GEAR", group, Decimal(1), Decimal(cost), Decimal(0))
                for group, cost in (("M1", "2.675"), ("L1", "2.005"))
            ]
        for node, _, group, _, _ in self.nodes:
            if self.some(0.7):
                lines.append(
                    (
                        "costing_sheet_node",
                        node,
                        group,
                        Decimal(self.r.choice(FACTORS)),
                        Decimal(self.r.choice(RATES)),
                        Decimal(0),
                    )
                )
        del flow
        total = Decimal(0)
        for kind, resource, group, quantity, price, charge in lines:
            cost = (quantity * price + charge).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
            total += cost
            self.add(
                "item_price_breakdown",
                costing_version="STD",
                item=item,
                from_date=on,
                resource_type=kind,
                resource=resource,
                cost_group=group,
                quantity=quantity,
                unit_price=price,
                charge=charge,
                cost=cost,
            )
        self.add("item_prices", costing_version="STD", item=item, from_date=on, unit_cost=total, status="active")

    def opening(self) -> None:
        self.has_opening = self.some(0.8)
        if not self.has_opening:
            return
        for flow in self.site_of:
            for item in self.r.sample(self.materials, 2):
                for on in self.r.sample([GO_LIVE, GO_LIVE - timedelta(days=3)], self.r.randint(1, 2)):
                    self.opening_row(flow, "item", item, self.groups[item], on, self.r.choice(["3", "20", "2.5"]))
        if self.some(0.5):
            self.opening_row("F1", "service", "PAINT", "S1", GO_LIVE, "10")
        for node, _, group, _, _ in self.nodes:
            if self.some(0.3):
                self.opening_row("F1", "costing_sheet_node", node, group, GO_LIVE, "13")
        if self.retain and self.some(0.6):
            self.opening_row("F1", "cost_category", "C1", "L1", GO_LIVE, "1.5")

    def opening_row(self, flow: str, kind: str, resource: str, group: str, on: date, quantity: str) -> None:
        price = Decimal(self.r.choice(PRICES))
        amount = (Decimal(quantity) * price).quantize(Decimal(1).scaleb(-DIGITS[self.currency]), rounding=ROUND_HALF_UP)
        self.add(
            "opening_wip",
            production_flow=flow,
            resource_type=kind,
            resource=resource,
            cost_group=group,
            posting_date=on,
            quantity=quantity,
            unit_cost=price,
            amount=amount,
        )

    def events(self) -> None:
        self.count = 0
        self.parents: list[str] = []
        for rule in self.r.choices(list(self.rules_of), k=self.r.randint(15, 40)):
            self.kanban(rule)
        for n in range(self.r.randint(3, 12)):
            flow = self.r.choice(list(self.site_of))
            self.pick(
                f"L{n}",
                flow,
                "",
                self.r.choice(self.materials),
                self.r.choice(["3", "-1", "5", "0.5"]),
                self.some_day(),
                "",
            )
        for n in range(self.r.randint(0, 5)):
            self.service(n)

    def some_day(self) -> date:
        return self.r.choice(DAYS) if self.some(0.93) or not self.has_opening else GO_LIVE - timedelta(days=1)

    def pick(self, name: str, flow: str, kanban: str, item: str, quantity: str, on: date, updates: str) -> None:
        self.add(
            "picking_lines",
            picking_line=name,
            production_flow=flow,
            kanban=kanban,
            item=item,
            quantity=quantity,
            posting_date=on,
            updates_inventory=updates,
        )

    def kanban(self, rule: str) -> None:
        flow, item, steps = self.rules_of[rule]
        self.count += 1
        name, quantity = f"K{self.count:03}", self.r.choice(["4", "10", "3", "2.5"])
        assigned = self.some_day()
        made = (
            next(row for row in self.tables["kanban_rules"] if row["kanban_rule"] == rule)["kanban_type"]
            == "manufacturing"
        )
        standing = assigned <= GO_LIVE and self.has_opening and self.some(0.6)
        on, received = assigned, None
        if standing:
            received = GO_LIVE
        else:
            done = self.r.choice([len(steps)] * 4 + [0, len(steps) - 1])
            for place, step in enumerate(steps):
                prepared = on if self.some(0.6) else None
                on = on + timedelta(days=self.r.randint(0, 6))
                completed = on if place < done else None
                if completed or prepared:
                    good = quantity if self.some(0.8) else self.r.choice(["2", "1", "6"])
                    self.add(
                        "kanban_jobs",
                        job=f"{name}-{step}",
                        kanban=name,
                        activity=step,
                        prepared_date=prepared,
                        completed_date=completed,
                        good_quantity=good,
                        error_quantity=self.r.choice(["", "0", "1"]) if made else "",
                    )
                if completed and place == len(steps) - 1:
                    received = completed
        if made:
            self.contents(name, flow, item, assigned)
        emptied = received + timedelta(days=self.r.randint(0, 40)) if received and self.some(0.55) else None
        if made and received is None and self.some(0.05):
            emptied = None
        supermarket = (
            next(row for row in self.tables["kanban_rules"] if row["kanban_rule"] == rule)["supermarket"] == "yes"
        )
        if supermarket and not received:
            emptied = None
        source = self.r.choice(self.parents) if self.parents and self.some(0.4) else ""
        self.add(
            "kanbans",
            kanban=name,
            kanban_rule=rule,
            quantity=quantity,
            assigned_date=assigned if self.some(0.97) else None,
            received_date=received if standing else None,
            emptied_date=emptied,
            source_kanban=source,
        )
        if made and flow == "F1":
            self.parents.append(name)

    def contents(self, name: str, flow: str, item: str, assigned: date) -> None:
        inside = {"PROD": ["SEMI", "SUB", "GEAR", *self.materials[:2]], "SEMI": ["SUB", *self.materials[:2]]}.get(
            item, self.materials
        )
        for n in range(self.r.randint(0, 3)):
            component = self.r.choice(inside)
            updates = (
                "no"
                if component in ("SEMI", "SUB") or (component == "GEAR" and self.some(0.7)) or self.some(0.15)
                else self.r.choice(["", "yes"])
            )
            self.pick(
                f"{name}-P{n}",
                flow,
                name,
                component,
                self.r.choice(["2", "8", "1.5", "-1"]),
                assigned + timedelta(days=self.r.randint(0, 4)),
                updates,
            )

    def service(self, n: int) -> None:
        on = self.some_day()
        self.add(
            "service_receipts",
            service_receipt=f"S{n}",
            production_flow="F1",
            service_item="PAINT",
            quantity=self.r.choice(["4", "10", "3.5"]),
            unit_price=self.r.choice(["1.5", "1.6", "2.675"]),
            posting_date=on,
        )
        for part in range(self.r.randint(0, 2)):
            self.add(
                "service_invoices",
                service_invoice=f"I{n}-{part}",
                service_receipt=f"S{n}",
                quantity=self.r.choice(["4", "1", "2.5"]),
                unit_price=self.r.choice(["1.5", "1.65", "2.68"]),
                posting_date=on + timedelta(days=self.r.randint(0, 40)),
            )

    def rarer_troubles(self) -> None:
        """What few companies have; after all else, so that the rest of a seed's book stays as it was."""
        if self.some(0.3):
            self.further_rules()
        if self.some(0.2):
            self.regroup(self.r.choice(self.materials))
        if self.some(0.3):
            self.change("activities", activity="INSIDE", run_time_hours="0.5")
        if self.some(0.3):
            self.change("resource_groups", resource_group="VENDOR", run_time_cost_category="C1")
        if self.some(0.3):
            self.change("activities", activity="IN", service_item="PAINT", service_quantity=self.r.choice(["", "0.5"]))
        if self.some(0.2):
            self.change("production_flows", production_flow="F1", production_group="PG0")
        if self.some(0.2):
            names = {"costing_version": "PLAN", "item": self.materials[0], "from_date": "2026-01-02"}
            self.add("item_prices", **names, unit_cost="99", status="active")
        if self.some(0.2):
            self.without_breakdown(self.r.choice(["GEAR", "PROD"]))
        for n in range(self.r.randint(0, 2)):
            self.cancelled(n)
        if self.some(0.4):
            names = {"production_flow": "F1", "service_item": "PAINT", "quantity": "-1", "unit_price": "1.6"}
            self.add("service_receipts", service_receipt="BACK", posting_date=self.some_day(), **names)
        if self.some(0.35):
            self.rates_of_parts()
        if self.some(0.35):
            self.phantoms_around("SEMI")
        if self.some(0.3):
            self.odd_cents(self.r.randint(0, 2))
        if self.some(0.25):
            self.late_flow(self.r.choice(list(self.site_of)))

    def rates_of_parts(self) -> None:
        """Overhead on labour that is dearer for a semi-finished item than for what it goes into."""
        for node in sorted({"RATE", "SUR-LAB"} & {node for node, *_ in self.nodes}):
            for item in self.r.sample(["SUB", "SEMI", "PROD"], 2):
                self.rate(node, item, self.r.choice([date(2025, 1, 1), *DAYS[:30]]))

    def phantoms_around(self, item: str) -> None:
        """The products take the item through a phantom, or a phantom in a phantom."""
        names = ["KIT", "KIT-IN-KIT"][: self.r.randint(1, 2)]
        for line in self.tables["bom_lines"]:
            if line["component"] == item:
                line["component"], line["line_type"] = names[0], "phantom"
        for name, (component, kind) in zip(names, [*((n, "phantom") for n in names[1:]), (item, "item")], strict=True):
            self.item(name, "PR")
            self.bom(name, [(component, kind)])

    def odd_cents(self, place: int) -> None:
        """Units at a price whose cents do not add up, moved to another cost group before they are emptied."""
        item, on = self.materials[place], self.r.choice(DAYS[1:20])
        if any(row["item"] == item and str(on) <= row["from_date"] for row in self.tables["item_prices"]):
            return
        key = {"costing_version": "STD", "item": item}
        for day, group in zip((on, on + timedelta(days=5)), self.r.sample(["M1", "M2", "M3"], 2), strict=True):
            self.add("item_prices", **key, from_date=day, unit_cost="1.004", status="active")
            cells = {
                "resource_type": "item",
                "resource": item,
                "cost_group": group,
                "unit_price": "1.004",
                "cost": "1.004",
            }
            self.add("item_price_breakdown", **key, from_date=day, **cells, quantity=1, charge=0)
        for number in range(3):
            name, begun = f"CENT{number}", on + timedelta(days=1)
            emptied = on + timedelta(days=self.r.randint(6, 12))
            self.add(
                "kanbans",
                kanban=name,
                kanban_rule=f"F1-{item}-IN",
                quantity=1,
                assigned_date=begun,
                emptied_date=emptied,
            )
            cells = {"kanban": name, "activity": "IN", "completed_date": begun}
            self.add("kanban_jobs", job=f"{name}-IN", good_quantity=self.r.choice([1, 1, 2]), **cells)

    def late_flow(self, flow: str) -> None:
        """A flow that goes live later than the rest, perhaps with nothing in WIP, or at the eve of a new standard."""
        on = self.r.choice([*DAYS[3:50], date(2026, 1, 31)])
        begins = [date.fromisoformat(row["from_date"]) - timedelta(days=1) for row in self.tables["item_prices"]]
        if (eves := sorted({day for day in begins if day in DAYS})) and self.some(0.4):
            on = self.r.choice(eves)
        self.change("production_flows", production_flow=flow, go_live=str(on))
        rows = self.tables.get("opening_wip", [])
        own = [row for row in rows if row["production_flow"] == flow]
        if self.some(0.2):
            self.tables["opening_wip"] = [row for row in rows if row not in own]
        elif not own:
            for item in self.r.sample(self.materials, 2):
                self.opening_row(flow, "item", item, self.groups[item], on, self.r.choice(["3", "20", "2.5"]))
        else:
            for row in own:
                if row["posting_date"] == str(GO_LIVE):
                    row["posting_date"] = str(on)

    def change(self, table: str, **cells: str) -> None:
        """Changes the rows of a key, the first cell."""
        key = next(iter(cells))
        for row in self.tables[table]:
            if row[key] == cells[key]:
                row.update(cells)

    def further_rules(self) -> None:
        """A second way to weld, from some day on; products moved within WIP, or out of it, by their own kanban."""
        change = self.r.choice(DAYS[5:50])
        if self.some(0.5):
            self.change("kanban_rules", kanban_rule="F1-SEMI-WELD", effective_to=str(change - timedelta(days=1)))
        self.rule("SEMI", "F1", "manufacturing", ["COAT"], self.r.choice(["fixed", "event", "scheduled"]))
        self.change("kanban_rules", kanban_rule="F1-SEMI-COAT", effective_from=str(change))
        self.activity("F1", "PARK", 45, "transfer", "no", "no")
        self.activity("F1", "ENTER", 38, "transfer", "no", "no")
        self.rule("PROD", "F1", "manufacturing", ["ENTER", "JOIN", "PARK"], "fixed")
        last = self.r.choice(["PARK", "OUT"])
        steps = ["JOIN", "PARK", "OUT"]
        if last == "OUT":
            self.change("kanban_rules", kanban_rule="F1-PROD-ENTER", last_activity="OUT")
            self.rules_of["F1-PROD-ENTER"] = ("F1", "PROD", ["ENTER", *steps])
        for rule in self.r.choices(["F1-SEMI-COAT", "F1-PROD-ENTER"], k=self.r.randint(1, 5)):
            self.kanban(rule)

    def regroup(self, item: str) -> None:
        """A new record of a bought item names its cost groups itself: one other, or two."""
        on = self.r.choice(DAYS[3:60])
        if self.taken("item_prices", item=item, site="", from_date=str(on)):
            return
        groups = self.r.sample(["M1", "M2", "M3"], self.r.randint(1, 2))
        costs = [Decimal(self.r.choice(PRICES)) for _ in groups]
        key = {"costing_version": "STD", "item": item, "from_date": on}
        self.add("item_prices", **key, unit_cost=sum(costs), status="active")
        for group, cost in zip(groups, costs, strict=True):
            own = {"resource_type": "item", "resource": item, "cost_group": group}
            self.add("item_price_breakdown", **key, **own, quantity=1, unit_price=cost, charge=0, cost=cost)

    def without_breakdown(self, item: str) -> None:
        lines = self.tables["item_price_breakdown"]
        self.tables["item_price_breakdown"] = [line for line in lines if line["item"] != item]

    def cancelled(self, n: int) -> None:
        """A kanban that was begun and is never received: it stands, is emptied, or its material is returned."""
        name, item = f"CANCELLED{n}", self.r.choice(self.materials)
        on = self.r.choice(DAYS[:50])
        emptied = on + timedelta(days=self.r.randint(1, 20)) if self.some(0.5) else None
        self.add("kanbans", kanban=name, kanban_rule="F1-SUB-CUT", quantity=4, assigned_date=on, emptied_date=emptied)
        self.pick(f"{name}-P", "F1", name, item, "6", on, "")
        if self.some(0.3):
            self.pick(f"{name}-R", "F1", name, item, self.r.choice(["-6", "-2"]), on + timedelta(days=5), "")
