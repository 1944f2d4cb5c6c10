"""A copy in another Region: its Region is enabled and may be called, and both stacks have the same template."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.analysis.updates.differences import Difference
from cli.aws_findings.aws import SERVICE_CONTROL_POLICY, Aws
from cli.aws_findings.findings import CheckResult, Skipped, Unavailable, error, warning
from cli.check.site import Checked, Site
from cli.deployed.same_template import template_differences
from cli.json_walk import listed
from cli.template_file import stack_template
from cli.template_text import TemplateTextError
from resilient_website.tiers.secondary_region.published import PRIMARY_REGION, ROOT

NO_STACK = ("ValidationError",)
NO_PARAMETER = ("ParameterNotFound",)
REQUESTED_REGION = "aws:requestedregion"

# Paths of differences between two templates that are shown; the others are counted.
SHOWN = 5


def primary_region(site: Site, aws: Aws) -> str | None:
    """Return the Region of a copy's primary half, which that half publishes beside the copy; None if it has not.

    Raises Unavailable without the stack's name, which is part of the parameter's name.
    """
    if site.stack.name is None:
        raise Unavailable("the primary Region is known only with --stack-name", site.at("Secondary"))
    name = f"{ROOT}/{_plain(site.stack.name)}/{site.name}/{PRIMARY_REGION}"
    found = aws.find("ssm", "get_parameter", missing=NO_PARAMETER, Name=name)
    return str(found["Parameter"]["Value"]) if found else None


def order(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a copy that would be deployed before its primary half, whose values it reads."""
    if site.spec.is_secondary_half and primary_region(site, aws) is None:
        found = f"the stack {site.stack.name} in the primary Region has not been deployed"
        fix = f"deploy this template there first, under the same stack name, then in {site.region}"
        yield error(site.at("Secondary.Region"), found, fix)


def calls(site: Site, aws: Aws, region: str) -> Iterator[CheckResult]:
    """Report a service control policy that denies calls in the other Region, if it denies the first one.

    No read-only call shows the policies themselves. Source: "Troubleshoot access denied error messages" in the IAM User
    Guide.
    """
    try:
        aws.ask("ec2", "describe_availability_zones", region=region)
    except Unavailable as refused:
        if SERVICE_CONTROL_POLICY not in refused.why:
            raise
        found = f"a service control policy of your organization denies calls in {region}"
        fix = "have it allow this Region (often its condition on aws:RequestedRegion), or use another Region"
        yield error(site.at("Secondary.Region"), found, fix)


def boundary(site: Site, aws: Aws, region: str) -> Iterator[CheckResult]:
    """Warn of a permissions boundary whose condition on aws:RequestedRegion leaves out the other Region.

    CloudFormation and the site's functions call services in both. Source: "AWS global condition context keys".
    """
    given = site.spec.security.roles.boundary
    if given is None:
        return
    arn = site.known("Security.PermissionsBoundary", given)
    held = aws.find("iam", "get_policy", missing=("NoSuchEntity",), PolicyArn=arn)
    if held is None:
        yield error(site.at("Security.PermissionsBoundary"), f"there is no policy {arn}", "use one that exists")
        return
    version = held["Policy"]["DefaultVersionId"]
    document = aws.ask("iam", "get_policy_version", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    if any(_leaves_out(statement, region) for statement in listed(document.get("Statement"))):
        found = f"a condition on aws:RequestedRegion leaves out {region}, which the site's roles call"
        yield warning(site.at("Security.PermissionsBoundary"), found, f"allow {region} in the policy's condition")


def _leaves_out(statement: Mapping[str, Any], region: str) -> bool:
    """Return whether a statement allows only other Regions, or denies all but others."""
    allows = statement.get("Effect") == "Allow"
    for operator, keys in (statement.get("Condition") or {}).items():
        named = [value for key, values in keys.items() if key.lower() == REQUESTED_REGION for value in listed(values)]
        positive = "Not" not in operator
        if named and region not in named and not any("*" in value for value in named) and allows is positive:
            return True
        if named and region in named and allows is not positive:
            return True
    return False


def halves_agree(here: Checked, aws: Aws, region: str) -> Iterator[CheckResult]:
    """Warn of stacks in the two Regions whose templates differ in more than the active Region."""
    name = here.stack.name
    if name is None:
        yield Skipped("Resources (both halves' templates)", "without --stack-name")
        return
    mine, other = (_original(aws, at, name) for at in (here.region, region))
    found = template_differences(mine, other)
    if found:
        named = ", ".join(_path(each) for each in found[:SHOWN])
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        text = f"the stacks {name} in {here.region} and {region} have different templates: {named}{more}"
        yield warning("Resources", text, "deploy the same template to both Regions, to the primary one first")


def _original(aws: Aws, region: str, name: str) -> Any:
    """Return the template as a stack was deployed with it; None without such a stack, or if it can't be read."""
    named = {"StackName": _plain(name), "TemplateStage": "Original"}
    answer = aws.find("cloudformation", "get_template", missing=NO_STACK, region=region, **named)
    try:
        return stack_template(answer["TemplateBody"]) if answer else None
    except TemplateTextError as unread:
        raise Unavailable(f"the template of {name} in {region} can't be read ({unread})") from unread


def _plain(stack: str) -> str:
    """Return a stack's name, also of its ARN: it is the same in both Regions."""
    return stack.split("/")[1] if stack.startswith("arn:") else stack


def _path(difference: Difference) -> str:
    return ".".join(map(str, difference.path))
