"""The set-up of a book as people read it: flows, work cells, kanban loops, costing sheet, checklist."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas

from leancost.actions.check import findings_of
from leancost.book import sources
from leancost.costing import workspace
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.lab import parameters
from leancost.tables.declaration import inputs
from leancost.views import kept

INDENT = "\u2003"
NOT_SHOWN = "(not on the costing sheet)"


@dataclass(frozen=True)
class Setup:
    """A company's set-up tables, how many rows its event tables hold, and what the checklist found."""

    tables: dict[str, pandas.DataFrame]
    events: pandas.DataFrame
    findings: pandas.DataFrame
    """code, severity, table (with the row as Excel shows it), problem, remedy."""


def read_setup(source: object, language: object = "en") -> Setup:
    """Reads the set-up of a book, folder or workbook and runs the checklist.

    Raises LeancostError where a cell or a notebook's parameter cannot be read. Source: the
    source's "Configuring backflush costing"; contract 5 (check).
    """
    parameters.require_language(language)
    place = parameters.book_of(source)
    with kept.found("setup", place, ()) as connection:
        if connection:
            return _kept_setup(connection)
    with sources.opened(place) as connection, kept.place_for(connection):
        keep_setup(connection, place)
        return _kept_setup(connection)


def keep_setup(connection: Connection, source: Path) -> None:
    """Keeps the set-up of an opened source, how many events it has, and what the checklist finds; fills defaults."""
    workspace.fill_defaults(connection)
    for table in inputs():
        if table.group == "setup":
            kept.keep_table(connection, table, "setup")
    counts = [
        (table.name, table.description, *(connection.execute(f"SELECT count(*) FROM {table.name}").fetchone() or (0,)))
        for table in inputs()
        if table.group == "events"
    ]
    kept.keep_rows(connection, "events.counts", '"table" VARCHAR, what_it_holds VARCHAR, "rows" BIGINT', counts)
    found = findings_of(connection, source)
    kept.keep_rows(
        connection,
        "events.findings",
        'code VARCHAR, severity VARCHAR, "table" VARCHAR, problem VARCHAR, remedy VARCHAR',
        [(f.code, f.severity, f.place, f.problem, f.remedy) for f in found],
    )
    kept.is_answer(connection, "setup", source, ())


def input_table(source: Path, name: str) -> pandas.DataFrame:
    """An input table of a source, defaults filled; raises LeancostError where none is called so."""
    known = {table.name: table for table in inputs()}
    if name not in known:
        raise LeancostError(f"There is no input table {name}. Known: {', '.join(known)}.")
    with sources.opened(source) as connection:
        workspace.fill_defaults(connection)
        return workspace.frame(connection, known[name])


def _kept_setup(connection: Connection) -> Setup:
    return Setup(
        tables={t.name: kept.frame(connection, f"setup.{t.name}") for t in inputs() if t.group == "setup"},
        events=kept.frame(connection, "events.counts"),
        findings=kept.frame(connection, "events.findings"),
    )


def flows(setup: Setup) -> pandas.DataFrame:
    """Every production flow with its site, value stream and WIP account."""
    groups = setup.tables["production_groups"][["production_group", "wip_account"]]
    joined = setup.tables["production_flows"].merge(groups, on="production_group", how="left")
    return joined[["production_flow", "name", "site", "value_stream", "production_group", "wip_account"]]


def activities(setup: Setup) -> pandas.DataFrame:
    """What is done in every flow, in sequence, by which work cell, at which cost category or service."""
    cells = setup.tables["resource_groups"][["resource_group", "run_time_cost_category", "vendor"]]
    joined = setup.tables["activities"].merge(cells, on="resource_group", how="left")
    names = (
        "production_flow sequence activity activity_type resource_group run_time_cost_category service_item"
        " run_time_hours run_time_quantity process_quantity update_on_pick update_on_receipt"
    ).split()
    ordered = joined.sort_values(["production_flow", "sequence", "activity"])[names].reset_index(drop=True)
    return ordered.where(ordered.notna(), None)


def kanban_rules(setup: Setup) -> pandas.DataFrame:
    """Every kanban loop: what moves or is made, how much a card holds, and when a unit counts as empty."""
    names = (
        "production_flow kanban_type kanban_rule item quantity replenishment_strategy first_activity last_activity"
        " empty_policy supermarket consuming_production_flow"
    ).split()
    frame = setup.tables["kanban_rules"].sort_values(["production_flow", "kanban_type", "kanban_rule"])
    return frame[names].reset_index(drop=True)


def costing_sheet(setup: Setup) -> pandas.DataFrame:
    """The costing sheet as a tree: nodes indented under their parents, with what they charge on what."""
    frame = setup.tables["costing_sheet"]
    rows = frame.set_index("node")
    names = ["node_type", "cost_group", "base_cost_groups", "basis", "subtype"]
    lines = [(f"{INDENT * depth}{node}", *rows.loc[node, names]) for node, depth in _tree(frame)]
    return pandas.DataFrame(lines, columns=["node", *names], dtype=object)


def priced_sheet(sheet: pandas.DataFrame, lines: pandas.DataFrame) -> pandas.DataFrame:
    """A product's breakdown lines in the structure of the costing sheet, with subtotals.

    A node's own lines: what it charged; else, of the cost groups that no node before it shows, the
    lines of its group (the overhead inside components too). cost of a node (currency per unit) =
    its own lines + its nodes below. What the sheet does not show stands at the end.
    Source: the source's "Costing sheet"; domain 1.5.
    """
    own: dict[str, Decimal] = {}
    shown = sheet.sort_values("sequence", key=lambda values: values.map(lambda value: value or 0), kind="stable")
    by_group: dict[str, str] = {}
    for kind in ("cost_group", "surcharge", "rate", "input_unit", "output_unit"):
        for node, group in shown[shown["node_type"] == kind][["node", "cost_group"]].itertuples(index=False):
            by_group.setdefault(group, node)
    columns = ["resource_type", "resource", "cost_group", "cost"]
    for resource_type, resource, group, cost in lines[columns].itertuples(index=False):
        node = resource if resource_type == "costing_sheet_node" else by_group.get(group, NOT_SHOWN)
        own[node] = own.get(node, Decimal(0)) + cost
    tree = _tree(sheet)
    totals = dict(own)
    for place in range(len(tree) - 1, -1, -1):  # children come after their parents
        node, depth = tree[place]
        below = tree[place + 1 :]
        until = next((n for n, (_, level) in enumerate(below) if level <= depth), len(below))
        totals[node] = own.get(node, Decimal(0)) + sum(
            (totals[child] for child, level in below[:until] if level == depth + 1), Decimal(0)
        )
    kinds = dict(zip(sheet["node"], sheet["node_type"], strict=True))
    rows = [(f"{INDENT * depth}{node}", kinds[node], totals[node]) for node, depth in tree]
    if NOT_SHOWN in own:
        rows.append((NOT_SHOWN, None, own[NOT_SHOWN]))
    return pandas.DataFrame(rows, columns=["node", "node_type", "cost"], dtype=object)


def priced_sheets(sheet: pandas.DataFrame, breakdown: pandas.DataFrame) -> pandas.DataFrame:
    """The costing sheet of every product, on every basis, one after the other; nodes without cost are left out."""
    frames = []
    for (item, basis), lines in breakdown.groupby(["item", "basis"], sort=True):
        priced = priced_sheet(sheet, lines)
        frames.append(priced[priced["cost"] != 0].assign(item=str(item), basis=str(basis).replace("_", " ")))
    columns = ["item", "basis", "node", "node_type", "cost"]
    return pandas.concat(frames, ignore_index=True)[columns] if frames else pandas.DataFrame(columns=columns)


def _tree(sheet: pandas.DataFrame) -> list[tuple[str, int]]:
    """Every node with its depth, parents before their children, in the sheet's order."""
    children: dict[str | None, list[str]] = {}
    ordered = sheet.assign(place=[sequence or 0 for sequence in sheet["sequence"]]).sort_values(["place", "node"])
    for node, parent in zip(ordered["node"], ordered["parent_node"], strict=True):
        children.setdefault(parent, []).append(node)
    depths: dict[str, int] = {}

    def walk(node: str, depth: int) -> None:
        if node not in depths:
            depths[node] = depth
            for child in children.get(node, []):
                walk(child, depth + 1)

    for node in [*children.get(None, []), *ordered["node"]]:
        walk(node, 0)
    return list(depths.items())


def control_totals(setup: Setup) -> pandas.DataFrame:
    """How many rows every set-up table holds, and how many findings there are."""
    rows = [(name, len(frame)) for name, frame in setup.tables.items()]
    rows += [(f"{kind}s found", int((setup.findings["severity"] == kind).sum())) for kind in ("error", "warning")]
    return pandas.DataFrame(rows, columns=["table", "rows"], dtype=object)
