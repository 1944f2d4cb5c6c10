"""Looks as a visitor does: DNS gives the target's load balancer, and the site answers.

An internal load balancer has no public name: there, the site has to answer while CloudFront selects the target.
"""

from dataclasses import dataclass
from datetime import timedelta

from cli.deployed.site import LOAD_BALANCER, TARGET_GROUP
from cli.deployed.tools import AGAIN, Tools
from cli.switch.half import Half
from cli.switch.pointing import Pointing

# Several times what DNS takes at most: the signal's health check (three times 10 s) and the TTL of the failover name
# (60 s); then the site's own health check (three times 30 s), if it had failed, and the TTL of the site's record (60 s)
LIMIT = timedelta(minutes=20)


@dataclass(frozen=True)
class Verify:
    """DNS, or CloudFront's selection, and the health path. Done when both are the target's."""

    tools: Tools
    target: Half
    pointing: Pointing
    takes: str = "two to four minutes"

    @property
    def title(self) -> str:
        """What it does."""
        if self.target.behind_vpc_origin:
            return f"check that CloudFront selects {self.target.region}, and that the site answers"
        return f"check that DNS gives {self.target.region}, and that the site answers"

    def done(self) -> bool:
        """Return whether a visitor gets the target."""
        balancers = self.tools.client("elbv2", self.target.region)
        (group,) = balancers.describe_target_groups(TargetGroupArns=[self.target.physical(TARGET_GROUP)])[
            "TargetGroups"
        ]
        if not self._is_led_to():
            return False
        status = self.tools.visitor.status(f"https://{self.target.domain_name}{group.get('HealthCheckPath', '/')}")
        return status is not None and status < 400

    def _is_led_to(self) -> bool:
        """Return whether visitors are led to the target's load balancer."""
        if self.target.behind_vpc_origin:
            return self.pointing.region() == self.target.region
        balancers, visitor = self.tools.client("elbv2", self.target.region), self.tools.visitor
        (balancer,) = balancers.describe_load_balancers(LoadBalancerArns=[self.target.physical(LOAD_BALANCER)])[
            "LoadBalancers"
        ]
        # A name has at most eight addresses in an answer, so that two answers of one balancer can differ.
        return bool(visitor.addresses(self.target.active_name) & visitor.addresses(balancer["DNSName"]))

    def do(self) -> None:
        """Wait until a visitor gets the target."""
        site = f"https://{self.target.domain_name}"
        through = site if self.target.behind_vpc_origin else self.target.active_name
        compared = (
            f"look at {site} from another network"
            if self.target.behind_vpc_origin
            else f"compare `dig {through}` with the load balancer in {self.target.region}, and look at {site} from "
            "another network"
        )
        advice = (
            f"{compared} (docs/switch.md, 'If DNS does not turn'); then {AGAIN}, with --no-check if only this machine "
            "does not see it"
        )
        self.tools.wait(f"the site through {through}", self.done, LIMIT, advice)
