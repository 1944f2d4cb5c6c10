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
from samtranslator.translator.transform import transform

from cli.publish.installer import with_code
from cli.template_file import read_template
from resilient_website.facts.regions import ENABLED
from resilient_website.function_registry import FUNCTIONS
from tests.sites import Installation
from tests.template_linters import linter_findings, validator_errors
from tools.repository import ROOT

TEMPLATE = ROOT / "template.yaml"


class NoManagedPolicies:
    """What SAM's translator asks for names of managed policies; the installer uses none."""

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="module")
def translated() -> dict[str, Any]:
    template = read_template(TEMPLATE)
    for _, body, place in with_code(template):
        body["Properties"][place] = "s3://bucket/key"
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    made: dict[str, Any] = transform(template, {}, NoManagedPolicies())
    return made


def test_installer_is_clean_as_written_and_as_translated_in_every_region(translated: dict[str, Any]) -> None:
    for text in (TEMPLATE.read_text(), json.dumps(translated)):
        assert [str(match) for match in linter_findings(text, ENABLED)] == []


def test_validator_finds_no_error(translated: dict[str, Any], tmp_path: Path) -> None:
    assert validator_errors(translated, tmp_path) == []


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: entry["Properties"] for name, entry in template["Resources"].items() if entry["Type"] == kind}


def test_its_only_right_is_to_write_its_log(translated: dict[str, Any]) -> None:
    (role,) = of_type(translated, "AWS::IAM::Role").values()
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": {"Fn::GetAtt": ["MacroLogs", "Arn"]},
    }
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::Lambda::Permission"):
        assert of_type(translated, kind) == {}


def test_it_is_the_macro_the_layer_the_log_and_the_alarms(translated: dict[str, Any]) -> None:
    assert sorted(body["Type"] for body in translated["Resources"].values()) == [
        "AWS::CloudFormation::Macro",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",
        "AWS::SNS::Topic",
    ]
    assert not [output for output in translated["Outputs"].values() if "Export" in output]
    assert len(TEMPLATE.read_text(encoding="utf-8").splitlines()) < 300


def test_versions_of_the_layer_stay(translated: dict[str, Any]) -> None:
    ((name, layer),) = [
        (name, body) for name, body in translated["Resources"].items() if body["Type"] == "AWS::Lambda::LayerVersion"
    ]
    assert layer["DeletionPolicy"] == "Retain"
    variables = of_type(translated, "AWS::Lambda::Function")["MacroFunction"]["Environment"]["Variables"]
    assert variables == {"FUNCTIONS_LAYER_ARN": {"Ref": name}}


def test_log_expires(translated: dict[str, Any]) -> None:
    (group,) = of_type(translated, "AWS::Logs::LogGroup").values()
    assert group["RetentionInDays"] == {"Ref": "LogRetentionInDays"}


def test_macro_has_its_alarms(translated: dict[str, Any]) -> None:
    alarms = of_type(translated, "AWS::CloudWatch::Alarm")
    assert set(alarms) == {"MacroFailuresAlarm", "MacroErrorsAlarm"}
    (metric,) = of_type(translated, "AWS::Logs::MetricFilter")["MacroFailures"]["MetricTransformations"]
    assert metric["MetricName"] == alarms["MacroFailuresAlarm"]["MetricName"]
    (dimension,) = alarms["MacroErrorsAlarm"]["Dimensions"]
    assert dimension["Value"] == {"Ref": "MacroFunction"}


def test_no_parameter_needs_an_answer() -> None:
    parameters = read_template(TEMPLATE)["Parameters"]
    assert all("Default" in parameter and parameter["Description"] for parameter in parameters.values())


TARGETS = {"macros": "MacroFunction", "custom_resources": "FunctionsLayer"}
MODULES = {
    "macros": ["resilient_website.handler"],
    "custom_resources": [f"{kind.package}.handler" for kind in FUNCTIONS],
}


def pins(folder: Path) -> dict[str, str]:
    """Return the versions that a folder's requirements.txt pins, each with a hash."""
    text = (folder / "requirements.txt").read_text()
    lines = [line for line in text.splitlines() if "==" in line]
    assert all(line.endswith(" \\") for line in lines), "a pin without a hash"
    return dict(line.removesuffix(" \\").split("==") for line in lines)


def test_functions_pins_are_those_of_their_folders() -> None:
    """Each folder names what it needs; the hashes are in one list for all of them."""
    lists = (ROOT / "custom_resources").rglob("*/requirements.txt")
    named = dict(line.split("==") for path in lists for line in path.read_text().splitlines())
    assert pins(ROOT / "custom_resources") == named


@pytest.mark.parametrize("folder", ["macros", "custom_resources"])
def test_package_with_another_file_than_the_tested_one_is_not_built(folder: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    changed = tmp_path / folder / "requirements.txt"
    changed.write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", changed.read_text()))
    target = TARGETS[folder]
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


@pytest.mark.parametrize("folder", TARGETS)
def test_package_runs_on_what_it_brings(folder: str, installation: Installation) -> None:
    """Import a package that SAM has built with nothing else on the path but the runtime's boto3; compare its pins."""
    artifacts = installation.build / TARGETS[folder]
    place = artifacts / "python" if folder == "custom_resources" else artifacts
    brought = {
        re.sub("[-_.]+", "-", each.metadata["Name"].lower()): each.version for each in distributions(path=[str(place)])
    }
    assert brought == pins(ROOT / folder)
    assert brought == {name: version(name) for name in brought}
    # boto3 is the runtime's, and here the emulator's, which comes after the package's libraries on the path.
    emulator_packages = next((ROOT / ".venv-emulator/lib").glob("python*/site-packages"))
    runtime = [str(emulator_packages)] if folder == "custom_resources" else []
    site = "{'region': 'us-east-1', 'fragment': {'Resources': {'Site': {'Type': 'ResilientWebsite'}}}}"
    works = (
        f"handlers[0]({site}, None)['status'] == 'success'" if folder == "macros" else "all(map(callable, handlers))"
    )
    program = (
        "import sys, importlib; sys.path = [p for p in sys.path if 'site-packages' not in p] + sys.argv[1].split(':'); "
        f"handlers = [importlib.import_module(name).handler for name in {MODULES[folder]!r}]; print({works})"
    )
    done = subprocess.run(
        # Compiled modules do not belong into the package, which all workers share.
        [sys.executable, "-IB", "-c", program, ":".join([str(place), *runtime])],
        env={**os.environ, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "True", done.stderr


def test_installed_stack_names_the_layer(installation: Installation) -> None:
    layer = installation.outputs("resilient-website-macro")["FunctionsLayerArn"]
    assert layer.startswith("arn:aws:lambda:us-east-1:100000000001:layer:ResilientWebsite-functions:")
    assert installation.cloudformation.list_exports()["Exports"] == []


def test_deploying_again_changes_nothing_and_asks_nothing(installation: Installation) -> None:
    installation.install()
    done = installation.install()
    assert "No changes to deploy" in done.stdout + done.stderr
