"""The rows that the works leave behind: kanbans, jobs, picking lines, services and invoices."""

from collections.abc import Callable
from decimal import Decimal

from leancost.company.setup import Book

EVENTS = ("kanbans", "kanban_jobs", "picking_lines", "service_receipts", "service_invoices")
LAST_ACTIVITIES = ("W05", "W20", "F05", "F20", "F40", "A05", "A20")
"""Activities that end a kanban: the unit is full."""
NONE = Decimal(0)


class EventRows:
    """Event tables in the order things happened; `today` tells the day."""

    def __init__(self, today: Callable[[], str]) -> None:
        self.today = today
        self.tables: Book = {name: [] for name in EVENTS}
        self.numbers: dict[str, int] = {}

    def new_kanban(self, item: str, quantity: Decimal, source: str = "") -> dict[str, str]:
        """A kanban in process from today on."""
        return self._add(
            "kanbans",
            item,
            kanban_rule=f"KR-{item}",
            quantity=str(quantity),
            assigned_date=self.today(),
            received_date="",
            emptied_date="",
            source_kanban=source,
        )

    def complete(
        self, kanban: dict[str, str], activity: str, good: Decimal, errors: Decimal = NONE, prepared: str = ""
    ) -> dict[str, str]:
        """A job completed today; the last one makes the unit full."""
        job = {
            "job": f"{kanban['kanban']}-{activity}",
            "kanban": kanban["kanban"],
            "activity": activity,
            "prepared_date": prepared,
            "completed_date": self.today(),
            "good_quantity": str(good),
            "error_quantity": str(errors),
        }
        self.tables["kanban_jobs"].append(job)
        if activity in LAST_ACTIVITIES:
            kanban["received_date"] = self.today()
        return job

    def pick(self, kanban: dict[str, str], flow: str, item: str, quantity: Decimal, from_unit: bool = False) -> None:
        """From inventory, or `from_unit`: taken from a unit that was emptied into the flow, posts nothing."""
        self._add(
            "picking_lines",
            "PL",
            production_flow=flow,
            kanban=kanban["kanban"],
            item=item,
            quantity=str(quantity),
            posting_date=self.today(),
            updates_inventory="no" if from_unit else "yes",
        )

    def receive_service(self, job: dict[str, str], quantity: Decimal, unit_price: str) -> dict[str, str]:
        """The painter delivers what he did for a job."""
        return self._add(
            "service_receipts",
            "SR",
            production_flow="FRAMES",
            service_item="PAINTING",
            quantity=str(quantity),
            unit_price=unit_price,
            posting_date=self.today(),
            job=job["job"],
        )

    def invoice(self, receipt: dict[str, str], unit_price: str) -> None:
        """The whole receipt is invoiced."""
        self._add(
            "service_invoices",
            "SI",
            service_receipt=receipt["service_receipt"],
            quantity=receipt["quantity"],
            unit_price=unit_price,
            posting_date=self.today(),
        )

    def _add(self, table: str, name: str, **values: str) -> dict[str, str]:
        """Under the next number of that name; the key column is the table's name in the singular."""
        self.numbers[name] = self.numbers.get(name, 0) + 1
        row = {table.removesuffix("s"): f"{name}-{self.numbers[name]:03}", **values}
        self.tables[table].append(row)
        return row
