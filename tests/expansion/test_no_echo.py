"""The value of a parameter with NoEcho is in no message and in nothing that is written, wherever it is referred to."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.flat.template import flat_template
from resilient_website.expand import expand_template
from resilient_website.handler import handler
from resilient_website.problems import InvalidTemplateError
from tests.expansion.broken_sites import places, put
from tests.expansion.macro_requests import event
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples

# Neither of them, nor their halves, is part of anything that a site consists of.
SECRET = "hunter2qx"
HALVES = ("hunter2", "hunter", "unter2qx")
DECLARED = {"Secret": {"Type": "String", "NoEcho": True}}

REFERENCES = [{"Ref": "Secret"}, {"Fn::Sub": "a${Secret}b"}, {"Fn::Join": ["", ["a", {"Ref": "Secret"}]]}]
VALUES = st.sampled_from(
    [SECRET, [SECRET, "b"], f"{SECRET},b", f"arn:aws:acm:us-east-1:123456789012:certificate/{SECRET}"]
)


def with_secret(properties: Any, no_echo: Any = True) -> dict[str, Any]:
    return {**in_template(properties), "Parameters": {"Secret": {"Type": "String", "NoEcho": no_echo}}}


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("DomainName", {"DomainName": {"Ref": "Secret"}, "HostedZoneId": "Z0123456789ABCDEFGHIJ"}),
        ("HostedZoneId", {"DomainName": "www.example.com", "HostedZoneId": {"Ref": "Secret"}}),
        ("AlternateDomainNames[0]", {"AlternateDomainNames": [{"Ref": "Secret"}]}),
        ("Database.ReadReplicas", {"Database": {"ReadReplicas": {"Ref": "Secret"}}}),
        ("Database.Parameters", {"Database": {"Parameters": {"Ref": "Secret"}}}),
        ("Network.PublicSubnetIds", {"Network": {"VpcId": "vpc-01234567", "PublicSubnetIds": {"Ref": "Secret"}}}),
        ("Version", {"Version": {"Ref": "Secret"}}),
        ("Tags", {"Tags": {"Ref": "Secret"}}),
        ("Cache", {"Cache": {"Ref": "Secret"}}),
    ],
)
@pytest.mark.parametrize("no_echo", [True, "true", "True"])
def test_property_that_decides_which_resources_there_are_refuses_it(name: str, properties: Any, no_echo: Any) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(with_secret(properties, no_echo), {"Secret": SECRET}, "us-east-1")
    reported = {problem.path: problem for problem in refused.value.problems}[f"Resources.Site.Properties.{name}"]
    assert "Secret, which is declared with NoEcho" in reported.found
    assert "write a literal, or Ref a parameter without NoEcho" in reported.fix


@pytest.mark.parametrize("no_echo", [False, "false"])
def test_parameter_that_may_be_shown_decides(no_echo: Any) -> None:
    whole = with_secret({"Cache": {"Ref": "Secret"}}, no_echo)
    with_cache = expand_template(whole, {"Secret": "true"}, "us-east-1")["Resources"]
    without_cache = expand_template(whole, {"Secret": "false"}, "us-east-1")["Resources"]
    assert set(with_cache) > set(without_cache)
    with pytest.raises(InvalidTemplateError, match=SECRET):
        expand_template(whole, {"Secret": SECRET}, "us-east-1")


def test_reference_stays_a_reference() -> None:
    expanded = expand_template(
        with_secret({"Database": {"DatabaseName": {"Ref": "Secret"}}}), {"Secret": SECRET}, "us-east-1"
    )
    databases = [body for body in expanded["Resources"].values() if body["Type"] == "AWS::RDS::DBInstance"]
    assert [body["Properties"]["DBName"] for body in databases] == [{"Ref": "Secret"}]
    _assert_without(json.dumps(expanded))


def test_metadata_which_no_echo_does_not_mask_has_no_reference_to_it() -> None:
    """A site on CloudFront's own name has no use for the version of TLS."""
    whole = with_secret({"Delivery": {"MinimumProtocolVersion": {"Ref": "Secret"}}})
    assert [records(whole), records({**whole, "Parameters": {"Secret": {"Type": "String"}}})] == [[], ["Secret"]]


def records(whole: dict[str, Any]) -> list[str]:
    """Return the parameters that the resources of an expansion say they were made of."""
    resources = expand_template(whole, {"Secret": "TLSv1.2_2021"}, "us-east-1")["Resources"]
    return [name for body in resources.values() for name in body.get("Metadata", {}).get("ExpandedFor", {})]


@given(SITES, st.data())
@examples(60)
def test_value_is_in_nothing_that_is_said_or_made(properties: dict[str, Any], data: st.DataObject) -> None:
    whole: dict[str, Any] = {"Network": {}, "Overrides": {"Vpc": {"Tags": []}}, **properties}
    for _ in range(data.draw(st.integers(1, 3))):
        where = data.draw(st.sampled_from(sorted(places(whole), key=str)))
        whole = put(whole, where, data.draw(st.sampled_from(REFERENCES)))
        if not isinstance(whole, dict):
            return
    value = data.draw(VALUES)
    fragment = {**with_secret(whole), "Outputs": {"Shown": {"Value": data.draw(st.sampled_from(REFERENCES))}}}
    answer = handler(event(fragment, templateParameterValues={"Secret": value}), None)
    _assert_without(json.dumps(answer))
    try:
        flat = json.dumps(flat_template(fragment, {"Secret": value}, "us-east-1"))
    except InvalidTemplateError as error:
        flat = str(error)
    _assert_without(flat)


def _assert_without(text: str) -> None:
    assert not any(part in text for part in (SECRET, *HALVES)), text
