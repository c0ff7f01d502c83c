"""Stored standard costs and the set-up they came from: remembered when calculated, held against it by `check`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from leancost.book import runs
from leancost.costing import standard_cost, workspace
from leancost.costing.workspace import Connection
from leancost.errors import Finding, LeancostError
from leancost.tables.declaration import Table, inputs

KEY: Final = ("costing_version", "item", "site", "from_date")
LINE: Final = "resource_type, resource, cost_group, quantity, unit_price, charge, cost"


@dataclass(frozen=True)
class _Stored:
    """A record that a calculation stored and that a close may still read."""

    costing_version: str
    item: str
    site: str
    from_date: date
    basis: str
    unit_cost: Decimal
    status: str


def remember(connection: Connection, stored: Mapping[str, str]) -> None:
    """Notes in the attached book of what set-up the records just stored are made; they are part of it.

    `stored` names the result that was stored in each table. Within the transaction that stores them.
    """
    same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM o.{name}" for name in KEY)
    replaced = f"EXISTS (SELECT 1 FROM calculated_item_prices n WHERE {same})"
    connection.execute(f"DELETE FROM book.calculations o WHERE {replaced}")
    now = {
        name: f"(FROM main.{name} o WHERE NOT {replaced} UNION ALL BY NAME FROM {result})"
        for name, result in stored.items()
    }
    connection.execute(
        f"INSERT INTO book.calculations SELECT {', '.join(f'n.{name}' for name in KEY)}, c.basis, ?"
        " FROM calculated_item_prices n CROSS JOIN calculation c",
        [setup_hash(connection, now)],
    )


def setup_hash(connection: Connection, instead: Mapping[str, str] | None = None) -> str:
    """SHA-256 of every set-up table, whatever the order of its rows; an empty cell is its default.

    `instead` says what stands for a table of the workspace.
    """
    digest = hashlib.sha256()
    for table in _setup():
        cells = []
        for column in table.columns:
            default = f"CAST('{column.default}' AS {column.sql_type})" if column.default else "NULL"
            cells.append(f"'{column.name}', CAST(NULLIF({column.name}, {default}) AS VARCHAR)")
        source = (instead or {}).get(table.name, f"main.{table.name}")
        rows = connection.execute(f"SELECT json_object({', '.join(cells)}) FROM {source} ORDER BY 1")
        for (line,) in rows.fetchall():
            digest.update(f"{table.name} {line}\n".encode())
    return digest.hexdigest()


def changed(connection: Connection) -> list[Finding]:
    """C63: the stored standards that would cost something else if they were calculated again on their date.

    Of an opened book with defaults filled; records that a later active one replaces in the open period are passed
    over. The hash of the set-up tells cheaply that something changed, the calculation what it changes.
    Source: contract 5 (calculate): what stands in `item_prices` is what the set-up of its date gives.
    """
    stored = _read(connection)
    found = []
    for version, day, basis in sorted({(s.costing_version, s.from_date, s.basis) for s in stored}):
        group = [s for s in stored if (s.costing_version, s.from_date, s.basis) == (version, day, basis)]
        with workspace.own_schema(connection, "calculated_again"):
            _copy_inputs(connection, version)
            items = connection.execute(
                "SELECT DISTINCT item FROM main.calculations"
                " WHERE costing_version = ? AND from_date = ? AND basis = ? ORDER BY 1",
                [version, day, basis],
            ).fetchall()
            try:
                standard_cost.calculate(
                    connection, calculation_date=day, costing_version=version, basis=basis, items=[i for (i,) in items]
                )
            except LeancostError as problem:
                names = ", ".join(sorted({s.item for s in group}))
                found.append(_finding(f"{names}, stored from {day}, cannot be calculated again: {problem.lines[0]}"))
                continue
            found += [finding for one in group for finding in _differences(connection, one)]
    return found


def _setup() -> list[Table]:
    return [table for table in inputs() if table.group == "setup"]


def _read(connection: Connection) -> list[_Stored]:
    """What was stored from another set-up than there is now, and is not replaced before the first open day."""
    last = runs.last_standing(connection)
    end = last.end if last else connection.execute("SELECT max(posting_date) FROM opening_wip").fetchall()[0][0]
    first_day = date.min if end is None else end if end == date.max else end + timedelta(days=1)
    rows = connection.execute(
        "SELECT c.costing_version, c.item, c.site, c.from_date, c.basis, p.unit_cost, p.status"
        " FROM calculations c"
        " JOIN item_prices p ON p.costing_version = c.costing_version AND p.item = c.item"
        " AND p.site IS NOT DISTINCT FROM c.site AND p.from_date = c.from_date"
        " JOIN costing_versions v ON v.costing_version = c.costing_version"
        " WHERE c.setup_hash <> $setup AND NOT EXISTS (SELECT 1 FROM item_prices l"
        " JOIN costing_versions w ON w.costing_version = l.costing_version"
        " WHERE l.item = c.item AND l.site IS NOT DISTINCT FROM c.site AND l.status = 'active'"
        " AND l.from_date > c.from_date AND l.from_date <= $first_day"
        " AND (l.costing_version = c.costing_version OR (v.costing_type = 'standard' AND w.costing_type = 'standard')))"
        " ORDER BY ALL",
        {"setup": setup_hash(connection), "first_day": first_day},
    ).fetchall()
    return [_Stored(*row) for row in rows]


def _copy_inputs(connection: Connection, version: str) -> None:
    """The input tables in the current schema; that the version is blocked by now does not matter."""
    for table in inputs():
        connection.execute(
            f"CREATE TABLE {table.name} AS FROM main.{table.name}" + ("" if table.group == "setup" else " LIMIT 0")
        )
    connection.execute("UPDATE costing_versions SET blocked = FALSE WHERE costing_version = ?", [version])


def _differences(connection: Connection, stored: _Stored) -> list[Finding]:
    """How the record differs from the calculation just done in the current schema."""
    key = [stored.costing_version, stored.item, stored.site, stored.from_date]
    row = connection.execute(
        "SELECT unit_cost FROM calculated_item_prices WHERE item = ? AND site = ?", [stored.item, stored.site]
    ).fetchone()
    of_record = "costing_version = ? AND item = ? AND site = ? AND from_date = ?"
    mine = f"SELECT {LINE} FROM main.item_price_breakdown WHERE {of_record}"
    now = f"SELECT {LINE} FROM calculated_item_price_breakdown WHERE item = ? AND site = ?"
    lines = connection.execute(
        f"SELECT 1 FROM (({mine} EXCEPT {now}) UNION ALL ({now} EXCEPT {mine})) LIMIT 1",
        [*key, stored.item, stored.site, stored.item, stored.site, *key],
    ).fetchone()
    if row and row[0] == stored.unit_cost and not lines:
        return []
    again = "it costs nothing any more" if row is None else f"it costs {row[0]}"
    if row and row[0] == stored.unit_cost:
        again += " too, but of other lines"
    basis = stored.basis.replace("_", " ")
    return [
        _finding(
            f"{stored.status} standard cost of {stored.item} at site {stored.site} from {stored.from_date} is"
            f" {stored.unit_cost}; calculated again by {basis} {again}: its"
            " set-up has changed since"
        )
    ]


def _finding(problem: str) -> Finding:
    return Finding("C63", "item_prices", None, "", problem, "Calculate again and activate", "warning")
