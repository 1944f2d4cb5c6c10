"""Halves of the same file and values declare the same, and the alarm of the copy learns of every other difference."""

import json
from typing import Any

import boto3
import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from cli.flat.template import flat_template
from half_comparison import handler
from half_comparison.declared import differences
from half_comparison.request import Request, read
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.site_declared import MADE_OF
from resilient_website.site_spec import ALL_PROPERTIES
from resilient_website.tiers.secondary_region.same_in_both import SAME_IN_BOTH
from tests.expansion.expanded import Resources, expand, of_type
from tests.expansion.random_copies import (
    BACKED_UP,
    PRIMARY,
    SECONDARY,
    SITES,
    SWITCH,
    copy_half,
    halves,
    primary_half,
    with_copy,
)
from tests.expansion.random_sites import SITES as SITES_WITHOUT_COPY
from tests.expansion.random_sites import in_template
from tests.hypothesis_profile import examples
from tests.quoting.cloudformation import FUNCTIONS, Given, resolved

Json = dict[str, Any]

# The largest value of a standard parameter. Source: "Managing parameter tiers" in the AWS Systems Manager User Guide.
MOST_BYTES = 4096

SITE: Json = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Secondary": {"Region": SECONDARY},
}


def text(half: Resources, values: Given | None = None) -> str:
    """Return what a half declares, with the values of parameters."""
    pseudo = {"AWS::AccountId": "123456789012", "AWS::StackName": "shop", **(values or {})}
    result: str = resolved(_with_lookups(half["SiteDeclared"]["Properties"]["Value"]), pseudo)
    return result


def _with_lookups(value: Any) -> Any:
    """Return a value with the functions that `resolved` does not know as texts: both halves have the same ones."""
    if isinstance(value, dict):
        if value.keys() <= FUNCTIONS.keys():
            return {name: _with_lookups(argument) for name, argument in value.items()}
        return json.dumps(value)
    return [_with_lookups(item) for item in value] if isinstance(value, list) else value


def differing(first: str, second: str) -> list[str]:
    return [each.key for each in differences(first, second)]


def of_halves(primary: Resources, copy: Resources) -> list[str]:
    return differing(text(primary), text(copy))


@given(SITES)
def test_halves_of_the_same_file_declare_the_same_whichever_is_active(site: Json) -> None:
    for active in SWITCH:
        assert of_halves(*halves(site, **active)) == []


@given(BACKED_UP)
@examples(25)
def test_half_that_was_recovered_declares_the_same_once_both_have_its_file(site: Json) -> None:
    file = with_copy(site, ActiveRegion=SECONDARY)
    assert of_halves(expand(file, PRIMARY), expand(file, SECONDARY)) == []
    assert of_halves(expand(site, PRIMARY), expand(file, SECONDARY)) == ["ActiveHalf"]


@given(SITES)
@examples(25)
def test_half_that_another_one_was_made_active_without_differs(site: Json) -> None:
    assert of_halves(primary_half(site), copy_half(site, ActiveRegion=SECONDARY)) == ["ActiveHalf"]


@given(SITES)
@examples(25)
def test_each_property_that_one_half_lacks_is_named(site: Json) -> None:
    copy = copy_half(site)
    for name in site.keys() & {"Tags", "HealthCheck", "Delivery", "Assets", "Monitoring"}:
        primary = expand({key: value for key, value in site.items() if key != name}, PRIMARY)
        assert f"Properties.{name}" in of_halves(primary, copy)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"Secondary": {"Region": SECONDARY, "Mode": "WarmStandby"}}, ["Secondary.Mode"]),
        ({"Monitoring": {"LatencySeconds": 2}}, ["Properties.Monitoring"]),
        (
            {"Database": {"DBInstanceClass": "db.t4g.large"}},
            ["Properties.Database", "Resources.Database.DBInstanceClass"],
        ),
        ({"Overrides": {"Vpc": {"EnableDnsHostnames": False}}}, ["Properties.Overrides"]),
    ],
)
def test_change_of_one_half_is_named(changed: Json, named: list[str]) -> None:
    first, second = text(expand(SITE, PRIMARY)), text(expand({**SITE, **changed}, SECONDARY))
    assert differing(first, second) == named


def test_number_and_its_text_are_the_same() -> None:
    one = {**SITE, "WebServers": {"Port": 8080}, "Drills": True}
    other = {**SITE, "WebServers": {"Port": "8080"}, "Drills": "true"}
    assert of_halves(expand(one, PRIMARY), expand(other, SECONDARY)) == []


PARAMETERS: dict[str, Json] = {
    "Most": {"WebServers": {"MaxSize": {"Ref": "Most"}}},
    "Type": {"WebServers": {"InstanceType": {"Ref": "Type"}}},
    "Days": {"Database": {"BackupRetentionPeriod": {"Ref": "Days"}}},
    "Class": {"Database": {"DBInstanceClass": {"Ref": "Class"}}},
    "Version": {"Database": {"EngineVersion": {"Ref": "Version"}}},
    "Release": {"WebServers": {"Artifact": {"Bucket": {"Ref": "Bucket"}, "Key": {"Ref": "Release"}, "Command": "run"}}},
    "Checksum": {
        "WebServers": {
            "Artifact": {"Bucket": {"Ref": "Bucket"}, "Key": "a.zip", "Sha256": {"Ref": "Checksum"}, "Command": "run"}
        }
    },
    "Image": {"WebServers": {"Container": {"Image": {"Ref": "Image"}}}},
    "Node": {"Cache": {"CacheNodeType": {"Ref": "Node"}}, "Secondary": {"Region": SECONDARY, "Mode": "WarmStandby"}},
    "Overridden": {"Overrides": {"WebLaunchTemplate": {"LaunchTemplateData": {"InstanceType": {"Ref": "Overridden"}}}}},
}

VALUES = {
    "Most": ("6", "9"),
    "Type": ("m7g.large", "m7g.xlarge"),
    "Days": ("7", "14"),
    "Class": ("db.m7g.large", "db.m7g.xlarge"),
    "Version": ("8.4.5", "8.4.6"),
    "Release": ("shop-1.zip", "shop-2.zip"),
    "Checksum": ("a" * 64, "b" * 64),
    "Image": (
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1",
        "123456789012.dkr.ecr.us-west-2.amazonaws.com/shop:2",
    ),
    "Node": ("cache.m7g.large", "cache.m7g.xlarge"),
    "Overridden": ("m7g.large", "m7g.xlarge"),
}


def with_parameters(properties: Json, values: Json, region: str, *, no_echo: bool = False) -> Resources:
    """Return a half's resources, expanded with these values of its parameters."""
    declared = {name: {"Type": "String", **({"NoEcho": True} if no_echo else {})} for name in values}
    template = {**in_template({**SITE, **properties}), "Parameters": declared}
    expanded: Resources = expand_template(template, values, region)["Resources"]
    return expanded


@pytest.mark.parametrize("name", PARAMETERS)
def test_value_of_a_parameter_that_differs_is_named(name: str) -> None:
    first, second = ({name: value, "Bucket": f"releases-{value}"[:9]} for value in VALUES[name])
    primary, copy = (
        with_parameters(PARAMETERS[name], first, PRIMARY),
        with_parameters(PARAMETERS[name], second, SECONDARY),
    )
    assert len(differing(text(primary, first), text(copy, second))) == 1
    same = with_parameters(PARAMETERS[name], first, SECONDARY)
    assert differing(text(primary, first), text(same, first)) == []


def test_what_names_something_of_one_region_may_differ() -> None:
    regional = {
        "RegionalCertificateArn": {"Ref": "Certificate"},
        "WebServers": {
            "ImageId": {"Ref": "ImageId"},
            "Artifact": {"Bucket": {"Ref": "Bucket"}, "Key": {"Fn::Sub": "${AWS::Region}/a.zip"}, "Command": "run"},
        },
        "Database": {"KmsKeyId": {"Ref": "Key"}},
        "Monitoring": {"AlarmTopicArn": {"Ref": "Topic"}},
    }
    found = []
    for region in (PRIMARY, SECONDARY):
        values = {
            "Certificate": f"arn:aws:acm:{region}:123456789012:certificate/00000000-0000-0000-0000-000000000000",
            "ImageId": f"ami-{len(region):017}",
            "Bucket": f"releases-{region}",
            "Key": f"arn:aws:kms:{region}:123456789012:key/00000000-0000-0000-0000-000000000000",
            "Topic": f"arn:aws:sns:{region}:123456789012:topic",
        }
        found.append(text(with_parameters(regional, values, region), {**values, "AWS::Region": region}))
    assert differing(*found) == []


BY_REGION: Json = {
    "Mappings": {
        "Sizes": {
            PRIMARY: {"Most": "9", "Zones": "3", "Type": "m7g.large", "Node": "cache.m7g.large", "Key": "a.zip"},
            SECONDARY: {"Most": "6", "Zones": "2", "Type": "m7g.xlarge", "Node": "cache.m7g.xlarge", "Key": "b.zip"},
        }
    },
    "Conditions": {
        "InFirst": {"Fn::Equals": [{"Ref": "AWS::Region"}, PRIMARY]},
        "Large": {"Fn::And": [{"Condition": "InFirst"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Size"}, "small"]}]}]},
        "Small": {"Fn::Equals": [{"Ref": "Size"}, "small"]},
    },
    "Parameters": {"Size": {"Type": "String", "Default": "medium"}, "Bucket": {"Type": "String", "Default": "a"}},
}


def looked_up(key: str) -> Json:
    return {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, key]}


def chosen(here: Any, elsewhere: Any) -> Json:
    return {"Fn::If": ["Large", here, elsewhere]}


ARTIFACT: Json = {"Bucket": {"Ref": "Bucket"}, "Command": "run"}


@pytest.mark.parametrize(
    ("properties", "key"),
    [
        ({"WebServers": {"MaxSize": looked_up("Most")}}, "Resources.AutoScalingGroup.MaxSize"),
        ({"WebServers": {"MaxSize": chosen(9, 6)}}, "Resources.AutoScalingGroup.MaxSize"),
        ({"Network": {"AvailabilityZones": looked_up("Zones")}}, "Resources.AutoScalingGroup.MaxSize"),
        ({"WebServers": {"InstanceType": looked_up("Type")}}, "Resources.WebLaunchTemplate.InstanceType"),
        ({"WebServers": chosen({"InstanceType": "m7g.large"}, {})}, "Resources.WebLaunchTemplate.InstanceType"),
        (
            {
                "Overrides": {
                    "WebLaunchTemplate": {"LaunchTemplateData": {"InstanceType": chosen("a1.large", "a1.xlarge")}}
                }
            },
            "Resources.WebLaunchTemplate.InstanceType",
        ),
        (
            {"Database": {"DBInstanceClass": chosen("db.m7g.large", "db.m7g.xlarge")}},
            "Resources.Database.DBInstanceClass",
        ),
        ({"Cache": {"CacheNodeType": looked_up("Node")}}, "Resources.CacheReplicationGroup.CacheNodeType"),
        ({"WebServers": {"Artifact": {**ARTIFACT, "Key": looked_up("Key")}}}, "Application.Key"),
        ({"WebServers": {"Artifact": {**ARTIFACT, "Key": chosen("a.zip", "b.zip")}}}, "Application.Key"),
        ({"Secondary": {"MinSize": chosen(3, 2)}}, "Secondary.MinSize"),
    ],
)
def test_value_that_the_file_takes_from_the_region_may_differ(properties: Json, key: str) -> None:
    copied = {"Secondary": {"Region": SECONDARY, "Mode": "WarmStandby", **properties.get("Secondary", {})}}
    template = {**in_template({**SITE, **properties, **copied}), **BY_REGION}
    values = {"Size": "medium", "Bucket": "a"}
    halves_there = [expand_template(template, values, region)["Resources"] for region in (PRIMARY, SECONDARY)]
    for half in halves_there:
        assert f"{key}=" not in json.dumps(half["SiteDeclared"]["Properties"]["Value"])
    assert "Properties." in text(halves_there[0], values)


def test_value_that_a_parameter_chooses_is_compared() -> None:
    properties = {"WebServers": {"InstanceType": {"Fn::If": ["Small", "m7g.large", "m7g.xlarge"]}}}
    template = {**in_template({**SITE, **properties}), **BY_REGION}
    found = [
        text(expand_template(template, {"Size": size, "Bucket": "a"}, region)["Resources"])
        for size, region in (("small", PRIMARY), ("medium", SECONDARY))
    ]
    assert differing(*found) == ["Resources.WebLaunchTemplate.InstanceType"]


def test_every_value_that_is_compared_has_the_properties_that_it_is_made_of() -> None:
    assert {(kind, path[-1]) for kind, paths in SAME_IN_BOTH.items() for path in paths} == MADE_OF.keys()
    known = {row.name for row in ALL_PROPERTIES}
    assert {path.partition(".")[0] for paths in MADE_OF.values() for path in paths} <= known


def test_version_that_a_condition_leaves_out_is_compared() -> None:
    version = {"Fn::If": ["Versioned", {"Ref": "Id"}, {"Ref": "AWS::NoValue"}]}
    artifact = {"Bucket": {"Ref": "Bucket"}, "Key": "a.zip", "VersionId": version, "Command": "run"}
    template = {
        **in_template({**SITE, "WebServers": {"Artifact": artifact}}),
        "Parameters": {"Id": {"Type": "String"}, "Bucket": {"Type": "String"}},
        "Conditions": {"Versioned": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Id"}, ""]}]}},
    }
    value = expand_template(template, {"Id": "v1", "Bucket": "a"}, PRIMARY)["Resources"]["SiteDeclared"]["Properties"]
    parts = value["Value"]["Fn::Join"][1]
    assert {"Fn::If": ["Versioned", {"Ref": "Id"}, ""]} in parts


def test_another_macro_may_give_each_region_its_own_names() -> None:
    found = []
    for region in (PRIMARY, SECONDARY):
        regional = {
            "RegionalCertificateArn": {"Fn::ImportValue": f"certificate-{region}"},
            "Database": {"KmsKeyId": {"Fn::ImportValue": f"key-{region}"}, "MultiAZ": True},
            "WebServers": {"Environment": {"Secrets": {"API_KEY": {"Fn::ImportValue": f"secret-{region}"}}}},
        }
        found.append(text(expand({**SITE, **regional}, region)))
    assert differing(*found) == []
    assert "Properties.Database=" in found[0]


def test_image_in_each_regions_registry_is_the_same() -> None:
    image = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:${Tag}"}
    properties, values = {"WebServers": {"Container": {"Image": image}}}, {"Tag": "1.4.0"}
    found = [
        text(with_parameters(properties, values, region), {**values, "AWS::Region": region})
        for region in (PRIMARY, SECONDARY)
    ]
    assert differing(*found) == []
    assert found[0] != found[1]


@pytest.mark.parametrize("name", PARAMETERS)
def test_value_that_is_hidden_is_not_published(name: str) -> None:
    value, _ = VALUES[name]
    given_values = {name: value, "Bucket": "releases"}
    assert value in text(with_parameters(PARAMETERS[name], given_values, PRIMARY), given_values)
    try:
        hidden = with_parameters(PARAMETERS[name], given_values, PRIMARY, no_echo=True)
    except InvalidTemplateError as refusal:
        # The macro has to know this value.
        assert "NoEcho" in str(refusal)
        return
    assert value not in text(hidden, given_values)


@given(SITES, st.sampled_from(SWITCH))
def test_parameter_store_takes_what_is_declared(site: Json, active: Json) -> None:
    for half in halves(site, **active):
        assert len(text(half).encode()) <= MOST_BYTES
        assert "{{" not in text(half)


def test_parameter_store_takes_the_longest_values() -> None:
    longest = {
        "WebServers": {
            "Artifact": {
                "Bucket": {"Ref": "Bucket"},
                "Key": "k" * 1024,
                "VersionId": "v" * 1024,
                "Sha256": "a" * 64,
                "Command": "run",
            }
        },
        "Cache": {},
        "Database": {"ReadReplicas": 5},
        "Secondary": {"Region": SECONDARY, "Mode": "WarmStandby", "MinSize": 3, "CidrBlock": "172.16.0.0/16"},
        **{name: {} for name in ("Network", "LoadBalancer", "Assets", "Delivery", "Security", "Fallback", "Teardown")},
        **{name: {} for name in ("HealthCheck", "Monitoring")},
        **{"Drills": True, "UpdateProtection": True, "FrontDoor": "CloudFront", "Tags": [], "Overrides": {"Vpc": {}}},
    }
    half = with_parameters(longest, {"Bucket": "releases"}, PRIMARY)
    assert 2112 < len(text(half).encode()) <= MOST_BYTES


def test_flat_halves_of_the_same_file_declare_the_same() -> None:
    properties = {**SITE, **PARAMETERS["Type"]}
    template = {**in_template(properties), "Parameters": {"Type": {"Type": "String", "Default": "m7g.large"}}}
    flat = [
        flat_template(template, {"Type": "m7g.large"}, region, "ResilientWebsite")["Resources"]
        for region in (PRIMARY, SECONDARY)
    ]
    assert differing(*(text(half, {"Type": "m7g.large"}) for half in flat)) == []
    by_macro = expand_template(template, {"Type": "m7g.large"}, SECONDARY)["Resources"]
    assert differing(text(flat[0], {"Type": "m7g.large"}), text(by_macro, {"Type": "m7g.large"})) == []


@pytest.mark.parametrize("changed", [{"Drills": True}, {"WebServers": {"MaxSize": 12}}, {"Tags": []}])
def test_update_that_only_the_comparison_notices_does_not_need_the_copys_region(changed: Json) -> None:
    before, after = expand(SITE, PRIMARY), expand({**SITE, **changed}, PRIMARY)
    assert of_halves(before, after)
    assert dict(of_type(before, "Custom::RemoteStack")) == dict(of_type(after, "Custom::RemoteStack"))


@given(SITES_WITHOUT_COPY)
@examples(25)
def test_site_without_a_copy_has_nothing_of_it(site: Json) -> None:
    assert not [name for name in expand(site) if "Declared" in name or "HalfComparison" in name or "Differ" in name]


@given(SITES)
@examples(25)
def test_copy_compares_each_hour_and_only_the_copy(site: Json) -> None:
    primary, copy = halves(site)
    assert not [name for name in primary if "HalfComparison" in name or "HalvesDiffer" in name]
    rule = copy["SiteHalfComparisonSchedule"]["Properties"]
    given_values = {"AWS::StackName": "shop", "SitePrimaryHalf.PrimaryRegion": PRIMARY}
    asked = read(json.loads(resolved(rule["Targets"][0]["Input"], given_values)))
    assert asked == Request("/resilient-website/shop/Site/Half/Declared", PRIMARY)
    for half in (primary, copy):
        assert resolved(half["SiteDeclared"]["Properties"]["Name"], given_values) == asked.parameter
    permission = copy["SiteHalfComparisonPermission"]["Properties"]
    assert permission["SourceArn"] == {"Fn::GetAtt": ["SiteHalfComparisonSchedule", "Arn"]}
    assert permission["FunctionName"] == {"Ref": "HalfComparisonFunction"}


@given(SITES)
@examples(10)
def test_alarm_reads_the_metric_that_the_log_gives_and_notices_its_absence(site: Json) -> None:
    copy = copy_half(site)
    alarm = dict(of_type(copy, "AWS::CloudWatch::Alarm"))["SiteHalvesDifferAlarm"]
    metric = copy["SiteDifferingValues"]["Properties"]
    (made,) = metric["MetricTransformations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (made["MetricNamespace"], made["MetricName"])
    assert metric["LogGroupName"] == copy["HalfComparisonFunction"]["Properties"]["LoggingConfig"]["LogGroup"]
    # Metrics are in the namespace of all stacks: the name has the stack and the site.
    assert "${AWS::StackName}" in made["MetricName"]["Fn::Sub"]
    assert "DefaultValue" not in made
    assert alarm["TreatMissingData"] == "missing"
    assert alarm["InsufficientDataActions"] == alarm["AlarmActions"] == alarm["OKActions"]
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"] > 1


def test_filter_finds_the_fields_of_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(handler, "_compared", lambda *_: ["Version"])
    client = Session().create_client("ssm", region_name=SECONDARY)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    handler.handler({"Parameter": "/resilient-website/shop/Site/Half/Declared", "PrimaryRegion": PRIMARY}, None)
    (line,) = [record.__dict__ for record in caplog.records if record.name == "half_comparison.handler"]
    metric = expand(SITE, SECONDARY)["SiteDifferingValues"]["Properties"]
    (made,) = metric["MetricTransformations"]
    field = made["MetricValue"].removeprefix("$.")
    assert line[field] == 1
    assert metric["FilterPattern"] == f'{{ $.site = "{line["site"]}" && $.{field} >= 0 }}'
