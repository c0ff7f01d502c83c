"""Seven readings on which the contract was mended: each tiny book as it is right, and what is of the same kind."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from leancost.cli.commands import main
from leancost.costing import backflush, standard_cost, workspace
from leancost.explain import flow
from leancost.explain.workings import runs_of
from tests.books.shop import Closed, Shop
from tests.books.small_book import row
from tests.support.closes import close_rows
from tests.support.rows import Book, read_folder, table_rows, workspace_of

DAY = date(2026, 1, 15)
END = date(2026, 1, 31)
ITEM = "item name item_type unit cost_group inventory_model_group"
PRICE = "costing_version item site from_date unit_cost status"
BREAKDOWN = "costing_version item site from_date resource_type resource cost_group quantity unit_price charge cost"
RULE = "kanban_rule production_flow item kanban_type replenishment_strategy first_activity last_activity quantity"
UNIT = "kanban kanban_rule quantity assigned_date received_date emptied_date"
JOB = "job kanban activity completed_date good_quantity"
PICK = "picking_line production_flow kanban item quantity posting_date updates_inventory"
NODE = "node parent_node node_type cost_group base_cost_groups basis sequence"
RATE = "costing_version node item from_date rate status"
Rulings = Callable[[str], Book]


@pytest.fixture
def rulings(examples: Path) -> Rulings:
    return lambda name: read_folder(examples / "rulings" / name)


def add(rows: Book, table: str, names: str, *lines: str) -> None:
    """Rows by column names and cells, `-` for an empty one."""
    for line in lines:
        cells = ["" if cell == "-" else cell for cell in line.split()]
        rows.setdefault(table, []).append(row(names, *cells))


def change(rows: Book, table: str, *cells: str, **values: str) -> None:
    """Changes the rows that hold these cells."""
    found = [line for line in rows[table] if set(cells) <= set(line.values())]
    assert found, cells
    for line in found:
        line.update(values)


def made_of(rows: Book, item: str, component: str, quantity: str = "1", line_type: str = "-") -> None:
    """An item of the product category with a BOM of one line."""
    if item not in {line["item"] for line in rows["items"]}:
        add(rows, "items", ITEM, f"{item} {item} item pc PROD STD")
    add(rows, "boms", "bom item quantity", f"B-{item} {item} 1")
    add(rows, "bom_lines", "bom line component quantity line_type", f"B-{item} 1 {component} {quantity} {line_type}")


def closed(rows: Book, end: date = END, start: date | None = None) -> Closed:
    return Closed(close_rows(rows, end, start))


# Kept conversion bears the rates of the item whose rule it was done under


def test_hours_of_a_semi_finished_item_in_a_unit_bear_its_own_rate(rulings: Rulings) -> None:
    assert closed(rulings("semi_finished_rate")).wip("HOUR") == "14 0 14"  # 1 h x 2 + 1 h x 12


def test_cleared_conversion_comes_back_at_the_rates_of_each_item(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    change(rows, "parameters", "conversion_in_wip", value="clear")
    run = closed(rows)
    assert run.wip("HOUR") == "14 14 0"
    assert run.sum("realized_usage", "timing_amount", resource="HOUR") == "14"
    # brought forward, and emptied in February: what retain kept at the start is gone
    change(rows, "kanbans", "K2", emptied_date="2026-02-10")
    run = closed(rows, date(2026, 2, 28), date(2026, 2, 1))
    assert run.sum("realized_usage", "timing_amount", resource="HOUR") == "-14"


def test_a_unit_that_stands_at_the_go_live_holds_hours_at_the_rates_of_each_item(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    change(rows, "parameters", "conversion_in_wip", value="clear")
    change(rows, "kanbans", "K2", emptied_date="2026-02-10")
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    add(rows, "opening_wip", names, "PF1 item R MET 2026-01-31 1 2 2")
    run = closed(rows, date(2026, 2, 28))
    assert run.sum("realized_usage", "timing_amount", resource="HOUR") == "-14"


def with_a_core(rows: Book) -> None:
    """S is made of a CORE, which is made of R in an hour of its own at overhead 5."""
    change(rows, "bom_lines", "BS", component="CORE")
    made_of(rows, "CORE", "R")
    add(rows, "kanban_rules", RULE, "P-CORE PF1 CORE manufacturing fixed A10 A10 1")
    add(rows, "item_prices", PRICE, "V1 CORE - 2025-01-01 17 active")
    add(rows, "indirect_rates", RATE, "V1 HOUR CORE 2025-01-01 5 active")
    add(rows, "kanbans", UNIT, "K0 P-CORE 1 2026-01-05 - 2026-01-12")
    add(rows, "kanban_jobs", JOB, "J0 K0 A10 2026-01-11 1")


def test_every_level_in_a_unit_bears_its_own_rate(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    with_a_core(rows)
    assert closed(rows).wip("HOUR") == "19 0 19"  # 5 + 2 + 12


def test_a_phantom_between_hides_no_rate(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    change(rows, "bom_lines", "BF", component="PH", line_type="phantom")
    made_of(rows, "PH", "S")
    assert closed(rows).wip("HOUR") == "14 0 14"


def test_the_rates_are_those_of_the_end_date(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    add(rows, "indirect_rates", RATE, "V1 HOUR S 2026-01-25 3 active")
    assert closed(rows).wip("HOUR") == "14 -1 15"  # posted 2 + 12, kept 3 + 12


def test_a_surcharge_on_kept_hours_is_told_apart_by_item_too(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    add(rows, "costing_sheet", NODE, "ADD ROOT surcharge OH LAB value 8")
    add(rows, "indirect_rates", RATE, "V1 ADD S 2025-01-01 0.1 active", "V1 ADD F 2025-01-01 0.5 active")
    assert closed(rows).wip("ADD") == "6 0 6"  # 10.00 x 10 % + 10.00 x 50 %


def test_a_semi_finished_item_in_a_kanban_in_process_bears_its_own_rate(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    rows["kanban_jobs"].pop()  # F is begun, not done
    add(rows, "picking_lines", PICK, "P2 PF1 K2 S 1 2026-01-20 no")
    assert closed(rows).wip("HOUR") == "2 0 2"


def test_hours_kept_of_a_kanban_are_rounded_once_and_shared_by_its_items(rulings: Rulings) -> None:
    rows = rulings("semi_finished_rate")
    change(rows, "activities", "A10", run_time_quantity="3")
    change(rows, "activities", "A30", run_time_quantity="3")
    run = closed(rows)
    assert run.sum("wip_transactions", "quantity", resource="C1") == "0.666666"  # 0.333333 twice, as posted
    # 0.333333333 of F and as much of S are 0.666667, of which 0.666666 were worked: 12 x 0.333333 + 2 x 0.333333
    assert run.sum("wip_balances", "after", resource="C1") == "6.67"
    assert run.wip("HOUR") == "4.67 0 4.67"


# A settled layer keeps nothing, an open one no more than it holds


def layers(run: Closed, cost_group: str) -> list[str]:
    """Event, amount, settled and open amount of the layers in a cost group."""
    columns = ("amount", "settled_amount", "open_quantity", "open_amount")
    return [
        " ".join(
            [line["transaction"].partition("#")[0].partition(":")[2], *(run_value(line[name]) for name in columns)]
        )
        for line in sorted(run.rows("settlements", cost_group=cost_group), key=lambda line: line["transaction"])
    ]


def run_value(text: str) -> str:
    return format(Decimal(text).normalize() + 0, "f")


def test_a_settled_layer_keeps_no_cent(rulings: Rulings) -> None:
    run = closed(rulings("settled_cent"))
    assert layers(run, "MET") == ["J1 0 0 0 0", "J2 -0.01 -0.01 0 0"]
    assert run.sum("settlements", "open_amount") == run.sum("wip_balances", "after") == "0"


def test_a_wholly_open_layer_keeps_the_cent(rulings: Rulings) -> None:
    rows = rulings("settled_cent")
    change(rows, "kanbans", "U2", emptied_date="")
    run = closed(rows)
    assert layers(run, "MET") == ["J1 0 0 0 0", "J2 -0.01 0 1 -0.01"]
    assert run.sum("settlements", "open_amount") == run.sum("wip_balances", "after") == "1"  # 1.01 in CHEM


def test_a_layer_open_in_part_keeps_nothing_of_a_cent_below_nothing(rulings: Rulings) -> None:
    rows = rulings("settled_cent")
    change(rows, "kanban_jobs", "J2", good_quantity="3")  # 1.00 and 3.01; together 4.02 leave MET
    change(rows, "kanbans", "U2", emptied_date="")
    add(rows, "picking_lines", PICK, "BACK PF1 - R -2 2026-01-20 yes")  # two are left of it
    run = closed(rows)
    assert layers(run, "MET") == ["J1 0 0 0 0", "J2 -0.01 -0.01 2 0"]
    assert run.sum("settlements", "open_amount") == run.sum("wip_balances", "after") == "2.01"


def test_a_layer_of_negative_cost_is_settled_in_proportion(rulings: Rulings) -> None:
    rows = rulings("settled_cent")
    rows["item_prices"], rows["item_price_breakdown"], rows["kanbans"] = (
        rows["item_prices"][:1],
        [],
        rows["kanbans"][:1],
    )
    change(rows, "item_prices", "R", unit_cost="4")
    add(
        rows, "item_price_breakdown", BREAKDOWN,
        "V1 R - 2025-01-01 item R MET 1 5 0 5", "V1 R - 2025-01-01 item R CHEM -1 1 0 -1",
    )  # fmt: skip
    change(rows, "kanban_jobs", "J1", good_quantity="4")
    rows["kanban_jobs"].pop()
    change(rows, "kanbans", "U1", emptied_date="")
    add(rows, "picking_lines", PICK, "BACK PF1 - R -3 2026-01-20 yes")
    run = closed(rows)
    assert layers(run, "MET") == ["J1 20 15 1 5"]
    assert layers(run, "CHEM") == ["J1 -4 -3 1 -1"]


# A cost group realizes what it holds


def quantities(run: Closed, resource: str) -> list[str]:
    """Cost group, realized and allowed quantity."""
    return sorted(
        f"{line['cost_group']} {run_value(line['realized_quantity'])} {run_value(line['allowed_quantity'])}"
        for line in run.rows("realized_usage", resource=resource)
    )


def test_a_cost_group_without_layers_realizes_no_quantity(rulings: Rulings) -> None:
    run = closed(rulings("moved_cost_group"))
    assert quantities(run, "R") == ["CHEM 10 0", "MET 0 10"]
    assert run.sum("settlements", "settled_quantity", cost_group="CHEM") == "10"
    # in MET 20.00 are allowed at a price that R no longer has there; in CHEM 10 were used that nothing allows
    assert run.variances("R", cost_group="MET") == {"price": "-20"}
    assert run.variances("R", cost_group="CHEM") == {"quantity": "20"}


def test_an_item_in_two_cost_groups_is_realized_in_both_and_in_no_third(rulings: Rulings) -> None:
    rows = rulings("moved_cost_group")
    change(rows, "item_price_breakdown", "R", "CHEM", unit_price="1.5", cost="1.5")
    add(rows, "item_price_breakdown", BREAKDOWN, "V1 R - 2026-01-01 item R LAB 1 0.5 0 0.5")
    assert quantities(closed(rows), "R") == ["CHEM 10 0", "LAB 10 0", "MET 0 10"]


def test_what_is_returned_in_another_cost_group_is_taken_off_there(rulings: Rulings) -> None:
    rows = rulings("moved_cost_group")
    change(rows, "item_prices", "R", "2026-01-01", from_date="2026-01-20")
    change(rows, "item_price_breakdown", "CHEM", from_date="2026-01-20")
    add(rows, "picking_lines", PICK, "P2 PF1 - R -4 2026-01-22 yes")
    # ten settled in MET, where F allows them; four went back out of CHEM
    assert quantities(closed(rows), "R") == ["CHEM -4 0", "MET 10 10"]


def test_a_service_is_realized_in_the_cost_group_it_was_received_in() -> None:
    shop = Shop()
    shop.add("cost_groups", "cost_group name cost_group_type", "OUT2 Outside direct_outsourcing")
    shop.change("items", "PAINT", cost_group="OUT2")  # the breakdown of CRATE still says OUT
    shop.service("S1", "4", "1.5", "01-10")
    shop.make("KR-CRATE", "MAKE", "4", "01-10")
    assert quantities(shop.close(), "PAINT") == ["OUT 0 4", "OUT2 4 0"]


def test_a_quantity_in_the_wrong_cost_group_stops_the_close(rulings: Rulings) -> None:
    with workspace_of(rulings("moved_cost_group")) as connection:
        list(backflush.close(connection, end=END))
        connection.execute("UPDATE realized_usage SET realized_quantity = 10 WHERE cost_group = 'MET'")
        workspace.run_rule(connection, "verification/broken_identities")
        found = connection.execute("SELECT identity, subject, difference FROM broken_identities").fetchall()
    assert found == [("settled quantity = realized + returned of the cost group", "R MET", Decimal(-10))]


# A BOM uses what its phantoms use


def test_a_semi_finished_item_in_a_phantom_is_semi_finished(rulings: Rulings) -> None:
    assert closed(rulings("semi_finished_in_phantom")).unused() == ["R semi_finished K1 10"]


def test_a_phantom_in_a_phantom_is_opened_too(rulings: Rulings) -> None:
    rows = rulings("semi_finished_in_phantom")
    change(rows, "bom_lines", "BP", component="INNER", line_type="phantom")
    made_of(rows, "INNER", "S")
    assert closed(rows).unused() == ["R semi_finished K1 10"]


@pytest.mark.parametrize(
    "cells",
    [{"bom": "BF", "line_type": "item"}, {"bom": "BP", "line_type": "vendor"}],
    ids=["a part that is bought", "a vendor's line"],
)
def test_what_is_not_opened_uses_nothing(rulings: Rulings, cells: dict[str, str]) -> None:
    rows = rulings("semi_finished_in_phantom")
    change(rows, "bom_lines", cells["bom"], line_type=cells["line_type"])
    assert closed(rows).unused() == ["R finished K1 10"]


def test_the_bom_of_a_phantom_is_that_of_the_day_the_unit_was_received(rulings: Rulings) -> None:
    rows = rulings("semi_finished_in_phantom")
    change(rows, "boms", "BP", effective_from="2026-01-13")  # received on 2026-01-12
    assert closed(rows).unused() == ["R finished K1 10"]


# All lines of a semi-finished item are stored by route


def calculated(rows: Book, basis: str = "route", **options: object) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Unit costs as calculated and as stored, by item, and what the warnings say of lines that are never posted."""
    with workspace_of(rows) as connection:
        result = standard_cost.calculate(connection, calculation_date=DAY, basis=basis, **options)  # type: ignore[arg-type]
        costs, stored = (
            {
                line["item"]: run_value(line["unit_cost"])
                for line in table_rows(connection, table, ["item", "unit_cost"])
            }
            for table in ("standard_costs", "calculated_item_prices")
        )
    texts = [finding.problem for finding in result.warnings if finding.table == "item_price_breakdown"]
    return costs, stored, texts


NEVER = "the cost of {} at site 1 holds {} of {}, {} a unit of {}, which flow PF1 never posts: it does not receive {} into inventory"


def never(product: str, node: str, item: str, amount: str) -> str:
    return NEVER.format(product, node, item, amount, product, item)


def test_what_is_calculated_by_route_is_what_is_stored(rulings: Rulings) -> None:
    costs, stored, texts = calculated(rulings("semi_finished_output_unit"))
    assert costs == stored == {"F": "4", "S": "3"}
    assert texts == [never("F", "OUTU", "S", "1.000000")]


def test_by_flow_it_is_neither_calculated_nor_stored(rulings: Rulings) -> None:
    costs, stored, texts = calculated(rulings("semi_finished_output_unit"), "production_flow")
    assert costs == stored == {"F": "3", "S": "3"}
    assert texts == []


def test_by_default_a_part_by_flow_brings_all_its_lines(rulings: Rulings) -> None:
    rows = rulings("semi_finished_output_unit")
    rows["routes"] = [line for line in rows["routes"] if line["item"] == "F"]
    costs, stored, texts = calculated(rows, "default")
    assert costs == stored == {"F": "4", "S": "3"}
    assert texts == [never("F", "OUTU", "S", "1.000000")]


@pytest.mark.parametrize("basis", ["weight", "volume"])
def test_a_part_is_charged_by_its_own_measure_and_a_surcharge_on_it_comes_along(rulings: Rulings, basis: str) -> None:
    rows = rulings("semi_finished_output_unit")
    change(rows, "costing_sheet", "OUTU", basis=basis)
    change(rows, "items", "S", **{basis: "3"})
    change(rows, "items", "F", **{basis: "2"})
    add(rows, "cost_groups", "cost_group name cost_group_type", "ADM Administration indirect")
    add(rows, "costing_sheet", NODE, "ADM-OH ROOT surcharge ADM OH value 10")
    add(rows, "indirect_rates", RATE, "V1 ADM-OH - 2025-01-01 0.5 active", "V1 OUTU S 2025-01-01 2 active")
    costs, stored, texts = calculated(rows)
    # S: 2.00 + 3 x 2.00 + half of it; F: S + 2 x 1.00 + half of it
    assert costs == stored == {"F": "14", "S": "11"}
    assert texts == [never("F", "ADM-OH", "S", "3.000000"), never("F", "OUTU", "S", "6.000000")]


def two_levels(rows: Book) -> None:
    """F of 2 S of 2 CORE of R, all left in WIP but F, all by route."""
    change(rows, "bom_lines", "BF", quantity="2")
    change(rows, "bom_lines", "BS", component="CORE", quantity="2")
    made_of(rows, "CORE", "R")
    add(rows, "kanban_rules", RULE, "P-CORE PF1 CORE manufacturing fixed A10 A10 1")
    add(rows, "routes", "route item", "RCORE CORE")


def test_every_level_by_route_brings_all_its_lines(rulings: Rulings) -> None:
    rows = rulings("semi_finished_output_unit")
    two_levels(rows)
    costs, stored, texts = calculated(rows)
    assert costs == stored == {"F": "15", "S": "7", "CORE": "3"}  # 3; 2 x 3 + 1; 2 x 7 + 1
    assert texts == [
        never("F", "OUTU", "CORE", "4.000000"), never("F", "OUTU", "S", "2.000000"), never("S", "OUTU", "CORE", "2.000000"),
    ]  # fmt: skip


def test_a_part_inside_a_phantom_brings_all_its_lines(rulings: Rulings) -> None:
    rows = rulings("semi_finished_output_unit")
    change(rows, "bom_lines", "BF", component="PH", line_type="phantom")
    made_of(rows, "PH", "S", "3")
    costs, stored, texts = calculated(rows)
    assert costs == stored == {"F": "10", "S": "3"}
    assert texts == [never("F", "OUTU", "S", "3.000000")]


def test_a_part_outside_the_run_brings_all_lines_of_its_price_record(rulings: Rulings) -> None:
    rows = rulings("semi_finished_output_unit")
    add(rows, "item_prices", PRICE, "V1 S - 2026-01-01 3.5 active")
    add(
        rows, "item_price_breakdown", BREAKDOWN,
        "V1 S - 2026-01-01 item R MET 1 2 0 2", "V1 S - 2026-01-01 costing_sheet_node OUTU OH 1 1.5 0 1.5",
    )  # fmt: skip
    costs, stored, texts = calculated(rows, items=["F"])
    assert costs == stored == {"F": "4.5"}
    assert texts == [never("F", "OUTU", "S", "1.500000")]


def test_what_is_never_posted_becomes_a_favourable_variance(rulings: Rulings) -> None:
    rows = rulings("semi_finished_output_unit")
    with workspace_of(rows) as connection:
        standard_cost.calculate(connection, calculation_date=DAY, basis="route")
        names = PRICE.replace(" site", "").split()
        prices = table_rows(connection, "calculated_item_prices", names)
        lines = table_rows(connection, "calculated_item_price_breakdown", BREAKDOWN.replace(" site", "").split())
    rows["item_prices"] += [line | {"status": "active"} for line in prices]
    rows["item_price_breakdown"] = lines
    add(rows, "picking_lines", PICK, "P1 PF1 - R 1 2026-01-20 yes")
    add(rows, "kanbans", UNIT, "K1 P-F 1 2026-01-20 - -")
    add(rows, "kanban_jobs", JOB, "J1 K1 A30 2026-01-20 1")
    run = closed(rows)
    assert run.wip("R") == "0 0 0"
    assert run.wip("OUTU", "inputs outputs variance") == "1 -2 -1"


# Subcontracting that a calculation by route does not see


def refused(rows: Book, basis: str = "route", **options: object) -> list[str]:
    with workspace_of(rows) as connection:
        standard_cost.calculate(connection, calculation_date=DAY, basis=basis, **options)  # type: ignore[arg-type]
        return [finding.problem for finding in standard_cost.subcontracted_by_route(connection)]


def involves(item: str, what: str) -> str:
    return f"{item} at site 1 involves the subcontracted {what} and was calculated by route"


A20 = "activity A20 of production flow PF1"


@pytest.mark.parametrize("name", ["subcontracted_activity", "subcontracted_operation"])
def test_subcontracting_by_route_is_not_activated_and_nothing_is_stored(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    stored = tmp_path / "book.duckdb"
    assert main(["import", str(examples / "rulings" / name), str(stored)]) == 0
    capsys.readouterr()
    asked = ["calculate", str(stored), "--date", "2026-01-15", "--version", "V1", "--activate"]
    before = stored.read_bytes()
    assert main([*asked, "--basis", "route"]) == 1
    assert "involves the subcontracted activity A20 of production flow PF1" in capsys.readouterr().err
    assert stored.read_bytes() == before
    if name == "subcontracted_activity":
        assert main([*asked, "--out", str(tmp_path / "out")]) == 0
        assert "V1,F,1,2026-01-15,7.000000,active" in (tmp_path / "out" / "setup" / "item_prices.csv").read_text()


def test_each_operation_and_activity_of_a_vendor_is_named(rulings: Rulings) -> None:
    assert refused(rulings("subcontracted_activity")) == [involves("F", A20)]
    assert refused(rulings("subcontracted_operation")) == [
        involves("F", A20), involves("F", "operation 10 of route RF"),
    ]  # fmt: skip
    assert refused(rulings("subcontracted_operation"), "production_flow") == []


def of_a_semi_finished_item(rows: Book) -> None:
    """F, packed here, is made of BODY of CORE; A20 is the work on CORE, which stands in WIP as BODY does."""
    change(rows, "activities", "A20", update_on_receipt="no")
    names = "production_flow activity sequence activity_type update_on_pick update_on_receipt"
    add(rows, "activities", names, "PF1 A25 25 process no no", "PF1 A30 30 process yes yes")
    change(rows, "kanban_rules", "P-F", first_activity="A30", last_activity="A30")
    change(rows, "bom_lines", "BF", component="BODY")
    made_of(rows, "BODY", "CORE")
    made_of(rows, "CORE", "R")
    add(
        rows, "kanban_rules", RULE,
        "P-BODY PF1 BODY manufacturing fixed A25 A25 1", "P-CORE PF1 CORE manufacturing fixed A20 A20 1",
    )  # fmt: skip
    add(rows, "routes", "route item", "RBODY BODY", "RCORE CORE")


def test_subcontracting_two_levels_down_is_seen(rulings: Rulings) -> None:
    rows = rulings("subcontracted_activity")
    of_a_semi_finished_item(rows)
    assert refused(rows) == [involves(item, A20) for item in ("BODY", "CORE", "F")]


def test_subcontracting_of_semi_finished_items_outside_the_run_is_seen(rulings: Rulings) -> None:
    rows = rulings("subcontracted_activity")
    of_a_semi_finished_item(rows)
    add(rows, "item_prices", PRICE, "V1 BODY - 2026-01-01 2 active", "V1 CORE - 2026-01-01 2 active")
    assert refused(rows, items=["F"]) == [involves("F", A20)]


def test_subcontracting_in_a_phantom_is_seen(rulings: Rulings) -> None:
    rows = rulings("subcontracted_activity")
    of_a_semi_finished_item(rows)
    change(rows, "bom_lines", "B-BODY", component="PH", line_type="phantom")
    made_of(rows, "PH", "R")
    change(rows, "kanban_rules", "P-CORE", item="PH")
    change(rows, "routes", "RCORE", item="PH")
    assert refused(rows, items=["F", "BODY"]) == [involves(item, A20) for item in ("BODY", "F")]


@pytest.mark.parametrize("kind", ["transfer", "process"])
def test_a_service_makes_an_activity_subcontracted(rulings: Rulings, kind: str) -> None:
    rows = rulings("subcontracted_activity")
    names = "production_flow activity sequence activity_type update_on_pick update_on_receipt"
    add(rows, "activities", names, "PF1 A30 30 process yes yes")
    change(rows, "activities", "A20", activity_type=kind, resource_group="", update_on_receipt="no")
    change(rows, "kanban_rules", "P-F", last_activity="A30")
    assert refused(rows) == [involves("F", A20)]
    change(rows, "activities", "A20", service_item="")
    assert refused(rows) == []


def test_a_vendor_s_line_in_a_bom_is_seen(rulings: Rulings) -> None:
    rows = rulings("subcontracted_activity")
    change(rows, "activities", "A20", resource_group="", service_item="")
    add(rows, "bom_lines", "bom line component quantity line_type", "BF 2 SV 1 vendor")
    assert refused(rows) == [involves("F", "service SV")]


def test_what_has_ended_or_is_made_elsewhere_subcontracts_nothing(rulings: Rulings) -> None:
    ended = rulings("subcontracted_activity")
    change(ended, "kanban_rules", "P-F", effective_to="2026-01-14")
    assert refused(ended) == []
    elsewhere = rulings("subcontracted_activity")
    add(elsewhere, "sites", "site name", "2 Other")
    change(elsewhere, "routes", "RF", site="2")
    change(elsewhere, "production_flows", "PF1", site="1")
    assert refused(elsewhere) == []


def test_a_part_that_is_bought_is_not_asked_how_it_could_be_made(rulings: Rulings) -> None:
    rows = rulings("subcontracted_activity")
    made_of(rows, "BOX", "F")
    add(rows, "routes", "route item", "RBOX BOX")
    add(rows, "item_prices", PRICE, "V1 F - 2026-01-01 6 active")
    assert refused(rows, items=["BOX"]) == []
    assert refused(rows) == [involves("BOX", A20), involves("F", A20)]


# Explained


@pytest.mark.parametrize("name", ["semi_finished_rate", "settled_cent", "moved_cost_group"])
def test_the_figures_are_explained(examples: Path, name: str) -> None:
    with runs_of(examples / "rulings" / name, end=END) as runs:
        for workings in runs:
            for line in workings.select("SELECT * FROM wip_balances"):
                found = flow.explain_run(workings, line["production_flow"], line["cost_group"], line["resource"])
                assert found.terms or found.inner
            if name == "semi_finished_rate":
                shares = workings.select("SELECT rule_item, hours FROM kept_hours ORDER BY rule_item")
                assert [(one["rule_item"], run_value(str(one["hours"]))) for one in shares] == [("F", "1"), ("S", "1")]
