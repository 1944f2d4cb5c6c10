"""The shared files: an EFS file system that all web servers mount, for applications that store uploads in a folder.

Resilient because EFS stores each file in several zones, each zone with web servers has a mount target, and AWS Backup
makes daily backups. Secure because the file system is encrypted at rest and in transit, the mount targets admit only
the web servers, and only their role can mount it, through one access point.
"""

from typing import Any

from troposphere import AWSHelperFn, GetAtt, Ref, Tags, efs

from resilient_website.cloudformation.iam_documents import document
from resilient_website.context import Context
from resilient_website.tiers.files.result import FOLDER, Files
from resilient_website.tiers.files.spec import NEVER, FilesSpec, check
from resilient_website.tiers.network import Network
from resilient_website.tiers.security_groups import closed_group
from resilient_website.tiers.teardown import RETAIN, store_policies

__all__ = ["FOLDER", "Files", "FilesSpec", "build", "check"]

# The owner of all files: EFS takes it for the user of every request through the access point, whatever user the
# application runs as. Any number except 0, which is root. Source: "Enforcing a user identity using an access point".
USER_ID = "10000"
# Below the root, where EFS creates it with the access point's owner.
PATH = "/website"


def build(context: Context, spec: FilesSpec, network: Network, teardown: str) -> Files:
    """Return the file system, its mount targets with their security group, and its access point.

    `teardown` is its deletion policy.
    """
    system = _file_system(context, spec, teardown)
    group = closed_group(context, "FilesSecurityGroup", "Shared files: from the web servers only", network.vpc_id)
    targets = _mount_targets(context, system, GetAtt(group, "GroupId"), network)
    point = _access_point(context, system)
    return Files(
        resources=(system, group, *targets, point),
        file_system_id=Ref(system),
        file_system_arn=GetAtt(system, "Arn"),
        access_point_id=Ref(point),
        access_point_arn=GetAtt(point, "Arn"),
        security_group_id=GetAtt(group, "GroupId"),
        bursting=spec.is_bursting,
        ready=tuple(target.title for target in targets),
    )


def _file_system(context: Context, spec: FilesSpec, teardown: str) -> efs.FileSystem:
    key = {} if spec.kms_key_id is None else {"KmsKeyId": spec.kms_key_id}
    return efs.FileSystem(
        context.id("FileSystem"),
        **store_policies(teardown, RETAIN),
        Encrypted=True,
        **key,
        ThroughputMode=spec.throughput_mode,
        **_lifecycle(spec),
        BackupPolicy=efs.BackupPolicy(Status="ENABLED"),
        FileSystemPolicy=_encrypted_only(),
        FileSystemTags=Tags(Name=context.title("files")),
    )


def _lifecycle(spec: FilesSpec) -> dict[str, Any]:
    """Return the lifecycle policies: each is an element of its own. Source: "PutLifecycleConfiguration"."""
    if spec.transition_to_ia == NEVER:
        return {}
    to_infrequent = efs.LifecyclePolicy(TransitionToIA=spec.transition_to_ia)
    back = efs.LifecyclePolicy(TransitionToPrimaryStorageClass="AFTER_1_ACCESS")
    return {"LifecyclePolicies": [to_infrequent, back]}


def _encrypted_only() -> dict[str, Any]:
    """Return the file system policy: clients must use TLS, and none has access without a role that allows it.

    Any policy ends the default one, which admits every anonymous client that reaches a mount target. This one allows
    nothing, so that access depends on the clients' roles alone. Source: "Using IAM to control file system data access".
    """
    actions = ("Mount", "RootAccess", "Write")
    return document(
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": [f"elasticfilesystem:Client{action}" for action in actions],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def _mount_targets(
    context: Context, system: efs.FileSystem, group_id: AWSHelperFn, network: Network
) -> tuple[efs.MountTarget, ...]:
    """Return a mount target for each zone: the name of a file system is resolved only in zones that have one."""
    return tuple(
        efs.MountTarget(
            context.id(f"FilesMountTarget{number}"),
            FileSystemId=Ref(system),
            SubnetId=subnet,
            SecurityGroups=[group_id],
        )
        for number, subnet in enumerate(network.file_subnets, start=1)
    )


def _access_point(context: Context, system: efs.FileSystem) -> efs.AccessPoint:
    """Return the access point. The group of its owner is not used: no other user has access to the file system."""
    return efs.AccessPoint(
        context.id("FilesAccessPoint"),
        FileSystemId=Ref(system),
        PosixUser=efs.PosixUser(Uid=USER_ID, Gid=USER_ID),
        RootDirectory=efs.RootDirectory(
            Path=PATH,
            CreationInfo=efs.CreationInfo(OwnerUid=USER_ID, OwnerGid=USER_ID, Permissions="0750"),
        ),
        AccessPointTags=Tags(Name=context.title("files")),
    )
