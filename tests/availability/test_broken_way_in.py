"""A visitor's way to the page, each part taken out: it shows without any failure."""

import pytest

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import NOTHING
from cli.analysis.availability.requests import RequestKind
from tests.availability.resource_types import (
    BALANCER,
    CERTIFICATE,
    CONFIG,
    DISTRIBUTION,
    EGRESS,
    GROUP,
    INGRESS,
    LISTENER,
    RULE,
)
from tests.availability.templates import Change, Template, answer, changed, each, removed, set_in
from tests.availability.unbroken_sites import BARE, DOMAIN


def no_secret(template: Template) -> None:
    for properties in each(template, DISTRIBUTION):
        for origin in properties[CONFIG]["Origins"]:
            origin.pop("OriginCustomHeaders", None)


def certificate_of_its_own(template: Template) -> None:
    """Give the load balancer another certificate, for a name without requests."""
    template["Resources"]["Own"] = {"Type": CERTIFICATE, "Properties": {"DomainName": "other.org"}}
    for properties in each(template, LISTENER):
        properties["Certificates"] = [{"CertificateArn": {"Ref": "Own"}}]


# What breaks a site that nothing has happened to, and what visitors see then.
FRIENDLY = Outcome.FRIENDLY_PAGE
WAY_IN: dict[str, tuple[Outcome, tuple[Change, ...]]] = {
    "no alias": (Outcome.ERROR, (set_in(DISTRIBUTION, CONFIG, "Aliases", to=[]),)),
    "distribution is off": (FRIENDLY, (set_in(DISTRIBUTION, CONFIG, "Enabled", to=False),)),
    "viewers' certificate is for another name": (
        Outcome.ERROR,
        (set_in(CERTIFICATE, "DomainName", to="other.org", having='"www.example.com", "ValidationMethod"'),),
    ),
    "load balancer's certificate is for another name": (FRIENDLY, (certificate_of_its_own,)),
    "no listener": (FRIENDLY, (removed(LISTENER),)),
    "no listener rule": (FRIENDLY, (removed(RULE),)),
    "another secret": (FRIENDLY, (set_in(RULE, "Conditions", 0, "HttpHeaderConfig", "Values", to=["guess"]),)),
    "CloudFront sends no secret": (
        FRIENDLY,
        (no_secret,),
    ),
    "load balancer is internal": (FRIENDLY, (set_in(BALANCER, "Scheme", to="internal"),)),
    "no route to the internet": (FRIENDLY, (removed("AWS::EC2::Route"),)),
    "load balancer does not admit CloudFront": (
        FRIENDLY,
        (set_in("AWS::EC2::SecurityGroup", "SecurityGroupIngress", to=[], having="pl-"),),
    ),
    "load balancer may not reach the servers": (FRIENDLY, (removed(EGRESS),)),
    "servers do not admit the load balancer": (FRIENDLY, (removed(INGRESS, "Requests and health checks"),)),
    "servers are in no target group": (FRIENDLY, (set_in(GROUP, "TargetGroupARNs", to=[]),)),
    "no servers": (FRIENDLY, (set_in(GROUP, "MinSize", to="0"),)),
    "database does not admit the servers": (Outcome.ERROR, (removed(INGRESS, "MySQL"),)),
    "nothing to launch servers from": (Outcome.UNKNOWN, (removed("AWS::EC2::LaunchTemplate"),)),
}


@pytest.mark.parametrize("mutation", WAY_IN)
def test_way_in_that_is_broken_shows_without_any_failure(mutation: str) -> None:
    assert answer(DOMAIN, NOTHING).last.outcome is Outcome.PAGE
    outcome, changes = WAY_IN[mutation]
    broken = answer(changed(DOMAIN, *changes), NOTHING)
    assert broken.last.outcome is outcome, broken


def test_certificate_of_another_region_is_none_for_cloudfront() -> None:
    assert answer(DOMAIN, NOTHING, region="eu-west-1").last.outcome is Outcome.ERROR


def test_forms_need_their_method() -> None:
    reading = set_in(DISTRIBUTION, CONFIG, "DefaultCacheBehavior", "AllowedMethods", to=["GET", "HEAD"])
    assert answer(BARE, NOTHING, RequestKind.FORM).last.outcome is Outcome.PAGE
    assert answer(changed(BARE, reading), NOTHING, RequestKind.FORM).last.status == 403
    assert answer(changed(BARE, reading), NOTHING, RequestKind.PAGE).last.outcome is Outcome.PAGE
