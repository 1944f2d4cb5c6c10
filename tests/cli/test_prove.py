"""`prove` in memory: what it asks before it deploys, how it judges what came, and the report."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, Mock

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from click.testing import CliRunner, Result

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import ZONE
from cli.deployed.site import DeployedSite, Resource
from cli.deployed.tools import Tools
from cli.deployed.visits import Page
from cli.main import main
from cli.prove import deployment
from cli.prove.asking import FRIENDLY, WITHOUT_DATABASE, Seen, outcome
from cli.prove.deployment import left, resources, tagged
from cli.prove.prediction import Prediction, problem
from cli.prove.record import Measured, Record, Request, digest_of, load, save
from cli.prove.report import is_as_predicted, markdown
from cli.prove.run import REMOVE, Run, prove
from cli.prove.template import SMALLEST, throwaway
from cli.prove.trials import trials
from resilient_website.problems import InvalidTemplateError

REGION = "eu-west-1"
DOMAIN = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
BACK = Prediction("error for up to 30 s", frozenset({Outcome.PAGE, Outcome.ERROR}), Outcome.PAGE, 30)
DOWN = Prediction("friendly page", frozenset({Outcome.PAGE, Outcome.FRIENDLY_PAGE}), Outcome.FRIENDLY_PAGE, 10)
DONE = Record(
    "prove-1",
    REGION,
    "2026-03-01T00:00:00+00:00",
    1.5,
    "",
    digest_of(SMALLEST, {}),
    done={"deployment": 1200.0, "removal": 900.0},
    requests=(Request("the page (GET)", 200, expected=True),),
    measured=(Measured("a web server", "the page", (), 300, 0, 0, 180),),
    left=(),
)


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return what runs the command in an empty folder, with a Region and without a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_REGION", REGION)

    def run(*arguments: str) -> Result:
        return CliRunner(mix_stderr=False).invoke(main, ["prove", *arguments])

    return run


def template(**properties: Any) -> dict[str, Any]:
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
    }


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (None, Outcome.TIME_OUT),
        (Page(200, "hello"), Outcome.PAGE),
        (Page(404, "no such page"), Outcome.PAGE),
        (Page(200, WITHOUT_DATABASE), Outcome.ERROR),
        (Page(503, f"<head>{FRIENDLY}"), Outcome.FRIENDLY_PAGE),
        (Page(503, "Service Unavailable"), Outcome.ERROR),
    ],
)
def test_responses_are_what_visitors_see(page: Page | None, expected: Outcome) -> None:
    assert outcome(page) is expected


def test_friendly_page_of_a_site_is_recognized() -> None:
    page = (Path(__file__).parents[2] / "custom_resources/fallback_site/page.html").read_text(encoding="utf-8")
    assert FRIENDLY in page


@pytest.mark.parametrize(
    ("prediction", "seen", "expected"),
    [
        (BACK, [Seen(1, Outcome.ERROR), Seen(40, Outcome.ERROR), Seen(41, Outcome.PAGE)], ""),
        (BACK, [Seen(1, Outcome.PAGE)], ""),
        (BACK, [Seen(60, Outcome.ERROR)], "took 60 s; at most 30 s were predicted"),
        (BACK, [Seen(1, Outcome.TIME_OUT)], "not predicted: time-out"),
        (replace(BACK, longest=None), [Seen(999, Outcome.ERROR)], ""),
        (DOWN, [Seen(5, Outcome.PAGE), Seen(9, Outcome.FRIENDLY_PAGE), Seen(900, Outcome.FRIENDLY_PAGE)], ""),
        (DOWN, [Seen(99, Outcome.FRIENDLY_PAGE)], "took 99 s; at most 10 s were predicted"),
        (DOWN, [Seen(1, Outcome.PAGE)], "the friendly page did not come"),
    ],
)
def test_measurements_are_compared(prediction: Prediction, seen: list[Seen], expected: str) -> None:
    assert problem(prediction, seen) == expected


@pytest.mark.parametrize(
    ("status", "expected"), [("running", False), ("completed", True), ("stopped", None), ("failed", None)]
)
def test_drill_that_does_not_complete_is_no_repair(status: str, expected: bool | None) -> None:
    state = {"status": status, "reason": "no target"}
    fis = SimpleNamespace(
        start_experiment=lambda **_: {"experiment": {"id": "EXP1"}},
        get_experiment=lambda **_: {"experiment": {"state": state}},
    )
    elbv2 = SimpleNamespace(describe_target_health=lambda **_: {"TargetHealthDescriptions": []})
    clients = {"fis": fis, "elbv2": elbv2}
    tools = Tools(lambda service, _: clients[service], Mock(), Mock(), Mock(), Mock())
    drill = Resource("SiteZoneDrill1", "AWS::FIS::ExperimentTemplate", "EXT1")
    others = (Resource("SiteTargetGroup", "", "arn:targets"),)
    site = DeployedSite(REGION, "stack", "Site", {each.logical_id: each for each in (drill, *others)})
    (trial,) = (each for each in trials(tools, site) if each.failure == ZONE)
    repaired = trial.cause()
    if expected is None:
        with pytest.raises(InvalidTemplateError, match=f"EXP1 ended with {status}.*no target"):
            repaired()
    else:
        assert repaired() is expected


def test_what_is_deployed_leaves_nothing() -> None:
    everything = template(Cache=True, Files=True, Teardown={"Database": "Retain"})
    resources = throwaway(everything, {}, {}, REGION)["Resources"]
    policies = {name: body["DeletionPolicy"] for name, body in resources.items() if "DeletionPolicy" in body}
    assert {name: policy for name, policy in policies.items() if policy != "Delete"} == {}
    assert {"SiteDatabase", "SiteFileSystem"} <= policies.keys()


def test_protection_of_a_live_site_is_off() -> None:
    live = template(Database={"DeletionProtection": True}, LoadBalancer={"DeletionProtection": True})
    resources = throwaway(live, {}, {}, REGION)["Resources"]
    assert resources["SiteDatabase"]["Properties"]["DeletionProtection"] is False
    attributes = resources["SiteLoadBalancer"]["Properties"]["LoadBalancerAttributes"]
    assert {"Key": "deletion_protection.enabled", "Value": "false"} in attributes


@pytest.mark.parametrize("properties", [[1], "x", {"DomainName": {"Ref": ["Name"]}}], ids=str)
def test_odd_properties_are_refused_as_by_the_macro(properties: Any) -> None:
    given = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}}}
    with pytest.raises(InvalidTemplateError):
        throwaway(given, {}, {}, REGION)
    with pytest.raises(InvalidTemplateError):
        throwaway({"Resources": [given]}, {}, {}, REGION)


def test_store_that_a_parameter_switches_off_has_no_policy() -> None:
    without = template(Database={"Ref": "Store"}, Cache={"Ref": "Store"})
    without["Parameters"] = {"Store": {"Type": "String"}}
    assert throwaway(without, {}, {"Store": "false"}, REGION)["Resources"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, "found no ResilientWebsite"),
        (template(**DOMAIN), "DomainName: .*make it a parameter"),
        (template(**DOMAIN, AlternateDomainNames=["a.example.com"]), "AlternateDomainNames.0.: .*make it a parameter"),
        (template(**DOMAIN, Secondary={"Region": "us-west-2", "Mode": "PilotLight"}), "switch --planned"),
    ],
)
def test_what_can_not_be_deployed_twice_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTemplateError, match=message):
        throwaway(given, {}, {}, REGION)


def test_domain_name_of_the_command_line_is_taken() -> None:
    named = template(DomainName={"Ref": "Name"}, HostedZoneId="Z0123456789ABCDEFGHIJ")
    named["Parameters"] = {"Name": {"Type": "String"}}
    values = {"Name": "proof.example.com"}
    assert throwaway(named, values, values, REGION)["Resources"]
    with pytest.raises(InvalidTemplateError, match="DomainName"):
        throwaway(named, {}, values, REGION)
    named["Resources"]["Site"]["Properties"]["AlternateDomainNames"] = ["shop.example.com"]
    with pytest.raises(InvalidTemplateError, match=r"AlternateDomainNames\[0\]"):
        throwaway(named, values, values, REGION)


def test_nothing_is_deployed_without_a_confirmation(invoke: Any, tmp_path: Path) -> None:
    for arguments in ([], ["--accept-cost", "0.01"], ["--accept-cost", "nan"]):
        refused = invoke(*arguments)
        assert refused.exit_code == 1
        assert "US dollars" in refused.stderr
        assert "--accept-cost" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_dry_run_shows_cost_and_steps(invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = invoke("--dry-run")
    assert shown.exit_code == 0
    assert [line.split(":")[0] for line in shown.stdout.splitlines()][:4] == [
        "deployment",
        "requests",
        "failures",
        "removal",
    ]
    assert "US dollars" in shown.stdout
    assert "in us-east-1)" in " ".join(shown.stdout.split())
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert list(tmp_path.iterdir()) == []


def test_cost_names_what_has_no_price(invoke: Any, tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(json.dumps(template(Database={"DBInstanceClass": "db.r8g.48xlarge"})))
    shown = " ".join(invoke(str(file), "--dry-run").stdout.split())
    assert "No price is known for database db.r8g.48xlarge with a standby." in shown
    refused = invoke(str(file), "--accept-cost", "0.01")
    assert "db.r8g.48xlarge" in refused.stderr


def test_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "prove.json"
    assert load(path) is None
    save(path, DONE)
    assert load(path) == DONE


def _with(**changed: Any) -> str:
    return json.dumps({**asdict(DONE), **changed})


@pytest.mark.parametrize(
    "text", ["{}", "[]", "5", "", _with(begun=5), _with(done=["removal"]), _with(done={"removal": "x"}), "[" * 9999]
)
def test_file_that_is_no_record_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "prove.json"
    path.write_text(text)
    with pytest.raises(InvalidTemplateError, match="not the record of a run"):
        load(path)
    with pytest.raises(InvalidTemplateError, match="can't be read"):
        load(tmp_path)


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Return what stands for every client of the command."""
    made = Mock()
    tools = Mock(client=Mock(return_value=made), now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    monkeypatch.setattr("cli.prove.command.tools_of", lambda _: tools)
    return made


def test_missing_credentials_are_noticed_before_there_is_a_record(invoke: Any, sts: Mock, tmp_path: Path) -> None:
    sts.get_caller_identity.side_effect = NoCredentialsError()
    refused = invoke("--accept-cost", "99")
    assert refused.exit_code == 1
    assert "no AWS credentials" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("sts")
def test_output_that_can_not_be_written_is_noticed_first(invoke: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = invoke("--accept-cost", "99", "--output", "file/prove.md")
    assert refused.exit_code == 1
    assert "can't be written" in refused.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert invoke("--output", "./prove.json").exit_code == 2


@pytest.mark.parametrize("disk", [Mock(), Mock(side_effect=InvalidTemplateError([]))], ids=["written", "full"])
def test_everything_is_removed_after_any_error(disk: Mock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    removed = Mock()
    monkeypatch.setattr("cli.prove.run.save", disk)
    monkeypatch.setattr(deployment, "create", Mock(side_effect=ZeroDivisionError))
    monkeypatch.setattr(deployment, "remove", removed)
    monkeypatch.setattr(deployment, "left", Mock(return_value=()))
    monkeypatch.setattr(deployment, "tagged", Mock(return_value=()))
    tools = Mock(now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    with pytest.raises((ZeroDivisionError, InvalidTemplateError)):
        prove(Run(tools, Mock(), tmp_path / "prove.json", {}, {}, {}), replace(DONE, done={}))
    removed.assert_called_once()


def test_run_in_another_region_is_refused(invoke: Any, tmp_path: Path) -> None:
    save(tmp_path / "prove.json", replace(DONE, region="us-west-2", done={}))
    refused = invoke()
    assert refused.exit_code == 1
    assert "give --region us-west-2" in refused.stderr


@pytest.mark.usefixtures("sts")
def test_run_of_another_file_is_refused(invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Mock(return_value=DONE)
    monkeypatch.setattr("cli.prove.command.run_all", ended)
    site, other = tmp_path / "site.json", tmp_path / "other.json"
    site.write_text(json.dumps(template(Cache=True)))
    other.write_text(json.dumps(template(Cache=False)))
    begun = replace(DONE, done={}, file=str(site), digest=digest_of(template(Cache=True), {}))
    for arguments, found in (
        (["other.json"], f"has a run of {site}; give {site}, with the same --parameter"),
        ([], f"has a run of {site}; give {site}"),
    ):
        save(tmp_path / "prove.json", begun)
        refused = invoke(*arguments)
        assert refused.exit_code == 1
        assert found in refused.stderr
    site.write_text(json.dumps(template(Cache=False)))
    assert f"has a run of {site}, which has changed or had other parameters; restore it" in invoke("site.json").stderr
    save(tmp_path / "prove.json", replace(DONE, done={}))
    assert "has a run of the smallest site; give no FILE" in invoke("site.json").stderr
    ended.assert_not_called()
    save(tmp_path / "prove.json", begun)
    site.write_text(json.dumps(template(Cache=True), indent=4))
    assert invoke("site.json").exit_code == 0
    ended.assert_called_once()


@pytest.mark.usefixtures("sts")
def test_failed_run_is_removed_with_any_file(invoke: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Mock(return_value=DONE)
    monkeypatch.setattr("cli.prove.command.run_all", ended)
    save(tmp_path / "prove.json", replace(DONE, done={}, file="/lost.yaml", digest="0", failed="interrupted"))
    assert invoke().exit_code == 0
    ended.assert_called_once()


@pytest.mark.parametrize(("region", "suffix"), [(REGION, "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")])
def test_template_is_read_where_the_partition_has_it(region: str, suffix: str) -> None:
    client = MagicMock()
    client.get_caller_identity.return_value = {"Account": "123456789012"}
    client.describe_stacks.side_effect = ClientError(
        {"Error": {"Code": "ValidationError", "Message": "Stack with id prove-1 does not exist"}}, "DescribeStacks"
    )
    tools = Tools(lambda *_: client, Mock(), Mock(), Mock(), Mock())
    deployment.create(tools, "prove-1", region, {"Resources": {}}, {})
    address = client.create_stack.call_args.kwargs["TemplateURL"]
    bucket = client.put_object.call_args.kwargs["Bucket"]
    assert address == f"https://s3.{region}.{suffix}/{bucket}/template.json"


def test_role_that_stays_is_shown_before(invoke: Any, tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text(json.dumps(template()))
    assert "AWSServiceRoleForFIS" in invoke("--dry-run").stdout
    assert "AWSServiceRoleForFIS" in invoke().stderr
    assert "AWSServiceRoleForFIS" not in invoke("site.json", "--dry-run").stdout


def test_complete_run_is_not_continued(invoke: Any, tmp_path: Path) -> None:
    save(tmp_path / "prove.json", replace(DONE, done={**(DONE.done or {}), REMOVE: 1.0}))
    assert "--accept-cost" in invoke().stderr


def test_report_says_what_came() -> None:
    shown = markdown(DONE)
    assert (
        "| a web server | the page | 300 requests: every request got the page; repaired after 3.0 minutes | yes |"
        in shown
    )
    assert "deployment: 20.0 minutes" in shown
    assert is_as_predicted(DONE)


def test_deleted_resource_that_its_tag_still_lists_is_not_left() -> None:
    listener, rule = "arn:aws:elasticloadbalancing:eu-west-1:1:listener/a", "arn:aws:elasticloadbalancing:x:rule/b"
    server, kept = "arn:aws:ec2:eu-west-1:1:instance/i-1", "arn:aws:s3:::kept"
    summaries = [
        {"ResourceType": "Listener", "PhysicalResourceId": listener, "ResourceStatus": "DELETE_COMPLETE"},
        {"ResourceType": "Rule", "PhysicalResourceId": "b", "ResourceStatus": "DELETE_COMPLETE"},
        {"ResourceType": "Bucket", "PhysicalResourceId": "kept", "ResourceStatus": "DELETE_SKIPPED"},
        {"ResourceType": "Failed", "ResourceStatus": "DELETE_COMPLETE"},
    ]
    found = {
        "StackResourceSummaries": summaries,
        "ResourceTagMappingList": [{"ResourceARN": arn} for arn in (listener, rule, server, kept)],
        "DBSnapshots": [{"DBInstanceIdentifier": name, "DBSnapshotIdentifier": name} for name in ("prove-1-db", "own")],
        "logGroups": [],
    }
    client = Mock(**{"get_paginator.return_value.paginate.return_value": [found]})
    tools = Tools(lambda *_: client, Mock(), Mock(), Mock(), Mock())
    where = (tools, "prove-1", REGION, resources(tools, "arn:stack", REGION))
    assert list(left(*where)) == ["Bucket kept (DELETE_SKIPPED)", "DB snapshot prove-1-db"]
    assert list(tagged(*where)) == [server, kept]
    listed = replace(DONE, tagged=(server,))
    assert f"look whether one exists:\n\n- {server}\n" in markdown(listed)
    assert is_as_predicted(listed)


@pytest.mark.parametrize(
    "other",
    [
        replace(DONE, failed="interrupted"),
        replace(DONE, left=("DB snapshot x",)),
        replace(DONE, left=None),
        replace(DONE, requests=(Request("the page (GET)", 503, expected=False),)),
        replace(DONE, measured=(Measured("a web server", problem="took 60 s"),)),
        replace(DONE, measured=(Measured("a zone", skipped="AWS refused StartExperiment"),)),
    ],
    ids=["ended early", "left", "not removed", "request", "failure", "not tried"],
)
def test_anything_else_is_no_success(other: Record) -> None:
    assert not is_as_predicted(other)
