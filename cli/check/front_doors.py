"""CloudFront and API Gateway: a name that another resource of the account has already."""

from collections.abc import Iterator
from itertools import product

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check.names import name_paths
from cli.check.site import Site
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION


def aliases(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a name that is an alias of another distribution of this account (CNAMEAlreadyExists).

    A wildcard on another distribution that covers the name is allowed: the more specific name takes precedence.
    Distributions of other accounts can't be seen. The copy of a site in another Region has no distribution: that of the
    primary half, whose stack is in the other Region, has its names. Source: "Restrictions on using alternate domain
    names" in the Amazon CloudFront guide; ListDistributions.
    """
    names = name_paths(site)
    if not names or site.spec.is_secondary_half:
        return
    own = site.stack.own(aws, "AWS::CloudFront::Distribution")
    answer = aws.ask("cloudfront", "list_distributions", region=CLOUDFRONT_REGION).get("DistributionList", {})
    carriers = {
        alias: distribution["Id"]
        for distribution in answer.get("Items", [])
        if distribution["Id"] not in own
        for alias in distribution.get("Aliases", {}).get("Items", [])
    }
    for name, path in names.items():
        if name in carriers:
            advice = "remove it there first; if it is this stack's own, give --stack-name"
            yield error(path, f"the CloudFront distribution {carriers[name]} already has the alias {name}", advice)


def api_names(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report an existing API Gateway custom domain name that the SECONDARY needs.

    Source: "Custom domain name for public REST APIs in API Gateway": a name is one API's in a Region; GetDomainName.
    """
    if not site.spec.behind_cloudfront or not site.spec.domain.names:
        return
    for region, (name, path) in product(_regions_of_apis(site, aws), name_paths(site).items()):
        own = site.stack.own(aws, "AWS::ApiGateway::DomainName") if region == site.region else ()
        answer = aws.find(
            "apigateway", "get_domain_name", missing=("NotFoundException",), region=region, domainName=name
        )
        if answer is not None and name not in own:
            found = f"API Gateway in {region} already has the custom domain name {name}, which the SECONDARY needs"
            yield error(path, found, "delete it first; if it is this stack's own, give --stack-name")


def _regions_of_apis(site: Site, aws: Aws) -> list[str]:
    """Return the Regions of the SECONDARY's APIs, without another one that already has this stack's.

    The copy makes none: both of a site with a copy belong to the primary half.
    """
    elsewhere = site.spec.secondary_api_region
    if elsewhere is None:
        return [] if site.spec.is_secondary_half else [site.region]
    here = [site.region] if site.spec.copied_to else []
    return here if site.is_deployed(aws, "SecondaryApiStack") else [*here, elsewhere]
