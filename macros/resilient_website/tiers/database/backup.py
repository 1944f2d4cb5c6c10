"""AWS Backup: copies of the database in a separate vault, independent of the database."""

import json
import re
from typing import Any

from troposphere import AWSObject, GetAtt, Ref, Sub, backup, iam

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import role
from resilient_website.context import Context
from resilient_website.frozen import frozen
from resilient_website.reading.arns import check_region
from resilient_website.reading.properties import PropertyGroup, prop
from resilient_website.reading.property_types import Integer, Text
from resilient_website.reading.reader import Reader
from resilient_website.reading.schedules import Schedule


@frozen
class BackupPlanSpec(PropertyGroup):
    """The backup plan's properties and defaults."""

    schedule: Value = prop(
        "ScheduleExpression",
        Schedule(rates=False),
        "cron(0 3 * * ? *)",
        examples=("cron(0 3 * * ? *)", "cron(0 5 * * ? *)"),
        maps_to="AWS::Backup::BackupPlan.BackupPlan.BackupPlanRule.ScheduleExpression",
        reason="every night at 03:00 UTC",
    )
    delete_after_days: Value = prop(
        "DeleteAfterDays",
        Integer(1, 36500),
        35,
        maps_to="AWS::Backup::BackupPlan.BackupPlan.BackupPlanRule.Lifecycle.DeleteAfterDays",
        reason="five weeks, which covers the end of the previous month",
    )
    copy_to_vault: Value | None = prop(
        "CopyToVaultArn",
        Text(
            "the ARN of a backup vault, as in arn:aws:backup:us-west-2:123456789012:backup-vault:copies",
            r"arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:.+",
        ),
        None,
        presence_decides=True,
        examples=("arn:aws:backup:us-west-2:123456789012:backup-vault:copies",),
        maps_to="AWS::Backup::BackupPlan.BackupPlan.BackupPlanRule.CopyActions.DestinationBackupVaultArn",
        reason="absent; a vault in another Region or account survives the loss of this one. A vault in another "
        "account needs Database.KmsKeyId, since the AWS managed key can't be shared: the macro refuses a literal "
        "ARN without it; where the account is known only at deployment (a flat template, an ARN from a function), "
        "`check` does",
    )
    min_retention_days: Value | None = prop(
        "MinRetentionDays",
        Integer(1, 36500),
        None,
        presence_decides=True,
        maps_to="AWS::Backup::BackupVault.LockConfiguration.MinRetentionDays",
        reason="absent: no lock. When set, backups can't be deleted earlier unless a user with permission removes "
        "the lock (governance mode)",
    )
    kms_key_id: Value | None = prop(
        "KmsKeyArn",
        Text(
            "the ARN of a KMS key, as in arn:aws:kms:us-east-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012",
            r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+",
        ),
        None,
        presence_decides=True,
        examples=("arn:aws:kms:us-east-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012",),
        maps_to="AWS::Backup::BackupVault.EncryptionKeyArn",
        reason="the AWS managed key for backups when absent. A change creates another vault, and the old one is "
        "retained",
    )


def check(spec: BackupPlanSpec, path: str, reader: Reader) -> None:
    """Note a vault lock that would reject every backup, too frequent backups, and a key in another Region.

    Sources: "CreateBackupVault"; "Continuous backups and point-in-time recovery (PITR)" in the AWS Backup guide, for
    snapshots, which are taken hourly at most.
    """
    if isinstance(spec.schedule, str) and not re.match(r"cron\([0-9]+(/([6-9][0-9]|[0-9]{3,}))? ", spec.schedule):
        found = f"found {spec.schedule}, which starts several backups in an hour"
        fix = "write a single minute, as in cron(0 3 * * ? *): AWS Backup takes snapshots hourly at most"
        reader.problem(f"{path}.ScheduleExpression", found, fix)
    kept, locked = spec.delete_after_days, spec.min_retention_days
    if isinstance(kept, int) and isinstance(locked, int) and kept < locked:
        found = f"found {locked}, but DeleteAfterDays is {kept}: the locked vault would reject every backup"
        fix = f"write at most {kept}, or DeleteAfterDays: {locked}"
        reader.problem(f"{path}.MinRetentionDays", found, fix, rests_on=[f"{path}.DeleteAfterDays"])
    why = "a vault accepts only keys of its own Region"
    where = f"{path}.KmsKeyArn"
    check_region(spec.kms_key_id, reader.region, where, reader, wanted="the ARN of a KMS key", why=why)


def build(context: Context, spec: BackupPlanSpec, database: str) -> tuple[AWSObject, ...]:
    """Return the vault, the plan, and the selection of the database (given by its logical id)."""
    # A vault's name can have 50 characters, so it contains a short purpose.
    vault = backup.BackupVault(
        context.id("BackupVault"),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        BackupVaultName=context.unique_name("rds", made_of=_key(spec)),
        **_vault_options(spec),
    )
    rule: dict[str, Any] = {
        "RuleName": "Daily",
        "TargetBackupVault": Ref(vault),
        "ScheduleExpression": spec.schedule,
        "Lifecycle": backup.LifecycleResourceType(DeleteAfterDays=spec.delete_after_days),
    }
    if spec.copy_to_vault is not None:
        rule["CopyActions"] = [
            backup.CopyActionResourceType(
                DestinationBackupVaultArn=spec.copy_to_vault,
                Lifecycle=backup.LifecycleResourceType(DeleteAfterDays=spec.delete_after_days),
            )
        ]
    plan = backup.BackupPlan(
        context.id("BackupPlan"),
        BackupPlan=backup.BackupPlanResourceType(
            BackupPlanName=context.unique_name("rds"), BackupPlanRule=[backup.BackupRuleResourceType(**rule)]
        ),
    )
    backup_role = _role(context)
    selection = backup.BackupSelection(
        context.id("BackupSelection"),
        BackupPlanId=Ref(plan),
        BackupSelection=backup.BackupSelectionResourceType(
            SelectionName="Database",
            IamRoleArn=GetAtt(backup_role, "Arn"),
            Resources=[GetAtt(database, "DBInstanceArn")],
        ),
    )
    return vault, backup_role, plan, selection


def _key(spec: BackupPlanSpec) -> str:
    return "" if spec.kms_key_id is None else json.dumps(encoded(spec.kms_key_id), sort_keys=True)


def _vault_options(spec: BackupPlanSpec) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if spec.min_retention_days is not None:
        options["LockConfiguration"] = backup.LockConfigurationType(MinRetentionDays=spec.min_retention_days)
    if spec.kms_key_id is not None:
        options["EncryptionKeyArn"] = spec.kms_key_id
    return options


def _role(context: Context) -> iam.Role:
    policies = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")
    managed = [Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/service-role/{name}") for name in policies]
    return role(context.id("BackupRole"), context.roles, "backup", {}, managed=managed)
