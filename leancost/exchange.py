"""Folders in and out: every bad cell is found in one pass, and no value changes on the way."""

import csv
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from babel.numbers import get_currency_precision

from leancost.book import Connection, currency_digits
from leancost.errors import Finding, LeancostError, refuse, shortened
from leancost.tables import LONGEST_TEXT, PATTERNS, UNSEEN, Column, Table, inputs, tables

CODES: Final = {
    "T01": "a file or sheet that is no table",
    "T02": "an unknown column",
    "T03": "a column twice",
    "T04": "a required column is missing",
    "T05": "a row with too many or too few cells",
    "T06": "text that cannot be read",
    "T07": "a required cell is empty",
    "T08": "a value that is not of its kind",
    "T09": "a value outside its closed list",
    "T10": "a key twice",
    "T11": "a reference to something that does not exist",
    "T12": "more decimals than the currency has",
    "T13": "blanks around a value",
    "T14": "a character that is not shown, or turns the reading direction round",
    "T15": "a text that is too long",
}
MOST_FINDINGS: Final = 1000
LARGEST_CELL: Final = 1 << 25
"""Characters of a CSV cell that are read, to say where a text is too long."""
ROWS_AT_ONCE: Final = 50_000
KIND_RULES: Final = {
    "date": ("is no date", "Write it as 2026-01-31"),
    "flag": ("is neither yes nor no", "Write yes or no"),
    "integer": ("is no whole number", "Write it as 10"),
    "factor": ("is no number with at most 9 decimals", "Write it as 0.333333333"),
    "quantity": ("is no number with at most 6 decimals", "Write it as 12.5"),
    "price": ("is no number with at most 6 decimals", "Write it as 3.333333"),
    "amount": ("is no amount", "Write it as 120.00"),
}

Rows = Iterable[tuple[int, list[str]]]
"""Row number as Excel shows it, and its cells."""


class _Findings(list[Finding]):
    """Collects findings; the first thousand are kept, all are counted."""

    total = 0

    def add(self, code: str, table: str, row: int | None, column: str, problem: str, remedy: str) -> None:
        self.total += 1
        if len(self) < MOST_FINDINGS:
            self.append(Finding(code, table, row, column, problem, remedy))

    def refuse(self) -> None:
        """Raises LeancostError with everything found."""
        if self.total > len(self):
            rest = self.total - len(self)
            self.append(Finding("", "book", None, "", f"{rest} further problems are not shown", "Mend these first"))
        refuse(self)


def load(source: Path, connection: Connection, *, references: bool = True) -> None:
    """Reads a folder or a workbook into the empty input tables of a workspace.

    Raises LeancostError with every bad cell: table, row as Excel shows it, column, value, rule,
    remedy; and, with `references`, with every reference that does not exist. Source: contract 1.
    """
    findings = _Findings()
    by_name = {table.name: (table, rows) for table, rows in _sheets(source, findings)}
    digits = 2
    csv.field_size_limit(LARGEST_CELL)
    for table in inputs():
        if table.name in by_name:
            _load_table(connection, table, by_name[table.name][1], digits, findings)
        if table.name == "parameters" and not findings:
            digits = _digits(connection)
    findings.refuse()
    if references:
        refuse(dangling_references(connection))


def dangling_references(connection: Connection) -> list[Finding]:
    """Every value that names a row of another table which does not exist."""
    findings = _Findings()
    for table in inputs():
        referring = [column for column in table.columns if column.references]
        if not referring or not _has_rows(connection, table):
            continue
        queries = " UNION ALL ".join(f"({_dangling(table, column)})" for column in referring)
        for name, other, value, where in connection.execute(f"{queries} ORDER BY ALL").fetchall():
            problem, remedy = f"{value!r} is not in {other}", f"Add it to {other} or correct it"
            findings.add("T11", f"{table.name} {where}", None, name, problem, remedy)
    return list(findings)


def _dangling(table: Table, column: Column) -> str:
    other, _, key = column.references.partition(".")
    return (
        f"SELECT '{column.name}', '{other}', {column.name}, min({_key_text(table)}) FROM {table.name} t"
        f" WHERE {column.name} IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.{key} = t.{column.name})"
        f" GROUP BY {column.name} LIMIT {MOST_FINDINGS}"
    )


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
    from leancost import workbook

    digits = currency_digits(connection)
    sheets = {}
    for table in inputs():
        cells = ", ".join(_text_cell(column, digits, as_text=True) for column in table.columns)
        order = ", ".join(table.keys)
        sheets[table.name] = connection.execute(f"SELECT {cells} FROM {table.name} ORDER BY {order}").fetchall()
    workbook.write(target, sheets)


def template(target: Path) -> None:
    """Writes the empty workbook: one sheet a table, drop-downs for references and choices."""
    from leancost import workbook

    workbook.write(target, {})


def _has_rows(connection: Connection, table: Table) -> bool:
    row = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()
    return bool(row and row[0])


def _text_cell(column: Column, digits: int, *, as_text: bool = False) -> str:
    name = column.name
    if column.kind == "flag":
        return f"CASE WHEN {name} THEN 'yes' WHEN NOT {name} THEN 'no' END AS {name}"
    value = f"CAST({name} AS DECIMAL(18,{digits}))" if column.kind == "amount" else name
    return f"CAST({value} AS VARCHAR) AS {name}" if as_text else f"{value} AS {name}"


def _sheets(source: Path, findings: _Findings) -> list[tuple[Table, Rows]]:
    if not source.exists():
        raise LeancostError(f"{source} does not exist. Name a folder, a workbook (.xlsx) or a book (.duckdb).")
    by_name = {table.name: table for table in inputs()}
    found: list[tuple[Table, Rows]] = []
    if source.is_dir():
        for path in sorted(source.glob("*/*")):
            if path.parent.name not in ("setup", "events") or path.suffix.lower() != ".csv":
                continue
            table = by_name.get(path.name.removesuffix(".csv"))
            if table is None or table.group != path.parent.name:
                place = f"{path.parent.name}/{path.name}"
                _unknown(place, findings)
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


def _unknown(name: str, findings: _Findings) -> None:
    findings.add(
        "T01", name, None, "", "is no table of leancost", "Rename it as the data dictionary does, or remove it"
    )


def _csv_rows(path: Path, table: Table, findings: _Findings) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
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
    except UnicodeDecodeError:
        findings.add("T06", table.name, None, "", "is not UTF-8 text", "Save it as CSV UTF-8")
    except OSError as problem:
        findings.add(
            "T06", table.name, None, "", f"cannot be read: {problem.strerror}", "Check the file and its rights"
        )


def _load_table(connection: Connection, table: Table, rows: Rows, digits: int, findings: _Findings) -> None:
    iterator = iter(rows)
    before = findings.total
    head = next(iterator, None)
    if head is None:
        if findings.total == before:
            findings.add("T04", table.name, 1, "", "holds no header", "Write the names of the columns, or remove it")
        return
    columns = _header(table, head[1], findings)
    if columns is None:
        for _ in iterator:  # reads on, so that unreadable text is found too
            pass
        return
    seen: dict[tuple[str, ...], int] = {}
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv") as clean:
        writer = csv.writer(clean, quoting=csv.QUOTE_ALL, lineterminator="\n")
        count = 0
        for block in _blocks(iterator):
            good = _check_shape(table, block, len(columns), findings)
            _check_cells(table, columns, good, digits, findings)
            _check_keys(table, columns, good, seen, findings)
            writer.writerows(cells for _, cells in good)
            count += len(good)
        clean.flush()
        if count and not findings:  # one bad cell anywhere, and nothing is used
            _insert(connection, table, columns, clean.name)


def _blocks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    block: list[tuple[int, list[str]]] = []
    for row in rows:
        block.append(row)
        if len(block) == ROWS_AT_ONCE:
            yield block
            block = []
    if block:
        yield block


def _header(table: Table, names: list[str], findings: _Findings) -> list[Column] | None:
    before = findings.total
    columns = []
    for name in names:
        if name not in table.names:
            findings.add(
                "T02", table.name, 1, shortened(name), "is no column of this table", "Rename or remove the column"
            )
        elif names.count(name) > 1 and table.column(name) in columns:
            findings.add("T03", table.name, 1, name, "stands twice", "Remove one of them")
        else:
            columns.append(table.column(name))
    for column in table.columns:
        if column not in columns and not column.optional:
            findings.add("T04", table.name, 1, column.name, "is missing", "Add the column")
    return columns if findings.total == before else None


def _check_shape(
    table: Table, block: list[tuple[int, list[str]]], width: int, findings: _Findings
) -> list[tuple[int, list[str]]]:
    good = []
    for number, cells in block:
        if len(cells) == width:
            good.append((number, cells))
        elif any(cells):
            findings.add(
                "T05", table.name, number, "", f"has {len(cells)} cells, the header {width}", "Check commas and quotes"
            )
    return good


def _check_cells(
    table: Table, columns: list[Column], rows: list[tuple[int, list[str]]], digits: int, findings: _Findings
) -> None:
    for place, column in enumerate(columns):
        values = {cells[place] for _, cells in rows}
        bad = {}
        for value in values:
            problem = _problem(column, value, digits)
            if problem:
                bad[value] = problem
        if bad:
            for number, cells in rows:
                if cells[place] in bad:
                    findings.add(bad[cells[place]][0], table.name, number, column.name, *bad[cells[place]][1:])


def _problem(column: Column, value: str, digits: int) -> tuple[str, str, str] | None:
    """Code, problem and remedy of a cell that is not as declared."""
    if value == "":
        if column.optional:
            return None
        return "T07", "is empty", f"Give {column.description[0].lower()}{column.description[1:].rstrip('.')}"
    shown = repr(shortened(value))
    if len(value) > LONGEST_TEXT:
        return "T15", f"{shown} has {len(value)} characters", f"Write at most {LONGEST_TEXT}"
    unseen = UNSEEN.search(value)
    if unseen:
        return "T14", f"{shown} holds the character U+{ord(unseen[0]):04X}, which is not shown", "Remove it"
    if value != value.strip():
        return "T13", f"{shown} has blanks or control characters around it", "Remove them"
    if column.choices and value not in column.choices:
        return "T09", f"{shown} is not one of {', '.join(column.choices)}", "Choose one of them"
    if column.kind == "text":
        return None
    if not PATTERNS[column.kind].fullmatch(value) or (column.kind == "date" and not _is_day(value)):
        rule, remedy = KIND_RULES[column.kind]
        return "T08", f"{shown} {rule}", remedy
    if column.kind == "amount" and len(value.partition(".")[2].rstrip("0")) > digits:
        return "T12", f"{shown} has more than {digits} decimals", "Round it to the currency"
    return None


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _check_keys(
    table: Table,
    columns: list[Column],
    rows: list[tuple[int, list[str]]],
    seen: dict[tuple[str, ...], int],
    findings: _Findings,
) -> None:
    places = [place for place, column in enumerate(columns) if column.key]
    for number, cells in rows:
        key = tuple(cells[place] for place in places)
        first = seen.setdefault(key, number)
        if first != number:
            problem = f"{shortened('/'.join(key))} stands in row {first} already"
            findings.add("T10", table.name, number, "/".join(table.keys), problem, "Keep one of them")


def _insert(connection: Connection, table: Table, columns: list[Column], path: str) -> None:
    names = [column.name for column in columns]
    given = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    casts = []
    for column in columns:
        cell = f"NULLIF({column.name}, '')"
        casts.append(f"{cell} = 'yes'" if column.kind == "flag" else f"CAST({cell} AS {column.sql_type})")
    quoted = path.replace("'", "''")
    connection.execute(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(casts)} FROM read_csv('{quoted}',"
        f" header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n',"
        f" nullstr = '', allow_quoted_nulls = true, max_line_size = 33554432, columns = {{{given}}})"
    )


def _digits(connection: Connection) -> int:
    row = connection.execute("SELECT value FROM parameters WHERE parameter = 'currency'").fetchone()
    known = row is not None and re.fullmatch(r"[A-Z]{3}", row[0])
    return get_currency_precision(row[0]) if row and known else 2


def _key_text(table: Table) -> str:
    return " || '/' || ".join(f"COALESCE(CAST(t.{name} AS VARCHAR), '')" for name in table.keys)
