"""The book, and the commands as a user types them."""

import multiprocessing
from datetime import date
from pathlib import Path

import duckdb
import pytest

from leancost.actions.close import close_period
from leancost.book import storage
from tests.books.random_books import random_book
from tests.books.small_book import JOB, PICK, PRICE, row, small_book
from tests.books.two_months import KANBAN, two_months
from tests.support.closes import close_rows
from tests.support.commands import close_up_to, command, digest, write_folder
from tests.support.rows import assert_same, read_csv, read_folder


def test_a_book_closes_month_by_month_as_a_folder_does_at_once(book: Path, tmp_path: Path) -> None:
    assert command("close", book, "--end", "2026-01-31", "--out", tmp_path / "january") == 0
    assert command("close", book, "--end", "2026-02-28", "--out", tmp_path / "february") == 0
    expected = close_rows(two_months(), date(2026, 2, 28), date(2026, 2, 1))
    for name in ("wip_balances", "variances", "settlements", "ledger_balances", "journal", "wip_transactions"):
        assert_same(read_csv(tmp_path / "february" / f"{name}.csv"), expected[name])


def test_a_preview_leaves_every_byte_of_the_book(book: Path, tmp_path: Path) -> None:
    before = digest(book)
    assert command("close", book, "--end", "2026-01-31", "--preview", "--out", tmp_path / "preview") == 0
    assert digest(book) == before
    assert '"state": "preview"' in (tmp_path / "preview" / "run.json").read_text()


def test_a_closed_date_is_refused(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    before = digest(book)
    capsys.readouterr()
    assert command("close", book, "--end", "2026-01-30") == 1
    assert capsys.readouterr().err == (
        "2026-01-30 is closed: the last run ends on 2026-01-31. Close a later date, or take the last run back:"
        " leancost reverse.\n"
    )
    assert command("close", book, "--end", "2026-02-28", "--start", "2026-01-31") == 1
    assert "2026-01-31 is closed" in capsys.readouterr().err
    assert digest(book) == before


def test_an_import_adds_new_rows_accepts_same_ones_and_keeps_missing_ones(book: Path, tmp_path: Path) -> None:
    extra = {"picking_lines": [row(PICK, "P3", "FLOW", "", "SHEET", "1", "2026-02-20")]}
    assert command("import", write_folder(extra, tmp_path / "more"), book) == 0
    with duckdb.connect(str(book), read_only=True) as connection:
        assert connection.execute("SELECT picking_line FROM picking_lines ORDER BY 1").fetchall() == [
            ("P1",),
            ("P2",),
            ("P3",),
        ]


def test_importing_twice_changes_nothing(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert command("import", tmp_path / "folder", book) == 0
    assert capsys.readouterr().out.startswith("Added 0 rows, filled or changed 0, ")


def test_a_dry_run_of_an_import_changes_nothing(book: Path, tmp_path: Path) -> None:
    before = digest(book)
    extra = {"picking_lines": [row(PICK, "P3", "FLOW", "", "SHEET", "1", "2026-02-20")]}
    assert command("import", write_folder(extra, tmp_path / "more"), book, "--dry-run") == 0
    assert digest(book) == before


REFUSED = {
    "a new fact in a closed period": (
        {"picking_lines": [row(PICK, "P9", "FLOW", "", "SHEET", "1", "2026-01-31")]},
        "error I02 picking_lines P9 row 2: is new and dated on or before 2026-01-31, which is closed."
        " Post it in the open period: date it 2026-02-01 or later. Or take the run back: leancost reverse.\n",
    ),
    "a changed quantity that a run has read": (
        {"picking_lines": [row(PICK, "P1", "FLOW", "K1", "SHEET", "8", "2026-01-15")]},
        "error I01 picking_lines P1 row 2, quantity: 9.000000 would become 8.000000, but the run that ended on 2026-01-31 has"
        " read this row. Leave it as it was and post the correction on 2026-02-01 or later, or take the run back:"
        " leancost reverse.\n",
    ),
    "a unit emptied in a closed period": (
        {"kanbans": [row(KANBAN + " emptied_date", "K1", "KR-BOX", "4", "2026-01-15", "2026-01-20")]},
        "error I01 kanbans K1 row 2, emptied_date: empty would become 2026-01-20, but the run that ended on 2026-01-31 has"
        " read this row. Leave it as it was and post the correction on 2026-02-01 or later, or take the run back:"
        " leancost reverse.\n",
    ),
    "a pending price of a closed period that becomes active": (
        {"item_prices": [row(PRICE, "STD", "SHEET", "1", "2026-01-12", "3.00", "active")]},
        "error I01 item_prices STD/SHEET/1/2026-01-12 row 2, status: pending would become active, but the run that ended on"
        " 2026-01-31 has read this row. Leave it as it was and add a price that begins on 2026-02-01 or later, or take the"
        " run back: leancost reverse.\n",
    ),
    "a price of a variant that had its master's": (
        {"item_prices": [row(PRICE, "STD", "SHEET-2", "1", "2026-01-10", "3.00", "active")]},
        "error I02 item_prices STD/SHEET-2/1/2026-01-10 row 2: is new and dated on or before 2026-01-31, which is closed."
        " Post it in the open period: date it 2026-02-01 or later. Or take the run back: leancost reverse.\n",
    ),
    "an overhead rate where there was none": (
        {
            "indirect_rates": [
                row("costing_version node site from_date rate status", "STD", "N-MAT", "1", "2026-01-01", "1", "active")
            ]
        },
        "error I02 indirect_rates STD/N-MAT/1//2026-01-01 row 2: is new and dated on or before 2026-01-31, which is closed."
        " Post it in the open period: date it 2026-02-01 or later. Or take the run back: leancost reverse.\n",
    ),
    "a go-live balance after the first run": (
        {
            "opening_wip": [
                row(
                    "production_flow resource_type resource cost_group posting_date quantity unit_cost amount",
                    "FLOW",
                    "item",
                    "SHEET",
                    "MAT",
                    "2026-02-10",
                    "1",
                    "2",
                    "2",
                )
            ]
        },
        "error I02 opening_wip FLOW/item/SHEET/MAT/2026-02-10 row 2: is new, but WIP of its flow is brought"
        " forward from the run that ended on 2026-01-31. Leave it out. A flow for which no run has posted brings such rows"
        " with a production_flows.go_live of its own. Or take the runs back: leancost reverse.\n",
    ),
    "a price that begins in a closed period": (
        {"item_prices": [row(PRICE, "STD", "SHEET", "1", "2026-01-10", "3.00", "active")]},
        "error I02 item_prices STD/SHEET/1/2026-01-10 row 2: is new and dated on or before 2026-01-31, which is closed."
        " Post it in the open period: date it 2026-02-01 or later. Or take the run back: leancost reverse.\n",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_closed_run_has_read_stays(
    name: str, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    variant = row("item name item_type product_master unit cost_group inventory_model_group",
                  "SHEET-2", "Blue sheet", "item", "SHEET", "pc", "MAT", "STD")  # fmt: skip
    pending = row(PRICE, "STD", "SHEET", "1", "2026-01-12", "3.00", "pending")
    early = write_folder({"items": [variant], "item_prices": [pending]}, tmp_path / "early")
    assert command("import", early, book) == 0
    close_up_to(book, "2026-01-31")
    before = digest(book)
    capsys.readouterr()
    rows, message = REFUSED[name]
    assert command("import", write_folder(rows, tmp_path / "late"), book) == 1
    assert capsys.readouterr().err == message
    assert digest(book) == before


@pytest.mark.parametrize(
    "table, line, said",
    [
        (
            "kanban_jobs", row(JOB, "J1", "K1", "MAKE", "2026-01-15", "4", "50"),
            "error I01 kanban_jobs J1 row 2, error_quantity: 0 would become 50.000000, but the run that ended on 2026-01-31 has read",
        ),
        (
            "picking_lines", row(PICK + " updates_inventory", "P1", "FLOW", "K1", "SHEET", "9", "2026-01-15", "no"),
            "error I01 picking_lines P1 row 2, updates_inventory: yes would become false, but the run that ended on 2026-01-31 has",
        ),
    ],
)  # fmt: skip
def test_an_empty_cell_of_a_closed_event_holds_the_default_it_was_read_as(
    table: str, line: dict[str, str], said: str, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    before = digest(book)
    capsys.readouterr()
    assert command("import", write_folder({table: [line]}, tmp_path / "later"), book) == 1
    assert capsys.readouterr().err.startswith(said) and digest(book) == before


def test_later_facts_and_empty_cells_may_still_come(book: Path, tmp_path: Path) -> None:
    close_up_to(book, "2026-01-31")
    rows = {
        "kanbans": [row(KANBAN + " emptied_date", "K1", "KR-BOX", "4", "2026-01-15", "2026-02-03")],
        "picking_lines": [row(PICK, "P2", "FLOW", "K2", "SHEET", "8", "2026-02-15")],
        "items": [
            row(
                "item name item_type unit cost_group inventory_model_group weight",
                *"SHEET Sheet item pc MAT STD 2".split(),
            )
        ],
        "item_prices": [row(PRICE, "STD", "SHEET", "1", "2026-02-10", "3.00", "active")],
    }
    assert command("import", write_folder(rows, tmp_path / "later"), book) == 0


def test_a_missing_standard_stops_the_close_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = two_months()
    book["item_prices"][0]["from_date"] = "2026-02-01"
    folder = write_folder(book, tmp_path / "folder")
    assert command("close", folder, "--end", "2026-01-31", "--out", tmp_path / "out") == 1
    said = capsys.readouterr()
    assert said.err == (
        "error picking_lines: P1 of 2026-01-15 has no active standard cost of SHEET at site 1."
        " Add an active row to item_prices from 2026-01-15 or earlier in a standard version.\n"
    )
    assert not (tmp_path / "out").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder"]


def test_a_missing_account_stops_the_close(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = two_months()
    book["posting_profile"] = [line for line in book["posting_profile"] if line["posting_type"] != "finished_goods"]
    assert command("close", write_folder(book, tmp_path / "folder"), "--end", "2026-01-31") == 1
    assert "no main account for finished_goods of production flow FLOW" in capsys.readouterr().err


def test_calculate_stores_pending_and_activates(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("calculate", book, "--date", "2026-03-01", "--out", tmp_path / "costs") == 0
    assert read_csv(tmp_path / "costs" / "setup" / "item_prices.csv")[0]["status"] == "pending"
    assert command("calculate", book, "--date", "2026-03-01", "--activate") == 0
    with duckdb.connect(str(book), read_only=True) as connection:
        found = connection.execute(
            "SELECT unit_cost, status FROM item_prices WHERE item = 'BOX' AND from_date = DATE '2026-03-01'"
        ).fetchall()
    assert [(str(cost), status) for cost, status in found] == [("7.300000", "active")]
    capsys.readouterr()
    assert command("calculate", book, "--date", "2026-03-01") == 1
    assert "the standard cost of BOX at site 1 from 2026-03-01 is active already" in capsys.readouterr().err


def test_calculate_says_what_moved_against_the_active_standards_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = small_book()
    book["item_prices"].append(row(PRICE, "STD", "SHEET", "1", "2026-01-01", "2.25", "active"))
    book["bom_lines"][0]["quantity"] = "3"
    book["item_price_breakdown"] = book["item_price_breakdown"][:2]  # the overhead is new
    folder = write_folder(book, tmp_path / "folder")
    capsys.readouterr()
    assert command("calculate", folder, "--date", "2026-01-01", "--compare", "STD") == 0
    # SHEET 2 x 2.00 -> 3 x 2.25: one more at the old price, three at 0.25 more
    assert capsys.readouterr().out.splitlines()[:2] == [
        "BOX at site 1: SHEET (MAT) 4.000000 -> 6.750000, +2.750000: quantity +2.000000, price +0.750000",
        "BOX at site 1: LABOH (OVH) 0.000000 -> 0.300000, +0.300000: new in the cost",
    ]
    assert command("calculate", folder, "--date", "2026-01-01", "--compare", "NEXT") == 1
    assert capsys.readouterr().err == "Costing version NEXT does not exist. Known: STD.\n"


def test_a_route_with_subcontracting_cannot_be_activated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], examples: Path
) -> None:
    target = tmp_path / "worked.duckdb"
    command("import", examples / "worked_example" / "clear", target)
    capsys.readouterr()
    assert command("calculate", target, "--date", "2026-03-01", "--basis", "route", "--activate") == 1
    assert "FG1 at site 1 involves the subcontracted service SV1 and was calculated by route" in capsys.readouterr().err


def test_folder_workbook_and_book_carry_the_same_values(tmp_path: Path, examples: Path) -> None:
    source = examples / "edge_cases"
    assert command("import", source, tmp_path / "a.duckdb") == 0
    assert command("export", tmp_path / "a.duckdb", tmp_path / "b.xlsx") == 0
    assert command("import", tmp_path / "b.xlsx", tmp_path / "c.duckdb") == 0
    assert command("export", tmp_path / "c.duckdb", tmp_path / "d") == 0
    original, copied = read_folder(source), read_folder(tmp_path / "d")
    for name, rows in original.items():
        if rows:
            assert_same(copied[name], rows)


def test_a_random_book_survives_the_way_through_excel(tmp_path: Path) -> None:
    folder = write_folder(random_book(7), tmp_path / "folder")
    command("export", folder, tmp_path / "book.xlsx")
    command("export", tmp_path / "book.xlsx", tmp_path / "again")
    command("export", folder, tmp_path / "once")
    assert read_folder(tmp_path / "again") == read_folder(tmp_path / "once")


def test_the_run_object_holds_decimals(book: Path) -> None:
    from decimal import Decimal

    result = close_period(book, end=date(2026, 1, 31), preview=True)
    variances = result.tables["variances"]
    assert set(map(type, variances["amount"])) == {Decimal}
    assert variances["amount"].sum() == Decimal("2.00")


def hold(path: str, ready: object, done: object) -> None:
    connection = duckdb.connect(path)
    ready.set()  # type: ignore[attr-defined]
    done.wait(30)  # type: ignore[attr-defined]
    connection.close()


def test_a_waiting_command_says_who_holds_the_book(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert storage.SECONDS_TO_WAIT == 5
    monkeypatch.setattr(storage, "SECONDS_TO_WAIT", 1)
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(str(book), ready, done))
    holder.start()
    ready.wait(30)
    assert command("close", book, "--end", "2026-01-31") == 1
    said = capsys.readouterr().err
    done.set()
    holder.join()
    assert f"{book} is in use by " in said and str(holder.pid) in said and said.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [["close"], ["close", "x", "--end", "31.01.2026"], ["calculate", "x", "--date", "2026-01-01", "--basis", "guess"]],
)
def test_wrong_usage_exits_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command(*words)
    assert stopped.value.code == 2


def test_a_source_that_does_not_exist_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["close", tmp_path / "none", "--end", "2026-01-31"], ["check", tmp_path / "none.duckdb"]):
        assert command(*words) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_an_output_folder_with_other_files_is_left_alone(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("keep")
    assert command("close", book, "--end", "2026-01-31", "--out", other) == 1
    assert [path.name for path in other.iterdir()] == ["letter.txt"]
    with duckdb.connect(str(book), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)
