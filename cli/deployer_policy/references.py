"""What a template reads when it is deployed: secrets, parameters, code in buckets, and functions that it invokes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cli.analysis.availability.references import is_unknown, referenced_id
from cli.analysis.updates.stack import Resource, Stack
from cli.deployer_policy.names import ANY, pattern
from cli.deployer_policy.scopes import PASS_ROLE, SECRET_TYPES

# Source: "Get values stored in other services using dynamic references" in the CloudFormation User Guide.
_DYNAMIC = re.compile(r"\{\{resolve:(secretsmanager|ssm|ssm-secure):([^}]+)\}\}")
# Source: "Use AWS Systems Manager parameters instead of AMI IDs in launch templates" in the EC2 User Guide.
_IMAGE = re.compile(r"resolve:ssm:(/?[\w./-]+)")
# What a dynamic reference begins with: a secret's ARN, a resource of the template, or a name.
_BEGINNING = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+|⟨[^⟩]*⟩|[^:]*")

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)

# The characters that Secrets Manager adds to a name for its ARN. Source: "What's in a Secrets Manager secret?".
ARN_SUFFIX = "-??????"

CUSTOM_RESOURCE, ROTATION = "AWS::CloudFormation::CustomResource", "AWS::SecretsManager::RotationSchedule"


def read_secrets(stack: Stack) -> set[str]:
    """Return patterns of the secrets, by ARN or name, that dynamic references read and the stack does not make."""
    found = set()
    for service, what in _dynamic(stack):
        if service == "secretsmanager" and referenced_id(mark := _beginning(what)) not in stack:
            found.add(_secret(mark))
    return found


def foreign_secrets(stack: Stack) -> set[str]:
    """Return patterns of the secrets, by ARN or name, that the stack rotates or attaches and does not make."""
    named = [each.properties.get("SecretId") for each in stack.values() if each.type in SECRET_TYPES]
    return {_secret(each) for each in named if isinstance(each, str) and referenced_id(each) not in stack}


def foreign_buckets(stack: Stack) -> set[str]:
    """Return patterns of the buckets whose policy the stack writes and which it does not make."""
    named = [each.properties.get("Bucket") for each in stack.values() if each.type == "AWS::S3::BucketPolicy"]
    logs = [each.properties.get("LogDestination") for each in stack.values() if each.type == "AWS::EC2::FlowLog"]
    named += [each.split(":::")[1].split("/")[0] for each in logs if isinstance(each, str) and ":s3:::" in each]
    return {pattern(each) for each in named if each is not None and referenced_id(each) not in stack}


def parameter_names(stack: Stack, template: Mapping[str, Any], values: Mapping[str, Any]) -> set[str]:
    """Return the names, without a slash before them, of the parameters in Parameter Store that a stack reads."""
    found = {what.split(":")[0] for service, what in _dynamic(stack) if service != "secretsmanager"}
    found |= {name for each in stack.values() for name in _IMAGE.findall(each.text)}
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    for name, body in declared.items():
        if str(body.get("Type", "")).startswith("AWS::SSM::Parameter"):
            found.add(str(values.get(name, ANY)))
    return {pattern(name).lstrip("/") for name in found}


def zones(stack: Stack) -> set[str]:
    """Return patterns of the ids of the hosted zones that a stack writes records in."""
    return set(map(pattern, _zone_ids(stack)))


def makes_zone(stack: Stack) -> bool:
    """Return whether a stack writes records in a hosted zone that it makes."""
    return any(referenced_id(each) in stack for each in _zone_ids(stack))


def leaves_zone_open(stack: Stack) -> bool:
    """Return whether a stack writes records in a hosted zone that is given only at the deployment."""
    return any(pattern(each) == ANY and referenced_id(each) not in stack for each in _zone_ids(stack))


def _zone_ids(stack: Stack) -> Iterator[Any]:
    """Yield the ids of the hosted zones that a stack writes records in, ANY for one that is given by its name."""
    for each in stack.values():
        validated = each.properties.get("DomainValidationOptions")
        named = [each.properties, *(validated if isinstance(validated, list) else [])]
        yield from (one["HostedZoneId"] for one in named if isinstance(one, Mapping) and "HostedZoneId" in one)
        if each.type.startswith("AWS::Route53::Record") and "HostedZoneName" in each.properties:
            yield ANY


def passed_roles(stack: Stack, by_type: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield the ARNs of roles that a stack does not make, with the logical ids of the resources that hand them over."""
    for logical_id, each in stack.items():
        if PASS_ROLE in by_type[each.type]:
            for arn in sorted(set(_ROLE_ARN.findall(each.text))):
                yield logical_id, arn


def code_objects(stack: Stack) -> set[str]:
    """Return patterns of the objects, as `bucket/key`, that hold code of a stack's functions and layers."""
    found = set()
    for each in stack.values():
        name = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}.get(each.type)
        code = each.properties.get(name) if name else None
        if isinstance(code, Mapping) and "S3Bucket" in code:
            found.add(f"{pattern(code['S3Bucket'])}/{pattern(code.get('S3Key', ANY))}")
    return found


def foreign_functions(stack: Stack) -> tuple[set[str], list[str]]:
    """Return the ARNs of functions outside a stack that it has invoked, and who invokes one that is not known.

    The second are the logical ids of the custom resources and rotations: the function that they name is known to AWS
    only, or is a topic.
    """
    arns: set[str] = set()
    unknown = []
    for logical_id, each in stack.items():
        named = _invoked(each)
        if named is None or referenced_id(named) in stack:
            continue
        if isinstance(named, str) and ":lambda:" in named and not is_unknown(named):
            arns.add(pattern(named))
        else:
            unknown.append(logical_id)
    return arns, unknown


def _invoked(resource: Resource) -> Any:
    if resource.type == CUSTOM_RESOURCE or resource.type.startswith("Custom::"):
        return resource.properties.get("ServiceToken", ANY)
    return resource.properties.get("RotationLambdaARN") if resource.type == ROTATION else None


def _beginning(reference: str) -> str:
    match = _BEGINNING.match(reference)
    return match[0] if match else ""


def _secret(name: str) -> str:
    """Return a pattern of a secret's ARN, or of the part after `secret:` in one."""
    return pattern(name) if name.startswith("arn:") else pattern(name) + ARN_SUFFIX


def _dynamic(stack: Stack) -> Iterator[tuple[str, str]]:
    for each in stack.values():
        for match in _DYNAMIC.finditer(each.text):
            yield match[1], match[2]
