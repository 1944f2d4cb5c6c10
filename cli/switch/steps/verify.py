"""Looks as a visitor does: DNS gives the target's load balancer, and the site answers."""

from dataclasses import dataclass
from datetime import timedelta

from cli.deployed.site import LOAD_BALANCER, TARGET_GROUP
from cli.deployed.tools import AGAIN, Tools
from cli.switch.half import Half

# Several times what DNS takes at most: the signal's health check (three times 10 s) and the TTL of the failover name
# (60 s); then the site's own health check (three times 30 s), if it had failed, and the TTL of the site's record (60 s)
LIMIT = timedelta(minutes=20)


@dataclass(frozen=True)
class Verify:
    """DNS and the health path. Done when both are the target's."""

    tools: Tools
    target: Half
    takes: str = "two to four minutes"

    @property
    def title(self) -> str:
        """What it does."""
        return f"check that DNS gives {self.target.region}, and that the site answers"

    def done(self) -> bool:
        """Return whether a visitor gets the target."""
        balancers = self.tools.client("elbv2", self.target.region)
        (balancer,) = balancers.describe_load_balancers(LoadBalancerArns=[self.target.physical(LOAD_BALANCER)])[
            "LoadBalancers"
        ]
        (group,) = balancers.describe_target_groups(TargetGroupArns=[self.target.physical(TARGET_GROUP)])[
            "TargetGroups"
        ]
        visitor = self.tools.visitor
        found = visitor.addresses(self.target.active_name)
        # A name has at most eight addresses in an answer, so that two answers of one balancer can differ.
        if not found & visitor.addresses(balancer["DNSName"]):
            return False
        status = visitor.status(f"https://{self.target.domain_name}{group.get('HealthCheckPath', '/')}")
        return status is not None and status < 400

    def do(self) -> None:
        """Wait until a visitor gets the target."""
        advice = (
            f"compare `dig {self.target.active_name}` with the load balancer in {self.target.region}, and look at "
            f"https://{self.target.domain_name} from another network (docs/switch.md, 'If DNS does not turn'); then "
            f"{AGAIN}, with --no-check if only this machine does not see it"
        )
        self.tools.wait(f"the site through {self.target.active_name}", self.done, LIMIT, advice)
