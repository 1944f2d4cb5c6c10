"""What remains to do: missing, outdated or failed stacks, in as few operations as StackSets allows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import cfn_flip

from cli.stackset.request import AccountRegion, Request
from cli.stackset.state import INOPERABLE, Instance, StackSetState


@dataclass(frozen=True)
class Step:
    """One operation: an API call, its arguments besides the set's name, and its stacks."""

    call: str
    arguments: Mapping[str, Any]
    places: tuple[AccountRegion, ...]


def wanted(request: Request, accounts: Iterable[str]) -> tuple[AccountRegion, ...]:
    """Return every account and Region that needs a stack, Region by Region."""
    return tuple(AccountRegion(account, region) for region in request.targets.regions for account in accounts)


def is_new(request: Request, found: StackSetState) -> bool:
    """Return whether the template or another part of the definition differs from the stack set's."""
    definition, values = found.definition, found.parameters()
    if plain(definition.get("TemplateBody", "")) != request.template:
        return True
    if any(values.get(name) != value for name, value in request.parameters.items()):
        return True
    if request.administration_role_arn not in (None, definition.get("AdministrationRoleARN")):
        return True
    if request.execution_role_name not in (None, definition.get("ExecutionRoleName")):
        return True
    automatic = definition.get("AutoDeployment", {}).get("Enabled")
    return None not in (request.auto_deployment, automatic) and request.auto_deployment != automatic


def plain(text: str) -> Any:
    """Return a template in JSON or YAML as plain JSON; None for an empty text."""
    return json.loads(json.dumps(cfn_flip.load(text)[0], default=str)) if text else None


def creations(request: Request, accounts: tuple[str, ...], found: StackSetState | None) -> list[Step]:
    """Return the operations that create missing stacks; accounts with their own values separately."""
    there = {instance.place for instance in found.instances} if found else set()
    missing = [place for place in wanted(request, accounts) if place not in there]
    steps = []
    for values, same in _by_overrides(request, missing):
        for places in _rectangles(same):
            arguments = targets(request, accounts, places)
            if values:
                arguments["ParameterOverrides"] = _as_list(values)
            steps.append(Step("create_stack_instances", arguments, places))
    return steps


def repairs(request: Request, accounts: tuple[str, ...], found: StackSetState) -> list[Step]:
    """Return the operations that update outdated or failed stacks again. Inoperable stacks can't be updated."""
    requested = set(wanted(request, accounts))
    again = [
        instance.place
        for instance in found.instances
        if instance.place in requested and not instance.good and instance.status != INOPERABLE
    ]
    return [
        Step("update_stack_set", targets(request, accounts, places), places)
        for places in _rectangles(_ordered(request, again))
    ]


def changed_overrides(
    request: Request, accounts: tuple[str, ...], current: Mapping[AccountRegion, Mapping[str, str]]
) -> list[Step]:
    """Return the operations that set accounts' own values where the stacks' values differ."""
    differing = [
        place
        for place, values in current.items()
        if any(values.get(name) != value for name, value in request.overrides(place.account).items())
    ]
    steps = []
    for values, same in _by_overrides(request, _ordered(request, differing)):
        for places in _rectangles(same):
            # A value that is not listed is reset to the stack set's, so unchanged ones are listed too.
            kept = {name: value for name, value in current[places[0]].items() if name not in values}
            arguments = targets(request, accounts, places)
            arguments["ParameterOverrides"] = [*_as_list(values), *_previous(kept)]
            steps.append(Step("update_stack_instances", arguments, places))
    return steps


def deletions(request: Request, instances: Iterable[Instance], retain: bool) -> list[Step]:
    """Return the operations that delete stacks: by account, or by the units that they were created for."""
    chosen = {instance.place: instance for instance in instances}
    steps = []
    for places in _rectangles(list(chosen)):
        regions = list(dict.fromkeys(place.region for place in places))
        who = list(dict.fromkeys(place.account for place in places))
        units = sorted({unit for place in places if (unit := chosen[place].unit)})
        units = units or list(request.targets.organizational_units)
        arguments: dict[str, Any] = {"Regions": regions, "RetainStacks": retain}
        arguments |= {"DeploymentTargets": _only(units, who)} if request.service_managed else {"Accounts": who}
        steps.append(Step("delete_stack_instances", arguments, places))
    return steps


def targets(request: Request, accounts: tuple[str, ...], places: tuple[AccountRegion, ...]) -> dict[str, Any]:
    """Return the targets of an operation on some places, whose accounts all have the same Regions.

    For all target accounts, the units and the filter are passed on as given: StackSets keeps them for accounts that
    join later.
    """
    regions = list(dict.fromkeys(place.region for place in places))
    who = list(dict.fromkeys(place.account for place in places))
    if not request.service_managed:
        return {"Accounts": who, "Regions": regions}
    targets, units = request.targets, list(request.targets.organizational_units)
    if set(who) != set(accounts):
        return {"DeploymentTargets": _only(units, who), "Regions": regions}
    chosen: dict[str, Any] = {"OrganizationalUnitIds": units}
    if targets.account_filter:
        chosen |= {"Accounts": list(targets.accounts), "AccountFilterType": targets.account_filter}
    return {"DeploymentTargets": chosen, "Regions": regions}


def _only(units: list[str], accounts: list[str]) -> dict[str, Any]:
    return {"OrganizationalUnitIds": units, "Accounts": accounts, "AccountFilterType": "INTERSECTION"}


def _ordered(request: Request, places: Iterable[AccountRegion]) -> list[AccountRegion]:
    return sorted(places, key=lambda place: (request.targets.regions.index(place.region), place.account))


def _by_overrides(
    request: Request, places: Iterable[AccountRegion]
) -> list[tuple[Mapping[str, str], list[AccountRegion]]]:
    groups: dict[tuple[tuple[str, str], ...], list[AccountRegion]] = {}
    for place in places:
        groups.setdefault(tuple(sorted(request.overrides(place.account).items())), []).append(place)
    return [(dict(values), same) for values, same in sorted(groups.items())]


def _rectangles(places: Iterable[AccountRegion]) -> list[tuple[AccountRegion, ...]]:
    """Group places so that each group is a set of accounts times a set of Regions, as operations need."""
    regions: dict[str, list[str]] = {}
    for place in places:
        regions.setdefault(place.account, []).append(place.region)
    groups: dict[tuple[str, ...], list[str]] = {}
    for account, own in regions.items():
        groups.setdefault(tuple(own), []).append(account)
    return [tuple(AccountRegion(account, region) for region in own for account in who) for own, who in groups.items()]


def _as_list(values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def _previous(names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"ParameterKey": name, "UsePreviousValue": True} for name in names]
