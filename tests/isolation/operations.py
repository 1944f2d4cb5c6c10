"""The table: what IAM is asked for each operation that a function calls, by the Service Authorization Reference.

A row is an operation of AWS's API; it gives the actions, the resources' ARNs and the request's condition keys. What is
not in the table is denied, and fails the test: a function that calls something new needs a row here.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from tests.isolation.evaluator import AuthorizationRequest, Context
from tests.isolation.wire import Call, Json

ANY = "*"
# What a stack that does not exist yet has in place of its GUID.
NEW = "new"


class World(Protocol):
    """What AWS knows about its resources, beside what a request says."""

    account: str

    def secret_arn(self, region: str, secret: str) -> str:
        """Return the ARN of a secret by its name or ARN."""

    def stack_arn(self, region: str, stack: str) -> str:
        """Return the ARN of a stack by its name or ARN."""

    def function_arn(self, region: str, function: str) -> str:
        """Return the ARN of a function by its name or ARN."""

    def web_acl(self, distribution: str) -> str:
        """Return the ARN of the web ACL of a distribution, if it has one."""

    def vpc_origins(self, distribution: str) -> list[str]:
        """Return the ARNs of the VPC origins of a distribution."""


Row = Callable[[Call, World], Iterator[AuthorizationRequest]]


def requests_of(call: Call, world: World) -> list[AuthorizationRequest] | None:
    """Return what IAM is asked for a request; None if the table has no such operation."""
    row = TABLE.get(call.name)
    return None if row is None else list(row(call, world))


def _one(action: str, resource: Callable[[Call, World], str], context: Callable[[Call], Context] | None = None) -> Row:
    def row(call: Call, world: World) -> Iterator[AuthorizationRequest]:
        yield AuthorizationRequest(action, resource(call, world), context(call) if context else {})

    return row


def _any(_call: Call, _world: World) -> str:
    return ANY


# Amazon S3


def _bucket(call: Call, _world: World) -> str:
    return f"arn:aws:s3:::{call.parameters['Bucket']}"


def _key(call: Call, world: World) -> str:
    return f"{_bucket(call, world)}/{call.parameters['Key']}"


def _listed(call: Call) -> Context:
    return {"s3:prefix": call.parameters.get("prefix", ""), "s3:delimiter": call.parameters.get("delimiter", "")}


def _delete_object(call: Call, world: World) -> Iterator[AuthorizationRequest]:
    versioned = "versionId" in call.parameters
    yield AuthorizationRequest("s3:DeleteObjectVersion" if versioned else "s3:DeleteObject", _key(call, world))


def _delete_objects(call: Call, world: World) -> Iterator[AuthorizationRequest]:
    for entry in call.parameters["Xml"]["Object"]:
        action = "s3:DeleteObjectVersion" if "VersionId" in entry else "s3:DeleteObject"
        yield AuthorizationRequest(action, f"{_bucket(call, world)}/{entry['Key'][0]}")


# AWS CloudFormation


def _stack(call: Call, world: World) -> str:
    return world.stack_arn(call.region, call.parameters["StackName"])


def _kept_stack(action: str) -> Row:
    def row(call: Call, world: World) -> Iterator[AuthorizationRequest]:
        role, tags = call.parameters.get("RoleARN", ""), _query_tags(call.parameters)
        context = {**({"cloudformation:RoleArn": role} if role else {}), **_request_tags(tags)}
        yield AuthorizationRequest(action, _stack(call, world), context)
        if role:
            yield AuthorizationRequest("iam:PassRole", role, {"iam:PassedToService": "cloudformation.amazonaws.com"})
        if tags:
            yield AuthorizationRequest("cloudformation:TagResource", _stack(call, world), _request_tags(tags))

    return row


def _query_tags(fields: Mapping[str, Any]) -> dict[str, str]:
    found, number = {}, 1
    while key := fields.get(f"Tags.member.{number}.Key"):
        found[key] = fields.get(f"Tags.member.{number}.Value", "")
        number += 1
    return found


def _request_tags(tags: Mapping[str, str]) -> Json:
    if not tags:
        return {}
    return {**{f"aws:RequestTag/{key}": value for key, value in tags.items()}, "aws:TagKeys": list(tags)}


# AWS Certificate Manager and Amazon Route 53


def _certificate(call: Call, _world: World) -> str:
    return str(call.parameters["CertificateArn"])


def _tags_of(call: Call) -> Context:
    return _request_tags({tag["Key"]: tag.get("Value", "") for tag in call.parameters.get("Tags", [])})


def _request_certificate(call: Call, world: World) -> Iterator[AuthorizationRequest]:
    given = call.parameters
    names = list(dict.fromkeys([given["DomainName"], *given.get("SubjectAlternativeNames", [])]))
    context = {"acm:DomainNames": names, "acm:ValidationMethod": given.get("ValidationMethod", ""), **_tags_of(call)}
    yield AuthorizationRequest("acm:RequestCertificate", ANY, context)
    if given.get("Tags"):
        # RequestCertificate, ACM API Reference: tags need this right too; the certificate has no ARN yet.
        certificate = f"arn:aws:acm:{call.region}:{world.account}:certificate/00000000-0000-0000-0000-000000000000"
        yield AuthorizationRequest("acm:AddTagsToCertificate", certificate, _tags_of(call))


def _change_records(call: Call, _world: World) -> Iterator[AuthorizationRequest]:
    changes = call.parameters["Xml"]["ChangeBatch"][0]["Changes"][0]["Change"]
    records = [change["ResourceRecordSet"][0] for change in changes]
    prefix = "route53:ChangeResourceRecordSets"
    yield AuthorizationRequest(
        prefix,
        f"arn:aws:route53:::hostedzone/{call.parameters['Id']}",
        {
            f"{prefix}NormalizedRecordNames": [record["Name"][0].lower().rstrip(".") for record in records],
            f"{prefix}RecordTypes": [record["Type"][0] for record in records],
            f"{prefix}Actions": [change["Action"][0] for change in changes],
        },
    )


# AWS Secrets Manager and Amazon RDS


def _secret(call: Call, world: World) -> str:
    return world.secret_arn(call.region, call.parameters["SecretId"])


def _stage(call: Call) -> Context:
    context = {"secretsmanager:SecretId": call.parameters["SecretId"]}
    stage = call.parameters.get("VersionStage")
    return {**context, **({"secretsmanager:VersionStage": stage} if stage else {})}


def _database(call: Call, world: World) -> str:
    name = call.parameters.get("DBInstanceIdentifier", ANY)
    return name if name.startswith("arn:") else f"arn:aws:rds:{call.region}:{world.account}:db:{name}"


# Elastic Load Balancing and Amazon CloudFront


def _rule(call: Call, _world: World) -> str:
    return str(call.parameters["RuleArn"])


def _distribution(call: Call, world: World) -> str:
    return f"arn:aws:cloudfront::{world.account}:distribution/{call.parameters['Id']}"


def _update_distribution(call: Call, world: World) -> Iterator[AuthorizationRequest]:
    distribution = _distribution(call, world)
    yield AuthorizationRequest("cloudfront:UpdateDistribution", distribution)
    # UpdateDistribution's dependent rights: to read the web ACL and the VPC origins that it names.
    if acl := world.web_acl(distribution):
        yield AuthorizationRequest("wafv2:GetWebACL", acl)
    for origin in world.vpc_origins(distribution):
        yield AuthorizationRequest("cloudfront:GetVpcOrigin", origin)


# Amazon EventBridge and AWS Lambda


def _named_rule(field: str) -> Callable[[Call, World], str]:
    return lambda call, world: f"arn:aws:events:{call.region}:{world.account}:rule/{call.parameters[field]}"


def _put_rule(call: Call, world: World) -> Iterator[AuthorizationRequest]:
    rule = _named_rule("Name")(call, world)
    yield AuthorizationRequest("events:PutRule", rule, _tags_of(call))
    if call.parameters.get("Tags"):
        yield AuthorizationRequest("events:TagResource", rule, _tags_of(call))


def _targets(call: Call) -> Context:
    return {"events:TargetArn": [target["Arn"] for target in call.parameters["Targets"]]}


def _function(call: Call, world: World) -> str:
    return world.function_arn(call.region, call.parameters["FunctionName"])


def _principal(call: Call) -> Context:
    return {"lambda:Principal": call.parameters["Principal"]}


TABLE: dict[str, Row] = {
    "s3:GetObject": _one("s3:GetObject", _key),
    "s3:HeadObject": _one("s3:GetObject", _key),
    "s3:PutObject": _one("s3:PutObject", _key),
    "s3:DeleteObject": _delete_object,
    "s3:DeleteObjects": _delete_objects,
    "s3:ListObjectsV2": _one("s3:ListBucket", _bucket, _listed),
    "s3:ListObjectVersions": _one("s3:ListBucketVersions", _bucket, _listed),
    "cloudformation:DescribeStacks": _one("cloudformation:DescribeStacks", _stack),
    "cloudformation:DescribeStackEvents": _one("cloudformation:DescribeStackEvents", _stack),
    "cloudformation:DescribeStackResource": _one("cloudformation:DescribeStackResource", _stack),
    "cloudformation:ListStackResources": _one("cloudformation:ListStackResources", _stack),
    "cloudformation:GetTemplate": _one("cloudformation:GetTemplate", _stack),
    "cloudformation:CreateStack": _kept_stack("cloudformation:CreateStack"),
    "cloudformation:UpdateStack": _kept_stack("cloudformation:UpdateStack"),
    "cloudformation:DeleteStack": _kept_stack("cloudformation:DeleteStack"),
    "acm:RequestCertificate": _request_certificate,
    "acm:DescribeCertificate": _one("acm:DescribeCertificate", _certificate),
    "acm:DeleteCertificate": _one("acm:DeleteCertificate", _certificate),
    "acm:ListCertificates": _one("acm:ListCertificates", _any),
    "acm:ListTagsForCertificate": _one("acm:ListTagsForCertificate", _certificate),
    "acm:AddTagsToCertificate": _one("acm:AddTagsToCertificate", _certificate, _tags_of),
    "acm:RemoveTagsFromCertificate": _one("acm:RemoveTagsFromCertificate", _certificate, _tags_of),
    "route53:ChangeResourceRecordSets": _change_records,
    "secretsmanager:DescribeSecret": _one("secretsmanager:DescribeSecret", _secret, _stage),
    "secretsmanager:GetSecretValue": _one("secretsmanager:GetSecretValue", _secret, _stage),
    "secretsmanager:PutSecretValue": _one("secretsmanager:PutSecretValue", _secret, _stage),
    "secretsmanager:UpdateSecretVersionStage": _one("secretsmanager:UpdateSecretVersionStage", _secret, _stage),
    "secretsmanager:GetRandomPassword": _one("secretsmanager:GetRandomPassword", _any),
    "rds:DescribeDBInstances": _one("rds:DescribeDBInstances", _database),
    "rds:ModifyDBInstance": _one("rds:ModifyDBInstance", _database),
    "elasticloadbalancing:DescribeListeners": _one("elasticloadbalancing:DescribeListeners", _any),
    "elasticloadbalancing:DescribeRules": _one("elasticloadbalancing:DescribeRules", _any),
    "elasticloadbalancing:ModifyRule": _one("elasticloadbalancing:ModifyRule", _rule),
    "cloudfront:GetDistributionConfig": _one("cloudfront:GetDistributionConfig", _distribution),
    "cloudfront:UpdateDistribution": _update_distribution,
    "tagging:GetResources": _one("tag:GetResources", _any),
    "events:PutRule": _put_rule,
    "events:PutTargets": _one("events:PutTargets", _named_rule("Rule"), _targets),
    "events:RemoveTargets": _one("events:RemoveTargets", _named_rule("Rule")),
    "events:DeleteRule": _one("events:DeleteRule", _named_rule("Name")),
    "lambda:AddPermission": _one("lambda:AddPermission", _function, _principal),
    "lambda:RemovePermission": _one("lambda:RemovePermission", _function),
}
