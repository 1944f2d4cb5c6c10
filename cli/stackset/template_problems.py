"""Problems of a template that StackSets would refuse, found before it is asked."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cli.stackset.request import Request
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.facts.cloudformation_quotas import (
    MAX_BODY_BYTES,
    MAX_PARAMETERS,
    MAX_RESOURCES,
    MAX_TEMPLATE_BYTES,
)
from resilient_website.problems import Problem
from resilient_website.tiers.remote_stack import RemoteStack
from resilient_website.tiers.secondary_region.primary_half import PrimaryHalf
from resilient_website.tiers.secondary_region.primary_part import PUBLISHED_STACK

# A type of CloudFormation or its registry has three parts; a custom resource begins with Custom.
KNOWN_TYPE = re.compile(r"\w+::\w+::\w+(::MODULE)?|Custom::[\w@-]+")
FLATTEN = "StackSets does not support macros: first write the expanded template with `build_templates.py flat`"


def template_problems(request: Request) -> list[Problem]:
    """Return every problem of the template itself."""
    template = request.template
    resources = template.get("Resources")
    if not isinstance(resources, Mapping) or not resources:
        return [Problem("Resources", "the template has none", "give a template with resources")]
    problems = [*_transforms(template), *_types(resources, request.service_managed), *_sizes(request, resources)]
    problems += _halves(resources)
    if request.template_url:
        problems += _url(request.template_url, request.template_sha256)
    return problems


def _transforms(template: Mapping[str, Any]) -> Iterator[Problem]:
    if "Transform" in template:
        yield Problem("Transform", f"found {template['Transform']!r}", FLATTEN)
    body = {name: section for name, section in template.items() if name != "Transform"}
    for path in _with_key(body, "Fn::Transform", ""):
        yield Problem(path, "found Fn::Transform", FLATTEN)


def _with_key(value: Any, key: str, path: str) -> Iterator[str]:
    """Return the paths of a key in a template."""
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        if name == key:
            yield path or key
        yield from _with_key(inner, key, f"{path}.{name}".lstrip("."))


def _types(resources: Mapping[str, Any], service_managed: bool) -> Iterator[Problem]:
    for name, resource in resources.items():
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        path = f"Resources.{name}.Type"
        if not isinstance(kind, str):
            yield Problem(path, "missing", "add a type")
        elif kind in TYPES or not KNOWN_TYPE.fullmatch(kind):
            yield Problem(path, f"found {kind}, which only a macro can expand", FLATTEN)
        elif kind == "AWS::CloudFormation::Stack" and service_managed:
            advice = "service-managed stack sets do not support nested stacks: move its resources into this template"
            yield Problem(path, "found a nested stack", advice)


def _halves(resources: Mapping[str, Any]) -> Iterator[Problem]:
    """Note the halves of a site with a copy in another Region: these find each other by the name of their stacks.

    StackSets names each stack itself, StackSet-<name>-<id>. Source: "StackSets concepts", CloudFormation User Guide.
    """
    for name, resource in resources.items():
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        if kind == PrimaryHalf.resource_type or (kind == RemoteStack.resource_type and name.endswith(PUBLISHED_STACK)):
            found = "found a half of a site with Secondary.Region: both halves need stacks with the same name, and "
            advice = (
                "deploy the site without a stack set, first in the primary Region, then in the other one: `aws "
                "cloudformation deploy` with the same --stack-name and each Region's file of `build_templates.py flat`"
            )
            yield Problem(f"Resources.{name}", f"{found}StackSets gives each stack a name of its own", advice)


def _sizes(request: Request, resources: Mapping[str, Any]) -> Iterator[Problem]:
    size = len(request.template_text.encode())
    if size > MAX_TEMPLATE_BYTES:
        yield Problem("template", f"{size:,} bytes", f"CloudFormation allows at most {MAX_TEMPLATE_BYTES:,}: split it")
    elif size > MAX_BODY_BYTES and not request.template_url:
        advice = "upload it with `build_templates.py publish`, and give its URL in --template-url"
        yield Problem("template", f"{size:,} bytes, but the API allows at most {MAX_BODY_BYTES:,}", advice)
    if len(resources) > MAX_RESOURCES:
        yield Problem(
            "Resources", f"found {len(resources)}", f"CloudFormation allows at most {MAX_RESOURCES}: split it"
        )
    declared = request.template.get("Parameters") or {}
    if len(declared) > MAX_PARAMETERS:
        yield Problem("Parameters", f"found {len(declared)}", f"CloudFormation allows at most {MAX_PARAMETERS}")


def _url(url: str, digest: str) -> Iterator[Problem]:
    # StackSets needs an object in S3; a website endpoint has no HTTPS.
    if not re.match(r"https?://", url) or "s3-website" in url:
        yield Problem("--template-url", f"found {url!r}", "give the https URL of an object in S3")
    named = re.search(r"/([0-9a-f]{64})/", url)
    if named and named[1] != digest:
        advice = "publish FILE again, and give the URL that it prints"
        yield Problem("--template-url", "it is the URL of another version of FILE", advice)
