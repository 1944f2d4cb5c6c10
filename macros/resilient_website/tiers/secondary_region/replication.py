"""The assets in both Regions: S3 copies each object, and each deletion, into a bucket in the copy's Region."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Sub, Tags, iam, s3

from resilient_website.cloudformation.iam_documents import allow, document
from resilient_website.cloudformation.roles import Statement, role
from resilient_website.cloudformation.stack_identity import with_guid
from resilient_website.context import Context
from resilient_website.tiers.assets import old_versions_expire
from resilient_website.tiers.buckets import objects, of_this_template, private_bucket
from resilient_website.tiers.remote_resources import BUCKET_ACTIONS
from resilient_website.tiers.tags import REPLICATED_TAG, site_name
from resilient_website.tiers.teardown import RETAIN, store_policies

# The bucket's name does not end with the stack's GUID: the function that deletes the stack there empties such buckets.
_SUFFIX = "assets"

# A parameter of the stack there.
BUCKET_NAME = "AssetsCopyName"

# The id of the replication rule.
RULE = "Copy"

REPLICATION_ROLE = "AssetsReplicationRole"

# CloudFormation's actions on a versioned bucket. Source: the handlers in the resource schema of AWS::S3::Bucket.
VERSIONED_BUCKET_ACTIONS = [*BUCKET_ACTIONS, "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"]


class Target(NamedTuple):
    """The bucket in the copy's Region: its name, as the primary half knows it."""

    name: AWSHelperFn

    @property
    def arn(self) -> AWSHelperFn:
        """The bucket's ARN."""
        return Join("", [Sub("arn:${AWS::Partition}:s3:::"), self.name])


def target_name(context: Context) -> AWSHelperFn:
    """Return the name of the bucket in the copy's Region."""
    return Join("-", [context.unique_name("copy"), _SUFFIX])


def target_bucket(context: Context) -> s3.Bucket:
    """Return the bucket in the copy's Region, which is always retained: it may be the only copy that is left."""
    return private_bucket(
        context.id("AssetsCopy"),
        BucketName=Ref(BUCKET_NAME),
        **store_policies(RETAIN, RETAIN),
        VersioningConfiguration=s3.VersioningConfiguration(Status="Enabled"),
        LifecycleConfiguration=old_versions_expire(),
    )


def may_make_bucket() -> Statement:
    """Return the right of CloudFormation to manage the bucket there."""
    return allow(VERSIONED_BUCKET_ACTIONS, _named_by_stack())


def _named_by_stack() -> AWSHelperFn:
    return with_guid(f"arn:${{AWS::Partition}}:s3:::copy-????????-${{Guid}}-{_SUFFIX}")


def replication_role(context: Context) -> iam.Role:
    """Return the role with which S3 replicates, without its rights: these refer to the bucket, which refers to it."""
    return role(context.id(REPLICATION_ROLE), context.roles, "s3", {})


def rules(context: Context, target: Target) -> dict[str, Any]:
    """Return the assets bucket's properties: replicate everything, deletions too."""
    rule = s3.ReplicationConfigurationRules(
        Id=RULE,
        Status="Enabled",
        Priority=1,
        Filter=s3.ReplicationRuleFilter(Prefix=""),
        DeleteMarkerReplication=s3.DeleteMarkerReplication(Status="Enabled"),
        # Metrics, which an alarm reads; they are billed like custom metrics.
        Destination=s3.ReplicationConfigurationRulesDestination(
            Bucket=target.arn, Metrics=s3.Metrics(Status="Enabled")
        ),
    )
    configuration = s3.ReplicationConfiguration(Role=GetAtt(context.id(REPLICATION_ROLE), "Arn"), Rules=[rule])
    return {"ReplicationConfiguration": configuration, "Tags": Tags({REPLICATED_TAG: site_name(context)})}


def rights(context: Context, source: str, target: Target) -> tuple[AWSObject, ...]:
    """Return the policy of the role: `source` is the assets bucket's logical id.

    Source: "Setting up permissions for live replication" in the Amazon S3 User Guide.
    """
    bucket = of_this_template(source)
    versions = [f"s3:GetObjectVersion{what}" for what in ("ForReplication", "Acl", "Tagging")]
    statements = (
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], bucket.arn),
        allow(versions, objects(bucket)),
        allow(["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], Join("", [target.arn, "/*"])),
    )
    policy = iam.PolicyType(
        context.id("AssetsReplicationPolicy"),
        PolicyName="Replicate",
        Roles=[Ref(context.id(REPLICATION_ROLE))],
        PolicyDocument=document(*statements),
    )
    return (policy,)
