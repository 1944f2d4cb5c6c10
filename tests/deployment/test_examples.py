"""Every example, deployed, visited, updated and deleted on the emulator through the installed macro."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.template_file import read_template
from tests.bucket_contents import empty
from tests.deployment.deployed_examples import (
    attributes_as_outputs,
    existing_network,
    in_own_zone,
    protection_off,
    site_of,
    through_cloudfront,
    through_the_load_balancer,
)
from tests.sites import Installation
from tools.emulator.instances import Instance, register


@pytest.fixture
def stack(installation: Installation, example: Path) -> Any:
    """Deploy the example, and yield its stack's name, its template and its outputs; delete it afterwards."""
    name = "example-" + example.stem
    template = in_own_zone(installation, read_template(example))
    template = attributes_as_outputs(template, site_of(template))
    network = existing_network(installation) if "Vpc" in template.get("Parameters", {}) else {}
    outputs = installation.deploy(name, template, **network)
    yield name, template, outputs, network
    for left in (name, *(["network"] if network else [])):
        if installation.exists(left):
            installation.delete(left)


def test_deploy_visit_update_delete(stack: Any, installation: Installation) -> None:
    name, template, outputs, parameters = stack
    behind_cloudfront = template["Resources"][site_of(template)].get("Properties", {}).get("FrontDoor") is None
    visits = through_cloudfront if behind_cloudfront else through_the_load_balancer
    instance = Instance("one")
    instance.start()
    try:
        register(installation.client("elbv2"), outputs["TestTargetGroupArn"], [instance])
        installation.client("s3").put_object(
            Bucket=outputs["TestAssetsBucket"], Key="static/app.css", Body=b"a{}", ContentType="text/css"
        )
        visits(installation, name, outputs, instance)
    finally:
        instance.kill()
    _update_touches_the_fallback_site_only(installation, name, template, parameters)
    empty(installation.client("s3"), outputs["TestAssetsBucket"])
    protection_off(installation, name)
    assert installation.delete(name) == "DELETE_COMPLETE", installation.failures(name)


def _update_touches_the_fallback_site_only(
    installation: Installation, name: str, template: dict[str, Any], parameters: dict[str, str]
) -> None:
    before = installation.resources(name)
    changed: dict[str, Any] = json.loads(json.dumps(template))
    site = site_of(changed)
    properties = changed["Resources"][site].setdefault("Properties", {})
    properties.setdefault("Fallback", {})["Message"] = "Words of today"
    outputs = installation.deploy(name, changed, **parameters)
    assert installation.resources(name) == before
    page = installation.client("s3").get_object(Bucket=outputs["TestFallbackBucket"], Key="_fallback/index.html")
    assert "Words of today" in page["Body"].read().decode()
