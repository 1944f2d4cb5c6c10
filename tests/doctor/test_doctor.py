"""`doctor` reports what goes out of support, at its time; the facts' own age is a warning, not a failure."""

import json
import warnings
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.doctor.command import doctor
from cli.doctor.examine import old_facts
from resilient_website.facts.lifetimes import LIFETIMES
from tests.expansion.random_sites import in_template

OLD = {"EngineVersion": "8.0", "EngineLifecycleSupport": "open-source-rds-extended-support"}


def run(folder: Path, properties: dict[str, Any], *options: str) -> Result:
    file = folder / "site.json"
    file.write_text(json.dumps({"Transform": "ResilientWebsite", **in_template(properties)}))
    return CliRunner().invoke(doctor, [str(file), "--region", "us-east-1", *options])


def test_nothing_ends_soon_in_a_site_with_defaults(tmp_path: Path) -> None:
    done = run(tmp_path, {}, "--today", "2026-12-01")
    assert done.exit_code == 0, done.output
    assert "Nothing ends within 180 days." in done.output
    assert "Later: Amazon Linux 2023, on 2029-06-30" in done.output


@pytest.mark.parametrize(
    ("properties", "day", "what", "words"),
    [
        ({"Database": OLD}, "2026-12-01", "MySQL 8.0", "ended 123 days ago"),
        ({"Database": OLD}, "2026-07-01", "MySQL 8.0", "ends in 30 days"),
        ({"Database": {"EngineVersion": "8.4.8"}}, "2026-12-01", "MySQL 8.4.8", "ends in 64 days"),
        ({}, "2029-06-01", "Amazon Linux 2023", "ends in 29 days"),
        ({}, "2029-06-01", "the Lambda runtime python3.13", "ends in 29 days"),
    ],
)
def test_what_ends_is_reported_with_what_to_do(
    tmp_path: Path, properties: dict[str, Any], day: str, what: str, words: str
) -> None:
    done = run(tmp_path, properties, "--today", day)
    assert done.exit_code == 1, done.output
    assert f"{what} {words}" in done.output
    assert "What to do: " in done.output
    found = json.loads(run(tmp_path, properties, "--today", day, "--json").output)
    assert any(what in each["what"] and each["resources"] and each["source"] for each in found["ending"])


def test_an_older_tls_policy_is_reported(tmp_path: Path) -> None:
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "LoadBalancer": {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
    }
    assert "its TLS policy is ELBSecurityPolicy-TLS13-1-2-2021-06" in run(tmp_path, site).output


def test_old_facts_are_reported(tmp_path: Path) -> None:
    assert "dates were compared with their sources" in run(tmp_path, {}, "--today", "2028-01-01").output
    assert old_facts(max(each.checked for each in LIFETIMES)) == ()
    assert len(old_facts(date(2040, 1, 1))) == len(LIFETIMES)


def test_the_age_of_the_facts() -> None:
    """Warn, and do not fail: a release must not depend on the day on which its tests run."""
    old = old_facts(datetime.now(UTC).date())
    if old:
        names = ", ".join(each.what for each in old)
        warnings.warn(f"compare these dates in facts/lifetimes.py with their sources: {names}", stacklevel=1)
    assert all(each.source and each.advice for each in LIFETIMES)
