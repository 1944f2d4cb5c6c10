"""What a drill may do: to this site's own resources, and to nothing else. Source: "AWS FIS actions reference"."""

from troposphere import GetAtt, Sub, iam

from resilient_website.context import Context
from resilient_website.iam_documents import allow
from resilient_website.roles import role
from resilient_website.tags import of_site
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database

READING = [
    "ec2:DescribeInstances",
    "rds:DescribeDBInstances",
    "elasticache:DescribeReplicationGroups",
    "tag:GetResources",
]


def build(context: Context, database: Database | None, cache: Cache | None) -> iam.Role:
    """Return the role that FIS takes on."""
    instances = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")
    own = "arn:${AWS::Partition}:elasticache:${AWS::Region}:${AWS::AccountId}:replicationgroup:${Group}"
    statements = [
        # What there is can only be asked for as a whole.
        allow(READING, "*"),
        allow(["ec2:StopInstances", "ec2:StartInstances"], instances, of_site(context)),
    ]
    if cache and cache.replication_group is not None:
        statements.append(allow("elasticache:InterruptClusterAzPower", Sub(own, Group=cache.replication_group)))
    if database:
        statements.append(allow("rds:RebootDBInstance", GetAtt(database.primary, "DBInstanceArn")))
    own_account = {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}}
    return role(context.id("DrillsRole"), context.roles, "fis", {"TouchThisSite": statements}, condition=own_account)
