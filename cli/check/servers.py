"""EC2's instance types and images: available in the zones, and compatible with each other."""

import re
from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check import zones
from cli.check.site import Site

NO_IMAGE = ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed")
NO_PARAMETER = ("ParameterNotFound", "ParameterVersionNotFound")
PARAMETER = re.compile(r"\{\{resolve:ssm:([^:}]+)(?::(\d+))?\}\}")

# The volume whose size the launch template sets.
ROOT_DEVICE = "/dev/xvda"


def type_paths(site: Site) -> dict[str, str]:
    """Return each instance type with its path."""
    servers = site.spec.web_servers
    further = {kind: site.at(f"WebServers.InstanceTypes[{n}]") for n, kind in enumerate(servers.instance_types)}
    return {**further, servers.instance_type: site.at("WebServers.InstanceType")}


def instance_types(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report types that are not available in the Region, or not in every zone. Source: DescribeInstanceTypeOfferings.

    An error if a zone has none of the types; a warning if it has another one.
    """
    paths = type_paths(site)
    where = _offerings(aws, list(paths))
    site_zones = set(zones.of_web_servers(site, aws))
    for kind, path in paths.items():
        if not where[kind]:
            yield error(path, f"{site.region} offers no {kind}", "use a type that it offers")
            continue
        without = site_zones - where[kind]
        alone = sorted(zone for zone in without if not any(zone in other for other in where.values()))
        if alone:
            yield error(path, f"{kind} is not offered in {', '.join(alone)}", _other_zones(site, where))
        elif without:
            found = f"{kind} is not offered in {', '.join(sorted(without))}; other types are used there"
            yield warning(path, found, _other_zones(site, where))


def image(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report an image that does not exist, is for another architecture, or does not fit the volume.

    Source: DescribeImages, DescribeInstanceTypes; "RunInstances", BlockDeviceMappings (InvalidBlockDeviceMapping).
    """
    if site.spec.web_servers.image_id is None:
        return
    path, image_id = site.at("WebServers.ImageId"), _image_id(site, aws)
    answer = image_id and aws.find("ec2", "describe_images", missing=NO_IMAGE, ImageIds=[image_id])
    images = answer.get("Images", []) if isinstance(answer, dict) else []
    if not images:
        found = f"{site.region} has no image {image_id}" if image_id else "the parameter does not exist"
        yield error(path, found, "use an image in this Region that this account may launch")
        return
    found_image = images[0]
    if found_image.get("State") != "available":
        yield error(path, f"the image {image_id} is {found_image.get('State')}", "wait until it is available")
    yield from _processor(site, aws, path, found_image)
    yield from _disk(site, found_image)


def described(aws: Aws, kinds: list[str]) -> dict[str, dict[str, Any]]:
    """Return EC2's description of each instance type that exists. Source: DescribeInstanceTypes."""
    answer = aws.ask("ec2", "describe_instance_types", Filters=[{"Name": "instance-type", "Values": sorted(kinds)}])
    return {entry["InstanceType"]: entry for entry in answer.get("InstanceTypes", [])}


def _processor(site: Site, aws: Aws, path: str, found_image: dict[str, Any]) -> Iterator[CheckResult]:
    built_for = found_image.get("Architecture")
    for kind, known in described(aws, list(type_paths(site))).items():
        runs = known.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
        if runs and built_for not in runs:
            found = f"the image {found_image['ImageId']} is for {built_for}, and {kind} runs {', '.join(runs)}"
            yield error(path, found, "use an image for that architecture, or other instance types")


def _disk(site: Site, found_image: dict[str, Any]) -> Iterator[CheckResult]:
    size = site.known("WebServers.VolumeSize", site.spec.web_servers.volume_size)
    for mapping in found_image.get("BlockDeviceMappings", []):
        needs = mapping.get("Ebs", {}).get("VolumeSize", 0)
        if mapping.get("DeviceName") == ROOT_DEVICE and needs > int(size):
            found = f"found {size} GiB, but the image {found_image['ImageId']} needs {needs}"
            yield error(site.at("WebServers.VolumeSize"), found, f"write VolumeSize: {needs}, or more")


def _image_id(site: Site, aws: Aws) -> str | None:
    """Return the image's id, if needed from Parameter Store; None if the parameter does not exist."""
    value = site.known("WebServers.ImageId", site.spec.web_servers.image_id)
    named = PARAMETER.fullmatch(value)
    if named is None:
        return value
    name = ":".join(part for part in named.groups() if part)
    answer = aws.find("ssm", "get_parameter", missing=NO_PARAMETER, Name=name)
    return str(answer["Parameter"]["Value"]) if answer else None


def _offerings(aws: Aws, kinds: list[str]) -> dict[str, set[str]]:
    """Return the zones in which each type is offered."""
    answer = aws.ask(
        "ec2",
        "describe_instance_type_offerings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": sorted(kinds)}],
    )
    entries = answer.get("InstanceTypeOfferings", [])
    return {kind: {each["Location"] for each in entries if each["InstanceType"] == kind} for kind in kinds}


def _other_zones(site: Site, where: dict[str, set[str]]) -> str:
    """Return advice: zones that have every type, if there are enough."""
    common = sorted(set.intersection(*where.values()))
    count = site.spec.network.zone_count
    if site.spec.network.is_own and len(common) >= count:
        return f"use another type, or Network: {{AvailabilityZones: [{', '.join(common[:count])}]}}"
    return "use another type"
