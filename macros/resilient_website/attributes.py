"""The attributes of a site that `!GetAtt Site.X` and `${Site.X}` can refer to, and what they need."""

from collections.abc import Callable
from typing import NamedTuple

from resilient_website.site_spec import SiteSpec


class Attribute(NamedTuple):
    """One attribute: its meaning, and whether a site has it (`needs` is the property that turns it on, for errors)."""

    name: str
    meaning: str
    needs: str = ""
    available: Callable[[SiteSpec], bool] = lambda _: True


def _database(name: str, meaning: str) -> Attribute:
    return Attribute(name, meaning, "Database", lambda spec: spec.database is not None)


def _cache(name: str, meaning: str) -> Attribute:
    return Attribute(name, meaning, "Cache", lambda spec: spec.cache is not None)


def _files(name: str, meaning: str) -> Attribute:
    return Attribute(name, meaning, "Files", lambda spec: spec.files is not None)


ATTRIBUTES = (
    Attribute("Url", "the site's URL, with https://; also what Ref returns"),
    Attribute("DomainName", "the site's domain name: its own, or that of its CloudFront distribution"),
    Attribute("AlarmTopicArn", "the SNS topic that the alarms notify"),
    Attribute(
        "DashboardUrl",
        "the dashboard in the Console",
        "Monitoring.Dashboard",
        lambda spec: spec.monitoring.dashboard,
    ),
    Attribute("DistributionId", "the CloudFront distribution that serves the assets (and the site, as its front door)"),
    Attribute("DistributionDomainName", "the distribution's cloudfront.net domain name"),
    Attribute("LoadBalancerDNSName", "the load balancer's DNS name"),
    Attribute("AssetsBucket", "the bucket to upload static assets to"),
    Attribute("FallbackBucket", "the bucket that holds the fallback site; with Secondary, that in the copy's Region"),
    Attribute(
        "SavedSiteRoleArn",
        "the role of the function that saves the site; grant it access to the bucket of Fallback.Source.BucketPrefix",
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
    Attribute("WebSecurityGroupId", "the security group of the web servers"),
    Attribute("WebRoleArn", "the IAM role of the web servers"),
    Attribute("WebRoleName", "the name of the web servers' IAM role, for attaching policies"),
    Attribute("AutoScalingGroupName", "the web servers' Auto Scaling group"),
    Attribute("TargetGroupArn", "the load balancer's target group"),
    Attribute(
        "WebLogGroupName",
        "the log group of the web servers",
        "WebServers.CloudWatchAgent",
        lambda spec: spec.web_servers.cloudwatch_agent,
    ),
    _database("DatabaseEndpoint", "the host for writes: the primary, in whichever zone it runs"),
    _database("DatabaseReaderEndpoint", "the host for reads: the replicas, or the primary if there are none"),
    _database("DatabasePort", "MySQL's port"),
    _database("DatabaseSecretArn", "the secret with `username` and `password`"),
    _cache("CacheEndpoint", "the host for writes"),
    _cache("CacheReaderEndpoint", "the host for reads"),
    _cache("CachePort", "the cache's port"),
    Attribute(
        "CacheSecretArn",
        "the secret with the cache's authentication token",
        "Cache.Authentication",
        lambda spec: spec.cache is not None and spec.cache.has_token,
    ),
    _files("FileSystemId", "the EFS file system with the shared files"),
    _files("FilesAccessPointId", "the access point at which the web servers mount it"),
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
