"""The throwaway copy of a site that `prove` deploys."""

from typing import Any

import pytest

from cli.prove.template import throwaway
from resilient_website.problems import InvalidTemplateError
from tests.cli.proving import REGION, template
from tests.expansion.one_site import DOMAIN


def test_what_is_deployed_leaves_nothing() -> None:
    everything = template(Cache=True, Files=True, Teardown={"Database": "Retain"})
    resources = throwaway(everything, {}, {}, REGION)["Resources"]
    policies = {name: body["DeletionPolicy"] for name, body in resources.items() if "DeletionPolicy" in body}
    assert {name: policy for name, policy in policies.items() if policy != "Delete"} == {}
    assert {"SiteDatabase", "SiteFileSystem"} <= policies.keys()


def test_protection_of_a_live_site_is_off() -> None:
    live = template(Database={"DeletionProtection": True}, LoadBalancer={"DeletionProtection": True})
    resources = throwaway(live, {}, {}, REGION)["Resources"]
    assert resources["SiteDatabase"]["Properties"]["DeletionProtection"] is False
    attributes = resources["SiteLoadBalancer"]["Properties"]["LoadBalancerAttributes"]
    assert {"Key": "deletion_protection.enabled", "Value": "false"} in attributes


@pytest.mark.parametrize("properties", [[1], "x", {"DomainName": {"Ref": ["Name"]}}], ids=str)
def test_odd_properties_are_refused_as_by_the_macro(properties: Any) -> None:
    given = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}
    with pytest.raises(InvalidTemplateError):
        throwaway(given, {}, {}, REGION)
    with pytest.raises(InvalidTemplateError):
        throwaway({"Resources": [given]}, {}, {}, REGION)


def test_store_that_a_parameter_switches_off_has_no_policy() -> None:
    without = template(Database={"Ref": "Store"}, Cache={"Ref": "Store"})
    without["Parameters"] = {"Store": {"Type": "String"}}
    assert throwaway(without, {}, {"Store": "false"}, REGION)["Resources"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, "found no ResilientWebsite"),
        (template(**DOMAIN), "DomainName: .*make it a parameter"),
        (template(**DOMAIN, AlternateDomainNames=["a.example.com"]), "AlternateDomainNames.0.: .*make it a parameter"),
        (template(**DOMAIN, Secondary={"Region": "us-west-2", "Mode": "PilotLight"}), "switch --planned"),
    ],
)
def test_what_can_not_be_deployed_twice_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTemplateError, match=message):
        throwaway(given, {}, {}, REGION)


def test_domain_name_of_the_command_line_is_taken() -> None:
    named = template(DomainName={"Ref": "Name"}, HostedZoneId="Z0123456789ABCDEFGHIJ")
    named["Parameters"] = {"Name": {"Type": "String"}}
    values = {"Name": "proof.example.com"}
    assert throwaway(named, values, values, REGION)["Resources"]
    with pytest.raises(InvalidTemplateError, match="DomainName"):
        throwaway(named, {}, values, REGION)
    named["Resources"]["Site"]["Properties"]["AlternateDomainNames"] = ["shop.example.com"]
    with pytest.raises(InvalidTemplateError, match=r"AlternateDomainNames\[0\]"):
        throwaway(named, values, values, REGION)
