"""A stack moved from the installed macro to a flat template and back: nothing is replaced, nothing withdrawn."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from launch.flat_template import flat_template
from tests.emulator.endpoint import ROOT, Emulator
from tests.emulator.instances import Instance, register
from tests.emulator.visitor import visit
from tests.sites import Installation, StackError

Json = dict[str, Any]

ATTRIBUTES = ("TargetGroupArn", "FallbackBucket", "DistributionDomainName", "DistributionId")

# What a flat template adds, by type: the functions, what they need, and the alarms on them.
ADDED = {
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::CloudWatch::Alarm",
    "Custom::FallbackSite",
    "Custom::Certificate",
    "Custom::UpdateProtection",
}
# Every site's custom resources, which have other logical ids in a flat template.
MOVED = {"SiteFallbackSite", "SiteUpdateProtection"}


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


def calls(installation: Installation, stack: str) -> int:
    """Return how often the publisher of a stack has been called."""
    group = installation.resources(stack)["FallbackSiteLogs"]
    events: list[Json] = installation.client("logs").filter_log_events(logGroupName=group)["events"]
    return sum(event["message"].startswith("START") for event in events)


def page(installation: Installation, outputs: dict[str, str]) -> str:
    s3 = installation.client("s3")
    body = s3.get_object(Bucket=outputs["FallbackBucket"], Key="_fallback/index.html")["Body"].read()
    return str(body.decode())


def test_to_a_flat_template_and_back(installation: Installation, instance: Instance) -> None:
    template = compact(Fallback={"Title": "Moving house"})
    outputs = installation.deploy("moved", template)
    register(installation.client("elbv2"), outputs["TargetGroupArn"], [instance])
    by_macro = installation.resources("moved")
    calls_before = calls(installation, "resilient-website-macro")

    assert installation.deploy("moved", flat(template)) == outputs
    by_itself = installation.resources("moved")
    assert by_macro.keys() - by_itself.keys() == MOVED
    assert {name: by_itself[name] for name in by_macro.keys() & by_itself.keys()} == {
        name: value for name, value in by_macro.items() if name not in MOVED
    }
    assert by_itself["SiteFallbackSiteFlat"] == by_macro["SiteFallbackSite"]
    # The old page's resource was deleted, by the macro's function, and the page is still there.
    assert calls(installation, "resilient-website-macro") == calls_before + 1
    assert "Moving house" in page(installation, outputs)

    assert visit(installation.emulator, outputs["DistributionDomainName"], "/").status == 200
    instance.kill()
    assert "Moving house" in visit(installation.emulator, outputs["DistributionDomainName"], "/").body

    assert installation.deploy("moved", template) == outputs
    assert installation.resources("moved") == by_macro
    assert "Moving house" in page(installation, outputs)
    assert installation.failures("moved") == []
    assert installation.delete("moved") == "DELETE_COMPLETE"


def test_change_set_adds_the_functions_and_replaces_nothing(installation: Installation) -> None:
    template = compact(Fallback={"Title": "Planned"})
    installation.deploy("planned", template)
    changes = installation.changes("planned", flat(template))
    added = {change["ResourceType"] for change in changes if change["Action"] == "Add"}
    removed = {change["LogicalResourceId"] for change in changes if change["Action"] == "Remove"}
    assert added <= ADDED
    assert removed == MOVED
    # "Conditional" is said of whatever refers to something that changes; what really happens is tested above.
    assert [change for change in changes if change.get("Replacement") == "True"] == []
    direct = {
        detail["Target"]["Name"]
        for change in changes
        for detail in change.get("Details", [])
        if detail.get("ChangeSource") == "DirectModification"
    }
    assert direct == {"Tags", "PolicyDocument", "RotationLambdaARN"}
    assert installation.delete("planned") == "DELETE_COMPLETE"


@pytest.mark.parametrize("to_flat", [True, False], ids=["to flat", "from flat"])
def test_move_that_fails_leaves_the_page(installation: Installation, to_flat: bool) -> None:
    template = compact(Fallback={"Title": "Staying"})
    start, end = (template, flat(template)) if to_flat else (flat(template), template)
    outputs = installation.deploy("failing", start)
    before = installation.resources("failing")
    broken: Json = json.loads(json.dumps(end))
    broken["Resources"]["Broken"] = {
        "Type": "Custom::FallbackSite",
        "DependsOn": "SiteFallbackSiteFlat" if to_flat else "Site",
        "Properties": {"ServiceToken": {"Fn::ImportValue": "ResilientWebsite-FallbackSiteFunctionArn"}},
    }
    with pytest.raises(StackError, match="Broken"):
        installation.deploy("failing", broken)
    assert installation.resources("failing") == before
    assert "Staying" in page(installation, outputs)
    assert installation.delete("failing") == "DELETE_COMPLETE", installation.failures("failing")


def test_certificate_is_made_anew_before_the_old_one_goes(installation: Installation, emulator: Emulator) -> None:
    ireland = Installation(emulator, installation.account, ROOT, build=installation.build, region="eu-west-1")
    ireland.install()
    acm = emulator.client("acm", installation.account, "us-east-1")
    domain = "moved.example"
    template = compact(DomainName=f"www.{domain}", HostedZoneId=ireland.hosted_zone(domain))
    outputs = ireland.deploy("moved-names", template)
    by_macro = ireland.resources("moved-names")
    assert ireland.deploy("moved-names", flat(template, "eu-west-1")) == outputs
    by_itself = ireland.resources("moved-names")
    made = by_itself["SiteEdgeCertificateFlat"]
    config = ireland.client("cloudfront").get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    assert config["ViewerCertificate"]["ACMCertificateArn"] == made
    present = [entry["CertificateArn"] for entry in acm.list_certificates()["CertificateSummaryList"]]
    assert made in present
    assert by_macro["SiteEdgeCertificate"] not in present
    moved = {"SiteEdgeCertificate", *MOVED}
    assert by_macro.keys() - by_itself.keys() == moved
    assert {name: value for name, value in by_macro.items() if name not in moved}.items() <= by_itself.items()
    assert ireland.deploy("moved-names", template) == outputs
    assert ireland.delete("moved-names") == "DELETE_COMPLETE", ireland.failures("moved-names")
    left = [entry for entry in acm.list_certificates()["CertificateSummaryList"] if domain in entry["DomainName"]]
    assert left == []
