"""The database of a site's copy in another Region: a replica there that can be promoted.

Resilient because it has its own key, subnets, backups and, once it is active, its own standby: nothing of it needs the
other Region but replication.
"""

from dataclasses import replace

from troposphere import AWSHelperFn, AWSObject, GetAtt, Sub, kms

from resilient_website.cloudformation.iam_documents import document
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import Statement
from resilient_website.context import Context
from resilient_website.tiers.database import instances
from resilient_website.tiers.database.assembled import Instance, assembled
from resilient_website.tiers.database.backup_times import with_windows
from resilient_website.tiers.database.instances import Replication, Source
from resilient_website.tiers.database.result import Database
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.network import Network

KEY = "DatabaseKey"


def build(
    context: Context, spec: DatabaseSpec, network: Network, teardown: str, source: Source, secret_arn: AWSHelperFn
) -> Database:
    """Return the copy of the database. `secret_arn` is the replica of the secret with its user and password."""
    *key, instance = made_as_replica(context, spec, teardown, source)
    own = Instance(
        instance,
        secret_arn=secret_arn,
        ready=instance.title,
        before=tuple(key),
        is_copy=source.arn is not None,
    )
    return assembled(context, spec, network, own)


def made_as_replica(
    context: Context, spec: DatabaseSpec, teardown: str, source: Source, backups: Replication | None = None
) -> tuple[AWSObject, ...]:
    """Return an instance that is, or was made as, the replica of one in another Region: its key, and the instance."""
    key = [own_key(context.id(KEY), context.title("database of the copy"))] if spec.kms_key_id is None else []
    key_id: Value = GetAtt(key[0], "Arn") if key else spec.kms_key_id
    return *key, instances.copy(context, with_windows(spec), teardown, source, key_id, backups)


def standby(spec: DatabaseSpec, *, multi_az: bool) -> DatabaseSpec:
    """Return the properties of a copy that only replicates: without replicas, and with a standby only if asked."""
    return replace(spec, read_replicas=0, multi_az=multi_az and spec.multi_az)


def own_key(logical_id: str, description: Value, *more: Statement) -> kms.Key:
    """Return the key of a copy's storage. It is retained, since snapshots need it.

    `more` are statements of its policy. A copy in another Region needs a key of that Region. Sources:
    "CreateDBInstanceReadReplica", KmsKeyId; "StartDBInstanceAutomatedBackupsReplication".
    """
    account = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
    everything = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"}
    return kms.Key(
        logical_id,
        Description=description,
        EnableKeyRotation=True,
        KeyPolicy=document(everything, *more),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )
