"""References on the emulator: to the latest version of a launch template, and to another stack's value."""

import pytest

from tests.emulator.endpoint import Emulator
from tests.emulator.stacks import Stacks, body

ACCOUNT = "200000000033"


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


def test_latest_version_of_a_launch_template_grows_with_each_change(stacks: Stacks) -> None:
    def template(kind: str) -> str:
        return body(
            f"\n  T: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{InstanceType: {kind}}}}}}}",
            "  Latest: {Value: !GetAtt T.LatestVersionNumber}\n",
        )

    stack = stacks.create("versions", template("a"))
    versions = [stack["Values"]["Latest"]]
    versions += [stacks.update("versions", template(kind))["Values"]["Latest"] for kind in ("b", "c")]
    assert versions == ["1", "2", "3"]


def test_value_of_another_stack(stacks: Stacks) -> None:
    stacks.create("exporter", body("\n  T: {Type: AWS::SNS::Topic}", "  T: {Value: !Ref T, Export: {Name: topic}}\n"))
    importer = body(
        "\n  P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !ImportValue topic}}",
        "  V: {Value: !GetAtt P.Value}\n",
    )
    assert stacks.create("importer", importer)["Values"]["V"].endswith(":" + ACCOUNT + ":exporter-T-" + suffix(stacks))
    refused = stacks.cloudformation.exceptions.ClientError
    with pytest.raises(refused, match="topic"):
        stacks.cloudformation.delete_stack(StackName="exporter")


def suffix(stacks: Stacks) -> str:
    topic: str = stacks.wait("exporter")["Values"]["T"]
    return topic.rpartition("-")[2]
