"""A second version of the expansion, as it would be made: a changed default, a new alarm and a changed fact.

It is made in a copy of the project, by the edits that a developer would make. Version 1 keeps its bytes there, and the
laws, the reference and the goldens look at version 2.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.emulator.endpoint import ROOT

MACRO = "macros/resilient_website"

# File, text, and what stands there in the copy.
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


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with a version 2."""
    folder = tmp_path_factory.mktemp("second") / "project"
    leave = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "build")
    shutil.copytree(ROOT, folder, ignore=leave)
    for name in (".venv", ".venv-checkov"):
        (folder / name).symlink_to(ROOT / name)
    for name, old, new in (*EDITS, ALARM):
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(folder / name) for name in (".", "macros", "custom_resources"))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def expanded(folder: Path, version: int) -> Any:
    site = {"Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {"Version": version}}}}
    path = folder / f"version{version}.json"
    path.write_text(json.dumps({"Transform": "ResilientWebsite", **site}))
    done = run(folder, "build_templates.py", "expand", str(path))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["Resources"]


def test_first_version_keeps_its_bytes(copy: Path) -> None:
    done = run(copy, "-m", "pytest", "-q", "-n0", "tests/released/test_released_versions.py", "-k", "example")
    assert done.returncode == 0, done.stdout[-3000:]


def test_second_version_has_all_three(copy: Path) -> None:
    first, second = expanded(copy, 1), expanded(copy, 2)
    assert "SiteNewAlarm" not in first
    assert "SiteNewAlarm" in second
    groups = [resources["SiteTargetGroup"]["Properties"] for resources in (first, second)]
    warmups = [each["SiteAutoScalingGroup"]["Properties"]["DefaultInstanceWarmup"] for each in (first, second)]
    assert warmups == [120, 240]
    assert "least_outstanding_requests" in json.dumps(groups[0])
    assert "weighted_random" in json.dumps(groups[1])


@pytest.mark.parametrize(
    ("tests", "found"),
    [
        ("tests/expansion/test_laws_of_operation.py", "SiteNewAlarm"),
        ("tests/expansion/test_goldens.py", "names no version 2"),
    ],
)
def test_laws_and_goldens_look_at_the_second_version(copy: Path, tests: str, found: str) -> None:
    done = run(copy, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", tests)
    assert done.returncode == 1, done.stdout[-3000:]
    assert found in done.stdout
