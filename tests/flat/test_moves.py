"""A stack moved from the installed macro to a flat template and back: the functions' code changes, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.flat.template import flat_template
from tests.sites import Installation, StackError
from tools.emulator.endpoint import Emulator
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit

Json = dict[str, Any]

ATTRIBUTES = ("TargetGroupArn", "FallbackBucket", "DistributionDomainName", "DistributionId")
FUNCTION = "AWS::Lambda::Function"


def compact(**properties: Any) -> Json:
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
        "Outputs": {name: {"Value": {"Fn::GetAtt": ["Site", name]}} for name in ATTRIBUTES},
    }


def flat(template: Json, region: str = "us-east-1") -> Json:
    return flat_template(template, {}, region)


@pytest.fixture
def instance() -> Iterator[Instance]:
    with Instance("one") as running:
        yield running


def page(installation: Installation, outputs: dict[str, str]) -> str:
    s3 = installation.client("s3")
    body = s3.get_object(Bucket=outputs["FallbackBucket"], Key="_fallback/index.html")["Body"].read()
    return str(body.decode())


def layers(installation: Installation, stack: str) -> set[str]:
    """Return the layers that the functions of a stack have."""
    functions = [name for name in installation.resources(stack) if name.endswith("Function")]
    configurations = [
        installation.client("lambda").get_function_configuration(FunctionName=installation.resources(stack)[name])
        for name in functions
    ]
    return {layer["Arn"] for configuration in configurations for layer in configuration.get("Layers", [])}


def test_to_a_flat_template_and_back(installation: Installation, instance: Instance) -> None:
    template = compact(Fallback={"Title": "Moving house"})
    outputs = installation.deploy("moved", template)
    register(installation.client("elbv2"), outputs["TargetGroupArn"], [instance])
    before = installation.resources("moved")
    by_macro = layers(installation, "moved")
    assert len(by_macro) == 1

    assert installation.deploy("moved", flat(template)) == outputs
    assert installation.resources("moved") == before
    assert layers(installation, "moved") == set()
    assert "Moving house" in page(installation, outputs)

    assert visit(installation.emulator, outputs["DistributionDomainName"], "/").status == 200
    instance.kill()
    assert "Moving house" in visit(installation.emulator, outputs["DistributionDomainName"], "/").body

    renamed = compact(Fallback={"Title": "Moved"})
    assert installation.deploy("moved", flat(renamed)) == outputs
    assert "Moved" in page(installation, outputs)

    assert installation.deploy("moved", template) == outputs
    assert installation.resources("moved") == before
    assert layers(installation, "moved") == by_macro
    assert "Moving house" in page(installation, outputs)
    assert installation.failures("moved") == []
    assert installation.delete("moved") == "DELETE_COMPLETE"


def test_change_set_changes_the_functions_code_and_nothing_else(installation: Installation) -> None:
    template = compact(Fallback={"Title": "Planned"})
    installation.deploy("planned", template)
    changes = installation.changes("planned", flat(template))
    # CloudFront's prefix list is looked up in a mapping there, to the same value.
    direct = {
        (change["ResourceType"], detail["Target"]["Name"])
        for change in changes
        for detail in change.get("Details", [])
        if detail.get("ChangeSource") == "DirectModification"
    }
    assert {target for target in direct if target[0] == FUNCTION} == {(FUNCTION, "Code"), (FUNCTION, "Layers")}
    assert {kind for kind, _ in direct} <= {FUNCTION, "AWS::EC2::SecurityGroup"}
    assert [change for change in changes if change["Action"] in ("Add", "Remove")] == []
    assert [change for change in changes if change.get("Replacement") == "True"] == []
    assert installation.delete("planned") == "DELETE_COMPLETE"


@pytest.mark.parametrize("to_flat", [True, False], ids=["to flat", "from flat"])
def test_move_that_fails_leaves_the_page(installation: Installation, to_flat: bool) -> None:
    template = compact(Fallback={"Title": "Staying"})
    start, end = (template, flat(template)) if to_flat else (flat(template), template)
    outputs = installation.deploy("failing", start)
    before, layers_before = installation.resources("failing"), layers(installation, "failing")
    broken: Json = json.loads(json.dumps(end))
    broken["Resources"]["Broken"] = {
        "Type": "Custom::FallbackSite",
        "DependsOn": "SiteFallbackSite" if to_flat else "Site",
        "Properties": {"ServiceToken": {"Fn::GetAtt": ["FallbackSiteFunction", "Arn"]}},
    }
    with pytest.raises(StackError, match="Broken"):
        installation.deploy("failing", broken)
    assert installation.resources("failing") == before
    assert layers(installation, "failing") == layers_before
    assert "Staying" in page(installation, outputs)
    assert installation.delete("failing") == "DELETE_COMPLETE", installation.failures("failing")


def test_certificates_stay(ireland: Installation, emulator: Emulator) -> None:
    acm = emulator.client("acm", ireland.account, "us-east-1")
    domain = "moved.example"
    template = compact(DomainName=f"www.{domain}", HostedZoneId=ireland.hosted_zone(domain))
    outputs = ireland.deploy("moved-names", template)
    before = ireland.resources("moved-names")
    config = ireland.client("cloudfront").get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    assert config["ViewerCertificate"]["ACMCertificateArn"] in before.values()
    for moved in (flat(template, "eu-west-1"), template):
        assert ireland.deploy("moved-names", moved) == outputs
        assert ireland.resources("moved-names") == before
    assert ireland.delete("moved-names") == "DELETE_COMPLETE", ireland.failures("moved-names")
    left = [entry for entry in acm.list_certificates()["CertificateSummaryList"] if domain in entry["DomainName"]]
    assert left == []
