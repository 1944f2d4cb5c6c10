"""What the examples and the Console's template expand to, in each kind of Region."""

import json
from pathlib import Path
from typing import Any

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from cli.templates.console_template import console_template
from resilient_website.expand import expand_template
from resilient_website.facts.region_types import REGIONS_WITHOUT
from resilient_website.facts.regions import ENABLED

REGIONS_WITHOUT_BUDGETS = [r for r in ENABLED if r in REGIONS_WITHOUT["AWS::Budgets::Budget"]]

WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/12345678-1234-1234-1234-123456789012"

# An expansion differs between us-east-1, a Region with two zones, those without budgets, and all others; the linter
# judges each for all the Regions that it is for.
KINDS = {"us-east-1": ["us-east-1"], "us-west-1": ["us-west-1"], "eu-north-1": REGIONS_WITHOUT_BUDGETS}
KINDS["eu-west-1"] = [r for r in ENABLED if r not in ("us-east-1", "us-west-1", *REGIONS_WITHOUT_BUDGETS)]


def for_region(template: dict[str, Any], region: str) -> dict[str, Any]:
    """Return the template with what that Region needs: a web ACL in us-east-1, its own topic and key, its zones."""
    for parameter in template.get("Parameters", {}).values():
        if str(parameter.get("Default")).startswith("arn:aws:kms:"):
            parameter["Default"] = parameter["Default"].replace("us-east-1", region)
    for resource in template["Resources"].values():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] != "ResilientWebsite":
            continue
        if region != "us-east-1" and "WebACL" in properties.get("Security", {}):
            properties["Security"] = {"WebACLArn": WEB_ACL}
        monitoring = properties.get("Monitoring", {})
        if "AlarmTopicArn" in monitoring:
            monitoring["AlarmTopicArn"] = monitoring["AlarmTopicArn"].replace("us-east-1", region)
        if region in REGIONS_WITHOUT_BUDGETS:
            monitoring.pop("MonthlyBudget", None)
        if region == "us-west-1" and "VpcId" not in properties.get("Network", {}):
            network = properties.setdefault("Network", {})
            if not isinstance(network.get("AvailabilityZones"), dict):
                network["AvailabilityZones"] = 2
    return template


def expanded(path: Path, region: str) -> dict[str, Any]:
    template = for_region(read_template(path), region)
    return expand_template(template, parameter_values(template, {}), region)


def remote_stacks(template: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the templates of the stacks that an expanded one has in other Regions, and the Region of each."""
    found = [body["Properties"] for body in template["Resources"].values() if body["Type"] == "Custom::RemoteStack"]
    return [(properties["Region"], json.loads(properties["TemplateBody"])) for properties in found]


def console_expansion(region: str) -> dict[str, Any]:
    template = console_template().to_dict()
    answers = {"AvailabilityZones": "2"} if region == "us-west-1" else {}
    return expand_template(template, parameter_values(template, answers), region)
