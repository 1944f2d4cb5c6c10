"""What a template reads at deployment, and the names of what it makes."""

from typing import Any

import pytest

from cli.deployer_policy.names import stem
from cli.deployer_policy.scopes import GET_PARAMETERS, GET_SECRET
from tests.deployer.stacks import needs_of, resources_for

SECRET = {"Type": "AWS::SecretsManager::Secret"}
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db/main-a1b2c3"


def reader(text: Any) -> dict[str, Any]:
    return {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": text}}


def test_the_stacks_own_secret_is_read_by_the_name_that_it_gets() -> None:
    text = {"Fn::Sub": "{{resolve:secretsmanager:${S}:SecretString:password}}"}
    found = needs_of({"S": SECRET, "D": reader(text)})
    assert resources_for(found, GET_SECRET) == {"arn:aws:secretsmanager:eu-west-1:*:secret:S-*"}


@pytest.mark.parametrize(
    ("reference", "where"),
    [
        ("db/main:SecretString:password", "arn:aws:secretsmanager:eu-west-1:*:secret:db/main-??????"),
        ("db/main", "arn:aws:secretsmanager:eu-west-1:*:secret:db/main-??????"),
        (f"{ARN}:SecretString:password::", ARN),
        (ARN, ARN),
    ],
)
def test_another_secret_is_read_by_its_name_or_arn(reference: str, where: str) -> None:
    found = needs_of({"D": reader(f"{{{{resolve:secretsmanager:{reference}}}}}")})
    assert resources_for(found, GET_SECRET) == {where}


def test_a_secret_that_a_parameter_names_is_any_secret_and_that_is_reported() -> None:
    text = {"Fn::Sub": "{{resolve:secretsmanager:${Name}}}"}
    parameters = {"Name": {"Type": "String"}}
    found = needs_of({"D": reader(text)}, Parameters=parameters)
    assert resources_for(found, GET_SECRET) == {"arn:aws:secretsmanager:eu-west-1:*:secret:*-??????"}
    assert any("every secret may be read" in note for note in found.notes)
    parameters["Name"]["Default"] = "db/main"
    assert resources_for(needs_of({"D": reader(text)}, Parameters=parameters), GET_SECRET) == {
        "arn:aws:secretsmanager:eu-west-1:*:secret:db/main-??????"
    }


def test_a_secret_from_elsewhere_that_is_rotated_here() -> None:
    rotation = {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": {"SecretId": ARN}}
    assert resources_for(needs_of({"R": rotation}), "secretsmanager:RotateSecret") == {ARN}


def test_parameters_are_read_by_their_names() -> None:
    image = {"ImageId": "resolve:ssm:/images/web:3"}
    template = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": image}}
    found = needs_of(
        {"L": template, "D": reader("{{resolve:ssm-secure:/db/password:1}}"), "E": reader("{{resolve:ssm:plain}}")},
        Parameters={
            "Zone": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/zone"},
            "Other": {"Type": "String"},
        },
    )
    names = {where.rpartition(":parameter/")[2] for where in resources_for(found, GET_PARAMETERS)}
    assert names == {"images/web", "db/password", "plain", "zone"}


def test_code_is_read_from_its_bucket() -> None:
    code = {"S3Bucket": "code", "S3Key": {"Fn::Sub": "site/${AWS::StackName}.zip"}}
    found = needs_of({"F": {"Type": "AWS::Lambda::Function", "Properties": {"Code": code}}})
    assert resources_for(found, "s3:GetObject") == {"arn:aws:s3:::code/site/*.zip"}


# The names are CloudFormation's, for a stack of this name: issue 1113 of github.com/KensioSoftware/yulin.
@pytest.mark.parametrize(
    ("longest", "logical_id", "lower_case", "name"),
    [
        (63, "RainlyticsLogsBucket8DF4", True, "chineseboostanalyticsstac-rainlyticslogsbucket8df4-hdst4ohfvdif"),
        (
            64,
            "RainlyticsSummariesJobFunction",
            False,
            "ChineseboostAnalyticsStac-RainlyticsSummariesJobFun-UjecjFhpdr1d",
        ),
        (
            512,
            "RainlyticsSummariesJobLogs1C6CB09C",
            False,
            "ChineseboostAnalyticsStack-RainlyticsSummariesJobLogs1C6CB09C-UJ5n2NwuSPZB",
        ),
    ],
)
def test_a_pattern_holds_for_names_that_cloudformation_shortened(
    longest: int, logical_id: str, lower_case: bool, name: str
) -> None:
    from fnmatch import fnmatchcase

    stack = "ChineseboostAnalyticsStack"
    assert fnmatchcase(name, stem(stack.lower() if lower_case else stack, longest, logical_id))


def test_a_short_name_ends_with_its_hyphen() -> None:
    assert stem("shop", 64, "SiteWebRole") == "shop-*"
    assert stem("*", 64, "SiteWebRole") == "*"
    assert stem("shop-*", 64, "SiteWebRole") == "shop-*-*"
