"""The command `release` with a canary: it is tried out first, goes back by itself, and can be continued or ended."""

import json
from pathlib import Path
from typing import Any

import pytest

from resilient_website.tiers.monitoring.canary_alarms import ALWAYS, CANARY_ALARMS
from tests.cli.documented_policies import documented, needed
from tests.cli.fake_release import FakeRelease
from tests.cli.fake_site import ACCOUNT, REGION, STACK
from tests.cli.releasing import FIRST, canary, changed, invoke

OWN = {"Arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:own", "Type": "AWS::CloudWatch::Alarm"}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Return a folder with an application."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "start").write_text("one")
    return folder


def leave_canary(fake: FakeRelease, app: Path) -> None:
    """Leave a canary that runs."""
    shown = invoke(app, "--dry-run", "--json")
    assert shown.exit_code == 0, shown.stderr
    key = json.loads(shown.stdout)["key"]
    fake.template["Resources"]["Site"]["Properties"]["WebServers"]["Canary"] = {"Key": key}
    fake.redeploy()
    arns = [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{STACK}-Site{name}" for name in CANARY_ALARMS]
    triggers = [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in arns]
    fake.rollback = {"RollbackTriggers": triggers, "MonitoringTimeInMinutes": 10}


def test_good_release_is_tried_out_and_then_replaces_all(canaries: FakeRelease, app: Path) -> None:
    before = canaries.now
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    assert (canaries.now - before).total_seconds() > 600
    assert "10 % of the requests for 10 minutes" in shown.stderr
    assert "canary's servers: 1 healthy" in shown.stderr
    assert "new servers: 3 of 3 healthy" in shown.stderr
    assert canaries.artifact()["Key"].endswith("/app.zip")
    assert changed(canaries).count("ExecuteChangeSet") == 2
    # Nothing of the canary is left, and later updates do not wait for it.
    assert canary(canaries) == {}
    assert canaries.weights == [100, 0]
    assert "SiteCanaryGroup" not in canaries.processed["Resources"]
    assert canaries.rollback == {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}
    assert invoke("--back", "--dry-run").exit_code == 0


def test_bad_release_goes_back_by_itself(canaries: FakeRelease, app: Path) -> None:
    canaries.canary_fails = True
    failed = invoke(app)
    assert failed.exit_code == 1
    assert "Rollback triggers are in ALARM: CanaryErrorsAlarm" in failed.stderr
    assert f"CloudFormation rolled it back: {FIRST} serves" in failed.stderr
    assert changed(canaries).count("ExecuteChangeSet") == 1
    assert (canaries.artifact()["Key"], canary(canaries), canaries.weights) == (
        FIRST,
        True,
        [100, 0],
    )
    # The next release, without a canary, does not wait for the alarms that CloudFormation has kept.
    assert canaries.rollback["RollbackTriggers"]
    assert invoke(app, "--skip-canary").exit_code == 0
    assert canaries.rollback == {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}


def test_canary_serves_while_it_is_watched(canaries: FakeRelease, app: Path) -> None:
    leave_canary(canaries, app)
    assert canaries.weights == [90, 10]
    assert canaries.processed["Resources"]["SiteCanaryGroup"]["Properties"]["MinSize"] == "4"


def test_same_command_continues_and_another_release_is_refused(canaries: FakeRelease, app: Path) -> None:
    leave_canary(canaries, app)
    (app / "start").write_text("two")
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "a canary of shop/" in refused.stderr
    assert "ExecuteChangeSet" not in changed(canaries)
    (app / "start").write_text("one")
    done = invoke(app)
    assert done.exit_code == 0, done.stderr
    assert changed(canaries).count("ExecuteChangeSet") == 1
    assert canaries.weights == [100, 0]
    assert canaries.rollback["RollbackTriggers"] == []


def test_canary_whose_alarms_are_on_is_not_completed(canaries: FakeRelease, app: Path) -> None:
    leave_canary(canaries, app)
    canaries.canary_fails = True
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "the canary fails: my-site-SiteCanaryErrorsAlarm" in refused.stderr
    assert "ExecuteChangeSet" not in changed(canaries)
    assert invoke("--back").exit_code == 0
    assert canaries.weights == [100, 0]


def test_canary_that_is_rolled_back_meanwhile_is_not_begun_again(canaries: FakeRelease, app: Path) -> None:
    canaries.stack_status = "UPDATE_IN_PROGRESS"
    canaries._later(100, lambda: setattr(canaries, "stack_status", "UPDATE_ROLLBACK_COMPLETE"))
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "the update that ran ended with UPDATE_ROLLBACK_COMPLETE" in refused.stderr
    assert "CreateChangeSet" not in changed(canaries)


def test_back_ends_a_canary_and_leaves_the_release(canaries: FakeRelease, app: Path) -> None:
    leave_canary(canaries, app)
    shown = invoke("--back")
    assert shown.exit_code == 0, shown.stderr
    assert "canary ended: " in shown.stdout
    assert f"{FIRST} serves" in shown.stdout
    assert (canaries.artifact()["Key"], canaries.weights) == (FIRST, [100, 0])
    assert canaries.rollback["RollbackTriggers"] == []
    assert "no earlier release is known" in invoke("--back").stderr


def test_parameter_of_the_canary(canaries: FakeRelease, app: Path) -> None:
    canaries.use_parameters()
    canaries.template["Parameters"]["Tried"] = {"Type": "String", "Default": ""}
    canaries.values["Tried"] = ""
    canaries.use_canary(Key={"Ref": "Tried"}, CanaryPercent=20, CanaryBakeTimeInMinutes=30)
    template = json.dumps(canaries.template["Parameters"])
    before = canaries.now
    shown = invoke(app, "--json")
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout)["canary"] == {"percent": 20, "minutes": 30}
    assert (canaries.now - before).total_seconds() > 1800
    assert (json.dumps(canaries.template["Parameters"]), canaries.values["Tried"]) == (template, "")
    assert canary(canaries)["Key"] == {"Ref": "Tried"}
    assert canaries.artifact()["Key"].endswith("/app.zip")


@pytest.mark.parametrize(
    ("written", "percent"),
    [
        ({"CanaryPercent": {"Ref": "Empty"}, "CanaryBakeTimeInMinutes": {"Ref": "Empty"}}, 10),
        ({"Fn::If": ["Production", {"CanaryPercent": 5}, {"CanaryPercent": 20}]}, 20),
        ({"Fn::If": ["Production", False, {"Fn::If": ["Production", False, True]}]}, 10),
    ],
)
def test_canary_is_tried_out_as_the_macro_reads_it(
    written: dict[str, Any], percent: int, canaries: FakeRelease, app: Path
) -> None:
    canaries.template["Parameters"]["Empty"] = {"Type": "String", "Default": ""}
    canaries.template["Conditions"] = {"Production": {"Fn::Equals": [{"Ref": "Empty"}, "yes"]}}
    canaries.values["Empty"] = ""
    canaries.use_canary(**written)
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    assert f"{percent} % of the requests" in shown.stderr
    assert changed(canaries).count("ExecuteChangeSet") == 2
    assert canaries.weights == [100, 0]


def test_application_of_the_branch_that_is_deployed_is_released(canaries: FakeRelease, app: Path) -> None:
    servers = canaries.template["Resources"]["Site"]["Properties"]["WebServers"]
    own, empty = servers["Artifact"], {"Type": "String", "Default": ""}
    canaries.template["Parameters"]["Empty"], canaries.values["Empty"] = empty, ""
    canaries.template["Conditions"] = {"Production": {"Fn::Equals": [{"Ref": "Empty"}, "yes"]}}
    servers["Artifact"] = {"Fn::If": ["Production", {**own, "Key": "of-production.zip"}, own]}
    canaries.redeploy()
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    written = canaries.template["Resources"]["Site"]["Properties"]["WebServers"]["Artifact"]
    _, production, other = written["Fn::If"]
    assert production["Key"] == "of-production.zip"
    assert other["Key"].endswith("/app.zip")


@pytest.mark.parametrize("name", ["CanaryPercent", "Key"])
def test_value_that_is_not_known_here_is_said(name: str, canaries: FakeRelease, app: Path) -> None:
    canaries.use_canary()
    canaries.template["Parameters"]["Stored"] = {"Type": "AWS::SSM::Parameter::Value<String>"}
    canaries.template["Resources"]["Site"]["Properties"]["WebServers"]["Canary"] = {name: {"Ref": "Stored"}}
    refused = invoke(app)
    assert refused.exit_code == 1
    assert f"WebServers.Canary.{name}: its value is not known here" in refused.stderr


def test_own_rollback_triggers_stay(canaries: FakeRelease, app: Path) -> None:
    canaries.rollback = {"RollbackTriggers": [OWN], "MonitoringTimeInMinutes": 25}
    shown = invoke(app)
    assert shown.exit_code == 0, shown.stderr
    assert canaries.rollback == {"RollbackTriggers": [OWN], "MonitoringTimeInMinutes": 25}


def test_too_many_own_rollback_triggers_are_refused(canaries: FakeRelease, app: Path) -> None:
    own = [OWN] * 2
    canaries.rollback = {"RollbackTriggers": own, "MonitoringTimeInMinutes": 5}
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "found 2 rollback triggers beside the canary's 4: CloudFormation takes 5" in refused.stderr
    assert "CreateChangeSet" not in changed(canaries)
    own.pop()
    done = invoke(app)
    assert done.exit_code == 0, done.stderr


def test_canary_of_another_site_of_the_stack_does_not_count(canaries: FakeRelease, app: Path) -> None:
    """It was rolled back, and CloudFormation has kept its alarms in the list."""
    other = {"Type": "ResilientWebsite", "Properties": {"Database": False, "WebServers": {"Canary": True}}}
    canaries.template["Resources"]["Shop"] = other
    canaries.redeploy()
    arns = [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{STACK}-Shop{name}-1ABC" for name in CANARY_ALARMS]
    kept = [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in arns]
    canaries.rollback = {"RollbackTriggers": [*kept, OWN], "MonitoringTimeInMinutes": 10}
    done = invoke(app, "--site", "Site")
    assert done.exit_code == 0, done.stderr
    assert changed(canaries).count("ExecuteChangeSet") == 2
    assert canaries.rollback["RollbackTriggers"] == [OWN]


def test_latency_is_watched_unless_it_is_off(canaries: FakeRelease, app: Path) -> None:
    for properties, names in (({}, CANARY_ALARMS), ({"CanaryLatencyPercent": 0}, ALWAYS)):
        canaries.use_canary(**properties)
        canaries.canary_fails = True
        assert "rolled it back" in invoke(app).stderr
        watched = [each["Arn"].rpartition("-Site")[2] for each in canaries.rollback["RollbackTriggers"]]
        assert watched == list(names)


def test_image_is_tried_out(canaries: FakeRelease) -> None:
    host = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    canaries.use_container(f"{host}/shop@sha256:{'0' * 64}")
    digest = canaries.push("shop", "2")
    shown = invoke(f"{host}/shop:2")
    assert shown.exit_code == 0, shown.stderr
    assert changed(canaries).count("ExecuteChangeSet") == 2
    assert canaries.image() == f"{host}/shop@{digest}"


def test_first_release_and_the_way_back_are_not_tried_out(canaries: FakeRelease, app: Path) -> None:
    assert invoke(app).exit_code == 0
    back = invoke("--back")
    assert back.exit_code == 0, back.stderr
    assert changed(canaries).count("ExecuteChangeSet") == 3
    assert "of the requests" not in back.stderr
    servers = canaries.template["Resources"]["Site"]["Properties"]["WebServers"]
    canaries.template["Conditions"] = {"Is": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Key"}, ""]}]}}
    canaries.template["Parameters"]["Key"] = {"Type": "String", "Default": ""}
    canaries.values["Key"] = ""
    written = {"Bucket": servers["Artifact"]["Bucket"], "Key": {"Ref": "Key"}, "Command": "./start"}
    servers["Artifact"] = {"Fn::If": ["Is", written, {"Ref": "AWS::NoValue"}]}
    canaries.redeploy()
    first = invoke(app)
    assert first.exit_code == 0, first.stderr
    assert "before: the sample application" in first.stdout
    assert changed(canaries).count("ExecuteChangeSet") == 4


def test_dry_run_shows_the_canary_s_update(canaries: FakeRelease, app: Path) -> None:
    assert invoke(app, "--dry-run").exit_code == 0
    assert changed(canaries) == ["CreateChangeSet", "DeleteChangeSet"]


def test_documented_policy_has_what_a_canary_calls(canaries: FakeRelease, app: Path) -> None:
    assert invoke(app).exit_code == 0
    assert needed(canaries.calls) <= documented("release")
