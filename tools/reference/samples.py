"""Sample values by property type, to observe the effect of each property in expanded sites."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from resilient_website.reading.collection_types import AnyOf, Anything, ListOf, MapOf
from resilient_website.reading.countries import Country
from resilient_website.reading.durations import Duration
from resilient_website.reading.properties import properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import Boolean, Choice, Cidr, Integer, IntegerChoice, PropertyType, Text
from resilient_website.reading.reader import Reader
from resilient_website.reading.schedules import Cron, Schedule
from resilient_website.reading.time_zones import TimeZone

# Some of these match any text pattern; the pattern's description has more ("as in ...").
TEXTS = (
    "alarms@example.com",
    "www.example.org",
    "shop.example.org",
    "arn:aws:sns:us-east-1:123456789012:alarms",
    "arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012",
    "arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/aaaaaaaa-1234-1234-1234-123456789012",
    "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/site/aaaaaaaa-1234-1234-1234-123456789012",
    "arn:aws:kms:us-east-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012",
    "arn:aws:s3:::example-bucket",
    "arn:aws:iam::123456789012:role/example",
    "https://www.example.org/",
    "Z9876543210ABCDEFGHIJ",
    "ami-0123456789abcdef0",
    "us-east-1a",
    "us-east-1b",
    "us-east-1c",
    "us-west-2",
    "8.4.8",
    "8.0",
    "8.1",
    "c7g.2xlarge",
    "db.r7g.2xlarge",
    "cache.m7g.2xlarge",
    "sample",
    "/sample",
    "/sample/*",
    "/var/log/sample.log",
    "vpc-0123456789abcdef0",
    "subnet-0123456789abcdea1",
    "subnet-0123456789abcdea2",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "15 6 * * 6",
    "0 8 * * 1-5",
    "0 20 * * 1-5",
    "cron(0 5 * * ? *)",
    "America/New_York",
    "PT30M",
    "US",
    "https://shop.example.org",
    "2030-01-31T08:00:00Z",
    "arn:aws:backup:us-west-2:123456789012:backup-vault:copies",
    "01:00-02:00",
    "mon:01:00-mon:02:00",
    "8.2",
    "0123456789abcdef" * 4,
    "fedcba9876543210" * 4,
)

# What CloudFormation itself is the judge of: a tag, and an override of a resource that every site has.
ANYTHING: tuple[Any, ...] = ({"Key": "Sample", "Value": "sample"}, {"EnableDnsHostnames": False}, "sample")
NAMES = ("Vpc", "sample")

# As many of a kind's samples as show what a change does: no two texts are alike.
FEW = 2


def samples(kind: PropertyType) -> Iterator[Any]:
    """Yield a few sample values of a type; none for unknown types."""
    match kind:
        case Boolean():
            yield from (True, False)
        case Integer(minimum=minimum, maximum=maximum):
            # The first is used in samples of groups: slightly above the minimum, it often fits the others.
            small = (min(minimum + 2, maximum), minimum, min(minimum + 1, maximum))
            yield from dict.fromkeys((*small, (minimum + maximum) // 2))
        case Choice(choices=choices) | IntegerChoice(choices=choices):
            yield from choices
        case Cidr(largest=largest):
            yield f"10.64.0.0/{largest}"
        case Text() | Country() | Schedule() | Cron() | TimeZone() | Duration():
            yield from _texts(kind)
        case ListOf(item=item, minimum=minimum):
            several, length = list(samples(item)), max(minimum, 1)
            yield from (several[:length], several[-length:])
        case MapOf(item=item):
            yield from ({name: value} for name in NAMES for value in islice(samples(item), FEW))
        case AnyOf(kinds=kinds):
            yield from (value for each in kinds for value in samples(each))
        case Anything():
            yield from ANYTHING
        case OptionalGroup():
            yield from (True, False)
        case Group(spec=spec):
            rows = ((row.name, next(samples(row.kind), None)) for row in properties(spec))
            yield {name: value for name, value in rows if value is not None}


def _texts(kind: PropertyType) -> Iterator[str]:
    in_description = re.findall(r"(?:as in|or) ([^\s,;]+)", kind.describe())
    yield from islice((text for text in dict.fromkeys([*in_description, *TEXTS]) if _fits(kind, text)), FEW)


def _fits(kind: PropertyType, text: str) -> bool:
    reader = Reader({}, "us-east-1")
    kind.read(text, "", reader)
    return not reader.problems
