"""What a drill may do: to this site's own resources, and to nothing else. Source: "AWS FIS actions reference"."""

from typing import Any

from troposphere import GetAtt, Sub, iam

from resilient_website.context import Context
from resilient_website.tags import SITE_TAG, site_name
from resilient_website.tiers.database import Database


def build(context: Context, database: Database | None) -> iam.Role:
    """Return the role that FIS takes on."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "fis.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}},
    }
    mine = {"StringEquals": {f"aws:ResourceTag/{SITE_TAG}": site_name(context)}}
    statements = [
        # What there is can only be asked for as a whole.
        _allow(
            ["ec2:DescribeInstances", "rds:DescribeDBInstances", "elasticache:DescribeReplicationGroups"],
            "*",
        ),
        _allow("tag:GetResources", "*"),
        {
            **_allow(
                ["ec2:StopInstances", "ec2:StartInstances"],
                Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*"),
            ),
            "Condition": mine,
        },
        {
            **_allow(
                "elasticache:InterruptClusterAzPower",
                Sub("arn:${AWS::Partition}:elasticache:${AWS::Region}:${AWS::AccountId}:replicationgroup:*"),
            ),
            "Condition": mine,
        },
    ]
    if database:
        statements.append(_allow("rds:RebootDBInstance", GetAtt(database.primary, "DBInstanceArn")))
    return iam.Role(
        context.id("DrillsRole"),
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        Policies=[
            iam.Policy(PolicyName="TouchThisSite", PolicyDocument={"Version": "2012-10-17", "Statement": statements})
        ],
    )


def _allow(action: Any, resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}
