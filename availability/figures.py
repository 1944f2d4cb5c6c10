"""The figures that AWS documents and a template does not hold, each with its source. All are seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Seconds:
    """A span of time: from the shortest to the longest that is usual."""

    low: int
    high: int

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return f"{self.high} s" if self.low == self.high else f"{self.low}-{self.high} s"


@dataclass(frozen=True)
class Figure:
    """A documented figure: what it is, how long, and the document that says so."""

    what: str
    seconds: Seconds
    source: str


RDS_FAILOVER = Figure(
    "RDS Multi-AZ failover",
    Seconds(60, 120),
    '"Failing over a Multi-AZ DB instance for Amazon RDS": typically 60-120 seconds',
)
ALIAS_TTL = Figure(
    "the answer of an alias record, in resolvers",
    Seconds(0, 60),
    "\"How Elastic Load Balancing works\": DNS entries live for 60 seconds. CloudFront's and API Gateway's are not "
    "documented and taken to be the same",
)
LOAD_BALANCER_NODE = Figure(
    "a load balancer's address in a lost zone, in resolvers",
    Seconds(0, 60),
    '"How Elastic Load Balancing works": the DNS entry lives for 60 seconds',
)
HEALTH_CHECK_INTERVAL = Figure(
    "RequestInterval of a health check", Seconds(30, 30), '"AWS::Route53::HealthCheck HealthCheckConfig": default 30'
)
TARGET_CHECK_INTERVAL = Figure(
    "HealthCheckIntervalSeconds of a target group",
    Seconds(30, 30),
    '"Health checks for Application Load Balancer target groups": default 30',
)
CONNECTION_TIMEOUT = Figure(
    "ConnectionTimeout of an origin", Seconds(10, 10), '"Origin settings" in the Amazon CloudFront guide: default 10'
)
DEFAULT_INSTANCE_WARMUP = Figure(
    "a new server's start, where the group says nothing",
    Seconds(300, 300),
    '"Set the health check grace period for an Auto Scaling group": 300 seconds in the Console',
)

# Counts, not seconds: from the same documents.
HEALTH_CHECK_THRESHOLD = 3
TARGET_CHECK_THRESHOLD = 2
CONNECTION_ATTEMPTS = 3

FIGURES = (
    RDS_FAILOVER,
    ALIAS_TTL,
    LOAD_BALANCER_NODE,
    HEALTH_CHECK_INTERVAL,
    TARGET_CHECK_INTERVAL,
    CONNECTION_TIMEOUT,
    DEFAULT_INSTANCE_WARMUP,
)
