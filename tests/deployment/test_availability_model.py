"""The availability model against the emulator: a site deployed whole and with a mechanism taken out, and visited.

What the model says about the template must be what a visitor of the deployed stack gets, with the servers up and dead.
"""

from collections.abc import Iterator

import pytest

from cli.analysis.availability.answers import Outcome, Reply
from cli.analysis.availability.failures import ALL_WEB_SERVERS, CLOUDFRONT, NOTHING, Failure
from cli.analysis.availability.model import Survey, survey
from cli.analysis.availability.requests import RequestKind
from tests.availability.templates import (
    Change,
    Template,
    by_cloudfront,
    changed,
    dropped_from,
    each,
    removed,
    set_in,
    site,
)
from tests.sites import Installation
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import Response, visit

STACK = "availability-model"
DISTRIBUTION = "AWS::CloudFront::Distribution"
POLICY = "AWS::S3::BucketPolicy"
CONFIG = "DistributionConfig"


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
    template = site(code=installation.function_code(), Database=False)
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


SAVED_STACK, SOURCE, DOMAIN = "availability-model-saved", "static-site-of-the-model", "www.model.example.com"
EDGE_FUNCTION = "AWS::CloudFront::Function"


def failing_with(statuses: str) -> Change:
    """Return the change of the statuses for which CloudFront asks for the saved page."""

    def change(template: Template) -> None:
        for properties in each(template, EDGE_FUNCTION):
            code = properties["FunctionCode"]
            assert "[502, 503, 504]" in code
            properties["FunctionCode"] = code.replace("[502, 503, 504]", statuses)

    return change


SAVED_MUTATIONS: dict[str, tuple[Change, ...]] = {
    "whole": (),
    "no association": (set_in(DISTRIBUTION, CONFIG, "DefaultCacheBehavior", "FunctionAssociations", to=[]),),
    "no such status": (failing_with("[404]"),),
    "nothing saves": (removed("Custom::SavedSite"),),
}


@pytest.fixture(scope="module")
def saved(installation: Installation) -> Iterator[Template]:
    """Yield the template of a site with one saved page, which lies in a bucket; delete both afterwards."""
    s3 = installation.client("s3")
    s3.create_bucket(Bucket=SOURCE)
    for key in ("index.html", "saved/page/index.html"):
        s3.put_object(Bucket=SOURCE, Key=key, Body=b"<h1>Saved</h1>", ContentType="text/html; charset=utf-8")
    template = site(
        code=installation.function_code(),
        DomainName=DOMAIN,
        HostedZoneId=installation.hosted_zone("model.example.com"),
        Database=False,
        Fallback={"Source": {"BucketPrefix": {"Bucket": SOURCE}}},
    )
    outputs = {"Site": {"Fn::GetAtt": ["SiteDistribution", "DomainName"]}, "TargetGroup": {"Ref": "SiteTargetGroup"}}
    template["Outputs"] = {name: {"Value": value} for name, value in outputs.items()}
    yield template
    if installation.exists(SAVED_STACK):
        installation.delete(SAVED_STACK)
    for key in ("index.html", "saved/page/index.html"):
        s3.delete_object(Bucket=SOURCE, Key=key)
    s3.delete_bucket(Bucket=SOURCE)


@pytest.mark.parametrize("mutation", SAVED_MUTATIONS)
def test_model_says_who_sees_saved_pages(
    mutation: str, saved: Template, installation: Installation, instance: Instance
) -> None:
    template = changed(saved, *SAVED_MUTATIONS[mutation])
    outputs = installation.deploy(SAVED_STACK, template)
    register(installation.client("elbv2"), outputs["TargetGroup"], [instance])
    expected = survey(template)
    names = installation.client("apigateway").get_domain_names()["items"]
    secondary = next(entry["regionalDomainName"] for entry in names if entry["domainName"] == DOMAIN)
    asked = [visit for visit in expected.visits if visit.kind is not RequestKind.ASSET]
    assert RequestKind.SAVED in {visit.kind for visit in asked}
    instance.kill()
    for visited in asked:
        at_once = expected.answer(ALL_WEB_SERVERS.name, visited).phases[0].reply
        later = expected.answer(CLOUDFRONT.name, visited).last
        for said, address in ((at_once, outputs["Site"]), (later, secondary)):
            body = "a=1" if visited.method == "POST" else None
            got = visit(installation.emulator, DOMAIN, visited.path, visited.method, body, address=address)
            assert _agrees(said, got), f"{visited}: the model says {said}, visitors get {got}"


def _agrees(said: Reply, got: Response) -> bool:
    if said.outcome is Outcome.PAGE:
        return got.status in (200, 303)
    if said.outcome is Outcome.SAVED_PAGE:
        return (got.status, got.body) == (said.status, "<h1>Saved</h1>")
    friendly = '<meta name="robots" content="noindex">' in got.body
    # AWS answers 404 for a missing object where listing is allowed; the emulator always 403.
    missing = {403} if 404 in said.statuses else set()
    return got.status in {*said.statuses, *missing} and friendly == (said.outcome is Outcome.FRIENDLY_PAGE)
