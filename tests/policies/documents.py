"""Every policy document of an expanded template, with whole ARNs in place of references."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.isolation.resolve import Resolver

Json = dict[str, Any]

ACCOUNT, REGION, GUID = "123456789012", "eu-west-1", "11111111-2222-3333-4444-555555555555"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/site/{GUID}"

_BALANCING = "arn:aws:elasticloadbalancing:{region}:{account}:"

# What Custom::PrimaryHalf gives that is an ARN, or a part of one.
_PUBLISHED = {
    "PrimaryRegion": "us-east-1",
    "DatabaseArn": "arn:aws:rds:us-east-1:{account}:db:{name}",
    "CopyDatabaseArn": "arn:aws:rds:us-west-2:{account}:db:{name}",
    "DatabaseSecretArn": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-123456",
    "OriginSecretArn": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-123456",
}

# What Ref gives, where that is an ARN, and what Fn::GetAtt gives for Arn or its like.
_ARNS = {
    "AWS::CloudFront::Distribution": "arn:aws:cloudfront::{account}:distribution/{name}",
    "AWS::CloudFront::VpcOrigin": "arn:aws:cloudfront::{account}:vpcorigin/{name}",
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::EC2::Instance": "arn:aws:ec2:{region}:{account}:instance/{name}",
    "AWS::EFS::AccessPoint": "arn:aws:elasticfilesystem:{region}:{account}:access-point/{name}",
    "AWS::EFS::FileSystem": "arn:aws:elasticfilesystem:{region}:{account}:file-system/{name}",
    "AWS::ElastiCache::ReplicationGroup": "arn:aws:elasticache:{region}:{account}:replicationgroup:{name}",
    "AWS::ElasticLoadBalancingV2::Listener": _BALANCING + "listener/app/{name}/1/2",
    "AWS::ElasticLoadBalancingV2::ListenerRule": _BALANCING + "listener-rule/app/{name}/1/2/3",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _BALANCING + "loadbalancer/app/{name}/1",
    "AWS::ElasticLoadBalancingV2::TargetGroup": _BALANCING + "targetgroup/{name}/1",
    "AWS::Events::Rule": "arn:aws:events:{region}:{account}:rule/{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::RDS::DBInstance": "arn:aws:rds:{region}:{account}:db:{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "AWS::WAFv2::WebACL": "arn:aws:wafv2:us-east-1:{account}:global/webacl/{name}/1",
    "Custom::Certificate": "arn:aws:acm:us-east-1:{account}:certificate/{name}",
    "Custom::CertificateRequest": "arn:aws:acm:us-east-1:{account}:certificate/{name}",
}
_REF_IS_ARN = (
    "AWS::ElasticLoadBalancingV2::",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "Custom::Certificate",
)
_HOLDERS = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
}


@dataclass(frozen=True)
class Document:
    """A policy as it is written and as IAM sees it; `holder` is the logical id of the role or of what it belongs to."""

    holder: str
    identity: bool
    written: Json
    policy: Json


class _Ids:
    """Physical ids that are as good as real ones."""

    def __init__(self, resources: Mapping[str, Any]) -> None:
        self._resources = resources

    def ref(self, name: str) -> Any:
        pseudo = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": "site",
            "AWS::StackId": STACK_ID,
        }
        kind = self._resources.get(name, {}).get("Type", "")
        return pseudo.get(name) or (self._arn(name) if kind.startswith(_REF_IS_ARN) else name.lower())

    def attribute(self, name: str, attribute: str) -> Any:
        if attribute in _PUBLISHED:
            return _PUBLISHED[attribute].format(account=ACCOUNT, region=REGION, name=name.lower())
        is_arn = attribute.endswith("Arn") and self._resources[name]["Type"] in _ARNS
        return self._arn(name) if is_arn else f"{name}-{attribute}".lower().replace(".", "-")

    def imported(self, name: str) -> Any:
        return f"imported-{name}".lower()

    def secret(self, arn: str, key: str) -> str:
        return f"{arn} {key}"

    def _arn(self, name: str) -> str:
        form = _ARNS[self._resources[name]["Type"]]
        return form.format(account=ACCOUNT, region=REGION, name=name.lower())


def documents(template: Mapping[str, Any]) -> Iterator[Document]:
    """Yield the policy documents of a template, and of the templates in it."""
    resources = template["Resources"]
    resolver = Resolver(_with_values(template), _Ids(resources))
    for name, body in resources.items():
        properties = body.get("Properties", {})
        for holder, identity, written in _of_resource(name, body["Type"], properties):
            yield Document(holder, identity, written, resolver.value(written))
        if body["Type"] == "Custom::RemoteStack" and "TemplateBody" in properties:
            yield from documents(json.loads(properties["TemplateBody"]))


def _of_resource(name: str, kind: str, properties: Json) -> Iterator[tuple[str, bool, Json]]:
    if kind == "AWS::IAM::Role":
        for policy in properties.get("Policies", []):
            yield name, True, policy["PolicyDocument"]
    elif kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for role in properties["Roles"]:
            yield role["Ref"], True, properties["PolicyDocument"]
    elif kind in _HOLDERS and _HOLDERS[kind] in properties:
        yield name, False, properties[_HOLDERS[kind]]


def _with_values(template: Mapping[str, Any]) -> Json:
    """Return a template whose parameters all have a value; conditions that depend on one hold."""
    parameters = {
        name: {**declared, "Default": declared.get("Default") or f"value-of-{name}".lower()}
        for name, declared in template.get("Parameters", {}).items()
    }
    return {**template, "Parameters": parameters}
