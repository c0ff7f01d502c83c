"""The tables of a folder or a workbook, read row by row into a workspace; what is wrong becomes a finding."""

import csv
import tempfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

from leancost.costing.workspace import Connection, likely_digits
from leancost.errors import MOST_FINDINGS, LeancostError
from leancost.tables import paths, source_files
from leancost.tables.cells import Findings, Row, Rows, check_cells, check_keys, is_blank
from leancost.tables.declaration import DECIMALS, Column, Table, inputs
from leancost.tables.source_names import table_meant
from leancost.tables.table_shape import check_header, check_shape, tell_strangers

LARGEST_CELL: Final = 1 << 25
"""Characters of a CSV cell that are read, to say where a text is too long."""
ROWS_AT_ONCE: Final = 50_000
ROWS_AHEAD: Final = 5
"""Rows in which the header is looked for where the first one is none."""
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xltx", ".xltm")
"""Endings of workbooks that are read, in any letter case; their programs (macros) are not run."""


def read(source: Path, connection: Connection, findings: Findings) -> None:
    """Reads every table of a source into the workspace's; bad cells are left empty."""
    is_sheet = not source.is_dir()
    by_name = {table.name: rows for table, rows in sheets(source, findings)}
    findings.missing = {table.name for table in inputs()} - by_name.keys() - findings.refused
    digits = 2
    csv.field_size_limit(LARGEST_CELL)
    for table in inputs():
        before = findings.total
        if table.name in by_name:
            _load(connection, table, by_name[table.name], digits, findings, is_sheet=is_sheet)
        if table.name == "parameters":  # where the currency is not known, no amount has too many decimals for it
            unknown = findings.total > before or table.name in findings.refused
            digits = DECIMALS["amount"] if unknown else likely_digits(connection)


def sheets(source: Path, findings: Findings) -> list[tuple[Table, Rows]]:
    """The tables of a source with their rows, read as they are asked for."""
    if not source.exists():
        raise LeancostError(f"{source} does not exist. Name a folder, a workbook (.xlsx) or a book (.duckdb).")
    paths.require_source(source)
    found: list[tuple[Table, Rows]] = []
    if source.is_dir():
        for table, path in source_files.tables_in(source, findings):
            found.append((table, source_files.told_rows(path, table, findings)))
    elif source.suffix.casefold() in WORKBOOKS:
        found = _sheets_of_workbook(source, findings)
    else:
        from leancost.tables import workbook_kinds

        what = workbook_kinds.other_kind(source)
        said = f"{source} is neither a folder, a workbook (.xlsx) nor a book (.duckdb)."
        raise LeancostError(f"{said} It {what}." if what else said)
    if not found and not findings:
        raise LeancostError(f"{source} holds no table: expected setup/*.csv and events/*.csv, or one sheet a table.")
    return found


def _sheets_of_workbook(source: Path, findings: Findings) -> list[tuple[Table, Rows]]:
    from leancost.tables import workbook

    by_name = {table.name: table for table in inputs()}
    found: dict[str, tuple[Table, Rows]] = {}
    for sheet, rows in workbook.read(source, findings):
        meant = table_meant(sheet.name)
        if sheet.name in found:
            findings.add("T01", sheet.name, None, "", "is a sheet twice", "Remove one of them")
        elif sheet.name in by_name:
            found[sheet.name] = by_name[sheet.name], rows
        elif meant:
            findings.refused.add(meant)
            problem = f"is not read: it is taken for the table {meant}"
            remedy = f"Rename it to {meant}, or to #{sheet.name.strip()} if it is a note"
            findings.add("T01", sheet.name, None, "", problem, remedy)
        elif sheet.is_hidden and not sheet.is_chart:
            problem = "the sheet is hidden and no table of leancost: it was passed over"
            findings.note("T18", sheet.name, None, "", problem, f"Rename it to #{sheet.name} if it is a note")
        else:
            findings.add(
                "T01", sheet.name, None, "", "is no table of leancost",
                "Rename it as the data dictionary does, or remove it",
            )  # fmt: skip
    return list(found.values())


def _load(
    connection: Connection, table: Table, rows: Rows, digits: int, findings: Findings, *, is_sheet: bool
) -> None:  # fmt: skip
    iterator = iter(rows)
    before = findings.total
    head = next((row for row in iterator if not all(map(is_blank, row[1]))), None)
    if head is None:
        if findings.total == before:
            findings.add("T04", table.name, 1, "", "holds no header", "Write the names of the columns, or remove it")
        return
    ahead = list(islice(iterator, ROWS_AHEAD))
    iterator = chain(ahead, iterator)
    header = check_header(table, head, findings, ahead=ahead, is_sheet=is_sheet)
    if header is None:
        for _ in iterator:  # reads on, so that unreadable text is found too
            pass
        return
    seen: dict[tuple[str, ...], int] = {}
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="replace", newline="", suffix=".csv") as clean:
        writer = csv.writer(clean, quoting=csv.QUOTE_ALL, lineterminator="\n")
        count = 0
        for block in _blocks(iterator):
            good = check_shape(table, block, header, findings)
            bad = check_cells(table, header.columns, good, digits, findings)
            check_keys(table, header.columns, good, seen, findings)
            for cells, place in bad:  # what was told once need not refer to anything
                cells[place] = ""
            writer.writerows(cells for _, cells in good)
            count += len(good)
        tell_strangers(table, header, findings)
        clean.flush()
        if count and len(findings) < MOST_FINDINGS:
            _insert(connection, table, header.columns, clean.name, every_cell_is_good=not findings)


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
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
