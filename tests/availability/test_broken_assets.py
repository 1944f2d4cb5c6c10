"""What lets CloudFront read the assets' bucket, each part taken out."""

import pytest

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import NOTHING
from cli.analysis.availability.requests import RequestKind
from tests.availability.resource_types import BUCKET_POLICY
from tests.availability.templates import Change, Template, answer, by_cloudfront, changed, dropped_from, each, removed
from tests.availability.unbroken_sites import BARE


@pytest.mark.parametrize(
    ("operator", "value", "outcome"),
    [
        ("StringEquals", "arn:aws:cloudfront::123456789012:distribution/${SiteDistribution}", Outcome.PAGE),
        ("StringLike", "arn:aws:cloudfront::123456789012:distribution/*", Outcome.PAGE),
        ("StringNotEquals", "arn:aws:cloudfront::${AWS::AccountId}:distribution/${SiteDistribution}", Outcome.ERROR),
        ("StringEquals", "arn:aws:cloudfront::123456789012:distribution/E1234567", Outcome.ERROR),
    ],
)
def test_policy_by_its_conditions(operator: str, value: str, outcome: Outcome) -> None:
    def conditioned(template: Template) -> None:
        for properties in each(template, BUCKET_POLICY, '"Ref": "SiteAssetsBucket"'):
            for statement in filter(by_cloudfront, properties["PolicyDocument"]["Statement"]):
                statement["Condition"] = {operator: {"AWS:SourceArn": {"Fn::Sub": value}}}

    assert answer(changed(BARE, conditioned), NOTHING, RequestKind.ASSET).last.outcome is outcome


ASSETS: dict[str, tuple[Outcome, Change]] = {
    "policy": (
        Outcome.ERROR,
        dropped_from(BUCKET_POLICY, "PolicyDocument", "Statement", where=by_cloudfront, having="AssetsBucket"),
    ),
    "signing": (Outcome.ERROR, removed("AWS::CloudFront::OriginAccessControl", "assets")),
    "bucket": (Outcome.UNKNOWN, removed("AWS::S3::Bucket", "OldVersions")),
}


@pytest.mark.parametrize("mutation", ASSETS)
def test_assets_that_cant_be_read(mutation: str) -> None:
    assert answer(BARE, NOTHING, RequestKind.ASSET).last.outcome is Outcome.PAGE
    outcome, change = ASSETS[mutation]
    assert answer(changed(BARE, change), NOTHING, RequestKind.ASSET).last.outcome is outcome
