"""Tells which certificates were made for which resource of which stack, by the tags that each of them carries."""

from typing import TYPE_CHECKING

from cloudformation_answer.aws_errors import code
from cloudformation_answer.owner import Owner

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_acm.type_defs import TagTypeDef


def owned(acm: "ACMClient", owner: Owner, domain_name: str) -> tuple[str, ...]:
    """Return the ARNs of an owner's certificates with this main name, in the client's Region."""
    pages = acm.get_paginator("list_certificates").paginate()
    found = [entry for page in pages for entry in page["CertificateSummaryList"]]
    same_name = [entry["CertificateArn"] for entry in found if entry.get("DomainName") == domain_name]
    return tuple(arn for arn in same_name if owner.tags.items() <= _tags(acm, arn).items())


def replace_tags(acm: "ACMClient", arn: str, owner: Owner, tags: dict[str, str]) -> None:
    """Make these a certificate's tags, beside its owner's. Tags of AWS's own stay."""
    wanted = {**tags, **owner.tags}
    present = _tags(acm, arn)
    gone = [key for key in present if key not in wanted and not key.startswith("aws:")]
    changed: list[TagTypeDef] = [
        {"Key": key, "Value": value} for key, value in wanted.items() if present.get(key) != value
    ]
    if gone:
        acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": key} for key in gone])
    if changed:
        acm.add_tags_to_certificate(CertificateArn=arn, Tags=changed)


def _tags(acm: "ACMClient", arn: str) -> dict[str, str]:
    try:
        tags = acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    except acm.exceptions.ClientError as error:
        if code(error) != "ResourceNotFoundException":
            raise
        return {}
    return {tag["Key"]: tag.get("Value", "") for tag in tags}
