"""Looks up every price of the table, and writes the table with the new prices."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cli.toml_table import toml_table
from tools.prices.offers import Fetch, Row, price, rows, url

READ_FROM_AWS = "AWS Price List, read with python -m tools.prices"


# What can come before a usage type: nothing, or a Region's short name or code. Other words make another usage type of
# it, as in USE1-Reserved-LCUUsage and USE1-ShieldProtected-WebACLV2.
REGION = re.compile(r"(([A-Z]{2,4}\d{0,2}|Global|[a-z]{2}(-[a-z]+)+-\d+)-)?")


@dataclass(frozen=True)
class Wanted:
    """A price of the table, and where AWS's price list has it; see wanted.toml."""

    table: str
    name: str
    service: str
    is_global: bool
    usage: str
    columns: Mapping[str, str]
    times: int

    @property
    def key(self) -> tuple[str, str]:
        """The table and the name of the price."""
        return self.table, self.name

    def fits(self, row: Row) -> bool:
        """Return whether a row of the service's file has this price."""
        used = row["usageType"]
        if self.usage and not (used.endswith(self.usage) and REGION.fullmatch(used.removesuffix(self.usage))):
            return False
        return all(row.get(name) == value for name, value in self.columns.items())


@dataclass(frozen=True)
class Refreshed:
    """The text of the new table, and the prices that AWS's list does not have exactly once."""

    text: str
    missing: tuple[str, ...]


def refreshed(table: str, fetch: Fetch, month: str) -> Refreshed:
    """Return the price table with AWS's prices of its Region; a price that is missing there stays as it is.

    `table` is the text of the table, `month` the date of the prices. Only a table without missing prices gets the date.
    """
    held = tomllib.loads(table)
    wanted = tuple(wanted_prices(held))
    found = dict(_found(wanted, held["region"], fetch))
    missing = tuple(".".join(each.key) for each in wanted if each.key not in found)
    text = _with_prices(table, found)
    if not missing:
        text = re.sub(r'^as_of = ".*"', f'as_of = "{month}"', text, count=1, flags=re.M)
        text = re.sub(r'^source = ".*"', f'source = "{READ_FROM_AWS}"', text, count=1, flags=re.M)
    return Refreshed(text, missing)


def wanted_prices(held: Mapping[str, Any]) -> Iterator[Wanted]:
    """Yield each price of the table."""
    for row in toml_table(__file__, "wanted.toml")["price"]:
        classes = row.get("classes", "")
        inside: Any = held
        for part in row["table"].split("."):
            inside = inside[part]
        for name in inside if classes else (row["name"],):
            yield Wanted(
                row["table"],
                name,
                row["service"],
                row.get("global", False),
                row.get("usage", ""),
                {**row.get("columns", {}), **({classes: name} if classes else {})},
                row.get("times", 1),
            )


def _found(wanted: Iterable[Wanted], region: str, fetch: Fetch) -> Iterator[tuple[tuple[str, str], Decimal]]:
    """Yield the prices that AWS's list has. Each file is read once."""
    of_file: dict[str, list[Wanted]] = {}
    for each in wanted:
        of_file.setdefault(url(each.service, "" if each.is_global else region), []).append(each)
    for address, asked in of_file.items():
        fitting: dict[tuple[str, str], list[Row]] = {each.key: [] for each in asked}
        for row in rows(fetch(address)):
            for each in asked:
                if each.fits(row):
                    fitting[each.key].append(row)
        for each in asked:
            one = price(fitting[each.key])
            if one is not None:
                yield each.key, one * each.times


def _with_prices(table: str, found: Mapping[tuple[str, str], Decimal]) -> str:
    """Return the table's text with these prices; comments and order stay."""
    lines, section = [], ""
    for line in table.splitlines():
        heading = re.fullmatch(r"\[(.+)\]", line.strip())
        section = heading[1] if heading else section
        entry = re.match(r'"?([^"=\s]+)"?\s*=\s*([\d.]+)', line)
        amount = found.get((section, entry[1])) if entry else None
        if entry and amount is not None and amount != Decimal(entry[2]):
            line = f"{line[: entry.start(2)]}{_text(amount)}{line[entry.end(2) :]}"  # noqa: PLW2901  # the same line
        lines.append(line)
    return "\n".join(lines) + "\n"


def _text(amount: Decimal) -> str:
    """Return a price with two or more decimals."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
