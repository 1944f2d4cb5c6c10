"""What becomes of a site when the installer is upgraded, and when it is deleted: the site has its own functions."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from resilient_website.function_registry import FUNCTIONS
from tests import installer_packages
from tests.command_process import SCRIPT, run_python
from tests.custom_resources.rotated_site import Secret
from tests.deployment.account import changed, described
from tests.sites import Installation, StackError
from tools.emulator.endpoint import Emulator
from tools.repository import ROOT

Json = dict[str, Any]

INSTALLER = "resilient-website-macro"
STACK = "outlives"
ELSEWHERE = "us-west-2"

SITE: Json = {
    "Database": {"DatabaseName": "shop", "SecretRotationDays": 30},
    "Fallback": {"Title": "Soon", "Region": ELSEWHERE},
    "Teardown": {"Database": "Delete", "Assets": "Delete", "Logs": "Delete"},
}
TEMPLATE: Json = {
    "Transform": "ResilientWebsite",
    "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": SITE}},
    "Outputs": {"FallbackBucket": {"Value": {"Fn::GetAtt": ["Site", "FallbackBucket"]}}},
}


@pytest.fixture
def own_account(
    installation: Installation, emulator: Emulator, request: pytest.FixtureRequest
) -> Iterator[Installation]:
    """Install the macro in an account of the test's own; delete what is left in it."""
    own = Installation(emulator, request.param, ROOT, build=installation.build)
    installer_packages.install(own)
    yield own
    for stack in (STACK, INSTALLER):
        if own.exists(stack):
            own.delete(stack)


def buckets(installation: Installation) -> list[str]:
    """Return the names of an account's buckets, in all Regions."""
    return [bucket["Name"] for bucket in installation.client("s3").list_buckets()["Buckets"]]


def pages(installation: Installation, bucket: str) -> list[str]:
    """Return the keys in the fallback's bucket."""
    s3 = installation.emulator.client("s3", installation.account, ELSEWHERE)
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def with_another_database(installation: Installation) -> Json:
    """Return the deployed template as `expand` gives it for another DatabaseName, which replaces the database."""
    body = installation.cloudformation.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
    expanded: Json = body if isinstance(body, dict) else json.loads(body)
    resources = expanded["Resources"]
    for properties in (
        resources["SiteDatabase"]["Properties"],
        resources["SiteUpdateProtection"]["Properties"]["Stores"]["SiteDatabase"],
    ):
        assert properties["DBName"] == "shop"
        properties["DBName"] = "other"
    return expanded


def rotate(installation: Installation, arn: str) -> None:
    """Rotate a secret, and wait until the new value is current."""
    secret = Secret(installation.emulator, installation.account, arn)
    before = secret.value()
    secret.rotate()
    assert secret.value() != before


@pytest.mark.parametrize("own_account", ["100000000101"], indirect=True)
def test_site_outlives_the_installer(own_account: Installation) -> None:
    fallback = own_account.deploy(STACK, TEMPLATE)["FallbackBucket"]
    before = own_account.resources(STACK)
    assert pages(own_account, fallback)
    assert own_account.delete(INSTALLER) == "DELETE_COMPLETE", own_account.failures(INSTALLER)
    with pytest.raises(StackError, match="No transform named"):
        own_account.deploy(STACK, TEMPLATE)

    with pytest.raises(StackError, match="UPDATE_ROLLBACK_COMPLETE") as caught:
        own_account.deploy(STACK, with_another_database(own_account))
    assert "DBName 'shop' -> 'other'" in str(caught.value)
    assert own_account.resources(STACK) == before

    rotate(own_account, before["SiteDatabaseSecret"])
    rotate(own_account, before["SiteOriginSecret"])

    assert own_account.delete(STACK) == "DELETE_COMPLETE", own_account.failures(STACK)
    assert fallback not in buckets(own_account)


def publish_other_code(installation: Installation, build: Path) -> None:
    """Install what a newer installer would: the layer with another source file."""
    build.mkdir()
    for path in (installation.build / "template.yaml", *installation.build.glob("*.zip")):
        shutil.copy(path, build)
    with ZipFile(build / "FunctionsLayer.zip", "a") as archive:
        archive.writestr("python/newer.py", "")
    installer_packages.install(Installation(installation.emulator, installation.account, ROOT, build=build))


def diff(installation: Installation, template: Path) -> "subprocess.CompletedProcess[str]":
    """Compare the deployed stack with a template, as a user with rights on the account does."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {**inherited, **installation.emulator.environment(installation.account, installation.region)}
    return run_python([SCRIPT, "diff", f"stack:{STACK}", str(template)], environment)


@pytest.mark.parametrize("own_account", ["100000000102"], indirect=True)
def test_upgrade_changes_the_code_of_the_functions_and_nothing_else(own_account: Installation, tmp_path: Path) -> None:
    own_account.deploy(STACK, TEMPLATE)
    ids = own_account.resources(STACK)
    functions = sorted(kind.function for kind in FUNCTIONS if kind.function in ids)
    old = own_account.outputs(INSTALLER)["FunctionsLayerArn"]
    file = tmp_path / "site.json"
    file.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    assert diff(own_account, file).stdout.split() == ["Nothing", "changes."]

    publish_other_code(own_account, tmp_path / "newer")
    new = own_account.outputs(INSTALLER)["FunctionsLayerArn"]
    assert new != old
    assert layers(own_account, ids, functions) == {old}

    reported = diff(own_account, file)
    assert reported.returncode == 0, reported.stderr
    text = " ".join(reported.stdout.split())
    named = [arn.partition(":layer:")[2] for arn in (old, new)]
    code = f"the code of {len(functions)} functions ({' -> '.join(named)}): {', '.join(functions)}"
    summary = f"{len(functions)} changed in place. Safe for the 5 stores."
    assert text == f"changed in place {code} {summary}", reported.stderr

    before = described(own_account)
    own_account.deploy(STACK, TEMPLATE)
    assert own_account.resources(STACK) == ids
    differences = changed(before, described(own_account))
    assert {each.rpartition(": ")[0] for each in differences} == {
        f"lambda_svc _functions {own_account.region} {ids[name]}" for name in functions
    }
    assert {each.rpartition(": ")[2].partition(".")[0] for each in differences} == {"Layers"}
    assert layers(own_account, ids, functions) == {new}
    rotate(own_account, ids["SiteDatabaseSecret"])


def layers(installation: Installation, ids: dict[str, str], functions: list[str]) -> set[str]:
    """Return the layers that the functions of the stack run from."""
    client = installation.client("lambda")
    return {
        layer["Arn"]
        for name in functions
        for layer in client.get_function_configuration(FunctionName=ids[name])["Layers"]
    }
