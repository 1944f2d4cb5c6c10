"""What AWS refuses of another Region, and ministack takes: ARNs where only the own Region's will do. And full buckets.

Sources: of listeners and Regional domain names, "SSL certificates for your Application Load Balancer" and "Set up a
Regional custom domain name in API Gateway"; of alarms, "PutMetricAlarm" (their actions are in the alarm's Region); of
layers and keys, "CreateFunction" and "CreateDBInstance"; of a distribution, "Requirements for using SSL/TLS
certificates with CloudFront" (us-east-1); of secrets, "Secrets Manager secrets" among the dynamic references.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

from ministack.core.responses import get_region  # type: ignore[import-not-found]
from ministack.services import acm, s3  # type: ignore[import-not-found]
from ministack.services.cloudformation import engine, provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

# A type, and the paths to ARNs in its properties; lists are passed through.
OWN_REGION = {
    "AWS::ElasticLoadBalancingV2::Listener": ("Certificates.CertificateArn",),
    "AWS::ApiGateway::DomainName": ("RegionalCertificateArn",),
    "AWS::CloudWatch::Alarm": ("AlarmActions", "OKActions", "InsufficientDataActions"),
    "AWS::Lambda::Function": ("Layers", "KmsKeyArn"),
    "AWS::RDS::DBInstance": ("KmsKeyId",),
    "AWS::AutoScaling::AutoScalingGroup": ("TargetGroupARNs", "NotificationConfigurations.TopicARN"),
}
CLOUDFRONT = "AWS::CloudFront::Distribution"
CLOUDFRONTS = "DistributionConfig.ViewerCertificate.AcmCertificateArn"


def register() -> None:
    """Wrap the types' handlers, and dynamic references."""
    for type_name in (*OWN_REGION, CLOUDFRONT):
        handlers = provisioners._RESOURCE_HANDLERS[type_name]
        for action, position in (("create", 1), ("update", 2)):
            handlers[action] = _checked(type_name, handlers[action], position)
    own_resolve = engine._resolve_dynamic_reference

    def resolve(literal: str) -> str:
        _check_region("secretsmanager:", literal[2:-2].partition(":secretsmanager:")[2])
        resolved: str = own_resolve(literal)
        return resolved

    engine._resolve_dynamic_reference = resolve
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    own_delete = handlers["delete"]

    def delete(name: str, props: Json) -> None:
        if s3._buckets.get(name, {}).get("objects") or s3._bucket_has_versions(name):
            raise ValueError("The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
        own_delete(name, props)

    handlers["delete"] = delete


def _checked(type_name: str, own: Any, position: int) -> Any:
    def handler(*arguments: Any) -> Any:
        props = arguments[position]
        for path in OWN_REGION.get(type_name, ()):
            for arn in _at(props, path.split(".")):
                _check_region(path, arn)
        if type_name == CLOUDFRONT:
            for arn in _at(props, CLOUDFRONTS.split(".")):
                _check_region("The certificate of a distribution", arn, "us-east-1")
        if type_name == "AWS::ApiGateway::DomainName":
            _check_name(props)
        return own(*arguments)

    return handler


def _check_region(what: str, arn: Any, region: str = "") -> None:
    parts = str(arn).split(":")
    region = region or get_region()
    if parts[0] == "arn" and len(parts) > 5 and parts[3] not in ("", region):
        raise ValueError(f"{what}: {arn} is invalid: only {region} is supported.")


def _check_name(props: Json) -> None:
    """Raise what API Gateway answers of a name that its certificate does not cover."""
    certificate = acm._certificates.get(props.get("RegionalCertificateArn"))
    if certificate is None:
        raise ValueError("The provided certificate does not exist.")
    names = certificate.get("SubjectAlternativeNames") or [certificate["DomainName"]]
    if not any(fnmatch(props["DomainName"], pattern) for pattern in names):
        raise ValueError(f"The domain name to be created is not covered by the provided certificate: {names}.")


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    """Yield what is at a path, of every entry of the lists on it."""
    if isinstance(value, list):
        for entry in value:
            yield from _at(entry, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
