"""What a drill may do: to this site's own resources, and to nothing else. Source: "AWS FIS actions reference"."""

from troposphere import GetAtt, Sub, iam

from resilient_website.context import Context
from resilient_website.iam_documents import allow
from resilient_website.roles import role
from resilient_website.tags import SITE_TAG, site_name
from resilient_website.tiers.database import Database

READING = [
    "ec2:DescribeInstances",
    "rds:DescribeDBInstances",
    "elasticache:DescribeReplicationGroups",
    "tag:GetResources",
]


def build(context: Context, database: Database | None) -> iam.Role:
    """Return the role that FIS takes on."""
    mine = {"StringEquals": {f"aws:ResourceTag/{SITE_TAG}": site_name(context)}}
    instances = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")
    caches = Sub("arn:${AWS::Partition}:elasticache:${AWS::Region}:${AWS::AccountId}:replicationgroup:*")
    statements = [
        # What there is can only be asked for as a whole.
        allow(READING, "*"),
        allow(["ec2:StopInstances", "ec2:StartInstances"], instances, mine),
        allow("elasticache:InterruptClusterAzPower", caches, mine),
    ]
    if database:
        statements.append(allow("rds:RebootDBInstance", GetAtt(database.primary, "DBInstanceArn")))
    own_account = {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}}
    return role(context.id("DrillsRole"), context.roles, "fis", {"TouchThisSite": statements}, condition=own_account)
