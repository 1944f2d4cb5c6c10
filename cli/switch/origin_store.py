"""The key value store by which CloudFront selects the active half's origin, behind internal load balancers.

Its API is global: no half loses it with its Region. Its requests are signed with Signature Version 4A, for which boto3
needs the package awscrt. Source: "About the CloudFront KeyValueStore" in the Amazon CloudFront guide.
"""

from typing import Any

from botocore.exceptions import ClientError

from cli.switch.half import Half
from resilient_website.inline.select_origin import KEY
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.secondary_region.origin_selection import STORE
from resilient_website.tiers.secondary_region.published import SWITCH_STORE_ARN

SERVICE = "cloudfront-keyvaluestore"


def missing(half: Half) -> Problem | None:
    """Return why CloudFront can't be turned; None if it has the origins of both halves."""
    if SWITCH_STORE_ARN in half.handed_over or half.site + STORE in half.resources:
        return None
    found = "CloudFront does not have the VPC origin of the copy, so that no switch could lead visitors to it"
    advice = (
        "write Secondary.VpcOrigin: true into the file, and deploy it to the primary Region and then to "
        f"{half.secondary_region} (docs/second-region.md, 'Internal load balancers')"
    )
    return Problem(half.name, found, advice)


def active_region(client: Any, half: Half) -> str:
    """Return the Region of the half that CloudFront leads visitors to: the primary one, unless the store has the other.

    It is the primary one as well while CloudFront has only that half's origin.
    """
    if missing(half):
        return half.primary_region
    try:
        value = client(SERVICE, half.region).get_key(KvsARN=_arn(client, half), Key=KEY)["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return half.primary_region
    return half.secondary_region if value == half.secondary_region else half.primary_region


def select(client: Any, half: Half, region: str) -> None:
    """Lead visitors to the half in a Region. Raises InvalidTemplateError if CloudFront lacks one of the origins."""
    problem = missing(half)
    if problem:
        raise InvalidTemplateError([problem])
    store, arn = client(SERVICE, half.region), _arn(client, half)
    etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
    store.put_key(KvsARN=arn, Key=KEY, Value=region, IfMatch=etag)


def _arn(client: Any, half: Half) -> str:
    """Return the store's ARN: the copy has it in its Region, the primary half has the store's name."""
    if SWITCH_STORE_ARN in half.handed_over:
        return half.handed_over[SWITCH_STORE_ARN]
    described = client("cloudfront", half.region).describe_key_value_store(Name=half.physical(STORE))
    return str(described["KeyValueStore"]["ARN"])
