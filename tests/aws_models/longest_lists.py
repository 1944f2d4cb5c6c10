"""For each list and map of the property table: sites that have it, and items of every length that its kind takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from resilient_website.reading.collection_types import MAX_ENTRIES, AnyOf, ListOf, MapOf
from resilient_website.reading.countries import COUNTRIES, Country
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import PropertyType
from resilient_website.site_spec import ALL_PROPERTIES
from tests.expansion.one_site import DOMAIN

Json = dict[str, Any]

EXISTING: Json = {"VpcId": "vpc-0123456789abcdef0"}


@dataclass(frozen=True)
class Growing:
    """How a list grows: what the site has beside it, and its items, or the entries of a map.

    `item` makes an item from its number, with about the given length; `longest` is the most that its kind takes.
    """

    beside: Json
    item: Callable[[int, int], Any]
    longest: int = 1


def labels(length: int) -> str:
    """Return labels of a domain name that have `length` characters, with a full stop at the end."""
    whole, rest = divmod(length, 64)
    return f"{'a' * 63}." * whole + (f"{'b' * (rest - 1)}." if rest > 1 else "")


def of_subnets(count: int) -> list[str]:
    return [f"subnet-0123456789abcde{number:02x}" for number in range(count)]


def text(before: str, after: str = "") -> Callable[[int, int], str]:
    """Return a function that makes numbered texts between two others."""
    return lambda number, length: f"{before}{number:03d}{'x' * (length - len(before + after) - 3)}{after}"


def entry(name: str) -> Callable[[int, int], tuple[str, str]]:
    return lambda number, length: (f"{name}{number}", "x" * length)


SUBNETS = {name: of_subnets(2) for name in ("PublicSubnetIds", "WebSubnetIds", "DatabaseSubnetIds", "CacheSubnetIds")}


SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"


def subnet(number: int, _length: int) -> str:
    return of_subnets(number + 1)[number]


GROWING: dict[str, Growing] = {
    "AlternateDomainNames": Growing(DOMAIN, lambda number, length: f"a{number}.{labels(length - 14)}example.com", 253),
    "Network.AvailabilityZones": Growing({}, lambda number, _: f"us-east-1{'abcd'[number]}"),
    "Network.EndpointServices": Growing({"Network": {"WebSubnets": "Private"}}, text("s"), 300),
    "Network.PublicSubnetIds": Growing({"Network": {**EXISTING, **SUBNETS}, "Cache": True}, subnet),
    "Network.WebSubnetIds": Growing({"Network": {**EXISTING, **SUBNETS}, "Cache": True}, subnet),
    "Network.DatabaseSubnetIds": Growing({"Network": {**EXISTING, **SUBNETS}, "Cache": True}, subnet),
    "Network.CacheSubnetIds": Growing({"Network": {**EXISTING, **SUBNETS}, "Cache": True}, subnet),
    "WebServers.InstanceTypes": Growing({"WebServers": {"InstanceType": "m7g.large"}}, text("m7g.", "large"), 255),
    "WebServers.ScheduledActions": Growing(
        {},
        lambda number, length: {
            "Recurrence": f"{number} {','.join(map(str, range(1 + length % 24)))} * * *",
            "MinSize": 4,
        },
        255,
    ),
    "WebServers.LogFiles": Growing({}, text("/var/log/"), 65_536),
    "WebServers.Container.Command": Growing({"WebServers": {"Container": {"Image": "nginx"}}}, text("a"), 65_536),
    "WebServers.Environment.Variables": Growing({}, entry("V_"), 4_096),
    "WebServers.Environment.Secrets": Growing(
        {"WebServers": {"UserData": "true"}},
        lambda number, length: (f"S_{number}", f"{SECRET}{'x' * (length - len(SECRET) - 8)}x-AbC{number:03d}"),
        580,
    ),
    "WebServers.Environment.KmsKeyArns": Growing(
        {"WebServers": {"UserData": "true", "Environment": {"Secrets": {"A": f"{SECRET}x-AbCdEf"}}}},
        text("arn:aws:kms:us-east-1:123456789012:key/"),
        294,
    ),
    "Database.Parameters": Growing({"Database": {}}, entry("parameter_"), 65_536),
    "Database.EnableCloudwatchLogsExports": Growing(
        {"Database": {}}, lambda number, _: ("error", "slowquery", "general", "audit", "iam-db-auth-error")[number]
    ),
    "Cache.Parameters": Growing({"Cache": {}}, entry("parameter-"), 65_536),
    "Assets.CorsAllowOrigins": Growing(
        {}, lambda number, length: f"https://a{number}.{labels(length - 22)}example.com", 255
    ),
    "Delivery.CacheKeyHeaders": Growing({}, text("X-H"), 64),
    "Delivery.GeoRestriction.Locations": Growing(
        {"Delivery": {"GeoRestriction": {"RestrictionType": "whitelist"}}}, lambda number, _: sorted(COUNTRIES)[number]
    ),
    "Fallback.Source.Crawl.Paths": Growing({**DOMAIN, "Fallback": {"Source": {"Crawl": {}}}}, text("/"), 2_048),
    "Tags": Growing(
        {"Cache": True, "Drills": True, **DOMAIN},
        lambda number, length: {"Key": f"{number:02d}{'k' * min(length // 2, 126)}", "Value": "v" * min(length, 256)},
        256,
    ),
    "Overrides": Growing({}, lambda number, length: (f"Resource{number}", {"Description": "x" * length}), 65_536),
}


def lists(table: tuple[Property, ...] = ALL_PROPERTIES, within: str = "") -> Iterator[tuple[str, ListOf | MapOf]]:
    """Yield each list and map of the property table with its path, those within groups too."""
    for row in table:
        path = f"{within}{row.name}"
        for kind in _kinds(row.kind):
            if isinstance(kind, ListOf | MapOf):
                yield path, kind
            if isinstance(kind, Group | OptionalGroup):
                yield from lists(properties(kind.spec), f"{path}.")


def _kinds(kind: PropertyType) -> Iterator[PropertyType]:
    yield kind
    for inner in kind.kinds if isinstance(kind, AnyOf) else (kind.item,) if isinstance(kind, ListOf) else ():
        yield from _kinds(inner)


def bounds(kind: ListOf | MapOf) -> tuple[int, int]:
    """Return how many items a list has at least and at most."""
    if isinstance(kind, MapOf):
        return 0, MAX_ENTRIES
    return kind.minimum, min(kind.maximum, len(COUNTRIES)) if isinstance(kind.item, Country) else kind.maximum


def site(path: str, count: int, length: int) -> Json:
    """Return a site's properties with `count` items of `length` characters in a list."""
    growing = GROWING[path]
    items = [growing.item(number, length) for number in range(count)]
    *groups, name = path.split(".")
    made: Json = {name: dict(items) if items and isinstance(items[0], tuple) else items}
    for group in reversed(groups):
        made = {group: made}
    return merged(growing.beside, made)


def merged(one: Json, other: Json) -> Json:
    """Return two maps of properties as one, group by group; the other's values win."""
    both = {name: merged(one[name], other[name]) for name in one.keys() & other.keys() if isinstance(other[name], dict)}
    return {**one, **other, **both}
