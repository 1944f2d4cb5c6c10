"""Who judges templates beside the tests themselves: for which Regions, and by which tools."""

import json
from pathlib import Path
from typing import Any

from cloudformation_validate import RegoEngine, Severity

# Source: "AWS Regions" in the AWS Account Management guide, those marked as enabled by default.
REGIONS = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
]


def validator_errors(template: dict[str, Any], folder: Path) -> list[str]:
    """Return what cloudformation-validate calls an error."""
    path = folder / "template.json"
    path.write_text(json.dumps(template))
    report = RegoEngine().validate_template(str(path))
    assert report.diagnostics, "the validator says something about every template: else it did not run"
    return [d.message for d in report.diagnostics if d.severity in (Severity.ERROR, Severity.FATAL)]
