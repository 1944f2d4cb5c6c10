"""The IAM policies of `docs/operations.md`, and the actions that calls need."""

import json
import re
from collections.abc import Iterable

from tools.repository import ROOT

PAGE = (ROOT / "docs/operations.md").read_text()

# IAM's prefixes and actions where they are not the client's name and the operation's. Source: the Service
# Authorization Reference.
PREFIXES = {"elbv2": "elasticloadbalancing", "elastic-load-balancing-v2": "elasticloadbalancing"}
ACTIONS = {"ListObjectsV2": "ListBucket", "HeadBucket": "ListBucket", "HeadObject": "GetObject"}


def documented(command: str) -> set[str]:
    """Return the actions of a command's policy on the page."""
    (policy,) = re.findall(rf"<!-- policy: {command} -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    return {action for statement in json.loads(policy)["Statement"] for action in statement["Action"]}


def needed(calls: Iterable[tuple[str, str, str]]) -> set[str]:
    """Return the actions that calls need: service, Region and operation."""
    return {f"{PREFIXES.get(service, service)}:{ACTIONS.get(operation, operation)}" for service, _, operation in calls}
