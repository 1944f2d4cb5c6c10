"""A second version of the expansion, as it would be made: a changed default, a new alarm and a changed fact.

It is made in a copy of the project, by the edits that a developer would make. Version 1 keeps its bytes there, and the
laws, the reference and the goldens look at version 2.
"""

import json
import re
from pathlib import Path

import pytest

from tests.project_copy import copied, expanded, run
from tools.repository import ROOT

MACRO = "macros/resilient_website"

EDITS = (
    (f"{MACRO}/reading/versions.py", "VERSIONS = (1,)", "VERSIONS = (1, 2)"),
    # A changed default.
    (
        f"{MACRO}/tiers/load_balancer/spec.py",
        """        Choice(("round_robin", "least_outstanding_requests", "weighted_random")),
        "least_outstanding_requests",
""",
        """        Choice(("round_robin", "least_outstanding_requests", "weighted_random")),
        "weighted_random",
        before={2: "least_outstanding_requests"},
""",
    ),
    # A changed fact.
    (
        f"{MACRO}/tiers/web_servers/group.py",
        "DefaultInstanceWarmup=WARMUP_SECONDS",
        "DefaultInstanceWarmup=context.at(240, {2: WARMUP_SECONDS})",
    ),
)
ALARM = (
    f"{MACRO}/tiers/monitoring/server_alarms.py",
    "    yield AlarmRow(",
    """    yield AlarmRow(
        "NewAlarm", "Servers have stopped.", "Look.", (Metric("AWS/EC2", "CPUUtilization", group),), 1, 3, since=2
    )
    yield AlarmRow(""",
)


# What is run in the copy, in one process: the released sites, a law that has to fail, and the goldens.
RELEASED = "tests/released/test_released_versions.py::test_released_example_expands_to_the_same_bytes"
LAW = "tests/expansion/test_laws_of_operation.py::test_every_alarm_tells_somebody_what_to_do"
GOLDENS = "tests/expansion/test_goldens.py::test_example_is_of_the_newest_version"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with a version 2."""
    folder = copied(tmp_path_factory.mktemp("second") / "project", (*EDITS, ALARM))
    for name in (".venv", ".venv-checkov"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def ran(copy: Path) -> str:
    """Return what pytest prints of the tests in the copy, with a line for each: its outcome, name and message."""
    # The law has to fail, and say for which alarm: it does for every site, and how small that is does not matter.
    quick = ("-p", "no:cacheprovider", "--hypothesis-profile", "unshrunk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUZZ_FACTOR", "0.1")
        done = run(copy, "-m", "pytest", "-q", "-n0", "-rfp", *quick, RELEASED, LAW, GOLDENS)
    assert done.returncode == 1, done.stdout[-3000:]
    return done.stdout


def outcomes(printed: str, test: str) -> list[str]:
    """Return the outcomes of a test, for each of its parameters."""
    return re.findall(rf"^(PASSED|FAILED) {re.escape(test)}\b", printed, re.MULTILINE)


def test_first_version_keeps_its_bytes(ran: str) -> None:
    assert {*outcomes(ran, RELEASED)} == {"PASSED"}, ran[-3000:]


def test_second_version_has_all_three(copy: Path) -> None:
    first, second = expanded(copy, Version=1), expanded(copy, Version=2)
    assert "SiteNewAlarm" not in first
    assert "SiteNewAlarm" in second
    groups = [resources["SiteTargetGroup"]["Properties"] for resources in (first, second)]
    warmups = [each["SiteAutoScalingGroup"]["Properties"]["DefaultInstanceWarmup"] for each in (first, second)]
    assert warmups == [120, 240]
    assert "least_outstanding_requests" in json.dumps(groups[0])
    assert "weighted_random" in json.dumps(groups[1])


@pytest.mark.parametrize(("test", "found"), [(LAW, "AssertionError: SiteNewAlarm"), (GOLDENS, "names no version 2")])
def test_laws_and_goldens_look_at_the_second_version(ran: str, test: str, found: str) -> None:
    assert {*outcomes(ran, test)} == {"FAILED"}, ran[-3000:]
    assert found in ran
