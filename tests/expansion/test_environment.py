"""The environment of the application: the table in the reference, and what servers get."""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.tiers.web_servers.variables import PROVIDED
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples
from tests.instance.sandbox import user_data_of

KNOWN = {variable.name for variable in PROVIDED}

# systemd sets them, for the units that have the folders.
OF_UNITS = {"STATE_DIRECTORY", "LOGS_DIRECTORY"}
EVERYTHING = {
    "WebServers": {"UserData": "true", "Drain": True},
    "Cache": {"Authentication": True},
    "Files": True,
}


def user_data(properties: Any) -> str:
    template = in_template(properties)
    return user_data_of(expand_template(template, {}, "us-east-1")["Resources"], {"AWS::StackId": "arn/site/guid"})


def set_by(script: str) -> Iterator[str]:
    yield from re.findall(r"^setting (\w+) '", script, re.MULTILINE)


@given(SITES)
@examples(40)
def test_variables_of_any_site_are_in_the_table(properties: dict[str, Any]) -> None:
    assert set(set_by(user_data(properties))) <= KNOWN


def test_every_variable_of_the_table_is_set_somewhere() -> None:
    assert set(set_by(user_data(EVERYTHING))) == KNOWN - OF_UNITS


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_name_that_the_site_sets_is_refused(name: str) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        user_data({"WebServers": {"Environment": {"Variables": {name: "x"}}}})
    (problem,) = refused.value.problems
    assert problem.path.endswith(f"Environment.Variables.{name}")
    assert "which the site itself provides" in problem.found


@pytest.mark.parametrize(
    ("network", "services"),
    [
        ({"WebSubnets": "Private", "NatGateways": "None"}, {"EndpointEcrApi", "EndpointEcrDkr"}),
        ({"WebSubnets": "Private"}, set()),
        ({}, set()),
    ],
)
def test_servers_without_internet_access_reach_the_registry(network: Any, services: set[str]) -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.0"
    site = {"Network": network, "WebServers": {"Container": {"Image": image}}}
    resources = expand_template(in_template(site), {}, "us-east-1")["Resources"]
    assert {name.removeprefix("Site") for name in resources if "EndpointEcr" in name} == services


def test_literal_secret_is_refused_beside_a_copy_in_another_region() -> None:
    """The copy is made of the same file."""
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Secondary": {"Region": "us-west-2"},
        "WebServers": {"UserData": "true", "Environment": {"Secrets": {"A": arn}}},
    }
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(in_template(site), {}, "us-east-1")
    assert "Resources.Site.Properties.WebServers.Environment.Secrets.A" in [
        each.path for each in refused.value.problems
    ]
    same_name = {"Fn::Sub": "arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shop-AbCdEf"}
    site["WebServers"] = {"UserData": "true", "Environment": {"Secrets": {"A": same_name}}}
    for region in ("us-east-1", "us-west-2"):
        assert "read_secrets" in user_data_of(expand_template(in_template(site), {}, region)["Resources"], {})


WITH_PARAMETERS = {
    "Parameters": {"Key": {"Type": "String", "NoEcho": True, "Default": ""}, "Level": {"Type": "String"}},
    "Conditions": {"Here": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "123456789012"]}},
}


def problems_of_variable(value: Any) -> list[str]:
    template = {**in_template({"WebServers": {"Environment": {"Variables": {"A": value}}}}), **WITH_PARAMETERS}
    try:
        expand_template(template, {"Level": "info"}, "us-east-1")
    except InvalidTemplateError as error:
        return [each.found for each in error.problems]
    return []


@pytest.mark.parametrize(
    "call",
    [
        lambda value: value,
        lambda value: {"Fn::If": ["Here", value, "x"]},
        lambda value: {"Fn::Select": [0, {"Fn::Split": [",", value]}]},
        lambda value: {"Fn::Join": ["-", ["x", {"Fn::If": ["Here", value, "x"]}]]},
        lambda value: {"Fn::Base64": value},
        lambda value: {"Fn::Sub": ["x${A}", {"A": value}]},
    ],
)
def test_no_function_reveals_a_secret(call: Callable[[Any], Any]) -> None:
    (withheld,) = problems_of_variable(call({"Ref": "Key"}))
    assert "declared with NoEcho" in withheld
    (dynamic,) = problems_of_variable(call("{{resolve:secretsmanager:shop:SecretString:key}}"))
    assert "dynamic reference" in dynamic
    assert problems_of_variable(call({"Ref": "Level"})) == []


@pytest.mark.parametrize("group", ["Variables", "Secrets"])
def test_no_value_is_refused_for_it_can_not_be_encoded(group: str) -> None:
    for value in ({"Ref": "AWS::NoValue"}, {"Fn::If": ["Here", {"Ref": "Level"}, {"Ref": "AWS::NoValue"}]}):
        site = {"WebServers": {"UserData": "true", "Environment": {group: {"A": value}}}}
        with pytest.raises(InvalidTemplateError) as refused:
            expand_template({**in_template(site), **WITH_PARAMETERS}, {"Level": "info"}, "us-east-1")
        (problem,) = refused.value.problems
        assert problem.path.endswith(f"Environment.{group}.A")


NOTHING = {"Fn::If": ["Here", "x", {"Ref": "AWS::NoValue"}]}
ARTIFACT = {"Bucket": "b", "Key": "k.zip", "Command": "./start"}


@pytest.mark.parametrize(
    ("path", "servers"),
    [
        ("UserData", {"UserData": NOTHING}),
        ("Artifact.Key", {"Artifact": {**ARTIFACT, "Key": NOTHING}}),
        ("Artifact.Install", {"Artifact": {**ARTIFACT, "Install": NOTHING}}),
        ("Canary.Key", {"Artifact": ARTIFACT, "Canary": {"Key": NOTHING}}),
        ("Container.Image", {"Container": {"Image": NOTHING}}),
        ("Container.Command[1]", {"Container": {"Image": "a/b:1", "Command": ["serve", NOTHING]}}),
        ("Environment.OnChange", {"UserData": "true", "Environment": {"OnChange": NOTHING}}),
        ("Drain.Script", {"UserData": "true", "Drain": {"Script": NOTHING}}),
    ],
)
def test_no_value_of_an_application_is_refused_while_its_condition_is_not_known(path: str, servers: Any) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template({**in_template({"WebServers": servers}), **WITH_PARAMETERS}, {"Level": "info"}, "us-east-1")
    (problem,) = refused.value.problems
    assert problem.path.endswith(f"WebServers.{path}")
    assert "AWS::NoValue" in problem.found


REFERRING = "#!/bin/sh\nexport KEY={{resolve:secretsmanager:shop:SecretString:key}}\n"
ARCHIVE = {"Bucket": "releases", "Key": "shop.zip"}


@pytest.mark.parametrize(
    ("path", "servers"),
    [
        ("UserData", {"UserData": REFERRING}),
        ("UserData", {"UserData": {"Fn::Sub": ["{{resolve:ssm:/${Name}}}", {"Name": {"Ref": "Level"}}]}}),
        ("Drain.Script", {"UserData": "true", "Drain": {"Script": REFERRING}}),
        ("Artifact.Install", {"Artifact": {**ARCHIVE, "Command": "true", "Install": REFERRING}}),
        ("Artifact.Command", {"Artifact": {**ARCHIVE, "Command": "serve {{resolve:ssm-secure:/shop/key}}"}}),
        ("Environment.OnChange", {"UserData": "true", "Environment": {"OnChange": REFERRING}}),
    ],
)
def test_script_has_no_dynamic_reference(path: str, servers: Any) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template({**in_template({"WebServers": servers}), **WITH_PARAMETERS}, {"Level": "info"}, "us-east-1")
    (problem,) = refused.value.problems
    assert problem.path.endswith(f"WebServers.{path}")
    assert "doesn't resolve in user data" in problem.found


@pytest.mark.parametrize("value", [{"Ref": "Key"}, "{{resolve:ssm:/shop/key}}"])
def test_container_s_command_reveals_no_secret(value: Any) -> None:
    site = {"WebServers": {"Container": {"Image": "a/b:1", "Command": ["serve", value]}}}
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template({**in_template(site), **WITH_PARAMETERS}, {"Level": "info"}, "us-east-1")
    (problem,) = refused.value.problems
    assert problem.path.endswith("Container.Command[1]")
    assert "user data" in problem.found


def test_arn_of_another_partition_is_refused() -> None:
    for partition in ("aws-cn", "aws-us-gov"):
        arn = f"arn:{partition}:ssm:us-east-1:123456789012:parameter/shop"
        with pytest.raises(InvalidTemplateError) as refused:
            user_data({"WebServers": {"UserData": "true", "Environment": {"Secrets": {"A": arn}}}})
        (problem,) = refused.value.problems
        assert problem.found.endswith(f"which is in the partition {partition}")


ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "image",
    [
        *("nginx", "nginx:1.29", "a/b__c/d-e.f:V_1.0-x", "localhost:5000/x", "ghcr.io/shop/web", f"{ECR}/shop:1"),
        f"{ECR}/a/b:1.4.0@sha256:{'0' * 64}",
    ],
)
def test_image_is_accepted(image: str) -> None:
    encoded = base64.b64encode(image.encode()).decode()
    assert encoded in user_data({"WebServers": {"Container": {"Image": image}}})


@pytest.mark.parametrize(
    "image",
    [
        *("https://ghcr.io/shop", "a/b:c:d", f"{ECR}/Shop:1", f"{ECR}/shop:", f"{ECR}/", "a//b", "a..b", "x@sha256:0"),
        *("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a:1", "123456789012.dkr-ecr.us-east-1.on.aws/a:1"),
        "a" * 501,
    ],
)
def test_image_that_no_server_can_pull_is_refused(image: str) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        user_data({"WebServers": {"Container": {"Image": image}}})
    (problem,) = refused.value.problems
    assert problem.path.endswith("Container.Image")


@pytest.mark.parametrize(
    ("image", "in_both"),
    [
        (f"{ECR}/shop:1", False),
        ({"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:1"}, True),
        ("public.ecr.aws/nginx/nginx:1.29", True),
    ],
)
def test_image_is_in_the_region_of_each_half(image: Any, in_both: bool) -> None:
    """The copy has to start servers while the primary Region is lost."""
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Secondary": {"Region": "us-west-2"},
        "WebServers": {"Container": {"Image": image}},
    }
    found = []
    try:
        expand_template(in_template(site), {}, "us-west-2")
    except InvalidTemplateError as error:
        found = [each.path for each in error.problems]
    assert found == ([] if in_both else ["Resources.Site.Properties.WebServers.Container.Image"])
