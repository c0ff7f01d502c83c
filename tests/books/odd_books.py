"""Books that hold many rare cases at once, so that a rule that is changed shows."""

from tests.books.plant import (
    ACTIVITY,
    BREAKDOWN,
    NODE,
    PRICE,
    RATE,
    RULE,
    made,
    plant,
    routed,
    rows,
    ruled,
    second_flow,
    semi_finished_by_route,
)
from tests.books.random_books import random_book
from tests.books.shop import ITEM, Shop
from tests.books.small_book import JOB, PICK, UNIT, row, small_book
from tests.support.rows import Book


def odd_product() -> Book:
    """Two sites, records for one and for all, versions that lend, phantoms in phantoms, semi-finished items in lots."""
    book = plant()
    second_flow(book)
    second_flow(book, "FAR")
    book["sites"].append(row("site name", "2", "Far"))
    book["production_flows"][-1]["site"] = "2"
    book["costing_versions"] += rows("costing_version costing_type fallback_version blocked", "PLAN planned STD no")
    book["items"] += [
        book["items"][0] | {"item": "RED", "product_master": "RAW", "weight": "0.5", "volume": "3"},
        book["items"][0] | {"item": "BLUE", "product_master": "RAW", "weight": "2"},
    ]
    book["cost_groups"].append(row("cost_group name cost_group_type", "ADM", "Administration", "indirect"))
    book["costing_sheet"] = rows(
        NODE,
        """
        PER-PIECE input_unit OVH MAT quantity level 1
        BY-WEIGHT input_unit OVH MAT weight total 2
        BY-VOLUME input_unit OVH MAT volume level 3
        PER-HOUR rate OVH LAB hours level 4
        ON-ALL surcharge ADM MAT;LAB;OUT;OVH value level 5
        RECEIVED output_unit ADM - volume level 6
        """,
    )
    book["indirect_rates"] = rows(
        RATE,
        """
        STD PER-PIECE - - 2025-01-01 0.01 active
        STD PER-PIECE 1 - 2025-01-01 0.02 active
        STD PER-PIECE 1 - 2026-02-01 0.03 active
        PLAN BY-WEIGHT 1 RAW 2025-01-01 0.4 active
        STD BY-WEIGHT - RED 2025-01-01 0.5 active
        STD BY-VOLUME 1 - 2025-01-01 0.05 active
        STD PER-HOUR 1 - 2025-01-01 6 active
        STD PER-HOUR 1 PART 2025-01-01 7 active
        STD ON-ALL 1 - 2025-01-01 0.1 active
        STD RECEIVED 1 - 2025-01-01 0.3 active
        """,
    )
    book["item_prices"] += rows(
        PRICE,
        """
        STD RAW - 2025-12-01 9.00 active
        STD RAW 1 2026-02-01 2.50 active
        STD RED - 2025-01-01 4.00 active
        PLAN GLUE 1 2025-06-01 0.006 active
        STD PAINT - 2024-06-01 1.75 active
        STD GLUE - 2025-01-01 0.007 active
        STD MODULE - 2024-05-01 5.00 active
        STD OLD-PART - 2025-01-01 3.60 active
        STD OLD-PART 1 2025-01-01 3.40 active
        STD BODY - 2025-01-01 9.10 active
        STD BODY 1 2025-01-01 8.20 active
        STD PART - 2025-01-01 4.00 active
        """,
    )
    book["item_price_breakdown"] = rows(
        BREAKDOWN,
        """
        STD RED - 2025-01-01 item RED MAT 1 3.00 0 3.00
        STD RED - 2025-01-01 item RED OUT 1 1.00 0 1.00
        STD OLD-PART 1 2025-01-01 item RAW MAT 1 1.80 0.05 1.85
        STD OLD-PART 1 2025-01-01 costing_sheet_node RECEIVED ADM 1 0.35 0.05 0.40
        STD OLD-PART 1 2025-01-01 service PAINT OUT 1 1.15 0 1.15
        STD BODY - 2025-01-01 item RED MAT 2 3.75 0.10 7.60
        STD BODY - 2025-01-01 service PAINT OUT 1 1.50 0 1.50
        STD BODY 1 2025-01-01 item RED MAT 2 4.00 0.20 8.20
        """,
    )
    book["cost_category_prices"] += rows(
        "costing_version cost_category site from_date hourly_rate status",
        "STD CUT - 2025-12-01 40 active\nPLAN CUT - 2025-01-01 33 active\nSTD CUT 1 2026-02-01 31 active",
    )
    book["activities"][0] |= {"service_item": "PAINT", "process_quantity": "25", "run_time_quantity": "3"}
    book["activities"] += rows(
        ACTIVITY,
        "LINE SHIP 25 transfer YARD 4 0 no yes PAINT\nLINE BEFORE 5 process CELL 9 0 no no -",
    )
    book["activity_ratios"] = rows("production_flow activity item throughput_ratio", "LINE PACK GOOD 1.5")
    made(book, "OLD-PART", "RAW 1")
    made(book, "PART", "RAW 2 variable_scrap=0.05", "GLUE 5 consumption=constant constant_scrap=1", units="3")
    made(book, "BODY", "PART 4 consumption=constant", "RED 1 constant_scrap=2", lot="10")
    made(book, "KIT", "PART 1", "PAINT 1 line_type=vendor", "GLUE 3 consumption=constant", lot="10")
    made(book, "BAG", "KIT 2 line_type=phantom", "BODY 1 consumption=constant")
    made(book, "TRAY", "BAG 1 line_type=phantom consumption=constant", "LABEL 1 line_type=phantom")
    made(book, "LABEL", "BLUE 1", lot="5")
    made(book, "MODULE", "RAW 2", lot="4")
    made(book, "GOOD", "BODY 2", "PART 1", "OLD-PART 2", "TRAY 3 line_type=phantom", "MODULE 1", "RAW 1", "RED 1")
    book["items"][-1]["volume"] = "10"
    made(book, "CASE", "BODY 1")
    made(book, "TWIN", "RED 1", "LABEL 1 line_type=phantom")
    made(book, "SOLO", "RED 1")
    book["boms"][-1]["site"] = "1"
    for item in ("PART", "BODY", "OLD-PART"):
        ruled(book, item, "CUT-IT", lot="10")
    for item in ("GOOD", "MODULE", "CASE"):
        ruled(book, item, "PACK", lot="8")
    ruled(book, "GOOD", "CUT-IT", lot="1", start="2025-06-01")
    for item in ("MODULE", "CASE", "TWIN"):
        ruled(book, item, "PACK", flow="OTHER")
    for item in ("TWIN", "SOLO"):
        ruled(book, item, "PACK", flow="FAR")
    ruled(book, "RAW", "PACK", start="2026-02-01")
    book["kanban_rules"] += rows(RULE, "KR-SHIP LINE TWIN manufacturing fixed PACK SHIP 10 2024-01-01")
    # other rules of CASE and MODULE: what they need has a rate and a price at the other site only
    book["items"].append(next(item for item in book["items"] if item["item"] == "PAINT") | {"item": "POLISH"})
    book["item_prices"] += rows(PRICE, "STD POLISH 2 2025-01-01 0.90 active")
    book["cost_categories"] += rows("cost_category name cost_group", "RARE Rare ADM")
    book["cost_category_prices"].append(book["cost_category_prices"][0] | {"cost_category": "RARE", "site": "2"})
    book["resource_groups"].append(
        book["resource_groups"][0] | {"resource_group": "RARE", "run_time_cost_category": "RARE"}
    )
    book["activities"] += rows(
        ACTIVITY, "OTHER RARE-WORK 30 process RARE 0.3 0 no yes -\nOTHER POLISHING 40 transfer YARD 0 0 no yes POLISH"
    )
    ruled(book, "CASE", "RARE-WORK", flow="OTHER")
    ruled(book, "MODULE", "POLISHING", flow="OTHER")
    book["default_production_flows"] = rows("item site production_flow", "MODULE 1 OTHER\nCASE 1 OTHER\nTWIN 1 LINE")
    for item in ("PART", "GOOD", "LABEL", "CASE", "SOLO", "BODY"):
        routed(book, item, "0.2", setup="0.4")
    book["routes"][-1]["site"] = "1"
    book["boms"] += [
        row("bom item site quantity effective_from", "B-NEAR", "TWIN", "1", "1", "2025-01-01"),
        row("bom item site quantity", "B-FAR", "BAG", "2", "1"),
        row("bom item quantity effective_from", "B-LATE", "TWIN", "1", "2026-02-01"),
        row("bom item quantity effective_from", "B-NEW", "PART", "1", "2026-02-01"),
    ]
    book["bom_lines"] += [
        row("bom line component quantity", "B-NEAR", "1", "BLUE", "2"),
        row("bom line component quantity", "B-FAR", "1", "GLUE", "9"),
        row("bom line component quantity", "B-LATE", "1", "GLUE", "2"),
        row("bom line component quantity", "B-NEW", "1", "RAW", "5"),
    ]
    book["routes"] += [
        row("route item site", "R-NEAR", "PART", "1"),
        row("route item effective_from", "R-LATE", "GOOD", "2026-02-01"),
    ]
    names = "route operation resource_group run_time_hours run_time_quantity setup_hours"
    book["route_operations"] += [
        row(names, "R-NEAR", "10", "CELL", "0.3", "7", "0.1"),
        row(names, "R-SOLO", "20", "YARD", "0.3", "7", "0.1"),
        row(names, "R-LATE", "10", "CELL", "0.5", "1", ""),
    ]
    return book


def odd_refusals() -> Book:
    """What cannot be calculated: flows without a default, prices and rates that begin later, rules without a BOM."""
    book = semi_finished_by_route()
    second_flow(book)
    second_flow(book, "FAR")
    book["sites"].append(row("site name", "2", "Far"))
    book["production_flows"][-1]["site"] = "2"
    book["cost_category_prices"].append(book["cost_category_prices"][0] | {"site": "2", "from_date": "2025-01-01"})
    made(book, "TWIN", "RAW 1")
    made(book, "LOOSE", "RAW 1")
    ruled(book, "TWIN", "PACK")
    ruled(book, "TWIN", "PACK", flow="OTHER")
    ruled(book, "LOOSE", "PACK", flow="FAR")
    ruled(book, "GLUE", "CUT-IT")
    routed(book, "LOOSE", "1")
    made(book, "PLAIN", "RAW 1")
    routed(book, "PLAIN", "1")
    book["bom_lines"] += [
        row("bom line component quantity", "B-GOOD", "2", "GLUE", "1"),
        row("bom line component quantity", "B-GOOD", "3", "PAINT", "1"),
    ]
    book["item_prices"][0]["from_date"] = "2026-02-01"
    book["cost_category_prices"][0]["from_date"] = "2026-02-01"
    return book


def odd_gaps() -> Book:
    """HALF has routes at three sites, one of them ended, and a BOM at one; GOOD has both for all sites."""
    book = plant()
    book["sites"] += rows("site name", "2 Far\n3 Gone")
    for table in ("item_prices", "cost_category_prices"):
        book[table] = [line | {"site": ""} for line in book[table]]
    for item in ("GOOD", "HALF"):
        made(book, item, "RAW 1")
        routed(book, item, "0.1")
    book["boms"][1]["site"] = book["routes"][1]["site"] = "1"
    book["routes"] += rows("route item site effective_to", "R-HALF2 HALF 2 -\nR-HALF3 HALF 3 2025-12-31")
    return book


def odd_company() -> Book:
    """A month of few events: records for one site and for all, an event unit emptied through a phantom, rules that ended."""
    book = small_book()
    book["parameters"][2]["value"] = "retain"
    book["sites"].append(row("site name", "2", "Far"))
    names = "item name item_type product_master unit cost_group inventory_model_group"
    book["items"] += rows(names, "RED Red item SHEET pc MAT STD\nCLIP Clip item - pc MAT STD")
    book["items"] += rows(
        names, "\n".join(f"{item} {item} item - pc PROD STD" for item in ("PART", "FOOT", "KIT", "LID", "CRATE"))
    )
    book["items"][0]["weight"], book["items"][-1]["weight"] = "2", "3"
    book["item_prices"] += rows(
        PRICE,
        """
        STD SHEET - 2026-01-18 9.00 active
        STD SHEET 1 2026-03-01 2.50 active
        STD CLIP - 2025-01-01 0.004 active
        STD LID 1 2025-06-01 3.00 active
        STD LID 1 2026-01-25 3.50 active
        STD PART 1 2025-01-01 5.00 active
        STD FOOT 1 2025-01-01 6.00 active
        STD CRATE 2 2025-01-01 8.00 active
        """,
    )
    book["item_price_breakdown"] += rows(
        BREAKDOWN,
        """
        STD SHEET 1 2025-01-01 item SHEET MAT 1 2.00 0 2.00
        STD LID 1 2025-06-01 item RED MAT 1 2.00 0 2.00
        STD LID 1 2025-06-01 cost_category CUT LAB 0.025 40.00 0 1.00
        STD LID 1 2026-01-25 item LID MAT 1 2.00 0 2.00
        STD LID 1 2026-01-25 item LID OUT 1 1.50 0 1.50
        STD CRATE 2 2025-01-01 item SHEET MAT 1 8.00 0 8.00
        """,
    )
    book["cost_category_prices"].append(
        book["cost_category_prices"][0] | {"site": "", "from_date": "2025-12-01", "hourly_rate": "44"}
    )
    book["costing_sheet"] += rows(
        NODE,
        """
        MATOH surcharge OVH MAT value level 7
        INKG input_unit OVH MAT weight total 8
        DONE output_unit OVH - quantity level 9
        """,
    )
    book["indirect_rates"] += rows(
        RATE,
        """
        STD LABOH - - 2025-12-01 0.3 active
        STD DONE - - 2025-01-01 0.25 active
        STD INKG - - 2025-01-01 0.05 active
        STD MATOH - - 2025-12-01 0.5 active
        STD MATOH 1 - 2025-01-01 0.2 active
        STD MATOH 1 SHEET 2025-01-01 0.1 active
        """,
    )
    book["production_groups"] += rows("production_group name wip_account", "PG2 Far 1420")
    book["production_flows"] += rows("production_flow name site production_group", "FAR Far 2 PG2")
    book["posting_profile"] = [account for account in book["posting_profile"] if account["posting_type"][:3] != "wip"]
    book["activities"] += rows(
        ACTIVITY,
        """
        FLOW CUT 7 process CELL 0.1 8 no no -
        FLOW TRIM 8 process CELL 0.2 0 no no PAINT
        FAR MAKE 10 process CELL 0.1 0 yes yes -
        """,
    )
    names = (
        "kanban_rule production_flow item kanban_type replenishment_strategy first_activity last_activity quantity"
        " effective_from effective_to"
    )
    book["kanban_rules"] += rows(
        names,
        """
        KR-EVENT FLOW SHEET withdrawal event MOVE MOVE 10 - -
        KR-OLD FLOW PART manufacturing fixed CUT CUT 10 - 2025-12-31
        KR-PART FLOW PART manufacturing fixed CUT TRIM 10 2026-01-01 -
        KR-FOOT FLOW FOOT manufacturing fixed CUT CUT 10 - -
        KR-CRATE FAR CRATE manufacturing fixed MAKE MAKE 10 - -
        KR-CLIP FLOW CLIP withdrawal fixed BACK BACK 10 - -
        """,
    )
    book["posting_profile"] += rows(
        "posting_type production_group cost_group main_account",
        "inventory_issue - MAT 1301\ninventory_issue PG - 1302\nvariance_quantity - LAB 5801",
    )
    book["boms"] += rows(
        "bom item site quantity effective_from effective_to",
        """
        B-KIT KIT 1 1 - 2026-01-15
        B-KIT-NEW KIT 1 1 2026-01-16 -
        B-KIT-ALL KIT - 1 2026-01-01 -
        B-PART PART - 1 - 2026-01-11
        B-PART-NEW PART - 1 2026-01-12 -
        B-FOOT FOOT - 1 - -
        B-CRATE CRATE - 1 - -
        """,
    )
    book["bom_lines"] = rows(
        "bom line component quantity line_type",
        """
        B-BOX 1 KIT 2 phantom
        B-BOX 2 LID 1 -
        B-KIT 1 SHEET 1 -
        B-KIT-NEW 1 RED 1 -
        B-KIT-ALL 1 LID 4 -
        B-PART 1 SHEET 3 -
        B-PART 2 PAINT 1 vendor
        B-PART-NEW 1 SHEET 2 -
        B-FOOT 1 PART 2 -
        B-CRATE 1 FOOT 1 -
        """,
    )
    book["kanbans"] = rows(
        f"{UNIT} source_kanban",
        """
        K-EVENT KR-EVENT 10 2026-01-05 - - -
        K-FOOT KR-FOOT 5 2026-01-06 - - -
        K-LEGS KR-FOOT 2 2026-01-06 - - -
        K-PART KR-PART 1 2026-01-06 - - -
        K-BACK KR-BACK 2 2026-01-13 - - -
        K-CLIP KR-CLIP 2 2026-01-14 - - -
        K-LATE KR-EVENT 6 2026-01-09 - - K-BOX
        K-BOX KR-BOX 4 2026-01-07 - - -
        K-NONE KR-BOX 4 2026-01-09 - - -
        K-OPEN KR-BOX 4 2026-01-20 - - -
        K-CRATE KR-CRATE 1 2026-01-20 - - -
        """,
    )
    book["kanban_jobs"] = rows(
        f"{JOB} prepared_date",
        """
        J-EVENT K-EVENT MOVE 2026-01-05 10 - -
        J-FOOT K-FOOT CUT 2026-01-12 5 - -
        J-LEGS K-LEGS CUT 2026-01-18 2 - -
        J-PART-1 K-PART CUT 2026-01-06 1 - 2026-01-05
        J-PART-2 K-PART TRIM 2026-01-07 1 - -
        J-BACK K-BACK BACK 2026-01-13 2 - -
        J-CLIP K-CLIP BACK 2026-01-14 2 - -
        J-LATE K-LATE MOVE 2026-01-10 6 - -
        J-BOX K-BOX MAKE 2026-01-10 4 1 2026-01-08
        J-NONE K-NONE MAKE 2026-01-11 0 2 2026-01-09
        J-CRATE K-CRATE MAKE 2026-01-21 1 - -
        """,
    )
    book["picking_lines"] = rows(
        PICK,
        """
        P-1 FLOW K-BOX SHEET 8 2026-01-08
        P-2 FLOW K-BOX LID 4 2026-01-08
        P-3 FLOW K-OPEN LID 1.333333 2026-01-20
        P-9 FLOW K-OPEN LID 1.5 2026-01-21
        P-4 FLOW K-OPEN RED 2 2026-01-20
        P-5 FLOW K-FOOT SHEET 30 2026-01-06
        P-6 FAR K-CRATE SHEET 1 2026-01-20
        P-7 FLOW - CLIP 1 2026-01-20
        P-8 FLOW K-FOOT SHEET -1 2026-01-09
        """,
    )
    book["service_receipts"] = rows(
        "service_receipt production_flow service_item quantity unit_price posting_date",
        "S-1 FLOW PAINT 10 1.60 2026-01-07",
    )
    book["service_invoices"] = rows(
        "service_invoice service_receipt quantity unit_price posting_date",
        "I-1 S-1 4 1.60 2026-01-08\nI-2 S-1 5 1.65 2026-01-17\nI-3 S-1 1 1.601 2026-01-17",
    )
    book["opening_wip"] = rows(
        "production_flow resource_type resource cost_group posting_date quantity unit_cost amount",
        """
        FLOW item SHEET MAT 2025-12-31 5 2.00 10.00
        FLOW item CLIP MAT 2025-12-31 500 0.004 2.00
        FLOW service PAINT OUT 2025-12-31 1 1.50 1.50
        FLOW cost_category CUT LAB 2025-12-31 1.5 30 45.00
        """,
    )
    return book


def odd_history() -> Book:
    """The month of few events in a flow that is not live before the 20th, with what no run will ever read."""
    book = odd_company()
    book["production_flows"][0]["go_live"] = "2026-01-20"
    book["activities"][-2]["resource_group"] = ""
    book["item_prices"] += rows(PRICE, "STD CLIP 1 2026-01-16 0.005 active")
    book["items"].append(book["items"][0] | {"item": "GONE"})
    book["kanbans"] += rows(UNIT, "K-HALF KR-PART 1 2026-01-06 - -")
    book["kanban_jobs"] += rows(JOB, "J-HALF K-HALF CUT 2026-01-07 1 -")
    book["picking_lines"] += rows(PICK, "P-10 FLOW - GONE 1 2026-01-05\nP-11 FLOW - SHEET 1 2126-01-05")
    return book


def odd_factors() -> Book:
    """What looks like a per cent, is lost in the ninth decimal, or gives nothing."""
    shop = Shop()
    shop.add("items", ITEM, "TRAY Tray item pc PROD STD")
    shop.add("boms", "bom item quantity", "B-TRAY TRAY 1")
    shop.add("bom_lines", "bom line component quantity", "B-TRAY 1 PART 0.00005")
    shop.add("bom_lines", "bom line component quantity", "B-TRAY 2 NAIL 0.0000005")
    shop.rule("KR-TRAY", "TRAY", "manufacturing", "MAKE")
    shop.change("bom_lines", "B-PART", quantity="0.00003")
    shop.change("bom_lines", "B-CRATE", "PART", quantity="0.00001")
    shop.change("activities", "COAT", service_quantity="0")
    shop.change("indirect_rates", "LABOH", rate="10")
    names = "production_flow activity item throughput_ratio"
    shop.add("activity_ratios", names, "MILL TURN GEAR 0")
    shop.add("activity_ratios", names, "FLOW MAKE SWARF 0")
    shop.add("routes", "route item", "R-BOX BOX")
    shop.add("route_operations", "route operation resource_group run_time_hours", "R-BOX 10 CELL 0")
    return shop.book


def odd_second_line() -> Book:
    """MILL goes live when January is half over; what stood in it gets a new standard, and nothing of it is issued."""
    shop = Shop()
    names = "production_flow resource_type resource cost_group posting_date quantity unit_cost amount"
    shop.add("opening_wip", names, "FLOW item SHEET MAT 2025-12-31 8 2.00 16.00")
    shop.add("opening_wip", names, "MILL item SHEET MAT 2026-01-15 10 2.00 20.00")
    shop.change("production_flows", "MILL", go_live="2026-01-15")
    shop.price("SHEET", "2.10", on="2026-01-20", site="1")
    shop.make("KR-BOX", "MAKE", "4", "01-05", name="K1")
    return shop.book


def odd_rates(seed: int) -> Book:
    """A random book whose hourly and overhead rates begin after the go-live, on days of their own."""
    book = random_book(seed)
    for table in ("cost_category_prices", "indirect_rates"):
        for place, line in enumerate(book[table]):
            if line["from_date"] < "2026-01-01":
                line["from_date"] = f"2026-01-{1 + place * seed % 4:02}"
    return book


def odd_record() -> Book:
    """CRATE holds a GEAR, whose record that holds does not add up; the one before it did."""
    shop = Shop()
    shop.add("bom_lines", "bom line component quantity", "B-CRATE 3 GEAR 1")
    shop.price("GEAR", "5.40", on="2025-06-01", site="1")
    names = "costing_version item site from_date resource_type resource cost_group quantity unit_price charge cost"
    shop.add("item_price_breakdown", names, "STD GEAR 1 2025-06-01 item SHEET MAT 2.675 2.00 0 5.35")
    return shop.book


def odd_measures() -> Book:
    """Overhead by weight on SHEET alone and by volume on CRATE alone, of which neither is known; NAIL and PART bear none."""
    shop = Shop()
    shop.node("IN-KG", "input_unit", "MAT", "weight", "0.20")
    shop.node("IN-PC", "input_unit", "OUT", "quantity", "0.10")
    shop.node("OUT-M3", "output_unit", "-", "volume", "0.30")
    shop.change("indirect_rates", "IN-KG", item="SHEET")
    shop.change("indirect_rates", "OUT-M3", item="CRATE")
    return shop.book


def odd_start() -> Book:
    """FLOW alone goes live, with half-made PARTs and no other balance, before its first rates begin; MILL is not live yet."""
    shop = Shop()
    for line in shop.book["production_flows"]:
        line["go_live"] = "2026-01-05" if line["production_flow"] == "FLOW" else "2026-03-31"
    for line in (*shop.book["cost_category_prices"], *shop.book["indirect_rates"]):
        line["from_date"] = "2026-01-08"
    shop.rate("LABOH", "0.30", "2026-01-20")
    shop.unit("K1", "KR-PART", "4", "01-02")
    shop.job("J1", "K1", "PRESS", "01-03", "4")
    return shop.book
