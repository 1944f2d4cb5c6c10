"""The alarms of the request path: CloudFront, the health check, the certificates and the load balancer."""

from collections.abc import Iterator

from troposphere import AWSHelperFn

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.monitoring import canary_alarms
from resilient_website.tiers.monitoring.alarm import ERRORS_PERCENT, SHARE_OF_REQUESTS, STATUS, AlarmRow, Metric
from resilient_website.tiers.monitoring.monitored import Monitored

EXPIRY_DAYS = 20

# The alarms of every site, in every Region, that indicate errors for visitors.
VISITORS_SEE_ERRORS = ("LoadBalancerErrorsAlarm", "ApplicationErrorsAlarm")


def rows(site: Monitored, latency_seconds: Value) -> Iterator[AlarmRow]:
    """Yield the alarms in the order of the request path."""
    if site.sees_edge:
        yield from edge(site)
    for number, arn in enumerate(site.certificate_arns, start=1):
        yield certificate_expiry(f"CertificateExpiry{number}Alarm", arn)
    yield from _load_balancer(site.load_balancer, latency_seconds)
    yield from _unhealthy_hosts(site.load_balancer, site.zones)
    if site.load_balancer.canary is not None:
        yield from canary_alarms.rows(site.load_balancer, site.load_balancer.canary, site.canary_latency_percent)


def certificate_expiry(suffix: str, arn: Value) -> AlarmRow:
    """Return the alarm of one certificate."""
    return AlarmRow(
        suffix,
        "A certificate expires soon: its renewal has failed.",
        "Check the reason in ACM: usually its DNS validation record was deleted. Restore the record.",
        (Metric("AWS/CertificateManager", "DaysToExpiry", {"CertificateArn": arn}, "Minimum", 86400),),
        EXPIRY_DAYS,
        1,
        below=True,
        command="aws acm describe-certificate --certificate-arn ${CertificateArn} --region ${AWS::Region}",
        section="a-certificate-expires",
    )


def edge(site: Monitored) -> Iterator[AlarmRow]:
    """Yield the alarms of CloudFront and of the health check, whose metrics are only in us-east-1."""
    if site.distribution_id is None:
        return
    dimensions: dict[str, Value] = {"DistributionId": site.distribution_id, "Region": "Global"}
    yield AlarmRow(
        "EdgeErrorsAlarm",
        f"More than {ERRORS_PERCENT} % of CloudFront's responses are server errors: visitors see the friendly page.",
        "Check the load balancer's alarms. If none has started, CloudFront can't reach the load balancer: check "
        "DNS, the certificate and the security group.",
        (Metric("AWS/CloudFront", "5xxErrorRate", dimensions),),
        ERRORS_PERCENT,
        5,
        section="visitors-get-errors",
    )
    if site.health_check_id is not None:
        yield AlarmRow(
            "HealthCheckAlarm",
            "Route 53's health check of the front door fails: DNS fails over to the SECONDARY records.",
            "Open the site, then read the dashboard from the top to find the first tier that fails.",
            (Metric("AWS/Route53", "HealthCheckStatus", {"HealthCheckId": site.health_check_id}, "Minimum"),),
            1,
            2,
            below=True,
            missing="breaching",
            command="aws route53 get-health-check-status --health-check-id ${HealthCheckId}",
            section="visitors-get-errors",
        )


def _load_balancer(balancer: LoadBalancer, latency_seconds: Value) -> Iterator[AlarmRow]:
    whole: dict[str, Value] = {"LoadBalancer": balancer.full_name}
    requests = Metric("AWS/ApplicationELB", "RequestCount", whole, "Sum")
    for suffix, name, means, act, command in (
        (
            "LoadBalancerErrors",
            "HTTPCode_ELB_5XX_Count",
            "The load balancer returns errors: no server is healthy, or servers close connections.",
            "Check the Auto Scaling group's activity history, then a server's log.",
            STATUS,
        ),
        (
            "ApplicationErrors",
            "HTTPCode_Target_5XX_Count",
            "The application returns errors.",
            "Read the application's log. If the last deployment caused the errors, deploy the previous release.",
            "resilient-website logs ${Stack}",
        ),
    ):
        yield AlarmRow(
            f"{suffix}Alarm",
            f"{means} More than {ERRORS_PERCENT} % of requests fail.",
            act,
            (Metric("AWS/ApplicationELB", name, whole, "Sum"), requests),
            ERRORS_PERCENT,
            5,
            expression=SHARE_OF_REQUESTS,
            command=command,
            section="visitors-get-errors",
        )
    yield AlarmRow(
        "LatencyAlarm",
        "The response time of the slowest 1 % of requests (p99) is too high.",
        "Check the CPU of the database and the servers on the dashboard. Slow queries are in the database's log.",
        (Metric("AWS/ApplicationELB", "TargetResponseTime", whole, "p99"),),
        latency_seconds,
        10,
        section="the-site-is-slow",
    )


def _unhealthy_hosts(balancer: LoadBalancer, zones: tuple[AWSHelperFn, ...]) -> Iterator[AlarmRow]:
    """Yield one alarm per zone; a single one if the zones are not known."""
    whole: dict[str, Value] = {"LoadBalancer": balancer.full_name, "TargetGroup": balancer.target_group_full_name}
    each = [(str(n), f"Servers in zone {n}", {"AvailabilityZone": zone}) for n, zone in enumerate(zones, start=1)]
    for number, who, zone in each or [("", "Servers", {})]:
        yield AlarmRow(
            f"UnhealthyHosts{number}Alarm",
            f"{who} have been unhealthy for longer than a replacement takes.",
            "If only one zone is affected, shift traffic away from it: the runbook has the command. Otherwise check "
            "the application's log.",
            (Metric("AWS/ApplicationELB", "UnHealthyHostCount", {**whole, **zone}, "Minimum"),),
            0,
            15,
            command="aws elbv2 describe-target-health --region ${AWS::Region} --target-group-arn "
            "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:${TargetGroup}",
            section="visitors-get-errors",
        )
