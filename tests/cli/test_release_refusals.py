"""What the command `release` refuses, and what it says about an update that does not succeed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.release.allowed import beyond
from tests.cli.fake_release import BUCKET, FakeRelease
from tests.cli.fake_site import LAYER
from tests.cli.releasing import FIRST, changed, invoke


def test_failed_release_is_rolled_back_and_says_where_the_boot_log_is(deployed: FakeRelease, app: Path) -> None:
    deployed.fails = True
    failed = invoke(app)
    assert failed.exit_code == 1
    assert "SiteAutoScalingGroup: Received 1 FAILURE signal(s)" in failed.stderr
    assert f"CloudFormation rolled it back: {FIRST} serves" in failed.stderr
    assert "logs my-site --site Site --tier web" in failed.stderr
    assert deployed.artifact()["Key"] == FIRST
    deployed.fails = False
    assert "no earlier release is known" in invoke("--back").stderr


def test_newer_macro_is_refused_without_the_option(deployed: FakeRelease, app: Path) -> None:
    deployed.macro = f"{LAYER}:4"
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "Modify FallbackSiteFunction" in refused.stderr
    assert "Queue" not in refused.stderr
    assert "WebRole" not in refused.stderr.replace("WebRoleArn", "")
    assert "ExecuteChangeSet" not in changed(deployed)
    assert deployed.change_sets == {}
    assert invoke(app, "--with-infrastructure").exit_code == 0
    assert deployed.artifact()["Key"] != FIRST


def test_page_that_answers_with_an_error(deployed: FakeRelease, app: Path) -> None:
    deployed.page_status = 502
    shown = invoke(app)
    assert shown.exit_code == 1
    assert "https://www.example.com answers 502" in shown.stderr
    # The release is complete all the same, so that one can go back.
    assert invoke("--back", "--dry-run").exit_code == 0


def test_bucket_without_versions_for_a_pinned_artifact(deployed: FakeRelease, app: Path) -> None:
    deployed.versioned = False
    refused = invoke(app)
    assert refused.exit_code == 1
    assert f"{BUCKET} has no versions" in refused.stderr
    assert "CreateChangeSet" not in changed(deployed)


def test_site_that_can_not_be_released_to(deployed: FakeRelease, app: Path) -> None:
    servers = deployed.template["Resources"]["Site"]["Properties"]["WebServers"]
    servers["Artifact"]["Key"] = {"Fn::Sub": "shop/${AWS::StackName}.zip"}
    assert "its value is not known here" in invoke(app).stderr
    servers["Artifact"]["Key"] = {"Fn::Sub": "shop/${AWS::Region}.zip"}
    assert "write a Ref to a parameter" in invoke(app).stderr
    del servers["Artifact"]
    assert "no WebServers.Artifact" in invoke(app).stderr
    deployed.template = deployed.processed
    assert "the stack's template is flat" in invoke(app).stderr
    assert "ExecuteChangeSet" not in changed(deployed)


def test_what_is_no_archive(deployed: FakeRelease, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("no zip")
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "empty").mkdir()
    refused = {"a.zip": "not an archive", "a.txt": "not an archive", "empty": "no file", "none": "no such file"}
    for name, said in refused.items():
        assert said in invoke(tmp_path / name).stderr
    assert changed(deployed) == []


def test_path_that_does_not_exist_is_refused_before_aws_is_asked(deployed: FakeRelease, tmp_path: Path) -> None:
    assert "found no such file or folder; give a folder" in invoke(tmp_path / "none").stderr
    assert deployed.calls == []


@pytest.mark.parametrize("arguments", [(), (".", "--back")])
def test_command_lines_without_a_meaning(deployed: FakeRelease, arguments: tuple[str, ...]) -> None:
    assert invoke(*arguments).exit_code == 2
    assert deployed.calls == []


def test_interruption_while_it_waits(deployed: FakeRelease, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deployed, "sleep", interrupted)
    assert invoke(app).exit_code == 130


def test_change_set_that_cloudformation_refuses(deployed: FakeRelease, app: Path) -> None:
    deployed.answers["DescribeChangeSet"] = lambda **_: {"Status": "FAILED", "StatusReason": "a Hook says no"}
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "CloudFormation refuses the update: a Hook says no" in refused.stderr
    assert "ExecuteChangeSet" not in changed(deployed)


def test_stack_that_takes_no_update(deployed: FakeRelease, app: Path) -> None:
    deployed.stack_status = "UPDATE_ROLLBACK_FAILED"
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "the stack is UPDATE_ROLLBACK_FAILED, and takes no update" in refused.stderr
    assert "CreateChangeSet" not in changed(deployed)


def test_update_that_does_not_end(deployed: FakeRelease, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployed, "_end", lambda _: None)
    monkeypatch.setattr("cli.release.progress.UPDATE", timedelta(minutes=30))
    refused = invoke(app)
    assert refused.exit_code == 1
    assert "still UPDATE_IN_PROGRESS after 30 minutes" in refused.stderr


def test_other_update_is_waited_for(deployed: FakeRelease, app: Path) -> None:
    deployed.stack_status = "UPDATE_IN_PROGRESS"

    def ended() -> None:
        deployed.template["Resources"]["Site"]["Properties"]["Tags"] = [{"Key": "Team", "Value": "another"}]
        deployed.redeploy()
        deployed.stack_status = "UPDATE_COMPLETE"

    deployed._later(100, ended)
    done = invoke(app)
    assert done.exit_code == 0, done.stderr
    # What it changed is kept.
    assert deployed.template["Resources"]["Site"]["Properties"]["Tags"] == [{"Key": "Team", "Value": "another"}]
    assert any("another update" in line for line in deployed.said)


def test_replacements_and_removals_are_no_release(deployed: FakeRelease) -> None:
    site = deployed.found()

    def change(name: str, action: str, replacement: str) -> dict[str, Any]:
        return {"LogicalResourceId": name, "Action": action, "Replacement": replacement, "Details": []}

    assert beyond(site, [change("SiteAutoScalingGroup", "Modify", "False")]) == ()
    assert beyond(site, [change("SiteAutoScalingGroup", "Modify", "True")]) == ("Modify SiteAutoScalingGroup",)
    assert beyond(site, [change("SiteWebRole", "Remove", "False")]) == ("Remove SiteWebRole",)
    assert beyond(site, [change("SiteDatabase", "Modify", "False")]) == ("Modify SiteDatabase",)
