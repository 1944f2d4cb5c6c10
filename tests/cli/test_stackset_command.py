"""`build_templates.py stackset` as its user runs it, against moto; a proxy before it makes failures and waits."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.failure_injector import FailureInjector
from tests.cli.moto import Moto, environment
from tests.cli.requests import ACCOUNTS, REGIONS, TEMPLATE
from tests.command_process import SCRIPT, run_python
from tools.repository import ROOT

FIRST, SECOND, THIRD = ACCOUNTS
TARGETS = ("--name", "site", "--accounts", ",".join(ACCOUNTS), "--regions", ",".join(REGIONS))
MANAGEMENT = "123456789012"


@pytest.fixture
def injector(moto: Moto) -> Iterator[FailureInjector]:
    trust = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ]
    }
    moto.client("iam").create_role(
        RoleName="AWSCloudFormationStackSetAdministrationRole", AssumeRolePolicyDocument=json.dumps(trust)
    )
    with FailureInjector(moto.url) as running:
        yield running


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(TEMPLATE))
    return path


def command(*arguments: str | Path) -> list[str]:
    return [str(ROOT / ".venv/bin/python"), str(ROOT / "build_templates.py"), "stackset", *map(str, arguments)]


def variables(url: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith("AWS_")}, **environment(url)}


def stackset(injector: FailureInjector, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run_python([SCRIPT, "stackset", *map(str, arguments)], variables(injector.url))


def stacks(done: subprocess.CompletedProcess[str]) -> dict[tuple[str, str], dict[str, str]]:
    return {(entry["account"], entry["region"]): entry for entry in json.loads(done.stdout)["stacks"]}


def test_three_accounts_two_regions_one_failing_its_report_and_the_retry(
    injector: FailureInjector, template: Path, moto: Moto
) -> None:
    injector.failing = {SECOND: "Resource handler returned message: quota exceeded"}
    done = stackset(injector, template, *TARGETS)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("succeeded") == 4
    assert re.search(
        rf"{SECOND} │ eu-west-1 │ failed +│ Resource handler returned message: quota exceeded", done.stdout
    )
    assert "\x1b" not in done.stdout + done.stderr
    injector.failing = {}
    done = stackset(injector, template, *TARGETS, "--json")
    assert done.returncode == 0, done.stderr
    assert {entry["status"] for entry in stacks(done).values()} == {"succeeded"}
    (retry,) = injector.named("UpdateStackSet")
    assert {value for name, value in retry.items() if name.startswith("Accounts.member.")} == {SECOND}
    assert len(injector.named("CreateStackInstances")) == 1
    listed = moto.client("cloudformation").list_stack_instances(StackSetName="site")["Summaries"]
    assert len(listed) == 6


def test_nothing_left_to_do(injector: FailureInjector, template: Path) -> None:
    stackset(injector, template, *TARGETS)
    before = len(injector.actions)
    done = stackset(injector, template, *TARGETS)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing to do." in done.stdout
    assert not [a for a in injector.actions[before:] if a.get("Action", "").startswith(("Create", "Update", "Delete"))]


def test_interrupted_it_says_how_to_look_again_and_the_next_run_joins(
    injector: FailureInjector, template: Path
) -> None:
    injector.looks = 1000
    process = subprocess.Popen(
        command(template, *TARGETS),
        env=variables(injector.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    first = process.stderr.readline()
    assert first.startswith("CREATE ")
    process.send_signal(signal.SIGINT)
    out, reported = process.communicate(timeout=300)
    assert process.returncode == 130
    assert out == ""
    operation = first.split()[1].rstrip(":")
    assert f"Operation {operation} continues in AWS" in reported
    assert f"stop-stack-set-operation --stack-set-name site --operation-id {operation} --region us-east-1" in reported
    injector.looks = 1
    done = stackset(injector, template, *TARGETS, "--json")
    assert done.returncode == 0, done.stderr
    assert f"CREATE {operation}: RUNNING" in done.stderr
    assert f"CREATE {operation}: SUCCEEDED" in done.stderr
    assert [entry["id"] for entry in json.loads(done.stdout)["operations"]] == [operation]
    assert len(injector.named("CreateStackInstances")) == 1


def test_organizational_units_and_the_units_in_them(injector: FailureInjector, template: Path, moto: Moto) -> None:
    organizations = moto.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Work")["OrganizationalUnit"]["Id"]
    inner = organizations.create_organizational_unit(ParentId=unit, Name="Inner")["OrganizationalUnit"]["Id"]
    accounts = []
    for name, parent in (("a", unit), ("b", inner), ("c", root)):
        made = organizations.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]
        organizations.move_account(AccountId=made["AccountId"], SourceParentId=root, DestinationParentId=parent)
        accounts.append(made["AccountId"])
    arguments = ("--name", "site", "--organizational-units", unit, "--regions", "eu-west-1", "--json")
    done = stackset(injector, template, *arguments, "--call-as", "delegated-admin")
    assert done.returncode == 0, done.stderr
    assert set(stacks(done)) == {(accounts[0], "eu-west-1"), (accounts[1], "eu-west-1")}
    called = [fields for fields in injector.actions if "StackSet" in fields.get("Action", "")]
    assert {fields["CallAs"] for fields in called} == {"DELEGATED_ADMIN"}
    (made,) = injector.named("CreateStackSet")
    assert (made["PermissionModel"], made["AutoDeployment.Enabled"]) == ("SERVICE_MANAGED", "false")


def test_accounts_with_values_of_their_own(injector: FailureInjector, template: Path, moto: Moto) -> None:
    done = stackset(
        injector, template, *TARGETS, "--account-parameter", f"{SECOND}:Name=second", "--parameter", "Name=all"
    )
    assert done.returncode == 0, done.stderr
    cloudformation = moto.client("cloudformation")
    described = cloudformation.describe_stack_instance(
        StackSetName="site", StackInstanceAccount=SECOND, StackInstanceRegion="us-east-1"
    )["StackInstance"]
    assert described["ParameterOverrides"] == [{"ParameterKey": "Name", "ParameterValue": "second"}]


def test_template_over_the_limit_goes_by_its_published_address(
    injector: FailureInjector, template: Path, moto: Moto
) -> None:
    template.write_text(json.dumps({**TEMPLATE, "Metadata": {"Padding": "x" * 60_000}}))
    assert "upload it with `build_templates.py publish`" in stackset(injector, template, *TARGETS).stderr
    moto.client("s3").create_bucket(Bucket="templates")
    publish = [SCRIPT, "publish", str(template), "--bucket", "templates", "--json"]
    done = run_python(publish, variables(moto.url))
    assert done.returncode == 0, done.stderr
    url = json.loads(done.stdout)["published"][0]["url"]
    done = stackset(injector, template, *TARGETS, "--template-url", url)
    assert done.returncode == 0, done.stderr
    (made,) = injector.named("CreateStackSet")
    assert made["TemplateURL"] == url
    assert "TemplateBody" not in made
    template.write_text(template.read_text() + "\n")
    assert "another version of FILE" in stackset(injector, template, *TARGETS, "--template-url", url).stderr


def test_aliases_are_resolved_in_what_is_sent_and_published(
    injector: FailureInjector, tmp_path: Path, moto: Moto
) -> None:
    template = tmp_path / "site.yaml"
    template.write_text(
        "Metadata: {Kind: &kind {Type: AWS::SNS::Topic, Properties: {TopicName: one}}}\n"
        "Resources: {One: *kind, Two: {<<: *kind, Properties: {TopicName: two}}}\n"
    )
    resolved = {name: {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name.lower()}} for name in ("One", "Two")}
    done = stackset(injector, template, *TARGETS)
    assert (done.returncode, done.stderr.count("YAML alias")) == (0, 1), done.stderr
    (made,) = injector.named("CreateStackSet")
    assert json.loads(made["TemplateBody"])["Resources"] == resolved
    moto.client("s3").create_bucket(Bucket="aliases")
    publish = [SCRIPT, "publish", str(template), "--bucket", "aliases", "--json"]
    sent = run_python(publish, variables(moto.url))
    assert sent.returncode == 0, sent.stderr
    (entry,) = json.loads(sent.stdout)["published"]
    key = entry["s3"].removeprefix("s3://aliases/")
    stored = moto.client("s3").get_object(Bucket="aliases", Key=key)["Body"].read()
    assert json.loads(stored)["Resources"] == resolved
    done = stackset(injector, template, *TARGETS, "--template-url", entry["url"])
    assert "another version of FILE" not in done.stderr


def test_deletes_what_it_made_after_asking(injector: FailureInjector, template: Path, moto: Moto) -> None:
    stackset(injector, template, *TARGETS)
    asked = stackset(injector, "--name", "site", "--delete")
    assert asked.returncode == 1
    assert "Continue?" in asked.stderr
    assert injector.named("DeleteStackInstances") == []
    done = stackset(injector, "--name", "site", "--delete", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("deleted") == 6
    summaries = moto.client("cloudformation").list_stack_sets()["Summaries"]
    assert [entry for entry in summaries if entry["Status"] == "ACTIVE"] == []
    again = stackset(injector, "--name", "site", "--delete", "--yes")
    assert again.returncode == 1
    assert "there is no stack set site" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "reported"),
    [
        ((), 2, "Missing argument 'FILE'"),
        (("{template}", "--max-concurrent-percentage", "101"), 2, "is not in the range"),
        (("{template}", "--account-parameter", "x"), 2, "is not ACCOUNT:NAME=VALUE"),
        (("/nowhere.json",), 1, "can't be read"),
        (("{template}", "--parameter", "Nme=x"), 1, "did you mean Name?"),
    ],
)
def test_bad_command_lines(
    injector: FailureInjector, template: Path, arguments: tuple[str, ...], status: int, reported: str
) -> None:
    done = stackset(injector, *(a.format(template=template) for a in arguments), *TARGETS)
    assert done.returncode == status
    assert reported in done.stderr
    assert "Traceback" not in done.stderr


def test_no_credentials_and_no_network_are_reported_without_a_traceback(template: Path) -> None:
    bare: dict[str, Any] = variables("http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del bare[name]
    done = subprocess.run(command(template, *TARGETS), env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no AWS credentials were found" in done.stderr
    assert len(done.stderr.splitlines()) == 1
