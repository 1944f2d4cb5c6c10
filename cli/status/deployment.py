"""The last deployment, the version of the expansion, and the copy in another Region."""

from collections.abc import Iterator
from functools import partial

from cli.analysis.availability.intrinsics import Intrinsics
from cli.aws_findings.aws import Aws
from cli.deployed.site import DeployedSite
from cli.deployed.stack_events import first_failure, last_operation
from cli.deployed.stack_update import GOOD
from cli.deployed.templates import compact_properties
from cli.function_layer import code_in
from cli.status import stack
from cli.status.rows import Row, State
from resilient_website.functions.code import Layer
from resilient_website.reading.versions import NEWEST, OLDEST

TIER = "stack"


def last_deployment(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the result of the last deployment, and the first event that failed in it."""
    found = stack.description(site, aws)
    status, at = found["StackStatus"], found.get("LastUpdatedTime") or found["CreationTime"]
    text = f"{status}, begun at {at:%Y-%m-%d %H:%M} UTC"
    if status in GOOD:
        yield Row(TIER, "last deployment", State.OK, text)
        return
    # After a rollback, the site is as before the deployment.
    yield Row(TIER, "last deployment", State.DEGRADED if status.endswith("_FAILED") else State.NOTE, text)
    events = last_operation(partial(aws.first_page, "cloudformation", "describe_stack_events"), site.stack)
    failed = first_failure(events)
    if failed:
        reason = f"{failed['LogicalResourceId']} {failed['ResourceStatus']}: {failed['ResourceStatusReason']}"
        yield Row(TIER, "first failed event", State.NOTE, f"{failed['Timestamp']:%H:%M:%S} UTC {reason}")


def version(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the site's version of the expansion, and whether this tool has a newer one."""
    template = stack.written(site, aws)
    properties = compact_properties(template, site.name)
    if properties is None:
        yield Row(TIER, "version", State.NOTE, "the stack's template is flat: it has no Version")
        return
    known = Intrinsics(template, site.region, stack.parameters(site, aws))
    given = str(known.value(properties.get("Version", OLDEST)) or OLDEST)
    if given == str(NEWEST):
        yield Row(TIER, "version", State.OK, f"{given}, the newest of this command line")
        return
    text = f"{given}; this command line has {NEWEST}: docs/decisions/0014-versions.md"
    yield Row(TIER, "version", State.NOTE, text)


def layer(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield whether the installed macro has newer code for the site's functions."""
    code = code_in(stack.template(site, aws))
    if not isinstance(code, Layer):
        return
    name, _, deployed = code.arn.rpartition(":")
    listed = aws.find("lambda", "list_layer_versions", missing=("ResourceNotFoundException",), LayerName=name)
    newest = max((each["Version"] for each in (listed or {}).get("LayerVersions", [])), default=None)
    if newest is None:
        yield Row(TIER, "functions", State.NOTE, f"layer version {deployed}; the macro is not installed any more")
    elif str(newest) != deployed:
        text = f"layer version {deployed}; the next deployment takes {newest}, which the installed macro has"
        yield Row(TIER, "functions", State.NOTE, text)
    else:
        yield Row(TIER, "functions", State.OK, f"layer version {deployed}, that of the installed macro")


def copy(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield where the site's copy is, and the command that shows both halves."""
    properties = compact_properties(stack.written(site, aws), site.name) or {}
    group = properties.get("Secondary")
    if isinstance(group, dict) and "Region" in group:
        command = f"build_templates.py switch status {site.stack}:{site.name} --region {site.region}"
        found = f"Secondary.Region {group['Region']}, {group.get('Mode', 'the default mode')}; see both: {command}"
        yield Row(TIER, "copy", State.NOTE, found)
