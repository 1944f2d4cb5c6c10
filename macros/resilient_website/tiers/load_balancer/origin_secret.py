"""The secret header between CloudFront and the load balancer: generated, rotated, and seen by nobody."""

from troposphere import AWSHelperFn, AWSObject, Ref, Sub, Tags, secretsmanager

from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.tags import MACRO_TAG, macro_tag

HEADER = "X-Origin-Verify"
SECRET = "OriginSecret"  # noqa: S105 (the end of a logical id)

# The rotation finds the load balancer and the distribution by this tag, whose value is the secret's ARN.
SECRET_TAG = "resilient-website:origin-secret"  # noqa: S105


def secret(context: Context) -> secretsmanager.Secret:
    """Return the secret. It is worth nothing without its site, so it goes with it."""
    return secretsmanager.Secret(
        context.id(SECRET),
        Description=context.title("secret header between CloudFront and the load balancer"),
        GenerateSecretString=secretsmanager.GenerateSecretString(ExcludePunctuation=True, PasswordLength=48),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        Tags=macro_tag(context),
    )


def value(context: Context) -> AWSHelperFn:
    """Return the secret's value, as CloudFormation puts it where it is needed: nobody sees it in the template."""
    return Sub(f"{{{{resolve:secretsmanager:${{{context.id(SECRET)}}}:SecretString}}}}")


def tag(context: Context, origin_secret: str) -> Tags:
    """Return the tag by which the rotation finds what it has to change."""
    return Tags(**{SECRET_TAG: Ref(origin_secret), MACRO_TAG: context.macro})


def rotation(context: Context, days: Value, waits_for: tuple[str, ...]) -> AWSObject:
    """Return the rotation, every so many days; it needs both ends of the header, so it waits for them."""
    return secretsmanager.RotationSchedule(
        context.id(f"{SECRET}Rotation"),
        DependsOn=list(waits_for),
        SecretId=Ref(context.id(SECRET)),
        RotationLambdaARN=context.installed("OriginSecretFunctionArn"),
        RotationRules=secretsmanager.RotationRules(AutomaticallyAfterDays=days),
        # A stack update is no reason for another secret.
        RotateImmediatelyOnUpdate=False,
    )
