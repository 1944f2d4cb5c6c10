"""Replaces a certificate's tags."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_acm.type_defs import TagTypeDef


def replace(acm: "ACMClient", arn: str, tags: dict[str, str]) -> None:
    """Set a certificate's tags to exactly these. AWS's own (`aws:...`) are kept. Idempotent. Raises ClientError."""
    present = {tag["Key"]: tag.get("Value", "") for tag in acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]}
    gone = [key for key in present if key not in tags and not key.startswith("aws:")]
    changed: list[TagTypeDef] = [
        {"Key": key, "Value": value} for key, value in tags.items() if present.get(key) != value
    ]
    if gone:
        acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": key} for key in gone])
    if changed:
        acm.add_tags_to_certificate(CertificateArn=arn, Tags=changed)
