"""The installer: valid, translated by SAM, built by whatever Python there is, and it asks for no more than it must."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint
from samtranslator.translator.transform import transform

from cloudformation_answer.owner import STACK_TAG
from launch.template_file import read_template
from remote_stack.stack import PREFIX
from resilient_website.regions import ENABLED
from resilient_website.tiers.secondary_api import ROLE_PATH
from tests.custom_resources.fake_aws import FakeAws
from tests.emulator.endpoint import ROOT
from tests.judges import validator_errors
from tests.sites import Installation

TEMPLATE = ROOT / "template.yaml"


class NoManagedPolicies:
    """What SAM's translator asks for names of managed policies; the installer uses none."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="module")
def translated() -> dict[str, Any]:
    template = read_template(TEMPLATE)
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    made: dict[str, Any] = transform(template, {}, NoManagedPolicies())
    return made


@pytest.mark.parametrize("region", ENABLED)
def test_installer_is_clean_as_written_and_as_translated(translated: dict[str, Any], region: str) -> None:
    for text in (TEMPLATE.read_text(), json.dumps(translated)):
        assert [str(match) for match in lint(text, regions=[region])] == []


def test_validator_finds_no_error(translated: dict[str, Any], tmp_path: Path) -> None:
    assert validator_errors(translated, tmp_path) == []


# What a role may do beside writing its own log.
POLICIES: dict[str, list[str]] = {
    "Macro": [],
    "FallbackSite": ["ReadStacks"],
    "SavedSite": ["ReadStacks"],
    "Certificate": ["MakeCertificates"],
    "RemoteStack": ["KeepStacks"],
    "EmptyBucket": ["AskStacks"],
    "UpdateProtection": ["AskStacks"],
    "OriginSecret": ["Rotate"],
    "DatabaseSecret": ["Rotate"],
}


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: entry["Properties"] for name, entry in template["Resources"].items() if entry["Type"] == kind}


def test_roles_may_write_their_own_log(translated: dict[str, Any]) -> None:
    roles = of_type(translated, "AWS::IAM::Role")
    # The stacks in other Regions have a role that CloudFormation takes, and that writes no log.
    assert set(roles) == {*(f"{name}Role" for name in POLICIES), "RemoteStackResourcesRole"}
    for name, others in POLICIES.items():
        role = roles[f"{name}Role"]
        assert "ManagedPolicyArns" not in role
        assert [policy["PolicyName"] for policy in role["Policies"]] == ["WriteLogs", *others]
        (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
        assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert statement["Resource"] == {"Fn::GetAtt": [f"{name}Logs", "Arn"]}


# What can't be bound to the macro's sites: IAM knows no resource for it, or CloudFormation gives the resource no tags.
UNBOUND = {
    "secretsmanager:GetRandomPassword",
    "tag:GetResources",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:ModifyRule",
    "wafv2:GetWebACL",
}


@pytest.mark.parametrize("name", ["OriginSecret", "DatabaseSecret"])
def test_rotations_touch_the_macros_own_sites_only(translated: dict[str, Any], name: str) -> None:
    policy = of_type(translated, "AWS::IAM::Role")[f"{name}Role"]["Policies"][1]
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not any("*" in action for action in actions)
        bound = {"StringEquals": {"aws:ResourceTag/resilient-website:macro": {"Ref": "MacroName"}}}
        assert set(actions) <= UNBOUND or statement["Condition"] == bound


@pytest.mark.parametrize("name", ["OriginSecret", "DatabaseSecret"])
def test_rotations_are_called_by_the_accounts_secrets_only(translated: dict[str, Any], name: str) -> None:
    assert of_type(translated, "AWS::Lambda::Permission")[f"{name}Permission"] == {
        "FunctionName": {"Ref": f"{name}Function"},
        "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
    }


def test_certificate_function_may_do_what_it_does_and_no_more(translated: dict[str, Any]) -> None:
    resources = translated["Resources"]
    policies = [
        *resources["CertificateRole"]["Properties"]["Policies"][1:],
        resources["CertificatePolling"]["Properties"],
    ]
    allowed: dict[str, dict[str, Any]] = {}
    for policy in policies:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            allowed.update(dict.fromkeys(actions, statement))
    # What the function calls, by the fake services that its tests run it against; those know no other operation.
    services = {"events": r"Rule$|Targets$", "lambda": "Permission$", "route53": "RecordSets$"}
    operations = [name[1:] for name in vars(FakeAws) if re.match("_[A-Z]", name)] + ["ChangeResourceRecordSets"]
    called = {
        f"{next((service for service, names in services.items() if re.search(names, name)), 'acm')}:{name}"
        for name in operations
    }
    assert set(allowed) == called
    unlimited = {action for action, statement in allowed.items() if statement["Resource"] == "*"}
    assert unlimited == {"acm:RequestCertificate", "acm:ListCertificates"}
    conditional = {action for action, statement in allowed.items() if "Condition" in statement}
    assert conditional == {
        *("acm:RequestCertificate", "acm:DeleteCertificate", "route53:ChangeResourceRecordSets"),
        *("events:PutTargets", "lambda:AddPermission"),
    }
    assert STACK_TAG in json.dumps(allowed["acm:DeleteCertificate"]["Condition"])


def statements(translated: dict[str, Any], role: str, policy: str) -> dict[str, dict[str, Any]]:
    """Return the statement that allows each action of a role's policy."""
    (found,) = [p for p in of_type(translated, "AWS::IAM::Role")[role]["Policies"] if p["PolicyName"] == policy]
    allowed: dict[str, dict[str, Any]] = {}
    for statement in found["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        allowed.update(dict.fromkeys(actions, statement))
    return allowed


def test_remote_stack_function_keeps_its_own_stacks_only(translated: dict[str, Any]) -> None:
    allowed = statements(translated, "RemoteStackRole", "KeepStacks")
    role = {"Fn::GetAtt": ["RemoteStackResourcesRole", "Arn"]}
    for action, statement in allowed.items():
        assert "*" not in action
        if action.startswith(("cloudformation:", "s3:")):
            assert f"{PREFIX}*" in json.dumps(statement["Resource"])
    changing = [f"cloudformation:{name}Stack" for name in ("Create", "Update", "Delete")]
    assert all(allowed[name]["Condition"] == {"StringEquals": {"cloudformation:RoleArn": role}} for name in changing)
    assert allowed["iam:PassRole"]["Resource"] == role
    used = re.findall(r"cloudformation\.(\w+)\(|get_paginator\(\"(\w+)\"\)", code_of("remote_stack"))
    called = {"".join(part.capitalize() for part in (one or other).split("_")) for one, other in used}
    assert {f"cloudformation:{name}" for name in called if "Version" not in name and name != "GetPaginator"} <= set(
        allowed
    )


def code_of(folder: str) -> str:
    return "".join(path.read_text() for path in sorted((ROOT / "custom_resources" / folder).glob("*.py")))


def test_stacks_in_other_regions_make_no_roles(translated: dict[str, Any]) -> None:
    allowed = statements(translated, "RemoteStackResourcesRole", "MakeWhatSitesNeed")
    assert {action for action in allowed if action.startswith("iam:")} == {
        "iam:PassRole",
        "iam:CreateServiceLinkedRole",
    }
    passed = allowed["iam:PassRole"]
    assert passed["Resource"] == {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role{ROLE_PATH}*"}
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "apigateway.amazonaws.com"}}
    for action, statement in allowed.items():
        assert "*" not in action
        # IAM knows no resource for a subscription.
        assert statement["Resource"] != "*" or "Subscription" in action or action == "sns:Unsubscribe"
        if action.startswith("s3:"):
            assert statement["Resource"] == {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{PREFIX}*"}


def test_logs_expire(translated: dict[str, Any]) -> None:
    groups = of_type(translated, "AWS::Logs::LogGroup")
    assert set(groups) == {f"{name}Logs" for name in POLICIES}
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionInDays"} for group in groups.values())


def test_every_function_has_its_alarms(translated: dict[str, Any]) -> None:
    assert set(of_type(translated, "AWS::Lambda::Function")) == {f"{name}Function" for name in POLICIES}
    alarms = of_type(translated, "AWS::CloudWatch::Alarm")
    assert set(alarms) == {f"{name}{kind}Alarm" for name in POLICIES for kind in ("Failures", "Errors")}
    filters = of_type(translated, "AWS::Logs::MetricFilter")
    for name in POLICIES:
        (metric,) = filters[f"{name}Failures"]["MetricTransformations"]
        assert metric["MetricName"] == alarms[f"{name}FailuresAlarm"]["MetricName"]
        (dimension,) = alarms[f"{name}ErrorsAlarm"]["Dimensions"]
        assert dimension["Value"] == {"Ref": f"{name}Function"}


def test_no_parameter_needs_an_answer() -> None:
    parameters = read_template(TEMPLATE)["Parameters"]
    assert all("Default" in parameter and parameter["Description"] for parameter in parameters.values())


def pins(folder: Path) -> dict[str, str]:
    """Return the versions that a folder's requirements.txt pins, each with a hash."""
    text = (folder / "requirements.txt").read_text()
    lines = [line for line in text.splitlines() if "==" in line]
    assert all(line.endswith(" \\") for line in lines), "a pin without a hash"
    return dict(line.removesuffix(" \\").split("==") for line in lines)


def test_functions_pins_are_those_of_their_folders() -> None:
    """Each folder names what it needs; the hashes are in one list for all of them."""
    lists = (ROOT / "custom_resources").glob("*/requirements.txt")
    named = dict(line.split("==") for path in lists for line in path.read_text().splitlines())
    assert pins(ROOT / "custom_resources") == named


@pytest.mark.parametrize("folder", ["macros", "custom_resources"])
def test_package_with_another_file_than_the_tested_one_is_not_built(folder: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    changed = tmp_path / folder / "requirements.txt"
    changed.write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", changed.read_text()))
    target = {"macros": "MacroFunction", "custom_resources": "CertificateFunction"}[folder]
    done = build(tmp_path / folder, target, tmp_path / "artifacts")
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr


def build(folder: Path, target: str, artifacts: Path) -> subprocess.CompletedProcess[str]:
    """Build a function's package as `sam build` does."""
    return subprocess.run(
        ["make", "-C", str(folder), f"build-{target}", f"ARTIFACTS_DIR={artifacts}"],
        env={**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("folder", "target"),
    [
        ("macros", "MacroFunction"),
        ("custom_resources", "FallbackSiteFunction"),
        ("custom_resources", "SavedSiteFunction"),
        ("custom_resources", "OriginSecretFunction"),
        ("custom_resources", "DatabaseSecretFunction"),
        ("custom_resources", "CertificateFunction"),
        ("custom_resources", "RemoteStackFunction"),
        ("custom_resources", "EmptyBucketFunction"),
        ("custom_resources", "UpdateProtectionFunction"),
    ],
)
def test_package_runs_on_what_it_brings(folder: str, target: str, tmp_path: Path) -> None:
    """Import a built function with nothing else on the path but the runtime's boto3, and compare it with its pins."""
    artifacts = tmp_path / "artifacts"
    built = build(ROOT / folder, target, artifacts)
    assert built.returncode == 0, built.stderr
    handler = next(
        resource["Properties"]["Handler"]
        for name, resource in read_template(TEMPLATE)["Resources"].items()
        if name == target
    )
    module, _, function = handler.rpartition(".")
    program = (
        "import sys, importlib; sys.path = [p for p in sys.path if 'site-packages' not in p] + sys.argv[1:2]; "
        f"print(callable(getattr(importlib.import_module({module!r}), {function!r})))"
    )
    emulator_packages = next((ROOT / ".venv-emulator/lib").glob("python*/site-packages"))
    if folder == "custom_resources":
        program = program.replace("sys.argv[1:2]", f"[*sys.argv[1:2], {str(emulator_packages)!r}]")
    if folder == "macros":
        expanded = (
            "handler({'fragment': {'Resources': {'Site': {'Type': 'ResilientWebsite'}}}}, None)['status'] == 'success'"
        )
        program = program.rpartition("print(")[0] + f"from {module} import handler; print({expanded})"
    brought = {
        re.sub("[-_.]+", "-", each.metadata["Name"].lower()): each.version
        for each in distributions(path=[str(artifacts)])
    }
    assert brought == {name: version(name) for name in brought}
    assert brought == {name: pinned for name, pinned in pins(ROOT / folder).items() if name in brought}
    assert folder != "macros" or brought == pins(ROOT / folder)
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(artifacts)],
        env={**os.environ, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "True", done.stderr


def test_installed_stack_exports_what_sites_import(installation: Installation) -> None:
    exports = {e["Name"]: e["Value"] for e in installation.cloudformation.list_exports()["Exports"]}
    assert exports["ResilientWebsite-FallbackSiteFunctionArn"].startswith("arn:aws:lambda:us-east-1:100000000001:")
    for name in (
        "OriginSecret",
        "DatabaseSecret",
        "Certificate",
        "SavedSite",
        "RemoteStack",
        "EmptyBucket",
        "UpdateProtection",
    ):
        assert exports[f"ResilientWebsite-{name}FunctionArn"].startswith("arn:aws:lambda:us-east-1:100000000001:")
    for name in ("FallbackSite", "EmptyBucket"):
        assert exports[f"ResilientWebsite-{name}RoleArn"].startswith("arn:aws:iam::100000000001:role/")


def test_deploying_again_changes_nothing_and_asks_nothing(installation: Installation) -> None:
    done = installation.install()
    assert "No changes to deploy" in done.stdout + done.stderr
