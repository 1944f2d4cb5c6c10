"""The price table is refreshed from files in the format of AWS's price list, which are made here."""

import csv
import io
import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import pytest

import cli.analysis.costs
import tools.prices
from cli.analysis.costs.price_list import price_list
from tools.prices.offers import BULK, UnknownFormatError, rows
from tools.prices.refresh import Refreshed, Wanted, refreshed, wanted_prices

TABLE = files(cli.analysis.costs).joinpath("price_list.toml").read_text(encoding="utf-8")
HELD = tomllib.loads(TABLE)
FILE = tomllib.loads(files(tools.prices).joinpath("wanted.toml").read_text(encoding="utf-8"))
WANTED: list[dict[str, Any]] = FILE["price"]

# The metadata of a file. Source: "Reading the service price list file for an AWS service".
METADATA = [
    ["FormatVersion", "v1.0"],
    ["Disclaimer", "This pricing list is for informational purposes only."],
    ["Publication Date", "2026-11-20T00:00:00Z"],
    ["Version", "20261120000000"],
    ["OfferCode", "AmazonEC2"],
]
COLUMNS = sorted({name for row in WANTED for name in (*row.get("columns", {}), row.get("classes", "")) if name})
HEADER = ["SKU", "TermType", "StartingRange", "PricePerUnit", "Currency", "usageType", *COLUMNS]

Row = dict[str, str]


def amounts(table: str) -> dict[str, float]:
    inside: Any = HELD
    for part in table.split("."):
        inside = inside[part]
    return dict(inside)


def price_rows(factor: float) -> dict[str, list[Row]]:
    """Return the rows of each file by its URL, with the table's prices multiplied."""
    made: dict[str, list[Row]] = {}
    for wanted in WANTED:
        place = "current" if wanted.get("global") else "current/us-east-1"
        held = amounts(wanted["table"])
        for name in held if "classes" in wanted else [wanted["name"]]:
            row = {
                "SKU": f"{wanted['table']}{name}",
                "TermType": "OnDemand",
                "StartingRange": "0",
                "PricePerUnit": f"{held[name] * factor / wanted.get('times', 1):.10f}",
                "Currency": "USD",
                "usageType": wanted.get("usage", "BoxUsage"),
                **wanted.get("columns", {}),
                **({wanted["classes"]: name} if "classes" in wanted else {}),
            }
            made.setdefault(f"{BULK}/{wanted['service']}/{place}/index.csv", []).append(row)
    return made


def lines(rows_of_file: Iterable[Row]) -> list[str]:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([*METADATA, HEADER])
    writer.writerows([row.get(name, "") for name in HEADER] for row in rows_of_file)
    return text.getvalue().splitlines(keepends=True)


def refresh(held: dict[str, list[Row]]) -> Refreshed:
    return refreshed(TABLE, lambda url: lines(held[url]), "2027-01")


def without_numbers(text: str) -> str:
    return re.sub(r"[\d.]+", "", text.partition("region")[2])


def test_same_prices_leave_the_table_as_it_is() -> None:
    made = refresh(price_rows(1))
    assert made.missing == ()
    assert made.text.partition("region")[2] == TABLE.partition("region")[2]
    assert 'as_of = "2027-01"' in made.text
    assert 'source = "AWS Price List' in made.text


def test_every_price_is_replaced_and_comments_stay() -> None:
    made = refresh(price_rows(3))
    assert made.missing == ()
    new = tomllib.loads(made.text)
    for kind, before in HELD["per_hour"].items():
        assert new["per_hour"][kind] == pytest.approx({name: 3 * each for name, each in before.items()})
    for kind in ("per_month", "per_unit"):
        assert new[kind] == pytest.approx({name: 3 * each for name, each in HELD[kind].items()})
    assert without_numbers(made.text) == without_numbers(TABLE)


OTHER_ROWS = [
    {"TermType": "Reserved"},
    {"Currency": "CNY"},
    {"Operating System": "Windows"},
    {"Instance Type": "t4g.small.search"},
]


@pytest.mark.parametrize("other", OTHER_ROWS)
def test_rows_of_something_else_do_not_count(other: Row) -> None:
    held = price_rows(1)
    servers = held[f"{BULK}/AmazonEC2/current/us-east-1/index.csv"]
    servers += [{**row, **other, "SKU": "X", "PricePerUnit": "9"} for row in servers if row["usageType"] == "BoxUsage"]
    assert refresh(held).missing == ()


def _of(name: str) -> Wanted:
    return next(each for each in wanted_prices(HELD) if each.name == name)


@pytest.mark.parametrize(
    ("name", "usage", "fits"),
    [
        ("load_balancer_capacity", "LCUUsage", True),
        ("load_balancer_capacity", "APN2-LCUUsage", True),
        ("load_balancer_capacity", "EU-LCUUsage", True),
        ("load_balancer_capacity", "USE1-Reserved-LCUUsage", False),
        ("load_balancer_capacity", "Reserved-LCUUsage", False),
        ("web_acl", "USE1-WebACLV2", True),
        ("web_acl", "USE1-ShieldProtected-WebACLV2", False),
        ("key", "us-gov-west-1-KMS-Keys", True),
        ("database_disk", "USW2-RDS:GP3-Storage", True),
        ("database_disk", "USW2-RDS:Multi-AZ-GP3-Storage", False),
        ("extended_support", "APN2-ExtendedSupport:Yr1-Yr2:MySQL8.0", True),
        ("files", "EUC1-IATimedStorage-ByteHrs", False),
    ],
)
def test_usage_type_has_at_most_a_region_before_it(name: str, usage: str, fits: bool) -> None:
    wanted = _of(name)
    assert wanted.fits({"usageType": usage, **wanted.columns}) == fits


def test_disk_of_any_engine_is_the_databases() -> None:
    wanted = _of("database_disk")
    engines = [{"usageType": wanted.usage, **wanted.columns, "Database Engine": each} for each in ("Any", "MySQL")]
    assert all(map(wanted.fits, engines))


def test_every_price_says_where_its_usage_type_is_from() -> None:
    unverified = {row["name"] for row in WANTED if not FILE["sources"][row["source"]]["address"]}
    assert unverified == {"metric", "server_disk"}
    for row in WANTED:
        assert row.get("usage") or row.get("columns")
        assert ("file" in row) == (row["source"] == "infracost")
    assert {row["source"] for row in WANTED} == FILE["sources"].keys()
    for source in FILE["sources"].values():
        assert source["address"].startswith("https://") or source["title"].startswith("unverified")


def test_first_tier_that_is_not_free_counts() -> None:
    held = price_rows(1)
    sent = held[f"{BULK}/AmazonCloudFront/current/index.csv"]
    free = {**sent[0], "PricePerUnit": "0.0000000000"}
    paid, cheaper = ({**sent[0], "StartingRange": start, "PricePerUnit": each} for start, each in TIERS)
    held[f"{BULK}/AmazonCloudFront/current/index.csv"] = [cheaper, free, paid, *sent[1:]]
    assert tomllib.loads(refresh(held).text)["per_unit"]["cloudfront_gigabyte"] == 0.09


TIERS = (("1024", "0.09"), ("10240", "0.08"))


@pytest.mark.parametrize("count", [0, 2])
def test_price_that_is_not_there_once_is_reported_and_kept(count: int) -> None:
    held = price_rows(3)
    name = f"{BULK}/AWSSecretsManager/current/us-east-1/index.csv"
    held[name] = [{**held[name][0], "SKU": str(number), "PricePerUnit": str(number + 1)} for number in range(count)]
    made = refresh(held)
    assert made.missing == ("per_month.secret",)
    assert tomllib.loads(made.text)["per_month"]["secret"] == HELD["per_month"]["secret"]
    assert f'as_of = "{price_list().as_of}"' in made.text


def test_other_format_is_refused() -> None:
    with pytest.raises(UnknownFormatError, match="no column"):
        list(rows(["a,b\n"] * 7))
