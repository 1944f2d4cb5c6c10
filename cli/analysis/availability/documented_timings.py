"""Timings that AWS documents and that a template does not contain, each with its source. All are in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Seconds:
    """A time span, from the usual minimum to the usual maximum.

    If it is not `documented`, AWS does not document the maximum: `high` is then an assumption that is only used to
    compare answers, and never shown.
    """

    low: int
    high: int
    documented: bool = True

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.low + other.low, self.high + other.high, self.documented and other.documented)

    def __str__(self) -> str:
        if not self.documented:
            least = f"{self.low} s or more" if self.low else "seconds to minutes"
            return f"{least} (AWS documents no time)"
        return f"{self.high} s" if self.low == self.high else f"{self.low}-{self.high} s"

    @property
    def longest(self) -> int | None:
        """The usual maximum; None if it is not documented."""
        return self.high if self.documented else None


@dataclass(frozen=True)
class DocumentedTiming:
    """A documented timing: its subject, its duration, and the document."""

    what: str
    seconds: Seconds
    source: str


RDS_FAILOVER = DocumentedTiming(
    "RDS Multi-AZ failover",
    Seconds(60, 120),
    '"Failing over a Multi-AZ DB instance for Amazon RDS": typically 60-120 seconds',
)
ALIAS_TTL = DocumentedTiming(
    "caching of an alias record in DNS resolvers",
    Seconds(0, 60),
    '"How Elastic Load Balancing works": DNS entries have a TTL of 60 seconds. Those of CloudFront and API Gateway '
    "are not documented and assumed to be the same",
)
LOAD_BALANCER_NODE = DocumentedTiming(
    "removal of a load balancer's address in a lost zone from DNS and from resolvers",
    Seconds(0, 360, documented=False),
    '"How Elastic Load Balancing works": the DNS entry has a TTL of 60 seconds. The time to detect the loss is '
    "not documented",
)
CLIENT_KEEP_ALIVE = DocumentedTiming(
    "client_keep_alive.seconds of a load balancer",
    Seconds(3600, 3600),
    '"Edit attributes for your Application Load Balancer", HTTP client keepalive duration: default 3600',
)
ALARM_NOTICES = DocumentedTiming(
    "a CloudWatch alarm on missing data, and a health check based on that alarm",
    Seconds(0, 600, documented=False),
    '"Configuring how CloudWatch alarms treat missing data": the evaluation range is longer than the periods; '
    '"Monitoring health checks using CloudWatch" has no timing either',
)
BOOT = DocumentedTiming(
    "the start of new servers that replace all others",
    Seconds(60, 900, documented=False),
    '"Health checks for instances in an Auto Scaling group": an unhealthy instance is terminated and replaced. The '
    "boot time depends on the application",
)
HEALTH_CHECK_INTERVAL = DocumentedTiming(
    "RequestInterval of a health check", Seconds(30, 30), '"AWS::Route53::HealthCheck HealthCheckConfig": default 30'
)
TARGET_CHECK_TIMEOUT = DocumentedTiming(
    "HealthCheckTimeoutSeconds of a target group",
    Seconds(5, 5),
    '"Health checks for Application Load Balancer target groups": default 5; the last check may take that long',
)
TARGET_CHECK_INTERVAL = DocumentedTiming(
    "HealthCheckIntervalSeconds of a target group",
    Seconds(30, 30),
    '"Health checks for Application Load Balancer target groups": default 30',
)
CONNECTION_TIMEOUT = DocumentedTiming(
    "ConnectionTimeout of an origin", Seconds(10, 10), '"Origin settings" in the Amazon CloudFront guide: default 10'
)
DEFAULT_INSTANCE_WARMUP = DocumentedTiming(
    "a new server's warmup, if the group does not set it",
    Seconds(300, 300),
    '"Set the health check grace period for an Auto Scaling group": 300 seconds in the Console',
)
RDS_PROMOTION = DocumentedTiming(
    "the promotion of a read replica",
    Seconds(60, 3600, documented=False),
    '"Promoting a read replica to be a standalone DB instance" in the Amazon RDS User Guide: several minutes or '
    "longer, depending on the size of the replica; a backup that is running ends first",
)
RDS_RESTORE = DocumentedTiming(
    "the restoration of a database from a replicated backup",
    Seconds(300, 14400, documented=False),
    '"Restoring a DB instance to a specified time" in the Amazon RDS User Guide: depends on the size of the database',
)
STACK_CREATION = DocumentedTiming(
    "the creation of a half's stack: network, load balancer and certificate",
    Seconds(300, 3600, documented=False),
    '"Monitor stack progress" in the AWS CloudFormation User Guide, which has no timing',
)
BACKUP_LOGS = DocumentedTiming(
    "the upload of transaction logs to a backup, and their replication to another Region",
    Seconds(300, 900, documented=False),
    '"Restoring a DB instance to a specified time" in the Amazon RDS User Guide: every five minutes. AWS documents no '
    "time for their replication to another Region",
)
REPLICA_LAG = DocumentedTiming(
    "the lag of a read replica in another Region",
    Seconds(0, 3600, documented=False),
    '"Monitoring replication lag for MySQL read replicas" in the Amazon RDS User Guide: ReplicaLag, once a minute',
)
ASSETS_REPLICATION = DocumentedTiming(
    "the replication of an object to another Region",
    Seconds(0, 3600, documented=False),
    '"Meeting compliance requirements with S3 Replication Time Control" in the Amazon S3 User Guide: a time only for '
    "S3 RTC",
)
CAUGHT_UP = DocumentedTiming(
    "a planned switch's wait for the replica",
    Seconds(180, 300),
    '"Replica Server Options and Variables" in the MySQL Reference Manual: a silent source is noticed after 60 seconds '
    "(replica_net_timeout); then two minutes without lag, of which CloudWatch has one value a minute",
)
ORIGIN_SELECTION = DocumentedTiming(
    "CloudFront's selection of the active half's origin, after a value in a key value store has changed",
    Seconds(0, 60, documented=False),
    '"Amazon CloudFront KeyValueStore" in the Amazon CloudFront Developer Guide names no time',
)
DEREGISTRATION_DELAY = DocumentedTiming(
    "deregistration_delay.timeout_seconds of a target group",
    Seconds(300, 300),
    '"Edit target group attributes for your Application Load Balancer": default 300',
)

# Counts, not seconds: from the same documents.
HEALTH_CHECK_THRESHOLD = 3
TARGET_CHECK_THRESHOLD = 2
CONNECTION_ATTEMPTS = 3

TIMINGS = (
    RDS_FAILOVER,
    ALIAS_TTL,
    LOAD_BALANCER_NODE,
    CLIENT_KEEP_ALIVE,
    ALARM_NOTICES,
    BOOT,
    HEALTH_CHECK_INTERVAL,
    TARGET_CHECK_INTERVAL,
    TARGET_CHECK_TIMEOUT,
    CONNECTION_TIMEOUT,
    DEFAULT_INSTANCE_WARMUP,
)

# Those of a copy of the site in another Region.
COPY_TIMINGS = (
    RDS_PROMOTION,
    RDS_RESTORE,
    STACK_CREATION,
    BACKUP_LOGS,
    REPLICA_LAG,
    ASSETS_REPLICATION,
    CAUGHT_UP,
    ORIGIN_SELECTION,
    DEREGISTRATION_DELAY,
)
