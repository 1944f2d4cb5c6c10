"""Limits of single resources of a site that depend on the length of its logical id or its scripts."""

from collections.abc import Mapping
from typing import Any

from resilient_website.facts.typical_lengths import of_text
from resilient_website.problems import Problem, shown

Json = dict[str, Any]

# Source: "Understand CloudFormation quotas".
MAX_LOGICAL_ID_LENGTH = 255

# Source: "Run commands when you launch an EC2 instance with user data input": before it is encoded.
MAX_USER_DATA_BYTES = 16_384

# Source: "PutTargets" in the Amazon EventBridge API reference, Input.
MAX_EVENT_BYTES = 8_192


def check(site: str, definitions: Mapping[str, Json]) -> list[Problem]:
    """Return a problem for each resource of a site, by logical id, that is too long; `site` is the site's id."""
    return [*_long_names(site, definitions), *_long_scripts(site, definitions), *_long_events(site, definitions)]


def _long_names(site: str, definitions: Mapping[str, Json]) -> list[Problem]:
    """Return at most one problem, for the resource that leaves the site's name the least room."""
    longest: dict[str, int] = {}
    for logical_id in definitions:
        if len(logical_id) > MAX_LOGICAL_ID_LENGTH:
            longest[logical_id] = MAX_LOGICAL_ID_LENGTH - (len(logical_id) - len(site))
    if not longest:
        return []
    tightest = min(longest, key=lambda logical_id: longest[logical_id])
    room = longest[tightest]
    if room < 1:
        found = f"found names so long that the resource name {shown(tightest)} would exceed the limit"
        excess = len(site) - room
        fix = f"shorten the name by {excess} characters: a logical id has at most {MAX_LOGICAL_ID_LENGTH}"
        return [Problem(f"Resources.{site}.Properties.DomainName", found, fix)]
    found = f"found a logical id of {len(site)} characters, too long for the name of its resource {tightest}"
    return [Problem(f"Resources.{site}", found, f"use at most {room} letters and digits")]


def _long_scripts(site: str, definitions: Mapping[str, Json]) -> list[Problem]:
    """Return a problem for each launch template whose user data is too long."""
    templates = [each for each in definitions.values() if each["Type"] == "AWS::EC2::LaunchTemplate"]
    scripts = [each["Properties"]["LaunchTemplateData"].get("UserData") for each in templates]
    sizes = [of_text(each["Fn::Base64"] if isinstance(each, Mapping) else each or "") for each in scripts]
    return [
        Problem(
            f"Resources.{site}.Properties.WebServers",
            f"the servers' user data has about {size} bytes, including UserData or Artifact.Install, "
            f"Drain.Script, Environment and LogFiles; EC2 allows {MAX_USER_DATA_BYTES}",
            "store the scripts in S3: write an Artifact, or a UserData that downloads them; for many "
            "variables or secrets, store JSON in one secret, and write its ARN under Environment.Secrets",
        )
        for size in sizes
        if size > MAX_USER_DATA_BYTES
    ]


def _long_events(site: str, definitions: Mapping[str, Json]) -> list[Problem]:
    """Return a problem for each event of a schedule that is too long: all that it is made of counts."""
    found = []
    for definition in definitions.values():
        targets = definition["Properties"].get("Targets", []) if definition["Type"] == "AWS::Events::Rule" else []
        for target in targets:
            size = of_text(target.get("Input", ""))
            if size > MAX_EVENT_BYTES:
                text = f"found paths that make the schedule's event about {size} bytes long; EventBridge allows"
                path = f"Resources.{site}.Properties.Fallback.Source.Crawl.Paths"
                found.append(Problem(path, f"{text} {MAX_EVENT_BYTES}", "write fewer paths, or shorter ones"))
    return found
