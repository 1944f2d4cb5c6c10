"""The database: RDS MySQL with a synchronous standby in another zone, and replicas for reading.

Resilient because RDS fails over to the standby by itself and keeps the endpoint's name; safe because it stands in
subnets without a route out, admits the web servers only, speaks TLS only, and nobody ever types its password.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, rds, route53, secretsmanager

from resilient_website.additions import ReadReplica
from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.kinds import Boolean, Integer, MapOf, Reader, Text
from resilient_website.properties import prop
from resilient_website.security_groups import closed_group, ingress_from
from resilient_website.tiers.network import Network

PORT = 3306

# Storage below 400 GiB has a fixed 3,000 IOPS; autoscaling wants a limit at least 10 % above what there is. Source:
# "Amazon RDS DB instance storage" and "Managing capacity automatically with Amazon RDS storage autoscaling".
AUTOSCALING_MARGIN = 1.1

# The reader endpoint's records answer for this long. Route 53's own default for records that move.
READER_TTL_SECONDS = 5


@dataclass(frozen=True)
class DatabaseSpec:
    """The database's properties and defaults."""

    engine_version: str = prop(
        "EngineVersion",
        Text("a version of MySQL, as in 8.4 or 8.4.8", r"8\.[04](\.\d+)?(-rds\.\d+)?"),
        "8.4",
        structural=True,
        lands_on="AWS::RDS::DBInstance.EngineVersion, AWS::RDS::DBInstance.DBParameterGroupName",
        reason="the long-term support release; RDS picks the minor version, so that no upgrade of ours moves it",
    )
    instance_class: Value = prop(
        "DBInstanceClass",
        Text("a DB instance class, as in db.m7g.large", r"db\.[a-z0-9-]+\.[a-z0-9]+"),
        "db.t4g.small",
        lands_on="AWS::RDS::DBInstance.DBInstanceClass",
        reason="the smallest class whose memory (2 GiB) suits MySQL 8.4; scales up in place",
    )
    allocated_storage: int = prop(
        "AllocatedStorage",
        Integer(20, 65536),
        20,
        structural=True,
        lands_on="AWS::RDS::DBInstance.AllocatedStorage",
        reason="GiB; gp3's minimum, since storage grows by itself",
    )
    max_allocated_storage: int = prop(
        "MaxAllocatedStorage",
        Integer(22, 65536),
        None,
        structural=True,
        lands_on="AWS::RDS::DBInstance.MaxAllocatedStorage",
        reason="GiB; five times AllocatedStorage when absent: a full disk is an outage, an endless one a bill",
    )
    multi_az: bool = prop(
        "MultiAZ",
        Boolean(),
        True,
        structural=True,
        lands_on="AWS::RDS::DBInstance.MultiAZ",
        reason="the synchronous standby is what survives the loss of a zone",
    )
    read_replicas: int = prop(
        "ReadReplicas",
        Integer(0, 5),
        0,
        structural=True,
        lands_on="AWS::RDS::DBInstance",
        reason="replicas are for reading more than one instance can serve; the standby already covers failure",
    )
    backup_retention_period: int = prop(
        "BackupRetentionPeriod",
        Integer(1, 35),
        7,
        structural=True,
        lands_on="AWS::RDS::DBInstance.BackupRetentionPeriod",
        reason="days; a week lets a mistake be found after a long weekend. 0 would switch backups off: not offered",
    )
    database_name: Value = prop(
        "DatabaseName",
        Text("1 to 64 letters, digits and underscores, a letter first", r"[A-Za-z][A-Za-z0-9_]{0,63}"),
        "website",
        lands_on="AWS::RDS::DBInstance.DBName",
        reason="a first database to connect to; a change replaces the instance",
    )
    parameters: Mapping[str, Value] = prop(
        "Parameters",
        MapOf(Text()),
        None,
        structural=True,
        lands_on="AWS::RDS::DBParameterGroup.Parameters",
        reason="merged over ours, which force TLS (require_secure_transport: 1)",
    )
    snapshot: Value | None = prop(
        "DBSnapshotIdentifier",
        Text("the name or ARN of a DB snapshot"),
        None,
        structural=True,
        lands_on="AWS::RDS::DBInstance.DBSnapshotIdentifier",
        reason="starts from a snapshot; must stay once used, as its removal replaces the database",
    )
    deletion_protection: Value = prop(
        "DeletionProtection",
        Boolean(),
        False,
        lands_on="AWS::RDS::DBInstance.DeletionProtection",
        reason="a final snapshot is always taken; with protection, a failed first creation could not roll back. "
        "Turn it on once the site is live",
    )


@dataclass(frozen=True)
class Database:
    """What later tiers use of the database."""

    resources: tuple[AWSObject, ...]
    endpoint: AWSHelperFn
    reader_endpoint: Value
    port: AWSHelperFn
    name: Value
    secret_arn: AWSHelperFn
    security_group_id: AWSHelperFn
    ready: tuple[str, ...]
    primary: str
    replicas: tuple[str, ...]
    instance_class: Value
    allocated_storage: int

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {
            "DatabaseEndpoint": self.endpoint,
            "DatabaseReaderEndpoint": self.reader_endpoint,
            "DatabasePort": self.port,
            "DatabaseSecretArn": self.secret_arn,
        }

    def admit(self, context: Context, web_security_group_id: AWSHelperFn) -> AWSObject:
        """Return the joint with the web servers: they, and only they, reach MySQL's port."""
        return ingress_from(
            context.id("DatabaseIngress"), self.security_group_id, web_security_group_id, PORT, "MySQL from web servers"
        )


def check(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note storage limits that RDS would refuse half an hour later."""
    limit = spec.max_allocated_storage
    if limit is not None and limit < spec.allocated_storage * AUTOSCALING_MARGIN:
        reader.problem(
            f"{path}.MaxAllocatedStorage",
            f"found {limit}, less than 10 % above AllocatedStorage ({spec.allocated_storage})",
            f"write at least {-int(-spec.allocated_storage * AUTOSCALING_MARGIN // 1)}, or leave it out",
        )


def build(context: Context, spec: DatabaseSpec, network: Network) -> Database:
    """Return the database, its standby and replicas, its secret and its reader endpoint."""
    secret = _secret(context)
    group = closed_group(context, "DatabaseSecurityGroup", "Database: MySQL from the web servers only", network.vpc_id)
    subnets = rds.DBSubnetGroup(
        context.id("DatabaseSubnetGroup"),
        DBSubnetGroupDescription="Private subnets of the database, one a zone",
        SubnetIds=list(network.database_subnets),
    )
    parameters = _parameter_group(context, spec)
    primary = _primary(context, spec)
    attachment = secretsmanager.SecretTargetAttachment(
        context.id("DatabaseSecretAttachment"),
        SecretId=Ref(secret),
        TargetId=Ref(primary),
        TargetType="AWS::RDS::DBInstance",
    )
    replicas = tuple(_replica(context, spec, number) for number in range(1, spec.read_replicas + 1))
    reader = _reader_endpoint(context, network, replicas) if replicas else ()
    return Database(
        resources=(secret, group, subnets, parameters, primary, attachment, *replicas, *reader),
        endpoint=GetAtt(primary, "Endpoint.Address"),
        reader_endpoint=_reader_name(context) if replicas else GetAtt(primary, "Endpoint.Address"),
        port=GetAtt(primary, "Endpoint.Port"),
        name=spec.database_name,
        secret_arn=Ref(secret),
        security_group_id=GetAtt(group, "GroupId"),
        ready=(attachment.title, *(record.title for record in reader)),
        primary=primary.title,
        replicas=tuple(replica.title for replica in replicas),
        instance_class=spec.instance_class,
        allocated_storage=spec.allocated_storage,
    )


def _secret(context: Context) -> secretsmanager.Secret:
    """Return the master user's credentials. Not RDS's own managed secret: that does not go with read replicas."""
    return secretsmanager.Secret(
        context.id("DatabaseSecret"),
        Description=context.title("database: master user"),
        GenerateSecretString=secretsmanager.GenerateSecretString(
            SecretStringTemplate='{"username":"website"}',
            GenerateStringKey="password",
            PasswordLength=32,
            ExcludeCharacters="/@\"'\\ `$",
        ),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )


def _parameter_group(context: Context, spec: DatabaseSpec) -> rds.DBParameterGroup:
    family = "mysql" + ".".join(str(spec.engine_version).split(".")[:2])
    return rds.DBParameterGroup(
        # The family is part of the id: it can't change in place, and a major upgrade needs both groups for a while.
        context.id("DatabaseParameters" + family.removeprefix("mysql").replace(".", "")),
        Description=f"Parameters of a resilient website's {family}",
        Family=family,
        Parameters={"require_secure_transport": "1", **(spec.parameters or {})},
    )


def _shared(context: Context, spec: DatabaseSpec) -> dict[str, Any]:
    """Return what the primary and its replicas have in common."""
    return {
        "Engine": "mysql",
        "DBInstanceClass": spec.instance_class,
        "DBParameterGroupName": Ref(_parameter_group(context, spec)),
        "VPCSecurityGroups": [GetAtt(context.id("DatabaseSecurityGroup"), "GroupId")],
        "StorageType": "gp3",
        "MaxAllocatedStorage": spec.max_allocated_storage or min(5 * spec.allocated_storage, 65536),
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
    }


def _primary(context: Context, spec: DatabaseSpec) -> rds.DBInstance:
    secret = f"${{{context.id('DatabaseSecret')}}}"
    # A restored database keeps the user name and the database's name of its snapshot; RDS refuses them here.
    origin: dict[str, Any] = (
        {"DBSnapshotIdentifier": spec.snapshot}
        if spec.snapshot is not None
        else {
            "DBName": spec.database_name,
            "MasterUsername": Sub(f"{{{{resolve:secretsmanager:{secret}:SecretString:username}}}}"),
        }
    )
    return rds.DBInstance(
        context.id("Database"),
        DeletionPolicy="Snapshot",
        UpdateReplacePolicy="Snapshot",
        # RDS takes a major version and picks the minor one; the linter's list knows full versions only.
        Metadata={"cfn-lint": {"config": {"ignore_checks": ["E3691"]}}},
        EngineVersion=spec.engine_version,
        MasterUserPassword=Sub(f"{{{{resolve:secretsmanager:{secret}:SecretString:password}}}}"),
        Port=str(PORT),
        MultiAZ=spec.multi_az,
        DBSubnetGroupName=Ref(context.id("DatabaseSubnetGroup")),
        AllocatedStorage=str(spec.allocated_storage),
        StorageEncrypted=True,
        BackupRetentionPeriod=spec.backup_retention_period,
        DeletionProtection=spec.deletion_protection,
        **origin,
        **_shared(context, spec),
    )


def _replica(context: Context, spec: DatabaseSpec, number: int) -> rds.DBInstance:
    """Return a replica. It holds nothing that the primary has not, and RDS takes no final snapshot of one: Delete."""
    return ReadReplica(
        context.id(f"DatabaseReplica{number}"),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        SourceDBInstanceIdentifier=Ref(context.id("Database")),
        **_shared(context, spec),
    )


def _reader_name(context: Context) -> str:
    return f"reader.{context.site.lower()}.internal"


def _reader_endpoint(context: Context, network: Network, replicas: tuple[rds.DBInstance, ...]) -> tuple[AWSObject, ...]:
    """Return a name inside the VPC that spreads connections evenly over the replicas."""
    zone = route53.HostedZone(
        context.id("DatabaseReaderZone"),
        Name=f"{context.site.lower()}.internal",
        VPCs=[route53.HostedZoneVPCs(VPCId=network.vpc_id, VPCRegion=Ref("AWS::Region"))],
    )
    records = tuple(
        route53.RecordSetType(
            context.id(f"DatabaseReaderRecord{number}"),
            HostedZoneId=Ref(zone),
            Name=_reader_name(context),
            Type="CNAME",
            TTL=str(READER_TTL_SECONDS),
            SetIdentifier=replica.title,
            Weight=1,
            ResourceRecords=[GetAtt(replica, "Endpoint.Address")],
        )
        for number, replica in enumerate(replicas, start=1)
    )
    return zone, *records
