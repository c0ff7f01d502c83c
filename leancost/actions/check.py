"""Checking a book, a folder or a workbook: the checklist, with what reading it told and what stored standards lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leancost.book import folders, sources, stored_standards
from leancost.costing import checks, workspace
from leancost.costing.workspace import Connection
from leancost.errors import Finding, LeancostError
from leancost.tables.source_rows import RowNumbers


@dataclass(frozen=True)
class Checked:
    """What was found, and how much of it there is in all: of very many findings not each is held."""

    findings: Sequence[Finding]
    total: int


def check_source(source: Path) -> Checked:
    """Everything that is wrong with a source. Cells that cannot be read are findings; nothing is checked beyond them.

    Raises LeancostError where there is nothing to be read. Source: contract 5 (check).
    """
    try:
        with sources.opened(source) as connection:
            workspace.fill_defaults(connection)
            found = findings_of(connection, source)
    except LeancostError as problem:
        if not problem.findings:
            raise
        return Checked(problem.findings, problem.total)
    return Checked(found, len(found))


def findings_of(connection: Connection, source: Path) -> list[Finding]:
    """The findings of an opened source with defaults filled."""
    return [
        *folders.notes(connection),
        *checks.check(connection, RowNumbers(source)),
        *stored_standards.changed(connection),
    ]
