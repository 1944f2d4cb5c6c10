"""The network: a VPC in two to four zones, with separate subnets for each tier; or an existing VPC.

Resilient because each tier has a subnet in every zone, so that losing a zone leaves the others complete. Secure because
the database's and the cache's subnets have no route out of the VPC, and the default security group is not used.
"""

from resilient_website.context import Context
from resilient_website.tiers.network import existing_vpc, own_vpc
from resilient_website.tiers.network.checks import check
from resilient_website.tiers.network.flow_logs import build as flow_logs
from resilient_website.tiers.network.result import Network
from resilient_website.tiers.network.spec import NetworkSpec

__all__ = ["Network", "NetworkSpec", "build", "check", "flow_logs"]


def build(context: Context, spec: NetworkSpec) -> Network:
    """Return the network of a site."""
    return own_vpc.build(context, spec) if spec.is_own else existing_vpc.build(spec)
