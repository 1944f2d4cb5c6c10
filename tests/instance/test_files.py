"""The shared files on a server: mounted before the application starts, again until it succeeds, and writable for it."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from resilient_website.tiers.files import FOLDER
from tests.instance.sandbox import Sandbox, encoded, expanded, signal_of, user_data_of
from tests.instance.systemd_units import verified

ARTIFACT = {"Bucket": "releases", "Key": "1.tar", "Command": "./run"}
IDS = {"SiteFileSystem": "fs-0123456789abcdef0", "SiteFilesAccessPoint": "fsap-0123456789abcdef0"}
ENABLED = "systemctl enable --now resilient-website-files"


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """Return a server on which the second attempt to mount succeeds."""
    made = Sandbox(tmp_path)
    made.stub(made.binaries / "mount", "if [ -e tried ]; then touch mounted; else touch tried; exit 32; fi")
    made.stub(made.binaries / "mountpoint", "[ -e mounted ]")
    return made


def boot(sandbox: Sandbox, *, files: bool = True, **servers: Any) -> list[str]:
    resources = expanded({"WebServers": {"Port": 8080, **servers}, "Files": files})
    script = user_data_of(resources, IDS).replace(encoded(FOLDER), encoded(f"{sandbox.root}{FOLDER}"))
    return sandbox.boot(script, 8080, MADE_FOR="arm64")


def test_mounts_encrypted_through_the_access_point_until_it_succeeds(sandbox: Sandbox) -> None:
    calls = boot(sandbox, UserData="true")
    assert ENABLED in calls
    values = dict(line.split("=", 1) for line in (sandbox.folder / "container.env").read_text().splitlines())
    environment = {"PATH": f"{sandbox.binaries}:{os.environ['PATH']}", **values}
    script = sandbox.root / "var/lib/resilient-website/mount_files"
    subprocess.run(["bash", str(script)], cwd=sandbox.root, env=environment, check=True)
    mounts = [line for line in sandbox.calls.read_text().splitlines() if line.startswith("mount ")]
    options = f"tls,iam,noresvport,accesspoint={IDS['SiteFilesAccessPoint']}"
    assert mounts == [f"mount -t efs -o {options} {IDS['SiteFileSystem']}:/ {values['FILES_FOLDER']}"] * 2


@pytest.mark.parametrize("application", [{"Artifact": ARTIFACT}, {"Container": {"Image": "public.ecr.aws/a/b:1"}}])
def test_application_starts_after_the_mount_and_can_write(sandbox: Sandbox, application: Any) -> None:
    with (sandbox.root / "artifact").open("wb") as archive:
        subprocess.run(["tar", "-c", "-T", "/dev/null"], stdout=archive, check=True)
    calls = boot(sandbox, **application)
    assert signal_of(calls) == "0", sandbox.errors
    assert calls.index(ENABLED) < calls.index("systemctl enable --now website")
    units = sandbox.root / "etc/systemd/system"
    (units / "docker.service").write_text("[Service]\nExecStart=/bin/true\n")
    verified(units)
    added = (units / "website.service.d/files.conf").read_text().splitlines()
    folder = f"{sandbox.root}{FOLDER}"
    assert {"Requires=resilient-website-files.service", "After=resilient-website-files.service"} <= set(added)
    assert f"ReadWritePaths={folder}" in added
    start = (sandbox.root / "var/lib/resilient-website/start").read_text()
    assert (f"--volume {folder}:{folder}" in start) is ("Container" in application)


def test_folder_that_can_not_be_mounted_is_said_and_signalled(sandbox: Sandbox) -> None:
    sandbox.stub(sandbox.binaries / "systemctl", 'case "$*" in *resilient-website-files) exit 1 ;; esac')
    calls = boot(sandbox, UserData="touch started")
    assert signal_of(calls) == "1"
    assert f"Files: {IDS['SiteFileSystem']} can't be mounted" in sandbox.errors
    assert not (sandbox.root / "started").exists()


def test_without_files_nothing_is_mounted(sandbox: Sandbox) -> None:
    calls = boot(sandbox, files=False, Container={"Image": "public.ecr.aws/a/b:1"})
    assert ENABLED not in calls
    assert "@@" not in (sandbox.root / "var/lib/resilient-website/start").read_text()
