"""The attributes of a site: what `!GetAtt Site.X` and `${Site.X}` may name, and when."""

from collections.abc import Callable
from dataclasses import dataclass

from resilient_website.site_spec import SiteSpec


@dataclass(frozen=True)
class Attribute:
    """One attribute: its meaning, and whether a site has it (`needs` tells people what to switch on for it)."""

    name: str
    meaning: str
    needs: str = ""
    available: Callable[[SiteSpec], bool] = lambda _: True


def _database(name: str, meaning: str) -> Attribute:
    return Attribute(name, meaning, "Database", lambda spec: spec.database is not None)


def _cache(name: str, meaning: str) -> Attribute:
    return Attribute(name, meaning, "Cache", lambda spec: spec.cache is not None)


ATTRIBUTES = (
    Attribute("Url", "the site's address, with https://; what Ref gives, too"),
    Attribute("DomainName", "the site's main name: its own, or CloudFront's"),
    Attribute("AlarmTopicArn", "the SNS topic that the alarms tell"),
    Attribute(
        "DashboardUrl",
        "the dashboard in the Console",
        "Monitoring.Dashboard",
        lambda spec: spec.monitoring.dashboard,
    ),
    Attribute("DistributionId", "the CloudFront distribution that serves the assets (and the site, as its front door)"),
    Attribute("DistributionDomainName", "that distribution's own name"),
    Attribute("LoadBalancerDNSName", "the load balancer's own name"),
    Attribute("AssetsBucket", "the bucket to upload static assets to"),
    Attribute("FallbackBucket", "the bucket that holds the fallback site"),
    Attribute(
        "SavedSiteRoleArn",
        "the role of the function that saves the site, to let into the bucket of Fallback.Source.BucketPrefix",
        "Fallback.Source",
        lambda spec: spec.fallback.source is not None,
    ),
    Attribute("VpcId", "the VPC"),
    Attribute("PublicSubnetIds", "the load balancer's subnets, separated by commas"),
    Attribute("WebSubnetIds", "the web servers' subnets, separated by commas"),
    Attribute(
        "DatabaseSubnetIds",
        "the database's subnets, separated by commas",
        "Database",
        lambda spec: spec.database is not None,
    ),
    Attribute("WebSecurityGroupId", "the web servers' security group"),
    Attribute("WebRoleArn", "the role that the web servers have"),
    Attribute("WebRoleName", "the name of that role, to attach policies to"),
    Attribute("AutoScalingGroupName", "the web servers' Auto Scaling group"),
    Attribute("TargetGroupArn", "the load balancer's target group"),
    Attribute(
        "WebLogGroupName",
        "the log group of the web servers",
        "WebServers.CloudWatchAgent",
        lambda spec: spec.web_servers.cloudwatch_agent,
    ),
    _database("DatabaseEndpoint", "the host to write to: the primary, whichever zone it is in"),
    _database("DatabaseReaderEndpoint", "the host to read from: the replicas, or the primary if there are none"),
    _database("DatabasePort", "MySQL's port"),
    _database("DatabaseSecretArn", "the secret with `username` and `password`"),
    _cache("CacheEndpoint", "the host to write to"),
    _cache("CacheReaderEndpoint", "the host to read from"),
    _cache("CachePort", "the cache's port"),
    Attribute(
        "CacheSecretArn",
        "the secret with the token that the cache wants",
        "Cache.Authentication",
        lambda spec: spec.cache is not None and spec.cache.has_token,
    ),
    Attribute(
        "LogsBucket", "the bucket of flow logs and access logs", "LoadBalancer.AccessLogs", lambda spec: spec.needs_logs
    ),
    Attribute(
        "HealthCheckId", "the Route 53 health check", "DomainName", lambda spec: spec.domain.domain_name is not None
    ),
)

# The property that an attribute needs, by the attribute's name.
NEEDS = {attribute.name: attribute.needs for attribute in ATTRIBUTES if attribute.needs}


def available(spec: SiteSpec) -> tuple[str, ...]:
    """Return the names of the attributes that a site has."""
    return tuple(attribute.name for attribute in ATTRIBUTES if attribute.available(spec))
