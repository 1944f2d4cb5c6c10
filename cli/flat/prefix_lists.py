"""Look up CloudFront's prefix list in a flat template by Region: a stack set deploys it to several."""

from typing import Any

from cli.json_walk import rewritten
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS
from resilient_website.problems import InvalidTemplateError, Problem

Json = dict[str, Any]

MAPPING = "CloudFrontPrefixLists"


def for_every_region(template: Json, region: str) -> Json:
    """Return the template with a mapping in place of the prefix list of the Region that it was expanded for.

    Raises InvalidTemplateError if the template already has a mapping or a parameter of that name.
    """
    expanded = {"SourcePrefixListId": CLOUDFRONT_PREFIX_LISTS.get(region, "")}
    looked_up = {"Fn::FindInMap": [MAPPING, {"Ref": "AWS::Region"}, "Id"]}

    def of_any_region(value: Json) -> Json:
        return {**value, "SourcePrefixListId": looked_up} if expanded.items() <= value.items() else value

    resources = rewritten(template["Resources"], of_any_region)
    if resources == template["Resources"]:
        return template
    for section, noun in (("Mappings", "mapping"), ("Parameters", "parameter")):
        if MAPPING in template.get(section, {}):
            reserved = f"found {MAPPING}, the name of a mapping that a flat template needs"
            raise InvalidTemplateError([Problem(f"{section}.{MAPPING}", reserved, f"rename this {noun}")])
    mapping = {name: {"Id": prefix_list} for name, prefix_list in CLOUDFRONT_PREFIX_LISTS.items()}
    return {**template, "Mappings": {**template.get("Mappings", {}), MAPPING: mapping}, "Resources": resources}
