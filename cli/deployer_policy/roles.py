"""A stack's roles as a deployer's policy has them: their ARNs, the services that assume them, their boundary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cli.analysis.availability.references import is_unknown
from cli.analysis.updates.stack import Resource, Stack
from cli.deployer_policy.names import name_pattern, pattern
from cli.json_walk import listed

ROLE, PROFILE = "AWS::IAM::Role", "AWS::IAM::InstanceProfile"


@dataclass(frozen=True)
class Roles:
    """The roles and instance profiles of a stack, as patterns of the last part of their ARNs."""

    names: frozenset[str]
    profiles: frozenset[str]
    services: frozenset[str]
    # Set if every role has a boundary, and all are known.
    boundaries: frozenset[str]


def read_roles(stack: Stack, stack_name: str) -> Roles:
    """Return what is known about the roles of a stack whose name, which may be a wildcard, is given."""
    roles = [each for each in stack.values() if each.type == ROLE]
    profiles = [each for each in stack.values() if each.type == PROFILE]
    boundaries = [each.properties.get("PermissionsBoundary") for each in roles]
    known = all(isinstance(each, str) and _names_a_policy(each) for each in boundaries)
    return Roles(
        names=frozenset(f"role{_path(each)}{name_pattern(each, stack_name)}" for each in roles),
        profiles=frozenset(f"instance-profile{_path(each)}{name_pattern(each, stack_name)}" for each in profiles),
        services=frozenset(service for each in roles for service in _trusted(each)),
        boundaries=frozenset(map(pattern, boundaries)) if known else frozenset(),
    )


def _names_a_policy(arn: str) -> bool:
    """Return whether a boundary's ARN says which policy it is; its account may be the stack's."""
    name = arn.partition(":policy/")[2]
    return bool(name) and not is_unknown(name) and "⟨" not in name


def _path(resource: Resource) -> str:
    path = pattern(resource.properties.get("Path", "/"))
    return path if path.startswith("/") else f"/{path}"


def _trusted(role: Resource) -> Iterator[str]:
    """Yield the services that a role's trust policy lets assume it."""
    policy = role.properties.get("AssumeRolePolicyDocument")
    statements = policy.get("Statement") if isinstance(policy, Mapping) else None
    for statement in listed(statements):
        principal = statement.get("Principal") if isinstance(statement, Mapping) else None
        services = principal.get("Service") if isinstance(principal, Mapping) else None
        yield from (pattern(service) for service in listed(services))
