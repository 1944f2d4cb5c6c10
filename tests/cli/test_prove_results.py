"""How `prove` judges what it measured, and its report."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.failures import ZONE
from cli.deployed.site import DeployedSite, Resource
from cli.deployed.tools import Tools
from cli.deployed.visits import Page
from cli.prove.deployment import left, resources, tagged
from cli.prove.prediction import Prediction, problem
from cli.prove.record import Measured, Record, Request, load, save
from cli.prove.report import is_as_predicted, markdown
from cli.prove.trials import trials
from cli.prove.visitor import FRIENDLY, WITHOUT_DATABASE, Seen, outcome
from resilient_website.problems import InvalidTemplateError
from tests.cli.proving import DONE, REGION

BACK = Prediction("error for up to 30 s", frozenset({Outcome.PAGE, Outcome.ERROR}), Outcome.PAGE, 30)
DOWN = Prediction("friendly page", frozenset({Outcome.PAGE, Outcome.FRIENDLY_PAGE}), Outcome.FRIENDLY_PAGE, 10)


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
