"""A flow that goes live later than the book: what it brings, when, and what of its history is never read."""

from datetime import date
from pathlib import Path

import pytest

from leancost.actions.close import close_period
from leancost.actions.merge import import_source
from leancost.actions.reverse import reverse
from leancost.actions.verify import verify
from leancost.errors import LeancostError
from leancost.explain import flow
from leancost.ledger import journal
from leancost.views.figures import wip_by
from leancost.views.results import PeriodResult, read_period
from tests.books.shop import Closed, Shop, day
from tests.support.commands import write_folder

LATER = date(2027, 1, 1)
OPENING = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
MADE: dict[str, bytes] = {}
FIGURES = "opening inputs outputs revaluation variance after"


def opens(shop: Shop, line: str) -> None:
    shop.add("opening_wip", OPENING, line)


def flow_of_boxes() -> Shop:
    """FLOW makes four boxes in January, without a variance."""
    shop = Shop()
    shop.pick("P1", "SHEET", "8", "01-10")
    shop.make("KR-BOX", "MAKE", "4", "01-10", name="K1")
    return shop


def gears(shop: Shop, go_live: str, picked: str, made: str) -> None:
    """MILL goes live with 10 SHEET, of which G2 has taken 7 that stand in process; G1 makes 3 gears of the rest."""
    shop.change("production_flows", "MILL", go_live=day(go_live))
    opens(shop, f"MILL item SHEET MAT {day(go_live)} 10 2.00 20.00")
    shop.unit("G2", "KR-GEAR", "7", picked)
    shop.pick("P-G2", "SHEET", "7", picked, kanban="G2", flow="MILL")
    shop.make("KR-GEAR", "TURN", "3", made, name="G1")


def late_mill(go_live: str = "01-15") -> Shop:
    """MILL has its own go-live in January, and one pick before it that no unit in WIP holds."""
    shop = flow_of_boxes()
    gears(shop, go_live, picked="01-12", made="01-20")
    shop.pick("P-OLD", "SHEET", "5", "01-11", flow="MILL")
    return shop


def mill(period: PeriodResult) -> str:
    frame = wip_by(period, ["production_flow", "resource"])
    chosen = frame[(frame["production_flow"] == "MILL") & (frame["resource"] == "SHEET")]
    return " ".join(f"{sum(chosen[name]).normalize():f}" for name in FIGURES.split())


def test_a_flow_brings_its_go_live_balance_into_the_open_period_and_posts_what_comes_after() -> None:
    month = late_mill().close()
    assert month.wip("SHEET", FIGURES, production_flow="MILL") == "20 0 -6 0 0 14"
    assert month.wip("CUT", FIGURES, production_flow="MILL") == "0 9 -9 0 0 0"
    assert month.unused() == ["SHEET in_process G2 7"]
    assert month.posted("picking_lines:P-OLD") == month.posted("picking_lines:P-G2") == []
    assert month.sum("ledger_balances", "opening", production_flow="MILL", main_account="9002") == "20"
    assert month.sum("ledger_balances", "opening", production_flow="MILL", main_account="9013") == "-20"
    assert month.sum("ledger_balances", "closing", production_flow="MILL", main_account="9002") == "14"


def test_the_other_flows_close_as_if_the_late_one_were_not_there() -> None:
    alone, together = flow_of_boxes().close(), late_mill().close()
    for name in alone.tables.keys() - {"runs", "warnings"}:
        assert together.rows(name, production_flow="FLOW") == alone.rows(name, production_flow="FLOW")
    assert together.tables["runs"] == alone.tables["runs"]


def test_a_go_live_on_the_last_day_of_a_period_opens_the_next() -> None:
    shop = late_mill("01-31")
    january = shop.close()
    assert january.rows("wip_balances", production_flow="MILL") == january.rows("unused_quantities") == []
    shop.make("KR-GEAR", "TURN", "3", "02-10", name="G3")
    month = shop.close("02-28", start="02-01")
    assert month.wip("SHEET", FIGURES, production_flow="MILL") == "20 0 -6 0 0 14"
    assert month.sum("ledger_balances", "opening", production_flow="MILL", main_account="9002") == "20"
    whole = shop.close("02-28")
    assert whole.wip("SHEET", FIGURES, production_flow="MILL") == "20 0 -6 0 0 14"


def test_what_stands_in_a_flow_that_is_not_live_yet_is_not_counted() -> None:
    month = late_mill("02-15").close()
    assert month.rows("unused_quantities") == month.rows("net_realized_usage", production_flow="MILL") == []
    assert month.rows("journal", production_flow="MILL") == []


def test_without_rows_nothing_stands_in_wip_when_a_flow_goes_live() -> None:
    shop = late_mill()
    shop.book["opening_wip"].clear()
    shop.pick("P-NEW", "SHEET", "3", "01-18", flow="MILL")
    month = shop.close()
    assert month.wip("SHEET", FIGURES, production_flow="MILL") == "0 6 -6 0 -6 6"  # of the seven in G2 three are there
    assert month.posted("picking_lines:P-OLD") == []


@pytest.mark.parametrize(
    ("begins", "ends", "figures"),
    [
        ("01-16", ["2026-01-15", "2026-01-31"], "20 0 -6 5 1.5 17.5"),  # the first day: 10 x 0.50, divided on the eve
        ("01-18", ["2026-01-17", "2026-01-31"], "20 0 -6 3.5 0 17.5"),  # seven were left on the eve
        ("01-12", ["2026-01-31"], "20 0 -6 0 0 14"),  # before the go-live: its balance says what a piece is worth
    ],
)
def test_a_new_standard_revalues_the_layers_of_a_go_live_from_its_day_on(
    begins: str, ends: list[str], figures: str, tmp_path: Path
) -> None:
    shop = late_mill()
    shop.price("SHEET", "2.50", begins, site="1")
    period = read_period(write_folder(shop.book, tmp_path), end=date(2026, 1, 31))
    assert [str(end) for end in period.run_ends] == ends
    assert mill(period) == figures


def standing_part(**parameters: str) -> Shop:
    """FLOW goes live on 01-15 with four parts in WIP: 0.4 hours were worked on them."""
    shop = Shop(**parameters)
    shop.change("production_flows", "Boxes", go_live="2026-01-15")
    shop.unit("U1", "KR-PART", "4", "01-05", received="01-14")
    opens(shop, "FLOW item SHEET MAT 2026-01-15 8 2.00 16.00")
    return shop


def test_what_was_kept_of_conversion_at_the_go_live_is_the_start_of_the_timing() -> None:
    standing = standing_part().close()
    assert standing.sum("realized_usage", "timing_amount", resource="CUT") == "0"
    shop = standing_part()
    shop.change("kanbans", "U1", emptied_date="2026-01-20")
    emptied = shop.close()
    assert emptied.sum("realized_usage", "timing_amount", resource="CUT") == "-12"
    assert emptied.sum("realized_usage", "timing_amount", resource="LABOH") == "-1.2"


def test_under_retain_the_hours_of_the_go_live_balance_are_kept() -> None:
    shop = standing_part(conversion_in_wip="retain")
    opens(shop, "FLOW cost_category CUT LAB 2026-01-15 0.4 30 12.00")
    opens(shop, "FLOW costing_sheet_node LABOH OVH 2026-01-15 12 0.10 1.20")
    assert shop.close().wip("CUT", FIGURES) == "12 0 0 0 0 12"
    assert shop.close().wip("LABOH", FIGURES) == "1.2 0 0 0 0 1.2"


def test_a_supermarket_unit_is_not_issued_to_a_flow_before_its_go_live() -> None:
    for emptied, issued in (
        ("01-15", []),
        ("01-16", ["material_issue GEAR MAT 3 2 6", "material_issue GEAR LAB 3 3 9"]),
    ):
        shop = Shop()
        shop.change("production_flows", "Boxes", go_live="2026-01-15")
        shop.make("KR-GEAR", "TURN", "3", "01-10", name="G1")
        shop.change("kanbans", "G1", emptied_date=day(emptied))
        lines = [line for line in shop.close().posted("kanbans:G1") if "GEAR" in line and "OVH" not in line]
        assert sorted(lines) == sorted(issued)
        assert shop.close().posted("kanban_jobs:G1")


def told(month: Closed) -> list[str]:
    return [
        f"{line['code']} {line['production_flow']} {line['message']}"
        for line in month.tables["warnings"]
        if line["code"] in ("W10", "W11")
    ]


def test_events_before_a_go_live_are_told_and_the_history_of_units_in_wip_is_not() -> None:
    assert told(late_mill().close()) == [
        "W10 MILL one row of picking_lines dated 2026-01-11 (P-OLD) on or before the go-live 2026-01-15: no run reads them"
    ]
    later = late_mill()
    later.make("KR-BOX", "MAKE", "4", "02-10", name="K2")
    assert told(later.close("02-28", start="02-01")) == []  # it was told when the flow went live


def test_a_go_live_after_the_end_is_told_as_that_for_no_run_sees_its_day() -> None:
    later = late_mill()
    later.change("production_flows", "MILL", go_live="2026-02-10")
    later.book["opening_wip"] = []
    assert told(later.close()) == [
        "W10 MILL one row of picking_lines dated 2026-01-11 (P-OLD) on or before the go-live, which is after the end of this"
        " run: no run reads them"
    ]


def test_a_go_live_that_other_flows_set_is_told_with_the_flows_that_it_empties() -> None:
    shop = late_mill()
    shop.change("production_flows", "MILL", go_live="")
    assert [line for line in told(shop.close()) if "FLOW" in line] == [
        f"W10 FLOW one row of {table} dated 2026-01-10 ({key}) on or before the go-live 2026-01-15: no run reads them;"
        " give the flows that go live later a go_live of their own"
        for table, key in (("kanban_jobs", "K1"), ("kanbans", "K1"), ("picking_lines", "P1"))
    ]


@pytest.mark.parametrize("far", ["2027-03-01", "2126-01-20", "9999-12-31", "2026-12-20"])
def test_an_event_after_any_plausible_end_is_told(tmp_path: Path, far: str) -> None:
    shop = flow_of_boxes()
    shop.pick("P2", "SHEET", "8", far)
    warnings = close_period(write_folder(shop.book, tmp_path / "shop"), end=date(2026, 1, 31)).tables["warnings"]
    message = f"one row of picking_lines dated {far} (P2), more than a year after all others: no run will read them"
    assert list(warnings[warnings.code == "W11"].message) == ([] if far == "2026-12-20" else [message])


def merged(shop: Shop, book: Path, folder: Path) -> None:
    import_source(write_folder(shop.book, folder), book)


def boxes_and_a_new_standard() -> Shop:
    shop = flow_of_boxes()
    shop.price("SHEET", "2.50", "01-25", site="1")
    return shop


@pytest.fixture
def closed_january(tmp_path: Path) -> Path:
    """A book with FLOW only in use, closed up to January."""
    book = tmp_path / "shop.duckdb"
    if "january" not in MADE:
        merged(boxes_and_a_new_standard(), book, tmp_path / "first")
        close_period(book, end=date(2026, 1, 31), today=LATER, frames=False)
        MADE["january"] = book.read_bytes()
    book.write_bytes(MADE["january"])
    return book


def second_line(go_live: str = "02-10") -> Shop:
    """MILL comes into the book in February; what stands in it was begun in days that are closed."""
    shop = boxes_and_a_new_standard()
    gears(shop, go_live, picked="01-12", made="02-20")
    return shop


def test_a_book_takes_a_second_line_later_and_every_command_reads_it(closed_january: Path, tmp_path: Path) -> None:
    book = closed_january
    shop = second_line()
    merged(shop, book, tmp_path / "more")
    assert verify(book).findings == ()
    close_period(book, end=date(2026, 2, 28), today=LATER, frames=False)
    assert mill(read_period(book, end=date(2026, 2, 28))) == "20 0 -6 0 0 14"
    text = flow.explain(book, end=date(2026, 2, 28), flow="MILL", resource="SHEET").text()
    assert "opening_wip" in text
    written = journal.write_journal(book, end=date(2026, 2, 28), start=date(2026, 2, 1), out=tmp_path / "journal")
    assert "/MILL/opening" in (tmp_path / "journal" / "journal.csv").read_text() and written.lines
    reverse(book)
    close_period(book, end=date(2026, 2, 28), today=LATER, frames=False)
    assert mill(read_period(book, end=date(2026, 2, 28))) == "20 0 -6 0 0 14"
    shop.make("KR-BOX", "MAKE", "4", "03-10", name="K3")
    shop.pick("P3", "SHEET", "8", "03-10")
    merged(shop, book, tmp_path / "march")
    close_period(book, end=date(2026, 3, 31), today=LATER, frames=False)
    assert mill(read_period(book, end=date(2026, 3, 31))) == "14 0 0 0 0 14"
    assert verify(book).findings == ()


def test_a_go_live_may_move_until_a_run_has_posted_for_the_flow(closed_january: Path, tmp_path: Path) -> None:
    book = closed_january
    merged(second_line("02-20"), book, tmp_path / "first")
    shop = second_line("02-20")
    shop.change("production_flows", "MILL", go_live="2026-02-25")
    shop.change("opening_wip", "MILL", amount="20.00", quantity="20", unit_cost="1.00")
    merged(shop, book, tmp_path / "moved")
    assert verify(book).findings == ()
    close_period(book, end=date(2026, 2, 28), today=LATER, frames=False)
    shop.change("production_flows", "MILL", go_live="2026-02-10")
    with pytest.raises(LeancostError) as refused:
        merged(shop, book, tmp_path / "late")
    assert list(refused.value.lines) == [
        "error I01 production_flows MILL row 3, go_live: 2026-02-25 would become 2026-02-10, but the run that ended"
        " on 2026-02-28 has posted for the flow, or closed days that would come after it. Leave it as it was, or take"
        " the run back: leancost reverse."
    ]


def test_a_line_that_comes_late_enters_the_open_period_at_the_standards_of_its_first_day(
    closed_january: Path, tmp_path: Path
) -> None:
    book = closed_january
    shop = second_line("01-20")
    merged(shop, book, tmp_path / "more")
    close_period(book, end=date(2026, 2, 28), today=LATER, frames=False)
    assert mill(read_period(book, end=date(2026, 2, 28))) == "20 0 -6 5 1.5 17.5"  # ten at 2.50 from 01-25 on
    assert verify(book).findings == ()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda shop: shop.pick("P9", "SHEET", "1", "01-25", flow="MILL"),
            "error I02 picking_lines P9 row 4: is new and dated on or before 2026-01-31, which is closed.",
        ),
        (
            lambda shop: shop.pick("P9", "SHEET", "1", "01-15"),
            "error I02 picking_lines P9 row 4: is new and dated on or before 2026-01-31, which is closed.",
        ),
        (
            lambda shop: shop.change("production_flows", "Boxes", go_live="2026-01-05"),
            "error I01 production_flows FLOW row 2, go_live: empty would become 2026-01-05,",
        ),
        (
            lambda shop: opens(shop, "FLOW item SHEET MAT 2026-01-20 1 2.00 2.00"),
            "error I02 opening_wip FLOW/item/SHEET/MAT/2026-01-20 row 3: is new, but WIP of its flow is brought forward",
        ),
    ],
)
def test_what_a_run_has_read_or_will_not_read_any_more_is_not_taken(
    change: object, problem: str, closed_january: Path, tmp_path: Path
) -> None:
    shop = second_line("01-20")
    change(shop)  # type: ignore[operator]
    with pytest.raises(LeancostError) as refused:
        merged(shop, closed_january, tmp_path / "more")
    assert len(refused.value.lines) == 1
    assert refused.value.lines[0].startswith(problem)
