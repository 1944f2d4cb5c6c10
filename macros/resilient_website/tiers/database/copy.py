"""The database of a site's copy in another Region: a replica there that can be promoted.

Resilient because it has its own key, subnets, backups and, once it is active, its own standby: nothing of it needs the
other Region but replication.
"""

from dataclasses import replace

from troposphere import AWSHelperFn, AWSObject, GetAtt, Sub, kms

from resilient_website.cloudformation.iam_documents import document
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.database import backup, instances, reader_endpoint
from resilient_website.tiers.database.backup_times import with_windows
from resilient_website.tiers.database.instances import Source
from resilient_website.tiers.database.result import Database
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.network import Network

KEY = "DatabaseKey"


def build(
    context: Context, spec: DatabaseSpec, network: Network, teardown: str, source: Source, secret_arn: AWSHelperFn
) -> Database:
    """Return the copy of the database. `secret_arn` is the replica of the secret with its user and password."""
    group, subnets = instances.surroundings(context, network)
    parameters = instances.parameter_group(context, spec)
    role = instances.monitoring_role(context, spec)
    *key, instance = made_as_replica(context, spec, teardown, source)
    replicas = instances.replicas(context, spec, network)
    reader = reader_endpoint.build(context, network, instance, replicas) if replicas else ()
    backups = backup.build(context, spec.backup_plan, instance.title) if spec.backup_plan else ()
    made: tuple[AWSObject, ...] = (group, subnets, parameters, *role, *key, instance, *replicas, *reader, *backups)
    endpoint = GetAtt(instance, "Endpoint.Address")
    return Database(
        resources=made,
        endpoint=endpoint,
        reader_endpoint=reader_endpoint.name(context, network) if replicas else endpoint,
        port=GetAtt(instance, "Endpoint.Port"),
        name=spec.database_name,
        secret_arn=secret_arn,
        security_group_id=GetAtt(group, "GroupId"),
        ready=(instance.title, *(part.title for part in reader)),
        primary=instance.title,
        multi_az=spec.multi_az,
        replicas=tuple(replica.title for replica in replicas),
        backup_vault=backups[0].title if backups else None,
        allocated_storage=spec.allocated_storage,
        most_connections=instances.limit_of_connections(spec),
        is_copy=source.arn is not None,
    )


def made_as_replica(context: Context, spec: DatabaseSpec, teardown: str, source: Source) -> tuple[AWSObject, ...]:
    """Return an instance that is, or was made as, the replica of one in another Region: its key, and the instance."""
    key = [_key(context)] if spec.kms_key_id is None else []
    key_id: Value = GetAtt(key[0], "Arn") if key else spec.kms_key_id
    return *key, instances.copy(context, with_windows(spec), teardown, source, key_id)


def standby(spec: DatabaseSpec, *, multi_az: bool) -> DatabaseSpec:
    """Return the properties of a copy that only replicates: without replicas, and with a standby only if asked."""
    return replace(spec, read_replicas=0, multi_az=multi_az and spec.multi_az)


def _key(context: Context) -> kms.Key:
    """Return the key of the copy's storage. It is retained, since snapshots need it.

    A replica in another Region needs a key of that Region. Source: "CreateDBInstanceReadReplica", KmsKeyId.
    """
    account = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
    everything = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"}
    return kms.Key(
        context.id(KEY),
        Description=context.title("database of the copy"),
        EnableKeyRotation=True,
        KeyPolicy=document(everything),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )
