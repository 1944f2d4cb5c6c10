"""What the model says about a fallback in another Region: it outlives the site's own."""

import json
from typing import Any

import pytest

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import CLOUDFRONT, REGION, S3
from cli.analysis.availability.requests import RequestKind
from tests.availability.templates import Template, answer, changed, each, removed, site
from tests.expansion.one_site import DOMAIN

STACK = "Custom::RemoteStack"
SITES: dict[str, dict[str, Any]] = {
    "CloudFront": {},
    "CloudFront with a domain": DOMAIN,
    "load balancer": {**DOMAIN, "FrontDoor": "LoadBalancer"},
}
REMOTE = {name: site(**properties, Fallback={"Region": "us-west-2"}) for name, properties in SITES.items()}
NAMED = REMOTE["CloudFront with a domain"]


def in_stack(having: str, old: str, new: str) -> Any:
    """Return the change of a text in the remote stack whose template has another one."""

    def change(template: Template) -> None:
        for properties in each(template, STACK, having):
            assert old in properties["TemplateBody"], "nothing would change"
            properties["TemplateBody"] = properties["TemplateBody"].replace(old, new)

    return change


@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize("kind", [RequestKind.PAGE, RequestKind.FORM])
def test_whole_region_lost(name: str, kind: RequestKind) -> None:
    reported = answer(REMOTE[name], REGION, kind).last
    assert (reported.outcome, reported.status) == (Outcome.FRIENDLY_PAGE, 503)
    assert answer(site(**SITES[name]), REGION, kind).last.outcome > Outcome.FRIENDLY_PAGE


def test_region_of_the_fallback_is_not_the_one_that_fails() -> None:
    assert answer(NAMED, REGION, region="us-west-2").last.outcome > Outcome.FRIENDLY_PAGE


def test_assets_are_replaced_when_s3_fails_in_the_sites_region() -> None:
    assert answer(NAMED, S3, RequestKind.ASSET).last.outcome is Outcome.FRIENDLY_PAGE


def test_without_the_policy_the_error_page_can_not_be_had() -> None:
    broken = changed(REMOTE["CloudFront"], removed(STACK, "SiteFallbackBucketPolicy"))
    assert answer(broken, REGION).last.outcome is Outcome.ERROR


def test_policy_for_another_distribution_is_of_no_use() -> None:
    other = in_stack("SiteFallbackBucketPolicy", "distribution/${SiteDistribution}", "distribution/E123")
    assert answer(changed(REMOTE["CloudFront"], other), REGION).last.outcome is Outcome.ERROR


def test_certificate_has_to_be_where_the_api_is() -> None:
    def elsewhere(template: Template) -> None:
        for properties in each(template, "Custom::CertificateRequest"):
            properties["Region"] = "eu-west-1"

    assert answer(NAMED, CLOUDFRONT).last.outcome is Outcome.FRIENDLY_PAGE
    assert answer(changed(NAMED, elsewhere), CLOUDFRONT).last.outcome is Outcome.ERROR


@pytest.mark.parametrize("body", ["", "{}", "[]", "not JSON", json.dumps({"Resources": {"SiteVpc": {}}})])
def test_stack_that_can_not_be_read_is_unknown(body: str) -> None:
    def unreadable(template: Template) -> None:
        for properties in each(template, STACK):
            properties["TemplateBody"] = body

    assert answer(changed(NAMED, unreadable), CLOUDFRONT).last.outcome is Outcome.UNKNOWN
