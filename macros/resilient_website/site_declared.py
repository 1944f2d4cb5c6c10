"""What a half of a site with a copy in another Region declares, for the comparison with the other half.

Each half publishes it in a parameter of its own Region: a text with a line `Key=value` for each thing that the same
file gives both halves. The macro has seen one Region's parameter values only, so what a parameter gives is left to
CloudFormation. The file itself is a digest for each property of the site, as it is written. What reads these lines is
custom_resources/half_comparison/declared.py.

It is in the half's own Region, so that an update of either half does not need the other half's Region.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields
from typing import Any, NamedTuple

from troposphere import ssm

from resilient_website.cloudformation import declared_parameters
from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import NO_VALUE, Value, is_intrinsic, opaque
from resilient_website.cloudformation.references import references
from resilient_website.cloudformation.region_dependence import (
    REGION,
    conditions_of,
    depends_on_region,
    regional_conditions,
)
from resilient_website.context import Context
from resilient_website.regional_values import regional_values
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.secondary_region.comparison import DECLARED, declared_name
from resilient_website.tiers.secondary_region.same_in_both import SAME_IN_BOTH, value_at
from resilient_website.tiers.secondary_region.spec import SecondaryRegionSpec

Json = Any

# Properties that have lines of their own, with values that are known at expansion.
_WITH_VALUES = ("Secondary", "Version")

# Of 64 hexadecimal digits: enough to tell two files apart, and Parameter Store takes 4 KB.
_DIGITS = 12

# The same in both halves, which have one stack name in one account.
_SAME_PSEUDO = frozenset({"AWS::AccountId", "AWS::Partition", "AWS::StackName", "AWS::URLSuffix"})

# The properties that a value of a resource is made of, beside the resource's overrides, by the resource's type and the
# end of the value's path: where one of them depends on the Region, the value differs on purpose.
MADE_OF: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("AWS::AutoScaling::AutoScalingGroup", "MaxSize"): (
        "WebServers.MinSize",
        "WebServers.MaxSize",
        "Network.AvailabilityZones",
    ),
    ("AWS::EC2::LaunchTemplate", "InstanceType"): ("WebServers.InstanceType",),
    ("AWS::ElastiCache::CacheCluster", "CacheNodeType"): ("Cache.CacheNodeType",),
    ("AWS::ElastiCache::CacheCluster", "EngineVersion"): ("Cache.Engine", "Cache.EngineVersion"),
    ("AWS::ElastiCache::ReplicationGroup", "CacheNodeType"): ("Cache.CacheNodeType",),
    ("AWS::ElastiCache::ReplicationGroup", "EngineVersion"): ("Cache.Engine", "Cache.EngineVersion"),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod"): ("Database.BackupRetentionPeriod",),
    ("AWS::RDS::DBInstance", "DBInstanceClass"): ("Database.DBInstanceClass",),
    ("AWS::RDS::DBInstance", "EngineVersion"): ("Database.EngineVersion",),
}


class Comparable(NamedTuple):
    """What of a template can be compared: the parameters whose values anyone may see.

    `regional` are the conditions that depend on the Region, so that what they choose differs on purpose.
    """

    visible: Set[str]
    regional: Set[str]

    @classmethod
    def of(cls, template: Any) -> "Comparable":
        """Return what can be compared of a template."""
        return cls(declared_parameters.visible(template), regional_conditions(template))


class _Written(NamedTuple):
    """The site's properties as they are in the template, with what can be compared of it."""

    properties: Any
    comparable: Comparable

    def regional(self, path: str) -> bool:
        """Tell whether a property depends on the Region, or the map that it is in."""
        value = self.properties
        for name in path.split("."):
            if isinstance(value, Mapping) and not is_intrinsic(value):
                value = value.get(name)
        return depends_on_region(value, self.comparable.regional)


def declared(
    context: Context, spec: SiteSpec, properties: Any, definitions: Mapping[str, Json], template: object
) -> dict[str, ssm.Parameter]:
    """Return the parameter with what this half declares, by its logical id; nothing for a site without a copy.

    `properties` are the site's properties in the template, `definitions` its resources.
    """
    if spec.half is None:
        return {}
    written = _Written(properties, Comparable.of(template))
    lines = [
        ("Version", str(spec.version)),
        ("ActiveHalf", "primary" if spec.half.is_active is not spec.half.is_secondary else "copy"),
        *_of_copy(spec, written),
        *_of_file(spec, properties),
        *_of_application(spec, written),
        *_of_resources(context, definitions, written),
    ]
    parameter = ssm.Parameter(
        context.id(DECLARED),
        Name=declared_name(context),
        Type="String",
        Description=f"What the half of {context.site} in this Region was deployed with",
        Value=_joined(lines),
    )
    return {parameter.title: parameter}


def _of_copy(spec: SiteSpec, written: _Written) -> Iterator[tuple[str, str]]:
    """Yield the properties of the copy but for the active Region, which both halves may leave out or name."""
    rows = [(row.name, row.metadata["property"].name) for row in fields(SecondaryRegionSpec) if row.metadata]
    for attribute, name in rows:
        value = getattr(spec.secondary, attribute)
        if name != "ActiveRegion" and value is not None and not written.regional(f"Secondary.{name}"):
            yield f"Secondary.{name}", _text(value)


def _of_file(spec: SiteSpec, written: Any) -> Iterator[tuple[str, str]]:
    """Yield a digest of each of the site's other properties, without what names something of one Region."""
    given = written if isinstance(written, Mapping) and not is_intrinsic(written) else {}
    given = {name: value for name, value in given.items() if name != "ServiceToken"}
    for path in regional_values(spec):
        given = _without(given, path.split("."))
    for name in sorted(given.keys() - set(_WITH_VALUES)):
        text = json.dumps(_as_texts(given[name]), sort_keys=True)
        yield f"Properties.{name}", hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _of_application(spec: SiteSpec, written: _Written) -> Iterator[tuple[str, Json]]:
    """Yield the archive or the image that the servers run."""
    artifact, container = spec.web_servers.artifact, spec.web_servers.container
    if artifact is not None:
        of_artifact = {"Key": artifact.key, "VersionId": artifact.version_id, "Sha256": artifact.sha256}
        for name, value in of_artifact.items():
            if not written.regional(f"WebServers.Artifact.{name}"):
                yield from _shown(f"Application.{name}", value, written.comparable)
    if container is not None:
        # Each half pulls from its own Region's registry: the comparison leaves out the Region.
        comparable = Comparable(written.comparable.visible | {REGION}, frozenset())
        yield from _shown("Application.Image", container.image, comparable)


def _of_resources(context: Context, definitions: Mapping[str, Json], written: _Written) -> Iterator[tuple[str, Json]]:
    """Yield the sizes and versions of the resources. The database's replicas have those of the database."""
    for logical_id, body in definitions.items():
        if body["Type"] == "AWS::RDS::DBInstance" and logical_id != context.id(PRIMARY):
            continue
        name = logical_id.removeprefix(context.site)
        for path in SAME_IN_BOTH.get(body["Type"], ()):
            sources = (*MADE_OF[body["Type"], path[-1]], f"Overrides.{name}")
            if not any(map(written.regional, sources)):
                value = value_at(body.get("Properties", {}), path)
                yield from _shown(f"Resources.{name}.{path[-1]}", value, written.comparable)


def _shown(key: str, value: Any, comparable: Comparable) -> Iterator[tuple[str, Json]]:
    """Yield a value that can be compared: a literal, and what is made of visible parameters.

    Not a value that depends on the Region, which differs on purpose; nor one of another resource, which would have to
    exist first; nor a dynamic reference, which may be one to a secret: Parameter Store takes no braces of that kind.
    """
    written = _without_no_value(encoded(value))
    if isinstance(written, str | int | float):
        written = _text(written)
    elif not is_intrinsic(written) or not references(written) <= comparable.visible | _SAME_PSEUDO:
        return
    if comparable.regional.isdisjoint(conditions_of(written)) and "{{" not in json.dumps(written):
        yield key, written


def _without_no_value(value: Any) -> Any:
    """Return a value with an empty text for what is left out: it becomes a part of a text."""
    if value == NO_VALUE:
        return ""
    if isinstance(value, Mapping):
        return {key: _without_no_value(item) for key, item in value.items()}
    return [_without_no_value(item) for item in value] if isinstance(value, list) else value


def _joined(lines: list[tuple[str, Json]]) -> Value:
    """Return the lines as one text; with functions in it, as what CloudFormation joins."""
    parts: list[Json] = [""]
    for key, value in lines:
        parts[-1] += f"{key}="
        if isinstance(value, str):
            parts[-1] += f"{value}\n"
        else:
            parts += [value, "\n"]
    return str(parts[0]) if len(parts) == 1 else opaque({"Fn::Join": ["", parts]})


def _without(value: Any, path: list[str]) -> Any:
    """Return a value without what is at a path in it, if it is there."""
    if not isinstance(value, Mapping) or path[0] not in value:
        return value
    first, *rest = path
    others = {key: item for key, item in value.items() if key != first}
    return {**others, first: _without(value[first], rest)} if rest else others


def _as_texts(value: Any) -> Any:
    """Return a value with all scalars as texts: CloudFormation takes 3 and "3", true and "true" for the same."""
    if isinstance(value, Mapping):
        return {str(key): _as_texts(item) for key, item in value.items()}
    return [_as_texts(item) for item in value] if isinstance(value, list | tuple) else _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
