"""The address of a deployed site, from its template and its parameters: its own name, or that of its distribution."""

from collections.abc import Callable, Mapping
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from cli.deployed.site import DISTRIBUTION_TYPE, DeployedSite
from cli.deployed.templates import PROCESSED, read_template
from cli.template_source import stack_values
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION


def domain_names(site: DeployedSite, processed: Mapping[str, Any], parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Return DomainName and AlternateDomainNames of a site; none if it has no domain name, or is a copy's half.

    `processed` is the template after the macro, whose distribution has them as its aliases, in this order, in front of
    the load balancer or as its standby.
    """
    intrinsics = Intrinsics(processed, site.region, parameters)
    for resource in site.of_type(DISTRIBUTION_TYPE):
        body = (processed.get("Resources") or {}).get(resource.logical_id) or {}
        config = (body.get("Properties") or {}).get("DistributionConfig") or {}
        aliases = intrinsics.value(config.get("Aliases") or [])
        if isinstance(aliases, list) and aliases and all(isinstance(each, str) for each in aliases):
            return tuple(aliases)
    return ()


def front_door(site: DeployedSite, processed: Mapping[str, Any]) -> str | None:
    """Return the logical id of what DNS leads visitors to, while it is healthy; None without a domain name."""
    for logical_id in sorted(processed.get("Resources") or {}):
        body = processed["Resources"][logical_id]
        properties = (body.get("Properties") or {}) if logical_id.startswith(f"{site.name}Primary") else {}
        target = (properties.get("AliasTarget") or {}).get("DNSName")
        if isinstance(target, Mapping) and "Fn::GetAtt" in target:
            return str(target["Fn::GetAtt"][0])
    return None


def url(site: DeployedSite, client: Callable[[str, str], Any]) -> str | None:
    """Return the site's address; None for a copy's half without a front door. Raises what AWS's clients raise."""
    cloudformation = client("cloudformation", site.region)
    described = cloudformation.describe_stacks(StackName=site.stack)["Stacks"][0]
    values = stack_values(described.get("Parameters", []))

    def own_name(distribution: str) -> str:
        return str(
            client("cloudfront", CLOUDFRONT_REGION).get_distribution(Id=distribution)["Distribution"]["DomainName"]
        )

    return url_by(site, read_template(cloudformation, site.stack, PROCESSED), values, own_name)


def url_by(
    site: DeployedSite,
    processed: Mapping[str, Any],
    parameters: Mapping[str, str],
    own_name: Callable[[str], str | None],
) -> str | None:
    """Return the site's address; `own_name` gives a distribution's domain name by its id, None if it does not exist."""
    names = domain_names(site, processed, parameters)
    if names:
        return f"https://{names[0]}"
    found = [own_name(each.physical_id) for each in site.of_type(DISTRIBUTION_TYPE)]
    return next((f"https://{each}" for each in found if each), None)
