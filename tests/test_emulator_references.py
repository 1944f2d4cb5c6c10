"""References on the emulator: to the latest version of a launch template, and to another stack's value."""

import base64

import pytest

from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks, body

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


def test_text_that_is_encoded_and_escaped_by_cloudformation(stacks: Stacks) -> None:
    """As the servers' user data and the policies of their role have it."""
    template = body(
        '\n  T: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: "it\'s *"}}',
        "  Encoded: {Value: {'Fn::Base64': {'Fn::Join': ['', ['a ', {'Fn::Base64': !GetAtt T.Value}]]}}}\n"
        "  Escaped: {Value: {'Fn::Join': ['${?}', {'Fn::Split': ['?', "
        "{'Fn::Join': ['${*}', {'Fn::Split': ['*', !GetAtt T.Value]}]}]}]}}\n",
    )
    values = stacks.create("encoded", template)["Values"]
    encoded = base64.b64decode(values["Encoded"]).decode()
    assert base64.b64decode(encoded.removeprefix("a ")).decode() == "it's *"
    assert values["Escaped"] == "it's ${*}"
