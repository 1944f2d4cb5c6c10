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
from typing import Any

from troposphere import ssm

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import Value, is_intrinsic, opaque
from resilient_website.cloudformation.references import references
from resilient_website.context import Context
from resilient_website.regional_values import regional_values
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.secondary_region.comparison import DECLARED, declared_name
from resilient_website.tiers.secondary_region.same_in_both import SAME_IN_BOTH
from resilient_website.tiers.secondary_region.spec import SecondaryRegionSpec

Json = Any

# Properties that have lines of their own, with values that are known at expansion.
_WITH_VALUES = ("Secondary", "Version")

# Of 64 hexadecimal digits: enough to tell two files apart, and Parameter Store takes 4 KB.
_DIGITS = 12

# The same in both halves, which have one stack name in one account.
_SAME_PSEUDO = frozenset({"AWS::AccountId", "AWS::Partition", "AWS::StackName", "AWS::URLSuffix"})


def declared(
    context: Context, spec: SiteSpec, written: Any, definitions: Mapping[str, Json], visible: Set[str]
) -> dict[str, ssm.Parameter]:
    """Return the parameter with what this half declares, by its logical id; nothing for a site without a copy.

    `written` are the site's properties in the template, `definitions` its resources. `visible` are the parameters of
    the template whose values anyone may see.
    """
    if spec.half is None:
        return {}
    lines = [
        ("Version", str(spec.version)),
        ("ActiveHalf", "primary" if spec.half.is_active is not spec.half.is_secondary else "copy"),
        *_of_copy(spec),
        *_of_file(spec, written),
        *_of_application(spec, visible),
        *_of_resources(context, definitions, visible),
    ]
    parameter = ssm.Parameter(
        context.id(DECLARED),
        Name=declared_name(context),
        Type="String",
        Description=f"What the half of {context.site} in this Region was deployed with",
        Value=_joined(lines),
    )
    return {parameter.title: parameter}


def _of_copy(spec: SiteSpec) -> Iterator[tuple[str, str]]:
    """Yield the properties of the copy but for the active Region, which both halves may leave out or name."""
    rows = [(row.name, row.metadata["property"].name) for row in fields(SecondaryRegionSpec) if row.metadata]
    for attribute, name in rows:
        value = getattr(spec.secondary, attribute)
        if name != "ActiveRegion" and value is not None:
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


def _of_application(spec: SiteSpec, visible: Set[str]) -> Iterator[tuple[str, Json]]:
    """Yield the archive or the image that the servers run."""
    servers = spec.web_servers
    if servers.artifact is not None:
        of_artifact = {
            "Key": servers.artifact.key,
            "VersionId": servers.artifact.version_id,
            "Sha256": servers.artifact.sha256,
        }
        yield from _shown({f"Application.{name}": value for name, value in of_artifact.items()}, visible)
    if servers.container is not None:
        # Each half pulls from its own Region's registry: the comparison leaves out the Region.
        yield from _shown({"Application.Image": servers.container.image}, visible | {"AWS::Region"})


def _of_resources(context: Context, definitions: Mapping[str, Json], visible: Set[str]) -> Iterator[tuple[str, Json]]:
    """Yield the sizes and versions of the resources. The database's replicas have those of the database."""
    for logical_id, body in definitions.items():
        if body["Type"] == "AWS::RDS::DBInstance" and logical_id != context.id(PRIMARY):
            continue
        name = logical_id.removeprefix(context.site)
        paths = SAME_IN_BOTH.get(body["Type"], ())
        found = {f"Resources.{name}.{path[-1]}": _at(body.get("Properties", {}), path) for path in paths}
        yield from _shown(found, visible)


def _shown(values: Mapping[str, Any], visible: Set[str]) -> Iterator[tuple[str, Json]]:
    """Yield the values that can be compared: literals, and what is made of visible parameters.

    Not a value that depends on the Region, which differs on purpose; nor one of another resource, which would have to
    exist first; nor a dynamic reference, which may be one to a secret: Parameter Store takes no braces of that kind.
    """
    for key, value in values.items():
        written = encoded(value)
        if isinstance(written, str | int | float):
            written = _text(written)
        elif not is_intrinsic(written) or not references(written) <= visible | _SAME_PSEUDO:
            continue
        if "{{" not in json.dumps(written):
            yield key, written


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


def _at(properties: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        properties = properties.get(key) if isinstance(properties, Mapping) else None
    return properties
