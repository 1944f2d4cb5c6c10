"""Reads AWS's price list: the CSV file of a service, row by row, since that of EC2 has hundreds of megabytes.

Source: "Reading the service price list file for an AWS service" in the AWS Billing User Guide: five rows of metadata,
then the names of the columns, then one row for each price.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

# Returns the lines of a URL.
Fetch = Callable[[str], Iterable[str]]

METADATA_ROWS = 5
BULK = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"
ON_DEMAND = "OnDemand"

Row = Mapping[str, str]


class UnknownFormatError(Exception):
    """A price list that does not have the documented columns."""


def url(service: str, region: str) -> str:
    """Return the URL of a service's prices in a Region; of all Regions for an empty one."""
    return f"{BULK}/{service}/current/{region}/index.csv" if region else f"{BULK}/{service}/current/index.csv"


def rows(lines: Iterable[str]) -> Iterator[Row]:
    """Yield the On-Demand prices of a service in US dollars. Raises UnknownFormatError for another format."""
    reader = csv.reader(lines)
    for _ in range(METADATA_ROWS):
        next(reader, None)
    names = next(reader, [])
    missing = {"TermType", "PricePerUnit", "Currency", "usageType"} - set(names)
    if missing:
        raise UnknownFormatError(f"the price list has no column {', '.join(sorted(missing))}")
    for values in reader:
        row = dict(zip(names, values, strict=False))
        if row["TermType"] == ON_DEMAND and row["Currency"] == "USD":
            yield row


def price(found: Iterable[Row]) -> Decimal | None:
    """Return the one price of these rows; None if there is none, or more than one.

    Of prices with tiers, the first one that is not free counts.
    """
    tiers: dict[str, list[Row]] = {}
    for row in found:
        tiers.setdefault(row.get("SKU", ""), []).append(row)
    prices = {first for each in tiers.values() if (first := _first(each)) is not None}
    return prices.pop() if len(prices) == 1 else None


def _first(tiers: Iterable[Row]) -> Decimal | None:
    ordered = sorted(tiers, key=lambda row: Decimal(row.get("StartingRange") or "0"))
    return next((each for row in ordered if (each := Decimal(row["PricePerUnit"]))), None)
