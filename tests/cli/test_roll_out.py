"""Roll-outs against a fake of StackSets that does what its API reference says: what is called, and what is reported."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from cli.stackset.plan import wanted
from cli.stackset.progress import Progress
from cli.stackset.report import Row, deletion_rows, rows, succeeded
from cli.stackset.request import Preferences, Request, Targets
from cli.stackset.roll_out import check, delete, roll_out
from tests.cli.fake_stack_sets import FakeAws
from tests.cli.requests import ACCOUNTS, CAREFUL, REGIONS, TEMPLATE, in_units, request

FIRST, SECOND, THIRD = ACCOUNTS
NEW = {**TEMPLATE, "Description": "Another"}


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def run(aws: FakeAws, asked: Request, watch: Any = lambda _: None) -> tuple[list[Row], bool]:
    checked = check(asked, aws.clients())
    done = roll_out(checked, aws.clients(), watch)
    table = rows(wanted(asked, checked.accounts), done)
    return table, succeeded(table, done)


def statuses(table: list[Row]) -> dict[tuple[str, str], str]:
    return {(row.account, row.region): row.status for row in table}


def test_creates_one_account_at_a_time_and_tolerates_no_failure_unless_asked(aws: FakeAws) -> None:
    table, good = run(aws, request())
    assert good
    assert set(statuses(table).values()) == {"succeeded"}
    assert set(statuses(table)) == {(account, region) for account in ACCOUNTS for region in REGIONS}
    (made,) = aws.stack_sets.named("create_stack_instances")
    assert made["OperationPreferences"] == {
        "RegionConcurrencyType": "SEQUENTIAL",
        "ConcurrencyMode": "STRICT_FAILURE_TOLERANCE",
        "RegionOrder": list(REGIONS),
        "MaxConcurrentCount": 1,
        "FailureToleranceCount": 0,
    }
    assert aws.stack_sets.sets["site"]["ManagedExecution"] == {"Active": True}


def test_second_run_does_nothing(aws: FakeAws) -> None:
    run(aws, request())
    before = [name for name, _ in aws.stack_sets.calls if name.startswith(("create", "update", "delete"))]
    assert run(aws, request())[1]
    assert [name for name, _ in aws.stack_sets.calls if name.startswith(("create", "update", "delete"))] == before


def test_failure_stops_the_rest_and_the_next_run_repairs_only_what_is_not_right(aws: FakeAws) -> None:
    aws.stack_sets.failing = {(SECOND, "eu-west-1"): "Resource limit exceeded"}
    table, good = run(aws, request())
    assert not good
    assert statuses(table)[FIRST, "eu-west-1"] == "succeeded"
    assert Row(SECOND, "eu-west-1", "failed", "Resource limit exceeded") in table
    assert {row.status for row in table if row.region == "us-east-1"} == {"not reached"}
    aws.stack_sets.failing = {}
    table, good = run(aws, request())
    assert good
    repaired = {
        (account, region)
        for call in aws.stack_sets.named("update_stack_set")
        for account in call["Accounts"]
        for region in call["Regions"]
    }
    assert repaired == {(account, region) for account in ACCOUNTS for region in REGIONS} - {(FIRST, "eu-west-1")}
    assert all(call["UsePreviousTemplate"] for call in aws.stack_sets.named("update_stack_set"))
    assert len(aws.stack_sets.named("create_stack_instances")) == 1


def test_tolerated_failure_is_reported_all_the_same(aws: FakeAws) -> None:
    aws.stack_sets.failing = {(SECOND, "eu-west-1"): "No"}
    table, good = run(aws, request(preferences=replace(CAREFUL, failure_tolerance_count=1)))
    assert not good
    assert [row for row in table if row.status != "succeeded"] == [Row(SECOND, "eu-west-1", "failed", "No")]


def test_changed_template_updates_every_stack_and_then_creates_what_is_missing(aws: FakeAws) -> None:
    run(aws, request(targets=Targets((FIRST,), (), None, REGIONS)))
    table, good = run(aws, request(NEW))
    assert good
    assert len(table) == 6
    (update,) = aws.stack_sets.named("update_stack_set")
    assert "Accounts" not in update
    (_, created) = aws.stack_sets.named("create_stack_instances")
    assert created["Accounts"] == [SECOND, THIRD]


def test_values_that_are_not_given_again_stay(aws: FakeAws) -> None:
    run(aws, request(parameters={"Name": "shop"}))
    run(aws, request(NEW))
    assert aws.stack_sets.sets["site"]["Parameters"] == [{"ParameterKey": "Name", "ParameterValue": "shop"}]


def test_accounts_with_values_of_their_own(aws: FakeAws) -> None:
    own = {SECOND: {"Name": "second"}}
    assert run(aws, request(account_parameters=own))[1]
    places = aws.stack_sets.instances
    assert places[SECOND, "us-east-1"]["ParameterOverrides"] == [{"ParameterKey": "Name", "ParameterValue": "second"}]
    assert places[FIRST, "us-east-1"]["ParameterOverrides"] == []
    assert run(aws, request(account_parameters={SECOND: {"Name": "other"}}))[1]
    (changed,) = aws.stack_sets.named("update_stack_instances")
    assert (changed["Accounts"], changed["Regions"]) == ([SECOND], list(REGIONS))
    assert run(aws, request(account_parameters={SECOND: {"Name": "other"}}))[1]
    assert len(aws.stack_sets.named("update_stack_instances")) == 1


@pytest.mark.parametrize(
    ("accounts", "account_filter", "meant"),
    [
        ((), None, set(ACCOUNTS)),
        ((SECOND,), "DIFFERENCE", {FIRST, THIRD}),
        ((SECOND,), "INTERSECTION", {SECOND}),
    ],
)
def test_units_with_filters(
    aws: FakeAws, accounts: tuple[str, ...], account_filter: str | None, meant: set[str]
) -> None:
    table, good = run(aws, in_units(accounts, account_filter))
    assert good
    assert {row.account for row in table} == meant
    assert {account for account, _ in aws.stack_sets.instances} == meant
    (call,) = aws.stack_sets.named("create_stack_instances")
    wanted_filter = {"Accounts": list(accounts), "AccountFilterType": account_filter} if account_filter else {}
    assert call["DeploymentTargets"] == {"OrganizationalUnitIds": ["ou-ab12-11111111"], **wanted_filter}


def test_units_with_one_account_of_other_values(aws: FakeAws) -> None:
    assert run(aws, in_units(account_parameters={THIRD: {"Name": "third"}}))[1]
    by_override = {bool(c.get("ParameterOverrides")): c for c in aws.stack_sets.named("create_stack_instances")}
    assert by_override[True]["DeploymentTargets"]["Accounts"] == [THIRD]
    assert by_override[False]["DeploymentTargets"]["Accounts"] == [FIRST, SECOND]
    assert len(aws.stack_sets.instances) == 6


def test_suspended_and_management_accounts_are_left_out(aws: FakeAws) -> None:
    aws.organizations.units["ou-ab12-11111111"].append("999999999999")
    aws.organizations.suspended.add(SECOND)
    assert {row.account for row in run(aws, in_units())[0]} == {FIRST, THIRD}


def test_account_that_joined_a_unit_gets_its_stacks_on_the_next_run(aws: FakeAws) -> None:
    run(aws, in_units())
    aws.organizations.units["ou-ab12-11111111"].append("444444444444")
    table, good = run(aws, in_units())
    assert good
    assert len(table) == 8
    assert aws.stack_sets.named("create_stack_instances")[1]["DeploymentTargets"]["Accounts"] == ["444444444444"]


def test_delegated_administrator_is_passed_on_in_every_call(aws: FakeAws) -> None:
    run(aws, in_units(call_as="DELEGATED_ADMIN"))
    aws.stack_sets.failing = {(FIRST, "eu-west-1"): "No"}
    run(aws, in_units(call_as="DELEGATED_ADMIN", template=NEW))
    delete(in_units(call_as="DELEGATED_ADMIN"), aws.clients(), lambda _: None)
    assert {arguments.get("CallAs") for _, arguments in aws.stack_sets.calls} == {"DELEGATED_ADMIN"}


def test_automatic_deployment_is_off_unless_asked(aws: FakeAws) -> None:
    run(aws, in_units())
    assert aws.stack_sets.sets["site"]["AutoDeployment"] == {"Enabled": False}
    run(aws, in_units(auto_deployment=True, retain_stacks=True))
    assert aws.stack_sets.sets["site"]["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": True}


def test_running_operation_is_joined_and_nothing_is_done_twice(aws: FakeAws) -> None:
    aws.stack_sets.looks = 3

    def interrupt(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(aws, request(), interrupt)
    seen = []
    _, good = run(aws, request(), lambda operation: seen.append((operation.id, operation.status)))
    assert good
    assert seen[0] == ("operation-1", "RUNNING")
    assert seen[-1] == ("operation-1", "SUCCEEDED")
    assert len(aws.stack_sets.operations) == 1
    assert aws.waits == [3.0] * (len(seen) - 1)


def test_interrupted_between_set_and_stacks(aws: FakeAws) -> None:
    from cli.stackset import definition

    aws.stack_sets.create_stack_set(StackSetName="site", **definition.new(request()))
    assert run(aws, request())[1]
    assert len(aws.stack_sets.instances) == 6


def test_deletion_of_some_and_of_all(aws: FakeAws) -> None:
    run(aws, request())
    some = delete(request(targets=Targets((FIRST,), (), None, ("us-east-1",))), aws.clients(), lambda _: None)
    assert [(place.account, place.region) for place in some.deleted] == [(FIRST, "us-east-1")]
    assert "site" in aws.stack_sets.sets
    rest = delete(request(targets=Targets((), (), None, ()), retain_stacks=True), aws.clients(), lambda _: None)
    assert len(rest.deleted) == 5
    assert aws.stack_sets.sets == {}
    assert [call["RetainStacks"] for call in aws.stack_sets.named("delete_stack_instances")] == [False, True, True]


def test_deletion_through_units(aws: FakeAws) -> None:
    run(aws, in_units())
    done = delete(in_units(), aws.clients(), lambda _: None)
    assert len(done.deleted) == 6
    assert aws.stack_sets.sets == {}


def test_deletion_that_fails_says_what_then_is_to_be_done(aws: FakeAws) -> None:
    run(aws, request())
    aws.stack_sets.failing = {(FIRST, "eu-west-1"): "The bucket is not empty"}
    done = delete(request(), aws.clients(), lambda _: None)
    table = deletion_rows(done)
    assert not succeeded(table, done)
    assert Row(FIRST, "eu-west-1", "failed", "The bucket is not empty") in table
    assert "site" in aws.stack_sets.sets
    aws.stack_sets.failing = {}
    table, good = run(aws, request())
    assert not good
    assert "--retain-stacks" in next(row.reason for row in table if row.account == FIRST and row.region == "eu-west-1")


def test_progress_has_a_table_on_a_terminal_and_lines_elsewhere(aws: FakeAws) -> None:
    aws.stack_sets.looks = 2
    shown = {}
    for terminal in (True, False):
        out = io.StringIO()
        console = Console(file=out, force_terminal=terminal, width=100)
        times = iter(range(100))
        with Progress(console, lambda times=times: float(next(times))) as progress:  # type: ignore[misc]
            run(aws, request(name=f"site-{terminal}"), progress)
        shown[terminal] = out.getvalue()
        aws.stack_sets.instances.clear()
    assert "\x1b[" in shown[True]
    assert "\x1b[" not in shown[False]
    lines = shown[False].splitlines()
    assert lines.count(f"  {FIRST} eu-west-1: RUNNING") == 1
    assert lines.count(f"  {FIRST} eu-west-1: SUCCEEDED") == 1


def test_preferences_that_are_asked_for_replace_the_defaults() -> None:
    asked = Preferences(None, 50, 2, None, "PARALLEL", "SOFT_FAILURE_TOLERANCE").as_api(REGIONS)
    assert asked["MaxConcurrentPercentage"] == 50
    assert "MaxConcurrentCount" not in asked
    assert asked["FailureToleranceCount"] == 2
    assert asked["RegionConcurrencyType"] == "PARALLEL"
