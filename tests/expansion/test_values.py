"""Values that AWS would refuse are refused by the macro, with the nearest that it takes."""

import copy
import re
from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.reading.countries import COUNTRIES
from resilient_website.tiers.domain import HOST_NAME
from tests.aws_models.resource_schemas import schema
from tests.expansion.expanded import expand
from tests.expansion.one_site import DOMAIN
from tests.expansion.refused_values import (
    REFUSED,
    action,
    caches,
    crawl,
    endpoints,
    geo,
    once,
    over,
    parameters,
    servers,
    tags,
)

Json = dict[str, Any]


def problems(properties: Json, parameters: Json | None = None) -> dict[str, str]:
    """Return what is wrong with a site: each problem by its property's path."""
    declared = {name: {"Type": "String"} for name in parameters or {}}
    site = {"Type": "ResilientWebsite", "Properties": properties}
    template = {"Parameters": declared, "Resources": {"Site": site}}
    try:
        expand_template(template, parameters or {}, "us-east-1")
    except InvalidTemplateError as error:
        prefix = "Resources.Site.Properties."
        return {each.path.removeprefix(prefix): f"{each.found}; {each.fix}" for each in error.problems}
    return {}


@pytest.mark.parametrize(("properties", "path", "advice"), REFUSED, ids=[path for _, path, _ in REFUSED])
def test_value_is_refused_with_the_nearest_one(properties: Json, path: str, advice: str) -> None:
    found = problems(properties)
    assert list(found) == [path]
    assert advice in found[path]


@pytest.mark.parametrize(
    "properties",
    [
        geo("GB", "US", "NO"),
        crawl("rate(1 hour)"),
        crawl("cron(0/15 8-18 ? * MON-FRI 2027)"),
        crawl("cron(0 8 L * ? *)"),
        action("*/15 8-18/2 1,15 JAN-MAR *", "Etc/GMT+9"),
        action("0 8 29 2 *"),
        {"LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09"}},
        {"LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-FS-1-2-Res-2020-10"}},
        {"Database": {"AllocatedStorage": 400}, **over("Database", Iops=14000, StorageThroughput=600)},
        {"Database": {"MultiAZ": False}, **over("Database", AvailabilityZone="us-east-1a")},
        over("Database", StorageType={"Ref": "AWS::NoValue"}),
        over("LoadBalancer", Name="shop-1"),
        endpoints("ecr.api", "execute-api"),
        {"Network": {"CidrBlock": "198.19.0.0/16"}},
        {"Database": {"DatabaseInsightsMode": False}},
        {"Database": {"DBSnapshotIdentifier": "arn:aws:rds:us-east-1:123456789012:snapshot:x"}},
        {"Monitoring": {"LatencySeconds": 30}, "Delivery": {"OriginReadTimeout": 31}},
        caches({"maxmemory-policy": "noeviction", "timeout": "300", "notify-keyspace-events": "Ex"}),
        caches({"max_item_size": "2097152", "unknown": "x"}, "memcached"),
        action("0 8 31 2 MON"),
        crawl("cron(0 8 31 1,4 ? *)"),
        once("2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"),
        tags(("Cost centre", "4711/a+b=c@d_e-f.g:h"), ("\N{LATIN SMALL LETTER A WITH DIAERESIS}", "x")),
        tags(("number", 5), ("intrinsic", {"Ref": "AWS::Region"})),
        {"Assets": {"CorsAllowOrigins": ["*"]}},
        {"Assets": {"CorsAllowOrigins": ["https://*.example.com", "http://localhost:3000"]}},
        servers(UserData="echo plain"),
        servers(UserData="/usr/local/bin/start"),
        servers(StartupTimeout="PT1H"),
        parameters(max_connections="{DBInstanceClassMemory/12582880}", long_query_time="0.5", unknown="x"),
        {**DOMAIN, "DomainName": "xn--e1afmkfd.xn--p1ai"},
    ],
    ids=str,
)
def test_value_that_aws_takes_is_taken(properties: Json) -> None:
    assert problems(properties) == {}


@pytest.mark.parametrize("written", [False, "false"])
def test_off_is_a_choice_although_yaml_reads_it_as_false(written: Any) -> None:
    modes = [
        {"Database": {"DBInstanceClass": "db.m7g.large", "DatabaseInsightsMode": each}} for each in ("off", written)
    ]
    assert expand(modes[0]) == expand(modes[1])


def test_nothing_is_proposed_for_an_empty_text() -> None:
    found = problems({**DOMAIN, "HealthCheck": {"SearchString": ""}})
    assert [path for path, text in found.items() if "did you mean" not in text] == ["HealthCheck.SearchString"]


def place_of(properties: Json, path: str) -> tuple[Any, Any]:
    """Return what holds the value at a path, and the value's key or index there."""
    *steps, last = [int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path)]
    place: Any = properties
    for step in steps:
        place = place[step]
    return place, last


def from_a_parameter(properties: Json, path: str) -> bool:
    """Tell whether the value at a path can be a parameter's: no name, map or script, which is read as it is written."""
    names = (
        ".lower_case_table_names",
        ".port",
        ".Max_Connections",
        ".maxmemory",
        ".maxmemory_policy",
        ".max-item-size",
    )
    if path.startswith("Overrides.") or path.endswith((".Key", ".UserData", *names)):
        return False
    place, last = place_of(properties, path)
    value = place.get(last) if isinstance(place, dict) else place[last]
    return isinstance(value, str | int) and not isinstance(value, bool)


WRITTEN = [each for each in REFUSED if from_a_parameter(*each[:2])]


@pytest.mark.parametrize(("properties", "path", "advice"), WRITTEN, ids=[path for _, path, _ in WRITTEN])
def test_value_of_a_parameter_is_refused_as_if_it_were_written(properties: Json, path: str, advice: str) -> None:
    changed = copy.deepcopy(properties)
    place, last = place_of(changed, path)
    value, place[last] = place[last], {"Ref": "Value"}
    found = problems(changed, {"Value": str(value)})
    assert list(found) == [path]
    assert advice in found[path]


@pytest.mark.parametrize(
    ("database", "path"),
    [
        ({"PreferredBackupWindow": "02:00-03:00", "PreferredMaintenanceWindow": "sun:02:30-sun:03:30"}, "Backup"),
        ({"PreferredBackupWindow": "02:00-02:10"}, "Backup"),
        ({"KmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012"}, "KmsKeyId"),
        ({"DatabaseName": "select"}, "DatabaseName"),
    ],
    ids=str,
)
def test_combinations_of_parameters_are_judged_as_if_they_were_written(database: Json, path: str) -> None:
    referring = {name: {"Ref": name} for name in database}
    (written,) = problems({"Database": database}).items()
    assert problems({"Database": referring}, database) == dict([written])
    assert path in written[0]


def test_countries_are_those_of_cloudfront() -> None:
    place: Any = schema("AWS::CloudFront::Distribution")
    for step in ("DistributionConfig", "Restrictions", "GeoRestriction", "Locations"):
        place = place.member(step)
    assert frozenset(place.item().constraints().choices) == COUNTRIES


def test_forms_take_the_names_that_the_macro_takes() -> None:
    from cli.flat.form import ADDRESS
    from cli.templates.console_template import console_template

    fields = [console_template().to_dict()["Parameters"]["DomainName"], ADDRESS[1][0][1].to_dict()]
    assert all(HOST_NAME.pattern in field["AllowedPattern"] for field in fields)
