"""What a run that ends on a day can see of the input tables: what its figures, its hashes and `verify` are made of.

Seen is a row of set-up that holds by then, an event with a date by then, and whatever such an event names, though
it begins or happens later. Of a later date it is seen that there is one, not which; of a job that is not done, no
quantity.
Source: contract 5 (the hash of an input table is taken over what a run could see).
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from leancost.costing.workspace import Connection
from leancost.tables.declaration import Column, Table, inputs, tables

BEGINS: Final = ("effective_from", "from_date")
"""From when on a row of set-up holds; its other dates do not hide it."""
LATER: Final = "DATE '9999-12-31'"
"""Stands for every date after the end of the run."""


def visible_rows(
    table: Table, end: str = "$end", schema: str = "main", *, columns: Sequence[str] = (),
    rewound: Collection[str] = (),
) -> str:  # fmt: skip
    """SELECT of what a run that ends on `end` can see of an input table, by key, in the form that is hashed.

    All columns or those named; a cell that equals its default counts as empty. Where some tables are
    `rewound`, these are read from `schema` and the others from the attached book.
    """
    cells = ", ".join(_visible_cell(table, table.column(name), end) for name in columns or table.names)
    order = ", ".join(f"t.{key} NULLS FIRST" for key in table.keys)
    seen = _Seen(end, schema, rewound)
    return f"SELECT {cells} FROM {seen.place(table.name)} t WHERE {seen.row(table.name)} ORDER BY {order}"


def hide_what_is_later(connection: Connection, end: date) -> None:
    """Leaves in the workspace's input tables what a run that ends on `end` can see: nothing else makes its figures."""
    day = f"DATE '{end.isoformat()}'"
    seen = _Seen(day)
    for table in inputs():
        dates = _dates(table)
        if not dates:
            continue
        hidden = f"({seen.by_its_dates(table)}) IS NOT TRUE"
        if connection.execute(f"SELECT 1 FROM {table.name} t WHERE {hidden} LIMIT 1").fetchone():
            connection.execute(
                f"DELETE FROM {table.name} WHERE rowid IN"
                f" (SELECT t.rowid FROM {table.name} t WHERE {hidden} AND ({seen.row(table.name)}) IS NOT TRUE)"
            )
        for name in dates:
            connection.execute(f"UPDATE {table.name} SET {name} = {LATER} WHERE {name} > {day} AND {name} <> {LATER}")
    connection.execute(
        "UPDATE kanban_jobs SET good_quantity = 0, error_quantity = 0"
        f" WHERE (completed_date IS NULL OR completed_date > {day})"
        " AND (good_quantity IS DISTINCT FROM 0 OR error_quantity IS DISTINCT FROM 0)"
    )


def without_later_dates(table: Table, rows: str) -> str:
    """SELECT of rows of an input table in which what happens after the end has not happened.

    What begins later, and is seen because an event names it, still begins later.
    """
    dates = ", ".join(f"NULLIF({name}, {LATER}) AS {name}" for name in _dates(table) if name not in BEGINS)
    return f"SELECT * REPLACE ({dates}) FROM ({rows})" if dates else rows


class _Seen:
    """Conditions, as SQL, of what is seen up to a day; a row is called `t`."""

    def __init__(self, end: str, schema: str = "", rewound: Collection[str] = ()) -> None:
        self.end = end
        self.schema = schema
        self.rewound = rewound

    def place(self, name: str) -> str:
        if self.rewound and name not in self.rewound:
            return f"book.{name}"
        return f"{self.schema}.{name}" if self.schema else name

    def by_its_dates(self, table: Table) -> str:
        """Set-up that holds by the end; an event of which something has happened by then."""
        if table.group == "events":
            return " OR ".join(f"t.{name} <= {self.end}" for name in _dates(table))
        begins = [name for name in _dates(table) if name in BEGINS]
        return " AND ".join(f"(t.{name} IS NULL OR t.{name} <= {self.end})" for name in begins) or "TRUE"

    def row(self, name: str) -> str:
        """Whether a row is seen: by its dates, or because something that is seen names it."""
        own = self.by_its_dates(tables()[name])
        namers = self.namers(name)
        if not namers:
            return own
        key = tables()[name].keys[0]
        return f"({own}) OR t.{key} IN ({' UNION ALL '.join(namers)})"

    def namers(self, name: str) -> list[str]:
        """SELECTs of the keys of a table that are named by what is seen."""
        if name == "service_receipts":
            return [self.named("service_invoices", "service_receipt")]
        if name == "kanban_jobs":
            return [self.named("service_receipts", "job")]
        if name == "kanbans":
            return [*self.units(), self.parents()]
        if name == "kanban_rules":
            return [self.named("kanbans", "kanban_rule")]
        if name == "production_flows":
            rules = self.named("kanbans", "kanban_rule")
            return [
                *(self.named(event, name[:-1]) for event in ("picking_lines", "service_receipts", "opening_wip")),
                *(
                    f"SELECT t.{flow} FROM {self.place('kanban_rules')} t WHERE t.kanban_rule IN ({rules})"
                    for flow in ("production_flow", "consuming_production_flow")
                ),
            ]
        return []

    def named(self, by: str, column: str) -> str:
        return f"SELECT t.{column} FROM {self.place(by)} t WHERE {self.row(by)}"

    def units(self) -> list[str]:
        """A kanban is seen with its jobs and picking lines."""
        return [self.named("kanban_jobs", "kanban"), self.named("picking_lines", "kanban")]

    def parents(self) -> str:
        """The kanban that an event kanban was created for."""
        own = self.by_its_dates(tables()["kanbans"])
        seen = f"({own}) OR t.kanban IN ({' UNION ALL '.join(self.units())})"
        return f"SELECT t.source_kanban FROM {self.place('kanbans')} t WHERE {seen}"


def _dates(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.kind == "date"]


def _visible_cell(table: Table, column: Column, end: str) -> str:
    name = column.name
    if column.kind == "date":
        return f"CASE WHEN t.{name} <= {end} THEN t.{name} WHEN t.{name} IS NOT NULL THEN {LATER} END AS {name}"
    cell = f"NULLIF(t.{name}, CAST('{column.default}' AS {column.sql_type}))" if column.default else f"t.{name}"
    if table.name == "kanban_jobs" and column.kind == "quantity":
        cell = f"CASE WHEN t.completed_date <= {end} THEN {cell}{'' if column.optional else ' ELSE 0'} END"
    return f"{cell} AS {name}"
