"""What an import may do to a book that is closed: what stays, what goes, what a run took, and how a mistake is mended."""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pytest

from leancost.actions import merge
from leancost.actions.close import PeriodClose, close_period
from leancost.actions.reverse import reverse
from leancost.actions.verify import verify
from leancost.costing import checks
from leancost.errors import LeancostError
from leancost.tables import declaration
from tests.books.shop import Shop
from tests.books.small_book import PICK, PRICE, RULE, row
from tests.books.two_months import two_months
from tests.support.commands import close_up_to, command, digest, write_folder
from tests.support.places import EXAMPLES
from tests.support.rows import Book, Rows, read_folder, workspace_of

EVERY = os.environ.get("LEANCOST_CELLS") == "0"
EDGE = read_folder(EXAMPLES / "edge_cases")
LATER = date(2027, 1, 1)
Totals = dict[tuple[str, str], Decimal]
"""Amounts by production flow and by resource or cost group."""
CLOSED: dict[str, bytes] = {}
"""Books that were imported and closed once."""


def closed(rows: Book, name: str, end: str, tmp_path: Path) -> Path:
    target = tmp_path / f"{name}.duckdb"
    if name not in CLOSED:
        merge.import_source(write_folder(rows, tmp_path / f"{name}-source"), target)
        close(target, end)
        CLOSED[name] = target.read_bytes()
    target.write_bytes(CLOSED[name])
    return target


@pytest.fixture
def edge(tmp_path: Path) -> Path:
    """The edge cases, closed to 31 March."""
    return closed(EDGE, "edge", "2026-03-31", tmp_path)


def close(target: Path, end: str) -> PeriodClose:
    return close_period(target, end=date.fromisoformat(end), today=LATER)


def imported(target: Path, rows: Book, *, replace: bool = False, dry_run: bool = False) -> merge.ImportCounts:
    folder = target.parent / "import"
    shutil.rmtree(folder, ignore_errors=True)
    return merge.import_source(write_folder(rows, folder), target, replace=replace, dry_run=dry_run)


def refused(target: Path, rows: Book, *, replace: bool = False) -> list[str]:
    before = digest(target)
    with pytest.raises(LeancostError) as problem:
        imported(target, rows, replace=replace)
    assert digest(target) == before
    return list(problem.value.lines)


def edge_row(table: str, *key: str, **cells: str) -> Book:
    """A row of the edge cases with other cells."""
    keys = declaration.tables()[table].keys
    (found,) = [line for line in EDGE[table] if tuple(line.get(name, "") for name in keys) == key]
    return {table: [{**found, **cells}]}


def rows_of(target: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(target), read_only=True) as connection:
        return connection.execute(query).fetchall()


def variance(done: PeriodClose) -> Decimal:
    return sum(done.tables["wip_balances"]["variance"], Decimal(0))


TOOK = {
    "an emptied date after the close": (
        {"emptied_date": "2026-04-09"},
        "emptied_date: empty would become 2026-04-09, but the run that ended on 2026-03-31 took it as 2026-03-12."
        " Leave it empty or write 2026-03-12 and post the correction on 2026-04-01 or later, or take the run back: leancost"
        " reverse.",
    ),
    "a received date after the close": ({"received_date": "2026-04-02"}, "received_date: empty would become 2026-04-02, but the"
                                        " run that ended on 2026-03-31 took it as 2026-03-11."),
    "one date right, the other not": ({"received_date": "2026-03-11", "emptied_date": "2026-03-13"}, "took it as 2026-03-12."),
}  # fmt: skip


@pytest.mark.parametrize("name", TOOK)
def test_a_date_that_followed_from_others_is_fixed_by_the_run_that_took_it(name: str, edge: Path) -> None:
    cells, said = TOOK[name]
    (line,) = refused(edge, edge_row("kanbans", "W-3", **cells))
    assert line.startswith("error I01 kanbans W-3 row 2, ") and said in line


def test_the_very_value_that_a_run_took_may_be_written_and_nothing_is_posted_twice(edge: Path) -> None:
    given = edge_row("kanbans", "W-3", received_date="2026-03-11", emptied_date="2026-03-12")
    assert imported(edge, given).changed == 1
    assert variance(close(edge, "2026-04-30")) == Decimal("27.28")
    assert verify(edge).findings == ()


def test_what_had_not_happened_yet_may_happen(edge: Path) -> None:
    happens = edge_row("kanbans", "W-4", emptied_date="2026-05-02")
    happens["kanbans"] += edge_row("kanbans", "C-2", received_date="2026-04-02")["kanbans"]
    assert imported(edge, happens).changed == 2


def test_a_day_that_a_run_took_is_not_moved_by_other_rows_either(tmp_path: Path) -> None:
    """The event unit was emptied when its parent's first picking line came; the parent's job was prepared later."""
    shop = Shop()
    shop.rule("KR-EVENT", "SHEET", "withdrawal", "MOVE", strategy="event")
    shop.unit("K1", "KR-BOX", "4", "01-08")
    shop.job("J1", "K1", "MAKE", "-", "4")
    shop.pick("P1", "SHEET", "1", "01-10", "K1")
    shop.unit("E1", "KR-EVENT", "7", "01-08", source="K1")
    shop.job("E1", "E1", "MOVE", "01-09", "7")
    target = closed(shop.book, "event", "2026-01-31", tmp_path)
    later = Shop()
    later.job("J1", "K1", "MAKE", "02-04", "4", prepared="02-03")
    (line,) = refused(target, {"kanban_jobs": later.book["kanban_jobs"]})
    assert line == (
        "error I01 kanbans E1, emptied_date: would become empty by other rows of the source, but the run that ended on"
        " 2026-01-31 took it as 2026-01-10. Leave the rows it follows from as they were (its rule, jobs, picking lines and"
        " BOMs, and those of the kanban it was made for), or write 2026-01-10 here, or take the run back: leancost reverse."
    )
    later.unit("E1", "KR-EVENT", "7", "01-08", emptied="01-10", source="K1")
    rows = {name: later.book[name] for name in ("kanban_jobs", "kanbans")}
    assert imported(target, rows).changed == 2


READ_AS = (
    ("activities", ("ASSEMBLY", "B05"), {"run_time_quantity": "2"}, "run_time_quantity: 1 would become 2"),
    ("activities", ("ASSEMBLY", "B10"), {"process_quantity": "1"}, "process_quantity: 0 would become 1"),
    ("kanban_rules", ("KR-GLUE",), {"consuming_production_flow": "HUBS"}, "took it as WHEELS. Leave it empty or write WHEELS"),
    ("boms", ("B-BASE",), {"effective_to": "2026-03-20"}, "effective_to: empty would become 2026-03-20"),
    ("kanban_jobs", ("GL-2-W05",), {"error_quantity": "1"}, "error_quantity: 0 would become 1"),
)  # fmt: skip
"""What the row itself says a run read; below, what only the figures of the run tell."""
FIGURES = (
    ("items", ("WHEEL",), {"volume": "1"}, "volume: empty would become 1"),
)  # fmt: skip
HARMLESS = (
    ("activities", ("ASSEMBLY", "B05"), {"run_time_quantity": "1", "service_quantity": "1"}),
    ("kanban_rules", ("KR-GLUE",), {"consuming_production_flow": "WHEELS"}),
    ("bom_lines", ("B-BASE", "1"), {"consumption": "variable"}),
    ("activities", ("HUBS", "H10"), {"process_quantity": "3"}),
    ("items", ("HUB",), {"volume": "4"}),
    ("items", ("CART",), {"default_order_quantity": "5"}),
    ("cost_groups", ("PROD",), {"behaviour": "fixed"}),
    ("production_flows", ("WHEELS",), {"value_stream": "Carts"}),
    ("kanban_rules", ("KR-HUB",), {"effective_to": "2026-12-31"}),
)
"""The default itself, and cells that no run has read."""


def several(changes: Iterable[tuple[str, tuple[str, ...], dict[str, str]]]) -> Book:
    rows: Book = defaultdict(list)
    for table, key, cells in changes:
        rows[table] += edge_row(table, *key, **cells)[table]
    return rows


@pytest.mark.parametrize("cells", [READ_AS, FIGURES], ids=["by its row", "by its figures"])
def test_an_empty_cell_that_a_run_took_for_something_stays(
    cells: Sequence[tuple[str, tuple[str, ...], dict[str, str], str]], edge: Path
) -> None:
    lines = refused(edge, several(change[:3] for change in cells))
    assert len(lines) == len(cells)
    assert all("the run that ended on 2026-03-31" in line for line in lines)
    for table, key, _, said in cells:
        assert any(line.startswith(f"error I01 {table} {'/'.join(key)} row ") and said in line for line in lines), lines


def test_a_cell_may_be_filled_with_its_default_or_where_no_run_took_it(edge: Path) -> None:
    assert imported(edge, several(HARMLESS)).changed == len(HARMLESS)
    assert verify(edge).findings == ()


def test_set_up_that_a_run_went_without_is_not_added_later(tmp_path: Path) -> None:
    shop = Shop()
    shop.book["parameters"] = shop.book["parameters"][:2]
    shop.pick("P1", "SHEET", "8", "01-10", kanban="Q1")
    shop.unit("Q1", "KR-PART", "4", "01-10")
    shop.job("Q1", "Q1", "PRESS", "01-10", "4")
    target = closed(shop.book, "shop", "2026-01-31", tmp_path)
    changing = {
        "parameters": [row("parameter value", "conversion_in_wip", "retain")],
        "activity_ratios": [row("production_flow activity item throughput_ratio", "FLOW", "PRESS", "PART", "2")],
        "posting_profile": [
            row("production_group posting_type main_account", "PG", "inventory_issue_estimated", "9999")
        ],
    }
    lines = refused(target, changing)
    assert [line.partition("; its ")[0] for line in lines] == [
        f"error I02 {place} row 2: is new, but the run that ended on 2026-01-31 {what}"
        for place, what in (
            ("parameters conversion_in_wip", "took clear"),
            ("posting_profile PG/inventory_issue_estimated/", "went without it"),
            ("activity_ratios FLOW/PRESS/PART", "went without it"),
        )
    ]
    harmless = {
        "parameters": [row("parameter value", "conversion_in_wip", "clear")],
        "activity_ratios": [row("production_flow activity item throughput_ratio", "FLOW", "PRESS", "PART", "1")],
        "posting_profile": [row("production_group posting_type main_account", "PG", "service_vendor", "9999")],
    }
    assert imported(target, harmless).added == 3


def test_new_set_up_comes_with_what_belongs_to_it(edge: Path) -> None:
    new = {
        "items": [
            row("item name item_type unit cost_group inventory_model_group", *"TRAY Tray item pc PROD STD".split())
        ],
        "boms": [row("bom item site quantity", "B-TRAY", "TRAY", "1", "1")],
        "bom_lines": [row("bom line component quantity", "B-TRAY", "1", "BOLT", "2")],
        "kanban_rules": [row(RULE, *"KR-TRAY ASSEMBLY TRAY manufacturing fixed B20 B20 4 manual".split())],
        "item_prices": [row(PRICE, "STD", "TRAY", "1", "2026-04-01", "1.00", "active")],
    }
    assert imported(edge, new).added == 5


def test_what_was_filled_or_added_since_the_close_may_be_changed_again(book: Path) -> None:
    close_up_to(book, "2026-01-31")
    rows = two_months()
    sheet = next(line for line in rows["items"] if line["item"] == "SHEET")
    sheet["weight"] = "2"
    rows["sites"].append(row("site name", "2", "Elsewhere"))
    assert (imported(book, rows).added, imported(book, rows).changed) == (1, 0)
    sheet["weight"] = "3"
    assert imported(book, rows).changed == 1
    counts = imported(book, two_months(), replace=True)
    assert counts.changed == 1 and [str(one) for one in counts.differences.lacking] == [
        "sites: 1 row that the source lacks, 2,"
    ]
    assert rows_of(book, "SELECT weight FROM items WHERE item = 'SHEET'") == [(None,)]
    assert verify(book).findings == ()


def test_an_import_says_what_differs_from_the_source_and_stays(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = two_months()
    rows["kanbans"][0]["emptied_date"] = "2026-02-03"
    rows["picking_lines"] += [row(PICK, name, "FLOW", "", "SHEET", "1", "2026-02-20") for name in ("P3", "P4")]
    imported(book, rows)
    before = digest(book)
    capsys.readouterr()
    part = {name: two_months()[name] for name in ("kanbans", "kanban_jobs", "picking_lines")}
    source = write_folder(part, tmp_path / "part")
    assert command("import", source, book) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [
        "Added 0 rows, filled or changed 0, 6 were there already.",
        "picking_lines: 2 rows that the source lacks, P3 to P4, stay.",
    ]
    assert said[2].startswith("Not in the source and left as they are: parameters, sites, cost_groups, ")
    assert said[3:] == [
        "kanbans K1 row 2, emptied_date: 2026-02-03 stays, the source leaves it empty.",
        f"To take out what stays: leancost import {source} {book} --replace",
    ]
    assert digest(book) == before
    found = imported(book, part).differences
    assert [(cell.table, cell.key, cell.row, cell.column, cell.value) for cell in found.blanked] == [
        ("kanbans", ("K1",), 2, "emptied_date", "2026-02-03")
    ]
    assert [(rows.table, rows.count, rows.first, rows.last) for rows in found.lacking] == [
        ("picking_lines", 2, ("P3",), ("P4",))
    ]


def test_a_thousand_cells_are_told_and_the_rest_counted(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many: Book = {"items": [
        row("item name item_type unit cost_group inventory_model_group weight", f"N{number}", "Nut", "item", "pc", "MAT", "STD", "1")
        for number in range(1005)
    ]}  # fmt: skip
    imported(book, many)
    for line in many["items"]:
        line["weight"] = ""
    capsys.readouterr()
    assert command("import", write_folder(many, book.parent / "blanked"), book) == 0
    said = capsys.readouterr().out.splitlines()
    assert sum(line.endswith("stays, the source leaves it empty.") for line in said) == 1000
    assert said[-2] == "5 further cells that stay are not shown."


def test_replace_makes_what_no_closed_run_has_read_exactly_the_source(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = two_months()
    rows["kanbans"][0]["emptied_date"] = "2026-02-03"
    rows["picking_lines"] += [row(PICK, "P3", "FLOW", "", "SHEET", "1", "2026-02-20")]
    rows["item_prices"] += [row(PRICE, "STD", "SHEET", "1", "2026-03-01", "3.00", "active")]
    rows["routes"] = [row("route item", "R", "BOX")]
    close_up_to(book, "2026-01-31")
    imported(book, rows)
    source = write_folder(two_months(), tmp_path / "again")
    (source / "setup" / "routes.csv").write_text("route,item\n")
    before = digest(book)
    capsys.readouterr()
    assert command("import", source, book, "--replace", "--dry-run") == 0
    would = capsys.readouterr().out.splitlines()
    assert digest(book) == before
    assert command("import", source, book, "--replace") == 0
    said = capsys.readouterr().out.splitlines()
    same = sum(map(len, two_months().values())) - 1
    assert would[0] == f"Would add 0 rows, fill or change 1, take out 3; {same} are there already."
    assert said[0] == f"Added 0 rows, filled or changed 1, took out 3, {same} were there already."
    assert (
        said[1:]
        == would[1:]
        == [
            "item_prices: 1 row that the source lacks, STD/SHEET/1/2026-03-01, goes.",
            "routes: 1 row that the source lacks, R, goes.",
            "picking_lines: 1 row that the source lacks, P3, goes.",
            "kanbans K1 row 2, emptied_date: 2026-02-03 goes, the source leaves it empty.",
        ]
    )
    assert command("export", book, tmp_path / "exported") == 0
    fresh = tmp_path / "fresh.duckdb"
    merge.import_source(source, fresh)
    assert command("export", fresh, tmp_path / "expected") == 0
    assert read_folder(tmp_path / "exported") == read_folder(tmp_path / "expected")
    assert verify(book).findings == ()


def test_replace_refuses_what_a_closed_run_has_read_and_says_how_it_is_corrected(book: Path) -> None:
    close_up_to(book, "2026-01-31")
    rows = two_months()
    for table, key in (("item_prices", "SHEET"), ("kanban_jobs", "J1"), ("picking_lines", "P1")):
        rows[table] = [line for line in rows[table] if key not in line.values()]
    read = "is not in the source, but the run that ended on 2026-01-31 has read it. Put it back"
    back = ", or take the run back: leancost reverse."
    correct = " and post the correction on 2026-02-01 or later"
    assert refused(book, rows, replace=True) == [
        f"error I03 item_prices STD/SHEET/1/2025-01-01: {read} and add a price that begins on 2026-02-01 or later{back}",
        f"error I03 kanban_jobs J1: {read}{correct} (a job reported by mistake: take its receipt back by a transfer,"
        f" docs/trust.md){back}",
        f"error I03 picking_lines P1: {read}{correct}{back}",
    ]


SET_UP = {
    "a BOM line": ("bom_lines", 0, {"quantity": "3"}, " and add a BOM that begins on 2026-02-01 or later"),
    "a rule": ("kanban_rules", 2, {"last_activity": "BACK"}, " and add a rule that begins on 2026-02-01 or later"),
    "an hourly rate": ("cost_category_prices", 0, {"hourly_rate": "31"}, " and add an hourly rate that begins on 2026-02-01 or"),
    "what a rule did not say": ("kanban_rules", 2, {"supermarket": "yes"}, " and add a rule that begins on 2026-02-01 or later"),
    "an activity": ("activities", 1, {"run_time_hours": "0.2"}, ""),
    "an item": ("items", 0, {"cost_group": "OUT"}, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SET_UP)
def test_set_up_that_a_closed_run_has_read_is_not_posted_but_replaced_where_it_has_dates(name: str, book: Path) -> None:
    close_up_to(book, "2026-01-31")
    table, place, cells, remedy = SET_UP[name]
    rows = two_months()
    rows[table][place].update(cells)
    (line,) = refused(book, {table: rows[table]})
    assert f"has read this row. Leave it as it was{remedy}" in line and line.endswith(
        ", or take the run back: leancost reverse."
    )
    assert "correction" not in line and (remedy or "begins" not in line)


AGAINST_READ: dict[str, tuple[str, dict[str, str], dict[str, str], str]] = {
    "prepared after it was completed": (
        "kanban_jobs", {}, {"prepared_date": "2026-02-02"}, "the job was completed on 2026-01-10",
    ),
    "assigned after it was received by its job": (
        "kanbans", {"assigned_date": ""}, {"assigned_date": "2026-02-02"}, "the unit was received on 2026-01-10",
    ),
    "assigned after it was received": (
        "kanbans", {"assigned_date": "", "received_date": "2026-01-10"}, {"assigned_date": "2026-02-02"},
        "the unit was received on 2026-01-10",
    ),
    "received after it was emptied": (
        "kanbans", {"emptied_date": "2026-01-20", "completed_date": ""}, {"received_date": "2026-02-02"},
        "the unit was emptied on 2026-01-20",
    ),
    "completed after its unit was received": (
        "kanban_jobs", {"received_date": "2026-01-10", "completed_date": "", "prepared_date": "2026-01-09"},
        {"completed_date": "2026-02-02"}, "its unit was received or emptied on 2026-01-10",
    ),
    "completed after its unit was emptied": (
        "kanban_jobs", {"emptied_date": "2026-01-20", "completed_date": ""}, {"completed_date": "2026-02-02"},
        "its unit was received or emptied on 2026-01-20",
    ),
}  # fmt: skip


def one_unit(**cells: str) -> Shop:
    """A unit of SHEET moved into WIP on 10 January, its rows with these cells."""
    shop = Shop()
    shop.unit("U", "KR-SHEET", "10", "01-09")
    shop.job("J", "U", "MOVE", "01-10", "10")
    for table in ("kanbans", "kanban_jobs"):
        shop.change(
            table, "U", **{name: day for name, day in cells.items() if name in declaration.tables()[table].names}
        )
    return shop


@pytest.mark.parametrize("name", AGAINST_READ)
def test_a_date_is_not_filled_against_what_a_closed_run_has_read(name: str, tmp_path: Path) -> None:
    table, cells, filled, said = AGAINST_READ[name]
    target = closed(one_unit(**cells).book, name, "2026-01-31", tmp_path)
    (column,) = filled
    assert refused(target, one_unit(**{**cells, **filled}).book) == [
        f"error I01 {table} {'J' if table == 'kanban_jobs' else 'U'} row 2, {column}: empty would become 2026-02-02, but the"
        f" run that ended on 2026-01-31 has read that {said}. Leave it empty, or take the run back: leancost reverse."
    ]
    with workspace_of(one_unit(**{**cells, **filled}).book) as connection:  # no close could mend it
        assert {finding.code for finding in checks.blocking(connection)} & {"C40", "C41", "C44"}


def test_a_job_of_the_edge_cases_is_not_prepared_after_it_was_completed(edge: Path) -> None:
    (line,) = refused(edge, edge_row("kanban_jobs", "SW-1-W90", prepared_date="2026-04-02"))
    assert (
        ", prepared_date: empty would become 2026-04-02, but the run that ended on 2026-03-31 has read that the job"
        in line
    )


OPEN: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "a job prepared before is completed": (
        {"completed_date": "", "prepared_date": "2026-01-09"}, {"completed_date": "2026-02-02"},
    ),
    "a unit that was assigned is received": ({"completed_date": ""}, {"received_date": "2026-02-02"}),
    "a unit that was received is emptied": ({}, {"emptied_date": "2026-02-02"}),
    "nothing was done by then": (
        {"assigned_date": "", "completed_date": ""},
        {"assigned_date": "2026-02-02", "prepared_date": "2026-02-02", "completed_date": "2026-02-03"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_a_date_that_follows_what_a_closed_run_has_read_is_filled(name: str, tmp_path: Path) -> None:
    cells, filled = OPEN[name]
    target = closed(one_unit(**cells).book, name, "2026-01-31", tmp_path)
    assert imported(target, one_unit(**{**cells, **filled}).book).changed
    assert verify(target).findings == ()
    close(target, "2026-02-28")


def test_replace_refuses_to_blank_what_a_closed_run_has_read(tmp_path: Path) -> None:
    rows = two_months()
    rows["kanbans"][0]["emptied_date"] = "2026-01-20"
    target = closed(rows, "emptied", "2026-01-31", tmp_path)
    (line,) = refused(target, two_months(), replace=True)
    assert line.startswith("error I01 kanbans K1 row 2, emptied_date: 2026-01-20 would become empty, but the run that")
    assert "(a unit emptied by mistake: return its content and report a new unit, docs/trust.md)" in line


def test_replace_leaves_no_reference_behind(book: Path) -> None:
    rows = two_months()
    rows["sites"] = []
    (source := book.parent / "import").mkdir()
    write_folder(rows, source)
    (source / "setup" / "sites.csv").write_text("site,name\n")
    with pytest.raises(LeancostError, match="'1' is not in sites"):
        merge.import_source(source, book, replace=True)


def test_replace_keeps_a_calculated_standard_of_which_the_source_has_no_record(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("calculate", book, "--date", "2026-03-01", "--activate") == 0
    capsys.readouterr()
    assert command("import", tmp_path / "folder", book, "--replace") == 0
    assert (
        "item_prices: 1 row that the source lacks, STD/BOX/1/2026-03-01, stays: calculated standards are in no source."
        in (capsys.readouterr().out.splitlines())
    )
    assert rows_of(book, "SELECT unit_cost FROM item_prices WHERE from_date = DATE '2026-03-01'") == [(Decimal("7.3"),)]
    assert rows_of(book, "SELECT count(*) FROM item_price_breakdown WHERE from_date = DATE '2026-03-01'") == [(3,)]


def test_a_key_with_a_slash_is_told_with_its_row(tmp_path: Path) -> None:
    rows = two_months()
    rows["picking_lines"] += [row(PICK, "P/1", "FLOW", "", "SHEET", "1", "2026-01-20")]
    rows["item_prices"] += [row(PRICE, "STD", "SH/EET", "1", "2025-01-01", "1.00", "active")]
    rows["items"] += [
        row("item name item_type unit cost_group inventory_model_group", *"SH/EET Blue item pc MAT STD".split())
    ]
    target = closed(rows, "slash", "2026-01-31", tmp_path)
    lines = refused(target, {
        "picking_lines": [row(PICK, "P/1", "FLOW", "", "SHEET", "2", "2026-01-20")],
        "item_prices": [row(PRICE, "STD", "SHEET", "1", "2025-01-01", "2.00", "active"),
                        row(PRICE, "STD", "SH/EET", "1", "2025-01-01", "2.00", "active")],
    })  # fmt: skip
    assert [line.partition(",")[0] for line in lines] == [
        "error I01 item_prices STD/SH/EET/1/2025-01-01 row 3",
        "error I01 picking_lines P/1 row 2",
    ]


def live_shop() -> Shop:
    """FLOW makes boxes, parts and gears all the time; what stands at the end of January are three units and a job."""
    shop = Shop()
    for month in ("01", "02"):
        shop.pick(f"P{month}", "SHEET", "48", f"{month}-20")
        shop.pick(f"N{month}", "NAIL", "24", f"{month}-20")
        shop.make("KR-BOX", "MAKE", "18", f"{month}-20", name=f"K{month}")
        shop.service(f"S{month}", "6", "1.50", f"{month}-20")
        shop.make("KR-CRATE", "MAKE", "6", f"{month}-21", name=f"C{month}")
    shop.unit("U1", "KR-SHEET", "10", "01-09")
    shop.job("U1", "U1", "MOVE", "01-10", "10")
    shop.unit("Q1", "KR-PART", "4", "01-09")
    shop.pick("Q1", "SHEET", "8", "01-09", "Q1")
    for activity in ("PRESS", "COAT", "FOLD"):
        shop.job(f"Q1-{activity}", "Q1", activity, "01-10", "4")
    shop.service("Q1", "4", "1.50", "01-10")
    shop.unit("G1", "KR-GEAR", "4", "01-09")
    shop.pick("G1", "SHEET", "4", "01-09", flow="MILL")
    shop.job("G1", "G1", "TURN", "01-10", "4")
    shop.unit("K1", "KR-BOX", "4", "01-09")
    shop.pick("K1", "SHEET", "8", "01-09", "K1")
    return shop


def emptied_by_mistake(shop: Shop) -> None:
    for unit in ("U1", "Q1", "G1"):
        shop.change("kanbans", unit, emptied_date="2026-01-25")


def mend_the_units(shop: Shop) -> None:
    shop.pick("R-U1", "SHEET", "-10", "02-02")
    shop.unit("U2", "KR-SHEET", "10", "02-02")
    shop.job("U2", "U2", "MOVE", "02-02", "10")
    shop.pick("R-Q1", "SHEET", "-8", "02-02")
    shop.service("R-Q1", "-4", "1.50", "02-02")
    shop.unit("Q2", "KR-PART", "4", "02-02", "02-02")
    shop.pick("Q2", "SHEET", "8", "02-02", "Q2")
    shop.service("Q2", "4", "1.50", "02-02")
    shop.pick("R-G1", "GEAR", "-4", "02-02")
    shop.unit("G2", "KR-GEAR", "4", "02-02", "02-02")


def reported_by_mistake(shop: Shop) -> None:
    shop.job("K1", "K1", "MAKE", "01-25", "4")


def mend_the_job(shop: Shop) -> None:
    shop.rule("KR-TAKE", "BOX", "withdrawal", "MOVE", effective_from="2026-02-01")
    shop.unit("T1", "KR-TAKE", "4", "02-02", emptied="02-02")
    shop.job("T1", "T1", "MOVE", "02-02", "4")
    shop.unit("K2", "KR-BOX", "4", "02-02")
    shop.pick("K2", "SHEET", "8", "02-02", "K2", updates="no")


def too_much_reported(shop: Shop) -> None:
    shop.change("kanban_jobs", "K01", good_quantity="21")


def mend_the_quantity(shop: Shop) -> None:
    shop.rule("KR-TAKE", "BOX", "withdrawal", "MOVE", effective_from="2026-02-01")
    shop.unit("T1", "KR-TAKE", "3", "02-02", emptied="02-02")
    shop.job("T1", "T1", "MOVE", "02-02", "3")


def unit_reported_by_mistake(shop: Shop) -> None:
    """The unit stays in WIP: FOLD never came, PRESS and COAT did."""
    shop.job("F1", "Q0", "FOLD", "01-25", "4")


def mend_the_unit(shop: Shop) -> None:
    shop.change("kanbans", "Q0", emptied_date="2026-02-02")
    shop.unit("Q9", "KR-PART", "4", "02-02")
    shop.pick("Q9", "SHEET", "8", "02-02", "Q9", updates="no")
    shop.job("Q9", "Q9", "COAT", "02-02", "4")


def half_a_part(shop: Shop) -> Shop:
    shop.unit("Q0", "KR-PART", "4", "01-09")
    shop.pick("Q0", "SHEET", "8", "01-09", "Q0")
    shop.service("Q0", "4", "1.50", "01-09")
    for activity in ("PRESS", "COAT"):
        shop.job(f"Q0-{activity}", "Q0", activity, "01-10", "4")
    return shop


MISTAKES = {
    "units emptied": (emptied_by_mistake, mend_the_units, {}),
    "a job of a product": (reported_by_mistake, mend_the_job, {("FLOW", "LAB"): "12", ("FLOW", "OVH"): "1.2"}),
    "too much of a product": (too_much_reported, mend_the_quantity, {("FLOW", "LAB"): "9", ("FLOW", "OVH"): "0.9"}),
    "a job of a unit that stays in WIP": (unit_reported_by_mistake, mend_the_unit, {("FLOW", "LAB"): "6", ("FLOW", "OVH"): "0.6"}),
}  # fmt: skip
"""A mistake of January, its correction of February, and by how much the variances of both months exceed the right ones."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_that_a_closed_run_has_read_is_mended_by_events_of_the_open_period(name: str) -> None:
    mistake, mend, expensed = MISTAKES[name]
    wrong = half_a_part(live_shop())
    mistake(wrong)
    mend(wrong)
    (kept, variances), (kept_wrong, variances_wrong) = right_months(), two_closes(wrong)
    assert kept == kept_wrong and kept
    for key, amount in expensed.items():
        variances_wrong[key] -= Decimal(amount)
    assert {key: amount for key, amount in variances_wrong.items() if amount} == variances


@cache
def right_months() -> tuple[Totals, Totals]:
    return two_closes(half_a_part(live_shop()))


def two_closes(shop: Shop) -> tuple[Totals, Totals]:
    """WIP after February by resource, and the variances of January and February together by cost group."""
    january, february = (closed.rows("wip_balances") for closed in (shop.close("01-31"), shop.close("02-28", "02-01")))
    return totals(february, "resource", "after"), totals([*january, *february], "cost_group", "variance")


def totals(lines: Rows, name: str, column: str) -> Totals:
    found: Totals = defaultdict(Decimal)
    for line in lines:
        found[line["production_flow"], line[name]] += Decimal(line[column])
    return {key: amount for key, amount in found.items() if amount}


def test_corrections_come_into_a_closed_book_and_it_verifies(tmp_path: Path) -> None:
    shop = half_a_part(live_shop())
    emptied_by_mistake(shop)
    unit_reported_by_mistake(shop)
    reported_by_mistake(shop)
    target = closed(shop.book, "mistakes", "2026-01-31", tmp_path)
    mend_the_units(shop)
    mend_the_unit(shop)
    mend_the_job(shop)
    assert imported(target, shop.book).changed == 1
    february = close(target, "2026-02-28").tables["wip_balances"]
    lines = [{name: str(cell) for name, cell in line.items()} for line in february.to_dict("records")]
    assert totals(lines, "resource", "after") == right_months()[0]
    assert verify(target).findings == ()


def fills(count: int) -> list[tuple[str, tuple[str, ...], str, str]]:
    """Empty optional cells of the edge cases with a value each: of every column some, spread over its rows."""
    found = []
    for table in declaration.inputs():
        for column in table.columns:
            if column.optional and not column.key:
                empty = [line for line in EDGE.get(table.name, []) if not line.get(column.name)]
                for line in empty[:: max(len(empty) // 3, 1)]:
                    key = tuple(line.get(name, "") for name in table.keys)
                    found += [(table.name, key, column.name, value) for value in values(table.name, column, line)]
    return found if EVERY else found[:: len(found) // count]


def values(table: str, column: declaration.Column, line: dict[str, str]) -> list[str]:
    if column.kind == "date":
        return ["2026-03-11", "2026-03-12", "2026-04-09"]
    if column.kind == "flag":
        return ["yes", "no"]
    if column.references:
        other, _, key = column.references.partition(".")
        return [EDGE[other][0][key], EDGE[other][-1][key]] if EDGE.get(other) else []
    return list(column.choices) or (["X"] if column.kind == "text" else ["1", "3"])


@pytest.mark.parametrize("table, key, column, value", fills(1))
def test_whatever_is_accepted_leaves_closed_figures_as_they_are(
    table: str, key: tuple[str, ...], column: str, value: str, edge: Path
) -> None:
    """A cell is filled; if that is accepted, the book verifies, and the month closed again gives the same.

    Or the checklist forbids any close: what is wrong stands in an event that no closed run has read.
    """
    try:
        imported(edge, edge_row(table, *key, **{column: value}))
    except LeancostError as problem:
        assert all(line.startswith("error I0") for line in problem.lines)
        return
    assert verify(edge).findings == ()
    reverse(edge)
    try:
        close(edge, "2026-03-31")
    except LeancostError as problem:
        assert all(line.startswith("error C4") for line in problem.lines)
        return
    differing = "SELECT name FROM run_hashes a JOIN run_hashes b USING (kind, name) WHERE a.run = 1 AND b.run = 3"
    assert rows_of(edge, f"{differing} AND a.hash <> b.hash AND kind <> 'input' AND name <> 'warnings'") == []
