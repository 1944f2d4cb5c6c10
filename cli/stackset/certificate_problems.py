"""Certificates that a stack can't use: of another account, or in the wrong Region."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.stackset.request import Request
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.problems import Problem


@dataclass(frozen=True)
class _Use:
    """A property that takes a certificate; `regional` if it must be in the stack's own Region."""

    path: str
    value: Any
    regional: bool


def certificate_problems(request: Request, accounts: tuple[str, ...]) -> list[Problem]:
    """Return the problems of the certificates that each account would get."""
    problems: dict[Problem, None] = {}
    for use in _uses(request.template):
        for account in accounts or ("",):
            for arn in _arns(use.value, request, account):
                problems.update(dict.fromkeys(_check(use, arn, account, request)))
    return list(problems)


def _check(use: _Use, arn: str, account: str, request: Request) -> Iterator[Problem]:
    # arn:partition:acm:region:account:certificate/id
    region, owner = arn.split(":")[3:5]
    if not use.regional and region != CLOUDFRONT_REGION:
        advice = f"CloudFront accepts certificates from {CLOUDFRONT_REGION} only: request one there"
        yield Problem(use.path, f"the certificate {arn} is in {region}", advice)
    elsewhere = [name for name in request.targets.regions if name != region]
    if use.regional and elsewhere:
        advice = (
            "a load balancer accepts certificates from its own Region only: leave out "
            f"{', '.join(elsewhere)}, or use another stack set"
        )
        yield Problem(use.path, f"the certificate {arn} is in {region}", advice)
    if account and owner != account:
        advice = f"give --account-parameter {account}:NAME=ARN with one of its own"
        yield Problem(use.path, f"the certificate {arn} is not one of account {account}", advice)


def _uses(template: Mapping[str, Any]) -> Iterator[_Use]:
    for name, resource in (template.get("Resources") or {}).items():
        properties = resource.get("Properties") if isinstance(resource, Mapping) else None
        if not isinstance(properties, Mapping):
            continue
        path = f"Resources.{name}.Properties"
        if resource.get("Type") == "AWS::CloudFront::Distribution":
            config = properties.get("DistributionConfig")
            viewer = config.get("ViewerCertificate") if isinstance(config, Mapping) else None
            yield _Use(f"{path}.DistributionConfig.ViewerCertificate", viewer, regional=False)
        elif resource.get("Type") == "AWS::ElasticLoadBalancingV2::Listener":
            yield _Use(f"{path}.Certificates", properties.get("Certificates"), regional=True)


def _arns(value: Any, request: Request, account: str) -> Iterator[str]:
    """Return the ARNs of certificates in a value: literal ones, and those of parameters."""
    if isinstance(value, str):
        if value.startswith("arn:") and ":acm:" in value and value.count(":") >= 5:
            yield value
    elif isinstance(value, Mapping) and set(value) == {"Ref"}:
        body = (request.template.get("Parameters") or {}).get(value["Ref"], {})
        given = {**request.parameters, **request.overrides(account)}
        yield from _arns(str(given.get(value["Ref"], body.get("Default", ""))), request, account)
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _arns(inner, request, account)
