"""`prove` in memory: what it asks before it deploys, what it refuses, and that it removes everything."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, Mock

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from click.testing import CliRunner, Result

from cli.deployed.tools import Tools
from cli.main import main
from cli.prove import deployment
from cli.prove.record import digest_of, save
from cli.prove.run import REMOVE, Run, prove
from resilient_website.problems import InvalidTemplateError
from tests.cli.proving import DONE, REGION, template


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return what runs the command in an empty folder, with a Region and without a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_REGION", REGION)

    def run(*arguments: str) -> Result:
        return CliRunner(mix_stderr=False).invoke(main, ["prove", *arguments])

    return run


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
