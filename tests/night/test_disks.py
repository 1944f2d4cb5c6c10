"""The night's disks, and what is said on a machine that can't have them."""

import time
from pathlib import Path
from typing import cast

import pytest

from tests.night import disks
from tests.night.disks import MIB, Disk, check_namespaces
from tests.night.night import Night
from tests.sites import Installation

UBUNTU = "unshare: write failed /proc/self/uid_map: Operation not permitted"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose programs are found first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def unshare(programs: Path, line: str) -> None:
    """Let the machine's `unshare` do something else."""
    program = programs / "unshare"
    program.write_text(f"#!/bin/sh\n{line}\n")
    program.chmod(0o755)


def test_disk_has_its_size_and_is_gone_afterwards(tmp_path: Path) -> None:
    check_namespaces(tmp_path / "probe")
    with Disk(tmp_path / "disk", MIB) as disk:
        (disk.path / "file").write_bytes(bytes(MIB // 2))
        assert disk.used_percent >= 50
        disk.resize(2 * MIB)
        assert disk.free > MIB
    assert not list((tmp_path / "disk").iterdir())


def test_machine_without_user_namespaces_says_what_to_do(programs: Path, tmp_path: Path) -> None:
    unshare(programs, f"echo '{UBUNTU}' >&2; exit 1")
    # The night says so before it uses its account.
    night = Night(cast(Installation, None), tmp_path / "night")
    disk = Disk(tmp_path / "disk", MIB)
    for fail in (disk.start, night.__enter__, lambda: check_namespaces(tmp_path / "probe")):
        with pytest.raises(AssertionError) as raised:
            fail()
        assert UBUNTU in str(raised.value)
        assert "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in str(raised.value)


def test_machine_that_does_not_answer_is_not_waited_for(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks, "_PATIENCE", 0.5)
    unshare(programs, "exec sleep 60")
    began = time.monotonic()
    with pytest.raises(AssertionError, match="timed out"):
        check_namespaces(tmp_path)
    assert time.monotonic() - began < 30


def test_machine_without_the_program_says_what_to_do(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(AssertionError, match="No such file or directory: 'unshare'"):
        check_namespaces(tmp_path)
