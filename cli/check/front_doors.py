"""CloudFront and API Gateway: a name that another resource of the account has already."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check.names import name_paths
from cli.check.site import Site
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION


def aliases(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a name that is an alias of another distribution of this account (CNAMEAlreadyExists).

    A wildcard on another distribution that covers the name is allowed: the more specific name takes precedence.
    Distributions of other accounts can't be seen. Source: "Restrictions on using alternate domain names" in the Amazon
    CloudFront guide; ListDistributions.
    """
    names = name_paths(site)
    if not names:
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
    elsewhere = site.spec.secondary_api_region
    if elsewhere is not None and site.is_deployed(aws, "SecondaryApiStack"):
        return
    own = site.stack.own(aws, "AWS::ApiGateway::DomainName")
    for name, path in name_paths(site).items():
        region = elsewhere or site.region
        answer = aws.find(
            "apigateway", "get_domain_name", missing=("NotFoundException",), region=region, domainName=name
        )
        if answer is not None and name not in own:
            found = f"API Gateway in {region} already has the custom domain name {name}, which the SECONDARY needs"
            yield error(path, found, "delete it first; if it is this stack's own, give --stack-name")
