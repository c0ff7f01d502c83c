"""Folders in and out: every bad cell is found in one pass, and no value changes on the way."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from leancost.book import table_rows
from leancost.costing.workspace import Connection, currency_digits, plan_for_its_size
from leancost.errors import MOST_FINDINGS, Finding, LeancostError, shortened, tell_listener
from leancost.tables.cells import Findings
from leancost.tables.declaration import Column, Table, inputs, tables
from leancost.tables.source_rows import RowNumbers

NOTES: Final = ("code", "place", "row_number", "column_name", "problem", "remedy")


def notes(connection: Connection) -> list[Finding]:
    """The notes on what was read into a workspace, as warnings; none of a book."""
    known = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'source_notes'").fetchone()
    rows = connection.execute(f"SELECT {', '.join(NOTES)} FROM source_notes").fetchall() if known else []
    return [
        Finding(code, place, row, column, problem, remedy, "warning")
        for code, place, row, column, problem, remedy in rows
    ]


def load(source: Path, connection: Connection) -> None:
    """Reads a folder or a workbook into the empty input tables of a workspace.

    Raises LeancostError with every bad cell and every reference that does not exist: table, row as
    Excel shows it, column, value, rule, remedy. Source: contract 1.
    """
    findings = read(source, connection)
    dangling_references(connection, RowNumbers(source), findings)
    findings.refuse()


def read(source: Path, connection: Connection) -> Findings:
    """Reads a source as `load` does and returns what is wrong with its cells; bad ones are left empty."""
    findings = Findings()
    table_rows.read(source, connection, findings)
    plan_for_its_size(connection)
    findings.tell_times()
    if findings.notes:
        types = ", ".join(f"{name} {'INTEGER' if name == 'row_number' else 'VARCHAR'}" for name in NOTES)
        connection.execute(f"CREATE TABLE source_notes ({types})")
        connection.executemany(
            "INSERT INTO source_notes VALUES (?, ?, ?, ?, ?, ?)",
            [[n.code, n.table, n.row, n.column, n.problem, n.remedy] for n in findings.notes],
        )
    if not findings:
        tell_listener(findings.notes)
    return findings


def dangling_references(connection: Connection, numbers: RowNumbers, findings: Findings) -> None:
    """Adds every cell that names a row of another table which does not exist, and where it stands.

    References to a table that was refused, or whose keys could not all be read, are left out: they may
    well exist. What refers to a table that is missing altogether is told once. None is looked for where
    as many problems as are shown are found already.
    """
    filled = {table.name for table in inputs() if _has_rows(connection, table)}
    missing = findings.missing - filled
    for name in sorted(missing) if len(findings) < MOST_FINDINGS else ():
        _refer_to_nothing(connection, name, findings)
    for table in inputs() if len(findings) < MOST_FINDINGS else ():
        referring = [
            column for column in table.columns if column.references and _named(column) not in findings.refused | missing
        ]
        if not referring or table.name not in filled:
            continue
        some = " UNION ALL ".join(f"SELECT 1 {_missing(table, column)}" for column in referring)
        if not connection.execute(f"{some} LIMIT 1").fetchone():  # far sooner planned than what tells which
            continue
        queries = " UNION ALL ".join(f"({_dangling(table, column)})" for column in referring)
        rows = connection.execute(f"{queries} ORDER BY ALL LIMIT {MOST_FINDINGS}").fetchall()
        for name, other, value, where, *key in rows:
            problem, remedy = f"{shortened(value)!r} is not in {other}", f"Add it to {other} or correct it"
            number = numbers.row(table.name, key).row if len(findings) < MOST_FINDINGS else None
            place = table.name if number is not None else f"{table.name} {where}"
            findings.add("T11", place, number, name, problem, remedy)
        if len(rows) == MOST_FINDINGS:
            count = connection.execute(f"SELECT count(*) FROM ({queries})").fetchone()
            findings.total += (count[0] if count else 0) - MOST_FINDINGS


def _refer_to_nothing(connection: Connection, name: str, findings: Findings) -> None:
    """Says once that a table is missing, where cells of others name rows of it."""
    cells, where = 0, []
    for table in inputs():
        for column in table.columns:
            if column.references and _named(column) == name:
                row = connection.execute(f"SELECT count({column.name}) FROM {table.name}").fetchone()
                if row and row[0]:
                    cells += row[0]
                    where.append(f"{table.name}.{column.name}")
    if cells:
        are = "1 cell names a row" if cells == 1 else f"{cells} cells name rows"
        others = f" and {len(where) - 1} other columns" if len(where) > 1 else ""
        problem = f"is missing, but {are} of it: in {where[0]}{others}"
        findings.add("T11", name, None, "", problem, f"Add the table {name}")


def _named(column: Column) -> str:
    """The table that a column refers to."""
    return column.references.partition(".")[0]


def _dangling(table: Table, column: Column) -> str:
    columns = f"{column.name}, {key_text(table)}, {', '.join(table.keys)}"
    return f"SELECT '{column.name}', '{_named(column)}', {columns} {_missing(table, column)}"


def _missing(table: Table, column: Column) -> str:
    other, _, key = column.references.partition(".")
    return f"FROM {table.name} t ANTI JOIN {other} o ON o.{key} = t.{column.name} WHERE t.{column.name} IS NOT NULL"


def write_csv(connection: Connection, name: str, path: Path, digits: int, *, rows: str = "") -> None:
    """Writes a table (or `rows` in its form) as contract CSV, sorted by key."""
    table = tables()[name]
    quoted = str(path).replace("'", "''")
    order = ", ".join(table.keys)
    cells = ", ".join(_text_cell(column, digits) for column in table.columns)
    connection.execute(
        f"COPY (SELECT {cells} FROM {rows or name} ORDER BY {order}) TO '{quoted}' (FORMAT csv, HEADER true)"
    )


def write_folder(connection: Connection, target: Path) -> None:
    """Writes every input table that has rows; raises LeancostError where `target` exists."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise LeancostError(f"{target} exists already. Name a new folder.")
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
    try:
        digits = currency_digits(connection)
        for group in ("setup", "events"):
            (temporary / group).mkdir()
        for table in inputs():
            if _has_rows(connection, table):
                write_csv(connection, table.name, temporary / table.group / f"{table.name}.csv", digits)
        temporary.chmod(0o755)
        if target.exists():
            target.rmdir()
        os.replace(temporary, target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def write_workbook(connection: Connection, target: Path) -> None:
    """Writes every input table as a sheet; raises LeancostError where `target` exists."""
    from leancost.tables import workbook_form

    digits = currency_digits(connection)
    sheets = {}
    for table in inputs():
        cells = ", ".join(_text_cell(column, digits, as_text=True) for column in table.columns)
        order = ", ".join(table.keys)
        sheets[table.name] = connection.execute(f"SELECT {cells} FROM {table.name} ORDER BY {order}").fetchall()
    workbook_form.write(target, sheets)


def template(target: Path) -> None:
    """Writes the empty workbook: one sheet a table, drop-downs for references and choices."""
    from leancost.tables import workbook_form

    workbook_form.write(target, {})


def _has_rows(connection: Connection, table: Table) -> bool:
    row = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
    return bool(row and row[0])


def _text_cell(column: Column, digits: int, *, as_text: bool = False) -> str:
    name = column.name
    if column.kind == "flag":
        return f"CASE WHEN {name} THEN 'yes' WHEN NOT {name} THEN 'no' END AS {name}"
    value = f"CAST({name} AS DECIMAL(18,{digits}))" if column.kind == "amount" else name
    return f"CAST({value} AS VARCHAR) AS {name}" if as_text else f"{value} AS {name}"


def key_text(table: Table) -> str:
    """The key of a row of `t` as messages show it: its parts joined by `/`."""
    return " || '/' || ".join(f"COALESCE(CAST(t.{name} AS VARCHAR), '')" for name in table.keys)
