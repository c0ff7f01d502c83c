"""What a unit of a made item uses, and what each use costs with the overhead on it.

A use is so much per unit and so much of a lot's constant cost per unit. All that follows (flattening, overhead) is
linear in these two, so nothing is rounded before a breakdown line is whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tests.oracle.facts import ZERO, Facts, Row, rounded

ONE = Decimal(1)
Figures = tuple[str, str, str, Decimal, Decimal, Decimal, Decimal]
"""Of a breakdown line: resource type, resource, cost group, quantity, unit price, charge, cost."""


@dataclass(frozen=True)
class Use:
    """Of an item, a service, a category's hours, or (kind `receipt`) of the receipt of the unit itself."""

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


@dataclass(frozen=True)
class Part:
    """What one use, or the overhead on it, adds to a breakdown line."""

    key: tuple[str, str, str]
    price: Decimal
    quantity: Decimal
    charge: Decimal
    cost: Decimal

    def times(self, variable: Decimal, constant: Decimal) -> "Part":
        quantity, charge = self.quantity * variable, self.charge * variable + self.cost * constant
        return Part(self.key, self.price, quantity, charge, self.cost * (variable + constant))


def parts_of(facts: Facts, use: Use, site: str, on: date) -> Iterator[Part]:
    """The use at its prices, then the overhead on it, node by node in the sheet's order (contract 4)."""
    if not use.quantity and not use.constant:
        return
    for group, price in use.prices.items():
        yield _part((use.kind, use.resource, group), price, use.quantity, use.constant)
    indirect: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for node in facts.nodes:
        rate = facts.node_rate(node["node"], use.rate_item, site, on)
        if rate is None:
            continue
        factor = _base(facts, node, use)
        variable, constant = factor * use.quantity, factor * use.constant
        if node["node_type"] == "surcharge":
            for group in facts.bases(node) & indirect.keys():
                variable += indirect[group][0]
                constant += indirect[group][1]
        if variable or constant:
            indirect[node["cost_group"]][0] += variable * rate
            indirect[node["cost_group"]][1] += constant * rate
            yield _part(("costing_sheet_node", node["node"], node["cost_group"]), rate, variable, constant)


def _part(key: tuple[str, str, str], price: Decimal, quantity: Decimal, constant: Decimal) -> Part:
    return Part(key, price, quantity, constant * price, (quantity + constant) * price)


def _base(facts: Facts, node: Row, use: Use) -> Decimal:
    """What of one unit of the use itself is base of the node (contract 4)."""
    kind = node["node_type"]
    if kind == "output_unit":
        return facts.measure(node, use.resource) if use.kind == "receipt" else ZERO
    level = (node.get("subtype") or "level") == "level"
    based = {} if level and use.made else {g: p for g, p in use.prices.items() if g in facts.bases(node)}
    if kind == "surcharge":
        return sum(based.values(), ZERO)
    if kind == "rate":
        return ONE if based and use.kind == "cost_category" else ZERO
    return facts.measure(node, use.resource) if based and use.kind == "item" else ZERO


@dataclass
class Breakdown:
    """The lines of an item, and which of them stand so near a tie that numbers of a fixed width may not tell its side."""

    lines: list[Figures] = field(default_factory=list)
    near_ties: list[str] = field(default_factory=list)

    @property
    def unit_cost(self) -> Decimal:
        return sum((line[6] for line in self.lines), ZERO)


def breakdown(parts: Iterable[Part]) -> Breakdown:
    """The parts summed by resource and cost group, each figure rounded once (contract 1); rows of zeros left out."""
    lines: dict[tuple[str, str, str], list[Part]] = defaultdict(list)
    for part in parts:
        lines[part.key].append(part)
    found = Breakdown()
    for key, own in sorted(lines.items()):
        exact_quantity, price, exact_charge = _figures(key[0], own)
        quantity, charge = rounded(exact_quantity, 9), rounded(exact_charge, 6)
        if quantity or charge:
            found.lines.append((*key, quantity, price, charge, rounded(quantity * price + charge, 6)))
        if _is_near_tie(exact_quantity, 9) or _is_near_tie(exact_charge, 6):
            found.near_ties.append(key[1])
    return found


def _is_near_tie(exact: Decimal, places: int) -> bool:
    """Not a tie, and less than 10^-14 away from one."""
    away = abs((exact.scaleb(places) % 1) - Decimal("0.5")).scaleb(-places)
    return 0 < away < Decimal("1e-14")


def _figures(kind: str, parts: list[Part]) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, unit price, charge, unrounded. Where a node's rates differ, quantity is the amount and unit price 1 (contract 4).

    The documents are silent on another resource at two prices (a stored breakdown may bring them together): there the
    lowest price stands, and the rest is a charge.
    """
    quantity = sum((part.quantity for part in parts), ZERO)
    value = sum((part.quantity * part.price for part in parts), ZERO)
    charge = sum((part.charge for part in parts), ZERO)
    price = min(part.price for part in parts)
    if kind == "costing_sheet_node" and len({part.price for part in parts}) > 1:
        quantity, price = value, ONE
    return quantity, price, charge + value - quantity * price
