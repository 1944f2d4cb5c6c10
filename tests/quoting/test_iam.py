"""A web server's role reads its own artifact, whatever the key is called, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from resilient_website.expand import expand_template
from tests.hypothesis_profile import examples
from tests.instance.sandbox import expanded
from tests.quoting.cloudformation import resolved
from tests.quoting.iam_matcher import matches
from tools.bench.growth import SMALL

FRAGMENTS = ["*", "?", "$", "${", "}", "${*}", "${?}", "${$}", "${aws:username}", "$$", "/", "a", "b", ".zip"]
KEYS = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map("".join)
VERSION = st.none() | KEYS


def statements(artifact: dict[str, Any], given_values: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of the role of a site with this artifact, by the name of their policy."""
    parameters = {name: value for name, value in given_values.items() if not name.startswith("AWS::")}
    return policies({"Artifact": artifact}, parameters, given_values)


def policies(
    servers: dict[str, Any], parameters: dict[str, str], given_values: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of the role of a site with these web servers, by the name of their policy."""
    resources = expanded({**SMALL, "WebServers": servers}, parameters)
    role = resolved(resources["SiteWebRole"]["Properties"], given_values)
    assert "ManagedPolicyArns" not in role
    return {policy["PolicyName"]: policy["PolicyDocument"]["Statement"] for policy in role["Policies"]}


@given(KEYS, KEYS, VERSION, st.booleans())
@examples(150)
@example("*", "anything", None, True)
@example("*", "anything", None, False)
def test_role_reads_its_own_artifact_only(name: str, other: str, version: str | None, literal: bool) -> None:
    artifact: dict[str, Any] = {"Bucket": "releases", "Key": name if literal else {"Fn::Sub": "${Release}"}}
    artifact |= {"Command": "true"} | ({} if version is None else {"VersionId": {"Ref": "Version"}})
    found = statements(artifact, {"Release": name, "Version": version or "", "AWS::Partition": "aws"})
    (statement,) = found["ReadArtifact"]
    assert matches(statement["Resource"], f"arn:aws:s3:::releases/{name}")
    assert statement["Action"] == ("s3:GetObject" if version is None else "s3:GetObjectVersion")
    if version is not None:
        # The operator takes wildcards for what they are, and variables for their values.
        assert matches(statement["Condition"]["StringEquals"]["s3:VersionId"], version)
    assume(other != name)
    assert not matches(statement["Resource"], f"arn:aws:s3:::releases/{other}")


def test_bucket_from_a_parameter_is_this_bucket_only() -> None:
    artifact = {"Bucket": {"Ref": "Bucket"}, "Key": "a.zip", "Command": "true"}
    (statement,) = statements(artifact, {"Bucket": "*", "AWS::Partition": "aws"})["ReadArtifact"]
    assert not matches(statement["Resource"], "arn:aws:s3:::others/a.zip")


SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/api-AbCdEf"
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/shop/license"
GIVEN = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012", "Secret": SECRET}
PLACE = "${AWS::Region}:${AWS::AccountId}"


@pytest.mark.parametrize(
    ("action", "arn", "reference"),
    [
        *(
            ("secretsmanager:GetSecretValue", SECRET, reference)
            for reference in (
                SECRET,
                f"{SECRET}:key",
                f"{SECRET}:key::",
                {"Ref": "Secret"},
                {"Fn::Sub": "${Secret}:key::"},
                {"Fn::Join": ["", [{"Ref": "Secret"}, ":key::"]]},
                {"Fn::Sub": f"arn:${{AWS::Partition}}:secretsmanager:{PLACE}:secret:shop/api-AbCdEf"},
                {"Fn::Sub": f"arn:aws:secretsmanager:{PLACE}:secret:shop/${{Name}}:key::"},
            )
        ),
        ("ssm:GetParameter", PARAMETER, PARAMETER),
        ("ssm:GetParameter", PARAMETER, {"Fn::Sub": f"arn:aws:ssm:{PLACE}:parameter/shop/license"}),
    ],
)
def test_role_reads_its_own_secrets_only(action: str, arn: str, reference: Any) -> None:
    servers = {"UserData": "true", "Environment": {"Secrets": {"ONE": reference, "AGAIN": reference}}}
    parameters = {"Secret": "", "Name": ""}
    (statement,) = policies(servers, parameters, {**GIVEN, "Name": "api-AbCdEf"})["ReadEnvironment"]
    assert statement == {"Effect": "Allow", "Action": action, "Resource": [arn]}


def test_role_reads_the_secret_that_a_condition_chooses() -> None:
    reference = {"Fn::If": ["Live", {"Fn::Sub": "${Secret}:key::"}, SECRET]}
    servers = {"UserData": "true", "Environment": {"Secrets": {"ONE": reference}}}
    template = {
        "Parameters": {"Secret": {"Type": "String"}},
        "Conditions": {"Live": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "live"]}},
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {"WebServers": servers}}},
    }
    role = expand_template(template, {}, "us-east-1")["Resources"]["SiteWebRole"]["Properties"]
    (policy,) = (each for each in role["Policies"] if each["PolicyName"] == "ReadEnvironment")
    written = json.dumps(policy)
    assert '{"Fn::If": ["Live", {"Ref": "Secret"}, "' + SECRET + '"]}' in written
    assert ":key" not in written


def test_secret_from_a_parameter_is_this_secret_only() -> None:
    servers = {"UserData": "true", "Environment": {"Secrets": {"ONE": {"Ref": "Secret"}}}}
    (statement,) = policies(servers, {"Secret": ""}, {"Secret": f"{SECRET[:-6]}*"})["ReadEnvironment"]
    assert not matches(statement["Resource"][0], SECRET)


@pytest.mark.parametrize(
    ("value", "action", "arn"),
    [
        (SECRET, "secretsmanager:GetSecretValue", SECRET),
        (f"{SECRET}:password", "secretsmanager:GetSecretValue", SECRET),
        (f"{SECRET}:password::", "secretsmanager:GetSecretValue", SECRET),
        (PARAMETER, "ssm:GetParameter", PARAMETER),
    ],
)
@pytest.mark.parametrize("reference", [{"Ref": "Reference"}, {"Fn::Sub": "${Reference}"}])
def test_parameter_of_the_template_can_have_any_reference(reference: Any, value: str, action: str, arn: str) -> None:
    servers = {"UserData": "true", "Environment": {"Secrets": {"ONE": reference}}}
    template = {
        "Parameters": {"Reference": {"Type": "String"}},
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {"WebServers": servers}}},
    }
    resources = expand_template(template, {"Reference": value}, "us-east-1")["Resources"]
    (policy,) = (
        each for each in resources["SiteWebRole"]["Properties"]["Policies"] if each["PolicyName"] == "ReadEnvironment"
    )
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (action, [arn])


def test_servers_decrypt_with_the_listed_keys_through_the_two_services_only() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    environment = {"Secrets": {"ONE": SECRET}, "KmsKeyArns": [key, {"Ref": "Key"}]}
    found = policies({"UserData": "true", "Environment": environment}, {"Key": ""}, {**GIVEN, "Key": key})
    (decrypt,) = (each for each in found["ReadEnvironment"] if each["Action"] == "kms:Decrypt")
    assert decrypt["Resource"] == [key, key]
    services = ["secretsmanager.us-east-1.amazonaws.com", "ssm.us-east-1.amazonaws.com"]
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": services}}


REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web"


@pytest.mark.parametrize(
    "image",
    [
        f"{REPOSITORY}:1.4.0",
        REPOSITORY,
        f"{REPOSITORY}@sha256:{'0' * 64}",
        {"Ref": "Image"},
        {"Fn::Sub": "${Uri}:${Release}"},
        {"Fn::Sub": "${Uri}@sha256:${Release}"},
        {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop/web:${Release}"},
    ],
)
def test_servers_pull_their_own_image_only(image: Any) -> None:
    values = {"Image": f"{REPOSITORY}:1.4.0@sha256:{'0' * 64}", "Uri": REPOSITORY, "Release": "1.5"}
    found = policies({"Container": {"Image": image}}, dict.fromkeys(values, ""), {**GIVEN, **values})["PullImage"]
    arn = "arn:aws:ecr:us-east-1:123456789012:repository/shop/web"
    assert [statement["Resource"] for statement in found] == ["*", arn]
    assert found[0]["Action"] == "ecr:GetAuthorizationToken"


def test_servers_have_no_rights_on_repositories_for_a_public_image() -> None:
    for image in ("nginx:1.29", "public.ecr.aws/nginx/nginx", {"Fn::Sub": "ghcr.io/shop/web:${AWS::StackName}"}):
        assert "PullImage" not in policies({"Container": {"Image": image}}, {}, GIVEN)


def test_servers_may_use_session_manager_and_no_more_of_systems_manager() -> None:
    artifact = {"Bucket": "releases", "Key": "a.zip", "Command": "true"}
    found = [statement for policy in statements(artifact, {}).values() for statement in policy]
    actions = {
        action for each in found for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert {action for action in actions if action.startswith(("ssm", "ec2messages"))} == {
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }


@pytest.mark.parametrize(("pattern", "text"), [("a*", "abc"), ("a?", "ab"), ("${*}", "*"), ("${$}{", "${")])
def test_matcher_matches(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(("pattern", "text"), [("${*}", "a"), ("${?}", "a"), ("a?", "a"), ("${aws:username}", "a")])
def test_matcher_matches_not(pattern: str, text: str) -> None:
    assert not matches(pattern, text)
