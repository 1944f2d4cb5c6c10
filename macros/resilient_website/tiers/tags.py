"""Adds the site's tags to every resource that supports tags, in one place, so that none is missed."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from troposphere import AWSHelperFn, AWSObject, Sub, autoscaling, ec2

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.cloudformation.stack_identity import STACK_ID
from resilient_website.context import Context
from resilient_website.problems import allowing, shown
from resilient_website.reading.reader import Reader

# Allowed by all services. Source: "Tag naming limits and requirements" in the Tagging AWS Resources guide.
MAX_KEY_LENGTH, MAX_VALUE_LENGTH = 128, 256
# Alarms don't allow empty values, unlike most types. Source: "AWS::CloudWatch::Alarm", Tag.
ALLOWED = "letters, digits, spaces and _ . : / = + - @"
# Prefixes not allowed in keys and values of Amazon RDS. Source: "Tag" in the Amazon RDS API Reference.
RESERVED = ("aws:", "rds:")

# The tag properties of types, and which types use a map. Source: the types' pages in the CloudFormation guide.
LISTS = ("Tags", "AccessPointTags", "FileSystemTags", "HealthCheckTags", "HostedZoneTags", "ResourceTags")
MAPS = {
    "AWS::Backup::BackupPlan": "BackupPlanTags",
    "AWS::Backup::BackupVault": "BackupVaultTags",
    "AWS::FIS::ExperimentTemplate": "Tags",
    "AWS::SSM::Parameter": "Tags",
}

# Types that could not be updated with tags: CloudFront rejects changes of a VPC origin in use.
UNTAGGED = ("AWS::CloudFront::VpcOrigin",)

# The tag on all resources with the site's id, for costs, searches, and permissions limited to the site.
SITE_TAG = "resilient-website:site"


# The tag on the bucket that S3 replicates to the Region of the site's copy. A drill finds it by this tag.
REPLICATED_TAG = "resilient-website:replicated"


def site_name(context: Context) -> AWSHelperFn:
    """Return the value of the site's tag, which is unique in the Region."""
    return Sub(f"${{AWS::StackName}}/{context.site}")


def of_site(context: Context) -> dict[str, dict[str, AWSHelperFn]]:
    """Return the policy condition that matches only this site's resources.

    Anyone with tagging permissions can set the site's tag; only CloudFormation can set the stack's tag with the prefix
    aws:. Auto Scaling groups copy both to their instances. Source: "Resource tag" in the CloudFormation User Guide.
    """
    return {
        "StringEquals": {
            "aws:ResourceTag/aws:cloudformation:stack-id": STACK_ID,
            f"aws:ResourceTag/{SITE_TAG}": site_name(context),
        }
    }


def tagged(resource: AWSObject, definition: Mapping[str, Any], tags: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a resource's definition (template JSON) with the tags added to its own.

    A type supports tags if it has such a property in troposphere; the resource's own tags take precedence.
    """
    properties = dict(definition.get("Properties", {}))
    if isinstance(resource, ec2.LaunchTemplate):
        properties["LaunchTemplateData"] = _launch_template_data(properties["LaunchTemplateData"], tags)
    elif isinstance(resource, autoscaling.AutoScalingGroup):
        properties["Tags"] = _added(properties.get("Tags", []), [{**tag, "PropagateAtLaunch": True} for tag in tags])
    elif resource.resource_type in MAPS:
        name = MAPS[resource.resource_type]
        properties[name] = {**{tag["Key"]: tag["Value"] for tag in tags}, **properties.get(name, {})}
    elif resource.resource_type not in UNTAGGED:
        kind: Any = type(resource)
        for name in _lists(kind):
            properties[name] = _added(properties.get(name, []), tags)
    return {**definition, "Properties": properties}


@cache
def _lists(kind: type) -> tuple[str, ...]:
    """Return the properties of a resource's class that are lists of tags."""
    return tuple(name for name in LISTS if name in kind.props)  # type: ignore[attr-defined]


def _added(own: Sequence[Mapping[str, Any]], tags: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    keys = {tag["Key"] for tag in own}
    return [*map(dict, own), *(dict(tag) for tag in tags if tag["Key"] not in keys)]


def _launch_template_data(data: Mapping[str, Any], tags: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the data with the tags for an instance's volumes and interfaces: instances get theirs from their group."""
    specifications = [{"ResourceType": kind, "Tags": list(tags)} for kind in ("volume", "network-interface")]
    return {**data, "TagSpecifications": [*data.get("TagSpecifications", []), *specifications]}


def check(tags: Sequence[Any], path: str, reader: Reader) -> None:
    """Note invalid tags, and keys and values that a service rejects. Source: "Tag naming limits and requirements".

    Keys must differ in more than case, since IAM rejects such keys.
    """
    keys: dict[str, str] = {}
    for index, tag in enumerate(tags):
        where = f"{path}[{index}]"
        if not isinstance(tag, Mapping) or set(tag) != {"Key", "Value"} or not _is_text(tag["Key"]):
            reader.problem(where, f"found {shown(tag)}", "write {Key: a string, Value: a string}")
            continue
        key = str(tag["Key"])
        if key.lower().startswith("aws:"):
            reader.problem(
                f"{where}.Key", f"found {shown(key)}", "write a key without the prefix aws:, which AWS reserves"
            )
        if key.lower() in keys:
            first = keys[key.lower()]
            found = f"found {shown(key)} twice" if first == key else f"found {shown(key)} and {shown(first)}"
            reader.problem(f"{where}.Key", found, "write each key once; case doesn't distinguish keys")
        if key.lower() == SITE_TAG and key != SITE_TAG:
            reader.problem(
                f"{where}.Key",
                f"found {shown(key)}, which differs only in case from the site's own tag {SITE_TAG}",
                "write another key",
            )
        keys.setdefault(key.lower(), key)
        _check_text(key, MAX_KEY_LENGTH, f"{where}.Key", reader)
        value = tag["Value"]
        value = known_value(reader.call(value, f"{where}.Value")) if is_intrinsic(value) else value
        if value is not None:
            _check_value(value, f"{where}.Value", reader)


def _check_value(value: Any, path: str, reader: Reader) -> None:
    if not _is_text(value):
        reader.problem(path, f"found {shown(value)}", "write a string")
    else:
        _check_text(str(value), MAX_VALUE_LENGTH, path, reader)


def _check_text(text: str, longest: int, path: str, reader: Reader) -> None:
    """Note a text that is empty, too long, or contains a character that a service rejects."""
    odd = "".join(dict.fromkeys(each for each in text if not _is_allowed(each)))
    if not 1 <= len(text) <= longest:
        reader.problem(path, f"found a string of {len(text)} characters", f"write 1 to {longest}")
    elif odd:
        plain = " ".join("".join(each if _is_allowed(each) else " " for each in text.replace("&", " and ")).split())
        guess = f"did you mean {shown(plain)}? " if plain else ""
        found = f"found {shown(text)}, with {shown(odd)}"
        reader.problem(path, found, allowing(ALLOWED, guess))
    elif text.lower().startswith(RESERVED):
        found = f"found {shown(text)}, with a prefix that AWS reserves"
        reader.problem(path, found, f"write a string that does not start with {' or '.join(RESERVED)}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _is_allowed(character: str) -> bool:
    return character in "_.:/=+-@" or unicodedata.category(character)[0] in "LNZ"
