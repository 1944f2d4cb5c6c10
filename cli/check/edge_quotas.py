"""Quotas of the whole account, whatever the Region, that each site uses up a little of: CloudFront's and Route 53's.

CloudFront's are compared with their defaults: what an account has been granted beyond is a warning that can be ignored.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.check.aws import Aws
from cli.check.findings import CheckResult, error, warning
from cli.check.site import Checked

PATH = "Resources"


@dataclass(frozen=True)
class EdgeQuota:
    """How many resources of a type an account has by default, and what lists those that are there.

    `listed` takes AWS, and returns the answer's one member.
    """

    type: str
    name: str
    default: int
    listed: Callable[[Aws], dict[str, Any]]

    def there(self, aws: Aws) -> int:
        """Return how many the account has. Raises Unavailable if AWS does not list them."""
        answers = self.listed(aws).values()
        return sum(len(answer.get("Items") or []) for answer in answers if isinstance(answer, dict))


# Source: "Quotas" in the Amazon CloudFront guide.
CLOUDFRONT = (
    EdgeQuota(
        "AWS::CloudFront::OriginAccessControl",
        "Origin access controls per account",
        100,
        lambda aws: aws.ask("cloudfront", "list_origin_access_controls"),
    ),
    EdgeQuota(
        "AWS::CloudFront::CachePolicy",
        "Cache policies per account (a site with Delivery: {Caching: Disabled} needs none)",
        20,
        lambda aws: aws.ask("cloudfront", "list_cache_policies", Type="custom"),
    ),
    EdgeQuota(
        "AWS::CloudFront::ResponseHeadersPolicy",
        "Response headers policies per account (a site with Assets: {CorsAllowOrigins: ['*']} needs none)",
        20,
        lambda aws: aws.ask("cloudfront", "list_response_headers_policies", Type="custom"),
    ),
    EdgeQuota(
        "AWS::CloudFront::VpcOrigin",
        "VPC origins per account",
        25,
        lambda aws: aws.ask("cloudfront", "list_vpc_origins"),
    ),
    EdgeQuota(
        "AWS::CloudFront::Function",
        "Functions per account",
        100,
        lambda aws: aws.ask("cloudfront", "list_functions", Stage="DEVELOPMENT"),
    ),
)


def cloudfront(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Tell of CloudFront's quotas that the template's sites, taken together, would exceed."""
    for quota in CLOUDFRONT:
        added = _added(template, aws, quota.type)
        there = quota.there(aws) if added > 0 else 0
        if added > 0 and there + added > quota.default:
            found = f"{added} more are needed, {there} are there, and the default is {quota.default} ({quota.name})"
            yield warning(PATH, found, "ask for more in Service Quotas (us-east-1), unless the account has more")


def health_checks(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Tell of more health checks than the account may have. Source: GetAccountLimit in the Route 53 API reference."""
    added = _added(template, aws, "AWS::Route53::HealthCheck")
    if added > 0:
        told = aws.ask("route53", "get_account_limit", Type="MAX_HEALTH_CHECKS_BY_OWNER")
        there, most = told["Count"], told["Limit"]["Value"]
        if there + added > most:
            found = f"{added} more health checks are needed, {there} are there, and the account may have {most}"
            yield error(PATH, found, "ask AWS Support for more, or remove what is not used")


def _added(template: Checked, aws: Aws, kind: str) -> int:
    """Return how many of a type the template has more than its stack."""
    counted = Counter(body["Type"] for body in template.expanded["Resources"].values())
    return counted[kind] - len(template.stack.own(aws, kind)) if counted[kind] else 0
