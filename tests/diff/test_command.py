"""`build_templates.py diff` and `stack-policy`, as their user runs them."""

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command_process import SCRIPT, run_python
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks
from tools.repository import ROOT

Json = dict[str, Any]

ACCOUNT = "100000000043"
TABLE: Json = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": {"Ref": "Name"}}}
PARAMETERS: Json = {"Name": {"Type": "String", "Default": "visits"}}


@pytest.fixture
def files(tmp_path: Path) -> Any:
    def write(name: str, **properties: Any) -> Path:
        path = tmp_path / name
        site = {"Type": "ResilientWebsite", "Properties": properties}
        path.write_text(json.dumps({"Transform": "ResilientWebsite", "Resources": {"Site": site}}))
        return path

    return write


def test_nothing_changes(command_line: Any, files: Any, tmp_path: Path) -> None:
    site, expanded = files("site.json", Cache=True), tmp_path / "expanded.json"
    command_line("expand", site, "-o", expanded)
    for old, new in ((site, site), (site, expanded), (expanded, site)):
        done = command_line("diff", old, new)
        assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing changes.\n", "")


def test_safe_change(command_line: Any, files: Any) -> None:
    done = command_line("diff", files("old.json"), files("new.json", Database={"DBInstanceClass": "db.t4g.large"}))
    assert done.returncode == 0, done.stderr
    assert "interrupted  SiteDatabase  AWS::RDS::DBInstance" in done.stdout
    assert "DBInstanceClass: db.t4g.small -> db.t4g.large  (interrupted)" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("Safe for the 6 stores.")
    assert "\x1b" not in done.stdout


def test_unsafe_change(command_line: Any, files: Any) -> None:
    done = command_line("diff", files("old.json"), files("new.json", Database={"DatabaseName": "shop"}))
    assert done.returncode == 2, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].strip() == "Stores"
    assert "SiteDatabase" in lines[4]
    assert "Restore DBName" not in done.stdout
    assert "Remove Database.DatabaseName." in " ".join(done.stdout.split())
    assert lines[-1].endswith("NOT SAFE for SiteDatabase.")


def test_change_of_a_store_that_aws_refuses(command_line: Any, files: Any) -> None:
    larger = files("old.json", Database={"AllocatedStorage": 40})
    done = command_line("diff", larger, files("new.json"))
    assert done.returncode == 2, done.stderr
    assert "refused by AWS  SiteDatabase  AWS::RDS::DBInstance" in done.stdout
    assert "AllocatedStorage: 40 -> 20  (refused by AWS)" in done.stdout
    assert "RDS can't reduce allocated storage." in done.stdout
    assert "kept" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last.endswith(
        "AWS would refuse the change of SiteDatabase and roll back the whole update: no store changes."
    )
    reported = json.loads(command_line("diff", larger, files("new.json"), "--json").stdout)
    (changed,) = (each for each in reported["resources"] if each["logicalId"] == "SiteDatabase")
    (storage,) = (each for each in changed["properties"] if each["path"] == "AllocatedStorage")
    assert storage["refusal"]["source"] == "Amazon RDS User Guide: Scaling up DB instance storage"


def test_refusal_that_concerns_no_store(command_line: Any, files: Any) -> None:
    """The update loses nothing, but can't be done: a pipeline need not try."""
    done = command_line("diff", files("old.json"), files("new.json", Network={"CidrBlock": "10.8.0.0/16"}))
    assert done.returncode == 2, done.stderr
    assert "refused by AWS  SiteDatabaseSubnetGroup  AWS::RDS::DBSubnetGroup" in done.stdout
    assert "roll back the whole update: no store changes." in " ".join(done.stdout.split())


def test_loop_is_not_known_and_so_not_safe(command_line: Any, tmp_path: Path) -> None:
    def looped(name: str, *names: str) -> Path:
        bucket = {"${Name}Bucket": {"Type": "AWS::S3::Bucket"}}
        template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, "Fn::ForEach::All": ["Name", names, bucket]}}
        (tmp_path / name).write_text(json.dumps(template))
        return tmp_path / name

    old, new = looped("old.json", "One", "Two"), looped("new.json", "One")
    done = command_line("diff", old, new)
    assert done.returncode == 2, done.stderr
    assert "NOT SAFE: the resources of Fn::ForEach::All." in done.stdout
    assert "Nothing changes." not in done.stdout
    reported = json.loads(command_line("diff", old, new, "--json").stdout)
    assert (reported["safe"], reported["unknown"]) == (False, ["Fn::ForEach::All"])
    assert command_line("diff", old, old).stdout == "Nothing changes.\n"
    policy = command_line("stack-policy", old)
    assert (policy.returncode, "the resources that Fn::ForEach::All creates are not known here" in policy.stderr) == (
        0,
        True,
    )


def test_verdict_stands_though_nobody_reads_it_to_the_end(files: Any) -> None:
    command = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), "diff"]
    sites = [str(files("old.json")), str(files("new.json", Database=False))]
    for more in ([], ["--json"]):
        with subprocess.Popen([*command, *sites, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert process.stderr is not None
            assert process.stderr.read() == b""
        assert process.returncode == 2


def test_json(command_line: Any, files: Any) -> None:
    done = command_line("diff", files("old.json"), files("new.json", Database={"DatabaseName": "shop"}), "--json")
    assert done.returncode == 2
    reported = json.loads(done.stdout)
    (store,) = reported["stores"]
    assert (reported["safe"], store["safe"], store["effect"], store["data"]) == (False, False, "replaced", "snapshot")
    (changed,) = (each for each in reported["resources"] if each["logicalId"] == "SiteDatabase")
    assert changed["properties"] == [{"path": "DBName", "old": "website", "new": "shop", "effect": "replaced"}]
    (alarm,) = (each for each in reported["resources"] if each["logicalId"] == "SiteDatabaseCpuAlarm")
    assert alarm["properties"][0]["because"] == "SiteDatabase"


def test_colors_on_a_terminal(files: Any) -> None:
    terminal, other_end = pty.openpty()
    command = [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), "diff"]
    sites = [str(files("old.json")), str(files("new.json", Cache=True))]
    environment = {**os.environ, "TERM": "xterm-256color"}
    with subprocess.Popen([*command, *sites], stdout=other_end, env=environment) as process:
        os.close(other_end)
        shown = b""
        try:
            while part := os.read(terminal, 4096):
                shown += part
        except OSError:
            pass
        finally:
            os.close(terminal)
    assert process.returncode == 0
    assert b"\x1b[" in shown


def test_parameters(command_line: Any, tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text(json.dumps({"Parameters": PARAMETERS, "Resources": {"Table": TABLE}}))
    assert command_line("diff", path, path, "--parameter", "Name=orders").stdout == "Nothing changes.\n"
    done = command_line("diff", path, path, "--parameter", "Name=orders", "--old-parameter", "Name=visits")
    assert done.returncode == 2
    assert "TableName: visits -> orders  (replaced)" in done.stdout
    wrong = command_line("diff", path, path, "--parameter", "Nome=orders")
    assert (wrong.returncode, "did you mean Name?" in wrong.stderr) == (1, True)


def test_bad_input(command_line: Any, files: Any, tmp_path: Path) -> None:
    site, wrong = files("site.json"), files("wrong.json", Databse={})
    done = command_line("diff", site, wrong)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"{wrong}:1:101: Resources.Site.Properties.Databse: unknown property; did you mean Database?"
    )
    unsigned = "stack:none: no AWS credentials were found"
    file = str(tmp_path / "no.json")
    for missing, reported in ((file, f"{file}: can't be read"), ("stack:none", unsigned), ("none", unsigned)):
        done = command_line("diff", missing, site, "--region", "eu-west-1")
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.stderr
        assert done.stderr.startswith(reported)


def test_folder_named_as_the_stack_is_no_template(files: Any, tmp_path: Path) -> None:
    """`init my-site` makes such a folder, and the documentation compares `my-site` with a template from beside it."""
    site = files("site.json")
    (tmp_path / "my-site").mkdir()
    environment = {"PATH": os.environ["PATH"], "AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"}
    for arguments in (("my-site", str(site)), (str(site), "my-site")):
        done = run_python([SCRIPT, "diff", *arguments], environment, folder=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("stack:my-site: no AWS credentials were found"), done.stderr


def test_deployed_stack(emulator: Emulator, tmp_path: Path) -> None:
    parameters = {**PARAMETERS, "Password": {"Type": "String", "NoEcho": True, "Default": "x"}}
    key = {"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"}
    properties = {**TABLE["Properties"], **key, "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
    template = {"Parameters": parameters, "Resources": {"Table": {**TABLE, "Properties": properties}}}
    stacks = Stacks(emulator, ACCOUNT)
    given = [{"ParameterKey": "Name", "ParameterValue": "orders"}, {"ParameterKey": "Password", "ParameterValue": "y"}]
    stacks.create("shop", template, Parameters=given)
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(template))
    environment = {**os.environ, **emulator.environment(ACCOUNT, "us-east-1")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_python([SCRIPT, "diff", *arguments], environment, folder=tmp_path)

    try:
        # The stack's parameters keep their values, unless others are given.
        for stack in ("shop", "stack:shop"):
            assert run(stack, str(path)).stdout == "Nothing changes.\n"
            assert run(str(path), stack).returncode == 2
        renamed = run("shop", str(path), "--parameter", "Name=visits")
        assert (renamed.returncode, "TableName: orders -> visits" in renamed.stdout) == (2, True)
        assert "y" not in renamed.stdout.split()
    finally:
        stacks.delete("shop")


def test_stack_policy(command_line: Any, files: Any, tmp_path: Path) -> None:
    done = command_line("stack-policy", files("site.json", Cache=True, Database={"ReadReplicas": 1}))
    assert done.returncode == 0, done.stderr
    allow, deny = json.loads(done.stdout)["Statement"]
    assert (allow["Effect"], allow["Action"], allow["Resource"]) == ("Allow", "Update:*", "*")
    assert deny["Action"] == ["Update:Replace", "Update:Delete"]
    assert [each.removeprefix("LogicalResourceId/Site") for each in deny["Resource"]] == [
        "AssetsBucket",
        "CacheReplicationGroup",
        "CacheSecret",
        "Database",
        "DatabaseSecret",
        "FallbackBucket",
        "LogsBucket",
        "OriginSecret",
    ]
    assert "set-stack-policy --stack-name STACK" in done.stderr
    assert "--enable-termination-protection" in done.stderr
    missing = command_line("stack-policy", tmp_path / "no.json")
    assert (missing.returncode, missing.stdout) == (1, "")


def test_stack_policy_is_taken(command_line: Any, emulator: Emulator, tmp_path: Path) -> None:
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}
    path = tmp_path / "bucket.json"
    path.write_text(json.dumps(template))
    policy = command_line("stack-policy", path).stdout
    stacks = Stacks(emulator, ACCOUNT)
    stacks.create("kept", template)
    try:
        stacks.cloudformation.set_stack_policy(StackName="kept", StackPolicyBody=policy)
        kept = stacks.cloudformation.get_stack_policy(StackName="kept")["StackPolicyBody"]
    finally:
        stacks.delete("kept")
    assert json.loads(kept) == json.loads(policy)
    shown = command_line("stack-policy", path, "--command", "--stack-name", "my-site", "--region", "eu-west-1")
    first, second = shown.stdout.splitlines()
    assert first.startswith(
        "aws cloudformation set-stack-policy --stack-name my-site --region eu-west-1 --stack-policy-body '{"
    )
    assert json.loads(first.split("'")[1]) == json.loads(policy)
    assert second.startswith("aws cloudformation update-termination-protection --stack-name my-site")


def test_template_without_stores_denies_nothing(command_line: Any, tmp_path: Path) -> None:
    path = tmp_path / "topic.json"
    path.write_text('{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    done = command_line("stack-policy", path)
    assert len(json.loads(done.stdout)["Statement"]) == 1
    assert "no site and no data store, so the policy denies nothing" in done.stderr


def test_advice_is_about_what_stands_in_the_template(command_line: Any, files: Any) -> None:
    """A database without its snapshot gets a name and a user: neither is in the template."""
    restored = files("old.json", Database={"DBSnapshotIdentifier": "before-launch"})
    reported = json.loads(command_line("diff", restored, files("new.json", Database=True), "--json").stdout)
    (store,) = (each for each in reported["stores"] if each["logicalId"] == "SiteDatabase")
    assert store["instead"].startswith("Restore Database.DBSnapshotIdentifier: before-launch.")
    assert "MasterUsername" not in store["instead"]
