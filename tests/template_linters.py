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

from resilient_website.cloudformation.references import depends_on, references

# The rules of parameters, mappings and conditions that nothing uses.
UNUSED = ("W2001", "W7001", "W8001")


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


def linter_findings_of(names: Iterable[str], template: dict[str, Any], regions: Iterable[str]) -> list[Match]:
    """Return what cfn-lint finds in some resources of a template, and in all that they refer to.

    For what differs from a template that is judged as a whole: that takes seconds.
    """
    resources, wanted = template["Resources"], list(names)
    part: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name in resources and name not in part:
            part[name] = resources[name]
            wanted += [*references(resources[name].get("Properties", {})), *depends_on(resources[name])]
    if not part:
        return []
    rest = {section: body for section, body in template.items() if section not in ("Resources", "Outputs", "Metadata")}
    found = linter_findings({**rest, "Resources": part}, regions)
    return [match for match in found if match.rule.id not in UNUSED]


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
