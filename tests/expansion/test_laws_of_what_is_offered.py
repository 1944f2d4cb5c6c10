"""What a site takes for granted: endpoint services that each Region has, metrics of every lost backup, commands."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from cli.template_file import read_template
from resilient_website.facts.regions import REGIONS
from resilient_website.tiers.network.spec import ENDPOINT_SERVICES
from tests.expansion.expanded import expand, of_type

# What botocore does not know by the name of its endpoint, with the source that says that every Region has it.
REVIEWED = {
    # Source: "Reference: ec2messages, ssmmessages, and other API operations" in the AWS Systems Manager User Guide.
    "ssmmessages": "Regions launched in 2024 and later have it, and no ec2messages",
}

# A night without a backup, or without its copy. Source: "AWS Backup metrics with CloudWatch".
LOST = {f"NumberOfBackupJobs{how}" for how in ("Aborted", "Expired", "Failed")} | {"NumberOfCopyJobsFailed"}

VERSIONED = re.compile(r"\b(?:python|pip)3\.\d+\b")


@cache
def regions_with(service: str) -> frozenset[str]:
    """Return the Regions that have a service, by the name of its endpoint."""
    known: Any = botocore.session.Session().get_data("endpoints")["partitions"][0]["services"]
    return frozenset(known.get(service, {}).get("endpoints", ()))


@pytest.mark.parametrize("service", [*ENDPOINT_SERVICES, "s3"])
def test_every_region_has_the_endpoint_services_of_closed_servers(service: str) -> None:
    assert service in REVIEWED or regions_with(service) >= set(REGIONS)


def test_every_reviewed_service_is_needed() -> None:
    assert set(REVIEWED) <= set(ENDPOINT_SERVICES)
    assert not any(map(regions_with, REVIEWED))


@pytest.mark.parametrize(
    "plan",
    [True, {"CopyToVaultArn": "arn:aws:backup:us-west-2:123456789012:backup-vault:copies"}, {"MinRetentionDays": 7}],
)
def test_every_lost_backup_is_counted(plan: Any) -> None:
    resources = expand({"Database": {"BackupPlan": plan, "KmsKeyId": "alias/website"}})
    watched = [
        {metric["MetricStat"]["Metric"]["MetricName"] for metric in alarm.get("Metrics", []) if "MetricStat" in metric}
        for _, alarm in of_type(resources, "AWS::CloudWatch::Alarm")
        if "AWS/Backup" in str(alarm)
    ]
    assert watched == [LOST]


def test_what_an_example_runs_is_installed_first(example: Path) -> None:
    """The image of Amazon Linux 2023 has python3 only. Source: "Python in AL2023"."""
    for body in read_template(example)["Resources"].values():
        artifact = body.get("Properties", {}).get("WebServers", {}).get("Artifact", {})
        steps = [*re.split(r"&&|;|\n", artifact.get("Install", "")), artifact.get("Command", "")]
        packages: set[str] = set()
        for step in steps:
            words = step.split()
            if words[:2] == ["dnf", "install"]:
                packages |= {re.sub(r"^python(.*)-pip$", r"pip\1", word) for word in words}
            else:
                assert set(VERSIONED.findall(step)) <= packages, step
