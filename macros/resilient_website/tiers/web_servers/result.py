"""The tiers that web servers connect to, and the results of web servers for later tiers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database
from resilient_website.tiers.files import Files
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.network import Network


class Dependencies(NamedTuple):
    """The results of the tiers that the web servers connect to, and the logical ids that they wait for besides."""

    network: Network
    load_balancer: LoadBalancer
    database: Database | None
    cache: Cache | None
    assets_url: Value
    log_retention_days: Value
    others: tuple[str, ...] = ()
    files: Files | None = None


class WebServers(NamedTuple):
    """The results of the web servers for later tiers; `log_group` is None without the agent."""

    resources: tuple[AWSObject, ...]
    role: str
    group: str
    log_group: str | None
    security_group_id: AWSHelperFn
    target_group_arn: AWSHelperFn

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {
            "WebSecurityGroupId": self.security_group_id,
            "WebRoleArn": GetAtt(self.role, "Arn"),
            "WebRoleName": Ref(self.role),
            "AutoScalingGroupName": Ref(self.group),
            "TargetGroupArn": self.target_group_arn,
            **({"WebLogGroupName": Ref(self.log_group)} if self.log_group else {}),
        }
