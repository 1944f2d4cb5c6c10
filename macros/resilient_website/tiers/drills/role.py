"""A drill's permissions, limited to this site's resources. Source: "AWS FIS actions reference"."""

from troposphere import GetAtt, Sub, iam

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.roles import Statement, role
from resilient_website.context import Context
from resilient_website.tiers.buckets import of_this_template
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database
from resilient_website.tiers.drills.copy_drills import ReplicatedBucket
from resilient_website.tiers.tags import of_site

READING = [
    "ec2:DescribeInstances",
    "rds:DescribeDBInstances",
    "elasticache:DescribeReplicationGroups",
    "tag:GetResources",
]

# A KMS grant that EC2 needs to attach an encrypted volume. Source: "aws:ec2:stop-instances" in "AWS FIS actions
# reference", and the AWS managed policy AWSFaultInjectionSimulatorEC2Access.
FOR_VOLUMES = {
    "StringEquals": {"kms:ViaService": Sub("ec2.${AWS::Region}.amazonaws.com")},
    "Bool": {"kms:GrantIsForAWSResource": "true"},
}


def build(
    context: Context, database: Database | None, cache: Cache | None, replicated: ReplicatedBucket | None
) -> iam.Role:
    """Return the role that FIS assumes."""
    instances = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")
    keys = Sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*")
    own = "arn:${AWS::Partition}:elasticache:${AWS::Region}:${AWS::AccountId}:replicationgroup:${Group}"
    statements: list[Statement] = [
        # These actions support no resource-level permissions.
        allow(READING, "*"),
        allow(["ec2:StopInstances", "ec2:StartInstances"], instances, of_site(context)),
        # Volumes use the account's default key, which can be a customer managed key: EC2 gets a grant at each start.
        allow("kms:CreateGrant", keys, FOR_VOLUMES),
    ]
    if cache and cache.replication_group is not None:
        statements.append(allow("elasticache:InterruptClusterAzPower", Sub(own, Group=cache.replication_group)))
    if database:
        statements.append(allow("rds:RebootDBInstance", GetAtt(database.primary, "DBInstanceArn")))
    if replicated:
        statements += _pause(replicated)
    own_account = {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}}
    return role(context.id("DrillsRole"), context.roles, "fis", {"TouchThisSite": statements}, condition=own_account)


def _pause(replicated: ReplicatedBucket) -> list[Statement]:
    """Return the right to pause the replication of a bucket.

    Source: "Use condition keys for aws:s3:bucket-pause-replication" in the AWS FIS User Guide.
    """
    arn = of_this_template(replicated.bucket).arn
    return [
        # It supports no resource-level permissions.
        allow("s3:ListAllMyBuckets", "*"),
        allow("s3:PauseReplication", arn, {"StringEquals": {"s3:destinationRegion": replicated.region}}),
        allow("s3:GetReplicationConfiguration", arn),
        allow("s3:PutReplicationConfiguration", arn, {"BoolIfExists": {"s3:isReplicationPauseRequest": "true"}}),
    ]
