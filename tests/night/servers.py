"""The site's web servers: a process for each instance that its Auto Scaling group lists, with the stack's release."""

import io
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any, Self

from tests.failover.repeating import Repeating
from tests.night.databases import Databases
from tests.night.disks import MIB, Disk
from tests.sites import Installation
from tools.emulator.instances import Instance

PARAMETER = "Release"
_LOOK = 0.5
# The disk of a server, in which the pages of a night leave room.
_DISK = 32 * MIB
# After its deregistration, so that its requests end: a load balancer waits for them (`deregistration_delay`).
_DRAIN = 2


class Servers:
    """A context manager that follows the group, and the release that the stack names.

    Instances in a zone of `dead` do not start.
    """

    def __init__(self, installation: Installation, stack: str, bucket: str, databases: Databases, folder: Path) -> None:
        resources = installation.resources(stack)
        self._installation, self._stack, self._bucket = installation, stack, bucket
        self._group, self._targets = resources["SiteAutoScalingGroup"], resources["SiteTargetGroup"]
        self._databases, self._folder = databases, folder
        self._running: dict[tuple[str, str], tuple[Instance, str]] = {}
        self._disks: dict[tuple[str, str], Disk] = {}
        self._lock = threading.RLock()
        self.dead: set[str] = set()
        self._following = Repeating(self.follow, _LOOK)

    def __enter__(self) -> Self:
        client = self._installation.client("autoscaling")
        (group,) = client.describe_auto_scaling_groups(AutoScalingGroupNames=[self._group])["AutoScalingGroups"]
        # The emulator's group lists instances only from then on.
        client.set_desired_capacity(
            AutoScalingGroupName=self._group, DesiredCapacity=group["DesiredCapacity"] or group["MinSize"]
        )
        self.follow()
        self._following.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._following.__exit__()
        finally:
            for key in list(self._running):
                self._end(key)

    @property
    def zones(self) -> dict[str, str]:
        """The zone of each instance."""
        with self._lock:
            return {instance_id: zone for (instance_id, _), (_, zone) in self._running.items()}

    @property
    def release(self) -> str:
        """The key of the release that the stack names."""
        described = self._installation.cloudformation.describe_stacks(StackName=self._stack)["Stacks"][0]
        return next(
            str(each["ParameterValue"]) for each in described["Parameters"] if each["ParameterKey"] == PARAMETER
        )

    @property
    def settled(self) -> bool:
        """Whether each instance of the group runs the stack's release, and nothing else runs."""
        with self._lock:
            return set(self._running) == set(self._wanted())

    def disk(self, instance_id: str) -> Disk | None:
        """Return the disk of an instance, if the instance runs."""
        with self._lock:
            return next((disk for (name, _), disk in self._disks.items() if name == instance_id), None)

    def disk_used_percent(self) -> float:
        """Return the share that is used of the disk of a server, as the group's maximum."""
        with self._lock:
            return max(disk.used_percent for disk in self._disks.values())

    def lose_zone(self, zone: str) -> None:
        """End what runs in a zone; nothing starts there any more."""
        with self._lock:
            self.dead.add(zone)
            for instance, where in self._running.values():
                if where == zone:
                    instance.kill()

    def bring_back(self) -> None:
        """Start what did not start in a lost zone."""
        with self._lock:
            self.dead.clear()
            for instance, _ in self._running.values():
                instance.start()

    def unhealthy(self, zone: str) -> int:
        """Return how many targets of a zone are unhealthy."""
        described = self._elbv2.describe_target_health(TargetGroupArn=self._targets)["TargetHealthDescriptions"]
        return sum(
            each["Target"].get("AvailabilityZone") == zone and each["TargetHealth"]["State"] == "unhealthy"
            for each in described
        )

    def follow(self) -> None:
        """Start what the group wants, and then end what it wants no more."""
        with self._lock:
            wanted = self._wanted()
            for key, zone in wanted.items():
                if key not in self._running:
                    self._start(*key, zone)
            gone = [key for key in self._running if key not in wanted]
            if gone:
                targets = [self._running[key][0].target for key in gone]
                self._elbv2.deregister_targets(TargetGroupArn=self._targets, Targets=targets)
                time.sleep(_DRAIN)
            for key in gone:
                self._end(key)

    @property
    def _elbv2(self) -> Any:
        return self._installation.client("elbv2")

    def _wanted(self) -> dict[tuple[str, str], str]:
        """Return the zone of each instance and release."""
        client, release = self._installation.client("autoscaling"), self.release
        (group,) = client.describe_auto_scaling_groups(AutoScalingGroupNames=[self._group])["AutoScalingGroups"]
        return {(each["InstanceId"], release): each["AvailabilityZone"] for each in group["Instances"]}

    def _start(self, instance_id: str, release: str, zone: str) -> None:
        folder = self._folder / release.replace("/", "-")
        if not folder.exists():
            stored = self._installation.client("s3").get_object(Bucket=self._bucket, Key=release)
            zipfile.ZipFile(io.BytesIO(stored["Body"].read())).extractall(folder)
        uploads = self._folder / f"{instance_id}-{folder.name}"
        disk = self._disks[instance_id, release] = Disk(uploads, _DISK)
        disk.start()
        environment = {
            "HEALTH_CHECK_PATH": "/health",
            "DATABASE_PORT": str(self._databases.port),
            "DATABASE_PASSWORD_FILE": str(self._databases.password_file),
            "UPLOADS": str(uploads),
        }
        instance = Instance(instance_id, environment, [*disk.within, sys.executable, str(folder / "shop.py")])
        if zone not in self.dead:
            instance.start()
        self._elbv2.register_targets(
            TargetGroupArn=self._targets, Targets=[{**instance.target, "AvailabilityZone": zone}]
        )
        self._running[instance_id, release] = instance, zone

    def _end(self, key: tuple[str, str]) -> None:
        """End an instance with its disk."""
        self._running.pop(key)[0].kill()
        self._disks.pop(key).remove()
