"""The same updates as change sets on the emulator: each replacement that they tell, diff tells too."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cli.analysis.updates.effects import Effect
from resilient_website.expand import expand_template
from tests.diff.neighbours import PAIRS
from tests.diff.stacks import changes
from tests.sites import Installation

Json = dict[str, Any]

SECONDS = 60
# Types of resources that diff calls replaced and the emulator does not, and why diff is right.
DENIED: dict[str, str] = {}


def compact(installation: Installation, properties: Json) -> Json:
    """Return the template of a site, in a hosted zone that exists."""
    own = {**properties, "HostedZoneId": installation.hosted_zone("example.com")} if "DomainName" in properties else {}
    resources = {"Site": {"Type": "ResilientWebsite", "Properties": own or properties}}
    return {"Transform": "ResilientWebsite", "Resources": resources}


def change_set(installation: Installation, stack: str, template: Json) -> list[Json]:
    """Return the changes of a change set, which is not executed."""
    cloudformation = installation.cloudformation
    names = {"StackName": stack, "ChangeSetName": "update"}
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    cloudformation.create_change_set(
        **names, ChangeSetType="UPDATE", TemplateBody=json.dumps(template), Capabilities=capabilities
    )
    try:
        deadline = time.monotonic() + SECONDS
        while cloudformation.describe_change_set(**names)["Status"] != "CREATE_COMPLETE":
            assert time.monotonic() < deadline, cloudformation.describe_change_set(**names)["StatusReason"]
            time.sleep(0.1)
        pages = cloudformation.get_paginator("describe_change_set").paginate(**names)
        return [entry["ResourceChange"] for page in pages for entry in page["Changes"]]
    finally:
        cloudformation.delete_change_set(**names)


class Deployed:
    """The site that is deployed, one at a time: it stays until another one is asked for, as change sets only read."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._template: Json | None = None
        self._stack = ""

    def stack(self, template: Json, name: str) -> str:
        """Return the name of a stack of this template: of the deployed one, or else `name`, which is then deployed."""
        if template != self._template:
            self.delete()
            self._stack = name
            self._installation.deploy(name, template)
            self._template = template
        return self._stack

    def delete(self) -> None:
        """Delete the stack, if there is one."""
        if self._stack:
            self._installation.delete(self._stack)
        self._stack, self._template = "", None


@pytest.fixture(scope="module")
def deployed(installation: Installation) -> Iterator[Deployed]:
    site = Deployed(installation)
    yield site
    site.delete()


# Those that begin at the same site follow each other.
NAMES = sorted(PAIRS, key=lambda name: [old for old, _ in PAIRS.values()].index(PAIRS[name][0]))


@pytest.mark.parametrize("name", NAMES)
def test_change_set_tells_no_replacement_that_diff_misses(
    installation: Installation, deployed: Deployed, name: str
) -> None:
    old, new = (compact(installation, properties) for properties in PAIRS[name])
    reported = changes(*(expand_template(template, {}, installation.region) for template in (old, new)))
    stack = deployed.stack(old, "n" + "".join(filter(str.isalnum, name)))
    entries = change_set(installation, stack, new)
    actions = {entry["LogicalResourceId"]: entry["Action"] for entry in entries}
    for action, effect in (("Add", Effect.ADDED), ("Remove", Effect.DELETED)):
        assert {each for each in actions if actions[each] == action} == {
            each for each, change in reported.items() if change.effect is effect
        }
    modified = {entry["LogicalResourceId"]: entry for entry in entries if entry["Action"] == "Modify"}
    replaced = _replaced(modified)
    missed = {each for each in replaced if each not in reported or reported[each].effect < Effect.MAY_BE_REPLACED}
    assert missed == set()
    denied = {
        each
        for each, change in reported.items()
        if change.effect is Effect.REPLACED and modified.get(each, {}).get("Replacement", "False") == "False"
    }
    assert {change.type for each, change in reported.items() if each in denied} <= set(DENIED)


def _replaced(modified: dict[str, Json]) -> set[str]:
    """Return what the emulator knows to be replaced: by a property that always replaces, or by what that refers to.

    Its "Conditional" is left out. It is its answer for all properties of the types that it has no table of, and for
    every attribute of a resource that changes in place, where identifiers and addresses do not change.
    """
    replaced: set[str] = set()
    while True:
        more = {
            name
            for name, entry in modified.items()
            for detail in entry["Details"]
            if detail["Target"].get("RequiresRecreation") == "Always"
            and (
                detail.get("ChangeSource") == "DirectModification"
                or detail.get("CausingEntity", "").partition(".")[0] in replaced
            )
        }
        if more <= replaced:
            return replaced
        replaced |= more
