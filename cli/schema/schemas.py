"""The schemas that `schema` prints: one of a template for editors, one of the resource type for linters."""

from typing import Any

from cli.schema.property_schemas import SchemaFor
from resilient_website.attributes import ATTRIBUTES
from resilient_website.cloudformation.template_checks import LOOP, TYPES

DRAFT_7 = "http://json-schema.org/draft-07/schema#"

# Sources: "Template sections" and "Resource attribute reference" in the CloudFormation Template Reference.
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Globals",
    "Hooks",
    "Outputs",
)
SITE_ATTRIBUTES = ("Condition", "DeletionPolicy", "DependsOn", "Metadata", "UpdateReplacePolicy")


def template_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a template with sites, for the YAML language server of an editor.

    Resources of other types are not checked.
    """
    site = {
        "properties": {
            "Type": {"enum": list(TYPES)},
            "Properties": {"$ref": "#/definitions/Site"},
            **{name: {} for name in SITE_ATTRIBUTES},
        },
        "additionalProperties": False,
    }
    resource = {
        "type": "object",
        "properties": {"Type": {"type": "string", "anyOf": [{"enum": list(TYPES)}, {}]}},
        "if": {"properties": {"Type": {"enum": list(TYPES)}}, "required": ["Type"]},
        "then": site,
    }
    return {
        "$schema": DRAFT_7,
        "title": "CloudFormation template with ResilientWebsite",
        "type": "object",
        "properties": {
            **{name: {} for name in SECTIONS},
            "Resources": {
                "type": "object",
                "patternProperties": {f"^{LOOP}": {}},
                "additionalProperties": resource,
            },
        },
        "required": ["Resources"],
        "additionalProperties": False,
        "definitions": {"Site": _with_service_token(SchemaFor(editor=True).site())},
    }


def resource_type_schema() -> dict[str, Any]:
    """Return the CloudFormation resource schema of the compact resource, for cfn-lint and cloudformation-validate.

    Its read-only properties are the attributes for `Fn::GetAtt`. Source: "Resource type schema" in the CloudFormation
    CLI User Guide.
    """
    site = _with_service_token(SchemaFor(editor=False).site())
    attributes = {each.name: {"type": "string", "description": each.meaning} for each in ATTRIBUTES}
    # A property has the same name as an attribute where both say the same (DomainName).
    return {
        "typeName": TYPES[0],
        "description": "A website with no single point of failure, expanded by a CloudFormation macro",
        "properties": {**attributes, **site["properties"]},
        "additionalProperties": False,
        "readOnlyProperties": [f"/properties/{name}" for name in attributes],
        "primaryIdentifier": ["/properties/Url"],
    }


def _with_service_token(site: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with the property that linters require of `Custom::ResilientWebsite`; the macro ignores it."""
    return {**site, "properties": {**site["properties"], "ServiceToken": {"type": "string"}}}
