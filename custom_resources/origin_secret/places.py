"""Finds where a secret header is in use: the resources that carry its secret's ARN in a tag."""

from typing import TYPE_CHECKING

from secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient

TAG = "resilient-website:origin-secret"


def tagged(tags: "ResourceGroupsTaggingAPIClient", kind: str, secret_arn: str) -> list[str]:
    """Return the ARNs of a Region's resources of a kind, as in cloudfront:distribution. Raises if there is none."""
    pages = tags.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": TAG, "Values": [secret_arn]}], ResourceTypeFilters=[kind]
    )
    arns = [entry["ResourceARN"] for page in pages for entry in page["ResourceTagMappingList"]]
    if not arns:
        raise RotationError(
            f"No {kind} in {tags.meta.region_name} has the tag {TAG} = {secret_arn}. Deploy the site's stack again; if "
            "the site is gone, delete the secret."
        )
    return sorted(arns)
