"""Quotas of the account, across Regions, that each site counts against: CloudFront's and Route 53's.

CloudFront's are compared with their defaults, so an account with higher quotas can ignore the warning.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check.site import Checked

PATH = "Resources"


@dataclass(frozen=True)
class EdgeQuota:
    """The default quota for a type of resource, and how to list the existing ones.

    `listed` takes AWS, and returns a response with one member.
    """

    type: str
    name: str
    default: int
    listed: Callable[[Aws], dict[str, Any]]

    def existing(self, aws: Aws) -> int:
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
    """Report CloudFront quotas that the template's sites together would exceed."""
    for quota in CLOUDFRONT:
        added = _added(template, aws, quota.type)
        there = quota.existing(aws) if added > 0 else 0
        if added > 0 and there + added > quota.default:
            found = f"{added} more are needed, {there} exist, and the default quota is {quota.default} ({quota.name})"
            yield warning(
                PATH, found, "unless the account's quota is higher, request an increase in Service Quotas (us-east-1)"
            )


def health_checks(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report health checks above the account's limit. Source: GetAccountLimit in the Route 53 API reference."""
    added = _added(template, aws, "AWS::Route53::HealthCheck")
    if added > 0:
        answer = aws.ask("route53", "get_account_limit", Type="MAX_HEALTH_CHECKS_BY_OWNER")
        there, most = answer["Count"], answer["Limit"]["Value"]
        if there + added > most:
            found = f"{added} more health checks are needed, {there} exist, and the account's limit is {most}"
            yield error(PATH, found, "ask AWS Support for an increase, or delete unused ones")


def _added(template: Checked, aws: Aws, kind: str) -> int:
    """Return how many more resources of a type the template has than its stack."""
    counted = Counter(body["Type"] for body in template.expanded["Resources"].values())
    return counted[kind] - len(template.stack.own(aws, kind)) if counted[kind] else 0
