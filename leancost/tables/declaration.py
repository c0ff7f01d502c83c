"""Every table, in and out, declared once in tables.csv; DDL, import, checks and docs follow from it."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

SQL_TYPES: Final = {
    "text": "VARCHAR",
    "date": "DATE",
    "flag": "BOOLEAN",
    "integer": "INTEGER",
    "factor": "DECIMAL(18,9)",
    "quantity": "DECIMAL(18,6)",
    "price": "DECIMAL(18,6)",
    "amount": "DECIMAL(18,3)",
}
"""Kind of a column to its type in a book; amounts hold the longest minor unit (three decimals)."""

DECIMALS: Final = {"factor": 9, "quantity": 6, "price": 6, "amount": 3}
"""Most decimals a value of the kind may have; amounts have their currency's."""

PATTERNS: Final = {
    "date": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    "flag": re.compile(r"yes|no"),
    "integer": re.compile(r"-?[0-9]{1,9}"),
    **{kind: re.compile(rf"-?[0-9]{{1,{18 - digits}}}(\.[0-9]{{1,{digits}}})?") for kind, digits in DECIMALS.items()},
}
"""What a cell of the kind looks like in a contract CSV."""

DOMAINS: Final = {
    "positive": "above 0",
    "not_negative": "0 or more",
    "fraction": "0 or more, as a rule below 1 (5 % is 0.05)",
    "any": "of either sign",
}
"""What a number may be. Every number of an input table declares one, so that no factor of a figure is forgotten."""

LONGEST_TEXT: Final = 1000
"""Characters a cell may hold: what Excel shows, a page lays out and a person reads."""

UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control characters (but tab and line feed), marks that nobody sees or that turn the reading direction round, and no
characters. Joiners (U+200C, U+200D) are part of how some languages are written."""


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether it is key or optional, and what it may hold."""

    name: str
    kind: str
    key: bool
    optional: bool
    default: str
    domain: str
    choices: tuple[str, ...]
    references: str
    unit: str
    description: str

    @property
    def sql_type(self) -> str:
        """Type of the column in a book."""
        return SQL_TYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table of the contract: `group` is setup, events, output or calculation."""

    name: str
    group: str
    description: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the key columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    def ddl(self, extra: str = "") -> str:
        """CREATE TABLE statement; `extra` puts further columns in front (the run of an output)."""
        columns = ", ".join(f"{column.name} {column.sql_type}" for column in self.columns)
        return f"CREATE TABLE {self.name} ({extra}{columns})"


def _columns(rows: list[dict[str, str]]) -> tuple[Column, ...]:
    return tuple(
        Column(
            name=row["column"],
            kind=row["kind"],
            key=row["key"] == "yes",
            optional=row["optional"] == "yes",
            default=row["default"],
            domain=row["domain"],
            choices=tuple(row["choices"].split(";")) if row["choices"] else (),
            references=row["references"],
            unit=row["unit"],
            description=row["description"],
        )
        for row in rows
    )


@cache
def tables() -> dict[str, Table]:
    """All tables by name, in the order of the contract."""
    text = resources.files("leancost.tables").joinpath("tables.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {
        head["table"]: Table(
            name=head["table"],
            group=head["kind"],
            description=head["description"],
            columns=_columns([r for r in rows if r["table"] == head["table"] and r["column"]]),
        )
        for head in rows
        if not head["column"]
    }


def inputs() -> tuple[Table, ...]:
    """The tables users fill: setup, then events."""
    return tuple(table for table in tables().values() if table.group in ("setup", "events"))


def outputs() -> tuple[Table, ...]:
    """The tables a period close writes."""
    return tuple(table for table in tables().values() if table.group == "output")


TEXT_RULE: Final = (
    f"A text is at most {LONGEST_TEXT:,} characters long. It holds no control characters but tab and line feed, and"
    "\nnone of the marks that turn the reading direction round (U+202A to U+202E, U+2066 to U+2069)."
)


def dictionary() -> str:
    """The data dictionary as Markdown: every table and column as tables.csv declares it."""
    titles = {
        "setup": "Setup tables",
        "events": "Event tables",
        "output": "Outputs of a period close",
        "calculation": "Outputs of a calculation",
    }
    lines = ["# Data dictionary", "", "Generated from `leancost/tables/tables.csv`; change it there.", "", TEXT_RULE]
    for group, title in titles.items():
        lines += ["", f"## {title}"]
        for table in tables().values():
            if table.group == group:
                lines += ["", f"### `{table.name}`", "", table.description, ""]
                lines += ["| column | kind | key | may be empty | unit | what it is |", "|---|---|---|---|---|---|"]
                lines += [_dictionary_row(column) for column in table.columns]
    return "\n".join(lines) + "\n"


def _dictionary_row(column: Column) -> str:
    text = column.description
    if column.domain:
        text += f" Is {DOMAINS[column.domain]}."
    if column.choices:
        text += " One of " + ", ".join(f"`{choice}`" for choice in column.choices) + "."
    if column.references:
        text += f" Refers to `{column.references}`."
    empty = f"yes, then `{column.default}`" if column.default else ("yes" if column.optional else "")
    key = "key" if column.key else ""
    return f"| `{column.name}` | {column.kind} | {key} | {empty} | {column.unit} | {text} |"


if __name__ == "__main__":
    print(dictionary(), end="")
