"""The secret header between CloudFront and the load balancer, generated and rotated automatically."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Sub, secretsmanager

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.functions.rotation import replicated
from resilient_website.functions.rotation import rotation as rotate

HEADER = "X-Origin-Verify"
SECRET = "OriginSecret"  # noqa: S105 (the end of a logical id)

# The listener rule that requires the header. The rotation finds it and the distribution by logical id.
RULE = "CloudFrontOnly"

FUNCTION = FunctionKind(
    "OriginSecret",
    "origin_secret",
    "Rotates the secret header between CloudFront and the load balancer without a gap",
    # About a dozen requests; the remaining time is for throttled APIs.
    timeout=300,
    statements=(
        ask_own_stack("ListStackResources"),
        # IAM supports no resource-level permissions for these two.
        allow(["secretsmanager:GetRandomPassword", "elasticloadbalancing:DescribeRules"], "*"),
    ),
    invoked_by="secretsmanager.amazonaws.com",
    failure=(
        "The secret header between CloudFront and the load balancer was not rotated. The site runs on with the current "
        "one, and Secrets Manager tries again.",
        "Read the function's log group.",
    ),
)


class Used(NamedTuple):
    """The users of the header, and what an update of the distribution refers to.

    Logical ids, and the ARN of the web ACL; None: not used.
    """

    distribution: str
    vpc_origin: str | None
    web_acl_arn: Value | None
    logs_bucket: str | None
    # The Region of the site's copy, whose load balancer requires the header too.
    copied_to: str | None = None
    # The id of the copy's VPC origin, if the distribution has it.
    copys_vpc_origin: AWSHelperFn | None = None


def secret(context: Context, copied_to: str | None = None) -> secretsmanager.Secret:
    """Return the secret, which is deleted with the site; `copied_to` is the Region of the site's copy."""
    return secretsmanager.Secret(
        context.id(SECRET),
        Description=context.title("secret header between CloudFront and the load balancer"),
        GenerateSecretString=secretsmanager.GenerateSecretString(ExcludePunctuation=True, PasswordLength=48),
        **replicated(copied_to),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )


def value(context: Context) -> AWSHelperFn:
    """Return a dynamic reference to the secret's value, so that the template doesn't contain it."""
    return value_of(context.id(SECRET))


def value_of(reference: str) -> AWSHelperFn:
    """Return a dynamic reference to the value of a secret, whose ARN `reference` gives in Fn::Sub."""
    return Sub(f"{{{{resolve:secretsmanager:${{{reference}}}:SecretString}}}}")


def rotation(context: Context, days: Value, used: Used, listeners: tuple[str, ...]) -> tuple[AWSObject, ...]:
    """Return the rotation schedule, which depends on both users of the header."""
    return rotate(context, FUNCTION, SECRET, days, _statements(context, used), [used.distribution, *listeners])


def _statements(context: Context, used: Used) -> list[dict[str, Any]]:
    """Return the permissions on both users. UpdateDistribution needs access to all that the distribution refers to.

    Source: "CloudFront API permissions" in the Amazon CloudFront guide, UpdateDistribution.
    """
    account = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:"
    statements = [
        allow("elasticloadbalancing:ModifyRule", Ref(context.id(RULE))),
        allow(
            ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
            Sub(f"{account}distribution/${{{used.distribution}}}"),
        ),
    ]
    if used.vpc_origin is not None:
        statements.append(allow("cloudfront:GetVpcOrigin", GetAtt(used.vpc_origin, "Arn")))
    if used.copys_vpc_origin is not None:
        # Source: "Actions, resources, and condition keys for Amazon CloudFront", vpcorigin.
        statements.append(
            allow("cloudfront:GetVpcOrigin", Join("/", [Sub(f"{account}vpcorigin"), used.copys_vpc_origin]))
        )
    if used.web_acl_arn is not None:
        statements.append(allow("wafv2:GetWebACL", used.web_acl_arn))
    if used.logs_bucket is not None:
        statements.append(allow(["s3:GetBucketAcl", "s3:PutBucketAcl"], GetAtt(used.logs_bucket, "Arn")))
    if used.copied_to is not None:
        statements += _on_copy(context, used.copied_to)
    return statements


def _on_copy(context: Context, region: str) -> list[dict[str, Any]]:
    """Return the permissions on the copy, which is in the stack with the same name in its Region.

    The ARN of its rule is not known here, so it is named by the tags that only CloudFormation can write.
    """
    there = f"{region}:${{AWS::AccountId}}"
    stack = Sub(f"arn:${{AWS::Partition}}:cloudformation:{there}:stack/${{AWS::StackName}}/*")
    rules = Sub(f"arn:${{AWS::Partition}}:elasticloadbalancing:{there}:listener-rule/app/*")
    tag = "aws:ResourceTag/aws:cloudformation"
    own = {"StringEquals": {f"{tag}:stack-name": Ref("AWS::StackName"), f"{tag}:logical-id": context.id(RULE)}}
    return [allow("cloudformation:ListStackResources", stack), allow("elasticloadbalancing:ModifyRule", rules, own)]
