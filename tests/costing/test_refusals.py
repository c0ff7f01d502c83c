"""Nothing falsifies a close or a cost in silence: it is refused with its row, or the run's warnings name it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from leancost.actions import close
from leancost.actions.calculate import calculate_source
from leancost.book import earlier_rows, runs, sources, storage
from leancost.cli import commands
from leancost.costing import check_codes, checks, period_runs, standard_cost, workspace
from leancost.errors import LeancostError
from leancost.explain.standard_cost import explain_cost
from leancost.tables.declaration import tables
from leancost.views import comparison
from tests.books.shop import Shop
from tests.books.small_book import ACTIVITY, BREAKDOWN, RULE
from tests.support.commands import write_folder
from tests.support.rows import Rows, table_rows, workspace_of

Wrong = Callable[[Shop], object]
DAY = date(2026, 1, 1)
END = date(2026, 1, 31)


def shop() -> Shop:
    s = Shop()
    s.pick("P1", "SHEET", "8", "01-10")
    s.make("KR-BOX", "MAKE", "4", "01-10", name="K1")
    return s


def closed(s: Shop, end: date = END, start: date | None = None) -> Rows:
    """The warnings of the period's last run; raises LeancostError where the close is refused."""
    with workspace_of(s.book) as connection:
        sources.require_complete(connection)
        for _ in period_runs.run_period(connection, end=end, start=start):
            pass
        return table_rows(connection, "warnings")


def gone_on_over(s: Shop) -> Rows:
    """What the close up to the end of January goes on over, as it comes to stand in `warnings`."""
    with workspace_of(s.book) as connection:
        sources.require_complete(connection)
        connection.execute(tables()["warnings"].ddl())
        checks.add_warnings(connection, None, END)
        return table_rows(connection, "warnings")


def told(rows: Rows) -> list[tuple[str, ...]]:
    return [(row["code"], row["production_flow"], row["subject"]) for row in rows]


def node(s: Shop) -> None:
    s.change("costing_sheet", "LABOH", cost_group="MAT")


def other_flow(s: Shop) -> None:
    s.pick("P2", "SHEET", "1", "01-10", kanban="K1", flow="MILL")


def other_flows_job(s: Shop) -> None:
    names = "service_receipt production_flow service_item quantity unit_price posting_date job"
    s.add("service_receipts", names, "S1 MILL PAINT 1 1.5 2026-01-10 K1")


def opening(s: Shop, quantity: str = "3", group: str = "MAT", amount: str = "6") -> None:
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    s.add("opening_wip", names, f"FLOW item SHEET {group} 2025-12-31 {quantity} 2 {amount}")


def several_activities(s: Shop) -> None:
    s.add("kanban_rules", RULE, "KR-TWO FLOW SHEET withdrawal fixed INSIDE MOVE 4 -")


def breakdown_in(s: Shop, resource: str, group: str) -> None:
    lines = [line for line in s.book["item_price_breakdown"] if (line["item"], line["resource"]) == ("BOX", resource)]
    assert lines
    lines[0]["cost_group"] = group


def a_job(s: Shop, activity: str, good: str, error: str = "0", quantity: str = "4") -> None:
    s.unit("K2", "KR-BOX", quantity, "01-11")
    s.job("J2", "K2", activity, "01-12", good, error)


REFUSED: dict[str, tuple[Wrong, str]] = {
    "a price below zero": (lambda s: s.price("SHEET", "-2"), "error C49 item_prices: "),
    "a rate below zero": (
        lambda s: s.change("cost_category_prices", "CUT", hourly_rate="-30"), "error C49 cost_category_prices: ",
    ),
    "an overhead rate below zero": (lambda s: s.rate("LABOH", "-0.1", "2025-02-01"), "error C49 indirect_rates: "),
    "a service price below zero": (lambda s: s.service("S1", "4", "-1.5", "01-12"), "error C49 service_receipts: "),
    "a work cell that takes time and costs nothing": (
        lambda s: s.change("resource_groups", "CELL", run_time_cost_category=""), "error C08 resource_groups: work cell CELL ",
    ),
    "a second unit that was made back": (lambda s: a_job(s, "MAKE", "-2"), "error C44 kanban_jobs: job J2 "),
    "scrap below zero": (lambda s: a_job(s, "MAKE", "4", "-4"), "error C44 kanban_jobs: job J2 "),
    "a kanban of nothing": (lambda s: a_job(s, "MAKE", "4", quantity="0"), "error C44 kanbans: kanban K2 "),
    "a material in a labour cost group": (
        lambda s: s.change("items", "SHEET", cost_group="LAB"), "error C04 items: item SHEET has cost group LAB ",
    ),
    "a service in a material cost group": (lambda s: s.change("items", "PAINT", cost_group="MAT"), "error C04 items: item PAINT "),
    "overhead that charges labour": (node, "error C04 costing_sheet: costing sheet node LABOH "),
    "a breakdown's hours in a material cost group": (
        lambda s: breakdown_in(s, "CUT", "MAT"), "error C61 item_price_breakdown: the breakdown of BOX has CUT in cost group MAT ",
    ),
    "a breakdown's material in an overhead cost group": (
        lambda s: breakdown_in(s, "SHEET", "OVH"), "error C61 item_price_breakdown: the breakdown of BOX has SHEET ",
    ),
    "a go-live balance in a wrong cost group": (lambda s: opening(s, group="LAB"), "error C61 opening_wip: opening WIP of flow FLOW "),
    "a go-live balance below zero": (lambda s: opening(s, "-3", amount="-6"), "error C47 opening_wip: opening WIP of flow FLOW: SHEET in MAT has "),
    "a picking line for another flow's kanban": (other_flow, "error C45 picking_lines: picking line P2 is of flow MILL, "),
    "a service for another flow's job": (other_flows_job, "error C45 service_receipts: service receipt S1 is of flow MILL, "),
    "a job of an activity outside its rule": (lambda s: a_job(s, "PRESS", "4"), "error C43 kanban_jobs: job J2 is of activity PRESS, "),
    "a withdrawal over several activities": (several_activities, "error C22 kanban_rules: rule KR-TWO "),
    "a unit that nothing would empty": (
        lambda s: s.change("kanban_rules", "KR-SHEET", empty_policy="source_requirement"), "error C24 kanban_rules: rule KR-SHEET ",
    ),
    "a service that is picked": (lambda s: s.pick("P2", "PAINT", "1", "01-10"), "error C28 picking_lines: picking line P2 "),
    "a service that a BOM takes for an item": (
        lambda s: s.change("bom_lines", "B-BOX", component="PAINT"), "error C32 bom_lines: BOM B-BOX line 1 ",
    ),
    "dates that end before they begin": (
        lambda s: s.change("boms", "B-BOX", effective_to="2024-12-31"), "error C39 boms: BOM B-BOX ends on 2024-12-31, ",
    ),
    "a weight below zero": (lambda s: s.change("items", "SHEET", weight="-1"), "error C30 items: item SHEET has weight -1.000000000. "),
    "process quantity below zero": (
        lambda s: s.change("activities", "MAKE", process_quantity="-1"),
        "error C30 activities: activity MAKE of flow FLOW has process quantity -1.000000. ",
    ),
    "services per unit below zero": (
        lambda s: s.change("activities", "COAT", service_quantity="-1"), "error C30 activities: ",
    ),
    "a run-time ratio below zero": (
        lambda s: s.add("activity_ratios", "production_flow activity item throughput_ratio", "FLOW MAKE BOX -1"),
        "error C30 activity_ratios: ",
    ),
}  # fmt: skip
"""What is wrong, and how the one line begins that says so."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_close_is_refused_where_a_figure_would_not_mean_what_it_says(name: str) -> None:
    s = shop()
    REFUSED[name][0](s)
    with pytest.raises(LeancostError) as refused:
        closed(s)
    assert all(line.startswith(REFUSED[name][1]) for line in refused.value.lines), refused.value.lines


def no_service(s: Shop) -> None:
    s.change("activities", "COAT", service_item="")


def no_rate(s: Shop) -> None:
    s.add("cost_categories", "cost_category name cost_group", "WELD Welding LAB")
    s.add("resource_groups", "resource_group name site is_work_cell run_time_cost_category", "WELDER Welder 1 yes WELD")
    s.add("activities", ACTIVITY, "FLOW WELD 60 process WELDER 0.1 - no no")


def a_route(s: Shop) -> None:
    s.add("resource_groups", "resource_group name site is_work_cell", "BENCH Bench 1 no")
    s.add("routes", "route item", "R-BOX BOX")
    s.add("route_operations", "route operation resource_group run_time_hours", "R-BOX 10 BENCH 0.1")


WARNED: dict[str, tuple[Wrong, tuple[str, str, str]]] = {
    "a vendor without a service": (no_service, ("C52", "FLOW", "activity COAT of flow FLOW")),
    "a category without rate, where no job needs one": (no_rate, ("C09", "", "cost category WELD at site 1")),
    "an item without price, where nothing moved it": (
        lambda s: s.book["item_prices"].remove(next(p for p in s.book["item_prices"] if p["item"] == "SWARF")),
        ("C07", "FLOW", "SWARF at site 1"),
    ),
    "an operation that costs nothing": (a_route, ("C62", "", "operation 10 of route R-BOX")),
    "an activity without run time": (
        lambda s: s.change("activities", "FOLD", run_time_hours="0"), ("C54", "FLOW", "activity FOLD of flow FLOW"),
    ),
    "scrap typed as a per cent": (
        lambda s: s.change("bom_lines", "B-BOX", variable_scrap="5"), ("C60", "", "BOM B-BOX line 1"),
    ),
    "events outside the dates of their rule": (
        lambda s: s.change("kanban_rules", "KR-BOX", effective_to="2026-01-09"), ("C57", "FLOW", "rule KR-BOX"),
    ),
    "events before their rule begins, at the end of the period too": (
        lambda s: s.change("kanban_rules", "KR-BOX", effective_from="2026-02-02"), ("C57", "FLOW", "rule KR-BOX"),
    ),
    "events before their flow begins, at the end of the period too": (
        lambda s: s.change("production_flows", "FLOW", effective_from="2026-02-02"), ("C57", "FLOW", "flow FLOW"),
    ),
    "a unit received without a job": (lambda s: s.unit("K2", "KR-BOX", "4", "01-11", "01-12"), ("C58", "FLOW", "kanban K2")),
    "a kanban created for itself": (
        lambda s: (s.rule("KR-E", "SHEET", "withdrawal", "MOVE", strategy="event"),
                   s.unit("KE", "KR-E", "4", "01-05", source="KE"), s.job("JE", "KE", "MOVE", "01-06", "4")),
        ("C68", "FLOW", "kanban KE"),
    ),
    "a job that reports nothing": (
        lambda s: (s.unit("K2", "KR-BOX", "4", "01-11"), s.job("K2", "K2", "MAKE", "01-11", "0")), ("C69", "FLOW", "job K2"),
    ),
    "a work cell of another site": (
        lambda s: (s.add("sites", "site name", "2 Far"), s.change("resource_groups", "CELL", site="2")),
        ("C71", "FLOW", "activity MAKE of flow FLOW"),
    ),
    "a service for a job that needs none": (
        lambda s: (s.service("S1", "4", "1.5", "01-11"), s.change("service_receipts", "S1", job="K1")),
        ("C72", "FLOW", "service receipt S1"),
    ),
    "an item kept at its own cost": (
        lambda s: s.change("items", "SHEET", inventory_model_group="SVC"), ("C05", "", "item SHEET"),
    ),
}  # fmt: skip
"""What counts otherwise than one may think: code, flow and subject of the warning."""


@pytest.mark.parametrize("name", WARNED)
def test_a_close_that_goes_on_says_in_its_warnings_what_it_went_on_over(name: str) -> None:
    s = shop()
    WARNED[name][0](s)
    assert WARNED[name][1] in told(gone_on_over(s))
    assert WARNED[name][1] not in told(gone_on_over(shop()))


def test_every_error_of_the_checklist_is_refused_or_stands_in_the_warnings() -> None:
    assert all(known.close != check_codes.ADVICE for known in check_codes.CODES.values() if known.severity == "error")
    assert {known.close for known in check_codes.CODES.values()} == {
        check_codes.REFUSE,
        check_codes.WARN,
        check_codes.ADVICE,
    }


def test_what_may_be_negative_closes() -> None:
    s = shop()
    s.pick("P2", "SHEET", "-1", "01-11")
    s.service("S1", "4", "1.5", "01-12")
    s.service("S2", "-1", "1.5", "01-13")
    s.invoice("I1", "S1", "-1", "1.6", "01-14")
    s.price("BOX", "7.05", on="01-01")
    lines = ("item SHEET MAT 2 2 0 4", "cost_category CUT LAB 0.1 30 0 3", "costing_sheet_node LABOH OVH 3 0.1 0 0.3")
    for line in (*lines, "item SWARF MAT -1 0.25 0 -0.25"):
        s.add("item_price_breakdown", BREAKDOWN, f"STD BOX - 2026-01-01 {line}")
    assert closed(s) is not None


def test_what_happened_is_told_by_the_period_it_lies_in_and_the_set_up_as_long_as_it_stands() -> None:
    s = shop()
    no_service(s)
    s.unit("K2", "KR-BOX", "4", "01-11", "01-12")
    s.unit("K3", "KR-BOX", "4", "02-11", "02-12")
    checklist = [
        [row[2] for row in told(closed(s, end, start)) if row[0] in ("C52", "C58")]
        for end, start in ((END, None), (date(2026, 2, 28), date(2026, 2, 1)), (date(2026, 2, 28), None))
    ]
    activity = "activity COAT of flow FLOW"
    assert checklist == [[activity, "kanban K2"], [activity, "kanban K3"], [activity, "kanban K2", "kanban K3"]]


def test_the_eve_of_a_new_standard_has_no_warnings_of_its_own() -> None:
    s = shop()
    no_service(s)
    s.pick("P2", "SHEET", "4", "01-10")
    s.price("SHEET", "3", on="01-20", site="1")
    s.unit("K2", "KR-SHEET", "4", "01-11", "01-12")
    with workspace_of(s.book) as connection:
        s_told = [
            (run.purpose, "C52" in [code for code, *_ in told(table_rows(connection, "warnings"))])
            for run in period_runs.run_period(connection, end=END)
        ]
    assert s_told == [("eve", False), ("period", True)]


def test_a_thousand_warnings_are_listed_and_the_rest_is_counted() -> None:
    s = shop()
    paint = next(line for line in s.book["items"] if line["item"] == "PAINT")
    s.book["items"] += [{**paint, "item": f"SVC{n:04}", "inventory_model_group": "STD"} for n in range(1100)]
    rows = [row for row in gone_on_over(s) if row["code"] == "C06"]
    assert len(rows) == 1001
    assert [row["message"] for row in rows if row["subject"] == "the book"] == [
        "100 more such findings are not listed here: leancost check lists them."
    ]


def test_no_text_of_a_warning_is_longer_than_a_cell_may_be() -> None:
    s = shop()
    long = "F" * 600
    s.add("items", "item name item_type unit cost_group inventory_model_group", f"{long} x service pc OUT STD")
    s.change("resource_groups", "YARD", vendor="V" * 999)
    no_service(s)
    rows = gone_on_over(s)
    assert {"C06", "C52"} <= {row["code"] for row in rows}
    assert max(len(row["message"]) for row in rows) == 1000


def test_a_period_run_again_from_its_book_says_the_same(tmp_path: Path) -> None:
    s = shop()
    no_service(s)
    s.unit("K2", "KR-BOX", "4", "01-11", "01-12")
    s.unit("K3", "KR-BOX", "4", "02-11", "02-12")
    s.change("kanban_rules", "KR-BOX", effective_to="2026-06-30")
    target = tmp_path / "book.duckdb"
    assert commands.main(["import", str(write_folder(s.book, tmp_path / "folder")), str(target)]) == 0
    close.close_period(target, end=END, today=date(2026, 3, 1), frames=False)
    with storage.snapshot(target) as connection:
        columns = "code, production_flow, subject, message"
        stored = connection.execute(f"SELECT {columns} FROM book.warnings ORDER BY ALL").fetchall()
        (run,) = runs.all_runs(connection, "book")
        with workspace.own_schema(connection, "again"):
            earlier_rows.inputs_as_of(connection, run.run, run.end, "again")
            connection.execute("UPDATE kanban_jobs SET good_quantity = 0 WHERE good_quantity IS NULL")
            workspace.fill_defaults(connection)
            for _ in period_runs.run_period(connection, end=END):
                again = connection.execute(f"SELECT {columns} FROM warnings ORDER BY ALL").fetchall()
    assert stored == again
    assert [code for code, *_ in stored if code.startswith("C")] == ["C52", "C58"]


COSTS: dict[str, tuple[Wrong, str]] = {
    "a BOM for nothing": (lambda s: s.change("boms", "B-BOX", quantity="0"), "boms row 2: BOM B-BOX has quantity 0.000000000."),
    "a component below zero": (
        lambda s: s.change("bom_lines", "B-BOX", quantity="-2"),
        "bom_lines row 2: BOM B-BOX line 1 has quantity -2.000000000. Give a number of 0 or more.",
    ),
    "run time for nothing": (
        lambda s: s.change("activities", "MAKE", run_time_quantity="0"), "activities row 3: ",
    ),
    "a price below zero": (lambda s: s.price("SHEET", "-2"), "item_prices row 9: "),
    "an hourly rate below zero": (
        lambda s: s.change("cost_category_prices", "CUT", hourly_rate="-30"), "cost_category_prices row 2: ",
    ),
    "an overhead rate below zero": (lambda s: s.rate("LABOH", "-0.1", "2025-02-01"), "indirect_rates row 3: "),
    "scrap below zero": (lambda s: s.change("bom_lines", "B-BOX", variable_scrap="-0.1"), "bom_lines row 2: "),
    "a lot of nothing": (
        lambda s: s.change("items", "BOX", default_order_quantity="0"), "items row 3: ",
    ),
    "a material in a labour cost group": (lambda s: s.change("items", "SHEET", cost_group="LAB"), "items row 2: item SHEET "),
    "a work cell that costs nothing": (
        lambda s: s.change("resource_groups", "CELL", run_time_cost_category=""), "resource_groups row 2: work cell CELL ",
    ),
    "overhead without a base": (
        lambda s: s.change("costing_sheet", "LABOH", base_cost_groups=""), "costing_sheet row 7: node LABOH has no base",
    ),
    "a rule of activities that are not there": (
        lambda s: s.change("kanban_rules", "KR-BOX", last_activity="NONE"), "kanban_rules row 4: rule KR-BOX ends with NONE",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COSTS)
def test_a_calculation_is_refused_where_a_cost_would_be_wrong(name: str) -> None:
    s = Shop()
    COSTS[name][0](s)
    place = COSTS[name][1].partition(" ")[0].strip(":,")
    with workspace_of(s.book) as connection, pytest.raises(LeancostError) as refused:
        standard_cost.calculate(connection, calculation_date=DAY)
    assert [finding.table for finding in refused.value.findings] == [place]


@pytest.mark.parametrize("name", ["a BOM for nothing", "a component below zero", "overhead without a base"])
def test_whoever_calculates_is_refused_with_the_row(name: str, tmp_path: Path) -> None:
    s = Shop()
    COSTS[name][0](s)
    folder = write_folder(s.book, tmp_path / "folder")
    for calculate in (
        lambda: calculate_source(folder, calculation_date=DAY),
        lambda: calculate_source(folder, calculation_date=DAY, basis="default", items=["GEAR"]),
        lambda: explain_cost(folder, item="GEAR", calculation_date=DAY),
        lambda: comparison.calculate_costs(folder, calculation_date=DAY),
    ):
        with pytest.raises(LeancostError) as refused:
            calculate()
        assert COSTS[name][1] in refused.value.lines[0]


def test_a_refused_calculation_stores_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    s = Shop()
    s.change("boms", "B-BOX", quantity="0")
    target = tmp_path / "book.duckdb"
    assert commands.main(["import", str(write_folder(s.book, tmp_path / "folder")), str(target)]) == 0
    before = target.read_bytes()
    capsys.readouterr()
    for activate in ([], ["--activate"]):
        assert commands.main(["calculate", str(target), "--date", "2026-01-01", *activate]) == 1
        assert capsys.readouterr().err == (
            "error C30 boms: BOM B-BOX has quantity 0.000000000. Give a number above 0.\n"
        )
    assert target.read_bytes() == before


def test_each_basis_is_refused_by_what_it_reads() -> None:
    by_route, by_flow = Shop(), Shop()
    a_route(by_route)
    by_flow.change("resource_groups", "CELL", run_time_cost_category="")
    for s, refusing in ((by_route, {"route", "default"}), (by_flow, {"production_flow", "default"})):
        with workspace_of(s.book) as connection:
            refused = {
                basis
                for basis in ("production_flow", "route", "default")
                if any(found.severity == "error" for found in checks.of_calculation(connection, basis))
            }
        assert refused == refusing


def test_events_never_refuse_a_calculation_nor_does_what_calculating_mends() -> None:
    s = shop()
    a_job(s, "MAKE", "-2")
    s.service("S1", "4", "-1.5", "01-12")
    s.change("item_prices", "BOX", unit_cost="7.31")
    with workspace_of(s.book) as connection:
        assert {f.code for f in checks.blocking(connection)} == {"C34", "C44", "C49"}
        standard_cost.calculate(connection, calculation_date=DAY)


def test_a_component_whose_stored_breakdown_does_not_add_up_is_refused_unless_it_is_calculated_too() -> None:
    s = Shop()
    s.add("bom_lines", "bom line component quantity", "B-BOX 2 GEAR 1")
    s.change("item_prices", "GEAR", unit_cost="9")
    with workspace_of(s.book) as connection:
        standard_cost.calculate(connection, calculation_date=DAY)
        with pytest.raises(LeancostError, match="GEAR of 2025-01-01 in version STD has unit cost 9"):
            standard_cost.calculate(connection, calculation_date=DAY, items=["BOX"])


def test_a_calculation_that_goes_on_says_what_costs_nothing() -> None:
    s = Shop()
    no_service(s)
    s.change("activities", "FOLD", run_time_hours="0")
    with workspace_of(s.book) as connection:
        codes = [f.code for f in standard_cost.calculate(connection, calculation_date=DAY).warnings if f.code]
        assert codes == ["C52", "C54"]
    s.add("sites", "site name", "2 Far")
    s.change("resource_groups", "CELL", site="2")
    with workspace_of(s.book) as connection:
        codes = [f.code for f in standard_cost.calculate(connection, calculation_date=DAY).warnings if f.code]
        assert set(codes) == {"C52", "C54", "C71"}


LACKING: dict[str, tuple[Wrong, list[str], str]] = {
    "no BOM at all": (
        lambda s: s.book["boms"].clear() or s.book["bom_lines"].clear(),  # type: ignore[func-returns-value]
        [], "BOX has no BOM that holds on 2026-01-01 at site 1, where flow FLOW makes it",
    ),
    "a BOM of a later day": (
        lambda s: [line.update(effective_from="2026-02-01") for line in s.book["boms"]],
        [], "GEAR has no BOM that holds on 2026-01-01 at site 1, where flow MILL makes it",
    ),
    "no rule": (
        lambda s: [line.update(effective_from="2026-02-01") for line in s.book["kanban_rules"]],
        [], "BOX has no active manufacturing rule on 2026-01-01",
    ),
    "no route": (lambda s: None, ["--basis", "route"], "BOX has no route on 2026-01-01"),
    "nothing that costs": (
        lambda s: s.book["bom_lines"].clear() or s.change("activities", "CELL", run_time_hours="0"),  # type: ignore[func-returns-value]
        ["--item", "BOX"],
        "BOX at site 1 is made of nothing that costs: BOM B-BOX and flow FLOW have no line, hour or service that counts",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LACKING)
def test_a_calculation_without_a_result_says_what_each_item_lacks(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s = Shop()
    LACKING[name][0](s)
    folder = write_folder(s.book, tmp_path / "folder")
    assert commands.main(["calculate", str(folder), "--date", "2026-01-01", *LACKING[name][1]]) == 0
    said = capsys.readouterr().out.splitlines()
    assert LACKING[name][2] in said
    assert not any("SHEET" in line or "--item" in line for line in said)


def far_plant(s: Shop) -> None:
    """Site 2 with a flow of its own, AWAY, that makes BOX there of the BOM of site 1's kind."""
    s.add("sites", "site name", "2 Far")
    s.add("production_flows", "production_flow name site production_group", "AWAY Away 2 PG")
    s.add("activities", ACTIVITY, "AWAY DO 10 process - - - yes yes")
    s.add("kanban_rules", RULE, "KR-AWAY AWAY BOX manufacturing fixed DO DO 4 manual")
    s.add("boms", "bom item site quantity", "B-AWAY BOX 2 1")
    s.add("bom_lines", "bom line component quantity", "B-AWAY 1 SHEET 2")
    s.price("SHEET", "2.00", "2025-01-01", site="2")


def by_route(s: Shop) -> None:
    s.add("routes", "route item", "R-BOX BOX")
    s.add("route_operations", "route operation resource_group run_time_hours", "R-BOX 10 CELL 0.1")


ENDED = {"effective_to": "2025-12-31"}
LEFT_OUT: dict[str, tuple[Callable[[Shop], object], list[str], list[str]]] = {
    "a rule that has ended": (
        lambda s: s.change("kanban_rules", "KR-GEAR", **ENDED), [], ["GEAR has no active manufacturing rule on 2026-01-01"],
    ),
    "a flow that has ended": (
        lambda s: s.change("production_flows", "MILL", **ENDED), [], ["GEAR has no active manufacturing rule on 2026-01-01"],
    ),
    "neither rule nor BOM": (
        lambda s: (s.change("kanban_rules", "KR-GEAR", **ENDED), s.change("boms", "B-GEAR", **ENDED)), [],
        ["GEAR has no active manufacturing rule on 2026-01-01, nor a BOM that holds on that day"],
    ),
    "a rule at one site of two": (
        lambda s: (far_plant(s), s.change("kanban_rules", "KR-AWAY", **ENDED)), [],
        ["BOX has no active manufacturing rule on 2026-01-01 at site 2"],
    ),
    "that of the item asked for": (
        lambda s: (far_plant(s), s.change("kanban_rules", "KR-AWAY", **ENDED)), ["--item", "BOX"],
        ["BOX has no active manufacturing rule on 2026-01-01 at site 2"],
    ),
    "not that of another item": (lambda s: s.change("kanban_rules", "KR-GEAR", **ENDED), ["--item", "BOX"], []),
    "a BOM that nothing is for": (
        lambda s: (s.add("boms", "bom item quantity", "B-NAIL NAIL 1"),
                   s.add("bom_lines", "bom line component quantity", "B-NAIL 1 SWARF 1")),
        [], ["NAIL has no active manufacturing rule on 2026-01-01"],
    ),
    "not one that has ended": (
        lambda s: s.add("boms", "bom item quantity effective_to", "B-NAIL NAIL 1 2025-12-31"), [], [],
    ),
    "not one of a phantom": (
        lambda s: (s.book["kanban_rules"].remove(next(r for r in s.book["kanban_rules"] if r["item"] == "PART")),
                   s.change("bom_lines", "B-CRATE", "PART", line_type="phantom")), [], [],
    ),
    "what no route makes, by route": (by_route, ["--basis", "route"], []),
    "what no rule makes, by flow": (
        lambda s: (by_route(s), s.book["kanban_rules"].remove(s.book["kanban_rules"][2])), [], [],
    ),
    "a route that has ended": (
        lambda s: (by_route(s), s.add("routes", "route item effective_to", "R-GEAR GEAR 2025-12-31")),
        ["--basis", "route"], ["GEAR has no route on 2026-01-01"],
    ),
    "a route without BOM": (
        lambda s: (by_route(s), s.add("routes", "route item site", "R-GEAR GEAR 1"), s.change("boms", "B-GEAR", **ENDED)),
        ["--basis", "route"], ["GEAR has no BOM that holds on 2026-01-01 at site 1, where route R-GEAR makes it"],
    ),
    "a route for all sites with a BOM at one": (
        lambda s: (by_route(s), s.add("sites", "site name", "2 Far")), ["--basis", "route"], [],
    ),
    "neither route nor rule": (
        lambda s: s.change("kanban_rules", "KR-GEAR", **ENDED), ["--basis", "default"],
        ["GEAR has no route or active manufacturing rule on 2026-01-01"],
    ),
    "a route in place of the rule": (
        lambda s: (by_route(s), s.change("kanban_rules", "KR-BOX", **ENDED)), ["--basis", "default"], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_calculation_says_which_made_items_it_leaves_out(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s = Shop()
    wrong, more, expected = LEFT_OUT[name]
    wrong(s)
    folder = write_folder(s.book, tmp_path / "folder")
    assert commands.main(["calculate", str(folder), "--date", "2026-01-01", *more]) == 0
    counted, *said = capsys.readouterr().out.partition(" standard costs by ")[2].splitlines()
    assert counted and said == expected


def test_the_notebook_of_the_calculation_shows_what_it_leaves_out(tmp_path: Path) -> None:
    s = Shop()
    s.change("kanban_rules", "KR-GEAR", **ENDED)
    costs = comparison.calculate_costs(write_folder(s.book, tmp_path / "folder"), calculation_date=DAY)
    assert [line for line in costs.messages["message"] if "has no" in line] == [
        "GEAR has no active manufacturing rule on 2026-01-01"
    ]
