"""The command `release` for a site with a container: its tags, digests and architectures, and the way back."""

import json
from typing import Any

import pytest

from cli.deployed.site import DeployedSite
from cli.release.history import History, StoredParameter, history_parameter
from cli.release.images import looks_like_image
from cli.release.release import Release
from tests.cli.aws_in_memory import real_client
from tests.cli.documented_policies import documented, needed
from tests.cli.fake_release import FakeRelease
from tests.cli.fake_site import REGION, STACK
from tests.cli.releasing import changed, invoke

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
OLD = f"{HOST}/shop@sha256:{'0' * 64}"


@pytest.fixture
def deployed_container(deployed: FakeRelease) -> FakeRelease:
    """Return a site with a container."""
    deployed.use_container(OLD)
    return deployed


def test_tag_is_released_by_its_digest(deployed_container: FakeRelease) -> None:
    digest = deployed_container.push("shop", "1.4.2", "arm64", "amd64", "unknown")
    shown = invoke(f"{HOST}/shop:1.4.2")
    assert shown.exit_code == 0, shown.stderr
    assert deployed_container.image() == f"{HOST}/shop@{digest}"
    assert f"released: {HOST}/shop@{digest} (before: {OLD})" in shown.stdout
    assert f"WebServers.Container: {{Image: {HOST}/shop@{digest}}}" in shown.stdout
    assert any("new servers: 3 of 3 healthy" in line for line in deployed_container.said)
    again = invoke(f"{HOST}/shop@{digest}")
    assert "unchanged: " in again.stdout
    assert changed(deployed_container).count("ExecuteChangeSet") == 1


def test_back_goes_to_the_image_before_and_then_to_the_one_before_that(deployed_container: FakeRelease) -> None:
    images = [OLD, *(f"{HOST}/shop@{deployed_container.push('shop', tag)}" for tag in ("1", "2"))]
    for tag in ("1", "2"):
        assert invoke(f"{HOST}/shop:{tag}").exit_code == 0
    for expected in reversed(images[:2]):
        back = invoke("--back", "--json")
        assert back.exit_code == 0, back.stderr
        assert json.loads(back.stdout)["image"] == deployed_container.image() == expected
    assert "no earlier release is known" in invoke("--back").stderr


def test_parameter_is_changed_and_the_template_stays(deployed_container: FakeRelease) -> None:
    deployed_container.use_container(OLD, as_parameter=True)
    template, digest = json.dumps(deployed_container.template), deployed_container.push("shop", "2")
    shown = invoke(f"{HOST}/shop:2")
    assert shown.exit_code == 0, shown.stderr
    assert (json.dumps(deployed_container.template), deployed_container.image()) == (template, f"{HOST}/shop@{digest}")
    assert "Write into the file" not in shown.stdout


def refused(*arguments: str) -> str:
    shown = invoke(*arguments)
    assert shown.exit_code == 1
    return shown.stderr


def test_image_that_can_not_be_released(deployed_container: FakeRelease) -> None:
    assert "Amazon ECR has no such image; push it" in refused(f"{HOST}/shop:1")
    deployed_container.push("shop", "1", "amd64")
    assert "Amazon ECR has no such image; push it" in refused(f"{HOST}/shop:2")
    assert "it is built for amd64, but the servers are arm64" in refused(f"{HOST}/shop:1")
    command = "docker buildx imagetools inspect public.ecr.aws/shop/shop:1 --format '{{.Manifest.Digest}}'"
    assert command in refused("public.ecr.aws/shop/shop:1")
    assert changed(deployed_container) == []


def test_image_of_another_registry_is_released_by_its_digest(deployed_container: FakeRelease) -> None:
    digest = f"sha256:{'1' * 64}"
    shown = invoke(f"registry.example.com:5000/shop:2@{digest}")
    assert shown.exit_code == 0, shown.stderr
    assert deployed_container.image() == f"registry.example.com:5000/shop@{digest}"


def test_folder_is_no_image(deployed_container: FakeRelease, tmp_path: Any) -> None:
    del deployed_container
    assert "not an image with a tag or a digest, and the site runs a container" in refused(str(tmp_path))


def test_image_for_a_site_without_a_container(deployed_container: FakeRelease) -> None:
    servers = deployed_container.template["Resources"]["Site"]["Properties"]["WebServers"]
    del servers["Container"]["Image"]
    assert "its WebServers.Container has no Image" in refused(f"{HOST}/shop:1")
    del servers["Container"]
    assert "no WebServers.Artifact and no WebServers.Container" in refused(f"{HOST}/shop:1")


def test_what_looks_like_an_image() -> None:
    for image in (f"{HOST}/shop:1", OLD, f"nginx@sha256:{'0' * 64}", "localhost:5000/shop:1"):
        assert looks_like_image(image)
    for path in ("dist", "./dist:1", "/dist", "build/app", "shop-1.4.tar.gz", "localhost:5000/shop"):
        assert not looks_like_image(path)


def test_history_keeps_what_a_parameter_has_room_for(deployed_container: FakeRelease) -> None:
    site = DeployedSite(REGION, STACK, "Site", {})
    history = History(StoredParameter(real_client("ssm", REGION), history_parameter(site)))
    releases = [Release(f"{HOST}/shop@sha256:{number:064}") for number in range(50)]
    history.write(releases)
    known = history.read(releases[-1])
    assert 20 < len(known) < 50
    assert list(known) == releases[-len(known) :]
    assert list(deployed_container.stored_parameters) == [f"/resilient-website/releases/{STACK}/Site"]


def test_documented_policy_has_what_a_release_calls_and_no_more(deployed_container: FakeRelease) -> None:
    deployed_container.push("shop", "1")
    assert invoke(f"{HOST}/shop:1", "--dry-run").exit_code == 0
    assert invoke(f"{HOST}/shop:1").exit_code == 0
    assert invoke("--back").exit_code == 0
    # For a site without a domain name, and for a canary.
    others = {"cloudfront:GetDistribution", "cloudwatch:DescribeAlarms"}
    assert needed(deployed_container.calls) | others == documented("release-image")
