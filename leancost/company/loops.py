"""The works as loops of kanban cards: orders for bicycles empty units, and every emptied unit calls for a new one.

A SimPy simulation with a seed: working hours run in processes, dates come out, so that the same seed gives the same
events. Durations say when something happens and never how much, so they may be floats; quantities are Decimals.
"""

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import simpy

from leancost.company.events import EventRows
from leancost.company.setup import Book

HOURS_A_DAY = 8
LOT = Decimal(12)
SPOKES_A_WHEEL = 36
CARDS = {"FRONT-WHEEL": 3, "REAR-WHEEL": 3, "FRAME": 5, "RAW-FRAME": 2}
HUBS = {"FRONT-WHEEL": "HUB-FRONT", "REAR-WHEEL": "HUB-REAR"}
MODELS = {"CITY": "MUDGUARD-SET", "TOUR": "DERAILLEUR"}
STAGED = ("FORK", "HANDLEBAR", "SADDLE", "CHAIN", "BRAKE-SET")
Process = Generator[simpy.Event, Any, None]


def working_days(first: date, last: date, holidays: Sequence[date]) -> list[date]:
    """Monday to Friday without the holidays."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5 and day not in holidays]


@dataclass
class Staged:
    """A material staged in handling units: those that stand full, and the open one with what is left in it."""

    item: str
    activity: str
    unit_quantity: Decimal
    full: list[dict[str, str]] = field(default_factory=list)
    open_unit: dict[str, str] | None = None
    left: Decimal = Decimal(0)


class Works:
    """The works on one simulated clock, and the event rows it leaves behind."""

    def __init__(self, setup: Book, days: list[date], invoiced_at_once: date, seed: int) -> None:
        self.days, self.invoiced_at_once = days, invoiced_at_once
        self.clock = simpy.Environment()
        self.chance = random.Random(seed)
        self.rows = EventRows(self.today)
        self.cells = {row["resource_group"]: simpy.Resource(self.clock) for row in setup["resource_groups"]}
        self.supermarkets = {item: simpy.Store(self.clock) for item in CARDS}
        self.staged = {
            rule["item"]: Staged(rule["item"], rule["first_activity"], Decimal(rule["quantity"]))
            for rule in setup["kanban_rules"]
            if rule["kanban_type"] == "withdrawal" and rule["replenishment_strategy"] == "fixed"
            if not rule["kanban_rule"].endswith("-BACK")
        }
        self.backlog = {"CITY": 4, "TOUR": 7}
        self.uninvoiced: list[dict[str, str]] = []

    def run(self) -> Book:
        """Every event of the working days, in the order it happened."""
        for staged in self.staged.values():
            staged.full += [self.bring(staged), self.bring(staged)]
        for item, cards in CARDS.items():
            for _ in range(cards):
                unit = self.rows.new_kanban(item, LOT)
                unit["received_date"] = self.today()
                self.supermarkets[item].put(unit)
        self.clock.process(self.orders())
        self.clock.process(self.invoices())
        self.clock.run(until=len(self.days) * HOURS_A_DAY)
        return self.rows.tables

    # What a day brings.

    def orders(self) -> Process:
        """Dealers order every morning; twelve bicycles of a model make a kanban."""
        while True:
            ordered = self.chance.randint(8, 18)
            tours = sum(self.chance.random() < 0.4 for _ in range(ordered))
            self.backlog["TOUR"] += tours
            self.backlog["CITY"] += ordered - tours
            for model in MODELS:
                while self.backlog[model] >= LOT:
                    self.backlog[model] -= int(LOT)
                    self.clock.process(self.bicycles(model))
            yield self.clock.timeout(HOURS_A_DAY)

    def invoices(self) -> Process:
        """The painter invoices on Fridays, and the whole year on its last day."""
        yield self.clock.timeout(HOURS_A_DAY - 0.01)
        while True:
            today = date.fromisoformat(self.today())
            if today.weekday() == 4 or today == self.invoiced_at_once:
                for receipt in self.uninvoiced:
                    # Now and then the painter adds a surcharge for a colour in a hurry.
                    price = "17.65" if self.chance.random() < 0.12 else receipt["unit_price"]
                    self.rows.invoice(receipt, price)
                self.uninvoiced = []
            yield self.clock.timeout(HOURS_A_DAY)

    # The loops.

    def bicycles(self, model: str) -> Process:
        """A scheduled kanban of bicycles: empties a unit of frames and one of each wheel, then builds and tests."""
        kanban = self.rows.new_kanban(model, LOT)
        with self.cells["BUILDING"].request() as cell:
            yield cell
            if model == "TOUR":
                rack = self.rows.new_kanban("LUGGAGE-RACK", LOT, source=kanban["kanban"])
                yield self.clock.timeout(0.5)
                self.rows.complete(rack, "A05", LOT)
            for item in ("FRAME", "FRONT-WHEEL", "REAR-WHEEL"):
                unit = yield self.supermarkets[item].get()
                unit["emptied_date"] = self.today()
                self.clock.process(self.frames() if item == "FRAME" else self.wheels(item))
                self.rows.pick(kanban, "ASSEMBLY", item, LOT, from_unit=True)
            if model == "TOUR":
                self.rows.pick(kanban, "ASSEMBLY", "LUGGAGE-RACK", LOT, from_unit=True)
            prepared = self.today()
            # A crank or a box that is damaged is replaced, and the second one is picked as well.
            for item in ("CRANKSET", MODELS[model], "BOX"):
                self.rows.pick(kanban, "ASSEMBLY", item, LOT + self.spoiled(0.04))
            for item in STAGED:
                self.use(item, LOT + self.spoiled(0.03))
            self.use("TYRE", 2 * LOT + self.spoiled(0.1))
            self.use("INNER-TUBE", 2 * LOT + self.spoiled(0.4))
            yield self.clock.timeout(self.hours(6.2))
            self.rows.complete(kanban, "A10", LOT, prepared=prepared)
        with self.cells["TESTING"].request() as cell:
            yield cell
            yield self.clock.timeout(self.hours(2))
            self.rows.complete(kanban, "A20", LOT)

    def wheels(self, item: str) -> Process:
        """A card of wheels: laced, trued, into the supermarket. A spoiled wheel is made again within the job."""
        with self.cells["LACING"].request() as cell:
            yield cell
            kanban, prepared, errors = self.rows.new_kanban(item, LOT), self.today(), self.spoiled(0.12)
            self.rows.pick(kanban, "WHEELS", HUBS[item], LOT + errors)
            self.use("RIM", LOT + errors)
            for part, wasted in (("SPOKE", 17), ("NIPPLE", 26)):
                self.use(part, (LOT + errors) * SPOKES_A_WHEEL + self.chance.randint(0, wasted))
            yield self.clock.timeout(self.hours(2.7))
            self.rows.complete(kanban, "W10", LOT + errors, prepared=prepared)
        with self.cells["TRUING"].request() as cell:
            yield cell
            yield self.clock.timeout(self.hours(2.3))
            self.rows.complete(kanban, "W20", LOT, errors)
        self.supermarkets[item].put(kanban)

    def raw_frames(self) -> Process:
        """A card of raw frames: cut and brazed; the full unit stays in WIP."""
        with self.cells["CUTTING"].request() as cell:
            yield cell
            kanban, prepared, errors = self.rows.new_kanban("RAW-FRAME", LOT), self.today(), self.spoiled(0.1)
            self.use("TUBE-SET", LOT + errors)
            self.use("LUG-SET", LOT + errors)
            self.use("BRAZING-ROD", (LOT + errors) * Decimal("0.14") + Decimal(self.chance.randint(20, 115)) / 1000)
            yield self.clock.timeout(self.hours(2.2))
            self.rows.complete(kanban, "F10", LOT + errors, prepared=prepared)
        with self.cells["BRAZING"].request() as cell:
            yield cell
            yield self.clock.timeout(self.hours(5.4))
            self.rows.complete(kanban, "F20", LOT, errors)
        self.supermarkets["RAW-FRAME"].put(kanban)

    def frames(self) -> Process:
        """A card of painted frames: empties a unit of raw frames, goes to the painter, is finished here."""
        raw = yield self.supermarkets["RAW-FRAME"].get()
        raw["emptied_date"] = self.today()
        self.clock.process(self.raw_frames())
        kanban, prepared = self.rows.new_kanban("FRAME", LOT), self.today()
        self.rows.pick(kanban, "FRAMES", "RAW-FRAME", LOT, from_unit=True)
        yield self.clock.timeout(self.hours(11))
        job = self.rows.complete(kanban, "F30", LOT, prepared=prepared)
        receipt = self.rows.receive_service(job, LOT + self.spoiled(0.1), "17.5")
        self.uninvoiced.append(receipt)
        with self.cells["FINISHING"].request() as cell:
            yield cell
            yield self.clock.timeout(self.hours(1.8))
            self.rows.complete(kanban, "F40", LOT)
        self.supermarkets["FRAME"].put(kanban)

    # Material staged in handling units.

    def use(self, item: str, quantity: Decimal) -> None:
        """Takes from the open unit; one that is used up is reported empty, and its card calls for the next."""
        staged = self.staged[item]
        while quantity > 0:
            if staged.open_unit is None:
                staged.open_unit = staged.full.pop(0) if staged.full else self.bring(staged)
                staged.left = staged.unit_quantity
            taken = min(quantity, staged.left)
            quantity, staged.left = quantity - taken, staged.left - taken
            if staged.left == 0:
                staged.open_unit["emptied_date"] = self.today()
                staged.open_unit = None
                self.clock.process(self.replenish(staged))

    def replenish(self, staged: Staged) -> Process:
        yield self.clock.timeout(self.hours(6))
        staged.full.append(self.bring(staged))

    def bring(self, staged: Staged) -> dict[str, str]:
        kanban = self.rows.new_kanban(staged.item, staged.unit_quantity)
        self.rows.complete(kanban, staged.activity, staged.unit_quantity)
        return kanban

    # The clock and chance.

    def today(self) -> str:
        return self.days[int(self.clock.now // HOURS_A_DAY)].isoformat()

    def hours(self, usual: float) -> float:
        return self.chance.triangular(0.8 * usual, 1.5 * usual, usual)

    def spoiled(self, chance: float) -> Decimal:
        """One piece, or none."""
        return Decimal(self.chance.random() < chance)
