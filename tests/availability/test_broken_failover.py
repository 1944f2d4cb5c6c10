"""Failover by Route 53, each part taken out of a template: the model must say what visitors then get."""

import json
from typing import Any

import pytest

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import ALL_WEB_SERVERS, CLOUDFRONT, LOAD_BALANCER, NOTHING
from tests.availability.resource_types import CERTIFICATE, CHECK, CONFIG, DISTRIBUTION, METHOD, RECORD
from tests.availability.templates import Change, Template, answer, changed, dropped_from, each, ids, removed, set_in
from tests.availability.unbroken_sites import BEHIND_BALANCER, DOMAIN


def cached(template: Template) -> None:
    """Let CloudFront keep what the health check asks for, as long as the application allows."""
    for properties in each(template, DISTRIBUTION):
        config = properties[CONFIG]
        for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
            behavior["CachePolicyId"] = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"


def ipv6_without_secondary(template: Template) -> None:
    for name in ids(template, RECORD, '"AAAA"'):
        if template["Resources"][name]["Properties"].get("Failover") == "SECONDARY":
            del template["Resources"][name]


# Failover by Route 53 when CloudFront is down.
def check_asks(host: Any) -> Change:
    return set_in(CHECK, "HealthCheckConfig", "FullyQualifiedDomainName", to=host)


def never(kind: str, having: str) -> Change:
    """Return the change that leaves a resource in the template but makes its condition false."""

    def change(template: Template) -> None:
        template["Conditions"] = {"Never": {"Fn::Equals": ["yes", "no"]}}
        names = [
            name for name, body in template["Resources"].items() if body["Type"] == kind and having in json.dumps(body)
        ]
        assert names
        for name in names:
            template["Resources"][name]["Condition"] = "Never"

    return change


# What API Gateway answers when S3 does not, taken away: then what S3 says is what visitors see.
no_answer_in_s3s_place = dropped_from(
    METHOD, "Integration", "IntegrationResponses", where=lambda response: "SelectionPattern" in response
)

FAILOVER: dict[str, tuple[Outcome, tuple[Change, ...]]] = {
    "no SECONDARY": (Outcome.TIME_OUT, (removed(RECORD, '"SECONDARY"'),)),
    "no SECONDARY for IPv6": (
        Outcome.TIME_OUT,
        (ipv6_without_secondary,),
    ),
    "SECONDARY that is never made": (Outcome.TIME_OUT, (never(RECORD, '"SECONDARY"'),)),
    "no health check on the PRIMARY": (
        Outcome.TIME_OUT,
        (set_in(RECORD, "HealthCheckId", to=None, having='"PRIMARY"'),),
    ),
    "SECONDARY leads to CloudFront too": (
        Outcome.TIME_OUT,
        (
            set_in(
                RECORD,
                "AliasTarget",
                to={"DNSName": {"Fn::GetAtt": ["SiteDistribution", "DomainName"]}, "HostedZoneId": "Z2FDTNDATAQYW2"},
                having='"SECONDARY"',
            ),
        ),
    ),
    "SECONDARY leads to what is not there": (
        Outcome.UNKNOWN,
        (removed("AWS::ApiGateway::DomainName"),),
    ),
    "check is answered from the cache": (Outcome.UNKNOWN, (cached,)),
    "check asks for the name itself": (Outcome.UNKNOWN, (check_asks("www.example.com"),)),
    "certificate of the SECONDARY is for another name": (
        Outcome.ERROR,
        (set_in(CERTIFICATE, "DomainName", to="other.example.com", having="origin."),),
    ),
    "nothing is mapped to the API's name": (Outcome.ERROR, (removed("AWS::ApiGateway::BasePathMapping"),)),
    "API is not deployed": (Outcome.ERROR, (removed("AWS::ApiGateway::Deployment"),)),
    "API's role may not read": (
        Outcome.ERROR,
        (set_in("AWS::IAM::Role", "Policies", to=[], having="apigateway"), no_answer_in_s3s_place),
    ),
    "API Gateway may not take the role": (
        Outcome.ERROR,
        (
            set_in("AWS::IAM::Role", "AssumeRolePolicyDocument", to={"Statement": []}, having="apigateway"),
            no_answer_in_s3s_place,
        ),
    ),
    "API asks for another object": (
        Outcome.ERROR,
        (
            set_in(
                METHOD, "Integration", "Uri", to={"Fn::Sub": "arn:aws:apigateway:x:s3:path/${SiteFallbackBucket}/other"}
            ),
            no_answer_in_s3s_place,
        ),
    ),
    "API does not declare its status": (Outcome.ERROR, (set_in(METHOD, "MethodResponses", to=[]),)),
    "API has neither methods nor answers of its own": (
        Outcome.ERROR,
        (removed(METHOD), removed("AWS::ApiGateway::GatewayResponse")),
    ),
    "API has a method for its root alone": (
        Outcome.ERROR,
        (removed(METHOD, '"ResourceId": {"Ref"'), removed("AWS::ApiGateway::GatewayResponse")),
    ),
    "API asks somebody else": (Outcome.UNKNOWN, (set_in(METHOD, "Integration", "Type", to="HTTP_PROXY"),)),
}


@pytest.mark.parametrize("mutation", FAILOVER)
def test_failover_that_is_broken_does_not_help(mutation: str) -> None:
    assert answer(DOMAIN, CLOUDFRONT).last.outcome is Outcome.FRIENDLY_PAGE
    outcome, changes = FAILOVER[mutation]
    broken = answer(changed(DOMAIN, *changes), CLOUDFRONT)
    assert broken.last.outcome is outcome, broken


def test_gateway_responses_stand_in_for_methods() -> None:
    assert answer(changed(DOMAIN, removed(METHOD)), CLOUDFRONT).last.outcome is Outcome.FRIENDLY_PAGE


def test_check_that_the_error_response_fools() -> None:
    def with_200(template: Template) -> None:
        for properties in each(template, DISTRIBUTION):
            for response in properties[CONFIG]["CustomErrorResponses"]:
                response["ResponseCode"] = 200

    assert any("Route 53" in why for why in answer(DOMAIN, ALL_WEB_SERVERS).last.why)
    fooled = answer(changed(DOMAIN, with_200), ALL_WEB_SERVERS).last
    assert fooled.status == 200
    assert not any("Route 53" in why for why in fooled.why)


@pytest.mark.parametrize("template", [DOMAIN, BEHIND_BALANCER], ids=["CloudFront", "load balancer"])
def test_check_over_http_takes_the_redirect_for_health(template: Template) -> None:
    config = {"HealthCheckConfig": {"Type": "HTTP", "Port": 80}}
    blind = set_in(RECORD, "AliasTarget", "EvaluateTargetHealth", to="false", having='"PRIMARY"')

    def over_http(changing: Template) -> None:
        for properties in each(changing, CHECK):
            properties["HealthCheckConfig"] |= config["HealthCheckConfig"]

    fooled = answer(changed(template, over_http, blind), ALL_WEB_SERVERS)
    assert not any("Route 53" in why for why in fooled.last.why)


def test_check_that_asks_the_secondary_shows_the_friendly_page_all_the_time() -> None:
    asks = check_asks({"Fn::GetAtt": ["SiteDistribution", "DomainName"]})
    always = answer(changed(BEHIND_BALANCER, asks), NOTHING)
    assert always.last.outcome is Outcome.FRIENDLY_PAGE


def test_target_health_alone_notices_dead_servers_and_nothing_notices_without_it() -> None:
    unchecked = set_in(RECORD, "HealthCheckId", to=None, having='"PRIMARY"')
    blind = set_in(RECORD, "AliasTarget", "EvaluateTargetHealth", to=False, having='"PRIMARY"')
    noticed = answer(changed(BEHIND_BALANCER, unchecked), ALL_WEB_SERVERS)
    assert noticed.last.outcome is Outcome.FRIENDLY_PAGE
    # The target group's 10 s x 3 and the last check's 5 s, and up to 60 s in resolvers.
    assert str(noticed.transient[0].lasts) == "35-95 s"
    assert answer(changed(BEHIND_BALANCER, unchecked, blind), ALL_WEB_SERVERS).last.outcome is Outcome.ERROR


def test_whichever_is_sooner_notices_dead_servers() -> None:
    slow = set_in("AWS::Route53::HealthCheck", "HealthCheckConfig", "RequestInterval", to=30)
    behind = changed(BEHIND_BALANCER, slow)
    # The target group's 10 s x 3 + 5 s are over before the check's 30 s x 2; a stopped load balancer reports none.
    assert str(answer(behind, ALL_WEB_SERVERS).transient[0].lasts) == "35-95 s"
    assert str(answer(behind, LOAD_BALANCER).transient[0].lasts) == "35-120 s"
    assert str(answer(BEHIND_BALANCER, ALL_WEB_SERVERS).transient[0].lasts) == "20-80 s"
