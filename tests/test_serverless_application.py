"""The installer's metadata for the AWS Serverless Application Repository: `sam publish` sends it as the API takes it.

Lengths and patterns are those of "AWS SAM template Metadata section properties" in the AWS SAM Developer Guide. The
SDK's model has none.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from samcli.commands._utils.template import get_template_data
from samcli.vendor.serverlessrepo import publish_application

from cli import __version__
from cli.publish.installer import APPLICATION, flat_installer
from cli.publish.package import Package
from cli.template_file import read_template
from tests.sites import Installation
from tools.repository import ROOT

MAX_FILE_BYTES = 5 * 1024 * 1024
PATTERNS = {
    "Name": r"[a-zA-Z0-9-]{1,140}",
    "Description": r".{1,256}",
    "Author": r"(?=.{1,127}$)[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?",
    # "Backus-Naur Form Grammar for Valid SemVer Versions", without build metadata.
    "SemanticVersion": r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
}
LABEL = r"[a-zA-Z0-9+\-_:/@]{1,127}"
MAX_LABELS = 10

APPLICATION_ARN = "arn:aws:serverlessrepo:us-east-1:111122223333:applications/resilient-website"


@pytest.fixture
def metadata() -> dict[str, Any]:
    application: dict[str, Any] = read_template(ROOT / "template.yaml")["Metadata"][APPLICATION]
    return application


@pytest.mark.parametrize("field", PATTERNS)
def test_required_fields_follow_the_documented_rules(metadata: dict[str, Any], field: str) -> None:
    assert re.fullmatch(PATTERNS[field], metadata[field])


def test_labels_follow_the_documented_rules(metadata: dict[str, Any]) -> None:
    assert 0 < len(set(metadata["Labels"])) == len(metadata["Labels"]) <= MAX_LABELS
    assert all(re.fullmatch(LABEL, label) for label in metadata["Labels"])


def test_package_says_the_same(metadata: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert metadata["SemanticVersion"] == __version__
    assert (metadata["Name"], metadata["Description"], metadata["SpdxLicenseId"]) == (
        project["name"],
        project["description"],
        project["license"],
    )
    assert [metadata["LicenseUrl"]] == project["license-files"]
    assert metadata["ReadmeUrl"] == project["readme"]


def test_files_are_there_and_small_enough(metadata: dict[str, Any]) -> None:
    for field in ("LicenseUrl", "ReadmeUrl"):
        assert 0 < (ROOT / metadata[field]).stat().st_size <= MAX_FILE_BYTES


def test_plain_installer_has_no_paths_of_the_machine_that_built_it() -> None:
    code = {name: Package(f"{name}.zip", b"", "application/zip") for name in ("MacroFunction", "FunctionsLayer")}
    flat = flat_installer(read_template(ROOT / "template.yaml"), code, {"us-east-1": "code"})
    assert list(flat["Metadata"]) == ["AWS::CloudFormation::Interface"]
    assert "README.md" not in str(flat)


def test_sam_publishes_what_sam_packaged(installation: Installation, metadata: dict[str, Any], tmp_path: Path) -> None:
    packaged = tmp_path / "packaged.yaml"
    source = installation.build / "template.yaml"
    installation.sam("package", "--template-file", str(source), "--resolve-s3", "--output-template-file", str(packaged))
    template = get_template_data(str(packaged))
    client = boto3.client("serverlessrepo", region_name="us-east-1")
    same = ("Author", "Description", "Labels", "Name", "SemanticVersion", "SpdxLicenseId")
    sent = {**{name: metadata[name] for name in same}, "LicenseUrl": ANY, "ReadmeUrl": ANY, "TemplateBody": ANY}
    with Stubber(client) as stub:
        # The stub compares the request with the model of the API.
        stub.add_response("create_application", {"ApplicationId": APPLICATION_ARN}, sent)
        published = publish_application(template, client)
    assert published["actions"] == ["CREATE_APPLICATION"]
    for field in ("LicenseUrl", "ReadmeUrl"):
        bucket, key = template["Metadata"][APPLICATION][field].removeprefix("s3://").split("/", 1)
        body = installation.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        assert body == (ROOT / metadata[field]).read_bytes()
