"""CloudFront's quotas of an account: room for what the sites of a template add, taken together."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from launch.checking.aws import Answer, Aws
from launch.checking.findings import Told, error
from launch.checking.site import Checked

ANYWHERE = "us-east-1"


class EdgeQuota(NamedTuple):
    """A quota: the type that it limits, its name, how many an account has by default, and what lists them."""

    type: str
    name: str
    value: int
    listed: Callable[[Aws], Answer]

    def there(self, aws: Aws) -> int:
        """Return how many the account has."""
        return max(map(_count, self.listed(aws).values()), default=0)


# AWS's own policies do not count. Source: "Quotas" in the Amazon CloudFront Developer Guide, 2026-11.
QUOTAS = (
    EdgeQuota(
        "AWS::CloudFront::OriginAccessControl",
        "origin access controls per account",
        100,
        lambda aws: aws.ask("cloudfront", "list_origin_access_controls", region=ANYWHERE),
    ),
    EdgeQuota(
        "AWS::CloudFront::VpcOrigin",
        "VPC origins per account",
        25,
        lambda aws: aws.ask("cloudfront", "list_vpc_origins", region=ANYWHERE),
    ),
    EdgeQuota(
        "AWS::CloudFront::ResponseHeadersPolicy",
        "response headers policies per account",
        20,
        lambda aws: aws.ask("cloudfront", "list_response_headers_policies", region=ANYWHERE, Type="custom"),
    ),
    EdgeQuota(
        "AWS::CloudFront::CachePolicy",
        "cache policies per account",
        20,
        lambda aws: aws.ask("cloudfront", "list_cache_policies", region=ANYWHERE, Type="custom"),
    ),
)


def quotas(template: Checked, aws: Aws) -> Iterator[Told]:
    """Tell of a resource of CloudFront's too many for the account."""
    types = [str(body.get("Type")) for body in template.expanded["Resources"].values()]
    for quota in QUOTAS:
        added = types.count(quota.type)
        added -= len(template.stack.own(aws, quota.type)) if added else 0
        if added > 0 and (there := quota.there(aws)) + added > quota.value:
            found = f"{added} more are needed, {there} are there, and the quota ({quota.name}) is {quota.value}"
            fix = f"ask for {there + added} in Service Quotas (Amazon CloudFront); or remove what is not used"
            yield error(template.sites[-1].at("FrontDoor"), found, fix)


def _count(listed: Any) -> int:
    return max(int(listed.get("Quantity", 0)), len(listed.get("Items", []))) if isinstance(listed, dict) else 0
