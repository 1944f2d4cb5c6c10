"""A web server's role reads its own artifact, whatever the key is called, and nothing else."""

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.hypothesis_profile import examples
from tests.instance.sandbox import expanded
from tests.quoting.cloudformation import resolved
from tests.quoting.iam_matcher import matches

FRAGMENTS = ["*", "?", "$", "${", "}", "${*}", "${?}", "${$}", "${aws:username}", "$$", "/", "a", "b", ".zip"]
KEYS = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6).map("".join)
VERSION = st.none() | KEYS


def statements(artifact: dict[str, Any], given_values: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of the role of a site with this artifact, by the name of their policy."""
    parameters = {name: value for name, value in given_values.items() if not name.startswith("AWS::")}
    resources = expanded({"WebServers": {"Artifact": artifact}}, parameters)
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
