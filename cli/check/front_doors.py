"""CloudFront and API Gateway: a name that something else of the account carries already."""

from collections.abc import Iterator

from cli.check.aws import Aws
from cli.check.findings import CheckResult, error
from cli.check.names import name_paths
from cli.check.site import Site

ANYWHERE = "us-east-1"


def aliases(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Tell of a name that another distribution of this account carries: two can't (CNAMEAlreadyExists).

    A wildcard that covers the name, on another distribution, is allowed: CloudFront goes by the more specific name.
    What other accounts carry is not to be seen. Source: "Restrictions on using alternate domain names" in the Amazon
    CloudFront guide; ListDistributions.
    """
    names = name_paths(site)
    if not names:
        return
    own = site.stack.own(aws, "AWS::CloudFront::Distribution")
    told = aws.ask("cloudfront", "list_distributions", region=ANYWHERE).get("DistributionList", {})
    carriers = {
        alias: distribution["Id"]
        for distribution in told.get("Items", [])
        if distribution["Id"] not in own
        for alias in distribution.get("Aliases", {}).get("Items", [])
    }
    for name, path in names.items():
        if name in carriers:
            advice = "take it from there first; if that is this stack's own, give --stack-name"
            yield error(path, f"the CloudFront distribution {carriers[name]} has the alias {name} already", advice)


def api_names(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Tell of a custom domain name of API Gateway that is there already, where the SECONDARY needs it.

    Source: "Custom domain name for public REST APIs in API Gateway": a name is one API's in a Region; GetDomainName.
    """
    if not site.spec.behind_cloudfront or not site.spec.domain.names:
        return
    elsewhere = site.spec.secondary_api_region
    if elsewhere is not None and site.stands(aws, "SecondaryApiStack"):
        return
    own = site.stack.own(aws, "AWS::ApiGateway::DomainName")
    for name, path in name_paths(site).items():
        region = elsewhere or site.region
        told = aws.find("apigateway", "get_domain_name", missing=("NotFoundException",), region=region, domainName=name)
        if told is not None and name not in own:
            found = f"API Gateway in {region} has the custom domain name {name} already, which the SECONDARY needs"
            yield error(path, found, "delete it first; if it is this stack's own, give --stack-name")
