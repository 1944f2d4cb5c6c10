"""Host names that two resources of a template claim, although AWS allows each name only once.

AWS rejects a second distribution with the same alias, and a second record set with the same name and type. Sources:
"CreateDistribution", CNAMEAlreadyExists; "ChangeResourceRecordSets", InvalidChangeBatch; "CreateDomainName",
ConflictException.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from resilient_website.cloudformation.encoding import MAPS
from resilient_website.problems import Problem

Json = dict[str, Any]

# The types of resources that claim names.
TYPES = ("AWS::Route53::RecordSet", "AWS::CloudFront::Distribution", "AWS::ApiGateway::DomainName")


def check(resources: Mapping[str, Any], made: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each name that is claimed by a site and also by another site or resource.

    `resources` are those of the expanded template; `made` has the site of each that a site made. Two under different
    conditions may exclude each other.
    """
    claimed: dict[tuple[str, ...], tuple[str, Any]] = {}
    problems: dict[tuple[str, str], Problem] = {}
    for logical_id, body in resources.items():
        owner = made.get(logical_id) or logical_id
        for claim in _claims(body):
            other, condition = claimed.setdefault(claim, (owner, body.get("Condition")))
            apart = None not in (condition, body.get("Condition")) and condition != body.get("Condition")
            if owner != other and not apart and {owner, other} & set(made.values()):
                problems.setdefault((owner, other), _problem(owner, other, claim[1], made))
    return list(problems.values())


def _problem(owner: str, other: str, name: str, made: Mapping[str, str]) -> Problem:
    site, rest = (owner, other) if owner in made.values() else (other, owner)
    found = f"{name} would belong to {site} and to {rest}; AWS allows it for only one of them"
    fix = "write another name; or if only one of the two is deployed at a time, Conditions that exclude each other"
    return Problem(f"Resources.{site}.Properties.DomainName", found, fix)


def _claims(body: Any) -> Iterator[tuple[str, ...]]:
    """Yield the names that a resource claims, where they are known: by what it is, and the name."""
    kind = body.get("Type") if isinstance(body, MAPS) else None
    if kind not in TYPES or not isinstance(properties := body.get("Properties"), MAPS):
        return
    if kind == "AWS::Route53::RecordSet" and isinstance(properties.get("Name"), str):
        zone = json.dumps(properties.get("HostedZoneId", properties.get("HostedZoneName")), sort_keys=True)
        yield "records", _plain(properties["Name"]), str(properties.get("Type")), zone
    config = properties.get("DistributionConfig")
    aliases = config.get("Aliases") if isinstance(config, MAPS) else None
    if kind == "AWS::CloudFront::Distribution" and isinstance(aliases, list):
        yield from (("alias", _plain(name)) for name in aliases if isinstance(name, str))
    if kind == "AWS::ApiGateway::DomainName" and isinstance(properties.get("DomainName"), str):
        yield "api", _plain(properties["DomainName"])


def _plain(name: str) -> str:
    return name.lower().rstrip(".")
