"""A stored standard remembers the set-up it came from; `check` says which ones would cost something else by now."""

from datetime import date
from pathlib import Path

import pytest

from leancost.actions import close
from leancost.actions.calculate import calculate_source
from leancost.book import sources, stored_standards
from leancost.cli import commands
from leancost.costing import workspace
from leancost.views import setup
from tests.books.shop import Shop
from tests.support.commands import write_folder

DAY = date(2026, 1, 1)


def store(s: Shop, folder: Path, target: Path) -> None:
    assert commands.main(["import", str(write_folder(s.book, folder)), str(target)]) == 0


def calculate(
    target: Path, day: date = DAY, basis: str = "production_flow", items: tuple[str, ...] = (), *, activate: bool = True
) -> None:
    calculate_source(target, calculation_date=day, basis=basis, items=items, activate=activate)


def stale(target: Path) -> list[str]:
    with sources.opened(target) as connection:
        workspace.fill_defaults(connection)
        return [str(finding) for finding in stored_standards.changed(connection)]


def line(item: str, stored: str, again: str, day: str = "2026-01-01", status: str = "active") -> str:
    return (
        f"warning C63 item_prices: {status} standard cost of {item} at site 1 from {day} is {stored}; calculated again by"
        f" production flow it costs {again}: its set-up has changed since. Calculate again and activate."
    )


def test_a_bom_that_was_mended_is_told_until_the_cost_is_calculated_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s, target = Shop(), tmp_path / "book.duckdb"
    s.change("boms", "B-BOX", quantity="2")
    store(s, tmp_path / "bad", target)
    calculate(target)
    assert stale(target) == []
    s.change("boms", "B-BOX", quantity="1")
    store(s, tmp_path / "good", target)
    told = [line("BOX", "5.300000", "7.300000")]
    assert stale(target) == told
    findings = setup.read_setup(target).findings
    assert "C63" in set(findings["code"])
    capsys.readouterr()
    assert commands.main(["check", str(target)]) == 0
    assert told[0] in capsys.readouterr().out.splitlines()
    calculate(target)
    assert stale(target) == []


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose standards were calculated and activated on 2026-01-01."""
    folder = tmp_path_factory.mktemp("calculated")
    store(Shop(), folder / "shop", folder / "book.duckdb")
    calculate(folder / "book.duckdb")
    return folder / "book.duckdb"


def told_after(target: Path, *changes: str) -> list[str]:
    """What would be told of the book if its set-up were changed so."""
    with sources.opened(target) as connection:
        for change in changes:
            connection.execute(change)
        workspace.fill_defaults(connection)
        return [str(finding) for finding in stored_standards.changed(connection)]


UNMOVED = {
    "nothing": "SELECT 1",
    "a name": "UPDATE items SET name = 'Carton'",
    "an account": "UPDATE posting_profile SET main_account = '1499'",
    "a price of a later day": "INSERT INTO item_prices VALUES ('STD', 'SHEET', '1', DATE '2026-03-01', 3, 'active')",
    "a version that is blocked": "UPDATE costing_versions SET blocked = TRUE",
    "an item that is made since": "INSERT INTO boms VALUES ('B-SWARF', 'SWARF', '1', 1, NULL, NULL)",
    "a default that is written out": "UPDATE bom_lines SET variable_scrap = 0",
}


@pytest.mark.parametrize("name", UNMOVED)
def test_a_change_that_moves_no_cost_of_the_date_is_not_told(name: str, calculated: Path) -> None:
    assert told_after(calculated, UNMOVED[name]) == []


MOVED = {
    "a price": ("UPDATE item_prices SET unit_cost = 3 WHERE item = 'SHEET'", "9.300000"),
    "an hourly rate": ("UPDATE cost_category_prices SET hourly_rate = 40", "8.400000"),
    "an overhead rate": ("UPDATE indirect_rates SET rate = 0.2", "7.600000"),
    "run time": ("UPDATE activities SET run_time_hours = 0.2 WHERE activity = 'MAKE'", "10.600000"),
    "scrap": ("UPDATE bom_lines SET variable_scrap = 0.5 WHERE bom = 'B-BOX'", "9.300000"),
}


@pytest.mark.parametrize("name", MOVED)
def test_a_change_of_what_a_cost_is_made_of_is_told_with_both_costs(name: str, calculated: Path) -> None:
    change, again = MOVED[name]
    assert line("BOX", "7.300000", again) in told_after(calculated, change)


def test_a_stored_cost_that_others_changed_and_one_of_other_lines_are_told(calculated: Path) -> None:
    (told,) = told_after(
        calculated, "UPDATE item_prices SET unit_cost = 8 WHERE item = 'BOX' AND from_date = '2026-01-01'"
    )
    assert told == line("BOX", "8.000000", "7.300000")
    (told,) = told_after(
        calculated,
        "UPDATE item_price_breakdown SET quantity = 1, charge = 2 WHERE item = 'BOX' AND resource = 'SHEET'",
    )
    assert "it costs 7.300000 too, but of other lines" in told


def test_what_is_no_longer_made_or_no_longer_calculable_is_told(calculated: Path) -> None:
    (told,) = told_after(calculated, "DELETE FROM kanban_rules WHERE kanban_rule = 'KR-BOX'")
    assert "BOX" in told and "cannot be calculated again" in told
    (told,) = told_after(calculated, "UPDATE boms SET quantity = 0 WHERE bom = 'B-BOX'")
    assert told.startswith(
        "warning C63 item_prices: BOX, CRATE, GEAR, PART, stored from 2026-01-01, cannot be calculated again: error C30 boms"
    )


def test_a_standard_that_a_later_one_replaces_before_the_open_period_is_passed_over(tmp_path: Path) -> None:
    s, target = Shop(), tmp_path / "book.duckdb"
    store(s, tmp_path / "first", target)
    calculate(target)
    calculate(target, date(2026, 2, 1), items=("BOX",))
    assert stale(target) == []
    price = "UPDATE item_prices SET unit_cost = 3 WHERE item = 'SHEET'"
    days = [told.partition(" from ")[2][:10] for told in told_after(target, price) if " of BOX " in told]
    assert days == ["2026-01-01", "2026-02-01"]
    close.close_period(target, end=date(2026, 1, 31), today=date(2026, 3, 1), frames=False)
    days = [told.partition(" from ")[2][:10] for told in told_after(target, price) if " of BOX " in told]
    assert days == ["2026-02-01"]


def test_one_item_calculated_on_its_own_is_calculated_so_again(tmp_path: Path) -> None:
    """Its parts count at their stored price, which only a calculation of theirs moves."""
    s, target = Shop(), tmp_path / "book.duckdb"
    s.add("bom_lines", "bom line component quantity", "B-BOX 2 GEAR 1")
    store(s, tmp_path / "shop", target)
    calculate(target, items=("BOX",), activate=False)
    more_sheet = "UPDATE bom_lines SET quantity = 5 WHERE bom = 'B-GEAR'"
    assert told_after(target, more_sheet) == []
    calculate(target, items=("BOX", "GEAR"), activate=False)
    assert told_after(target, more_sheet) == [
        line("BOX", "12.600000", "20.600000", status="pending"),
        line("GEAR", "5.300000", "13.300000", status="pending"),
    ]


def test_a_folder_has_no_stored_calculations(tmp_path: Path) -> None:
    assert stale(write_folder(Shop().book, tmp_path / "folder")) == []
