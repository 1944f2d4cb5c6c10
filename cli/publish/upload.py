"""Upload packages to S3 once, and verify their checksums."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.publish.package import Package
from resilient_website.problems import InvalidTemplateError, Problem

UPLOADED, UNCHANGED = "uploaded", "unchanged"


@dataclass(frozen=True)
class Bucket:
    """A bucket, its Region, and a client of S3 in that Region."""

    name: str
    region: str
    s3: Any


def bucket_problems(bucket: Bucket) -> list[Problem]:
    """Return a bucket's problems: it does not exist, belongs to another account, or is in another Region."""
    try:
        headers = bucket.s3.head_bucket(Bucket=bucket.name)["ResponseMetadata"]["HTTPHeaders"]
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 404:
            advice = f"create it: aws s3 mb s3://{bucket.name} --region {bucket.region}"
            return [Problem("--bucket", f"there is no bucket {bucket.name}", advice)]
        region = error.response["ResponseMetadata"].get("HTTPHeaders", {}).get("x-amz-bucket-region")
        if region and region != bucket.region:
            return [_elsewhere(bucket, region)]
        return [Problem("--bucket", f"{bucket.name} may not be used ({status})", "use a bucket of your account")]
    region = headers.get("x-amz-bucket-region", bucket.region)
    return [] if region == bucket.region else [_elsewhere(bucket, region)]


def _elsewhere(bucket: Bucket, region: str) -> Problem:
    return Problem(
        "--bucket", f"{bucket.name} is in {region}, not {bucket.region}", f"give --region {region}, or another bucket"
    )


def upload(bucket: Bucket, package: Package) -> str:
    """Put a package into a bucket unless it exists, and return UPLOADED or UNCHANGED.

    Raises InvalidTemplateError if the object's content does not match its key: it was overwritten.
    """
    there = _checksum(bucket, package.key)
    if there == package.checksum:
        return UNCHANGED
    if there:
        raise InvalidTemplateError([_mismatch(bucket, package, there)])
    bucket.s3.put_object(
        Bucket=bucket.name,
        Key=package.key,
        Body=package.body,
        ContentType=package.content_type,
        ChecksumAlgorithm="SHA256",
        ChecksumSHA256=package.checksum,
    )
    stored = _checksum(bucket, package.key)
    if stored != package.checksum:
        raise InvalidTemplateError([_mismatch(bucket, package, stored or "none")])
    return UPLOADED


def _checksum(bucket: Bucket, key: str) -> str | None:
    """Return the SHA-256 that S3 has of an object: None if the object does not exist, empty if it has no checksum."""
    try:
        head = bucket.s3.head_object(Bucket=bucket.name, Key=key, ChecksumMode="ENABLED")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise
    return str(head.get("ChecksumSHA256", ""))


def _mismatch(bucket: Bucket, package: Package, found: str) -> Problem:
    where = f"s3://{bucket.name}/{package.key}"
    found = f"its SHA-256 in S3 is {found}, but should be {package.checksum}"
    return Problem(where, found, "find out who changed it, delete it, and publish again")
