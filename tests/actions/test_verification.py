"""`verify` finds a single changed figure anywhere, and nothing in a book that was only used."""

import os
import random
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from leancost import __version__
from leancost.actions.verify import changed, verify
from leancost.book import runs, seals, storage
from leancost.costing import check_codes, visibility
from leancost.costing.workspace import CARRIED, Connection
from leancost.tables.declaration import inputs, outputs
from tests.books.odd_books import odd_company
from tests.books.older_books import old_book, schema_of
from tests.books.random_books import random_book
from tests.books.small_book import PICK, PRICE, row
from tests.books.two_months import two_months
from tests.support.commands import close_up_to, command, digest, write_folder

CELLS = int(os.environ.get("LEANCOST_CELLS", "4"))
"""Cells changed one by one; make test-long (0) changes one of every column."""


def change(book: Path, *statements: str) -> None:
    with duckdb.connect(str(book)) as connection:
        for statement in statements:
            connection.execute(statement)


def close_two_months(book: Path) -> None:
    close_up_to(book, "2026-01-31")
    close_up_to(book, "2026-02-28")


def test_a_book_that_was_only_used_verifies(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_two_months(book)
    filled = {
        "items": [
            row(
                "item name item_type unit cost_group inventory_model_group weight",
                *"SHEET Sheet item pc MAT STD 2".split(),
            )
        ],
        "sites": [row("site name", "2", "Elsewhere")],
        "item_prices": [row(PRICE, "STD", "SHEET", "1", "2026-03-10", "3.00", "active")],
    }
    assert command("import", write_folder(filled, tmp_path / "filled"), book) == 0
    command("reverse", book)
    assert command("calculate", book, "--date", "2026-02-20", "--activate") == 0
    close_up_to(book, "2026-02-28")
    before = digest(book)
    capsys.readouterr()
    assert command("verify", book) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "4 runs verified: inputs, outputs, identities, and every period run again."
    assert said[1].startswith("Seal of the last run: ") and len(said[1].split()[-1]) == 64
    assert digest(book) == before


TAMPERED = {
    "a journal amount": (
        "UPDATE journal SET debit = debit + 1 WHERE run = 1 AND voucher = 'picking_lines:P1' AND line = 1",
        ["error V02 journal, run 1: is not what the run stored.", "error V04 run 1, FLOW: debit = credit of a voucher: picking_lines:P1 by 1.000000.",
         "error V05 journal, run 1: differs when it is run again: picking_lines:P1/1/"],
    ),
    "a price that was read": (
        "UPDATE item_prices SET unit_cost = unit_cost + 1 WHERE item = 'SHEET'",
        ["error V03 item_prices, run 1: is not what the run up to 2026-01-31 read.", "error V05 wip_transactions, run 1: differs when it is run again: "],
    ),
    "an end date": (
        "UPDATE runs SET end_date = DATE '2026-01-30' WHERE run = 1",
        ["error V01 runs, run 1: is not what was sealed when it was stored."],
    ),
    "a run that was removed": ("DELETE FROM runs WHERE run = 1", ["error V01 runs: are numbered 2, not 1 to 1."]),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_a_changed_figure_is_named(name: str, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    if name == "a run that was removed":
        close_up_to(book, "2026-02-28")
    statement, expected = TAMPERED[name]
    change(book, statement)
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    for line in expected:
        assert line in said
    assert "Restore the book from a copy that verifies." in said


def test_names_that_end_like_the_numbers_of_lines_are_layers_of_their_own(tmp_path: Path) -> None:
    rows = two_months()
    rows["picking_lines"] += [
        row(PICK, f"P#{number}", "FLOW", "K1", "SHEET", number, "2026-01-15") for number in ("1", "2")
    ]
    book = tmp_path / "book.duckdb"
    assert command("import", write_folder(rows, tmp_path / "folder"), book) == 0
    assert command("close", book, "--end", "2026-01-31") == 0
    assert verify(book).findings == ()


SEALED = "is not what was sealed when it was stored."
UNREADABLE = {
    "UPDATE runs SET summary = summary || 'x'": ["error V01 runs, run 1: " + SEALED],
    "UPDATE runs SET summary = '[]'": ["error V01 runs, run 1: " + SEALED],
    "UPDATE runs SET run = -1": ["error V01 runs: are numbered -1, not 1 to 1.", "error V01 runs, run -1: " + SEALED],
    "UPDATE runs SET end_date = 'infinity'": ["error V01 runs, run 1: " + SEALED],
    "UPDATE runs SET end_date = '20000-01-01'": ["error V01 runs, run 1: " + SEALED],
    **{f"UPDATE runs SET {column} = NULL": ["error V01 runs, run 1: " + SEALED]
       for column in ("end_date", "purpose", "summary", "period_run", "seal")},
    "UPDATE runs SET run = NULL": ["error V01 runs: are numbered empty, not 1 to 1.", "error V01 runs, a run without number: " + SEALED,
                                   "error V01 journal: has rows of run 1, which is not in runs."],
    **{f"UPDATE run_hashes SET {column} = NULL": ["error V01 runs, run 1: " + SEALED] for column in ("kind", "name", "hash")},
    "UPDATE run_hashes SET run = NULL": ["error V01 runs, run 1: " + SEALED, "error V01 run_hashes: has rows of run empty, which is not in runs."],
    "DELETE FROM parameters": ["error V03 parameters, run 1: is not what the run up to 2026-01-31 read.",
                               "error V05 run 1: cannot be run again with what was changed."],
    "DELETE FROM items": ["error V03 items, run 1: is not what the run up to 2026-01-31 read."],
    "UPDATE items SET item = NULL": ["error V03 items, run 1: is not what the run up to 2026-01-31 read."],
    "UPDATE picking_lines SET quantity = 999999999999": ["error V03 picking_lines, run 1: is not what the run up to 2026-01-31 read."],
    "UPDATE settlements SET amount = 999999999999999": ["error V02 settlements, run 1: is not what the run stored."],
}  # fmt: skip


@pytest.mark.parametrize("statement", UNREADABLE)
def test_what_a_broken_seal_covers_is_named_and_not_read(
    statement: str, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    change(book, statement)
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err.splitlines()
    found = [line for line in said if not line.startswith("leancost: ")]
    assert found[0].startswith(UNREADABLE[statement][0])
    assert all(any(line.startswith(expected) for line in found) for expected in UNREADABLE[statement]), said
    assert all(line.endswith(" Restore the book from a copy that verifies.") for line in found)


def test_the_columns_of_runs_that_are_set_to_nothing_are_all_of_them(book: Path) -> None:
    """The first run has neither a start nor a run it takes back; the test below empties these."""
    columns = {name for table, name, _ in schema_of(book) if table == "runs"}
    emptied = {words.split()[3] for words in UNREADABLE if words.startswith("UPDATE runs") and words.endswith("NULL")}
    assert columns - emptied == {"start_date", "reverses"}


FACTS = ["run", "start_date", "end_date", "purpose", "summary", "period_run", "reverses"]


@pytest.mark.parametrize("column", FACTS[3:4] if CELLS else FACTS)
def test_every_empty_fact_of_a_run_among_others_is_named(
    column: str, used_book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "used.duckdb"
    shutil.copyfile(used_book, book)
    last = "(SELECT max(run) FROM runs)"
    change(book, f"UPDATE runs SET {column} = NULL WHERE run IN (2, {last})")
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert SEALED in said
    assert "is not run again, nor is a later one: its facts are no longer what was sealed." in said
    assert "V04" not in said and "cannot be run again" not in said


def test_runs_before_a_broken_one_are_run_again(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_two_months(book)
    change(book, "UPDATE runs SET summary = '{}' WHERE run = 2", "UPDATE journal SET debit = debit + 1 WHERE run = 1")
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert "error V01 runs, run 2: " + SEALED in said and "error V02 journal, run 1: " in said
    assert "error V05 journal, run 1: differs when it is run again: " in said
    assert "error V05 run 2: is not run again, nor is a later one" in said


def test_an_error_of_the_program_is_not_taken_for_a_changed_book(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close_up_to(book, "2026-01-31")

    def fail(*_: object, **__: object) -> None:
        raise KeyError("currency")

    monkeypatch.setattr("leancost.costing.backflush.close", fail)
    with pytest.raises(KeyError):
        command("verify", book)


NO_BOOKS = {
    "version 0": (["UPDATE schema_version SET version = 0"], "its schema version is 0, no number from 1 on."),
    "no version": (["UPDATE schema_version SET version = NULL"], "its schema version is None, no number from 1 on."),
    "a version in letters": (
        ["ALTER TABLE schema_version ALTER version TYPE VARCHAR", "UPDATE schema_version SET version = 'abc'"],
        "its schema version is abc, no number from 1 on.",
    ),
    "a revision in letters": (
        ["ALTER TABLE schema_version ALTER revision TYPE VARCHAR"],
        "its column schema_version.revision is VARCHAR, not INTEGER.",
    ),
    "a weight in letters": (
        ["ALTER TABLE items ALTER weight TYPE VARCHAR", "UPDATE items SET weight = 'heavy'"],
        "its column items.weight is VARCHAR, not DECIMAL(18,9).",
    ),
    "an end date in letters": (
        ["ALTER TABLE runs ALTER end_date TYPE VARCHAR"], "its column runs.end_date is VARCHAR, not DATE.",
    ),
    "figures of other decimals": (
        ["ALTER TABLE carried_open_layers ALTER amount TYPE DOUBLE"],
        "its column carried_open_layers.amount is DOUBLE, not DECIMAL(18,3).",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_BOOKS)
def test_a_book_of_other_types_or_no_known_version_is_refused_by_every_command(
    name: str, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    statements, problem = NO_BOOKS[name]
    change(book, *statements)
    before = digest(book)
    capsys.readouterr()
    for words in (
        ["verify", book], ["reverse", book], ["check", book], ["close", book, "--end", "2026-02-28"],
        ["export", book, tmp_path / "copy"], ["import", tmp_path / "folder", book], ["diff", book, "1", "1"],
    ):  # fmt: skip
        assert command(*words) == 1
        message = f"{book} is not a leancost book: {problem} Restore the book from a copy that verifies.\n"
        assert capsys.readouterr().err == message
    assert digest(book) == before


LACKING = [
    *(f"{column} = NULL" for column in ("run", "end_date", "purpose", "summary")),
    "summary = '[' || summary", "summary = '[]'", "purpose = 'reversal'", "start_date = 'infinity'",
]  # fmt: skip


@pytest.mark.parametrize("setting", LACKING)
def test_an_older_book_whose_runs_lack_a_fact_is_refused(
    setting: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = old_book(1, tmp_path)
    change(book, f"UPDATE runs SET {setting} WHERE run = 2")
    for name in ("verify", "reverse"):
        assert command(name, book) == 1
        assert capsys.readouterr().err == (
            f"{book} is not a leancost book: a run has no number, end date, purpose or summary."
            " Restore the book from a copy that verifies.\n"
        )


BUILT_ON = {
    "UPDATE runs SET summary = NULL": "error V01 runs, run 1: " + SEALED,
    "UPDATE runs SET end_date = DATE '2026-01-30'": "error V01 runs, run 1: " + SEALED,
    "UPDATE journal SET posting_date = NULL": "error V02 journal, run 1: is not what the run stored.",
    "UPDATE carried_ledger_opening SET balance = balance + 1":
        "error V02 carried_ledger_opening, run 1: is not what the run stored.",
}  # fmt: skip


@pytest.mark.parametrize("statement", BUILT_ON)
def test_nothing_is_built_on_what_was_changed(
    statement: str, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    change(book, statement)
    before = digest(book)
    commands: list[list[object]] = [
        ["reverse", book], ["close", book, "--end", "2026-01-31"], ["diff", book, "1", "1"],
        ["journal", book, "--end", "2026-01-31", "--out", tmp_path / "out"],
        ["report", book, "--end", "2026-01-31", "--out", tmp_path / "out"],
    ]  # fmt: skip
    if "journal" not in statement:  # nothing of January's journal is handed on
        commands.append(["close", book, "--end", "2026-02-28"])
    if "runs" in statement:
        commands.append(["import", tmp_path / "folder", book])
    capsys.readouterr()
    for words in commands:
        assert command(*words) == 1
        said = capsys.readouterr().err
        assert said == f"{BUILT_ON[statement]} Restore the book from a copy that verifies.\n", words
    assert digest(book) == before and not (tmp_path / "out").exists()


def rehash(connection: Connection, run: int) -> None:
    """What somebody would do who changes a figure and knows how the book is sealed."""
    for kind, name, digest_ in seals.output_hashes(connection, "book", f"run = {run}"):
        connection.execute(
            "UPDATE book.run_hashes SET hash = ? WHERE run = ? AND kind = ? AND name = ?", [digest_, run, kind, name]
        )
    previous = ""
    for stored in runs.all_runs(connection, "book"):
        lines = connection.execute(
            "SELECT kind, name, hash FROM book.run_hashes WHERE run = ?", [stored.run]
        ).fetchall()
        previous = seals.seal(previous, stored.facts, lines)
        connection.execute("UPDATE book.runs SET seal = ? WHERE run = ?", [previous, stored.run])


def test_a_run_is_not_held_against_warnings_that_came_or_changed_since(tmp_path: Path) -> None:
    """The last book was sealed before C71 was thought of; it holds one, but no run of it could say so."""
    assert verify(old_book(3, tmp_path)).findings == ()


def test_a_warning_that_a_run_knew_is_missed_whatever_leancost_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = two_months()
    rows["production_flows"][0]["effective_to"] = "2026-01-02"  # C57
    folder, book = write_folder(rows, tmp_path / "rows"), tmp_path / "book.duckdb"
    assert command("import", folder, book) == command("close", book, "--end", "2026-01-31") == 0
    monkeypatch.setitem(check_codes.SINCE, "C57", check_codes.REVISION + 1)
    assert command("verify", book) == 0
    with storage.attached(book, write=True) as connection:
        assert connection.execute("DELETE FROM book.warnings WHERE code = 'C57' RETURNING 1").fetchall()
        connection.execute("UPDATE book.runs SET summary = replace(summary, '\"0.2.0\"', '\"0.1.0\"')")
        rehash(connection, 1)
    monkeypatch.setitem(check_codes.SINCE, "C57", check_codes.REVISION)
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert "V05 warnings, run 1" in said and "the first that sealed so was 0.2.0" in said


def test_a_figure_changed_together_with_its_hashes_is_found_by_running_again(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_two_months(book)
    change(book, "UPDATE unused_quantities SET quantity = quantity + 1", "UPDATE warnings SET message = 'none'",
           "UPDATE product_receipts SET quantity = quantity + 1 WHERE run = 2")  # fmt: skip
    with storage.attached(book, write=True) as connection:
        rehash(connection, 2)
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert "V01" not in said and "V02 product_receipts" not in said
    assert "error V05 product_receipts, run 2: differs when it is run again: FLOW/BOX/5.000000" in said


@pytest.fixture(scope="module")
def used_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Divided at an eve, with services, kept conversion, a reversal, and rows that were filled after a close."""
    folder = tmp_path_factory.mktemp("used")
    target = folder / "used.duckdb"
    command("import", write_folder(odd_company(), folder / "folder"), target)
    command("close", target, "--end", "2026-01-20")
    command("import", write_folder({"sites": [row("site name", "9", "Elsewhere")]}, folder / "more"), target)
    command("close", target, "--end", "2026-01-31")
    command("reverse", target)
    return target


def cells(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Every table and column that holds something a run read or wrote: table, column, which row."""
    day = "DATE '2026-01-20'"
    for table in inputs():
        visible = [c.name for c in table.columns if not (c.kind == "date" and not c.key)]
        query = visibility.visible_rows(table, day, "book")
        for column in visible:
            found = connection.execute(f"SELECT t.* FROM ({query}) t WHERE t.{column} IS NOT NULL LIMIT 1").fetchone()
            if found:
                keys = dict(zip(table.names, found, strict=True))
                place = " AND ".join(
                    f"{key} IS NOT DISTINCT FROM '{keys[key]}'" for key in table.keys if keys[key] is not None
                )
                yield table.name, column, place
    names = {table.name: list(table.names) for table in outputs()}
    names |= {f"carried_{name}": [c.split()[0] for c in columns.split(", ")] for name, columns in CARRIED.items()}
    names |= {"runs": "start_date end_date purpose summary period_run reverses seal".split(), "run_hashes": ["hash"]}
    for name, columns in names.items():
        for column in columns:
            where = f"rowid = (SELECT min(rowid) FROM book.{name} WHERE {column} IS NOT NULL)"
            if connection.execute(f"SELECT count({column}) FROM book.{name}").fetchone() != (0,):
                yield name, column, where


def other_value(kind: str, column: str) -> str:
    if kind == "BOOLEAN":
        return f"NOT {column}"
    if kind == "DATE":
        return f"{column} - 1"
    return f"{column} || 'x'" if kind == "VARCHAR" else f"{column} + 1"


def test_any_single_changed_cell_is_found(used_book: Path) -> None:
    with storage.snapshot(used_book) as connection:
        stored = runs.all_runs(connection, "book")
        assert not list(changed(connection, stored))
        everything = list(cells(connection))
        assert len(everything) > 200
        chosen = everything if CELLS == 0 else random.Random(date(2026, 1, 1).toordinal()).sample(everything, CELLS)
        for table, column, where in chosen:
            kinds = dict(
                connection.execute(
                    "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'book' AND table_name = ?",
                    [table],
                ).fetchall()
            )
            keep = connection.execute(f"SELECT rowid, {column} FROM book.{table} WHERE {where} LIMIT 1").fetchone()
            assert keep, (table, column)
            connection.execute(
                f"UPDATE book.{table} SET {column} = {other_value(kinds[column], column)} WHERE rowid = {keep[0]}"
            )
            assert list(changed(connection, runs.all_runs(connection, "book"))), (table, column)
            connection.execute(f"UPDATE book.{table} SET {column} = ? WHERE rowid = {keep[0]}", [keep[1]])
        assert not list(changed(connection, stored))


@pytest.mark.parametrize("seed", range(int(os.environ.get("LEANCOST_BOOKS", "200")) // 200))
def test_a_run_depends_on_what_it_could_see_and_on_nothing_else(seed: int, tmp_path: Path) -> None:
    target = tmp_path / "random.duckdb"
    command("import", write_folder(random_book(seed), tmp_path / "folder"), target)
    if command("close", target, "--end", "2026-01-31") == 0:
        assert command("verify", target) == 0


IN_WORDS = {
    """replace(summary, '"variance": "2.00"', '"variance": "0.00"')""": "control_totals variance is 0.00, run again 2.00",
    """replace(summary, '"run": "1"', '"run": "7"')""": "run is 7, run again 1",
    """replace(summary, '"Small"', '"Great"')""": "legal_entity is Great, run again Small",
    """replace(summary, '"closed"', '"audited"')""": "state is audited, run again closed",
    """replace(summary, '"start": null', '"start": "2026-01-02"')""": "start is 2026-01-02, run again None",
    """replace(summary, '"sites": "', '"sites": "x')""": "inputs sites is x",
    """replace(summary, '"after": "0.00", ', '')""": "control_totals after is None, run again 0.00",
}
"""What the summary of a run says, and what is said where it is another."""
RESEALED = {
    "the first day": ("""start_date = DATE '2026-01-02', summary = replace(summary, '"start": null', '"start": "2026-01-02"')""",
                      "start is 2026-01-02, run again None"),
    "a later leancost": ("""summary = replace(summary, '"leancost_version": "', '"leancost_version": "99.')""",
                         "was made by leancost 99."),
    "an earlier leancost": (f"""summary = replace(summary, '"leancost_version": "{__version__}', '"leancost_version": "0.0.9')""",
                            "leancost_version is 0.0.9; the first that sealed so was 0.2.0"),
    "a leancost that sealed otherwise": (f"""summary = replace(summary, '"leancost_version": "{__version__}', '"leancost_version": "0.1.0')""",
                                         "leancost_version is 0.1.0; the first that sealed so was 0.2.0"),
    "no leancost": ("""summary = replace(summary, '"leancost_version": "', '"leancost_version": "v')""",
                    f"leancost_version is v{__version__}, no version"),
    "what it is for": ("purpose = 'eve'", "purpose is eve, run again period"),
}  # fmt: skip


@pytest.mark.parametrize("name", RESEALED)
def test_what_a_report_shows_of_a_run_is_held_against_the_run_done_again(
    name: str, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    setting, expected = RESEALED[name]
    before = facts_of(book)
    change(book, f"UPDATE runs SET {setting} WHERE run = 1")
    assert facts_of(book) != before, "nothing was changed"
    with storage.attached(book, write=True) as connection:
        rehash(connection, 1)
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert "V01" not in said and f"error V05 runs, run 1: {expected}" in said


def test_whatever_a_summary_says_is_held_against_the_run_done_again(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    close_up_to(book, "2026-01-31")
    for words in IN_WORDS:
        before = facts_of(book)
        change(book, f"UPDATE runs SET summary = {words} WHERE run = 1")
        assert facts_of(book) != before, "nothing was changed"
    with storage.attached(book, write=True) as connection:
        rehash(connection, 1)
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert "V01" not in said
    assert [line for line in IN_WORDS.values() if f"error V05 runs, run 1: {line}" not in said] == []


def facts_of(book: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(book), read_only=True) as connection:
        return connection.execute("SELECT start_date, purpose, summary FROM runs").fetchall()


WARNED = {
    "deleted": ("DELETE FROM warnings", "a row is missing"),
    "softened": ("UPDATE warnings SET message = 'all is well'", "W06/FLOW/FLOW/all is well"),
    "added": ("INSERT INTO warnings (run, code, production_flow, subject, message) VALUES (1, 'W99', 'FLOW', 'BOX', 'mine')",
              "W99/FLOW/BOX/mine"),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNED)
def test_a_warning_that_is_changed_and_sealed_again_is_found(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, book = two_months(), tmp_path / "book.duckdb"
    rows["kanban_jobs"] = []  # nothing is received: W06
    assert command("import", write_folder(rows, tmp_path / "folder"), book) == 0
    assert command("close", book, "--end", "2026-01-31") == 0
    statement, expected = WARNED[name]
    change(book, statement)
    with storage.attached(book, write=True) as connection:
        rehash(connection, 1)
    capsys.readouterr()
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert "V02" not in said and f"error V05 warnings, run 1: differs when it is run again: {expected}" in said


def test_a_reversal_that_is_changed_and_sealed_again_is_found(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    assert command("reverse", book) == 0
    change(book, """UPDATE runs SET summary = replace(summary, '"Small"', '"Great"') WHERE run = 2""")
    with storage.attached(book, write=True) as connection:
        rehash(connection, 2)
    capsys.readouterr()
    assert command("verify", book) == 1
    assert "error V05 runs, run 2: legal_entity is Great, run again Small" in capsys.readouterr().err


def test_columns_that_a_run_is_said_not_to_have_had_are_found(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_up_to(book, "2026-01-31")
    change(book, "DELETE FROM run_hashes WHERE name = 'warnings'")
    with storage.attached(book, write=True) as connection:
        rehash(connection, 1)
    capsys.readouterr()
    assert command("verify", book) == 1
    assert "error V01 runs, run 1: does not say that it had warnings.code, as every run has." in capsys.readouterr().err


def test_one_period_can_be_verified_alone(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    close_two_months(book)
    change(book, "UPDATE journal SET debit = debit + 1 WHERE run = 1")
    capsys.readouterr()
    assert command("verify", book, "--run", "2") == 0
    assert "1 run verified: " in capsys.readouterr().out
    assert command("verify", book, "--run", "1") == 1
    assert "error V02 journal, run 1: is not what the run stored." in capsys.readouterr().err
    assert command("verify", book, "--run", "3") == 1
    assert capsys.readouterr().err == f"{book} has no run 3. Runs: 1, 2.\n"
