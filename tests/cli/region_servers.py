"""The servers of one Region of `two_regions`: Auto Scaling and Elastic Load Balancing."""

from typing import Any

from tests.cli.region_state import ACTIVE_SIZE, RegionState

# Seconds.
BOOT, SHUTDOWN = 150, 60


class ServerApis(RegionState):
    """Auto Scaling and Elastic Load Balancing, on the half's group of servers."""

    def DescribeAutoScalingGroups(self, AutoScalingGroupNames: list[str]) -> Any:  # noqa: N802, N803
        (name,) = AutoScalingGroupNames
        instance = {"LifecycleState": "InService", "HealthStatus": "Healthy", "ProtectedFromScaleIn": False}
        group = {
            "AutoScalingGroupName": name,
            "MinSize": self.minimum,
            "MaxSize": 4,
            "DesiredCapacity": self.desired,
            "DefaultCooldown": 300,
            "AvailabilityZones": [f"{self.name}a"],
            "HealthCheckType": "ELB",
            "CreatedTime": self.world.now,
            "Instances": [
                {"InstanceId": f"i-{number}", "AvailabilityZone": f"{self.name}a", **instance}
                for number in range(self.instances)
            ],
            "SuspendedProcesses": [] if self.launches else [{"ProcessName": "Launch"}],
            "Tags": [{"Key": "resilient-website:active-size", "Value": str(ACTIVE_SIZE)}],
        }
        return {"AutoScalingGroups": [group]}

    def UpdateAutoScalingGroup(  # noqa: N802
        self,
        AutoScalingGroupName: str,  # noqa: N803
        MinSize: int,  # noqa: N803
        DesiredCapacity: int,  # noqa: N803
        MaxSize: int = 4,  # noqa: N803
    ) -> Any:
        del AutoScalingGroupName
        assert MinSize <= DesiredCapacity <= MaxSize
        self.resize(MinSize, DesiredCapacity)
        return {}

    def resize(self, minimum: int, desired: int) -> None:
        """Change the size. Servers come and go after a time; the last write is made by the last server."""
        self.minimum, self.desired = minimum, desired
        self.world.later(BOOT if desired > self.instances else SHUTDOWN, self._settle)

    def _settle(self) -> None:
        if self.desired > self.instances and not self.launches:
            return
        self.instances = self.healthy_count = self.desired
        self.stopped_at = self.world.now if not self.instances else None

    def SuspendProcesses(self, ScalingProcesses: list[str], **_: Any) -> Any:  # noqa: N802, N803
        assert ScalingProcesses == ["Launch"]
        self.launches = False
        return {}

    def ResumeProcesses(self, ScalingProcesses: list[str], **_: Any) -> Any:  # noqa: N802, N803
        assert ScalingProcesses == ["Launch"]
        self.launches = True
        self.world.later(BOOT, self._settle)
        return {}

    def DescribeTargetHealth(self, TargetGroupArn: str) -> Any:  # noqa: N802, N803
        del TargetGroupArn
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": "healthy"}}] * self.healthy_count}

    def DescribeLoadBalancers(self, LoadBalancerArns: list[str]) -> Any:  # noqa: N802, N803
        (arn,) = LoadBalancerArns
        return {"LoadBalancers": [{"LoadBalancerArn": arn, "DNSName": f"lb.{self.name}"}]}

    def DescribeTargetGroups(self, TargetGroupArns: list[str]) -> Any:  # noqa: N802, N803
        (arn,) = TargetGroupArns
        return {"TargetGroups": [{"TargetGroupArn": arn, "HealthCheckPath": "/health"}]}
