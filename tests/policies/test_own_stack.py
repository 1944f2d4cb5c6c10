"""The law of isolation: what a role of a stack may do, it may do to resources of that stack.

A statement names a resource of the same template, or the stack's id, or a name with the stack's GUID; or its condition
is the tag that CloudFormation alone gives to what belongs to the stack. Everything else is on a reviewed list.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.accepted_findings import MIN_REASON_LENGTH
from tests.expansion.expanded import expand
from tests.expansion.one_site import DOMAIN
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples
from tests.policies.documents import GUID, documents
from tests.policies.templates import REGIONS, templates
from tools.repository import ROOT

Json = dict[str, Any]

REVIEWED = ROOT / "tests" / "policies" / "own_stack.toml"
STACK_TAGS = ("aws:resourcetag/aws:cloudformation:stack-id", "aws:resourcetag/aws:cloudformation:stack-name")


@dataclass(frozen=True)
class Right:
    """An action on a resource that the law does not cover: on what is not known to be the stack's."""

    role: str
    action: str
    resource: str


@dataclass(frozen=True)
class Reviewed:
    """Rights that somebody has looked at, and why they are as narrow as can be."""

    actions: tuple[str, ...]
    resource: str
    reason: str

    def covers(self, right: Right) -> bool:
        """Tell whether it is about this right."""
        return right.action in self.actions and fnmatchcase(right.resource, self.resource)


def reviewed() -> list[Reviewed]:
    entries = tomllib.loads(REVIEWED.read_text(encoding="utf-8")).get("reviewed", [])
    return [Reviewed(tuple(entry["actions"]), entry["resource"], entry["reason"]) for entry in entries]


def rights_beyond(template: Mapping[str, Any]) -> Iterator[Right]:
    """Yield every right of a template's roles that is on more than its own stack, as far as its text says."""
    own = set(template["Resources"])
    for document in documents(template):
        if not document.identity:
            continue
        pairs = zip(document.written["Statement"], document.policy["Statement"], strict=True)
        for written, statement in pairs:
            if statement["Effect"] != "Allow" or _is_tagged(statement):
                continue
            texts, resources = _listed(written["Resource"]), _listed(statement["Resource"])
            for text, resource in zip(texts, resources, strict=True):
                if not _is_own(text, resource, own):
                    yield from (Right(document.holder, action, resource) for action in _listed(statement["Action"]))


def _is_tagged(statement: Json) -> bool:
    """Tell whether a condition that must hold asks for the stack's tag, with its GUID."""
    return any(
        key.lower() in STACK_TAGS and GUID in str(value)
        for operator, keys in statement.get("Condition", {}).items()
        if operator in ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
        for key, value in keys.items()
    )


def _is_own(written: Any, resource: str, own: set[str]) -> bool:
    """Tell whether a resource is the stack's: by a reference, or by a GUID without a wildcard before it."""
    if any(name in own for name in _referred(written)):
        return True
    name = resource.split(":", 5)[-1]
    return GUID in name and "*" not in name.partition(GUID)[0]


def _referred(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, part in node.items():
            if key == "Ref":
                yield part
            elif key == "Fn::GetAtt":
                yield part[0] if isinstance(part, list) else part.partition(".")[0]
            else:
                yield from _referred(part)
                if key == "Fn::Sub":
                    text = part if isinstance(part, str) else part[0]
                    yield from (piece.partition("}")[0].partition(".")[0] for piece in text.split("${")[1:])
    elif isinstance(node, list):
        for part in node:
            yield from _referred(part)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="module")
def found() -> list[Right]:
    return [right for _, template in templates() for right in rights_beyond(template)]


def test_every_right_is_on_the_own_stack_or_reviewed(found: list[Right]) -> None:
    entries = reviewed()
    beyond = {right for right in found if not any(one.covers(right) for one in entries)}
    assert beyond == set(), f"name the stack's own resource, or explain it in {REVIEWED.relative_to(ROOT)}"


def test_every_reviewed_right_is_needed(found: list[Right]) -> None:
    needless = [one for one in reviewed() if not any(map(one.covers, found))]
    needless += [
        one
        for one in reviewed()
        for action in one.actions
        if action not in {right.action for right in found if one.covers(right)}
    ]
    assert needless == [], f"remove these from {REVIEWED.relative_to(ROOT)}"


def test_every_reviewed_right_has_a_reason() -> None:
    assert [one for one in reviewed() if len(one.reason) < MIN_REASON_LENGTH] == []


@examples(60)
@given(SITES, st.sampled_from(REGIONS))
def test_roles_of_random_sites_stay_within_their_stack(site: Json, region: str) -> None:
    entries = reviewed()
    try:
        expanded = expand(site, region)
    except InvalidTemplateError:
        # The sites are drawn for us-east-1: what has to be in the site's own Region is refused in the other one.
        assume(region == REGIONS[0])
        raise
    rights = rights_beyond({"Resources": expanded})
    assert [right for right in rights if not any(one.covers(right) for one in entries)] == []


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
@pytest.mark.parametrize("named", [{}, DOMAIN])
def test_roles_of_a_site_with_alarms_by_mail_stay_within_their_stack(region: str, named: Json) -> None:
    properties = {**named, "Monitoring": {"AlarmEmail": "a@example.com"}, "Drills": True}
    site = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}
    entries = reviewed()
    rights = rights_beyond(expand_template(site, {}, region))
    assert [right for right in rights if not any(one.covers(right) for one in entries)] == []


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:s3:::resilient-website-*",
        {"Fn::Sub": "arn:aws:s3:::${AWS::AccountId}-*"},
        # The asterisk matches a slash too: a key with the GUID, in anybody's bucket.
        {
            "Fn::Sub": [
                "arn:aws:s3:::*-${Guid}/*",
                {"Guid": {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}},
            ]
        },
    ],
)
def test_law_finds_what_is_too_wide(resource: Any) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}}}
    assert [right.action for right in rights_beyond(template)] == ["s3:GetObject"]
