"""The cache of query results: a Valkey or Redis replication group, or a Memcached cluster, over the zones.

Resilient because a replication group fails over to a replica in another zone; a Memcached cluster loses only the keys
of a failed node. Secure because it is in subnets without internet access, admits only the web servers, requires a
token, and is encrypted in transit and (if the engine supports it) at rest.
"""

from troposphere import GetAtt, Ref, elasticache

from resilient_website.context import Context
from resilient_website.facts.ports import MEMCACHED, REDIS
from resilient_website.tiers.cache import memcached, replication_group
from resilient_website.tiers.cache.checks import check
from resilient_website.tiers.cache.result import Cache
from resilient_website.tiers.cache.spec import CacheSpec
from resilient_website.tiers.network import Network
from resilient_website.tiers.security_groups import closed_group
from resilient_website.tiers.teardown import DELETE, SNAPSHOT

__all__ = ["Cache", "CacheSpec", "build", "check"]


def build(context: Context, spec: CacheSpec, network: Network, teardown: str | None) -> Cache:
    """Return the replication group or cluster, with its subnets, security group, parameters and token.

    `teardown` is its deletion policy; None: the default of the engine.
    """
    group = closed_group(context, "CacheSecurityGroup", "Cache: from the web servers only", network.vpc_id)
    subnets = elasticache.SubnetGroup(
        context.id("CacheSubnetGroup"),
        Description="Private subnets of the cache, one a zone",
        SubnetIds=list(network.cache_subnets),
    )
    parameters = _parameter_group(context, spec) if spec.parameters else None
    token = replication_group.secret(context) if spec.has_token else None
    if spec.is_memcached:
        made = memcached.build(context, spec, network, parameters, teardown or DELETE)
        endpoint, reader, port = memcached.endpoints(made)
        nodes = memcached.nodes(made, spec, network)
    else:
        made = replication_group.build(context, spec, parameters, teardown or SNAPSHOT)
        endpoint, reader, port = replication_group.endpoints(made, spec)
        nodes = replication_group.nodes(made, spec)
    optional = [part for part in (parameters, token) if part is not None]
    return Cache(
        resources=(group, subnets, *optional, made),
        engine=spec.engine,
        cluster_mode=spec.cluster_mode,
        endpoint=endpoint,
        reader_endpoint=reader,
        port=port,
        port_number=MEMCACHED if spec.is_memcached else REDIS,
        secret_arn=Ref(token) if token is not None else None,
        security_group_id=GetAtt(group, "GroupId"),
        nodes=nodes,
    )


def _parameter_group(context: Context, spec: CacheSpec) -> elasticache.ParameterGroup:
    cluster = {"cluster-enabled": "yes"} if spec.cluster_mode else {}
    return elasticache.ParameterGroup(
        # The id contains the family, which can't change in place: a major upgrade needs both groups for a while.
        context.id("CacheParameters" + "".join(part.capitalize() for part in spec.family.split("."))),
        CacheParameterGroupFamily=spec.family,
        Description=f"Parameters of a resilient website's {spec.family}",
        Properties={**(spec.parameters or {}), **cluster},
    )
