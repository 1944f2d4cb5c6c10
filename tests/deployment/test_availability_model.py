"""The availability model against the emulator: a site deployed whole and with a mechanism taken out, and visited.

What the model says of the template must be what a visitor of the deployed stack gets, with the servers up and dead.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from availability.answers import Outcome, Reply
from availability.failures import ALL_WEB_SERVERS, NOTHING, Failure
from availability.model import Survey, survey
from tests.availability.templates import Change, Template, changed, dropped_from, removed, set_in, site
from tests.emulator.instances import Instance, register
from tests.emulator.visitor import Response, visit
from tests.sites import Installation

STACK = "availability-model"
DISTRIBUTION = "AWS::CloudFront::Distribution"
POLICY = "AWS::S3::BucketPolicy"
CONFIG = "DistributionConfig"


def by_cloudfront(statement: Any) -> bool:
    return "cloudfront.amazonaws.com" in json.dumps(statement)


def unreadable(bucket: str) -> Change:
    return dropped_from(POLICY, "PolicyDocument", "Statement", where=by_cloudfront, having=f'"Ref": "{bucket}"')


MUTATIONS: dict[str, tuple[Change, ...]] = {
    "whole": (),
    "no error responses": (set_in(DISTRIBUTION, CONFIG, "CustomErrorResponses", to=[]),),
    "no behaviour for the page": (
        dropped_from(DISTRIBUTION, CONFIG, "CacheBehaviors", where=lambda item: "fallback" in item["PathPattern"]),
    ),
    "page can't be read": (unreadable("SiteFallbackBucket"),),
    "assets can't be read": (unreadable("SiteAssetsBucket"),),
    "nothing publishes the page": (removed("Custom::FallbackSite"),),
    "no listener rule": (removed("AWS::ElasticLoadBalancingV2::ListenerRule"),),
    "another secret": (
        set_in(
            "AWS::ElasticLoadBalancingV2::ListenerRule", "Conditions", 0, "HttpHeaderConfig", "Values", to=["guess"]
        ),
    ),
}


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with Instance("one") as running:
        yield running


@pytest.fixture(scope="module")
def whole(installation: Installation) -> Iterator[Template]:
    """Yield the whole site's template, with outputs to visit it by; delete its stack afterwards."""
    template = site(Database=False)
    for name, target in {
        "Site": ["SiteDistribution", "DomainName"],
        "AssetsBucket": ["SiteAssetsBucket", "Arn"],
    }.items():
        template.setdefault("Outputs", {})[name] = {"Value": {"Fn::GetAtt": target}}
    template["Outputs"]["TargetGroup"] = {"Value": {"Ref": "SiteTargetGroup"}}
    yield template
    if installation.exists(STACK):
        installation.delete(STACK)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_model_says_what_visitors_get(
    mutation: str, whole: Template, installation: Installation, instance: Instance
) -> None:
    template = changed(whole, *MUTATIONS[mutation])
    outputs = installation.deploy(STACK, template)
    register(installation.client("elbv2"), outputs["TargetGroup"], [instance])
    bucket = outputs["AssetsBucket"].rpartition(":")[2]
    installation.client("s3").put_object(Bucket=bucket, Key="static/app.css", Body=b"a{}", ContentType="text/css")
    expected = survey(template)
    instance.start()
    _compare(installation, outputs["Site"], expected, NOTHING)
    instance.kill()
    _compare(installation, outputs["Site"], expected, ALL_WEB_SERVERS)


def _compare(installation: Installation, host: str, expected: Survey, failure: Failure) -> None:
    for asked in expected.visits:
        # The sample application has one page.
        path = "/" if asked.path == "/page" else asked.path
        got = visit(installation.emulator, host, path, asked.method, "a=1" if asked.method == "POST" else None)
        said = expected.answer(failure.name, asked).last
        assert _agrees(said, got), f"{failure.name}, {asked.method} {path}: the model says {said}, visitors get {got}"


def _agrees(said: Reply, got: Response) -> bool:
    if said.outcome is Outcome.PAGE:
        return got.status in (200, 303)
    friendly = '<meta name="robots" content="noindex">' in got.body
    # AWS answers 404 for a missing object where listing is allowed; the emulator always 403.
    missing = {403} if 404 in said.statuses else set()
    return got.status in {*said.statuses, *missing} and friendly == (said.outcome is Outcome.FRIENDLY_PAGE)
