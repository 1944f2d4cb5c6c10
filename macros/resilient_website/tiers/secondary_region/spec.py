"""The properties of the copy of the website in another Region, and their defaults."""

from collections.abc import Mapping

from resilient_website.facts.regions import REGIONS
from resilient_website.frozen import frozen
from resilient_website.problems import shown
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_groups import OptionalGroup, read_group
from resilient_website.reading.property_types import Boolean, Choice, Cidr, Integer, Text
from resilient_website.reading.reader import Reader
from resilient_website.reading.timestamps import Timestamp

BACKUPS, PILOT_LIGHT, WARM_STANDBY = "Backups", "PilotLight", "WarmStandby"

# The value for a site whose only secondary is the fallback site.
STATIC = "Static"

# Source: "RestoreDBInstanceToPointInTime", RestoreTime.
UTC_TIME = Timestamp("a time in UTC, as in 2026-03-01T01:20:00Z")

REGION_NAME = Text("the name of a Region, as in us-west-2")


@frozen
class StaticOrGroup(OptionalGroup):
    """`Static` or `false` for no copy, or the group."""

    @property
    def off(self) -> str:
        """The value for no group."""
        return STATIC

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return f"`{self.off}` or group"

    def read(self, value: object, path: str, reader: Reader) -> "SecondaryRegionSpec | None":
        """Return None for Static, else the specification."""
        if value is False or value in (STATIC, "false"):
            return None
        if not isinstance(value, Mapping):
            meant = f"did you mean {{Region: {value}}}? " if value in REGIONS else ""
            fix = f"{meant}write Static, or a map, as in {{Region: us-west-2, Mode: PilotLight}}"
            reader.problem(path, f"found {shown(value)}", fix)
            return None
        return read_group(SecondaryRegionSpec, value, path, reader)


@frozen
class SecondaryRegionSpec(PropertyGroup):
    """The copy's properties and defaults."""

    region: str | None = prop(
        "Region",
        REGION_NAME,
        None,
        known_at_expansion=True,
        examples=("us-west-2", "eu-west-1"),
        maps_to="Custom::RemoteStack.Region",
        reason="required in this group: the Region of the copy. Deploy the same template there under the same stack "
        "name, after the primary Region",
    )
    mode: str = prop(
        "Mode",
        Choice((BACKUPS, PILOT_LIGHT, WARM_STANDBY)),
        PILOT_LIGHT,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.MinSize, AWS::RDS::DBInstance.MultiAZ, "
        "AWS::RDS::DBInstance.AutomaticBackupReplicationRegion, AWS::RDS::DBInstance.SourceRegion",
        reason="a database replica, a load balancer and no servers: ready in minutes, at the lowest price with current "
        "data. WarmStandby also runs MinSize servers, the cache, and the replica's own standby. Backups replicates the "
        "database's automated backups, for Database.BackupRetentionPeriod days, the assets and the secrets, and "
        "nothing runs there: `switch` creates that half, which takes about an hour. Without a Database, Backups "
        "replicates the assets and the secrets",
    )
    active_region: str | None = prop(
        "ActiveRegion",
        REGION_NAME,
        None,
        known_at_expansion=True,
        examples=("us-west-2",),
        maps_to="AWS::AutoScaling::AutoScalingGroup.MinSize, AWS::RDS::DBInstance.SourceDBInstanceIdentifier, "
        "AWS::CloudFront::Distribution.DistributionConfig.Origins.DomainName, AWS::Route53::RecordSet.AliasTarget",
        reason="absent: the primary Region. After a switch: the Region whose database takes writes. It changes sizes, "
        "the database, and the Region of the friendly page that visitors get, never which half they get",
    )
    replica: bool = prop(
        "Replica",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="Custom::UpdateProtection.Replicas, AWS::RDS::DBInstance.SourceDBInstanceIdentifier",
        reason="true after a switch, to go back: the database of the half that is not active may be replaced by a "
        "replica of the active one, after a last snapshot. Leave it on after that: the database keeps the properties "
        "that it was made with",
    )
    restore_time: str | None = prop(
        "RestoreTime",
        UTC_TIME,
        None,
        known_at_expansion=True,
        examples=("2026-03-01T01:20:00Z", "2026-11-29T23:59:59Z"),
        needs=(Need("Secondary.Mode", values=(BACKUPS,)),),
        maps_to="AWS::RDS::DBInstance.RestoreTime",
        reason="absent: a recovery restores the latest time that the backups have. Write an earlier one, as before "
        "a mistake that was replicated, before that half is created, and leave it: a change replaces its database",
    )
    min_size: int | None = prop(
        "MinSize",
        Integer(1, 500),
        None,
        known_at_expansion=True,
        needs=(Need("Secondary.Mode", values=(WARM_STANDBY,)),),
        maps_to="AWS::AutoScaling::AutoScalingGroup.MinSize",
        reason="the servers of a WarmStandby; one per zone when absent",
    )
    vpc_origin: bool = prop(
        "VpcOrigin",
        Boolean(),
        False,
        known_at_expansion=True,
        needs=(Need("LoadBalancer.Scheme", values=("internal",)),),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Origins.VpcOriginConfig.VpcOriginId, "
        "AWS::CloudFront::KeyValueStore, AWS::CloudFront::Function",
        reason="only for an internal load balancer, which DNS can't lead CloudFront to. Write true once the copy is "
        "deployed, and deploy both Regions again: CloudFront gets the copy's VPC origin as a second origin. Without "
        "it, a switch is refused",
    )
    cidr_block: str | None = prop(
        "CidrBlock",
        Cidr(largest=16, smallest=23),
        None,
        known_at_expansion=True,
        examples=("10.9.0.0/16", "172.16.0.0/16"),
        maps_to="AWS::EC2::VPC.CidrBlock",
        reason="the copy's VPC; when absent, the block after Network.CidrBlock, so that the two can be connected",
    )
