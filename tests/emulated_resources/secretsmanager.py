"""Secrets Manager: rotation and policies of secrets."""

from typing import Any

from tests.emulated_resources.case import Case, Client, att, ref

SECRETS = {
    name: {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}}
    for name in ("Secret", "Other")
}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
FUNCTION = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": att("Role", "Arn"),
            "Code": {"ZipFile": "handler = print"},
        },
    },
    "Permission": {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": ref("Function"),
            "Action": "lambda:InvokeFunction",
            "Principal": "secretsmanager.amazonaws.com",
        },
    },
}


def rotation(client: Client, arn: str) -> Any:
    found = [entry for entry in client("secretsmanager").list_secrets()["SecretList"] if entry["ARN"] == arn]
    return [entry for entry in found if entry.get("RotationEnabled")]


def secret_policy(client: Client, arn: str) -> Any:
    found = [entry["ARN"] for entry in client("secretsmanager").list_secrets()["SecretList"]]
    return arn in found and client("secretsmanager").get_resource_policy(SecretId=arn).get("ResourcePolicy")


CASES = [
    Case(
        "AWS::SecretsManager::RotationSchedule",
        {
            "SecretId": ref("Secret"),
            "RotationLambdaARN": att("Function", "Arn"),
            "RotateImmediatelyOnUpdate": "false",
            "RotationRules": {"AutomaticallyAfterDays": "30"},
        },
        rotation,
        {"RotationRules": {"ScheduleExpression": "rate(10 days)"}},
        {"SecretId": ref("Other")},
        {**SECRETS, **FUNCTION},
    ),
    Case(
        "AWS::SecretsManager::ResourcePolicy",
        {"SecretId": ref("Secret"), "ResourcePolicy": POLICY},
        secret_policy,
        {"ResourcePolicy": {**POLICY, "Id": "other"}, "BlockPublicPolicy": "true"},
        {"SecretId": ref("Other")},
        SECRETS,
    ),
]
