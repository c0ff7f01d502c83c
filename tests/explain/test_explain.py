"""Explain this figure: from every figure of the worked examples to its rows, and up again to the cent."""

import csv
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from leancost.actions import close, merge
from leancost.cli.commands import main
from leancost.errors import LeancostError
from leancost.explain import flow, standard_cost
from leancost.explain.explanation import Explanation
from leancost.explain.terms import Term, rounded
from leancost.explain.wip import Resource
from leancost.explain.workings import Workings, runs_of
from leancost.report.safe_html import safe_html
from leancost.tables.declaration import tables
from leancost.tables.source_rows import SourceRow
from leancost.views.results import read_period
from tests.books.small_book import small_book
from tests.support.commands import write_folder
from tests.support.places import EXAMPLES
from tests.support.rows import Book, Rows, read_csv

PERIODS = [
    ("worked_example/clear", "worked_example/expected/clear", "2026-01", "2026-01-31", None),
    ("worked_example/clear", "worked_example/expected/clear", "2026-02", "2026-02-28", "2026-02-01"),
    ("worked_example/retain", "worked_example/expected/retain", "2026-01", "2026-01-31", None),
    ("worked_example/retain", "worked_example/expected/retain", "2026-02", "2026-02-28", "2026-02-01"),
    ("edge_cases", "edge_cases/expected", "2026-03", "2026-03-31", None),
    ("edge_cases", "edge_cases/expected", "2026-04", "2026-04-30", "2026-04-01"),
]
CLEAR = EXAMPLES / "worked_example" / "clear"
LATER = date(2026, 12, 31)
JANUARY = date(2026, 1, 31)
OF_RESOURCE = ("production_flow", "resource_type", "resource", "cost_group")


@pytest.fixture(scope="module")
def january(examples: Path) -> Iterator[Workings]:
    """The workings of January under clear; what is explained of them is read only."""
    with runs_of(CLEAR, end=JANUARY) as runs:
        yield next(runs)


class Rebuilt:
    """Adds terms up again from the cells of the input files, by another reading of their formulas."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.values: dict[int, Fraction] = {}
        self.kept: list[Term] = []
        self.cells = 0

    def value(self, term: Term) -> Fraction:
        if id(term) not in self.values:
            self.values[id(term)] = self._value(term)
            self.kept.append(term)
        return self.values[id(term)]

    def _value(self, term: Term) -> Fraction:
        for row in term.rows:
            assert file_row(self.source, row), row
        if not term.formula:
            assert not term.parts
            assert term.rows or term.note, f"{term.title} leads nowhere"
            return self._leaf(term)
        parts = [self.value(part) for part in term.parts]
        if term.formula == "sum":
            result = sum(parts, Fraction(0))
        else:
            names = {part.name: value for part, value in zip(term.parts, parts, strict=True)}
            digits = term.digits if term.digits is not None else 2
            functions = {"rounded": lambda x: rounded(x, digits), "least": min, "greatest": max}
            python = term.formula.replace("−", "-").replace("×", "*").replace("÷", "/")
            result = Fraction(eval(python, {"__builtins__": {}}, {**names, **functions}))
        return result if term.digits is None else rounded(result, term.digits)

    def _leaf(self, term: Term) -> Fraction:
        if not term.rows or not term.rows[0].column:
            return Fraction(term.value)
        self.cells += 1
        row = term.rows[0]
        cell = file_row(self.source, row).get(row.column, "")
        default = tables()[row.table].column(row.column).default or "0"
        return Fraction(cell or default)


@cache
def file_lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def file_row(source: Path, row: SourceRow) -> dict[str, str]:
    """The row of the input file at the row number given; its key must be the one named."""
    table = tables()[row.table]
    lines = file_lines(source / table.group / f"{row.table}.csv")
    assert row.row is not None, row
    found = dict(zip(lines[0], lines[row.row - 1], strict=True))
    assert tuple(found.get(name, "") for name in table.keys) == row.key
    return found


def last_run(source: Path, end: str, start: str | None) -> Iterator[Workings]:
    day = date.fromisoformat(start) if start else None
    with runs_of(source, end=date.fromisoformat(end), start=day) as runs:
        yield from runs


def figures(row: dict[str, str], names: list[str]) -> dict[str, Fraction]:
    return {name: Fraction(row[name] or "0") for name in names}


@pytest.mark.parametrize(("source", "expected", "month", "end", "start"), PERIODS)
def test_every_figure_leads_to_its_rows_and_up_again(
    examples: Path, source: str, expected: str, month: str, end: str, start: str | None
) -> None:
    folder = examples / expected / month
    rebuilt = Rebuilt(examples / source)
    for workings in last_run(examples / source, end, start):

        @cache
        def of(resource: Resource, workings: Workings = workings) -> Explanation:
            return Explanation("", flow.resource_terms(workings, resource))

        for row in read_csv(folder / "wip_balances.csv"):
            explanation = of(Resource(*(row[name] for name in OF_RESOURCE)))
            names = ["opening", "inputs", "outputs", "revaluation", "before", "variance", "after"]
            for name, value in figures(row, names).items():
                assert rebuilt.value(explanation.figure(name)) == value, (row, name)
        for row in read_csv(folder / "variances.csv"):
            explanation = of(Resource(*(row[name] for name in OF_RESOURCE)))
            assert rebuilt.value(explanation.figure(row["variance_type"])) == Fraction(row["amount"]), row
        for row in read_csv(folder / "realized_usage.csv"):
            explanation = of(Resource(*(row[name] for name in OF_RESOURCE)))
            names = ["realized_quantity", "realized_amount", "allowed_quantity", "allowed_amount", "timing_amount"]
            for name, value in figures(row, names).items():
                if value or name != "timing_amount":
                    assert rebuilt.value(explanation.figure(name)) == value, (row, name)
        check_quantities(workings, rebuilt, read_csv(folder / "net_realized_usage.csv"))
        check_layers(workings, rebuilt, read_csv(folder / "settlements.csv"))
        for row in read_csv(folder / "product_receipts.csv"):
            quantity, amount = flow.product_terms(workings, row["production_flow"], row["item"])
            assert rebuilt.value(quantity) == Fraction(row["quantity"])
            assert rebuilt.value(amount) == Fraction(row["amount"])
    assert rebuilt.cells > 20


def check_quantities(workings: Workings, rebuilt: Rebuilt, rows: Rows) -> None:
    for row in rows:
        terms = flow.usage_terms(workings, row["production_flow"], row["resource_type"], row["resource"])
        by_name = {term.name: term for term in terms}
        for name in ("opening", "issued", "returned", "unused", "capped"):
            value = Fraction(row[f"{name}_quantity"] or "0")
            if value or name != "capped":
                assert rebuilt.value(by_name[f"{name}_quantity"]) == value, (row, name)
        assert rebuilt.value(by_name["net_realized_quantity"]) == Fraction(row["realized_quantity"])


def check_layers(workings: Workings, rebuilt: Rebuilt, rows: Rows) -> None:
    names = ("settled_quantity", "settled_amount", "quantity", "amount", "open_quantity", "open_amount")
    for key in sorted({(row["production_flow"], row["item"], row["cost_group"]) for row in rows}):
        terms = flow.settled_terms(workings, key[0], "item", *key[1:])
        for row in rows:
            if (row["production_flow"], row["item"], row["cost_group"]) == key:
                of_layer = [term for term in terms if term.label.endswith(f" {row['transaction']}")]
                found = {part.name: part for term in of_layer for part in (term, *term.parts)}
                for name, value in figures(row, list(names)).items():
                    assert rebuilt.value(found[name]) == value, (row, name)


@pytest.mark.parametrize(
    ("source", "expected", "day", "basis"),
    [
        (
            "worked_example/clear",
            "worked_example/expected/standard_cost/production_flow",
            "2026-01-01",
            "production_flow",
        ),
        ("worked_example/clear", "worked_example/expected/standard_cost/route", "2026-01-01", "route"),
        ("edge_cases", "edge_cases/expected/standard_cost/production_flow", "2025-12-31", "production_flow"),
    ],
)
def test_every_standard_cost_leads_to_its_rows(
    examples: Path, source: str, expected: str, day: str, basis: str
) -> None:
    rebuilt = Rebuilt(examples / source)
    breakdown = read_csv(examples / expected / "standard_cost_breakdown.csv")
    with standard_cost.calculated(examples / source, calculation_date=date.fromisoformat(day), basis=basis) as workings:
        for row in read_csv(examples / expected / "standard_costs.csv"):
            unit_cost = standard_cost.explain_item(workings, row["item"]).figure("unit_cost")
            assert rebuilt.value(unit_cost) == Fraction(row["unit_cost"])
            lines = {term.label: term for term in unit_cost.parts}
            own = [line for line in breakdown if (line["item"], line["site"]) == (row["item"], row["site"])]
            assert len(lines) == len(own)
            for line in own:
                kind = line["resource_type"].replace("_", " ")
                term = lines[f"{kind} {line['resource']} in {line['cost_group']}"]
                parts = {part.name: part for part in (term, *term.parts)}
                for name, value in figures(line, ["quantity", "unit_price", "charge", "cost"]).items():
                    assert rebuilt.value(parts[name]) == value, (line, name)


def test_the_quantity_variance_as_the_user_sees_it(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLEAR), "--end", "2026-01-31", "--flow", "PF1", "--resource", "M1"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "production flow PF1, M1, 2026-01-01 to 2026-01-31 (preview): item M1 in MET\n\n"
        "variance = before 216.00 − after 160.00 = 56.00 [backflush/step_4_wip_balances]\n"
        "  before = opening 120.00 + inputs 480.00 + outputs (384.00) + revaluation 0.00 = 216.00\n"
        "    opening = 120.00 [backflush/wip_figures]\n"
        "      amount 120.00 · opening_wip row 2 (PF1/item/M1/MET/2025-12-31), amount\n"
    )
    assert "  quantity = (RQ 220 − excess 0 − AQ 192) × p 2.00 = 56.00\n" in text
    assert "    RQ, realized quantity = opening 60 + issued 240 − returned 0 − unused 80 = 220\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_what_is_kept_of_overhead_as_the_user_sees_it(january: Workings) -> None:
    text = flow.explain_run(january, "PF1", resource="IND-MAT").text()
    assert (
        "  after = sum of 2 = 20.50 [backflush/kept_indirect_lines]\n"
        "    on M1 = base 160.00 × rate 0.10 = 16.00\n"
        "      base = 160.00 [explain/kept_bases]\n"
    ) in text
    assert "    on M2 = base 45.00 × rate 0.10 = 4.50\n" in text


def test_a_standard_cost_as_the_user_sees_it(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLEAR), "--item", "FG1", "--date", "2026-01-01"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "standard cost of FG1 at site 1 by production flow on 2026-01-01, version STD, lot 10\n\n"
        "unit cost = sum of 8 = 12.45 [calculation/standard_costs]\n"
    )
    assert "  cost category CC-STAMP in LABST = quantity 0.1 × unit price 30.00 + charge 0.00 = 3.00\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_flow_is_the_sum_of_its_resources(january: Workings) -> None:
    explanation = flow.explain_run(january, "PF1")
    assert explanation.figure("variance").value == Decimal("134.90")
    assert explanation.figure("before").value == Decimal("390.40")
    text = explanation.text()
    assert "variance = before 390.40 − after 255.50 = 134.90" in text
    assert "item M1 in MET 56.00" in text
    of_group = flow.explain_run(january, "PF1", "OHM")
    assert of_group.figure("variance").value == Decimal("5.30")


def test_a_product_is_explained_by_its_receipts(january: Workings) -> None:
    explanation = flow.explain_run(january, "PF1", resource="FG1")
    assert explanation.figure("received_quantity").value == 96
    assert explanation.figure("received_amount").value == Decimal("1195.20")


def test_a_workbook_names_the_rows_as_excel_shows_them(examples: Path, tmp_path: Path) -> None:
    target = tmp_path / "book.xlsx"
    assert main(["export", str(CLEAR), str(target)]) == 0
    explanation = flow.explain(target, end=JANUARY, flow="PF1", resource="M3")
    rows = {str(row) for term in explanation.figure("inputs").walk() for row in term.rows}
    lines = [line for line in read_csv(CLEAR / "events" / "picking_lines.csv")]
    keys = sorted(line["picking_line"] for line in lines)
    assert f"picking_lines row {keys.index('PL-005') + 3} (PL-005), quantity" in rows  # header and units above


def test_a_closed_book_is_explained_from_its_stored_run(examples: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.duckdb"
    merge.import_source(CLEAR, book)
    for end in (JANUARY, date(2026, 2, 28)):
        close.close_period(book, end=end, frames=False, today=LATER)
    for end, variance in ((JANUARY, "42.00"), (date(2026, 2, 28), "-60.00")):
        explanation = flow.explain(book, end=end, flow="PF1", resource="CC-STAMP")
        assert "(closed)" in explanation.title
        assert explanation.figure("variance").value == Decimal(variance)
        assert ("· kanban_jobs S1-003-A10, good_quantity" in explanation.text()) == (end == JANUARY)
    both = flow.explain(book, end=date(2026, 2, 28), start=date(2026, 1, 1), flow="PF1", resource="CC-STAMP")
    assert [inner.figure("variance").value for inner in both.inner] == [Decimal("42.00"), Decimal("-60.00")]


def test_a_divided_period_is_explained_run_by_run(examples: Path, tmp_path: Path) -> None:
    source = tmp_path / "book"
    shutil.copytree(CLEAR, source)
    with (source / "setup" / "item_prices.csv").open("a") as file:
        file.write("STD,M1,1,2026-01-15,2.10,active\n")
    assert file_lines(source / "setup" / "item_prices.csv")[0][:3] == ["costing_version", "item", "site"]
    explanation = flow.explain(source, end=JANUARY, flow="PF1", resource="M1")
    assert [inner.title.partition("PF1, M1, ")[2] for inner in explanation.inner] == [
        "2026-01-01 to 2026-01-14 (preview): item M1 in MET",
        "2026-01-15 to 2026-01-31 (preview): item M1 in MET",
    ]
    first, last = explanation.inner
    assert first.figure("after").value == last.figure("opening").value
    # what the eve left open, revalued by 0.10 a piece
    quantity = Fraction(last.figure("opening_quantity").value)
    assert quantity > 0
    assert Rebuilt(source).value(last.figure("revaluation")) == quantity / 10
    assert Rebuilt(source).value(last.figure("after")) == 80 * Fraction("2.10")


def test_a_stored_figure_that_the_tables_do_not_give_is_said(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import duckdb

    book = tmp_path / "book.duckdb"
    merge.import_source(CLEAR, book)
    close.close_period(book, end=JANUARY, frames=False, today=LATER)
    with duckdb.connect(str(book)) as connection:
        connection.execute("UPDATE variances SET amount = amount + 1 WHERE resource = 'M1'")
    assert main(["explain", str(book), "--end", "2026-01-31", "--flow", "PF1", "--resource", "M1"]) == 1
    assert capsys.readouterr().err == (
        "The closed run up to 2026-01-31 cannot be explained: computed again from the tables of the book, variances"
        " differs from what is stored in 2 rows. Look for a change that did not go through leancost.\n"
    )


def test_a_flow_that_does_not_exist_is_said_in_one_line(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLEAR), "--end", "2026-01-31", "--flow", "PF9"]) == 1
    assert capsys.readouterr().err == "Production flow PF9 does not exist. Known: PF1.\n"


def test_a_resource_that_does_not_exist_is_said_in_one_line(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLEAR), "--end", "2026-01-31", "--flow", "PF1", "--resource", "M9"]) == 1
    assert capsys.readouterr().err == (
        "Resource M9 has no figure in production flow PF1. Known: CC-ASSY, CC-STAMP, FG1, IND-LAB, IND-MAT, M1, M2, M3,"
        " SV1.\n"
    )


@pytest.mark.parametrize(
    ("cost_group", "resource", "message"),
    [
        (
            "X",
            "",
            "Cost group X has no figure in production flow PF1. Known: CHEM, LABAS, LABST, MET, OHL, OHM, OUT, PACK.",
        ),
        ("MET", "M2", "Resource M2 has no figure in production flow PF1 in MET. Known: M1."),
        ("MET", "FG1", "Resource FG1 has no figure in production flow PF1 in MET. Known: M1."),
    ],
)
def test_a_cost_group_that_holds_nothing_is_said(
    january: Workings, cost_group: str, resource: str, message: str
) -> None:
    with pytest.raises(LeancostError) as problem:
        flow.explain_run(january, "PF1", cost_group, resource)
    assert problem.value.lines == (message,)


def test_an_item_that_is_not_calculated_is_said(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLEAR), "--item", "M9", "--date", "2026-01-01"]) == 1
    assert capsys.readouterr().err == "Item M9 is not calculated by production_flow. Known: FG1, S1.\n"


def test_the_standard_of_a_bought_item_leads_to_its_record(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLEAR), "--item", "M1", "--date", "2026-01-01"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("standard cost of M1 at site 1 on 2026-01-01: not calculated by production flow")
    assert "unit cost 2.00 · item_prices row 4 (STD/M1/1/2025-01-01), unit_cost" in said


def test_a_figure_without_flow_or_item_is_wrong_usage(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLEAR), "--end", "2026-01-31"]) == 2
    assert capsys.readouterr().err == (
        "leancost explain: name --flow and --end, or --item and --date for a standard cost\n"
    )


def test_a_tampered_figure_is_noticed(january: Workings) -> None:
    explanation = flow.explain_run(january, "PF1", resource="M1")
    wrong = replace(explanation.terms[0], value=Decimal("56.01"))
    with pytest.raises(LeancostError) as problem:
        Explanation("M1", (wrong,))
    assert str(problem.value) == (
        "variance is 56.01, but its parts give 56: variance = before 216.00 − after 160.00 = 56.01."
        " The figure does not follow from what it is made of."
    )


def test_a_figure_that_is_not_the_one_in_the_tables_is_noticed(examples: Path) -> None:
    with runs_of(CLEAR, end=JANUARY) as runs:
        workings = next(runs)
        workings.connection.execute("UPDATE wip_balances SET after = 160.01 WHERE resource = 'M1'")
        with pytest.raises(LeancostError, match=r"after of item M1 in MET is 160.010 in wip_balances, .* give 160"):
            flow.explain_run(workings, "PF1", resource="M1")


def test_what_notebooks_show_is_escaped_lists_that_open() -> None:
    leaf = Term("cost", Decimal("1.5"), "price", rows=(SourceRow("items", ("<b>",), 2, "unit"),))
    term = Term("unit_cost", Decimal("1.5"), "price", "sum", None, "standard_cost/x", (leaf,), label="<script>")
    shown = Explanation("a & b", (term,))._repr_mimebundle_()
    assert shown["text/plain"] == ("a & b\n\n<script> = 1.50 [standard_cost/x]\n  cost 1.50 · items row 2 (<b>), unit")
    assert shown["text/html"] == (
        '<div class="leancost"><p><strong>a &amp; b</strong></p><ul><li><details><summary>&lt;script&gt; = 1.50'
        " <code>standard_cost/x</code></summary><ul><li>cost 1.50 · items row 2 (&lt;b&gt;), unit</li></ul></details>"
        "</li></ul></div>"
    )
    assert "<ul><li>cost 1.50" in safe_html(shown["text/html"])


def test_a_run_explains_its_figures(examples: Path) -> None:
    run = read_period(CLEAR, end=date(2026, 2, 28), start=date(2026, 2, 1))
    explanation = run.explain(flow="PF1", resource="CC-STAMP")
    assert explanation.figure("variance").value == Decimal("-60.00")
    assert explanation.figure("timing_amount").value == Decimal("-60.00")


def nested(levels: int, *, twice: bool = False) -> Book:
    """BOX of one SHEET and a phantom, that of one SHEET and a phantom, and so on; `twice`: of two phantoms each."""
    rows = small_book()
    line = {**rows["bom_lines"][0], "quantity": "1"}
    rows["bom_lines"] = [{**line, "line_type": ""}]
    parent = rows["boms"][0]["bom"]
    for number in range(levels):
        phantom = f"PH{number:03}"
        rows["items"].append({**rows["items"][1], "item": phantom})
        rows["boms"].append({**rows["boms"][0], "bom": f"B-{phantom}", "item": phantom})
        for place in ("2", "3") if twice else ("2",):
            rows["bom_lines"].append(
                {**line, "bom": parent, "line": place, "component": phantom, "line_type": "phantom"}
            )
        parent = f"B-{phantom}"
        rows["bom_lines"].append({**line, "bom": parent, "line": "1", "line_type": ""})
    return rows


def of_sheets(explanation: Explanation) -> Decimal:
    (cost,) = [part for part in explanation.figure("unit_cost").parts if part.title == "item SHEET in MAT"]
    return cost.value


def test_phantoms_nested_five_hundred_deep_are_explained(tmp_path: Path) -> None:
    levels = 500 if "LEANCOST_BOOKS" in os.environ else 220  # Python gives up at about 150 where each calls the next
    folder = write_folder(nested(levels), tmp_path / "deep")
    explanation = standard_cost.explain_cost(folder, item="BOX", calculation_date=date(2026, 1, 1))
    assert of_sheets(explanation) == 2 * Decimal(levels + 1)
    text = explanation.text()
    assert text.count("out of PH") == levels and f"BOM B-PH{levels - 1:03} line 1" in text
    assert explanation.html().count("<details>") == explanation.html().count("</details>") > levels


def test_a_phantom_that_stands_in_many_places_is_taken_apart_once(tmp_path: Path) -> None:
    folder = write_folder(nested(20, twice=True), tmp_path / "wide")  # two to the twentieth ways down
    explanation = standard_cost.explain_cost(folder, item="BOX", calculation_date=date(2026, 1, 1))
    assert of_sheets(explanation) == 2 * (2**21 - 1)
    assert len(explanation.text().splitlines()) < 2_000
    with pytest.raises(KeyError):
        explanation.figure("nothing")
