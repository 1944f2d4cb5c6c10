"""The template of a deployed stack: as it was written, or as CloudFormation has it after the macro."""

from collections.abc import Mapping
from typing import Any

from cli.template_file import stack_template
from cli.template_text import TemplateTextError
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.problems import InvalidTemplateError, Problem

ORIGINAL, PROCESSED = "Original", "Processed"


def read_template(cloudformation: Any, stack: str, stage: str = ORIGINAL) -> dict[str, Any]:
    """Return the template of a stack at a stage. Raises InvalidTemplateError if it can't be parsed."""
    return decoded(cloudformation.get_template(StackName=stack, TemplateStage=stage)["TemplateBody"])


def decoded(body: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return a template of GetTemplate; empty if it is no map. Raises InvalidTemplateError if it can't be read."""
    try:
        value = stack_template(body)
    except TemplateTextError as error:
        raise InvalidTemplateError([Problem("template of the stack", str(error), "deploy the file again")]) from error
    return value if isinstance(value, dict) else {}


def site_names(template: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the logical ids of a template's compact resources; none in a flat template."""
    resources = template.get("Resources") or {}
    return tuple(name for name, body in resources.items() if isinstance(body, dict) and body.get("Type") in TYPES)


def compact_properties(template: Mapping[str, Any], site: str) -> dict[str, Any] | None:
    """Return the properties of a site's compact resource, to read or to change; None in a flat template."""
    resource = (template.get("Resources") or {}).get(site)
    if not isinstance(resource, dict) or resource.get("Type") not in TYPES:
        return None
    properties = resource.get("Properties")
    return properties if isinstance(properties, dict) else None
