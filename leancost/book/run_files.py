"""A run as files: its output tables, its summary and control totals."""

import json
from decimal import Decimal
from pathlib import Path

from leancost import __version__
from leancost.book import folders, seals
from leancost.costing import workspace
from leancost.costing.backflush import Run
from leancost.costing.workspace import Connection
from leancost.tables.declaration import outputs

CONTROL_TOTALS = (
    "SELECT COALESCE(sum(opening), 0), COALESCE(sum(inputs), 0), COALESCE(sum(outputs), 0),"
    " COALESCE(sum(revaluation), 0), COALESCE(sum(before), 0), COALESCE(sum(variance), 0), COALESCE(sum(after), 0),"
    " (SELECT count(*) FROM wip_transactions), (SELECT COALESCE(sum(debit), 0) FROM ledger_movements),"
    " (SELECT COALESCE(sum(credit), 0) FROM ledger_movements) FROM wip_balances"
)
TOTAL_NAMES = (
    "opening", "inputs", "outputs", "revaluation", "before", "variance", "after",
    "wip_transactions", "journal_debit", "journal_credit",
)  # fmt: skip


def summarise(
    connection: Connection, run: Run, identity: str, inputs: dict[str, str] | None = None
) -> dict[str, object]:  # fmt: skip
    """What `run.json` says of a run; the hashes of its inputs are those of the workspace, or those given."""
    row = connection.execute(CONTROL_TOTALS).fetchone() or ()
    digits = workspace.currency_digits(connection)
    entity = connection.execute("SELECT value FROM parameters WHERE parameter = 'legal_entity'").fetchone()
    return {
        "run": identity,
        "legal_entity": entity[0] if entity else "",
        "start": str(run.start) if run.start else None,
        "end": str(run.end),
        "state": "preview" if identity == "preview" else "closed",
        "leancost_version": __version__,
        "inputs": seals.input_hashes(connection, run.end) if inputs is None else inputs,
        "control_totals": {name: _figure(total, digits) for name, total in zip(TOTAL_NAMES, row, strict=True)},
    }


def _figure(total: Decimal | int, digits: int) -> str:
    return str(round(total, digits)) if isinstance(total, Decimal) else str(total)


def write_run(connection: Connection, out: Path, summary: dict[str, object], purpose: str) -> None:
    """A run's tables: an eve's stand in a folder of its date."""
    folder = out / str(summary["end"]) if purpose == "eve" else out
    folder.mkdir(exist_ok=True)
    digits = workspace.currency_digits(connection)
    for table in outputs():
        folders.write_csv(connection, table.name, folder / f"{table.name}.csv", digits)
    text = json.dumps(summary, indent=2, ensure_ascii=False)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")
