"""The results of the network for later tiers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, Join

from resilient_website.cloudformation.intrinsics import Value


class Network(NamedTuple):
    """The network's resources, and the subnets of the other tiers.

    `zones` are the zones' names, in the subnets' order; empty if not known (subnets of an existing VPC).
    `internet_ready` and `web_ready` are the logical ids that the load balancer and the web servers depend on.
    """

    resources: tuple[AWSObject, ...]
    vpc_id: Value
    zone_count: int
    zones: tuple[AWSHelperFn, ...]
    dual_stack: bool
    public_subnets: tuple[Value, ...]
    web_subnets: tuple[Value, ...]
    database_subnets: tuple[Value, ...]
    cache_subnets: tuple[Value, ...]
    # Where the mount targets of shared files are: one subnet in each zone with web servers.
    file_subnets: tuple[Value, ...]
    internet_ready: tuple[str, ...]
    web_ready: tuple[str, ...]
    # The security group of the interface endpoints, which must admit the web servers; None: no endpoints.
    endpoint_group_id: AWSHelperFn | None = None
    # Whether web servers are in existing public subnets, which may not assign public addresses.
    asks_for_addresses: bool = False
    # Whether web servers have VPC endpoints but no internet access.
    closed: bool = False

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        tiers = {
            "PublicSubnetIds": self.public_subnets,
            "WebSubnetIds": self.web_subnets,
            "DatabaseSubnetIds": self.database_subnets,
        }
        return {"VpcId": self.vpc_id, **{name: Join(",", list(ids)) for name, ids in tiers.items() if ids}}
