"""The alarms of a canary, which end it: CloudFormation's rollback triggers.

They exist also while no canary runs, since a rollback trigger must exist before the update that it watches.
"""

from collections.abc import Iterator

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.tiers.load_balancer import CanaryTargets, LoadBalancer
from resilient_website.tiers.monitoring.alarm import ERRORS_PERCENT, SHARE_OF_REQUESTS, AlarmRow, Metric

# How many requests of a minute a canary must leave unanswered until they count: visitors leave, too. This many are what
# makes a percentile significant, in the source of MIN_REQUESTS below.
MIN_UNANSWERED = 10

# Requests that got no response: the application hangs, or ends while it answers. The load balancer returns 502 or 504,
# which no metric of a target group counts. What the site's other servers leave unanswered is not the release's fault. A
# request more for these makes no difference, but a minute without any would divide by zero. Source: "CloudWatch metrics
# for your Application Load Balancer", the dimensions of HTTPCode_ELB_502_Count and HTTPCode_ELB_504_Count; "Access logs
# for your Application Load Balancer", target_processing_time.
UNANSWERED = "FILL(m1, 0) - FILL(m2, 0) - FILL(m1, 0) * (FILL(m3, 0) - FILL(m4, 0)) / (FILL(m3, 0) + 1)"

# The share of the requests that got an error or no response. RequestCount as in SHARE_OF_REQUESTS.
FAILING = (
    f"100 * (FILL(m0, 0) + IF({UNANSWERED} >= {MIN_UNANSWERED}, {UNANSWERED}, 0)) / MAX([FILL(m0, 0), FILL(m1, 0)])"
)

# Before a canary gets requests, its servers boot, and are unhealthy until they have.
UNHEALTHY = "IF(FILL(m1, 0) > 0, m0, 0)"

# How long a canary may fail, in minutes: as short as tells an error from a failure.
FAILING_PERIODS = 2

# How long it may be slow: its servers begin with empty caches, and the shortest bake time is five minutes, of which the
# metrics take two.
SLOW_PERIODS = 3

# A percentile, since a few requests that are slow by their nature move the average of a small share. CloudWatch takes
# one for significant from 10 / (1 - percentile) requests. Source: "Percentile-based alarms and low data samples"
# (CloudWatch User Guide); of an expression, CloudWatch does not check it.
PERCENTILE = 90
MIN_REQUESTS = 10 * 100 // (100 - PERCENTILE)

# Less than this, in seconds, visitors do not notice. Source: "Response Times: The 3 Important Limits" (Nielsen Norman
# Group): up to 0.1 second, a system seems to react instantaneously.
NOTICED_SECONDS = 0.1

# By how many percent the canary is slower than the site's servers in the same minute. A slow database is slow for both.
SLOWER = f"IF(FILL(m1, 0) >= {MIN_REQUESTS} AND (m0 - m2) > {NOTICED_SECONDS}, 100 * (m0 - m2) / m2, 0)"

ERRORS, CONNECTION_ERRORS, UNHEALTHY_HOSTS = (
    "CanaryErrorsAlarm",
    "CanaryConnectionErrorsAlarm",
    "CanaryUnhealthyHostsAlarm",
)
LATENCY = "CanaryLatencyAlarm"

# All of them, and those that each site with a canary has.
CANARY_ALARMS = (ERRORS, CONNECTION_ERRORS, UNHEALTHY_HOSTS, LATENCY)
ALWAYS = (ERRORS, CONNECTION_ERRORS, UNHEALTHY_HOSTS)

ACT = "CloudFormation rolls the canary back by itself. Read the application's log, and correct the release."


def rows(balancer: LoadBalancer, canary: CanaryTargets, latency_percent: int) -> Iterator[AlarmRow]:
    """Yield the alarms of a canary; that of its latency if it has a limit, which is not 0.

    Connection errors do not include those of health checks. Source: "CloudWatch metrics for your Application Load
    Balancer", TargetConnectionErrorCount.
    """
    targets: dict[str, Value] = {"LoadBalancer": balancer.full_name, "TargetGroup": canary.full_name}
    own: dict[str, Value] = {"LoadBalancer": balancer.full_name, "TargetGroup": balancer.target_group_full_name}
    requests = Metric("AWS/ApplicationELB", "RequestCount", targets, "Sum")
    counted = (
        Metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", targets, "Sum"),
        requests,
        Metric("AWS/ApplicationELB", "TargetResponseTime", targets, "SampleCount"),
        Metric("AWS/ApplicationELB", "RequestCount", own, "Sum"),
        Metric("AWS/ApplicationELB", "TargetResponseTime", own, "SampleCount"),
    )
    means = f"returns errors or no response. More than {ERRORS_PERCENT} % of its requests fail."
    yield _row(ERRORS, means, counted, ERRORS_PERCENT, FAILING_PERIODS, FAILING)
    refused = (Metric("AWS/ApplicationELB", "TargetConnectionErrorCount", targets, "Sum"), requests)
    means = f"takes no connections. More than {ERRORS_PERCENT} % of its requests fail."
    yield _row(CONNECTION_ERRORS, means, refused, ERRORS_PERCENT, FAILING_PERIODS, SHARE_OF_REQUESTS)
    unhealthy = (Metric("AWS/ApplicationELB", "UnHealthyHostCount", targets, "Minimum"), requests)
    yield _row(UNHEALTHY_HOSTS, "has an unhealthy server.", unhealthy, 0, FAILING_PERIODS, UNHEALTHY)
    if latency_percent:
        slow, usual = (
            Metric("AWS/ApplicationELB", "TargetResponseTime", group, f"p{PERCENTILE}") for group in (targets, own)
        )
        means = (
            f"is slow. The response time of its slowest {100 - PERCENTILE} % of requests (p{PERCENTILE}) is more than "
            f"{latency_percent} % above that of the site's other servers."
        )
        yield _row(LATENCY, means, (slow, requests, usual), latency_percent, SLOW_PERIODS, SLOWER)


def _row(
    suffix: str, means: str, metrics: tuple[Metric, ...], threshold: int, periods: int, expression: str
) -> AlarmRow:
    return AlarmRow(
        suffix,
        f"The release that is tried out as a canary {means}",
        ACT,
        metrics,
        threshold,
        periods,
        expression=expression,
        command="resilient-website logs ${Stack}",
        section="a-canary-fails",
    )
