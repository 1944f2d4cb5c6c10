"""Parameters, mappings and conditions whose values differ between the halves: which are named, and which may differ."""

import json
from typing import Any

import pytest

from cli.flat.template import flat_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.expansion.declared_halves import MAX_BYTES, SITE, Json, differing, text, with_parameters
from tests.expansion.expanded import expand
from tests.expansion.random_copies import PRIMARY, SECONDARY
from tests.expansion.random_sites import in_template

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
    assert 2112 < len(text(half).encode()) <= MAX_BYTES


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
