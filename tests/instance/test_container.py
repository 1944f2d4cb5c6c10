"""A container on a server: pulled, compared with the server, and run with its network and environment."""

import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given

from tests.hypothesis_profile import examples
from tests.instance.hostile_values import MARK, VALUES, nothing_ran
from tests.instance.sandbox import BARE, Sandbox, expanded, signal_of, user_data_of
from tests.instance.systemd_units import verified

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{ECR}/shop/web@sha256:{'0' * 64}"


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def boot(sandbox: Sandbox, container: Any, made_for: str = "arm64") -> list[str]:
    """Boot a server with a container, made for an architecture, and return the calls."""
    servers = {"Container": container, "Port": 8080}
    script = user_data_of(expanded({"WebServers": servers, "Cache": True}), {})
    return sandbox.boot(script, 8080, MADE_FOR=made_for)


def arguments(sandbox: Sandbox) -> list[str]:
    """Start the container, as the service does, and return the arguments of `docker run`."""
    start = ["bash", str(sandbox.root / "var/lib/resilient-website/start")]
    environment = {"PATH": f"{sandbox.binaries}:{os.environ['PATH']}"}
    subprocess.run(start, cwd=sandbox.root, env=environment, check=True)
    return (sandbox.root / "run").read_text().split("\0")[:-1]


def test_container_is_pulled_before_the_signal_and_run_as_a_service(sandbox: Sandbox) -> None:
    calls = boot(sandbox, {"Image": IMAGE, "Command": ["serve", "--port", 8080]})
    assert signal_of(calls) == "0", sandbox.errors
    order = [calls.index(f"docker pull --quiet {IMAGE}"), calls.index("systemctl enable --now website")]
    assert order == sorted(order)
    units = sandbox.root / "etc/systemd/system"
    (units / "docker.service").write_text("[Service]\nExecStart=/bin/true\n")
    verified(units)
    run = arguments(sandbox)
    assert run[-4:] == [IMAGE, "serve", "--port", "8080"]
    options = " ".join(run[:-4])
    # One hop to the metadata service, and so to the role.
    assert "--network host" in options
    assert f"--env-file {sandbox.folder}/container.env" in options
    assert f"--volume {sandbox.folder}:{sandbox.folder}:ro" in options
    assert "--group-add 990" in options
    assert "--pull never" in options


def test_container_gets_time_to_stop(sandbox: Sandbox) -> None:
    boot(sandbox, {"Image": IMAGE})
    unit = (sandbox.root / "etc/systemd/system/website.service").read_text()
    (seconds,) = re.findall(r"^ExecStop=/usr/bin/env docker stop -t (\d+) website$", unit, re.MULTILINE)
    (limit,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(seconds) < int(limit)


@pytest.mark.parametrize(("image", "logged_in"), [(IMAGE, True), ("public.ecr.aws/nginx/nginx:1.29", False)])
def test_server_logs_in_to_its_own_registry_only_and_out_again(sandbox: Sandbox, image: str, logged_in: bool) -> None:
    calls = boot(sandbox, {"Image": image})
    assert ("aws ecr get-login-password --region us-east-1" in calls) is logged_in
    assert (f"docker login --username AWS --password-stdin {ECR}" in calls) is logged_in
    assert f"docker logout {image.partition('/')[0]}" in calls


def test_image_for_another_architecture_is_said_and_signalled(sandbox: Sandbox) -> None:
    calls = boot(sandbox, {"Image": IMAGE}, made_for="amd64")
    assert signal_of(calls) == "1"
    assert "is for amd64, but this server is arm64: build it for linux/arm64" in sandbox.errors
    assert "systemctl enable --now website" not in calls


def test_image_that_can_not_be_pulled_is_tried_again_said_and_signalled(sandbox: Sandbox) -> None:
    script = user_data_of(expanded({"WebServers": {"Container": {"Image": IMAGE}, "Port": 8080}}), {})
    calls = sandbox.boot(script, 8080, PULL_FAILS="yes")
    assert signal_of(calls) == "1"
    assert calls.count(f"docker pull --quiet {IMAGE}") == 3
    assert f"Container.Image: {IMAGE} can't be pulled" in sandbox.errors


@given(VALUES, VALUES)
@examples(20)
def test_arguments_arrive_as_they_are(literal: str, chosen: str) -> None:
    with TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder))
        command = [f"a{literal}", {"Ref": "Chosen"}, {"Fn::Sub": "--name=${Chosen}"}]
        servers = {"Container": {"Image": IMAGE, "Command": command}, "Port": 8080}
        script = user_data_of(expanded({**BARE, "WebServers": servers}, {"Chosen": chosen}), {"Chosen": chosen})
        assert signal_of(sandbox.boot(script, 8080, MADE_FOR="arm64")) == "0", sandbox.errors
        assert arguments(sandbox)[-4:] == [IMAGE, f"a{literal}", chosen, f"--name={chosen}"]
        nothing_ran(sandbox)


@pytest.mark.parametrize("image", ["--privileged", f"'; touch {MARK}; '", f"x\ntouch {MARK}", ""])
def test_image_that_a_parameter_leads_astray_is_not_run(sandbox: Sandbox, image: str) -> None:
    servers = {"Container": {"Image": {"Ref": "Image"}}, "Port": 8080}
    resources = expanded({**BARE, "WebServers": servers}, {"Image": IMAGE})
    calls = sandbox.boot(user_data_of(resources, {"Image": image}), 8080, MADE_FOR="arm64", PULL_FAILS="yes")
    assert signal_of(calls) == "1"
    assert not [call for call in calls if call.startswith("docker run")]
    nothing_ran(sandbox)
