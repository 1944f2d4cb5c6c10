"""The friendly page by CloudFront's error response, each part taken out: visitors then get an error."""

import pytest

from cli.analysis.availability import buckets, graph
from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import ALL_WEB_SERVERS, LOAD_BALANCER, NOTHING, Failure
from cli.analysis.availability.requests import RequestKind
from tests.availability.resource_types import BUCKET_POLICY, CONFIG, DISTRIBUTION
from tests.availability.templates import (
    Change,
    Template,
    answer,
    by_cloudfront,
    changed,
    dropped_from,
    each,
    ids,
    removed,
    set_in,
)
from tests.availability.unbroken_sites import BARE, BEHIND_BALANCER, DOMAIN


def error_code(*codes: int) -> Change:
    return dropped_from(DISTRIBUTION, CONFIG, "CustomErrorResponses", where=lambda item: item["ErrorCode"] in codes)


def page_from_the_servers(template: Template) -> None:
    for properties in each(template, DISTRIBUTION):
        for behavior in properties[CONFIG]["CacheBehaviors"]:
            behavior["TargetOriginId"] = properties[CONFIG]["DefaultCacheBehavior"]["TargetOriginId"]


def policy_for_another_distribution(template: Template) -> None:
    for properties in each(template, BUCKET_POLICY, "FallbackBucket"):
        for statement in filter(by_cloudfront, properties["PolicyDocument"]["Statement"]):
            statement["Condition"]["StringEquals"]["AWS:SourceArn"] = "arn:aws:cloudfront::1:distribution/E1"


# The friendly page by CloudFront's error response, on a site without a domain: there is no further fallback.
FALLBACK: dict[str, tuple[Change, ...]] = {
    "no error response for 502": (error_code(502),),
    "no error response for 503": (error_code(503),),
    "no error response for 504": (error_code(504),),
    "no behaviour for the page": (
        dropped_from(DISTRIBUTION, CONFIG, "CacheBehaviors", where=lambda item: "fallback" in item["PathPattern"]),
    ),
    "the page's behaviour asks the servers": (page_from_the_servers,),
    "the bucket's policy does not let CloudFront read": (
        dropped_from(BUCKET_POLICY, "PolicyDocument", "Statement", where=by_cloudfront, having="FallbackBucket"),
    ),
    "no bucket policy": (removed(BUCKET_POLICY, "FallbackBucket"),),
    "the policy is for another distribution": (policy_for_another_distribution,),
    "CloudFront does not sign": (removed("AWS::CloudFront::OriginAccessControl"),),
    "nothing publishes the page": (removed("Custom::FallbackSite"),),
    "the page is published elsewhere": (set_in("Custom::FallbackSite", "Prefix", to="elsewhere/"),),
    "the page is published into the assets' bucket": (
        set_in("Custom::FallbackSite", "BucketName", to={"Ref": "SiteAssetsBucket"}),
    ),
}


@pytest.mark.parametrize("mutation", FALLBACK)
def test_fallback_that_is_broken_shows_an_error(mutation: str) -> None:
    assert answer(BARE, ALL_WEB_SERVERS).last.outcome is Outcome.FRIENDLY_PAGE
    broken = answer(changed(BARE, *FALLBACK[mutation]), ALL_WEB_SERVERS)
    assert broken.last.outcome is Outcome.ERROR, broken


@pytest.mark.parametrize("failure", [ALL_WEB_SERVERS, LOAD_BALANCER])
def test_friendly_page_of_both_doors(failure: Failure) -> None:
    for template in (DOMAIN, BARE, BEHIND_BALANCER):
        for kind in (RequestKind.PAGE, RequestKind.FORM):
            last = answer(template, failure, kind).last
            assert (last.outcome, last.status) == (Outcome.FRIENDLY_PAGE, 503)


@pytest.mark.parametrize(("may_list", "status"), [(False, 403), (True, 404)])
def test_missing_object_is_only_not_found_for_who_may_list_the_bucket(may_list: bool, status: int) -> None:
    """As "GetObject" in the Amazon S3 API reference says: what API Gateway makes of it depends on the status."""
    bucket = ids(BARE, "AWS::S3::Bucket")[0]
    wanted = buckets.ObjectRequest(bucket, "no-such-key", readable=True, listable=may_list)
    answered = buckets.answer(graph.read(BARE, "us-east-1", {}), NOTHING.outages[0], wanted, published=True)
    assert (answered.last.outcome, answered.last.status) == (Outcome.ERROR, status)
