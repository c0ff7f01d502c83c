"""Random books to calculate: the setup of the random books, with all that only a calculation reads."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from tests.books.random_books import DAYS, FACTORS, PRICES, RATES, random_book_by
from tests.support.rows import Book

SETUP = (
    "parameters sites cost_groups inventory_model_groups items costing_versions item_prices item_price_breakdown"
    " cost_categories cost_category_prices costing_sheet indirect_rates resource_groups production_groups"
    " production_flows activities activity_ratios kanban_rules boms bom_lines"
).split()
BASES = ("production_flow", "route", "default")
MADE = ("PROD", "SEMI", "SUB", "GEAR")
START = date(2025, 1, 1)


@dataclass(frozen=True)
class Request:
    """What is asked of a calculation; no items: all."""

    on: date
    version: str
    basis: str
    items: tuple[str, ...]


def random_calculation(seed: int) -> tuple[Book, Request]:
    """A book and what is to be calculated of it; the same for the same seed."""
    chance = random.Random(f"calculation {seed}")
    book = random_book_by(random.Random(seed))
    maker = _Extender(chance, {name: book[name] for name in SETUP if name in book})
    tables = maker.book()
    named = chance.sample(MADE, chance.randint(1, 2)) if maker.some(0.2) else []
    return tables, Request(chance.choice([DAYS[-1], DAYS[20], DAYS[40]]), maker.version, BASES[seed % 3], tuple(named))


class _Extender:
    def __init__(self, chance: random.Random, tables: Book) -> None:
        self.r, self.tables = chance, tables
        self.sites = [row["site"] for row in tables["sites"]]
        self.materials = [row["item"] for row in tables["items"] if row["item"].startswith("RAW")]
        self.version = "STD"

    def add(self, table: str, **cells: object) -> None:
        self.tables.setdefault(table, []).append({k: "" if v is None else str(v) for k, v in cells.items()})

    def some(self, share: float) -> bool:
        return self.r.random() < share

    def book(self) -> Book:
        self.lots()
        self.sheet()
        self.lines()
        self.flows()
        self.routes()
        self.site_records()
        if self.some(0.5):
            self.versions()
        return self.tables

    def lots(self) -> None:
        for row in self.tables["items"]:
            if row["item"] in (*MADE, "GHOST") and self.some(0.7):
                row["default_order_quantity"] = self.r.choice(["1", "7", "40", "2.5"])
        for row in self.tables["kanban_rules"]:
            if row["kanban_type"] == "manufacturing" and self.some(0.3):
                row["quantity"] = self.r.choice(["3", "1", "25"])
        for row in self.tables.get("activity_ratios", []):
            row["throughput_ratio"] = self.r.choice([row["throughput_ratio"], "1.333333333"])

    def sheet(self) -> None:
        """Overhead on what is charged at a receipt, and a unit node that has services in its base."""
        nodes = {row["node"]: row for row in self.tables["costing_sheet"]}
        if "IN-KG" in nodes and self.some(0.5):
            nodes["IN-KG"]["base_cost_groups"] = "M1;M3;S1"
        if self.some(0.6):
            self.add("cost_groups", cost_group="O4", name="O4", cost_group_type="indirect")
            self.add(
                "costing_sheet", node="SUR-END", node_type="surcharge", cost_group="O4", basis="value", sequence=99,
                base_cost_groups=self.r.choice(["O3", "O1;O3", "M1;O3"]), subtype=self.r.choice(["", "total"]),
            )  # fmt: skip
            self.rate("SUR-END", "", "")
            if self.some(0.4):
                self.rate("SUR-END", self.r.choice([*MADE, *self.materials]), "")

    def rate(self, node: str, item: str, site: str, version: str = "STD") -> None:
        on, rate = self.r.choice([START, *DAYS[:30]]), self.r.choice([*RATES, "0.75"])
        self.once(
            "indirect_rates", costing_version=version, node=node, site=site, item=item, from_date=on, rate=rate,
            status=self.r.choice(["active", "active", "pending"]),
        )  # fmt: skip

    def once(self, table: str, **cells: object) -> None:
        """Adds a row unless one has its key: all but the last two cells."""
        names = list(cells)[:-2]
        key = [str(cells[name]) for name in names]
        if not any([row.get(name, "") for name in names] == key for row in self.tables.get(table, [])):
            self.add(table, **cells)

    def lines(self) -> None:
        """Semi-finished items and phantoms per lot and with scrap; lines that repeat a component."""
        for row in self.tables["bom_lines"]:
            if row["component"] in (*MADE, "GHOST") and self.some(0.25):
                if self.some(0.5):
                    row["consumption"], row["variable_scrap"] = "constant", ""
                row["constant_scrap"] = self.r.choice(["", "1", "0.333333333"])
        for bom in {row["bom"]: None for row in self.tables["bom_lines"]}:
            if self.some(0.4):
                self.add(
                    "bom_lines", bom=bom, line=7, component=self.r.choice(self.materials),
                    quantity=self.r.choice(FACTORS), variable_scrap=self.r.choice(["", "0.025"]),
                )  # fmt: skip
            if "-PROD-" in bom and self.some(0.3):
                self.add("bom_lines", bom=bom, line=8, component="GHOST", quantity="0.5", line_type="phantom")

    def flows(self) -> None:
        """Items that a second flow makes too, at its site, and the flows that are taken by default."""
        self.tables["default_production_flows"] = []
        site_of = {row["production_flow"]: row["site"] for row in self.tables["production_flows"]}
        rules = [row for row in self.tables["kanban_rules"] if row["kanban_type"] == "manufacturing"]
        for item in ("SEMI", "SUB", "GHOST"):
            if self.some(0.25):
                self.copied_rule(rules[0], item, "F0", "TURN", self.r.choice(["", "2026-01-20"]))
        if self.some(0.3):
            self.copied_rule(rules[0], "GEAR", "F1", self.r.choice(["CUT", "JOIN"]), "")
        if self.some(0.15):
            self.copied_rule(rules[0], "GHOST", "F1", "CUT", "")
        for item in (*MADE, "GHOST"):
            for site in self.sites:
                flows = [flow for flow in site_of if site_of[flow] == site]
                if flows and self.some(0.95):
                    makers = {row["production_flow"] for row in self.tables["kanban_rules"] if row["item"] == item}
                    flow = self.r.choice([name for name in flows if name in makers] or flows)
                    self.add("default_production_flows", item=item, site=site, production_flow=flow)
        if self.some(0.4):
            cells = {"activity": "SHIP", "sequence": 25, "activity_type": "transfer", "service_item": "PAINT"}
            flags = {"update_on_pick": "no", "update_on_receipt": "no", "service_quantity": self.r.choice(["", "3"])}
            self.add("activities", production_flow="F1", **cells, **flags)
        if self.some(0.1):
            self.tables["production_flows"][0]["effective_to"] = str(DAYS[30])

    def copied_rule(self, rule: dict[str, str], item: str, flow: str, activity: str, begins: str) -> None:
        cells = {"kanban_rule": f"{flow}-{item}-{activity}-TOO", "item": item, "production_flow": flow}
        steps = {"first_activity": activity, "last_activity": activity, "quantity": self.r.choice(["4", "9"])}
        self.tables["kanban_rules"].append(rule | cells | steps | {"effective_from": begins})

    def routes(self) -> None:
        for item in (*MADE, "GHOST"):
            if item != "GHOST" or self.some(0.2):
                if self.some(0.8):
                    self.route(f"R-{item}", item, "")
                if self.some(0.2):
                    self.route(f"R-{item}-OLD", item, "", ends=DAYS[30])
                if self.some(0.2):
                    self.route(f"R-{item}-SITE", item, self.r.choice(self.sites))
        if self.some(0.3):
            for row in self.tables["resource_groups"]:
                if row["resource_group"] == "CELL1":
                    row["setup_cost_category"] = "C2"

    def route(self, name: str, item: str, site: str, ends: date | None = None) -> None:
        begins = self.r.choice(["", "2025-01-01"])
        self.add("routes", route=name, item=item, site=site, effective_from=begins, effective_to=ends)
        for operation in range(self.r.randint(1, 3)):
            self.add(
                "route_operations", route=name, operation=operation * 10,
                resource_group=self.r.choice(["CELL1", "CELL2", "VENDOR"]),
                run_time_hours=self.r.choice(["0.1", "1", "2", "0"]),
                run_time_quantity=self.r.choice(["", "3", "7"]), setup_hours=self.r.choice(["", "0.5", "2"]),
                run_time_cost_category=self.r.choice(["", "", "C1", "C2"]),
                setup_cost_category=self.r.choice(["", "C2"]),
            )  # fmt: skip

    def site_records(self) -> None:
        for _ in range(2):
            if self.some(0.4):
                node = self.r.choice([row["node"] for row in self.tables["costing_sheet"]])
                if node != "TOP":
                    self.rate(node, self.r.choice(["", *MADE, *self.materials]), self.r.choice(self.sites))
        if self.some(0.3):
            bom = self.r.choice(self.tables["boms"])
            name = f"{bom['bom']}-SITE"
            self.add("boms", bom=name, item=bom["item"], site=self.r.choice(self.sites), quantity="3")
            for line in [line for line in self.tables["bom_lines"] if line["bom"] == bom["bom"]]:
                self.tables["bom_lines"].append(line | {"bom": name, "quantity": self.r.choice(FACTORS)})

    def versions(self) -> None:
        """A next version, with some records of its own; the rest is lent, through a version between or at once."""
        self.version = "NEXT"
        between = self.some(0.3)
        self.add(
            "costing_versions", costing_version="NEXT", costing_type=self.r.choice(["standard", "planned"]),
            fallback_version="MIDDLE" if between else "STD", blocked="no",
        )  # fmt: skip
        if between:
            self.add(
                "costing_versions", costing_version="MIDDLE", costing_type="standard", fallback_version="STD",
                blocked="yes",
            )  # fmt: skip
        for version in ("NEXT", "MIDDLE")[: 1 + between]:
            for item in self.r.sample([*self.materials, "PAINT", "GEAR"], 3):
                self.once(
                    "item_prices", costing_version=version, item=item, site=self.r.choice(["", *self.sites]),
                    from_date=self.r.choice(DAYS) - timedelta(days=40), unit_cost=self.r.choice(PRICES),
                    status=self.r.choice(["pending", "active"]),
                )  # fmt: skip
            self.once(
                "cost_category_prices", costing_version=version, cost_category="C1", site="", from_date=DAYS[0],
                hourly_rate="41.5", status="pending",
            )  # fmt: skip
            for node in [row["node"] for row in self.tables["costing_sheet"] if row["node"] != "TOP"][:2]:
                self.rate(node, "", "", version)
