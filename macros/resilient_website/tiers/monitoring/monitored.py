"""The results of other tiers that monitoring uses."""

from typing import NamedTuple

from troposphere import AWSHelperFn

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database
from resilient_website.tiers.files import Files
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.web_servers import WebServers


class ReplicatedAssets(NamedTuple):
    """The replication of the assets' bucket to a copy's Region: the rule's id, and the buckets' names."""

    rule: str
    source: AWSHelperFn
    destination: AWSHelperFn

    @property
    def dimensions(self) -> dict[str, Value]:
        """The dimensions of its metrics."""
        return {"SourceBucket": self.source, "DestinationBucket": self.destination, "RuleId": self.rule}


class Monitored(NamedTuple):
    """The site's tiers with metrics; None if not used."""

    region: str
    zones: tuple[AWSHelperFn, ...]
    # None in the copy of a site, whose distribution belongs to the primary half.
    distribution_id: AWSHelperFn | None
    load_balancer: LoadBalancer
    web_servers: WebServers
    database: Database | None
    cache: Cache | None
    health_check_id: AWSHelperFn | None
    certificate_arns: tuple[Value, ...]
    # CloudFront's certificate, if its metrics are not in the site's Region.
    edge_certificate_arn: Value | None
    files: Files | None = None
    # The servers that a copy runs before it is active.
    standby_servers: int = 0
    # In the primary half of a site with a copy.
    replicated_assets: ReplicatedAssets | None = None
    # In the copy: the name of the metric of the values that differ from the primary half's.
    differing_values: AWSHelperFn | None = None
    # By how many percent a canary may be slower than the site's servers; 0 for any number.
    canary_latency_percent: int = 0

    @property
    def sees_edge(self) -> bool:
        """Whether the site's Region has the metrics of CloudFront and of health checks."""
        return self.region == CLOUDFRONT_REGION and self.distribution_id is not None
