"""A small valid book: one flow makes BOX of SHEET in one activity; SHEET is picked, or moved in handling units."""

from copy import deepcopy

from tests.support.rows import Book

ACCOUNTS = [
    "inventory_issue_estimated",
    "inventory_issue",
    "wip_estimated",
    "wip",
    "finished_goods_estimated",
    "finished_goods",
    "manufacturing_absorbed_estimated",
    "manufacturing_absorbed",
    "indirect_absorbed_estimated",
    "indirect_absorbed",
    "service_accrued",
    "service_vendor",
    "service_wip_clearing",
    "opening_balance",
    "revaluation",
    "variance_price",
    "variance_quantity",
    "variance_lot_size",
    "variance_substitution",
    "variance_rounding",
]


def row(names: str, *values: str) -> dict[str, str]:
    return dict(zip(names.split(), values, strict=True))


def small_book() -> Book:
    """A fresh copy, to be changed by the test."""
    return deepcopy(SMALL)


PRICE = "costing_version item site from_date unit_cost status"
ACTIVITY = (
    "production_flow activity sequence activity_type resource_group run_time_hours process_quantity"
    " update_on_pick update_on_receipt"
)
RULE = (
    "kanban_rule production_flow item kanban_type replenishment_strategy first_activity last_activity quantity"
    " empty_policy"
)
BREAKDOWN = "costing_version item site from_date resource_type resource cost_group quantity unit_price charge cost"
PICK = "picking_line production_flow kanban item quantity posting_date"
UNIT = "kanban kanban_rule quantity assigned_date received_date emptied_date"
JOB = "job kanban activity completed_date good_quantity error_quantity"

SMALL: Book = {
    "parameters": [
        row("parameter value", "legal_entity", "Small"),
        row("parameter value", "currency", "EUR"),
        row("parameter value", "conversion_in_wip", "clear"),
        row("parameter value", "variances_to_standard", "per_cost_group"),
    ],
    "sites": [row("site name", "1", "Plant")],
    "cost_groups": [
        row("cost_group name cost_group_type", "MAT", "Material", "direct_material"),
        row("cost_group name cost_group_type", "LAB", "Labour", "direct_manufacturing"),
        row("cost_group name cost_group_type", "OUT", "Outside services", "direct_outsourcing"),
        row("cost_group name cost_group_type", "OVH", "Overhead", "indirect"),
        row("cost_group name cost_group_type", "PROD", "Products", "undefined"),
    ],
    "inventory_model_groups": [
        row("inventory_model_group inventory_model stocked_product", "STD", "standard_cost", "yes"),
        row("inventory_model_group inventory_model stocked_product", "SVC", "fifo", "no"),
    ],
    "items": [
        row("item name item_type unit cost_group inventory_model_group", "SHEET", "Sheet", "item", "pc", "MAT", "STD"),
        row("item name item_type unit cost_group inventory_model_group", "BOX", "Box", "item", "pc", "PROD", "STD"),
        row(
            "item name item_type unit cost_group inventory_model_group",
            "PAINT",
            "Painting",
            "service",
            "pc",
            "OUT",
            "SVC",
        ),
    ],
    "costing_versions": [row("costing_version costing_type", "STD", "standard")],
    "item_prices": [
        row(PRICE, "STD", "SHEET", "1", "2025-01-01", "2.00", "active"),
        row(PRICE, "STD", "BOX", "1", "2025-01-01", "7.30", "active"),
        row(PRICE, "STD", "PAINT", "1", "2025-01-01", "1.50", "active"),
    ],
    "item_price_breakdown": [
        row(BREAKDOWN, "STD", "BOX", "1", "2025-01-01", "item", "SHEET", "MAT", "2", "2.00", "0", "4.00"),
        row(BREAKDOWN, "STD", "BOX", "1", "2025-01-01", "cost_category", "CUT", "LAB", "0.1", "30.00", "0", "3.00"),
        row(BREAKDOWN, "STD", "BOX", "1", "2025-01-01", "costing_sheet_node", "LABOH", "OVH", "3", "0.1", "0", "0.30"),
    ],
    "cost_categories": [row("cost_category name cost_group", "CUT", "Cutting", "LAB")],
    "cost_category_prices": [
        row(
            "costing_version cost_category site from_date hourly_rate status",
            "STD",
            "CUT",
            "1",
            "2025-01-01",
            "30",
            "active",
        )
    ],
    "costing_sheet": [
        row(
            "node parent_node node_type cost_group base_cost_groups basis sequence", "TOP", "", "root", "", "", "", "1"
        ),
        row(
            "node parent_node node_type cost_group base_cost_groups basis sequence",
            "N-MAT",
            "TOP",
            "cost_group",
            "MAT",
            "",
            "",
            "2",
        ),
        row(
            "node parent_node node_type cost_group base_cost_groups basis sequence",
            "N-LAB",
            "TOP",
            "cost_group",
            "LAB",
            "",
            "",
            "3",
        ),
        row(
            "node parent_node node_type cost_group base_cost_groups basis sequence",
            "N-OUT",
            "TOP",
            "cost_group",
            "OUT",
            "",
            "",
            "4",
        ),
        row(
            "node parent_node node_type cost_group base_cost_groups basis sequence",
            "N-PROD",
            "TOP",
            "cost_group",
            "PROD",
            "",
            "",
            "5",
        ),
        row(
            "node parent_node node_type cost_group base_cost_groups basis sequence",
            "LABOH",
            "TOP",
            "surcharge",
            "OVH",
            "LAB",
            "value",
            "6",
        ),
    ],
    "indirect_rates": [
        row("costing_version node site from_date rate status", "STD", "LABOH", "1", "2025-01-01", "0.1", "active")
    ],
    "resource_groups": [
        row("resource_group name site is_work_cell run_time_cost_category", "CELL", "Cell", "1", "yes", "CUT")
    ],
    "production_groups": [row("production_group name wip_account", "PG", "Boxes", "1410")],
    "posting_profile": [row("posting_type main_account", kind, f"9{place:03}") for place, kind in enumerate(ACCOUNTS)],
    "production_flows": [
        row("production_flow name site production_group effective_from", "FLOW", "Boxes", "1", "PG", "2025-01-01")
    ],
    "activities": [
        row(ACTIVITY, "FLOW", "MOVE", "5", "transfer", "", "", "", "yes", "no"),
        row(ACTIVITY, "FLOW", "MAKE", "10", "process", "CELL", "0.1", "0", "yes", "yes"),
        row(ACTIVITY, "FLOW", "BACK", "90", "transfer", "", "", "", "no", "yes"),
    ],
    "kanban_rules": [
        row(RULE, "KR-SHEET", "FLOW", "SHEET", "withdrawal", "fixed", "MOVE", "MOVE", "10", "manual"),
        row(RULE, "KR-BACK", "FLOW", "SHEET", "withdrawal", "fixed", "BACK", "BACK", "10", "manual"),
        row(RULE, "KR-BOX", "FLOW", "BOX", "manufacturing", "fixed", "MAKE", "MAKE", "4", "manual"),
    ],
    "boms": [row("bom item site quantity effective_from", "B-BOX", "BOX", "1", "1", "2025-01-01")],
    "bom_lines": [row("bom line component quantity", "B-BOX", "1", "SHEET", "2")],
    "kanbans": [],
    "kanban_jobs": [],
    "picking_lines": [],
    "service_receipts": [],
    "service_invoices": [],
    "opening_wip": [],
}
