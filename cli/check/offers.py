"""What a Region offers: the template's endpoint services and resource types; and Hooks that are active there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Skipped, Unavailable, error
from cli.check import zones
from cli.check.site import Checked

ENDPOINT = "AWS::EC2::VPCEndpoint"
NO_TYPE = ("TypeNotFoundException",)
# Types that CloudFormation has, but its registry does not list.
UNLISTED = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::WaitCondition")


def endpoint_services(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report an endpoint service that the Region or a zone lacks, or that has no private DNS name.

    Source: DescribeVpcEndpointServices, AvailabilityZones and PrivateDnsName; "AWS services that integrate with AWS
    PrivateLink".
    """
    wanted = _endpoints(template)
    if not wanted:
        return
    answer = aws.ask("ec2", "describe_vpc_endpoint_services")
    if not answer.get("ServiceDetails"):
        raise Unavailable("AWS lists no endpoint services")
    offered: dict[tuple[str, str], set[str]] = defaultdict(set)
    named = {detail["ServiceName"] for detail in answer["ServiceDetails"] if _private_name(detail)}
    for detail in answer.get("ServiceDetails", []):
        for kind in detail.get("ServiceType", []):
            offered[detail["ServiceName"], kind.get("ServiceType", "")] |= set(detail.get("AvailabilityZones", []))
    for site in template.sites:
        if not site.spec.network.is_own:
            continue
        path = site.at("Network.EndpointServices")
        in_zones = set(zones.used(site, aws))
        for name, kind in sorted(wanted.get(site.name, ())):
            if (name, kind) not in offered:
                yield error(path, f"{site.region} has no endpoint service {name} ({kind})", "leave it out")
            elif kind == "Interface" and named and name not in named:
                found = f"the endpoint service {name} has no private DNS name, which the site's endpoints need"
                yield error(path, found, "leave it out, and add your own AWS::EC2::VPCEndpoint for it")
            elif kind == "Interface" and (missing := in_zones - offered[name, kind]):
                found = f"the endpoint service {name} is not in {', '.join(sorted(missing))}"
                yield error(path, found, "leave it out, or set Network: {AvailabilityZones} to zones that have it")


def _private_name(detail: Mapping[str, Any]) -> bool:
    """Return whether an endpoint of a service supports private DNS."""
    return "Interface" in str(detail.get("ServiceType")) and bool(
        detail.get("PrivateDnsName") or detail.get("PrivateDnsNames")
    )


def _endpoints(template: Checked) -> dict[str, set[tuple[str, str]]]:
    """Return the name and the kind of each site's endpoint services."""
    intrinsics = Intrinsics(template.expanded, template.region, {})
    found: dict[str, set[tuple[str, str]]] = {}
    for logical_id, body in template.expanded["Resources"].items():
        owners = [site.name for site in template.sites if logical_id.startswith(site.name)]
        if body.get("Type") == ENDPOINT and owners:
            properties: Any = intrinsics.value(body.get("Properties", {}))
            kind = str(properties.get("VpcEndpointType", "Gateway"))
            found.setdefault(max(owners, key=len), set()).add((str(properties.get("ServiceName")), kind))
    return found


def types(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report resource types that CloudFormation does not have in the Region ("Unrecognized resource types").

    Source: ListTypes; DescribeType for what it does not list.
    """
    users = defaultdict(list)
    for logical_id, body in template.expanded["Resources"].items():
        users[str(body.get("Type", ""))].append(logical_id)
    wanted = {kind for kind in users if kind and not kind.startswith(UNLISTED)}
    filters = {"Category": "AWS_TYPES"}
    answer = aws.ask("cloudformation", "list_types", Visibility="PUBLIC", Type="RESOURCE", Filters=filters)
    listed = {entry["TypeName"] for entry in answer.get("TypeSummaries", [])}
    for kind in sorted(wanted - listed):
        if aws.find("cloudformation", "describe_type", missing=NO_TYPE, Type="RESOURCE", TypeName=kind) is None:
            found = f"CloudFormation in {template.region} has no type {kind} ({', '.join(users[kind])})"
            yield error("Resources", found, "leave out the property that needs it, or use another Region")


def hooks(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """List the Hooks that are active in the account: they evaluate the expanded template, and may reject it.

    Only a change set shows their result (`--change-set`). Source: ListTypes, Type HOOK; "CloudFormation Hooks".
    """
    del template
    for visibility in ("PRIVATE", "PUBLIC"):
        wanted: dict[str, Any] = {"Visibility": visibility, "Type": "HOOK"}
        if visibility == "PUBLIC":
            wanted["Filters"] = {"Category": "ACTIVATED"}
        answer = aws.ask("cloudformation", "list_types", **wanted)
        for entry in answer.get("TypeSummaries", []):
            why = "a CloudFormation Hook of the account may reject the deployment; --change-set runs it"
            yield Skipped(f"Resources ({entry['TypeName']})", why)
