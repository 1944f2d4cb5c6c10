"""The front door: distributions, and the certificates that are in use."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.certificate_validity import validity
from cli.aws_findings.findings import Finding, Severity
from cli.deployed.site import BALANCER_TYPE, DISTRIBUTION_TYPE, DeployedSite
from cli.status.rows import Row, State, good
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION

TIER = "front door"
NO_DISTRIBUTION = ("NoSuchDistribution",)


def distributions(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield whether each distribution is enabled and deployed everywhere."""
    for resource in site.of_type(DISTRIBUTION_TYPE):
        part = resource.logical_id.removeprefix(site.name)
        found = distribution(resource.physical_id, aws)
        if found is None:
            yield Row(TIER, part, State.DOWN, f"CloudFront has no {resource.physical_id}")
            continue
        enabled = found["DistributionConfig"]["Enabled"]
        text = f"{'enabled' if enabled else 'disabled'}, {found['Status']}"
        text += "" if found["Status"] == "Deployed" else ": a change is on its way to the edge locations"
        yield Row(TIER, part, good(enabled, State.DOWN), text)


def balancers(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the state of the load balancer."""
    for resource in site.of_type(BALANCER_TYPE):
        for each in balancer(resource.physical_id, aws):
            state, zones = each["State"]["Code"], [zone["ZoneName"] for zone in each.get("AvailabilityZones", [])]
            found = f"{state} in {', '.join(zones)}"
            yield Row(TIER, "load balancer", good(state == "active"), found)


def certificates(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield when each certificate in use expires."""
    used = dict.fromkeys(_of_distributions(site, aws), "CloudFront")
    used |= dict.fromkeys(_of_listeners(site, aws), "the load balancer")
    for arn, user in used.items():
        region = arn.split(":")[3]
        answer = aws.ask("acm", "describe_certificate", region=region, CertificateArn=arn)
        certificate = answer["Certificate"]
        problem = next((each for each in validity(arn, certificate, aws.now) if isinstance(each, Finding)), None)
        name = f"certificate of {user}"
        if problem:
            state = State.DOWN if problem.severity is Severity.ERROR else State.DEGRADED
            yield Row(TIER, name, state, f"{certificate['DomainName']}: {problem.found}; {problem.fix}")
            continue
        ends = certificate.get("NotAfter")
        until = f", expires {ends:%Y-%m-%d}, in {(ends - aws.now).days} days" if ends else ""
        yield Row(TIER, name, State.OK, f"{certificate['DomainName']} {certificate['Status']}{until}")


def distribution(identifier: str, aws: Aws) -> dict[str, Any] | None:
    """Return a distribution, or None if it does not exist. Raises Unavailable."""
    answer = aws.find(
        "cloudfront", "get_distribution", missing=NO_DISTRIBUTION, region=CLOUDFRONT_REGION, Id=identifier
    )
    return None if answer is None else dict(answer["Distribution"])


def balancer(arn: str, aws: Aws) -> list[Any]:
    """Return the load balancer, in a list. Raises Unavailable."""
    return list(aws.ask("elbv2", "describe_load_balancers", LoadBalancerArns=[arn]).get("LoadBalancers", []))


def _of_distributions(site: DeployedSite, aws: Aws) -> Iterator[str]:
    for resource in site.of_type(DISTRIBUTION_TYPE):
        found = distribution(resource.physical_id, aws) or {}
        arn = found.get("DistributionConfig", {}).get("ViewerCertificate", {}).get("ACMCertificateArn")
        if arn:
            yield str(arn)


def _of_listeners(site: DeployedSite, aws: Aws) -> Iterator[str]:
    for resource in site.of_type(BALANCER_TYPE):
        answer = aws.ask("elbv2", "describe_listeners", LoadBalancerArn=resource.physical_id)
        for listener in answer.get("Listeners", []):
            yield from (each["CertificateArn"] for each in listener.get("Certificates", []))
