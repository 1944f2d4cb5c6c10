"""CloudFormation's permissions for this stack's resources in another Region.

The permissions are the same for all sites of a template and for any Region: when resources move to another Region, the
old stack is deleted with the same permissions. They are in the role itself, so that they are effective before the first
stack is created. The names of the resources start with the name of the stack there, which contains this stack's GUID.
"""

from troposphere import Sub

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.roles import Statement
from resilient_website.cloudformation.stack_identity import PREFIX, with_guid
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.tiers.buckets import named_by_stack

# CloudFormation's actions on a bucket and its policy. Source: the handlers in the resource schemas of AWS::S3::Bucket
# and AWS::S3::BucketPolicy.
BUCKET_ACTIONS = [
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:ListBucket",
    # Fn::GetAtt reads all of a bucket's settings: it needs all actions of the read handler, and of the policy.
    *(
        f"s3:GetBucket{kind}"
        for kind in (
            *("Abac", "Acl", "CORS", "Location", "Logging", "MetadataTableConfiguration", "Notification"),
            *("ObjectLockConfiguration", "OwnershipControls", "Policy", "PublicAccessBlock", "Tagging"),
            *("Versioning", "Website"),
        )
    ),
    *(
        f"s3:Get{kind}Configuration"
        for kind in (
            *("Accelerate", "Analytics", "Encryption", "IntelligentTiering"),
            *("Inventory", "Lifecycle", "Metrics", "Replication"),
        )
    ),
    "s3:PutBucketTagging",
    "s3:ListTagsForResource",
    "s3:TagResource",
    "s3:UntagResource",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
]

# Source: the handlers in the resource schemas of AWS::CloudWatch::Alarm and AWS::SNS::Topic.
ALARM_ACTIONS = [
    f"cloudwatch:{action}"
    for action in (
        *("PutMetricAlarm", "DeleteAlarms", "DescribeAlarms"),
        *("TagResource", "UntagResource", "ListTagsForResource"),
    )
]
TOPIC_ACTIONS = [
    f"sns:{action}"
    for action in (
        *("CreateTopic", "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", "Subscribe"),
        *("ListSubscriptionsByTopic", "TagResource", "UntagResource", "ListTagsForResource"),
        *("GetDataProtectionPolicy", "PutDataProtectionPolicy"),
    )
]
SUBSCRIPTION_ACTIONS = ["sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"]


def statements() -> dict[str, tuple[Statement, ...]]:
    """Return the statements of CloudFormation's role in other Regions, by policy name."""
    return {"Buckets": _buckets(), "Alarms": _alarms(), "Apis": _apis()}


def _buckets() -> tuple[Statement, ...]:
    return (allow(BUCKET_ACTIONS, named_by_stack()),)


def _alarms() -> tuple[Statement, ...]:
    account, named = "${AWS::AccountId}", f"{PREFIX}${{Guid}}-*"
    return (
        allow(ALARM_ACTIONS, with_guid(f"arn:${{AWS::Partition}}:cloudwatch:*:{account}:alarm:{named}")),
        allow(TOPIC_ACTIONS, with_guid(f"arn:${{AWS::Partition}}:sns:*:{account}:{named}")),
        # IAM supports no resource-level permissions for subscriptions.
        allow(SUBSCRIPTION_ACTIONS, "*", {"StringEquals": {"aws:RequestedRegion": CLOUDFRONT_REGION}}),
    )


def _apis() -> tuple[Statement, ...]:
    """Return the statements for APIs and their domain names.

    Both have their stack's name in a tag that only CloudFormation can write, and their child resources inherit it.
    Source: "API Gateway resources that can be tagged".
    """
    own = {"StringLike": {"aws:ResourceTag/aws:cloudformation:stack-name": with_guid(f"{PREFIX}${{Guid}}-*")}}
    methods = [f"apigateway:{method}" for method in ("GET", "POST", "PUT", "PATCH", "DELETE")]
    regional = "arn:${AWS::Partition}:apigateway:*::"
    kinds = ("restapis", "domainnames")
    linked = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/ops.apigateway.amazonaws.com/*"
    return (
        allow("apigateway:POST", [Sub(f"{regional}/{kind}") for kind in kinds]),
        allow(methods, [Sub(f"{regional}/{kind}/*") for kind in kinds], own),
        # CloudFormation adds and removes tags of the resources in its stack. Source: the permissions for tagging in the
        # resource schemas of AWS::ApiGateway::RestApi, DomainName and Stage.
        allow([f"apigateway:{method}" for method in ("GET", "PUT", "DELETE")], Sub(f"{regional}/tags/*")),
        # API Gateway needs its service-linked role with an account's first domain name.
        allow(
            "iam:CreateServiceLinkedRole",
            Sub(linked),
            {"StringEquals": {"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}},
        ),
    )
