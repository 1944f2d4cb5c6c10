"""S3: the buckets and the archive that a site reads exist."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check.site import Site
from resilient_website.tiers.web_servers.application import ArtifactSpec

NOTHING = ("404", "NoSuchBucket", "NoSuchKey", "NotFound")

# For a version: an id that the object does not have, or a delete marker. Source: "HeadObject" in the Amazon S3 API
# Reference.
NO_VERSION = (*NOTHING, "400", "405", "NoSuchVersion")
ARTIFACT = "WebServers.Artifact"
ARCHIVE_OF_CANARY = "WebServers.Canary"
SOURCE = "Fallback.Source.BucketPrefix"


def artifact(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check the archive that servers fetch on their first boot: without it, they never become healthy.

    Servers without internet access reach buckets in their own Region only. Source: HeadBucket, HeadObject; "Gateway
    endpoints for Amazon S3" in the AWS PrivateLink guide.
    """
    spec = site.spec.web_servers.artifact
    if spec is None:
        return
    bucket = site.known(f"{ARTIFACT}.Bucket", spec.bucket)
    answer = aws.find("s3", "head_bucket", missing=NOTHING, Bucket=bucket)
    if answer is None:
        yield _no_bucket(site, f"{ARTIFACT}.Bucket", bucket)
        return
    region = answer.get("BucketRegion", site.region)
    if site.spec.network.closed and region != site.region:
        found = f"the bucket {bucket} is in {region}, but servers with NatGateways: None reach {site.region} only"
        yield error(site.at(f"{ARTIFACT}.Bucket"), found, f"copy the archive to a bucket in {site.region}")
    elif site.spec.half is not None and region != site.region:
        found = f"the bucket {bucket} is in {region}: if that Region is lost, no server of this half starts"
        fix = f"replicate it to a bucket in {site.region}, and give that as the parameter's value there"
        yield warning(site.at(f"{ARTIFACT}.Bucket"), found, fix)
    yield from _archive(site, aws, ARTIFACT, spec, region)


def archive_of_canary(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check the archive that a canary's servers fetch, while one runs. `artifact` reports a bucket that is missing."""
    servers = site.spec.web_servers
    spec = servers.canary.artifact(servers.artifact) if servers.canary else None
    if spec is None:
        return
    answer = aws.find("s3", "head_bucket", missing=NOTHING, Bucket=site.known(f"{ARTIFACT}.Bucket", spec.bucket))
    if answer is not None:
        region = answer.get("BucketRegion", site.region)
        yield from _archive(site, aws, ARCHIVE_OF_CANARY, spec, region)


def _archive(site: Site, aws: Aws, place: str, spec: ArtifactSpec, region: str) -> Iterator[CheckResult]:
    bucket, key = site.known(f"{ARTIFACT}.Bucket", spec.bucket), site.known(f"{place}.Key", spec.key)
    version = "" if spec.version_id is None else site.known(f"{place}.VersionId", spec.version_id)
    if not version:
        if aws.find("s3", "head_object", missing=NOTHING, region=region, Bucket=bucket, Key=key) is None:
            yield error(site.at(f"{place}.Key"), f"the bucket {bucket} has no {key}", "upload it first")
        return
    arguments = {"Bucket": bucket, "Key": key, "VersionId": version}
    if aws.find("s3", "head_object", missing=NO_VERSION, region=region, **arguments) is None:
        fix = f"use an existing version: aws s3api list-object-versions --bucket {bucket} --prefix {key}"
        yield error(site.at(f"{place}.VersionId"), f"the bucket {bucket} has no version {version} of {key}", fix)


def source(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check the bucket with the static copy of the site: that it exists, and has a policy.

    The function's role has no permission on that bucket: the owner grants it in the bucket policy. The role exists only
    once the site is deployed, so a missing policy is a warning. The policy itself is not evaluated. Source: HeadBucket,
    GetBucketPolicy.
    """
    spec: Any = site.spec.fallback.source and site.spec.fallback.source.bucket_prefix
    if spec is None:
        return
    bucket = site.known(f"{SOURCE}.Bucket", spec.bucket)
    if aws.find("s3", "head_bucket", missing=NOTHING, Bucket=bucket) is None:
        yield _no_bucket(site, f"{SOURCE}.Bucket", bucket)
    elif aws.find("s3", "get_bucket_policy", missing=("NoSuchBucketPolicy",), Bucket=bucket) is None:
        found = f"the bucket {bucket} has no bucket policy, so the function that saves the pages can't read it"
        fix = "after the deployment, grant access to the site's role SavedSiteRoleArn (docs/failover.md, Saved pages)"
        yield warning(site.at(f"{SOURCE}.Bucket"), found, fix)


def _no_bucket(site: Site, name: str, bucket: str) -> CheckResult:
    return error(site.at(name), f"there is no bucket {bucket}", f"create it: aws s3 mb s3://{bucket}")
