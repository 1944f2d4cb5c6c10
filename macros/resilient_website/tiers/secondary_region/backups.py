"""The database's backups in the copy's Region: where RDS replicates them to, and what finds them for a recovery.

The key there belongs to the primary half's stack in that Region, and is retained: the backups are of no use without it.
"""

from collections.abc import Mapping
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.roles import Statement
from resilient_website.cloudformation.stack_identity import PREFIX, with_guid
from resilient_website.context import Context
from resilient_website.functions.kind import rights
from resilient_website.tiers.database.copy import own_key
from resilient_website.tiers.remote_stack import RESOURCES_ROLE
from resilient_website.tiers.secondary_region.primary_half import FUNCTION

# The end of the key's logical id in the stack there, whose output has the same name.
KEY = "DatabaseBackupsKey"

# A parameter of the stack there: the role with which CloudFormation manages the key.
KEY_MANAGER = "KeyManagerArn"

# The end of the custom resource's logical id, and its attribute.
REPLICATED_BACKUP = "ReplicatedBackup"
BACKUP_ARN = "Arn"

# CloudFormation's actions on a key that exists. Source: the handlers in the resource schema of AWS::KMS::Key.
KEY_ACTIONS = [
    f"kms:{action}"
    for action in (
        *("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "PutKeyPolicy"),
        *("EnableKey", "DisableKey", "EnableKeyRotation", "DisableKeyRotation", "UpdateKeyDescription"),
        *("TagResource", "UntagResource", "ScheduleKeyDeletion"),
    )
]


class ReplicatedBackup(AWSCustomObject):
    """The custom resource that finds the newest replicated backups of a database (custom_resources/primary_half)."""

    resource_type = "Custom::ReplicatedBackup"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, True),
        "SourceDBInstanceArn": ((str, AWSHelperFn), True),
    }


def key(context: Context) -> AWSObject:
    """Return the key of the replicated backups, for the stack in the copy's Region."""
    manager = {"Effect": "Allow", "Principal": {"AWS": Ref(KEY_MANAGER)}, "Action": KEY_ACTIONS, "Resource": "*"}
    return own_key(context.id(KEY), context.short_title("replicated backups of the database"), manager)


def key_parameters() -> Mapping[str, Any]:
    """Return the parameters of the stack there that the key needs."""
    return {KEY_MANAGER: GetAtt(RESOURCES_ROLE, "Arn")}


def may_make_key(region: str) -> tuple[Statement, ...]:
    """Return the rights of CloudFormation to create the key there; the key's own policy has the other rights.

    A key has no ARN before it is created, and a new key's tags need the right in IAM too. Source: "CreateKey". Keys of
    other stacks have another stack's name in their tags.
    """
    there = {"StringEquals": {"aws:RequestedRegion": region}}
    keys = Sub(f"arn:${{AWS::Partition}}:kms:{region}:${{AWS::AccountId}}:key/*")
    own = {"StringLikeIfExists": {"aws:ResourceTag/aws:cloudformation:stack-name": with_guid(f"{PREFIX}${{Guid}}-*")}}
    return allow("kms:CreateKey", "*", there), allow("kms:TagResource", keys, own)


def found(context: Context, database_arn: AWSHelperFn) -> tuple[AWSObject, ...]:
    """Return the right to list this Region's automated backups, and what finds those of a database, last.

    What it found stays: RDS can't change what a database was restored from, except by a replacement.
    """
    backups = Sub("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:auto-backup:*")
    listed = allow("rds:DescribeDBInstanceAutomatedBackups", backups)
    right = rights(context, "ReplicatedBackupPolicy", FUNCTION.role, [listed])
    backup = ReplicatedBackup(
        context.id(REPLICATED_BACKUP),
        DependsOn=[right.title],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=FUNCTION.answer_seconds,
        SourceDBInstanceArn=database_arn,
    )
    return right, backup
