"""The roll-out: check, join running operations, define the set, then update, repair and create its stacks.

It stops at the first operation that fails, even with failure tolerance: the next accounts may fail for the same reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cli.stackset import definition
from cli.stackset.account_problems import account_problems
from cli.stackset.aws import POLL_SECONDS, Aws
from cli.stackset.certificate_problems import certificate_problems
from cli.stackset.organization import Organization, organization
from cli.stackset.parameter_problems import parameter_problems
from cli.stackset.plan import Step, changed_overrides, creations, deletions, is_new, repairs
from cli.stackset.request import AccountRegion, Request
from cli.stackset.state import SUCCEEDED, UNFINISHED, Operation, StackSetState, existing, operation, running
from cli.stackset.target_problems import target_problems
from cli.stackset.template_problems import template_problems
from resilient_website.problems import InvalidTemplateError, Problem

# Called with each state of an operation.
Watch = Callable[[Operation], None]


@dataclass(frozen=True)
class Checked:
    """A request that StackSets should accept, its target accounts, and the stack set if it exists."""

    request: Request
    accounts: tuple[str, ...]
    found: StackSetState | None


@dataclass(frozen=True)
class RolledOut:
    """What was done: the operations that ran, and the set's state after them."""

    operations: tuple[Operation, ...]
    found: StackSetState | None
    deleted: tuple[AccountRegion, ...] = field(default=())


def check(request: Request, aws: Aws) -> Checked:
    """Return a checked request. Raises InvalidTemplateError with everything that StackSets would refuse."""
    problems = [*target_problems(request), *template_problems(request)]
    units = request.targets.organizational_units if request.service_managed else ()
    listed = organization(aws, units) if not problems or request.service_managed else Organization({})
    complete = not request.targets.organizational_units or set(listed.units) == set(
        request.targets.organizational_units
    )
    accounts = request.targets.choose(listed.units) if complete else request.targets.accounts
    found = existing(aws, request.name, request.call_as)
    problems += listed.problems
    problems += parameter_problems(request, found.parameters() if found else ())
    problems += certificate_problems(request, accounts)
    problems += account_problems(request, aws, accounts)
    problems += _against(request, accounts, found, listed)
    if problems:
        raise InvalidTemplateError(problems)
    return Checked(request, accounts, found)


def _against(
    request: Request, accounts: tuple[str, ...], found: StackSetState | None, listed: Organization
) -> Iterator[Problem]:
    """Check the request against the existing accounts and the existing stack set."""
    if found and found.definition.get("PermissionModel", request.permission_model) != request.permission_model:
        advice = "give the same --permission-model, or another --name"
        yield Problem("--permission-model", f"the stack set is {found.definition['PermissionModel']}", advice)
    if request.service_managed and request.targets.organizational_units and not listed.problems:
        if not accounts:
            yield Problem("--organizational-units", "they select no active account", "check the units and the filter")
        outside = [account for account in request.account_parameters if account not in accounts]
        for account in outside:
            advice = "leave it out, or give a unit that contains it"
            yield Problem("--account-parameter", f"{account} is not one of the target accounts", advice)
    if request.targets.account_filter == "UNION" and creations(request, accounts, found):
        advice = (
            "CreateStackInstances does not support union: run once with the units, and once with units and intersection"
        )
        yield Problem("--account-filter", "union, but stacks must be created", advice)


def roll_out(checked: Checked, aws: Aws, watch: Watch) -> RolledOut:
    """Do what remains, and wait for it. Running operations are joined first."""
    request, done = checked.request, list[Operation]()
    for joined in running(aws, request.name, request.call_as) if checked.found else []:
        done.append(follow(aws, request, joined, watch))
    if not _stopped(done):
        for start in _starts(checked, aws):
            done.append(follow(aws, request, start(), watch))
            if _stopped(done):
                break
    return RolledOut(tuple(done), existing(aws, request.name, request.call_as))


def _stopped(done: list[Operation]) -> bool:
    return bool(done) and done[-1].status != SUCCEEDED


def _starts(checked: Checked, aws: Aws) -> Iterator[Callable[[], str]]:
    """Yield functions that start each operation in turn: later ones depend on the results of earlier ones."""
    request, accounts = checked.request, checked.accounts
    before = found = existing(aws, request.name, request.call_as)
    steps: list[Step] = []
    if not before:
        _call(aws, request, "create_stack_set", definition.new(request))
    elif is_new(request, before):
        preferences = {"OperationPreferences": request.preferences.as_api(())}
        yield lambda: _call(aws, request, "update_stack_set", definition.changed(request, before) | preferences)
        found = existing(aws, request.name, request.call_as)
    else:
        # Updating the definition updates all stacks; what fails then is not tried twice in one run.
        steps += repairs(request, accounts, before)
    if found:
        steps += changed_overrides(request, accounts, _overrides(aws, request, found))
    for step in [*steps, *creations(request, accounts, found)]:
        yield lambda step=step: start_step(aws, request, step, found)  # type: ignore[misc]


def start_step(aws: Aws, request: Request, step: Step, found: StackSetState | None) -> str:
    """Start an operation on some stacks, and return its id."""
    base = definition.same(request, found) if step.call == "update_stack_set" and found else {}
    preferences = request.preferences.as_api(tuple(step.arguments["Regions"]))
    return _call(aws, request, step.call, {**base, **step.arguments, "OperationPreferences": preferences})


def _call(aws: Aws, request: Request, name: str, arguments: dict[str, Any]) -> str:
    made = getattr(aws.cloudformation, name)(StackSetName=request.name, CallAs=request.call_as, **arguments)
    return str(made.get("OperationId", ""))


def _overrides(aws: Aws, request: Request, found: StackSetState) -> dict[AccountRegion, dict[str, str]]:
    """Return the parameter overrides of stacks whose accounts get some; lists of stacks do not show them."""
    values = {}
    for instance in found.instances:
        place = instance.place
        if request.overrides(place.account) and place.region in request.targets.regions:
            which = {"StackInstanceAccount": place.account, "StackInstanceRegion": place.region}
            described = aws.cloudformation.describe_stack_instance(
                StackSetName=request.name, CallAs=request.call_as, **which
            )["StackInstance"]
            own = described.get("ParameterOverrides", [])
            values[place] = {entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in own}
    return values


def follow(aws: Aws, request: Request, operation_id: str, watch: Watch) -> Operation:
    """Wait until an operation ends, showing each state."""
    while True:
        now = operation(aws, request.name, operation_id, request.call_as)
        watch(now)
        if now.status not in UNFINISHED:
            return now
        aws.sleep(POLL_SECONDS)


def delete(request: Request, aws: Aws, watch: Watch) -> RolledOut:
    """Delete the stacks in the targets (all without targets), and the set when it has none left."""
    found, done = existing(aws, request.name, request.call_as), list[Operation]()
    for joined in running(aws, request.name, request.call_as) if found else []:
        done.append(follow(aws, request, joined, watch))
    found = existing(aws, request.name, request.call_as)
    if not found:
        return RolledOut(tuple(done), None)
    meant = [instance for instance in found.instances if _meant(request, instance.place, aws)]
    for step in deletions(request, meant, request.retain_stacks):
        done.append(follow(aws, request, start_step(aws, request, step, found), watch))
        if _stopped(done):
            break
    left = existing(aws, request.name, request.call_as)
    places = {instance.place for instance in left.instances} if left else set()
    if left and not places:
        aws.cloudformation.delete_stack_set(StackSetName=request.name, CallAs=request.call_as)
        left = None
    gone = tuple(sorted(instance.place for instance in meant if instance.place not in places))
    return RolledOut(tuple(done), left, gone)


def _meant(request: Request, place: AccountRegion, aws: Aws) -> bool:
    targets = request.targets
    if targets.regions and place.region not in targets.regions:
        return False
    if targets.organizational_units:
        return place.account in targets.choose(organization(aws, targets.organizational_units).units)
    return not targets.accounts or place.account in targets.accounts
