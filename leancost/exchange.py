"""Folders in and out: every bad cell is found in one pass, and no value changes on the way."""

import csv
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from leancost import paths
from leancost.book import Connection, currency_digits, likely_digits, plan_for_its_size
from leancost.cells import Findings, Rows, check_cells, check_header, check_keys, check_shape
from leancost.errors import MOST_FINDINGS, LeancostError, shortened
from leancost.source_rows import RowNumbers
from leancost.tables import Column, Table, inputs, tables

LARGEST_CELL: Final = 1 << 25
"""Characters of a CSV cell that are read, to say where a text is too long."""
ROWS_AT_ONCE: Final = 50_000


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
    by_name = {table.name: (table, rows) for table, rows in _sheets(source, findings)}
    digits = 2
    csv.field_size_limit(LARGEST_CELL)
    for table in inputs():
        if table.name in by_name:
            _load_table(connection, table, by_name[table.name][1], digits, findings)
        if table.name == "parameters" and not findings:
            digits = likely_digits(connection)
    plan_for_its_size(connection)
    return findings


def dangling_references(connection: Connection, numbers: RowNumbers, findings: Findings) -> None:
    """Adds every cell that names a row of another table which does not exist, and where it stands.

    References to a table whose keys could not all be read are left out: they may well exist. None is
    looked for where as many problems as are shown are found already.
    """
    for table in inputs() if len(findings) < MOST_FINDINGS else ():
        referring = [
            column for column in table.columns if column.references and _named(column) not in findings.unread_keys
        ]
        if not referring or not _has_rows(connection, table):
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
    from leancost import workbook_form

    digits = currency_digits(connection)
    sheets = {}
    for table in inputs():
        cells = ", ".join(_text_cell(column, digits, as_text=True) for column in table.columns)
        order = ", ".join(table.keys)
        sheets[table.name] = connection.execute(f"SELECT {cells} FROM {table.name} ORDER BY {order}").fetchall()
    workbook_form.write(target, sheets)


def template(target: Path) -> None:
    """Writes the empty workbook: one sheet a table, drop-downs for references and choices."""
    from leancost import workbook_form

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


def _sheets(source: Path, findings: Findings) -> list[tuple[Table, Rows]]:
    if not source.exists():
        raise LeancostError(f"{source} does not exist. Name a folder, a workbook (.xlsx) or a book (.duckdb).")
    paths.require_source(source)
    by_name = {table.name: table for table in inputs()}
    found: list[tuple[Table, Rows]] = []
    if source.is_dir():
        for path in _files(source):
            table = by_name.get(path.name.removesuffix(".csv"))
            if table is None or table.group != path.parent.name:
                _unknown(path.relative_to(source).as_posix(), findings)
            else:
                found.append((table, _csv_rows(path, table, findings)))
    elif source.suffix == ".xlsx":
        from leancost import workbook

        for name, rows in workbook.read(source, findings.add):
            if any(table.name == name for table, _ in found):
                findings.add("T01", name, None, "", "is a sheet twice", "Remove one of them")
            elif name in by_name:
                found.append((by_name[name], rows))
            else:
                _unknown(name, findings)
    else:
        raise LeancostError(f"{source} is neither a folder, a workbook (.xlsx) nor a book (.duckdb).")
    if not found and not findings:
        raise LeancostError(f"{source} holds no table: expected setup/*.csv and events/*.csv, or one sheet a table.")
    return found


def _files(source: Path) -> list[Path]:
    """The CSV files and folders in `setup` and `events`, and what is called like a table but stands elsewhere.

    Raises LeancostError where a folder cannot be read: its tables would be missed.
    """
    found = []
    try:
        beside = list(source.iterdir())
        for folder in beside:
            if folder.is_dir() and folder.name in ("setup", "events"):
                found += list(folder.iterdir())
    except OSError as problem:
        raise LeancostError(
            f"{source} cannot be read: {problem.strerror}. Check its folders and their rights."
        ) from None
    names = {table.name for table in inputs()}
    missed = [path for path in beside if path.name.endswith(".csv") and path.stem in names]
    meant = [path for path in found if path.suffix.lower() == ".csv" or path.stem in names or path.is_dir()]
    return sorted(path for path in (*missed, *meant) if not path.name.startswith("."))


def _unknown(name: str, findings: Findings) -> None:
    findings.add(
        "T01", name, None, "", "is no table of leancost", "Rename it as the data dictionary does, or remove it"
    )


def _csv_rows(path: Path, table: Table, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    if kind := paths.kind_of(path):
        findings.add("T06", table.name, None, "", f"cannot be read: it is {kind}", "Put the file itself there")
        return
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, strict=True)
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    if cells:
                        yield number, cells
            except csv.Error as problem:
                findings.add(
                    "T06", table.name, number + 1, "", f"cannot be read: {problem}", "Check quotes and line ends"
                )
    except OSError as problem:
        findings.add(
            "T06", table.name, None, "", f"cannot be read: {problem.strerror}", "Check the file and its rights"
        )


def _load_table(connection: Connection, table: Table, rows: Rows, digits: int, findings: Findings) -> None:
    iterator = iter(rows)
    before = findings.total
    head = next(iterator, None)
    if head is None:
        if findings.total == before:
            findings.add("T04", table.name, 1, "", "holds no header", "Write the names of the columns, or remove it")
        return
    columns = check_header(table, head[1], findings)
    if columns is None:
        for _ in iterator:  # reads on, so that unreadable text is found too
            pass
        return
    seen: dict[tuple[str, ...], int] = {}
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="replace", newline="", suffix=".csv") as clean:
        writer = csv.writer(clean, quoting=csv.QUOTE_ALL, lineterminator="\n")
        count = 0
        for block in _blocks(iterator):
            good = check_shape(table, block, len(columns), findings)
            bad = check_cells(table, columns, good, digits, findings)
            check_keys(table, columns, good, seen, findings)
            for cells, place in bad:  # what was told once need not refer to anything
                cells[place] = ""
            writer.writerows(cells for _, cells in good)
            count += len(good)
        clean.flush()
        if count and len(findings) < MOST_FINDINGS:
            _insert(connection, table, columns, clean.name, every_cell_is_good=not findings)


def _blocks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    block: list[tuple[int, list[str]]] = []
    for row in rows:
        block.append(row)
        if len(block) == ROWS_AT_ONCE:
            yield block
            block = []
    if block:
        yield block


def _insert(
    connection: Connection, table: Table, columns: list[Column], path: str, *, every_cell_is_good: bool
) -> None:
    names = [column.name for column in columns]
    given = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    casts, cast = [], "CAST" if every_cell_is_good else "TRY_CAST"
    for column in columns:
        cell = f"NULLIF({column.name}, '')"
        casts.append(f"{cell} = 'yes'" if column.kind == "flag" else f"{cast}({cell} AS {column.sql_type})")
    quoted = path.replace("'", "''")
    connection.execute(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(casts)} FROM read_csv('{quoted}',"
        f" header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n',"
        f" nullstr = '', allow_quoted_nulls = true, max_line_size = 33554432, columns = {{{given}}})"
    )


def key_text(table: Table) -> str:
    """The key of a row of `t` as messages show it: its parts joined by `/`."""
    return " || '/' || ".join(f"COALESCE(CAST(t.{name} AS VARCHAR), '')" for name in table.keys)
