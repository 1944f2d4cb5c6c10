"""The address of a deployed site, from its template and its parameters: its own name, or that of its distribution."""

from collections.abc import Mapping
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from cli.deployed.site import DeployedSite

DISTRIBUTION_TYPE = "AWS::CloudFront::Distribution"


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
