"""The rotation of the secret header, step by step and fault by fault: no visitor is refused at any moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.rotated_site import HEADER, Secret, bystander, template
from tests.custom_resources.rotation_process import STEPS, TOO_SHORT, RotationProcess
from tools.emulator.endpoint import Emulator
from tools.emulator.instances import Instance, register
from tools.emulator.stacks import Stacks
from tools.emulator.visitor import visit

ACCOUNT = "200000000031"


@dataclass(frozen=True)
class Site:
    """The deployed site, as visitors and operators see it."""

    emulator: Emulator
    outputs: dict[str, str]
    secret: Secret

    def client(self, service: str) -> Any:
        return self.emulator.client(service, ACCOUNT)

    def through_cloudfront(self) -> int:
        return visit(self.emulator, self.outputs["Domain"], "/page").status

    def past_cloudfront(self, value: str) -> int:
        return visit(self.emulator, f"{self.outputs['Balancer']}:80", "/page", headers={HEADER: value}).status

    def conditions(self) -> dict[str, Any]:
        (rule,) = self.client("elbv2").describe_rules(RuleArns=[self.outputs["Rule"]])["Rules"]
        return {condition["Field"]: condition for condition in rule["Conditions"]}

    def accepted(self) -> list[str]:
        values: list[str] = self.conditions()["http-header"]["HttpHeaderConfig"]["Values"]
        return values

    def sent(self) -> dict[str, str]:
        config = self.client("cloudfront").get_distribution_config(Id=self.outputs["Distribution"])
        (origin,) = config["DistributionConfig"]["Origins"]["Items"]
        return {entry["HeaderName"]: entry["HeaderValue"] for entry in origin["CustomHeaders"]["Items"]}


@pytest.fixture(scope="module")
def site(emulator: Emulator) -> Iterator[Site]:
    function = {"Fn::GetAtt": ["Function", "Arn"]}
    stack = Stacks(emulator, ACCOUNT).create("site", template(function, function, bystander()))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    with Instance("web", {"HEALTH_CHECK_PATH": "/page"}) as web:
        register(emulator.client("elbv2", ACCOUNT), stack["Values"]["Targets"], [web])
        yield Site(emulator, stack["Values"], Secret(emulator, ACCOUNT, stack["Values"]["OriginSecret"]))


@pytest.fixture
def aws(emulator: Emulator) -> Iterator[FaultyAws]:
    with FaultyAws(emulator) as faulty:
        yield faulty


@pytest.fixture
def rotate(site: Site, aws: FaultyAws) -> Iterator[RotationProcess]:
    yield RotationProcess("origin_secret", aws, ACCOUNT, site.secret, site.outputs["Stack"])
    site.secret.give_up()


def test_visitors_are_served_at_every_step(site: Site, rotate: RotationProcess) -> None:
    old = site.secret.value()
    version = site.secret.start()
    assert site.through_cloudfront() == 200
    for step in STEPS:
        assert rotate(version, step), rotate.log
        assert site.through_cloudfront() == 200
        # What edges send until they have the new configuration.
        assert site.past_cloudfront(old) == 200
    new = site.secret.value()
    assert new != old
    assert len(new) == 48
    assert new.isalnum()
    assert site.secret.value("AWSPREVIOUS") == old
    assert site.accepted() == [new, old]
    assert site.sent() == {"X-Other": "stays", HEADER: new}
    assert site.conditions()["path-pattern"]["PathPatternConfig"]["Values"] == ["/*"]


def test_value_is_refused_two_rotations_later(site: Site, rotate: RotationProcess) -> None:
    stale = site.secret.value()
    for expected in (200, 403):
        assert rotate(site.secret.start()), rotate.log
        assert site.past_cloudfront(stale) == expected
        assert site.through_cloudfront() == 200
    assert site.past_cloudfront("guessed") == 403


@pytest.mark.parametrize("step", STEPS)
def test_step_may_be_repeated(site: Site, rotate: RotationProcess, step: str) -> None:
    version = site.secret.start()
    until = STEPS[: STEPS.index(step) + 1]
    assert rotate(version, *until, step), rotate.log
    assert site.through_cloudfront() == 200
    assert rotate(version), rotate.log
    assert "AWSCURRENT" in site.secret.stages(version)
    assert site.accepted() == [site.secret.value(), site.secret.value("AWSPREVIOUS")]


@pytest.mark.parametrize(
    "operation", ["PutSecretValue", "ModifyRule", "UpdateDistribution", "UpdateSecretVersionStage"]
)
def test_cut_off_and_repeated(site: Site, aws: FaultyAws, rotate: RotationProcess, operation: str) -> None:
    version = site.secret.start()
    aws.cut = operation
    assert not rotate(version)
    assert aws.passed[-1][0] == operation
    assert site.through_cloudfront() == 200
    aws.cut = ""
    assert rotate(version), rotate.log
    assert "AWSCURRENT" in site.secret.stages(version)
    assert site.sent()[HEADER] == site.secret.value()
    assert site.accepted() == [site.secret.value(), site.secret.value("AWSPREVIOUS")]
    assert site.through_cloudfront() == 200


def test_rotation_after_one_that_was_given_up(site: Site, aws: FaultyAws, rotate: RotationProcess) -> None:
    current = site.secret.value()
    given_up = site.secret.start()
    assert rotate(given_up, "createSecret", "setSecret"), rotate.log
    sent = site.sent()[HEADER]
    assert sent != current
    site.secret.give_up()
    assert not rotate(given_up, "setSecret")
    assert "was canceled" in rotate.log
    version = site.secret.start()
    aws.cut = "ModifyRule"
    assert not rotate(version)
    assert site.through_cloudfront() == 200
    aws.cut = ""
    assert rotate(version), rotate.log
    # Edges may have any of the three.
    assert site.accepted() == [site.secret.value(), current, sent]
    assert site.through_cloudfront() == 200


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("UpdateDistribution", "PreconditionFailed"),
        ("UpdateDistribution", "Throttling"),
        ("ModifyRule", "Throttling"),
        ("ListStackResources", "Throttling"),
        ("PutSecretValue", "ThrottlingException"),
    ],
)
def test_refused_for_a_while(site: Site, aws: FaultyAws, rotate: RotationProcess, operation: str, code: str) -> None:
    version = site.secret.start()
    aws.errors[operation] = [code, code]
    assert rotate(version), rotate.log
    assert aws.errors[operation] == []
    assert site.sent()[HEADER] == site.secret.value()
    assert site.through_cloudfront() == 200


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("GetSecretValue", "AccessDeniedException"),
        ("GetRandomPassword", "AccessDeniedException"),
        ("ListStackResources", "AccessDenied"),
        ("DescribeRules", "AccessDenied"),
        ("ModifyRule", "AccessDenied"),
        ("UpdateDistribution", "AccessDenied"),
        ("UpdateSecretVersionStage", "AccessDeniedException"),
    ],
)
def test_denied(site: Site, aws: FaultyAws, rotate: RotationProcess, operation: str, code: str) -> None:
    current = site.secret.value()
    version = site.secret.start()
    aws.errors[operation] = [code]
    rotate.seconds = TOO_SHORT
    assert not rotate(version)
    assert f"{operation} failed: {code}." in rotate.log
    assert "scripted by the test" in rotate.log
    assert site.secret.value() == current
    assert site.past_cloudfront(current) == 200
    assert site.through_cloudfront() == 200
    assert rotate(version), rotate.log


def test_right_that_is_not_in_force_yet(site: Site, aws: FaultyAws, rotate: RotationProcess) -> None:
    aws.errors["ListStackResources"] = ["AccessDenied"]
    aws.errors["ModifyRule"] = ["AccessDenied"]
    assert rotate(site.secret.start()), rotate.log
    assert not any(aws.errors.values())


def test_other_messages_are_not_logged(site: Site, aws: FaultyAws, rotate: RotationProcess) -> None:
    version = site.secret.start()
    aws.errors["ModifyRule"] = ["ValidationError"]
    assert not rotate(version)
    assert "ModifyRule failed: ValidationError." in rotate.log
    assert "scripted by the test" not in rotate.log
    assert rotate(version), rotate.log


def test_secret_of_another_stack(site: Site, aws: FaultyAws, emulator: Emulator) -> None:
    """A neighbour's secret that says it is this site's, by its tags: nothing of it is read, and nothing is changed."""
    secrets = emulator.client("secretsmanager", ACCOUNT)
    function = secrets.describe_secret(SecretId=site.secret.arn)["RotationLambdaARN"]
    tags = [
        {"Key": "resilient-website:macro", "Value": "ResilientWebsite"},
        {"Key": "resilient-website:origin-secret", "Value": site.secret.arn},
    ]
    made = secrets.create_secret(Name="neighbours-OriginSecret", SecretString="chosen-by-a-neighbour", Tags=tags)["ARN"]
    version = secrets.rotate_secret(SecretId=made, RotationLambdaARN=function)["VersionId"]
    before = (site.accepted(), site.sent())
    rotate = RotationProcess("origin_secret", aws, ACCOUNT, Secret(emulator, ACCOUNT, made), site.outputs["Stack"])
    assert not rotate(version)
    assert f"{made} is not the OriginSecret of a site in this function's stack" in rotate.log
    assert [operation for operation, _ in aws.passed] == ["ListStackResources"]
    assert (site.accepted(), site.sent()) == before


def test_tag_of_a_neighbours_distribution_is_not_believed(site: Site, aws: FaultyAws, rotate: RotationProcess) -> None:
    """A neighbour's distribution that says it uses this site's secret: it is not asked, and gets no value of it."""
    cloudfront = site.client("cloudfront")
    (origin,) = cloudfront.get_distribution_config(Id=site.outputs["Distribution"])["DistributionConfig"]["Origins"][
        "Items"
    ]
    headers = {"Quantity": 1, "Items": [{"HeaderName": HEADER, "HeaderValue": "chosen-by-a-neighbour"}]}
    collector = {**origin, "DomainName": "collector.evil.example", "CustomHeaders": headers}
    config = {
        "CallerReference": "neighbour",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [collector]},
        "DefaultCacheBehavior": {"TargetOriginId": origin["Id"], "ViewerProtocolPolicy": "allow-all"},
    }
    tags = {"Items": [{"Key": "resilient-website:origin-secret", "Value": site.secret.arn}]}
    theirs = cloudfront.create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": config, "Tags": tags}
    )["Distribution"]["Id"]
    before = cloudfront.get_distribution_config(Id=theirs)
    assert rotate(site.secret.start()), rotate.log
    after = cloudfront.get_distribution_config(Id=theirs)
    assert (after["ETag"], after["DistributionConfig"]) == (before["ETag"], before["DistributionConfig"])
    assert {operation for operation, _ in aws.passed if operation.startswith(("Get", "List"))} == {
        "GetSecretValue",
        "GetRandomPassword",
        "GetDistributionConfig",
        "ListStackResources",
    }
    assert site.sent()[HEADER] == site.secret.value()


def test_rule_missing(site: Site, rotate: RotationProcess) -> None:
    elbv2 = site.client("elbv2")
    current, version = site.secret.value(), site.secret.start()
    header = {"Field": "http-header", "HttpHeaderConfig": site.conditions()["http-header"]["HttpHeaderConfig"]}
    path = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
    elbv2.modify_rule(RuleArn=site.outputs["Rule"], Conditions=[path])
    try:
        assert not rotate(version)
        assert f"has no http-header condition on {HEADER}" in rotate.log
        assert site.secret.value() == current
        assert site.through_cloudfront() == 200
    finally:
        elbv2.modify_rule(RuleArn=site.outputs["Rule"], Conditions=[path, header])
    assert rotate(version), rotate.log


def test_change_by_somebody_else_is_noticed(site: Site, rotate: RotationProcess) -> None:
    """A stack update that overtakes a rotation puts the old value back: it is not made current then."""
    current, version = site.secret.value(), site.secret.start()
    before = site.client("elbv2").describe_rules(RuleArns=[site.outputs["Rule"]])["Rules"][0]["Conditions"]
    assert rotate(version, "createSecret", "setSecret"), rotate.log
    kept = [{name: value for name, value in entry.items() if name != "Values"} for entry in before]
    site.client("elbv2").modify_rule(RuleArn=site.outputs["Rule"], Conditions=kept)
    assert not rotate(version, "testSecret")
    assert "does not accept the value" in rotate.log
    assert site.secret.value() == current
    assert rotate(version), rotate.log
    assert site.through_cloudfront() == 200


def test_schedule_is_tried_with_the_current_value(site: Site, rotate: RotationProcess) -> None:
    version = site.secret.start()
    assert rotate(version, "testSecret"), rotate.log
    assert rotate(version), rotate.log


@pytest.mark.parametrize(
    ("event", "reported"),
    [
        ({}, "The event has no SecretId, ClientRequestToken, Step."),
        (
            {"SecretId": "s", "ClientRequestToken": "v", "Step": "deleteSecret"},
            "Step is 'deleteSecret'; allowed: createSec",
        ),
    ],
)
def test_other_events(rotate: RotationProcess, event: dict[str, str], reported: str) -> None:
    assert not rotate.run(event)
    assert reported in rotate.log


def test_version_of_another_secret(rotate: RotationProcess) -> None:
    assert not rotate("00000000-0000-0000-0000-000000000000", "createSecret")
    assert "The secret has no version 00000000-0000-0000-0000-000000000000 labeled AWSPENDING" in rotate.log
