"""What is needed to create, update and delete a template's stack, as statements with least privilege.

Handlers list actions, not resources. Those with the largest reach beyond the stack (roles, functions, buckets, secrets)
are limited to the stack's names; a role can be passed only to the services in its trust policy.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.updates.stack import Stack
from cli.deployer_policy import scopes
from cli.deployer_policy.handlers import actions
from cli.deployer_policy.names import name_pattern
from cli.deployer_policy.place import Place, s3_arn, zone_arn
from cli.deployer_policy.references import (
    code_objects,
    foreign_buckets,
    foreign_functions,
    foreign_secrets,
    leaves_zone_open,
    makes_zone,
    parameter_names,
    passed_roles,
    read_secrets,
    zones,
)
from cli.deployer_policy.roles import Roles, read_roles
from cli.deployer_policy.statements import Statement, allowed

ByType = Mapping[str, frozenset[str]]

# Through services only, never directly. Source: "kms:ViaService" in the KMS Developer Guide.
VIA_A_SERVICE = {"StringLike": {"kms:ViaService": "*.amazonaws.com"}}


@dataclass(frozen=True)
class Needs:
    """The statements for a stack, and notes on what they lack or allow broadly."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...]


def needs(stack: Stack, template: Mapping[str, Any], values: Mapping[str, Any], place: Place) -> Needs:
    """Return what is needed to create, update and delete a stack; `values` are the template's parameter values."""
    by_type = {each.type: frozenset[str]() for each in stack.values()}
    unlisted = set()
    for each in stack.values():
        found = actions(each)
        by_type[each.type] |= found or frozenset()
        unlisted |= {each.type} if found is None else set()
    roles = read_roles(stack, place.stack_name)
    statements = [
        *role_statements(by_type, roles, place),
        *_function_statements(stack, by_type, place),
        *_bucket_statements(stack, by_type, place),
        *_secret_statements(stack, by_type, place),
        *_parameter_statements(stack, template, values, place),
        *allowed("Records", _all(by_type) & scopes.ON_ZONES, map(zone_arn, zones(stack))),
        *allowed("Keys", _all(by_type) & scopes.BY_SERVICES, ["*"], VIA_A_SERVICE),
        *allowed("Make", scopes.elsewhere(by_type), ["*"]),
    ]
    return Needs(tuple(statements), tuple(_notes(stack, by_type, unlisted, roles)))


def role_statements(by_type: ByType, roles: Roles, place: Place) -> list[Statement]:
    """Return the statements on roles: the stack's own only, with their boundary if all have one."""
    everything = _all(by_type)
    arns = [place.global_arn("iam", name) for name in roles.names]
    profiles = [place.global_arn("iam", name) for name in roles.profiles]
    linked = [place.global_arn("iam", "role/aws-service-role/*")]
    bounded = everything & scopes.BOUNDED
    boundary = {"StringLike": {"iam:PermissionsBoundary": sorted(roles.boundaries)}} if roles.boundaries else None
    unbound = set() if boundary else everything & {scopes.UNBOUND}
    # Not every request names the service that a role is passed to: if it does, it must be one of these.
    passed = {"StringEqualsIfExists": {"iam:PassedToService": sorted(roles.services)}}
    return [
        *allowed("RolesWithBoundary" if boundary else "RolesAndPolicies", bounded, arns, boundary),
        *allowed("Roles", (everything & scopes.ON_ROLES) | unbound, arns),
        *allowed("PassRoles", {scopes.PASS_ROLE} if roles.services else (), arns, passed),
        *allowed("InstanceProfiles", everything & scopes.ON_PROFILES, profiles),
        *allowed("ServiceLinkedRoles", everything & {scopes.LINKED_ROLE}, linked),
    ]


def _function_statements(stack: Stack, by_type: ByType, place: Place) -> list[Statement]:
    own = [place.arn("lambda", f"function:{name}") for name in _names(stack, "AWS::Lambda::Function", place)]
    outside, _ = foreign_functions(stack)
    return [
        *allowed("Functions", _scoped(by_type, scopes.on_functions) | {scopes.INVOKE}, own),
        *allowed("FunctionsOfOthers", {scopes.INVOKE}, outside),
        *allowed("Code", scopes.CODE, map(s3_arn, code_objects(stack))),
    ]


def _bucket_statements(stack: Stack, by_type: ByType, place: Place) -> list[Statement]:
    names = _names(stack, "AWS::S3::Bucket", place) | foreign_buckets(stack)
    arns = [s3_arn(each) for name in names for each in (name, f"{name}/*")]
    return allowed("Buckets", _scoped(by_type, scopes.on_buckets), arns)


def _secret_statements(stack: Stack, by_type: ByType, place: Place) -> list[Statement]:
    def arns(names: Iterable[str]) -> list[str]:
        return [name if name.startswith("arn:") else place.arn("secretsmanager", f"secret:{name}") for name in names]

    own = _names(stack, "AWS::SecretsManager::Secret", place) | foreign_secrets(stack)
    return [
        *allowed("Secrets", _scoped(by_type, scopes.on_secrets) | {scopes.GET_SECRET}, arns(own)),
        *allowed("SecretsOfOthers", {scopes.GET_SECRET}, arns(read_secrets(stack) - own)),
    ]


def _parameter_statements(
    stack: Stack, template: Mapping[str, Any], values: Mapping[str, Any], place: Place
) -> list[Statement]:
    # AWS's own parameters are in no account.
    names = parameter_names(stack, template, values)
    arns = [f"arn:aws:ssm:{place.region}:*:parameter/{name}" for name in names]
    return allowed("Parameters", {scopes.GET_PARAMETERS}, arns)


def _names(stack: Stack, kind: str, place: Place) -> set[str]:
    return {name_pattern(each, place.stack_name) for each in stack.values() if each.type == kind}


def _all(by_type: ByType) -> frozenset[str]:
    return frozenset[str]().union(*by_type.values())


def _scoped(by_type: ByType, scope: Callable[[str, Iterable[str]], set[str]]) -> set[str]:
    return set().union(*(scope(kind, listed) for kind, listed in by_type.items()))


def _notes(stack: Stack, by_type: ByType, unlisted: set[str], roles: Roles) -> Iterator[str]:
    """Yield what the policy leaves open, since it is known at deployment only."""
    for kind in sorted(unlisted):
        yield f"{kind}: its schema lists no permissions; add what it needs"
    _, unknown = foreign_functions(stack)
    for logical_id in unknown:
        yield f"{logical_id}: its function is known at deployment only; add {scopes.INVOKE} on it"
    for logical_id, arn in passed_roles(stack, by_type):
        yield f"{logical_id}: hands over {arn}; add {scopes.PASS_ROLE} on it, for the service that it is handed to"
    if any(name.startswith("*") for name in read_secrets(stack) | foreign_secrets(stack)):
        yield "a secret is known at deployment only, so every secret may be read; give its parameter a value"
    if makes_zone(stack):
        yield "the stack makes a hosted zone, whose id is not known before, so records of every zone may be written"
    if leaves_zone_open(stack):
        yield "a hosted zone is known at deployment only, so records of every zone may be written; give its id"
    nested = [name for name, each in stack.items() if each.type == "AWS::CloudFormation::Stack"]
    for logical_id in nested:
        yield f"{logical_id}: a nested stack; print the policy of its template too"
    harmless = ("iam:Get", "iam:List")
    iam = {action for action in scopes.elsewhere(by_type) if action.startswith("iam:")}
    wide = sorted(action for action in iam if not action.startswith(harmless))
    if wide:
        yield f"{', '.join(wide)}: on every resource; limit them to what this template names"
    if roles.names and not roles.boundaries:
        yield "the roles have no permissions boundary that is known here, so they may be given any permission"
