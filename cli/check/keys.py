"""KMS: the given keys exist, and can encrypt."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check.site import Site

NO_KEY = ("NotFoundException", "InvalidArnException")


def of_database(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check Database.KmsKeyId."""
    if site.spec.database and site.spec.database.kms_key_id is not None:
        yield from _check(site, aws, "Database.KmsKeyId", site.spec.database.kms_key_id)


def of_cache(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check Cache.KmsKeyId."""
    if site.spec.cache and site.spec.cache.kms_key_id is not None:
        yield from _check(site, aws, "Cache.KmsKeyId", site.spec.cache.kms_key_id)


def of_files(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check Files.KmsKeyId."""
    if site.spec.files and site.spec.files.kms_key_id is not None:
        yield from _check(site, aws, "Files.KmsKeyId", site.spec.files.kms_key_id)


def _check(site: Site, aws: Aws, name: str, value: Any) -> Iterator[CheckResult]:
    """Source: DescribeKey; "Encrypting Amazon RDS resources" (symmetric keys of the same Region only)."""
    path, key = site.at(name), site.known(name, value)
    answer = aws.find("kms", "describe_key", missing=NO_KEY, KeyId=key)
    if answer is None:
        yield error(path, f"{site.region} has no KMS key {key}", "use one in this Region, or leave it out")
        return
    known = answer["KeyMetadata"]
    if not known.get("Enabled"):
        yield error(path, f"the key {key} is {known.get('KeyState')}", "enable it, or use another")
    elif known.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        yield error(path, f"the key {key} is {known['KeySpec']}", "use a symmetric key")
