"""The functions of a template: one per kind, shared by all its sites.

A function exists if the sites' resources refer to it.
"""

import json
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from troposphere import AWSObject, If, NoValue

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import RoleOptions
from resilient_website.function_registry import FUNCTIONS
from resilient_website.functions import alarms, resources
from resilient_website.functions.code import FunctionCode
from resilient_website.functions.kind import FunctionKind
from resilient_website.problems import Problem, shown
from resilient_website.tiers.tags import SITE_TAG, tagged

Json = dict[str, Any]


class UsingSite(NamedTuple):
    """What functions need of a site: the references of its resources, and its settings for shared resources.

    `condition` is that of the compact resource, if it has one.
    """

    name: str
    referred: Set[str]
    roles: RoleOptions
    retention_days: Value
    tags: Sequence[Mapping[str, Any]]
    alarm_topic: Value
    condition: str | None


def build(sites: Sequence[UsingSite], code: FunctionCode) -> dict[str, Json]:
    """Return the functions that the sites use, with their supporting resources, as template JSON by logical id.

    `disagreements` checks the settings that sites must agree on. The first site decides the log retention.
    """
    made: dict[str, Json] = {}
    for kind in FUNCTIONS:
        users = [site for site in sites if _uses(site, kind)]
        if users:
            made |= _of_kind(kind, users, code)
    return made


def disagreements(sites: Sequence[UsingSite]) -> list[Problem]:
    """Return a problem for each site that shares a function with an earlier one but has other role settings."""
    found = []
    for kind in FUNCTIONS:
        users = [site for site in sites if _uses(site, kind)]
        for site in users[1:]:
            if encoded(site.roles.properties) != encoded(users[0].roles.properties):
                found.append(
                    Problem(
                        f"Resources.{site.name}.Properties.Security",
                        f"found {_shown(site)}, but {users[0].name} has {_shown(users[0])}; both sites share functions",
                        "write the same PermissionsBoundary and RolePath for all sites of a template",
                    )
                )
    return list({problem.path: problem for problem in found}.values())


def _shown(site: UsingSite) -> str:
    """Return a site's settings for roles, as they are written in its `Security`."""
    roles = site.roles
    given = {"PermissionsBoundary": roles.boundary, "RolePath": roles.path}
    return shown({name: encoded(value) for name, value in given.items() if value is not None})


def _uses(site: UsingSite, kind: FunctionKind) -> bool:
    return kind.function in site.referred


def _of_kind(kind: FunctionKind, users: Sequence[UsingSite], code: FunctionCode) -> dict[str, Json]:
    first = users[0]
    options = resources.Options(code, first.roles, first.retention_days)
    conditions = {site.condition for site in users}
    condition = first.condition if len(conditions) == 1 else None
    tags = [tag for tag in first.tags if tag["Key"] != SITE_TAG and all(tag in site.tags for site in users)]
    topics = {json.dumps(encoded(topic)): topic for topic in (_topic(site, condition) for site in users)}
    parts = [*resources.build(kind, options), *alarms.build(kind, list(topics.values()))]
    return {part.title: _definition(part, tags, condition) for part in parts}


def _topic(site: UsingSite, condition: str | None) -> Value:
    """Return a site's topic; if its condition differs from the function's, refer to it under that condition."""
    if site.condition is None or site.condition == condition:
        return site.alarm_topic
    return If(site.condition, site.alarm_topic, NoValue)


def _definition(part: AWSObject, tags: Sequence[Mapping[str, Any]], condition: str | None) -> Json:
    written: Json = encoded(part)
    definition = tagged(part, written, tags) if tags else written
    return definition if condition is None else {**definition, "Condition": condition}
