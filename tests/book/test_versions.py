"""Books outlive versions: a book of every version is read, closed, verified and taken back by this one."""

import ast
import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from leancost.actions import verify
from leancost.book import migration, runs, storage
from leancost.book.migration import SCHEMA_VERSION
from leancost.costing import five_steps
from leancost.costing.rule_files import rule_text
from leancost.costing.workspace import Connection
from leancost.lab import notebooks
from leancost.tables import declaration
from leancost.tables.declaration import Column, Table
from tests.books.older_books import old_book, schema_of
from tests.books.small_book import row
from tests.support.commands import close_up_to, command, digest, write_folder
from tests.support.places import OLD_BOOKS

OLD_VERSIONS = range(1, SCHEMA_VERSION)


def test_a_book_of_every_schema_is_kept_and_small() -> None:
    """Made by the code of its version and never again: tests.books.rich_book made the last one."""
    kept = {path.name: path.stat().st_size for path in OLD_BOOKS.iterdir()}
    assert sorted(kept) == [f"schema_{version}.duckdb.gz" for version in range(1, SCHEMA_VERSION + 1)]
    assert max(kept.values()) < 200_000


def test_the_declaration_of_every_version_is_kept() -> None:
    """Written once when the version is cut, by python -m leancost.book.migration; what has come since may be lacking in it."""
    for version in range(1, SCHEMA_VERSION + 1):
        assert migration.declared(version).items() <= migration.present().items()
    since = migration.present().keys() - migration.declared(SCHEMA_VERSION).keys()
    known = {table for table, _ in migration.declared(SCHEMA_VERSION)}
    required = [
        (table, column)
        for table, column in since
        if table in known and table in declaration.tables() and not declaration.tables()[table].column(column).optional
    ]
    assert not required, "a column that may not be empty needs a new version"


def test_the_declarations_of_the_past_are_what_they_were() -> None:
    with (Path(migration.__file__).parent / "schemas" / "2.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 612 and ["kanban_jobs", "error_quantity", "DECIMAL(18,6)", "events", "", "0"] in rows


@pytest.mark.parametrize("version", OLD_VERSIONS)
def test_reading_an_older_book_leaves_its_bytes(
    version: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = old_book(version, tmp_path)
    before = digest(book)
    assert command("close", book, "--end", "2026-03-31", "--preview") == 0
    assert command("verify", book) == 0
    assert f"{len(OLD_RUNS[version])} runs verified" in capsys.readouterr().out
    assert digest(book) == before
    assert [path.name for path in tmp_path.iterdir()] == ["old.duckdb"]


OLD_RUNS = {
    1: ["before", "eve", "period", "period"],
    2: ["before", "period", "eve", "period", "reversal", "eve", "period", "period"],
}


@pytest.mark.parametrize("version", OLD_VERSIONS)
def test_an_older_book_is_migrated_by_the_first_command_that_writes(version: int, tmp_path: Path) -> None:
    book = old_book(version, tmp_path)
    assert command("reverse", book) == 0
    with storage.snapshot(book) as connection:
        stored = runs.all_runs(connection, "book")
        assert [run.purpose for run in stored] == [*OLD_RUNS[version], "reversal"]
        assert not list(verify.changed(connection, stored))
    fresh = tmp_path / "fresh.duckdb"
    storage.create(fresh)
    assert schema_of(book) == schema_of(fresh)
    copy = tmp_path / f"old.schema-{version}.duckdb"
    assert schema_of(copy) == schema_of(old_book(version, tmp_path))
    with duckdb.connect(str(copy), read_only=True) as connection:
        connection.execute(f"ATTACH '{book}' AS migrated (READ_ONLY)")
        for table in ("journal", "carried_open_layers", "item_prices"):
            differing = f"FROM {table} EXCEPT FROM migrated.{table}"
            assert connection.execute(f"SELECT count(*) FROM ({differing})").fetchone() == (0,)


def test_runs_of_an_older_version_keep_what_it_sealed(tmp_path: Path) -> None:
    book = old_book(2, tmp_path)
    query = "FROM run_hashes WHERE run <= 8 ORDER BY ALL"
    with duckdb.connect(str(book), read_only=True) as connection:
        sealed = connection.execute("SELECT run, seal FROM runs WHERE run <= 8 ORDER BY 1").fetchall()
        hashes = connection.execute(query).fetchall()
    assert command("close", book, "--end", "2026-03-31") == 0
    with duckdb.connect(str(book), read_only=True) as connection:
        assert connection.execute("SELECT run, seal FROM runs WHERE run <= 8 ORDER BY 1").fetchall() == sealed
        assert connection.execute(query).fetchall() == hashes
        kinds = connection.execute("SELECT DISTINCT kind FROM run_hashes WHERE run = 9 ORDER BY 1").fetchall()
    assert [kind for (kind,) in kinds] == [
        "carried", "carried columns", "input", "input columns", "output", "output columns", "version", "warnings",
    ]  # fmt: skip
    assert command("verify", book) == 0


EVERY_VERSION = range(1, SCHEMA_VERSION + 1) if "LEANCOST_BOOKS" in os.environ else [1]


def walked(notebook: str, parameters: dict[str, str]) -> str:
    """All that the shipped notebook shows, cell by cell, without the kernel that a report would start."""
    cells = json.loads((notebooks.shipped("notebooks") / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    shown = []
    for cell in (cell for cell in cells if cell["cell_type"] == "code"):
        *statements, last = ast.parse("".join(cell["source"])).body
        exec(compile(ast.Module(statements, []), notebook, "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), notebook, "eval"), names)
            shown.append(value._repr_mimebundle_()["text/plain"] if value is not None else "")
        else:
            exec(compile(ast.Module([last], []), notebook, "exec"), names)
        names |= parameters if "parameters" in cell["metadata"].get("tags", ()) else {}
    return "\n".join(shown)


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize("end", ["2026-01-31", "2026-02-28"] if "LEANCOST_BOOKS" in os.environ else ["2026-02-28"])
def test_the_notebooks_show_a_closed_period_of_every_version_whatever_refuses_its_calculation(
    version: int, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = old_book(version, tmp_path)
    before = digest(book)
    monkeypatch.setenv("LEANCOST_HEADLESS", "1")
    monkeypatch.setattr("leancost.views.widgets.show", lambda *_: None)
    parameters = {"book": str(book), "period_start": "", "period_end": end}
    shown = {name: walked(name, parameters) for name in notebooks.NOTEBOOKS}
    refusal = "error item_prices: FOOT, needed by CRATE, has no cost price at site 2 on 2026-"
    assert shown["02_bom_cost_calculation"].count(refusal) == 2, "where the costs would stand, and among the messages"
    assert "No basis was calculated: there is nothing to compare." in shown["02_bom_cost_calculation"]
    assert "–" not in shown["02_bom_cost_calculation"], "no figure stands for one that was not calculated"
    with duckdb.connect(str(book), read_only=True) as connection:
        summary = connection.execute(
            "SELECT summary FROM runs WHERE end_date = ? AND purpose = 'period' ORDER BY run DESC", [end]
        ).fetchone()
    assert summary and digest(book) == before
    variance = json.loads(summary[0])["control_totals"]["variance"]
    assert f"{abs(float(variance)):,.2f}" in shown["04_variance_analysis"]


@pytest.mark.long
@pytest.mark.skipif("LEANCOST_BOOKS" not in os.environ, reason="runs kernels: make test-long")
@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_report_of_a_closed_period_of_every_version_is_written(version: int, tmp_path: Path) -> None:
    book = old_book(version, tmp_path)
    before = digest(book)
    assert command("report", book, "--end", "2026-02-28", "--out", tmp_path / "report") == 0
    page = (tmp_path / "report" / "report.html").read_text()
    assert "FOOT, needed by CRATE, has no cost price at site 2 on 2026-02-01" in page
    assert "PREVIEW" not in page.split("<body>")[1].split("<script")[0] and digest(book) == before


CHANGED_IN_AN_OLDER_RUN = {
    "what they read and wrote": {
        "UPDATE journal SET debit = debit + 1 WHERE run = 2": "error V02 journal, run 2: is not what the run stored.",
        "UPDATE items SET weight = weight + 1 WHERE item = 'CRATE'": "error V03 items, run 1: is not what the run up to",
        "UPDATE carried_open_layers SET unit_cost = unit_cost + 1 WHERE run = 4":
            "error V02 carried_open_layers, run 4: is not what the run stored.",
    },
    "a seal": {"UPDATE runs SET seal = 'x' WHERE run = 3": "error V01 runs, run 3: is not what was sealed"},
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED_IN_AN_OLDER_RUN)
def test_what_is_changed_in_a_run_of_an_older_version_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = old_book(2, tmp_path)
    with duckdb.connect(str(book)) as connection:
        for statement in CHANGED_IN_AN_OLDER_RUN[name]:
            connection.execute(statement)
    assert command("verify", book) == 1
    said = capsys.readouterr().err
    assert [line for line in CHANGED_IN_AN_OLDER_RUN[name].values() if line not in said] == []


def test_a_copy_beside_an_older_book_is_never_replaced(tmp_path: Path) -> None:
    book = old_book(1, tmp_path)
    (tmp_path / "old.schema-1.duckdb").write_text("mine")
    assert command("reverse", book) == 0
    assert (tmp_path / "old.schema-1.duckdb").read_text() == "mine"
    assert (tmp_path / "old.schema-1-2.duckdb").exists()


def test_a_newer_book_is_refused_politely(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(book)) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    before = digest(book)
    capsys.readouterr()
    for words in (["close", book, "--end", "2026-01-31"], ["check", book], ["verify", book], ["reverse", book]):
        assert command(*words) == 1
        assert capsys.readouterr().err == (
            f"{book} was written by a newer leancost (schema 99; this one knows {SCHEMA_VERSION})."
            " Update leancost; the book was not touched.\n"
        )
    assert digest(book) == before


def column(name: str, kind: str = "text", *, key: bool = False) -> Column:
    return Column(name, kind, key, not key, "", "", (), "", "", "Came since.")


@pytest.fixture
def later_leancost(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A leancost of the same version that knows an input column, an input table, an output column and an output table."""
    known = declaration.tables()
    for name, added in (("production_flows", column("leader")), ("kanbans", column("seen_date", "date")),
                        ("product_receipts", column("remark"))):  # fmt: skip
        monkeypatch.setitem(known, name, replace(known[name], columns=(*known[name].columns, added)))
    machines = Table("machines", "setup", "Came since.", (column("machine", key=True), column("bought_date", "date")))
    notes = Table("flow_notes", "output", "Came since.", (column("production_flow", key=True), column("note")))
    monkeypatch.setitem(known, "machines", machines)
    monkeypatch.setitem(known, "flow_notes", notes)

    def text_with_remark(rule: str) -> str:
        text = rule_text(rule)
        return f"SELECT *, 'looked at' AS remark FROM ({text})" if rule == "backflush/product_receipts" else text

    require_identities = five_steps._require_identities

    def with_notes(connection: Connection) -> None:
        require_identities(connection)
        connection.execute(
            "CREATE OR REPLACE TABLE flow_notes AS SELECT production_flow, 'by ' || leader AS note FROM production_flows"
        )

    monkeypatch.setattr("leancost.costing.workspace.rule_text", text_with_remark)
    monkeypatch.setattr("leancost.costing.five_steps._require_identities", with_notes)
    yield
    monkeypatch.undo()


@pytest.fixture
def small(book: Path) -> Path:
    """A small book of the present version, closed to February by a leancost that knows of nothing later."""
    close_up_to(book, "2026-01-31")
    close_up_to(book, "2026-02-28")
    return book


SINCE = {
    "production_flows": [
        row("production_flow name site production_group leader", "FLOW", "Boxes", "1", "PG", "Ann")
    ],
    "machines": [row("machine bought_date", "PRESS", "2025-05-05"), row("machine bought_date", "SAW", "2027-01-01")],
}  # fmt: skip


@pytest.mark.parametrize("version", [0, *EVERY_VERSION] if "LEANCOST_BOOKS" in os.environ else [0])
def test_a_column_and_a_table_that_came_since_need_no_version(
    version: int, small: Path, tmp_path: Path, later_leancost: None, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    book = old_book(version, tmp_path) if version else small
    last = len(OLD_RUNS.get(version, OLD_RUNS[2])) if version else 2
    before = digest(book)
    for words in (["verify", book], ["runs", book], ["check", book], ["diff", book, last - 1, last],
                  ["journal", book, "--run", "2", "--out", tmp_path / "journal"],
                  ["explain", book, "--end", "2026-01-31", "--flow", "FLOW"]):  # fmt: skip
        assert command(*words) in ((0, 1) if words[0] == "check" else (0,)), words
    assert digest(book) == before
    assert command("import", write_folder(SINCE, tmp_path / "since"), book) == 0
    assert command("close", book, "--end", "2026-03-31", "--out", tmp_path / "march") == 0
    assert "note\n" in (tmp_path / "march" / "flow_notes.csv").read_text()
    capsys.readouterr()
    assert command("diff", book, last, last + 1, "--rows") == 0
    said = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert not [line for line in said if line["table"] == "flow_notes" or line["column"] == "remark"]
    assert [line["key"] for line in said if line["table"] == "machines"] == ["PRESS", "SAW"]
    assert command("reverse", book) == 0
    assert command("reverse", book) == 0
    assert command("close", book, "--end", "2026-02-28") == 0
    assert command("verify", book) == 0
    with duckdb.connect(str(book), read_only=True) as connection:
        found = connection.execute("SELECT DISTINCT run, note FROM flow_notes WHERE note > '' ORDER BY 1").fetchall()
        assert found == [(last + 1, "by Ann"), (last + 4, "by Ann")]
    assert command("export", book, tmp_path / "exported") == 0
    assert "leader" in (tmp_path / "exported" / "setup" / "production_flows.csv").read_text().splitlines()[0]
    assert "SAW,2027-01-01" in (tmp_path / "exported" / "setup" / "machines.csv").read_text()
    with duckdb.connect(str(book)) as connection:  # what a run did not have holds nothing of it
        connection.execute(f"UPDATE product_receipts SET remark = 'mine' WHERE run < {last}")
        connection.execute(f"INSERT INTO flow_notes VALUES ({last}, 'FLOW', 'mine')")
    assert command("verify", book) == 1
    said_of = capsys.readouterr().err
    assert "error V02 product_receipts, run " in said_of
    assert f"error V02 flow_notes, run {last}: is not what the run stored." in said_of


def test_what_only_a_later_leancost_knows_is_not_passed_over(
    book: Path, tmp_path: Path, later_leancost: None, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    more = {"sites": [row("site name", "2", "Elsewhere")]}
    assert command("import", write_folder(more, tmp_path / "more"), book) == 0
    empty, closed = tmp_path / "empty.duckdb", tmp_path / "closed.duckdb"
    shutil.copyfile(book, empty)
    shutil.copyfile(book, closed)
    assert command("close", closed, "--end", "2026-01-31") == 0
    assert command("import", write_folder({"machines": SINCE["machines"]}, tmp_path / "since"), book) == 0
    monkeypatch.undo()
    before = digest(book)
    capsys.readouterr()
    for words in (["close", book, "--end", "2026-02-28"], ["check", book], ["verify", book], ["reverse", book]):
        assert command(*words) == 1
        assert capsys.readouterr().err == (
            f"{book} was written by a newer leancost (it holds machines.bought_date, which this one does not know)."
            " Update leancost; the book was not touched.\n"
        ).replace("machines.bought_date", "machines")
    assert digest(book) == before
    assert command("close", empty, "--end", "2026-01-31") == 0, "what is empty harms nobody"
    assert command("verify", empty) == 0
    capsys.readouterr()
    assert command("check", closed) == 1
    assert "(it holds product_receipts.remark, which this one does not know)" in capsys.readouterr().err
    with duckdb.connect(str(closed)) as connection:
        connection.execute("UPDATE product_receipts SET remark = NULL")
    assert command("check", closed) == 1
    assert (
        "error V01 runs, run 1: has production_flows.leader, which this leancost does not know. Update leancost.\n"
        in capsys.readouterr().out
    )
