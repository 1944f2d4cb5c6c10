"""One Region of `two_regions`: the operations by their names in AWS's API, on one stack with one half of a site."""

import copy
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cli.two_regions import World

PRIMARY, SECONDARY = "us-east-1", "us-west-2"
STACK, SITE, DOMAIN = "my-site", "Shop", "www.example.com"
ACCOUNT = "111111111111"
ACTIVE_SIZE = 2
MINUTE = timedelta(minutes=1)
STORE_ARN = f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/0123"
STACK_ID = f"arn:aws:cloudformation:{{}}:{ACCOUNT}:stack/{STACK}/guid"

# Seconds.
PROMOTION, BOOT, SHUTDOWN, CREATION, UPDATE, RESTORE = 240, 150, 60, 20, 400, 500

# There is no stack; or none that was ever complete.
ABSENT = "absent"
UNMADE = (ABSENT, "REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_FAILED")


@dataclass
class Refused(Exception):  # noqa: N818
    """AWS refuses a request."""

    code: str
    text: str


@dataclass
class Database:
    """A DB instance. `until` is the time of the last write in it, for one that takes no writes any more."""

    id: str
    source: str | None
    status: str = "available"
    until: datetime | None = None
    generation: int = 1


@dataclass
class FakeRegion:
    """A half of the site, and the APIs of its Region."""

    world: "World"
    name: str
    objects: dict[str, bytes] = field(default_factory=dict)
    lost_at: datetime | None = None
    stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        world, self.primary = self.world, self.name == PRIMARY
        self.other = SECONDARY if self.primary else PRIMARY
        standby = ACTIVE_SIZE if self.primary else int(world.mode == "WarmStandby")
        self.minimum = self.desired = self.instances = self.healthy_count = standby
        self.launches = True
        self.stack_status = "UPDATE_COMPLETE"
        self.updated_at: datetime | None = None
        self.parameters = {"Team": "web"}
        # Resources that the macro made, beside the stack in the other Region.
        self.expanded: dict[str, Any] = {}
        self.template: dict[str, Any] = {
            "Transform": "ResilientWebsite",
            "Parameters": {"Team": {"Type": "String"}},
            "Resources": {
                SITE: {
                    "Type": "ResilientWebsite",
                    "Properties": {
                        "DomainName": DOMAIN,
                        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
                        "Secondary": {"Region": SECONDARY, "Mode": world.mode},
                    },
                }
            },
        }
        self.deployed = copy.deepcopy(self.template)
        if world.mode == "Backups" and not self.primary:
            self.stack_status = ABSENT
            self.resize_at_once(0)
        self.fail_updates = self.fail_creations = False
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.database: Database | None = None
        if world.with_database and (self.primary or world.mode != "Backups"):
            self.database = Database(f"{self.name}-db", None if self.primary else self.source_arn())
        # What the last deployed template says of the database.
        self.templated_source = not self.primary

    def source_arn(self) -> str:
        return f"arn:aws:rds:{self.other}:{ACCOUNT}:db:{self.other}-db"

    @property
    def made(self) -> bool:
        """Whether the stack is complete, or was."""
        return self.stack_status not in UNMADE

    @property
    def healthy(self) -> int:
        return self.healthy_count

    @property
    def active(self) -> str:
        group = self.template["Resources"][SITE]["Properties"]["Secondary"]
        return str(group.get("ActiveRegion", PRIMARY))

    def state(self) -> dict[str, Any]:
        database = self.database
        return {
            "template": self.template,
            "status": self.stack_status,
            "made": self.made,
            "database": database and [database.id, database.source, database.status, database.generation],
            "group": [self.minimum, self.instances, self.healthy_count, self.launches],
            "signal": sorted(self.objects),
        }

    # Replication

    def replicated_until(self) -> datetime:
        """Return the time of the newest write that this Region's replica has applied: all is received at once."""
        source, lag = self.world[self.other], timedelta(seconds=self.world.lag)
        newest = min(self.world.now - lag, source.lost_at or self.world.now)
        if source.stopped_at and newest >= source.stopped_at:
            return source.stopped_at
        return newest

    def promoted(self) -> None:
        assert self.database
        self.database.until = self.replicated_until()
        self.database.source = None
        self.database.status = "modifying"
        self.world.later(PROMOTION, self._available)

    def _available(self) -> None:
        assert self.database
        self.database.status = "available"

    # CloudWatch

    def GetMetricData(self, StartTime: datetime, EndTime: datetime, **_: Any) -> Any:  # noqa: N802, N803
        first = StartTime.replace(second=0, microsecond=0) + MINUTE
        times = [first + number * MINUTE for number in range((EndTime - first) // MINUTE)]
        values = [self._lag_at(minute) for minute in times]
        return {"MetricDataResults": [{"Id": "lag", "Timestamps": times, "Values": values}]}

    def _lag_at(self, minute: datetime) -> float:
        source, lag = self.world[self.other], self.world.lag
        if source.lost_at and minute >= source.lost_at + timedelta(seconds=60):
            return -1
        last = source.stopped_at or source.lost_at
        return 0 if last and minute >= last + timedelta(seconds=lag) else lag

    # RDS

    def _db(self, identifier: str) -> Database:
        if not self.database or self.database.id != identifier:
            raise Refused("DBInstanceNotFound", f"DBInstance {identifier} not found.")
        return self.database

    def DescribeDBInstances(self, DBInstanceIdentifier: str) -> Any:  # noqa: N802, N803
        database = self._db(DBInstanceIdentifier)
        shown: dict[str, Any] = {
            "DBInstanceIdentifier": database.id,
            "DBInstanceArn": f"arn:aws:rds:{self.name}:{ACCOUNT}:db:{database.id}",
            "DBInstanceStatus": database.status,
            "MultiAZ": self.active == self.name,
        }
        if database.source:
            shown["ReadReplicaSourceDBInstanceIdentifier"] = database.source
            shown["StatusInfos"] = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
        return {"DBInstances": [shown]}

    def PromoteReadReplica(self, DBInstanceIdentifier: str) -> Any:  # noqa: N802, N803
        database = self._db(DBInstanceIdentifier)
        if not database.source or database.status != "available":
            raise Refused("InvalidDBInstanceState", "DB Instance is not a read replica.")
        self.promoted()
        return {"DBInstance": self.DescribeDBInstances(DBInstanceIdentifier)["DBInstances"][0]}

    def DescribeDBInstanceAutomatedBackups(self, DBInstanceIdentifier: str) -> Any:  # noqa: N802, N803
        assert DBInstanceIdentifier == f"{self.other}-db"
        return {"DBInstanceAutomatedBackups": [{"RestoreWindow": {"LatestTime": self.backed_up_until()}}]}

    def backed_up_until(self) -> datetime:
        """Return the latest time to which the replicated backups can be restored."""
        source = self.world[self.other]
        return min(self.world.now, source.lost_at or self.world.now) - timedelta(minutes=5)

    # Auto Scaling and Elastic Load Balancing

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

    def resize_at_once(self, size: int) -> None:
        self.minimum = self.desired = self.instances = self.healthy_count = size

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

    # S3 and SSM

    def ListObjectsV2(self, Bucket: str, Prefix: str, MaxKeys: int) -> Any:  # noqa: N802, N803
        assert Bucket == "fallback-bucket"
        del MaxKeys
        return {"Contents": [{"Key": key} for key in self.objects if key.startswith(Prefix)]}

    def PutObject(self, Key: str, Body: bytes, **_: Any) -> Any:  # noqa: N802, N803
        self.objects[Key] = Body
        self.world.turned_at = self.world.now
        return {}

    def DeleteObject(self, Key: str, **_: Any) -> Any:  # noqa: N802, N803
        self.objects.pop(Key, None)
        self.world.turned_at = self.world.now
        return {}

    def GetParametersByPath(self, Path: str, Recursive: bool = False) -> Any:  # noqa: N802, N803
        if self.primary or not Path.startswith(f"/resilient-website/{STACK}/"):
            return {"Parameters": []}
        assert Path == f"/resilient-website/{STACK}/" + ("" if Recursive else f"{SITE}/")
        start = f"/resilient-website/{STACK}/{SITE}/"
        values = {"PrimaryRegion": PRIMARY, "FallbackBucket": "fallback-bucket"}
        if self.world.with_database:
            values["DatabaseArn"] = self.source_arn()
        if self.world.internal and self.world.store is not None:
            values |= {"SwitchStoreArn": STORE_ARN, "DomainName": DOMAIN}
        return {"Parameters": [{"Name": start + name, "Value": value} for name, value in values.items()]}

    # CloudFront, which has no Region. Its two operations of this name differ by their argument.

    def DescribeKeyValueStore(self, Name: str = "", KvsARN: str = "") -> Any:  # noqa: N802, N803
        if Name:
            times = {"LastModifiedTime": self.world.now}
            described = {"Name": Name, "Id": "1", "Comment": "", "ARN": STORE_ARN, **times}
            return {"KeyValueStore": described, "ETag": "ignored"}
        assert KvsARN == STORE_ARN
        sizes = {"ItemCount": len(self._store), "TotalSizeInBytes": 0}
        return {"KvsARN": KvsARN, "Created": self.world.now, "ETag": self._etag, **sizes}

    def GetKey(self, KvsARN: str, Key: str) -> Any:  # noqa: N802, N803
        assert KvsARN == STORE_ARN
        if Key not in self._store:
            raise Refused("ResourceNotFoundException", f"Key {Key} was not found.")
        return {"Key": Key, "Value": self._store[Key], "ItemCount": 1, "TotalSizeInBytes": 0}

    def PutKey(self, KvsARN: str, Key: str, Value: str, IfMatch: str) -> Any:  # noqa: N802, N803
        assert KvsARN == STORE_ARN
        if IfMatch != self._etag:
            raise Refused("ConflictException", "The provided If-Match value does not match the current ETag.")
        self._store[Key] = Value
        return {"ItemCount": 1, "TotalSizeInBytes": 0, "ETag": self._etag}

    @property
    def _store(self) -> dict[str, str]:
        assert self.world.store is not None
        return self.world.store

    @property
    def _etag(self) -> str:
        return f"etag of {sorted(self._store.items())}"

    # CloudFormation

    def ListStackResources(self, StackName: str) -> Any:  # noqa: N802, N803
        if StackName != STACK:
            raise Refused("ValidationError", f"Stack with id {StackName} does not exist")
        resources = {
            "AutoScalingGroup": ("AWS::AutoScaling::AutoScalingGroup", "group"),
            "TargetGroup": ("AWS::ElasticLoadBalancingV2::TargetGroup", "targets"),
            "LoadBalancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer", "balancer"),
            **self._ways_in(),
        }
        if self.made and self.world.mode == "Backups" and not self.primary:
            resources["ReplicatedBackup"] = ("Custom::ReplicatedBackup", "arn:backup")
        if self.database:
            resources["Database"] = ("AWS::RDS::DBInstance", self.database.id)
        common = {"LastUpdatedTimestamp": self.world.now, "ResourceStatus": "CREATE_COMPLETE"}
        return {
            "StackResourceSummaries": [
                {"LogicalResourceId": SITE + suffix, "ResourceType": kind, "PhysicalResourceId": physical, **common}
                for suffix, (kind, physical) in resources.items()
            ]
        }

    def _ways_in(self) -> dict[str, tuple[str, str]]:
        """Return what CloudFront or visitors reach the half by."""
        if not self.world.internal:
            return {"ActiveA": ("AWS::Route53::RecordSet", f"active.{DOMAIN}")}
        found = {"VpcOriginHttps": ("AWS::CloudFront::VpcOrigin", f"vo_{self.name}")}
        if self.primary:
            found["OriginRecord"] = ("AWS::Route53::RecordSet", f"origin.{DOMAIN}")
            if self.world.store is not None:
                found["SwitchStore"] = ("AWS::CloudFront::KeyValueStore", "switch")
        return found

    def DescribeStacks(self, StackName: str) -> Any:  # noqa: N802, N803
        if self.stack_status == ABSENT or StackName != STACK:
            raise Refused("ValidationError", f"Stack with id {StackName} does not exist")
        stack = {
            "StackId": STACK_ID.format(self.name),
            "StackName": StackName,
            "CreationTime": self.world.now,
            **({"LastUpdatedTime": self.updated_at} if self.updated_at else {}),
            "StackStatus": self.stack_status,
            "Parameters": [{"ParameterKey": name, "ParameterValue": each} for name, each in self.parameters.items()],
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }
        return {"Stacks": [stack]}

    def GetTemplate(self, StackName: str, TemplateStage: str) -> Any:  # noqa: N802, N803
        del StackName
        if TemplateStage == "Original":
            return {"TemplateBody": json.dumps(self.template)}
        remote = {"Type": "Custom::RemoteStack", "Properties": {"Region": SECONDARY}}
        made = {SITE + "SecondaryStack": remote} if self.primary else {}
        parameters = {name: {"Type": "String"} for name in self.parameters}
        return {"TemplateBody": json.dumps({"Parameters": parameters, "Resources": {**made, **self.expanded}})}

    def DescribeStackEvents(self, StackName: str) -> Any:  # noqa: N802, N803
        own = STACK_ID.format(self.name)
        common = {"StackId": own, "StackName": StackName, "EventId": "1", "Timestamp": self.world.now}
        failed = {
            "LogicalResourceId": SITE + "Database",
            "PhysicalResourceId": "db",
            "ResourceStatus": "UPDATE_FAILED",
            "ResourceStatusReason": "DB Instance is not a read replica.",
        }
        begun = {"LogicalResourceId": STACK, "PhysicalResourceId": own, "ResourceStatus": "UPDATE_IN_PROGRESS"}
        return {"StackEvents": [{**common, **failed}, {**common, **begun}]}

    def CreateChangeSet(self, ChangeSetName: str, TemplateBody: str, **more: Any) -> Any:  # noqa: N802, N803
        value = {"UsePreviousValue": True} if self.made else {"ParameterValue": "web"}
        assert more["Parameters"] == [{"ParameterKey": "Team", **value}]
        assert "CAPABILITY_AUTO_EXPAND" in more["Capabilities"]
        creates = self.stack_status in (ABSENT, "REVIEW_IN_PROGRESS")
        assert (more["ChangeSetType"] == "CREATE") is creates
        if creates:
            self.stack_status = "REVIEW_IN_PROGRESS"
        elif not self.stack_status.endswith(("_COMPLETE", "UPDATE_FAILED", "CREATE_FAILED")):
            raise Refused("ValidationError", f"Stack is in {self.stack_status} state and can not be updated.")
        made = {"Status": "CREATE_IN_PROGRESS", "template": json.loads(TemplateBody)}
        made["revert"] = more.get("DeploymentMode") == "REVERT_DRIFT"
        self.change_sets[ChangeSetName] = made
        self.world.later(CREATION, lambda: made.update(Status="CREATE_COMPLETE"))
        return {"Id": ChangeSetName, "StackId": STACK_ID.format(self.name)}

    def DescribeChangeSet(self, ChangeSetName: str, StackName: str) -> Any:  # noqa: N802, N803
        del StackName
        made = self.change_sets[ChangeSetName]
        changes = [{"Type": "Resource", "ResourceChange": change} for change in self._changes(made)]
        return {"Status": made["Status"], "Changes": changes if made["Status"] == "CREATE_COMPLETE" else []}

    def _active_by(self, template: dict[str, Any]) -> str:
        return str(template["Resources"][SITE]["Properties"]["Secondary"].get("ActiveRegion", PRIMARY))

    @staticmethod
    def _may_be_rebuilt(template: dict[str, Any]) -> bool:
        return bool(template["Resources"][SITE]["Properties"]["Secondary"].get("Replica"))

    def _changes(self, made: dict[str, Any]) -> list[dict[str, Any]]:
        database = {"LogicalResourceId": SITE + "Database", "ResourceType": "AWS::RDS::DBInstance"}
        group = {
            "LogicalResourceId": SITE + "AutoScalingGroup",
            "ResourceType": "AWS::AutoScaling::AutoScalingGroup",
            "Action": "Modify",
            "Replacement": "False",
        }
        if self.database is None:
            return [group]
        action, replacement = ("SyncWithActual" if made["revert"] else "Modify"), "False"
        becomes_replica = not self.primary or self._may_be_rebuilt(made["template"])
        if self._active_by(made["template"]) != self.name and becomes_replica and not self.database.source:
            replacement = "True"
        return [group, {**database, "Action": action, "Replacement": replacement}]

    def ExecuteChangeSet(self, ChangeSetName: str, StackName: str, DisableRollback: bool) -> Any:  # noqa: N802, N803
        del StackName
        made = self.change_sets.pop(ChangeSetName)
        if not self.made:
            assert DisableRollback
            self.stack_status = "CREATE_IN_PROGRESS"
            until = self.backed_up_until()
            self.world.later(RESTORE, lambda: self._created(made["template"], until))
            return {}
        if DisableRollback and any(change["Replacement"] == "True" for change in self._changes(made)):
            raise Refused("ValidationError", "Replacement type updates not supported on stack with disable-rollback.")
        self.stack_status = "UPDATE_IN_PROGRESS"
        self.world.later(UPDATE, lambda: self._updated(made["template"], made["revert"]))
        return {}

    def _created(self, template: dict[str, Any], until: datetime) -> None:
        """End a creation: the database has what was backed up when it began, and the servers start."""
        assert self._active_by(template) == self.name
        if self.world.with_database and self.database is None:
            self.database = Database(f"{self.name}-db", None, until=until)
        if self.fail_creations:
            self.stack_status = "CREATE_FAILED"
            return
        self.template, self.stack_status, self.templated_source = template, "CREATE_COMPLETE", False
        self.resize(ACTIVE_SIZE, ACTIVE_SIZE)

    def _updated(self, template: dict[str, Any], revert: bool) -> None:
        """End an update, as CloudFormation does with this template."""
        active = self._active_by(template)
        replica = self._may_be_rebuilt(template)
        if self.fail_updates:
            # The database's turn comes before what fails. Without a rollback, it stays promoted.
            if active == self.name and self.database and self.database.source:
                self.promoted()
            self.stack_status = "UPDATE_FAILED"
            return
        if not self._update_database(active, replica, revert):
            self.stack_status = "UPDATE_ROLLBACK_COMPLETE"
            return
        self.template, self.stack_status = template, "UPDATE_COMPLETE"
        size = ACTIVE_SIZE if active == self.name else 0
        if active != self.name and self.world.mode == "WarmStandby" and self.database and self.database.source:
            size = 1
        if size != self.minimum:
            self.resize(size, size)

    def _update_database(self, active: str, replica: bool, revert: bool) -> bool:
        """Return whether the update of the database succeeds."""
        if not self.world.with_database:
            return True
        if active == self.name:
            wanted, self.templated_source = self.templated_source, False
            assert self.database
            if self.database.source:
                self.promoted()
            elif wanted and not revert:
                # RDS: the instance is no replica, so that PromoteReadReplica is refused.
                self.templated_source = True
                return False
            return True
        if self.database and self.database.source:
            return True
        if not replica:
            return self.primary
        assert self.database
        self.templated_source = True
        self.database = Database(self.database.id, self.source_arn(), generation=self.database.generation + 1)
        return True
