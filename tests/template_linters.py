"""Who judges templates beside the tests themselves."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.match import Match
from cfnlint.rules import Rules
from cfnlint.runner import Runner, run_template_by_data
from cloudformation_validate import RegoEngine, Severity


def linter_findings(template: dict[str, Any] | str, regions: Iterable[str]) -> list[Match]:
    """Return what cfn-lint finds in a template, or in its text, for Regions.

    This is `cfnlint.api.lint`, but for the rules: that reads all of them for every template, cfn-lint's own command
    line once for all of its templates, as this does.
    """
    parsed, errors = decode_str(template if isinstance(template, str) else json.dumps(template))
    if errors:
        return list(errors)
    assert parsed, "a template without anything in it"
    return list(run_template_by_data(parsed, ConfigMixIn(regions=list(regions)), _linter_rules()))


@cache
def _linter_rules() -> Rules:
    """Return the linter's own rules, which a worker reads once."""
    rules: Rules = Runner(ConfigMixIn()).rules
    return rules


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
