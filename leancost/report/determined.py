"""What a report shows, determined once: the source read, its costs calculated and its period closed one time."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from leancost.book import runs, sources
from leancost.costing import go_live
from leancost.costing.workspace import Connection
from leancost.errors import LeancostError
from leancost.views import comparison, kept, results, setup
from leancost.views.results import PeriodResult


def determine(
    source: Path, file: Path, *, end: date, start: date | None, production_flows: Sequence[str], costing_version: str
) -> PeriodResult:
    """Keeps set-up, costs and period of a source in the file, where notebooks find them; the period as it stands there.

    Costs that cannot be calculated are not kept: the notebook that shows them says why, or fails by it.
    Raises LeancostError where a flow or the version does not exist, and as `results.read_period` does.
    """
    with sources.opened(source) as connection, kept.place_for(connection, file):
        results.known_flows(connection, "main", production_flows)
        _require_version(connection, costing_version)
        first_day = _first_day(connection, start, end)
        results.keep_names(connection, end)
        setup.keep_setup(connection, source)
        with suppress(LeancostError):
            comparison.keep_costs(
                connection, source, calculation_date=first_day or end, costing_version=costing_version or None
            )
        results.keep_period(connection, source, end=end, start=start)
        return results.kept_period(connection, source, end, production_flows)


def _first_day(connection: Connection, start: date | None, end: date) -> date | None:
    """The first day of the period, as its first run will have it; None since the beginning."""
    if stored := sources.stored_runs(connection, start, end):
        return stored[0].start
    if start is not None:
        return start
    last = runs.last_standing(connection)
    last_end = last.end if last else go_live.first_go_live(connection)
    return last_end + timedelta(days=1) if last_end and last_end < date.max else None


def _require_version(connection: Connection, costing_version: str) -> None:
    rows = connection.execute("SELECT costing_version FROM costing_versions ORDER BY 1").fetchall()
    known = [name for (name,) in rows]
    if costing_version and costing_version not in known:
        raise LeancostError(f"Costing version {costing_version} does not exist. Known: {', '.join(known) or 'none'}.")
