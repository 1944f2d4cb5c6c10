"""Problems of targets and preferences that StackSets would refuse, found from the command line alone."""

import re
from collections import Counter
from collections.abc import Iterator

from cli.region_options import REGION, REGION_FORM
from cli.stackset.request import Preferences, Request
from resilient_website.facts.cloudformation_quotas import STACK_NAME, STACK_NAME_FORM
from resilient_website.problems import Problem

# Sources: CreateStackSet, CreateStackInstances and DeploymentTargets in the CloudFormation API reference.
ACCOUNT = re.compile(r"\d{12}")
UNIT = re.compile(r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}")
UNITS = 50
ROLE_NAME = re.compile(r"[a-zA-Z_0-9+=,.@-]{1,64}")
STRICT = "STRICT_FAILURE_TOLERANCE"


def target_problems(request: Request, deleting: bool = False) -> list[Problem]:
    """Return every problem of the name, the targets, the permission model and the preferences."""
    problems = [*_forms(request), *_preferences(request.preferences), *_model(request)]
    return problems if deleting else [*problems, *_presence(request), *_filter(request), *_overrides(request)]


def _forms(request: Request) -> Iterator[Problem]:
    """Yield names, ids and Regions that AWS would not accept, or that are given twice."""
    targets = request.targets
    if not STACK_NAME.fullmatch(request.name):
        advice = f"a name has {STACK_NAME_FORM}"
        yield Problem("--name", f"found {request.name!r}", advice)
    forms = (
        ("--accounts", targets.accounts, ACCOUNT, "an account id has 12 digits"),
        ("--organizational-units", targets.organizational_units, UNIT, "ids look like ou-ab12-34567890 or r-ab12"),
        ("--regions", targets.regions, REGION, REGION_FORM),
        (
            "--account-parameter",
            tuple(request.account_parameters),
            ACCOUNT,
            "an account id has 12 digits",
        ),
    )
    for option, values, form, advice in forms:
        yield from (Problem(option, f"found {value!r}", advice) for value in values if not form.fullmatch(value))
        for value, count in Counter(values).items():
            if count > 1:
                yield Problem(option, f"{value} is given {count} times", "give it once")
    if len(targets.organizational_units) > UNITS:
        advice = f"an operation allows at most {UNITS}: give a parent unit"
        yield Problem("--organizational-units", f"found {len(targets.organizational_units)}", advice)
    if request.execution_role_name and not ROLE_NAME.fullmatch(request.execution_role_name):
        yield Problem(
            "--execution-role-name", f"found {request.execution_role_name!r}", "give a role's name, not its ARN"
        )


def _presence(request: Request) -> Iterator[Problem]:
    targets = request.targets
    if not targets.accounts and not targets.organizational_units:
        yield Problem("--accounts", "no target", "give --accounts, or --organizational-units")
    if not targets.regions:
        yield Problem("--regions", "not given", "give the Regions, comma-separated, in deployment order")


def _model(request: Request) -> Iterator[Problem]:
    """Check the options that only one of the two permission models has."""
    if request.service_managed:
        if request.targets.accounts and not request.targets.organizational_units:
            advice = "add --organizational-units with --account-filter intersection, or use self-managed"
            yield Problem("--permission-model", "service-managed with plain accounts only", advice)
        for option, value in _roles(request):
            if value:
                yield Problem(
                    option, "given with service-managed permissions", "leave it out: StackSets creates its roles"
                )
        return
    if request.targets.organizational_units:
        advice = "give --accounts, or leave --permission-model out"
        yield Problem("--permission-model", "self-managed with organizational units", advice)
    if request.auto_deployment is not None:
        advice = "leave it out: only service-managed stack sets deploy to accounts that join an organization"
        yield Problem("--auto-deployment", "given with self-managed permissions", advice)
    if request.call_as != "SELF":
        advice = "leave it out: delegated administrators manage service-managed stack sets only"
        yield Problem("--call-as", "delegated-admin with self-managed permissions", advice)


def _roles(request: Request) -> tuple[tuple[str, str | None], ...]:
    return (
        ("--administration-role-arn", request.administration_role_arn),
        ("--execution-role-name", request.execution_role_name),
    )


def _filter(request: Request) -> Iterator[Problem]:
    targets = request.targets
    both = targets.accounts and targets.organizational_units
    if both and not targets.account_filter:
        advice = "say how to combine them: --account-filter intersection (only these), or difference (all but these)"
        yield Problem("--account-filter", "accounts and organizational units without a filter", advice)
    if targets.account_filter and not both:
        advice = "it needs both --accounts and --organizational-units"
        yield Problem("--account-filter", "nothing to filter", advice)


def _overrides(request: Request) -> Iterator[Problem]:
    if request.targets.organizational_units:
        return
    for account in request.account_parameters:
        if account not in request.targets.accounts:
            yield Problem("--account-parameter", f"{account} is not one of --accounts", "add it there, or leave it out")


def _preferences(preferences: Preferences) -> Iterator[Problem]:
    """Yield preferences of an operation that exclude each other."""
    pairs = (
        ("max-concurrent", preferences.max_concurrent_count, preferences.max_concurrent_percentage),
        ("failure-tolerance", preferences.failure_tolerance_count, preferences.failure_tolerance_percentage),
    )
    for name, count, percentage in pairs:
        if count is not None and percentage is not None:
            yield Problem(f"--{name}-count", f"given together with --{name}-percentage", "give one of the two")
    highest = (preferences.failure_tolerance_count or 0) + 1
    count = preferences.max_concurrent_count
    if (
        preferences.concurrency_mode == STRICT
        and preferences.failure_tolerance_percentage is None
        and count
        and count > highest
    ):
        advice = f"give at most {highest}, a higher --failure-tolerance-count, or --concurrency-mode soft"
        yield Problem("--max-concurrent-count", f"{count} with {highest - 1} failures tolerated", advice)
