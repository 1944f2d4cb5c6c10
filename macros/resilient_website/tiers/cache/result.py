"""The results of the cache for later tiers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, Ref, elasticache

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.security_groups import ingress_from


class Cache(NamedTuple):
    """The cache's resources and endpoints, and its security group rules for the web servers.

    `nodes` are the dimensions of each node's metrics; `secret_arn` is None without a token.
    """

    resources: tuple[AWSObject, ...]
    engine: str
    cluster_mode: bool
    endpoint: AWSHelperFn
    reader_endpoint: AWSHelperFn
    port: AWSHelperFn
    port_number: int
    secret_arn: AWSHelperFn | None
    security_group_id: AWSHelperFn
    nodes: tuple[dict[str, Value], ...]

    @property
    def replication_group(self) -> AWSHelperFn | None:
        """The id of the replication group; None for Memcached, which has none."""
        groups = [made for made in self.resources if isinstance(made, elasticache.ReplicationGroup)]
        return Ref(groups[0]) if groups else None

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {
            "CacheEndpoint": self.endpoint,
            "CacheReaderEndpoint": self.reader_endpoint,
            "CachePort": self.port,
            **({"CacheSecretArn": self.secret_arn} if self.secret_arn is not None else {}),
        }

    def admit(self, context: Context, web_security_group_id: AWSHelperFn) -> AWSObject:
        """Return the security group rules that let only the web servers reach the cache's port."""
        title = context.id("CacheIngress")
        return ingress_from(
            title, self.security_group_id, web_security_group_id, self.port_number, "Cache from web servers"
        )
