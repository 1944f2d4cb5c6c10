"""What several parts of `status` read of the stack: its description, its templates, and its stacks in other Regions."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.deployed.site import DeployedSite, Resource
from cli.deployed.templates import ORIGINAL, PROCESSED, decoded
from cli.template_source import stack_values
from resilient_website.tiers.remote_stack import RemoteStack


def description(site: DeployedSite, aws: Aws) -> dict[str, Any]:
    """Return the stack as CloudFormation describes it. Raises Unavailable."""
    return dict(aws.ask("cloudformation", "describe_stacks", StackName=site.stack)["Stacks"][0])


def parameters(site: DeployedSite, aws: Aws) -> dict[str, str]:
    """Return the values of the stack's parameters. Raises Unavailable."""
    return stack_values(description(site, aws).get("Parameters", []))


def template(site: DeployedSite, aws: Aws, stage: str = PROCESSED) -> dict[str, Any]:
    """Return the stack's template after the macro, or as it was written. Raises Unavailable."""
    answer = aws.ask("cloudformation", "get_template", StackName=site.stack, TemplateStage=stage)
    return decoded(answer.get("TemplateBody", {}))


def written(site: DeployedSite, aws: Aws) -> dict[str, Any]:
    """Return the stack's template as it was written. Raises Unavailable."""
    return template(site, aws, ORIGINAL)


def elsewhere(site: DeployedSite, aws: Aws) -> Iterator[tuple[str, Resource]]:
    """Yield the site's resources in other Regions, with their Region: those of its stacks there. Raises Unavailable.

    Such a stack's ARN is the physical id of the custom resource that manages it.
    """
    for stack in site.of_type(RemoteStack.resource_type):
        if not stack.physical_id.startswith("arn:"):
            continue
        region = stack.physical_id.split(":")[3]
        listed = aws.ask("cloudformation", "list_stack_resources", region=region, StackName=stack.physical_id)
        for each in listed.get("StackResourceSummaries", []):
            if each.get("PhysicalResourceId"):
                named = (each["LogicalResourceId"], each["ResourceType"], each["PhysicalResourceId"])
                yield region, Resource(*named)
