"""The way in: health checks, where DNS leads now, and what the page answers."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.deployed.address import domain_names, front_door, url_by
from cli.deployed.site import BALANCER_TYPE, DISTRIBUTION_TYPE, DeployedSite, Resource
from cli.deployed.tools import Visitor
from cli.status import edge, stack
from cli.status.metrics import Metric, newest
from cli.status.rows import Row, State, good
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION

TIER = "way in"
HEALTH_CHECK_TYPE = "AWS::Route53::HealthCheck"
API_NAME_TYPE = "AWS::ApiGateway::DomainName"
HEALTH_CHECK = "HealthCheck"

# Unhealthy while the copy in another Region is the active half: no failure.
SIGNAL = "SwitchSignal"


def health_checks(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield each health check's status, from its metric, which CloudWatch has in us-east-1; healthy ones in one row."""
    checks = [each for each in site.of_type(HEALTH_CHECK_TYPE) if not each.logical_id.endswith(SIGNAL)]
    metrics = {each: Metric("AWS/Route53", "HealthCheckStatus", "HealthCheckId", each.physical_id) for each in checks}
    values = newest(aws, list(metrics.values()), CLOUDFRONT_REGION)
    others = [each for each in checks if each.logical_id != site.name + HEALTH_CHECK]
    healthy = [each for each in others if values.get(metrics[each])]
    for each in (each for each in checks if each not in healthy):
        yield _health_check(each, values.get(metrics[each]), site, aws)
    if healthy:
        yield Row(TIER, "other health checks", State.OK, f"{len(healthy)} of {len(others)} healthy")


def _health_check(check: Resource, value: float | None, site: DeployedSite, aws: Aws) -> Row:
    part, of_site = check.logical_id.removeprefix(site.name), check.logical_id == site.name + HEALTH_CHECK
    if value is None:
        return Row(TIER, part, State.NOTE, "CloudWatch has no status of the last minutes")
    if value:
        return Row(TIER, part, State.OK, "healthy")
    reason = f": {_reason(check.physical_id, aws)}" if of_site else ""
    return Row(TIER, part, State.DOWN if of_site else State.DEGRADED, f"unhealthy{reason}")


def _reason(health_check: str, aws: Aws) -> str:
    """Return what the checker that looked last found. Of a calculated check, Route 53 gives none."""
    answer = aws.ask("route53", "get_health_check_status", region=CLOUDFRONT_REGION, HealthCheckId=health_check)
    reports = [each["StatusReport"] for each in answer.get("HealthCheckObservations", []) if "StatusReport" in each]
    last = max(reports, key=lambda report: report["CheckedTime"], default=None)
    return str(last["Status"]) if last else "no checker has reported"


def names(site: DeployedSite, aws: Aws, visitor: Visitor) -> Iterator[Row]:
    """Yield where DNS leads from this machine, for each of the site's names."""
    processed = stack.template(site, aws)
    primary = front_door(site, processed)
    for name in domain_names(site, processed, stack.parameters(site, aws)):
        found = visitor.addresses(name)
        if not found:
            yield Row(TIER, name, State.DOWN, "DNS gives no address")
            continue
        listed = ", ".join(sorted(found))
        led = next((place for place in _places(site, aws, name) if found & visitor.addresses(place[1])), None)
        if led is None:
            text = f"{listed}: addresses of none of the site's front doors as this machine sees them"
            yield Row(TIER, name, State.NOTE, text)
        elif led[0] == primary:
            yield Row(TIER, name, State.OK, f"the primary front door ({led[1]}): {listed}")
        else:
            yield Row(TIER, name, State.DEGRADED, f"the standby front door ({led[1]}): {listed}")


def _places(site: DeployedSite, aws: Aws, name: str) -> Iterator[tuple[str, str]]:
    """Yield the front doors and standbys of a name: logical id and DNS name."""
    for resource in site.of_type(DISTRIBUTION_TYPE):
        found = edge.distribution(resource.physical_id, aws)
        if found:
            yield resource.logical_id, found["DomainName"]
    for resource in site.of_type(BALANCER_TYPE):
        for balancer in edge.balancer(resource.physical_id, aws):
            yield resource.logical_id, balancer["DNSName"]
    here = ((site.region, resource) for resource in site.of_type(API_NAME_TYPE))
    for region, resource in (*here, *stack.elsewhere(site, aws)):
        if resource.type == API_NAME_TYPE and resource.physical_id == name:
            answer = aws.ask("apigateway", "get_domain_name", region=region, domainName=name)
            yield resource.logical_id, answer["regionalDomainName"]


def page(site: DeployedSite, aws: Aws, visitor: Visitor) -> Iterator[Row]:
    """Yield what a request for the site's address gets from this machine."""
    address = url(site, aws)
    if address is None:
        yield Row(TIER, "page", State.NOTE, "this stack has no front door: it is the copy's half of a site")
        return
    status = visitor.status(address)
    if status is None:
        yield Row(TIER, "page", State.DOWN, f"{address} does not answer this machine")
    else:
        yield Row(TIER, "page", good(status < 500, State.DOWN), f"{address} answers {status}")


def url(site: DeployedSite, aws: Aws) -> str | None:
    """Return the site's address; None for a copy's half without a front door. Raises Unavailable."""

    def own_name(identifier: str) -> str | None:
        found = edge.distribution(identifier, aws)
        return None if found is None else str(found["DomainName"])

    return url_by(site, stack.template(site, aws), stack.parameters(site, aws), own_name)
