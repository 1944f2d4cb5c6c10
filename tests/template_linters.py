"""Who judges templates beside the tests themselves."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from cloudformation_validate import RegoEngine, Severity


def validator_errors(template: dict[str, Any], folder: Path) -> list[str]:
    """Return what cloudformation-validate calls an error."""
    path = folder / "template.json"
    path.write_text(json.dumps(template))
    report = _engine().validate_template(str(path))
    assert report.diagnostics, "the validator says something about every template: else it did not run"
    return [d.message for d in report.diagnostics if d.severity in (Severity.ERROR, Severity.FATAL)]


@cache
def _engine() -> RegoEngine:
    """Return the one engine of a worker: each takes a second, and memory that it does not give back."""
    return RegoEngine()
