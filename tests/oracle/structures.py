"""What a calculation reads on its day: prices of a version, and by which flow, rule or route an item is made."""

from collections import defaultdict
from datetime import date
from functools import cached_property

from tests.oracle.facts import Book, Facts, Row, day, yes


class Refused(Exception):
    """The calculation cannot be made: no version, no flow, no BOM or no price."""


class Structures(Facts):
    """A book's setup on the calculation date, in a version; pending records hold as active ones do (domain 1.5)."""

    statuses = ("active", "pending")

    def __init__(self, book: Book, on: date, version: str, basis: str) -> None:
        super().__init__(book)
        self.on, self.basis = on, basis
        fallbacks = {row["costing_version"]: row.get("fallback_version") for row in self.rows("costing_versions")}
        self.versions = [version]
        while (after := fallbacks[self.versions[-1]]) and after not in self.versions:
            self.versions.append(after)

    def _best(self, table: str, site: str, on: date, rank: dict[str, int], name: str, extra: Row) -> Row | None:
        """The version's record, else that of the version it falls back on (domain 1.5)."""
        for version in self.versions:
            self.standard = {version}
            if found := super()._best(table, site, on, rank, name, extra):
                return found
        return None

    def holds(self, row: Row) -> bool:
        begins, ends = day(row.get("effective_from")), day(row.get("effective_to"))
        return not (begins and begins > self.on) and not (ends and ends < self.on)

    def rule(self, flow: str, item: str) -> Row | None:
        """The first active one (contract 2)."""
        return next((rule for rule in self.makes(flow, item) if self.holds(rule)), None)

    def leaves_in_wip(self, flow: str, item: str) -> bool:
        """A rule of the flow that is active on the day makes it without inventory control (contract 4)."""
        return any(
            self.holds(rule) and not yes(self.last_activity(rule), "update_on_receipt")
            for rule in self.makes(flow, item)
        )

    def makers(self, item: str, site: str) -> tuple[list[str], str | None]:
        """The flows of the site that make the item, and which of them is the default one."""
        flows = [
            name
            for name, row in sorted(self.flows.items())
            if row["site"] == site and self.holds(row) and self.rule(name, item)
        ]
        chosen = {
            row["production_flow"]
            for row in self.rows("default_production_flows")
            if (row["item"], row["site"]) == (item, site)
        }
        return flows, next((flow for flow in flows if flow in chosen), None)

    def _flow(self, item: str, site: str) -> str:
        """Several flows without a default flow are an error (contract 6)."""
        flows, chosen = self.makers(item, site)
        if len(flows) > 1 and not chosen:
            raise Refused(f"{item} at {site}: several flows {flows}")
        return chosen or next(iter(flows), "")

    def route(self, item: str, site: str) -> str:
        """The route of the site beats one for all sites, then the latest (contract 2)."""
        found = [
            (not row.get("site"), -(day(row.get("effective_from")) or date.min).toordinal(), row["route"])
            for row in self.rows("routes")
            if row["item"] == item and (row.get("site") or site) == site and self.holds(row)
        ]
        return min(found)[-1] if found else ""

    def structure(self, item: str, site: str) -> tuple[str, str]:
        """Basis and name of the flow or route an item is calculated by at a site; no name for neither (domain 1.7)."""
        if not self.bom(item, site, self.on):
            return "", ""
        if self.basis != "production_flow" and (route := self.route(item, site)):
            return "route", route
        return "production_flow", "" if self.basis == "route" else self._flow(item, site)

    @cached_property
    def levels(self) -> dict[str, int]:
        """Low-level codes: 0 where no BOM of the day uses the item, else one below its lowest user."""
        users: dict[str, set[str]] = defaultdict(set)
        for item in self.items:
            for site in self.rows("sites"):
                bom = self.bom(item, site["site"], self.on)
                for line in self.bom_lines(bom["bom"]) if bom else []:
                    users[line["component"]].add(item)

        def level(item: str) -> int:
            return max((level(user) + 1 for user in users[item]), default=0)

        return {item: level(item) for item in self.items}
