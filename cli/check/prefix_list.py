"""CloudFront's prefix list in the site's Region: the load balancer's security groups use the right one."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check.site import Site
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS, NAME
from resilient_website.tiers.load_balancer.spec import NONE


def prefix_list(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report an id other than that of CloudFront's prefix list. Source: DescribeManagedPrefixLists."""
    spec = site.spec.load_balancer
    if not site.spec.behind_cloudfront or spec.direct_access:
        return
    value = CLOUDFRONT_PREFIX_LISTS.get(site.region) if spec.prefix_list is None else spec.prefix_list
    used = site.known("LoadBalancer.CloudFrontPrefixListId", value)
    if used == NONE:
        return
    named = [{"Name": "prefix-list-name", "Values": [NAME]}]
    answer = aws.ask("ec2", "describe_managed_prefix_lists", Filters=named).get("PrefixLists", [])
    there = [entry["PrefixListId"] for entry in answer]
    if used not in there:
        found = f"found {used}, but CloudFront's prefix list in {site.region} is {', '.join(there) or 'missing'}"
        fix = f"write CloudFrontPrefixListId: {there[0]}" if there else f"write CloudFrontPrefixListId: {NONE}"
        yield error(site.at("LoadBalancer.CloudFrontPrefixListId"), found, fix)
