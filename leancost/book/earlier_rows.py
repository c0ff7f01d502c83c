"""Input rows as a run saw them: the form a row had is kept when an import fills it, and put together again."""

from datetime import date

from leancost.costing.visibility import LATER, visible_rows
from leancost.costing.workspace import Connection, own_schema
from leancost.tables.declaration import Table, inputs


def log_changes(connection: Connection, old: str, new: str) -> None:
    """Keeps how rows that a run could see looked before they change from schema `old` to `new`.

    An import may fill empty cells and add set-up that a closed run has not read; with these rows
    what every run saw can be put together again.
    """
    row = connection.execute("SELECT max(run), max(end_date) FROM book.runs").fetchone()
    if not row or row[0] is None:
        return
    run, day = row[0], f"DATE '{row[1].isoformat()}'"
    number = connection.execute(_last_change()).fetchone()
    change = (number[0] if number else 0) + 1
    for table in inputs():
        names = ", ".join(table.names)
        keys = " AND ".join(f"o.{key} IS NOT DISTINCT FROM n.{key}" for key in table.keys)
        before, after = visible_rows(table, day, old), visible_rows(table, day, new)
        into = f"INSERT INTO book.earlier_{table.name} (run, change, existed, {names}) SELECT {run}, {change}"
        connection.execute(f"{into}, TRUE, * FROM (FROM ({before}) EXCEPT FROM ({after}))")
        connection.execute(
            f"{into}, FALSE, n.* FROM ({after}) n WHERE NOT EXISTS (SELECT 1 FROM ({before}) o WHERE {keys})"
        )


def inputs_as_of(connection: Connection, run: int, end: date, schema: str) -> None:
    """Puts the inputs that `run`, which ends on `end`, could see into a schema, from the attached book."""
    day = f"DATE '{end.isoformat()}'"
    rewound = _rewound(connection, run)
    for table in inputs():
        if table.name in rewound:
            connection.execute(f"CREATE TABLE {schema}.{table.name} AS {_as_of(table, run)}")
    for table in inputs():
        name = f"seen_{table.name}" if table.name in rewound else table.name
        seen = visible_rows(table, day, schema, rewound=rewound) if rewound else visible_rows(table, day, "book")
        connection.execute(f"CREATE TABLE {schema}.{name} AS {seen}")
    for table_name in rewound:
        connection.execute(f"DROP TABLE {schema}.{table_name}")
        connection.execute(f"ALTER TABLE {schema}.seen_{table_name} RENAME TO {table_name}")


def changed_since(connection: Connection, run: int, end: date) -> list[str]:
    """The workspace's input tables that are no longer what `run`, which ends on `end`, read from the attached book.

    That something happens later, and when, is no change: it belongs to the open period.
    """
    day = f"DATE '{end.isoformat()}'"
    changed = []
    with own_schema(connection, "as_read"):
        inputs_as_of(connection, run, end, "as_read")
        for table in inputs():
            cells = ", ".join(
                f"NULLIF({column.name}, {LATER}) AS {column.name}" if column.kind == "date" else column.name
                for column in table.columns
            )
            then, now = f"SELECT {cells} FROM {table.name}", f"SELECT {cells} FROM ({visible_rows(table, day)})"
            differing = f"SELECT 1 FROM (({then} EXCEPT {now}) UNION ALL ({now} EXCEPT {then})) LIMIT 1"
            if connection.execute(differing).fetchone():
                changed.append(table.name)
    return changed


def views_after(connection: Connection, run: int, schema: str) -> None:
    """Makes a view of every input table in a schema, as it stood after `run`; what that run could not see as now."""
    rewound = _rewound(connection, run)
    for table in inputs():
        rows = (
            _as_of(table, run) if table.name in rewound else f"SELECT {', '.join(table.names)} FROM book.{table.name}"
        )
        connection.execute(f"CREATE VIEW {schema}.{table.name} AS {rows}")


def _rewound(connection: Connection, run: int) -> set[str]:
    """The tables whose rows changed after `run`."""
    rows = connection.execute(
        " UNION ALL ".join(
            f"SELECT '{table.name}' WHERE EXISTS (FROM book.earlier_{table.name} WHERE run >= {run})"
            for table in inputs()
        )
    ).fetchall()
    return {name for (name,) in rows}


def _as_of(table: Table, run: int) -> str:
    """The table's rows as they were after `run`: what changed later is put back."""
    names = ", ".join(table.names)
    earlier = (
        f"SELECT existed, {names} FROM book.earlier_{table.name} WHERE run >= {run}"
        f" QUALIFY change = min(change) OVER (PARTITION BY {', '.join(table.keys)})"
    )
    keys = " AND ".join(f"c.{key} IS NOT DISTINCT FROM e.{key}" for key in table.keys)
    return (
        f"SELECT {names} FROM book.{table.name} c WHERE NOT EXISTS (SELECT 1 FROM ({earlier}) e WHERE {keys})"
        f" UNION ALL SELECT {names} FROM ({earlier}) WHERE existed"
    )


def _last_change() -> str:
    every = (f"SELECT COALESCE(max(change), 0) AS change FROM book.earlier_{table.name}" for table in inputs())
    return f"SELECT max(change) FROM ({' UNION ALL '.join(every)})"
