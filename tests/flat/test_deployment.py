"""Every example as a flat template, deployed, visited, updated and deleted in an account that has no macro."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.flat.template import flat_template
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from tests.bucket_contents import empty
from tests.custom_resources.rotated_site import Secret
from tests.deployment import deployed_examples as examples
from tests.sites import Installation
from tools.emulator.endpoint import Emulator
from tools.emulator.instances import Instance, register
from tools.repository import ROOT

Json = dict[str, Any]

ACCOUNT = "200000000042"


@pytest.fixture(scope="module")
def bare(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return an account with nothing installed in it."""
    return Installation(emulator, ACCOUNT, ROOT, build=tmp_path_factory.mktemp("none"))


def flat(template: Json, network: dict[str, str]) -> Json:
    return flat_template(template, parameter_values(template, network), "us-east-1")


@pytest.fixture
def stack(bare: Installation, example: Path) -> Iterator[tuple[str, Json, dict[str, str], dict[str, str]]]:
    """Deploy the example; yield its stack's name, its compact template, its outputs and its VPC."""
    name = "flat-" + example.stem
    template = examples.in_own_zone(bare, read_template(example))
    template = examples.attributes_as_outputs(template, examples.site_of(template))
    network = examples.existing_network(bare) if "Vpc" in template.get("Parameters", {}) else {}
    yield name, template, bare.deploy(name, flat(template, network)), network
    for left in (name, *(["network"] if network else [])):
        if bare.exists(left):
            bare.delete(left)


def test_deploy_visit_update_delete(
    stack: tuple[str, Json, dict[str, str], dict[str, str]], bare: Installation
) -> None:
    name, template, outputs, network = stack
    site = template["Resources"][examples.site_of(template)].get("Properties", {})
    visits = examples.through_the_load_balancer if "FrontDoor" in site else examples.through_cloudfront
    instance = Instance("one")
    instance.start()
    try:
        register(bare.client("elbv2"), outputs["TestTargetGroupArn"], [instance])
        bare.client("s3").put_object(
            Bucket=outputs["TestAssetsBucket"], Key="static/app.css", Body=b"a{}", ContentType="text/css"
        )
        visits(bare, name, outputs, instance)
    finally:
        instance.kill()
    before = bare.resources(name)
    changed: Json = json.loads(json.dumps(template))
    properties = changed["Resources"][examples.site_of(changed)].setdefault("Properties", {})
    properties.setdefault("Fallback", {})["Message"] = "Words of today"
    bare.deploy(name, flat(changed, network))
    assert bare.resources(name) == before
    page = bare.client("s3").get_object(Bucket=outputs["TestFallbackBucket"], Key="_fallback/index.html")
    assert "Words of today" in page["Body"].read().decode()
    empty(bare.client("s3"), outputs["TestAssetsBucket"])
    examples.protection_off(bare, name)
    assert bare.delete(name) == "DELETE_COMPLETE", bare.failures(name)


def test_secrets_rotate_by_the_functions_inside(bare: Installation) -> None:
    site = {"Type": "ResilientWebsite", "Properties": {"Database": {"SecretRotationDays": 30}}}
    bare.deploy("rotating", flat_template({"Resources": {"Site": site}}, {}, "us-east-1"))
    ids = bare.resources("rotating")
    for name in ("SiteDatabaseSecret", "SiteOriginSecret"):
        secret = Secret(bare.emulator, bare.account, ids[name])
        before = secret.value()
        secret.rotate()
        assert secret.value() != before
    empty(bare.client("s3"), ids["SiteAssetsBucket"])
    assert bare.delete("rotating") == "DELETE_COMPLETE", bare.failures("rotating")
