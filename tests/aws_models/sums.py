"""AWS's limits for a resource as a whole: for texts that lists are joined into, and for lists that several properties
add to.

No model has these. A function counts as long as its result is in most stacks.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

# Source: "PutTargets" in the Amazon EventBridge API reference, Input.
EVENT_CHARACTERS = 8_192
# Sources: "IAM and AWS STS quotas": of all inline policies of a role together, and of a role's trust policy.
ROLE_CHARACTERS, TRUST_CHARACTERS = 10_240, 2_048
# Source: "Quotas for your Application Load Balancers", condition values and wildcards per rule.
CONDITION_VALUES = 5
# Source: "Run commands when you launch an EC2 instance with user data input".
USER_DATA_BYTES = 16_384
# Source: "Lambda quotas": all environment variables of a function.
ENVIRONMENT_BYTES = 4_096
# Source: "Quotas" of the Amazon CloudFront Developer Guide.
FUNCTION_BYTES, ALIASES, BEHAVIORS, KEY_HEADERS, LOCATIONS = 10_240, 100, 75, 10, 250
# Source: "Amazon S3 bucket policy" in the S3 User Guide's restrictions: 20 KB.
BUCKET_POLICY_BYTES = 20_480
# Source: "Tag naming limits and requirements".
TAGS = 50
# Source: "Quotas" of the AWS Certificate Manager User Guide: names, and characters of each.
CERTIFICATE_NAMES, NAME_CHARACTERS = 10, 253
# Source: "AWS::AutoScaling::AutoScalingGroup LaunchTemplate", Overrides.
INSTANCE_TYPES = 40
# Source: "Understand CloudFormation quotas".
TEMPLATE_BYTES, RESOURCES, LOGICAL_ID = 1_000_000, 500, 255

# How long what functions give is: names that CloudFormation makes, and ARNs.
NAME, ARN = 60, 100


def excesses(template: Json) -> Iterator[str]:
    """Yield what a template has more of than AWS takes."""
    resources = template["Resources"]
    yield from _over("template bytes", len(json.dumps(template, separators=(",", ":")).encode()), TEMPLATE_BYTES)
    yield from _over("resources", len(resources), RESOURCES)
    roles: Counter[str] = Counter()
    for logical_id, body in resources.items():
        yield from _over(f"{logical_id[:40]}: characters of a logical id", len(logical_id), LOGICAL_ID)
        kind, properties = body["Type"], body.get("Properties", {})
        for what, count, most in _measures(kind, properties):
            yield from _over(f"{logical_id}: {what}", count, most)
        for name, policy in _inline(logical_id, kind, properties):
            roles[name] += _length(policy["PolicyDocument"])
    for name, count in roles.items():
        yield from _over(f"{name}: characters of inline policies", count, ROLE_CHARACTERS)


def _over(what: str, count: int, most: int) -> Iterator[str]:
    if count > most:
        yield f"{what}: {count}, of {most}"


def _measures(kind: str, properties: Json) -> Iterator[tuple[str, int, int]]:
    """Yield what of a resource is bounded: what it is, how much there is of it, and how much there may be."""
    tags = properties.get("Tags")
    yield "tags", len(tags) if isinstance(tags, list | dict) else 0, TAGS
    match kind:
        case "AWS::Events::Rule":
            yield from (("bytes of an event", _length(each.get("Input", "")), EVENT_CHARACTERS) for each in
                        properties.get("Targets", []))  # fmt: skip
        case "AWS::IAM::Role":
            yield "characters of a trust policy", _length(properties["AssumeRolePolicyDocument"]), TRUST_CHARACTERS
        case "AWS::ElasticLoadBalancingV2::ListenerRule":
            yield "condition values", sum(map(_values, properties["Conditions"])), CONDITION_VALUES
        case "AWS::EC2::LaunchTemplate":
            script = properties["LaunchTemplateData"].get("UserData", {}).get("Fn::Base64", "")
            yield "bytes of user data", _length(script), USER_DATA_BYTES
        case "AWS::AutoScaling::AutoScalingGroup":
            mixed = properties.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
            yield "instance types", len(mixed.get("Overrides", [])), INSTANCE_TYPES
        case "AWS::Lambda::Function":
            variables = properties.get("Environment", {}).get("Variables", {})
            yield "bytes of variables", sum(len(k) + _length(v) for k, v in variables.items()), ENVIRONMENT_BYTES
        case "AWS::S3::BucketPolicy":
            yield "bytes of a bucket policy", _length(properties["PolicyDocument"]), BUCKET_POLICY_BYTES
        case "AWS::CertificateManager::Certificate" | "Custom::CertificateRequest":
            others = properties.get("SubjectAlternativeNames", [])
            yield "names of a certificate", 1 + len(others), CERTIFICATE_NAMES
            yield "characters of a name", max(map(_length, [properties["DomainName"], *others])), NAME_CHARACTERS
        case _ if kind.startswith("AWS::CloudFront::"):
            yield from _of_cloudfront(properties)


def _of_cloudfront(properties: Json) -> Iterator[tuple[str, int, int]]:
    config = properties.get("DistributionConfig", {})
    yield "aliases", len(config.get("Aliases", [])), ALIASES
    yield "cache behaviours", len(config.get("CacheBehaviors", [])), BEHAVIORS
    yield "countries", len(config.get("Restrictions", {}).get("GeoRestriction", {}).get("Locations", [])), LOCATIONS
    yield "bytes of a function", _length(properties.get("FunctionCode", "")), FUNCTION_BYTES
    key = properties.get("CachePolicyConfig", {}).get("ParametersInCacheKeyAndForwardedToOrigin", {})
    yield "headers in a key", len(key.get("HeadersConfig", {}).get("Headers", [])), KEY_HEADERS


def _values(condition: Json) -> int:
    held = [part.get("Values", []) for part in condition.values() if isinstance(part, dict)]
    return sum(map(len, [*held, condition.get("Values", [])]))


def _inline(logical_id: str, kind: str, properties: Json) -> Iterator[tuple[str, Json]]:
    """Yield the inline policies of roles, each with the role's logical id."""
    if kind == "AWS::IAM::Role":
        yield from ((logical_id, policy) for policy in properties.get("Policies", []))
    elif kind == "AWS::IAM::Policy":
        yield from ((str(role.get("Ref", role)), properties) for role in properties["Roles"])


def _length(node: Any) -> int:  # noqa: PLR0911
    """Return how long a part of a template is as JSON, without white space, or as a text, functions resolved."""
    match node:
        case str():
            return len(node.encode())
        case {"Fn::Join": [str() as between, [*parts]]}:
            return sum(map(_length, parts)) + len(between) * len(parts)
        case {"Fn::Join": [_, {"Fn::Split": [_, text]}]}:
            return _length(text)
        case {"Fn::Base64": text}:
            return 4 * -(-_length(text) // 3)
        case {"Fn::Sub": [str() as text, _]} | {"Fn::Sub": str() as text}:
            return len(text.encode()) + (NAME - 10) * text.count("${")
        case {"Ref": name}:
            return {"AWS::Region": 14, "AWS::AccountId": 12, "AWS::StackName": 40}.get(name, NAME)
        case {"Fn::GetAtt": _}:
            return ARN
        case {"Fn::Select": _} | {"Fn::If": _} | {"Fn::FindInMap": _}:
            return NAME
        case dict():
            return 1 + sum(len(key) + 4 + _item(value) for key, value in node.items())
        case list():
            return 1 + sum(1 + _item(value) for value in node)
        case _:
            return len(json.dumps(node))


def _item(value: Any) -> int:
    """Return how long an entry of a map or a list is, quotes included."""
    quoted = isinstance(value, str) or (isinstance(value, dict) and len(value) == 1)
    return _length(value) + (2 if quoted else 0)
