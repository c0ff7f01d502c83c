"""What holds on a day: prices, rates, BOMs; and what a book's rows say once defaults are filled."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from functools import cached_property

getcontext().prec = 120
Row = dict[str, str]
Book = dict[str, list[Row]]
ZERO = Decimal(0)
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def divided(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The one division: half-up to 9 decimals."""
    exact = Fraction(numerator) / Fraction(denominator) * 10**9
    return Decimal((2 * exact.numerator + exact.denominator) // (2 * exact.denominator)).scaleb(-9)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def number(row: Row, name: str, default: str = "0") -> Decimal:
    return Decimal(row.get(name) or default)


def yes(row: Row, name: str, default: str = "no") -> bool:
    return (row.get(name) or default) == "yes"


@dataclass(frozen=True)
class PriceRecord:
    """The price record that holds for an item at a site: its key, unit cost, and lines."""

    key: tuple[str, str, str, str]
    unit_cost: Decimal
    lines: tuple[tuple[str, str, str, Decimal, Decimal, Decimal, Decimal], ...]
    """resource type, resource, cost group, quantity, unit price, charge, cost"""
    made: bool

    @property
    def by_group(self) -> dict[str, Decimal]:
        groups: dict[str, Decimal] = {}
        for _, _, group, _, _, _, cost in self.lines:
            groups[group] = groups.get(group, ZERO) + cost
        return dict(sorted(groups.items()))


class Facts:
    """A book's setup, asked by day."""

    statuses: tuple[str, ...] = ("active",)

    def __init__(self, book: Book) -> None:
        self.book = book
        self.items = {row["item"]: row for row in self.rows("items")}
        self.flows = {row["production_flow"]: row for row in self.rows("production_flows")}
        self.rules = {row["kanban_rule"]: row for row in self.rows("kanban_rules")}
        self.activities = {(row["production_flow"], row["activity"]): row for row in self.rows("activities")}
        self.parameters = {row["parameter"]: row["value"] for row in self.rows("parameters")}
        self.digits = DIGITS[self.parameters["currency"]]
        self.retain = self.parameters.get("conversion_in_wip", "clear") == "retain"
        self.standard = {
            row["costing_version"] for row in self.rows("costing_versions") if row["costing_type"] == "standard"
        }
        self._cache: dict[object, object] = {}

    def rows(self, table: str) -> list[Row]:
        return self.book.get(table, [])

    def money(self, value: Decimal) -> Decimal:
        return rounded(value, self.digits)

    def site(self, flow: str) -> str:
        return self.flows[flow]["site"]

    def go_live(self, flow: str) -> date | None:
        """The last day of the flow's history; None where nothing says when it ended."""
        return self._go_lives[flow]

    @cached_property
    def _go_lives(self) -> dict[str, date | None]:
        """Its own, else the latest day of opening_wip over the flows without one (contract 3)."""
        own = {flow: day(row.get("go_live")) for flow, row in self.flows.items()}
        shared = [row["posting_date"] for row in self.rows("opening_wip") if not own[row["production_flow"]]]
        return {flow: on or day(max(shared, default=None)) for flow, on in own.items()}

    def _best(self, table: str, site: str, on: date, rank: dict[str, int], name: str, extra: Row) -> Row | None:
        found: Row | None = None
        best: tuple[object, ...] | None = None
        for row in self.rows(table):
            if row["status"] not in self.statuses or row["costing_version"] not in self.standard:
                continue
            if (row.get(name) or "") not in rank or (row.get("site") or site) != site:
                continue
            if any(row[key] != value for key, value in extra.items()) or date.fromisoformat(row["from_date"]) > on:
                continue
            order = (
                rank[row.get(name) or ""],
                0 if row.get("site") else 1,
                -date.fromisoformat(row["from_date"]).toordinal(),
                row["costing_version"],
            )
            if best is None or order < best:
                found, best = row, order
        return found

    def price(self, item: str, site: str, on: date) -> PriceRecord | None:
        """The active standard record: item before master, site before all sites, latest date."""
        key = ("price", item, site, on)
        if key not in self._cache:
            rank = {item: 0}
            if self.items[item].get("product_master"):
                rank.setdefault(self.items[item]["product_master"], 1)
            row = self._best("item_prices", site, on, rank, "item", {})
            self._cache[key] = self._record(item, row) if row else None
        return self._cache[key]  # type: ignore[return-value]

    def _record(self, item: str, row: Row) -> PriceRecord:
        own = row["item"]
        lines = [
            (
                b["resource_type"],
                item if b["resource"] == own and b["resource_type"] in ("item", "service") else b["resource"],
                b["cost_group"],
                number(b, "quantity"),
                number(b, "unit_price"),
                number(b, "charge"),
                number(b, "cost"),
            )
            for b in self.rows("item_price_breakdown")
            if (b["costing_version"], b["item"], b.get("site") or "", b["from_date"])
            == (row["costing_version"], own, row.get("site") or "", row["from_date"])
        ]
        made = any(line[1] != item or line[0] not in ("item", "service") for line in lines)
        unit_cost = number(row, "unit_cost")
        if not lines:
            kind, group = self.items[item]["item_type"], self.items[item]["cost_group"]
            lines = [(kind, item, group, Decimal(1), unit_cost, ZERO, unit_cost)]
        lines.sort(key=lambda line: (line[2], line[1], line[0]))
        key = (row["costing_version"], own, row.get("site") or "", row["from_date"])
        return PriceRecord(key, unit_cost, tuple(lines), made)

    def hourly_rate(self, category: str, site: str, on: date) -> Decimal | None:
        row = self._best("cost_category_prices", site, on, {category: 0}, "cost_category", {})
        return number(row, "hourly_rate") if row else None

    def node_rate(self, node: str, item: str, site: str, on: date) -> Decimal | None:
        """Rate of a node for an item ('' = the rate for all items)."""
        rank = {item: 0}
        if item and self.items[item].get("product_master"):
            rank.setdefault(self.items[item]["product_master"], 1)
        rank.setdefault("", 2)
        row = self._best("indirect_rates", site, on, rank, "item", {"node": node})
        return number(row, "rate") if row else None

    def bom(self, item: str, site: str, on: date) -> Row | None:
        found, best = None, None
        for row in self.rows("boms"):
            begins, ends = day(row.get("effective_from")), day(row.get("effective_to"))
            if row["item"] != item or (row.get("site") or site) != site:
                continue
            if (begins and begins > on) or (ends and ends < on):
                continue
            order = (0 if row.get("site") else 1, -(begins or date.min).toordinal(), row["bom"])
            if best is None or order < best:
                found, best = row, order
        return found

    def bom_lines(self, bom: str) -> list[Row]:
        return [row for row in self.rows("bom_lines") if row["bom"] == bom]

    @cached_property
    def nodes(self) -> list[Row]:
        """Formula nodes in the sheet's order."""
        kinds = ("surcharge", "rate", "input_unit", "output_unit")
        rows = [row for row in self.rows("costing_sheet") if row["node_type"] in kinds]
        return sorted(rows, key=lambda row: (int(row.get("sequence") or 0), row["node"]))

    @staticmethod
    def bases(node: Row) -> set[str]:
        return {group.strip() for group in (node.get("base_cost_groups") or "").split(";") if group.strip()}

    def measure(self, node: Row, item: str) -> Decimal:
        """1, weight or volume of one unit of the item."""
        basis = node.get("basis")
        return number(self.items[item], basis) if basis in ("weight", "volume") else Decimal(1)

    def rule_activities(self, rule: Row) -> list[Row]:
        flow = rule["production_flow"]
        first = int(self.activities[flow, rule["first_activity"]]["sequence"])
        last = int(self.activities[flow, rule["last_activity"]]["sequence"])
        rows = [row for row in self.rows("activities") if row["production_flow"] == flow]
        return sorted(
            (row for row in rows if first <= int(row["sequence"]) <= last), key=lambda row: int(row["sequence"])
        )

    def category(self, activity: Row) -> str | None:
        """Run-time cost category of a process activity on a work cell of our own."""
        if activity["activity_type"] != "process" or not activity.get("resource_group"):
            return None
        group = next(g for g in self.rows("resource_groups") if g["resource_group"] == activity["resource_group"])
        return None if group.get("vendor") else (group.get("run_time_cost_category") or None)

    def hours_per_unit(self, activity: Row, item: str) -> Decimal:
        ratio = Decimal(1)
        for row in self.rows("activity_ratios"):
            if (row["production_flow"], row["activity"], row["item"]) == (
                activity["production_flow"],
                activity["activity"],
                item,
            ):
                ratio = number(row, "throughput_ratio")
        return divided(number(activity, "run_time_hours"), number(activity, "run_time_quantity", "1")) * ratio

    def category_group(self, category: str) -> str:
        return next(row["cost_group"] for row in self.rows("cost_categories") if row["cost_category"] == category)

    def last_activity(self, rule: Row) -> Row:
        return self.activities[rule["production_flow"], rule["last_activity"]]

    def makes(self, flow: str, item: str) -> list[Row]:
        """Manufacturing rules of a flow for an item, first one first."""
        rows = [
            row
            for row in self.rows("kanban_rules")
            if (row["production_flow"], row["item"], row["kanban_type"]) == (flow, item, "manufacturing")
        ]
        return sorted(rows, key=lambda row: (row.get("effective_from") or "", row["kanban_rule"]))

    def is_in_flow(self, flow: str, item: str) -> bool:
        """Made in the flow without inventory control."""
        return any(not yes(self.last_activity(rule), "update_on_receipt") for rule in self.makes(flow, item))
