"""IAM's limit of a role's inline policies, checked here because IAM would reject it late in a stack's creation.

The functions that sites share have one role, to which each site adds its policies.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from resilient_website.cloudformation.encoding import MAPS
from resilient_website.facts.iam_quotas import MAX_INLINE_POLICIES_LENGTH
from resilient_website.facts.typical_lengths import of_text
from resilient_website.problems import Problem

Json = dict[str, Any]

# What has inline policies.
KINDS = ("AWS::IAM::Role", "AWS::IAM::Policy")

# Made once: `json.dumps` with options makes one for each of the hundreds of texts.
_encoder = json.JSONEncoder(ensure_ascii=False, default=str)


def check(resources: Mapping[str, Json], functions: Collection[str]) -> list[Problem]:
    """Return a problem for each function role whose inline policies are too long in total.

    `resources` are those of the expanded template; `functions` are the logical ids of what the sites share.
    """
    lengths = dict.fromkeys((name for name in functions if resources[name]["Type"] == "AWS::IAM::Role"), 0)
    for role, document in _documents(resources):
        if role in lengths:
            lengths[role] += _length(document)
    return [
        Problem(
            f"Resources.{role}",
            f"its inline policies have about {length} characters in total; IAM takes {MAX_INLINE_POLICIES_LENGTH}",
            "move one of the sites to a separate stack, or use fewer names",
        )
        for role, length in lengths.items()
        if length > MAX_INLINE_POLICIES_LENGTH
    ]


def _documents(resources: Mapping[str, Json]) -> Iterator[tuple[str, Any]]:
    """Yield each inline policy's document with the logical id of its role."""
    for name, body in resources.items():
        # A loop, which is evaluated after the macro, is a list.
        kind = body.get("Type") if isinstance(body, MAPS) else None
        if kind not in KINDS or not isinstance(properties := body.get("Properties"), MAPS):
            continue
        if kind == "AWS::IAM::Role":
            yield from ((name, policy.get("PolicyDocument")) for policy in _maps(properties.get("Policies")))
        else:
            yield from (
                (str(role.get("Ref")), properties.get("PolicyDocument")) for role in _maps(properties.get("Roles"))
            )


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _length(node: Any) -> int:
    """Return the length of a part of a policy as compact JSON, with its functions resolved."""
    if isinstance(node, str):
        return len(_encoder.encode(node))
    if isinstance(node, MAPS):
        if len(node) == 1:
            (key,) = node
            if key == "Ref" or key.startswith("Fn::"):
                return 2 + of_text(node)
        return 1 + sum(len(json.dumps(str(key))) + 2 + _length(value) for key, value in node.items())
    if isinstance(node, list):
        return 1 + sum(1 + _length(part) for part in node)
    return len(_encoder.encode(node))
