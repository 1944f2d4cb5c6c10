"""What is attached to a secret: its rotation and its policy."""

import json

from ministack.services import secretsmanager  # type: ignore[import-not-found]

from tools.emulator.api import Api
from tools.emulator.resource_types import Json, ResourceType, picked


def _rotate(secrets: Api, props: Json, _name: str = "") -> str:
    known = picked(props, "RotationLambdaARN", "RotationRules")
    if "RotateImmediatelyOnUpdate" in props:
        known["RotateImmediately"] = props["RotateImmediatelyOnUpdate"]
    arn: str = secrets("rotate_secret", SecretId=props["SecretId"], **known)["ARN"]
    return arn


def _stop_rotation(_secrets: Api, arn: str, _props: Json) -> None:
    # ministack has no CancelRotateSecret.
    _, secret = secretsmanager._resolve(arn)
    if secret:
        secret["RotationEnabled"] = False


def _protect(secrets: Api, props: Json, _name: str = "") -> str:
    policy = json.dumps(props["ResourcePolicy"])
    known = picked(props, "BlockPublicPolicy")
    arn: str = secrets("put_resource_policy", SecretId=props["SecretId"], ResourcePolicy=policy, **known)["ARN"]
    return arn


TYPES = {
    "AWS::SecretsManager::RotationSchedule": ResourceType(
        "secretsmanager",
        _rotate,
        _stop_rotation,
        lambda secrets, _, __, new: _rotate(secrets, new),
        replacing=("SecretId",),
    ),
    "AWS::SecretsManager::ResourcePolicy": ResourceType(
        "secretsmanager",
        _protect,
        lambda secrets, arn, _: secrets("delete_resource_policy", SecretId=arn),
        lambda secrets, _, __, new: _protect(secrets, new),
        replacing=("SecretId",),
    ),
}
