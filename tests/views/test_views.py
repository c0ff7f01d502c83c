"""A period as people read it: sums, sentences, charts and stored runs, on the worked example and small books."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas
import pytest

from leancost.cli import commands
from leancost.errors import LeancostError
from leancost.views import charts, comparison, ledger
from leancost.views import figures as views
from leancost.views.display import Chart, Sentences, Table
from leancost.views.results import PeriodResult, read_period
from leancost.views.setup import INDENT, NOT_SHOWN, costing_sheet, priced_sheet, priced_sheets, read_setup
from tests.books.shop import Shop
from tests.books.small_book import PRICE, row
from tests.books.two_months import two_months
from tests.support.commands import close_up_to, write_folder

JANUARY = date(2026, 1, 31)


@pytest.fixture(scope="module")
def january(examples: Path) -> PeriodResult:
    return read_period(examples / "worked_example" / "clear", end=JANUARY)


def figures(frame: pandas.DataFrame) -> dict[str, str]:
    """First column to last column, by value."""
    return {str(line[0]): f"{line[-1].normalize():f}" for line in frame.itertuples(index=False)}


def test_the_glance_shows_wip_and_what_retain_would_keep(january: PeriodResult) -> None:
    assert figures(views.glance(january)) == {
        "WIP at the start": "158",
        "Inputs at standard": "1427.6",
        "Products received at standard": "-1195.2",
        "WIP before backflush costing": "390.4",
        "Variance (positive is unfavourable)": "134.9",
        "WIP at the end": "255.5",
        views.CONVERSION_IN_WIP: "72",  # 20 half-made S1: 2.0 h x 30.00 and x 6.00
        views.CONVERSION_CHANGE: "36",
    }


def test_under_retain_nothing_is_said_of_cleared_conversion(examples: Path) -> None:
    retained = read_period(examples / "worked_example" / "retain", end=JANUARY)
    assert views.CONVERSION_IN_WIP not in figures(views.glance(retained))


def test_the_largest_causes_are_sentences_with_quantity_amount_and_side(january: PeriodResult) -> None:
    assert views.causes(january) == [
        "PF1: 28 pc more of Sheet than the products made allow: EUR 56.00 unfavourable.",
        "PF1: 1.4 h more of Stamping hour than the products made allow: EUR 42.00 unfavourable"
        " (EUR 30.00 more work stands in WIP than at the start; without it EUR 12.00 unfavourable).",
        "PF1: Coating service at another price than in the standard of the products: EUR 15.00 unfavourable.",
    ]


def test_the_largest_variance_explains_itself(january: PeriodResult) -> None:
    assert "M1" in views.explain_largest(january)._repr_mimebundle_()["text/plain"].splitlines()[0]


def test_the_bridge_leads_from_opening_to_closing_wip(january: PeriodResult) -> None:
    bridge = views.bridge(january)
    moved = sum((a for step, a in bridge.itertuples(index=False) if step not in views.LEVELS), Decimal(0))
    assert figures(bridge)[views.OPENING] == "158" and figures(bridge)[views.AFTER] == "255.5"
    assert Decimal("158.00") + moved == Decimal("255.50")


def test_flows_have_a_total(january: PeriodResult) -> None:
    assert [f"{value}" for value in views.flows(january).iloc[-1]] == [
        "Total", "158.00", "1427.60", "-1195.20", "0.00", "390.40", "134.90", "255.50",
    ]  # fmt: skip


def test_usage_and_layers_are_those_of_the_settlement(january: PeriodResult) -> None:
    usage = ledger.usage(january, "PF1").set_index("resource")
    assert usage.loc["M1", "realized_quantity"] == 220 and usage.loc["M1", "unused_quantity"] == 80
    layers = ledger.layers(january, "PF1", "M2")
    assert layers["open_quantity"].sum() == 9 and layers["settled_quantity"].sum() == 18
    named = ledger.most_layers(january)
    assert set(named["item"]) == {"M1"} and len(named) == 13  # the go-live layer and 12 units


def test_unused_quantities_are_valued_at_standard(january: PeriodResult) -> None:
    unused = ledger.unused(january).set_index(["item", "unused_type"])
    assert unused.loc[("M1", "handling_unit"), "amount"] == Decimal("80.00")
    assert unused.loc[("M1", "semi_finished"), "amount"] == Decimal("80.00")
    assert unused.loc[("SV1", "semi_finished"), "amount"] == Decimal("30.00")


def test_the_ledger_ties_out_to_wip(january: PeriodResult) -> None:
    (line,) = ledger.tie_out(january).to_dict("records")
    assert line["account_balance_amount"] == line["after"] == Decimal("255.50") and line["difference"] == 0


def test_control_totals_hold_every_figure_once(january: PeriodResult) -> None:
    totals = dict(ledger.control_totals(january).itertuples(index=False))
    assert totals["variance"] == totals["sum of variances"] == Decimal("134.90")
    assert totals["journal debit"] == totals["journal credit"] and totals["ledger difference"] == 0


def test_by_flow_and_by_route_are_held_against_what_the_period_used(january: PeriodResult, examples: Path) -> None:
    costs = comparison.costs_of(january, book=str(examples / "worked_example" / "clear"))
    fit = comparison.compare_bases(costs, january)
    assert costs.unit_costs.set_index("item").loc["FG1", "route_minus_flow"] == Decimal("0.18")
    # 96 x 0.15 set-up and 96 x 0.03 overhead more would have been allowed by route
    assert fit.by_flow == Decimal("146.90") and fit.by_route == Decimal("129.62")
    assert sum(fit.variances["route_minus_flow_amount"]) == Decimal("17.28")  # domain 4.3: in every such period
    assert fit.recommended == "route"
    assert list(fit.summary["result"]) == ["", "fits better"]


def test_the_costing_sheet_of_a_product_adds_up_to_its_unit_cost(january: PeriodResult, examples: Path) -> None:
    costs = comparison.costs_of(january, book=str(examples / "worked_example" / "clear"))
    for basis, unit_cost in (("production_flow", "12.45"), ("route", "12.63")):
        lines = costs.lines("FG1", basis)
        sheet = priced_sheet(january.setup["costing_sheet"], lines)
        priced = {node.strip(): cost for node, _, cost in sheet.itertuples(index=False)}
        assert priced["IND-MAT"] == Decimal("0.55") or basis == "route"
        tops = [cost for node, _, cost in sheet.itertuples(index=False) if not node.startswith(INDENT)]
        assert sum(tops, Decimal(0)) == lines["cost"].sum() == Decimal(unit_cost)


def test_every_product_has_its_costing_sheet_on_both_bases(january: PeriodResult, examples: Path) -> None:
    costs = comparison.costs_of(january, book=str(examples / "worked_example" / "clear"))
    sheets = priced_sheets(january.setup["costing_sheet"], costs.breakdown)
    tops = sheets[[not node.startswith(INDENT) for node in sheets["node"]]]
    found = {key: sum(cost, Decimal(0)) for key, cost in tops.groupby(["item", "basis"])["cost"]}
    assert found == {
        ("FG1", "production flow"): Decimal("12.45"),
        ("FG1", "route"): Decimal("12.63"),
        ("S1", "production flow"): Decimal("10.60"),
        ("S1", "route"): Decimal("10.78"),
    }


def test_a_basis_that_calculates_no_product_is_not_recommended(examples: Path) -> None:
    """Without routes both calculations leave the products at their active standard: neither is better."""
    result = read_period(examples / "edge_cases", end=date(2026, 3, 31))
    costs = comparison.costs_of(result, book=str(examples / "edge_cases"))
    assert not (costs.by_group["basis"] == "route").any()
    fit = comparison.compare_bases(costs, result)
    assert fit.by_flow == fit.by_route and fit.recommended == "production_flow"
    assert list(fit.summary["result"]) == ["as good as the other"] * 2
    assert not any(fit.variances["route_minus_flow_amount"])


def test_a_refused_calculation_is_part_of_a_closed_period_and_refuses_an_open_one(
    january: PeriodResult, tmp_path: Path
) -> None:
    """Of an open period the set-up can still be mended; a costing version that is none is refused of both."""
    shop = Shop()
    shop.change("boms", "B-BOX", quantity="0")
    folder = str(write_folder(shop.book, tmp_path / "folder"))
    closed = replace(january, state="closed")
    with pytest.raises(LeancostError, match="BOM B-BOX has quantity 0"):
        comparison.costs_of(january, book=folder)
    with pytest.raises(LeancostError, match="Costing version NONE does not exist"):
        comparison.costs_of(closed, book=folder, costing_version="NONE")
    costs = comparison.costs_of(closed, book=folder)
    fit = comparison.compare_bases(costs, closed)
    assert list(costs.messages["message"]) == list(costs.refusals) and "B-BOX" in costs.refusals[0]
    for frame in (costs.unit_costs, costs.breakdown, fit.variances, fit.summary, fit.control_totals):
        assert frame.empty and len(frame.columns) > 1


def test_what_the_costing_sheet_does_not_show_stands_at_its_end(january: PeriodResult, examples: Path) -> None:
    costs = comparison.costs_of(january, book=str(examples / "worked_example" / "clear"))
    sheet = january.setup["costing_sheet"]
    without = sheet[sheet["cost_group"] != "PACK"]
    last = priced_sheet(without, costs.lines("FG1", "production_flow")).iloc[-1]
    assert (last["node"], last["cost"]) == (NOT_SHOWN, Decimal("0.50"))


def test_wip_is_seen_by_type_group_product_category_and_value_stream(examples: Path) -> None:
    result = read_period(examples / "edge_cases", end=date(2026, 3, 31))
    for by in ("cost_group_type", "cost_group", "product_category", "value_stream"):
        assert views.total_of(views.aggregated(result, by), "after") == Decimal("100.63")
    categories = views.aggregated(result, "product_category").set_index("product_category")
    assert categories.loc["PROD", "after"] == Decimal("16.65")  # the three wheels of C-2
    received = views.product_categories(result).set_index(["product_category", "production_flow"])
    assert received.loc[("PROD", "WHEELS"), "quantity"] == 11


def test_a_period_divided_at_a_new_standard_is_shown_as_one(tmp_path: Path) -> None:
    book = two_months()
    book["kanbans"].append(row("kanban kanban_rule quantity assigned_date", "K3", "KR-BOX", "4", "2026-01-10"))
    book["picking_lines"].append(
        row(
            "picking_line production_flow kanban item quantity posting_date",
            "P3",
            "FLOW",
            "K3",
            "SHEET",
            "5",
            "2026-01-10",
        )
    )
    book["item_prices"].append(row(PRICE, "STD", "SHEET", "1", "2026-01-20", "2.50", "active"))
    result = read_period(write_folder(book, tmp_path / "folder"), end=JANUARY)
    assert [str(end) for end in result.run_ends] == ["2026-01-19", "2026-01-31"]
    (line,) = views.wip_by(result, ["production_flow"]).to_dict("records")
    assert line["revaluation"] == Decimal("2.50") and line["after"] == Decimal("12.50")
    assert line["before"] - line["variance"] == line["after"]
    assert views.total_of(result.tables["variances"], "amount") == line["variance"]
    assert views.total_of(ledger.tie_out(result), "difference") == 0


@pytest.fixture
def closed(book: Path) -> Path:
    for end in ("2026-01-31", "2026-02-28"):
        close_up_to(book, end)
    return book


def test_a_closed_period_is_read_from_its_stored_run(closed: Path) -> None:
    before = closed.read_bytes()
    stored = read_period(closed, end=JANUARY)
    preview = read_period(closed.parent / "folder", end=JANUARY)
    assert (stored.state, preview.state) == ("closed", "preview")
    for name, frame in preview.tables.items():
        assert stored.tables[name].to_csv() == frame.to_csv(), name
    assert closed.read_bytes() == before


def test_two_closed_periods_are_read_as_one(closed: Path, tmp_path: Path) -> None:
    february = read_period(closed, end=date(2026, 2, 28))
    assert february.start == date(2026, 2, 1) and len(february.run_ends) == 1
    third = tmp_path / "march.duckdb"
    third.write_bytes(closed.read_bytes())
    assert commands.main(["close", str(third), "--end", "2026-03-31"]) == 0
    both = read_period(third, start=date(2026, 2, 1), end=date(2026, 3, 31))
    assert [str(end) for end in both.run_ends] == ["2026-02-28", "2026-03-31"]


@pytest.mark.parametrize(
    "start, end, said",
    [
        (None, "2026-01-30", "No closed period ends on 2026-01-30. Closed ones end on 2026-01-31, 2026-02-28."),
        (
            "2026-02-02",
            "2026-02-28",
            "No closed period begins on 2026-02-02. Closed ones begin on the beginning, 2026-02-01.",
        ),
    ],
)
def test_dates_that_fit_no_closed_period_are_refused(closed: Path, start: str | None, end: str, said: str) -> None:
    with pytest.raises(LeancostError) as refused:
        read_period(closed, start=date.fromisoformat(start) if start else None, end=date.fromisoformat(end))
    assert refused.value.lines == (said,)


def test_the_notebooks_of_standards_and_set_up_refuse_alike(closed: Path) -> None:
    january = read_period(closed, end=date(2026, 1, 31))
    for call, said in (
        (lambda: comparison.costs_of(january, book=closed, costing_version=1.1), "costing_version is the number 1.1"),
        (lambda: read_setup(7), "book is the number 7"),
        (lambda: read_setup(closed, "de"), "language is 'de'"),
    ):
        with pytest.raises(LeancostError, match=said):
            call()


def test_one_flow_can_be_looked_at_alone(examples: Path) -> None:
    result = read_period(examples / "edge_cases", end=date(2026, 3, 31), production_flows=["WHEELS"])
    assert set(result.tables["wip_balances"]["production_flow"]) == {"WHEELS"}
    labour = views.narrow(result, cost_group="LABW")
    assert set(views.largest_variances(labour)["resource"]) == {"CC-W"}


def test_every_chart_has_words_and_a_table_and_survives_an_empty_period(examples: Path, tmp_path: Path) -> None:
    busy = read_period(examples / "edge_cases", end=date(2026, 3, 31))
    quiet = read_period(write_folder(two_months(), tmp_path / "quiet"), end=date(2025, 12, 31))
    for result in (busy, quiet):
        for draw in (charts.wip_bridge, charts.variance_heat_map, charts.largest_variances, charts.unused_quantities):
            chart = draw(result)
            shown = chart._repr_mimebundle_()
            assert chart.text and shown["text/plain"] == chart.text
            assert shown["application/vnd.plotly.v1+json"]["layout"]["meta"]["text"] == chart.text  # type: ignore[index]
            assert "<table" in str(shown["text/html"])


def test_names_that_look_like_markup_are_shown_as_text() -> None:
    name = "<script>alert(1)</script>"
    table = Table(pandas.DataFrame({"item": [name], "amount": [Decimal("-3.20")]}))
    for shown in (table, Sentences([name], name), Chart(None, "", table).table):
        html = shown._repr_mimebundle_()["text/html"]
        assert "<script" not in html and "&lt;script&gt;" in html
    assert "(3.20)" in table.text()


def test_the_costing_sheet_is_shown_as_a_tree(examples: Path) -> None:
    setup = read_setup(examples / "worked_example" / "clear")
    nodes = list(costing_sheet(setup)["node"])
    assert len(nodes) == len(set(nodes)) == len(setup.tables["costing_sheet"])
    assert nodes[0].strip() == nodes[0] and any(node.startswith(INDENT) for node in nodes)
