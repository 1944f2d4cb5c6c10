"""The command `release` of a template that no request has room for: it uploads it for each update."""

from pathlib import Path

import pytest

from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES, MAX_TEMPLATE_BYTES
from tests.cli.documented_policies import documented, needed
from tests.cli.fake_release import BUCKET, OTHER_REGION, FakeRelease
from tests.cli.fake_site import REGION
from tests.cli.releasing import canary, changed, invoke


def test_large_template_is_uploaded_for_each_update(canaries: FakeRelease, app: Path) -> None:
    canaries.template["Metadata"] = {"Long": "x" * MAX_BODY_BYTES}
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    assert changed(canaries).count("ExecuteChangeSet") == 2
    assert (canary(canaries), canaries.weights) == ({}, [100, 0])
    assert canaries.artifact()["Key"].endswith("/app.zip")
    # Each content has a key of its own, beside the archives.
    assert len([key for key in canaries.stored if key.startswith("shop/templates/my-site-")]) == 2
    assert needed(canaries.calls) <= documented("release")


def test_large_template_of_a_container_needs_a_bucket(canaries: FakeRelease) -> None:
    host = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    canaries.use_container(f"{host}/shop@sha256:{'0' * 64}")
    canaries.template["Metadata"] = {"Long": "x" * MAX_BODY_BYTES}
    digest = canaries.push("shop", "2")
    refused = invoke(f"{host}/shop:2")
    assert refused.exit_code == 1
    assert "give --s3-bucket" in refused.stderr
    assert "CreateChangeSet" not in changed(canaries)
    done = invoke(f"{host}/shop:2", "--s3-bucket", BUCKET)
    assert done.exit_code == 0, done.stderr
    assert canaries.image() == f"{host}/shop@{digest}"


def test_bucket_of_large_templates_in_another_region_and_with_dots(canaries: FakeRelease, app: Path) -> None:
    canaries.other_bucket = "templates.example.com"
    canaries.template["Metadata"] = {"Long": "x" * MAX_BODY_BYTES}
    done = invoke(app, "--s3-bucket", canaries.other_bucket)
    assert done.exit_code == 0, done.stderr
    assert {region for service, region, operation in canaries.calls if operation == "PutObject"} == {
        REGION,
        OTHER_REGION,
    }


@pytest.mark.parametrize(
    ("bucket", "found"), [("missing", "there is no bucket missing"), ("s3://templates", "without s3://")]
)
def test_bucket_of_large_templates_that_does_not_exist(
    bucket: str, found: str, canaries: FakeRelease, app: Path
) -> None:
    canaries.template["Metadata"] = {"Long": "x" * MAX_BODY_BYTES}
    refused = invoke(app, "--s3-bucket", bucket)
    assert refused.exit_code == 1
    assert "--s3-bucket: " in refused.stderr
    assert found in refused.stderr
    assert "CreateChangeSet" not in changed(canaries)


def test_bucket_of_large_templates_that_may_not_be_used(canaries: FakeRelease, app: Path) -> None:
    canaries.refused["HeadBucket"] = "403"
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "WebServers.Artifact.Bucket: S3 refused HeadBucket of example-releases (403)" in refused.stderr


def test_template_that_cloudformation_does_not_take(canaries: FakeRelease, app: Path) -> None:
    canaries.template["Metadata"] = {"Long": "x" * MAX_TEMPLATE_BYTES}
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "of which CloudFormation takes 1,000,000" in refused.stderr
    assert not [key for key in canaries.stored if "templates/" in key]
