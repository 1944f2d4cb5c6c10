"""The master user's credentials: generated, completed with the instance's address, and rotated if wanted."""

from troposphere import AWSHelperFn, Ref, Sub, secretsmanager

from resilient_website.context import Context
from resilient_website.tags import macro_tag
from resilient_website.teardown import DELETE, RETAIN, store_policies

SECRET = "DatabaseSecret"  # noqa: S105 (the end of a logical id)

USERNAME = "website"

# What RDS refuses in a password, and what shells and option files would read otherwise.
EXCLUDED = "/@\"'\\ `$"


def build(context: Context, teardown: str) -> secretsmanager.Secret:
    """Return the secret, which stays unless nothing is left of the database.

    Not RDS's own managed one: that does not go with read replicas.
    """
    return secretsmanager.Secret(
        context.id(SECRET),
        Description=context.title("database: master user"),
        GenerateSecretString=secretsmanager.GenerateSecretString(
            SecretStringTemplate=f'{{"username":"{USERNAME}"}}',
            GenerateStringKey="password",
            PasswordLength=32,
            ExcludeCharacters=EXCLUDED,
        ),
        **store_policies(DELETE if teardown == DELETE else RETAIN, RETAIN),
        Tags=macro_tag(context),
    )


def value(context: Context, key: str) -> AWSHelperFn:
    """Return one value of the secret, as CloudFormation puts it where it is needed."""
    return Sub(f"{{{{resolve:secretsmanager:${{{context.id(SECRET)}}}:SecretString:{key}}}}}")


def attachment(context: Context, instance: str) -> secretsmanager.SecretTargetAttachment:
    """Return what completes the secret with the instance's host and port."""
    return secretsmanager.SecretTargetAttachment(
        context.id("DatabaseSecretAttachment"),
        SecretId=Ref(context.id(SECRET)),
        TargetId=Ref(instance),
        TargetType="AWS::RDS::DBInstance",
    )


def rotation(context: Context, days: int, attached: str) -> secretsmanager.RotationSchedule:
    """Return the rotation, every so many days; it needs a secret that names its instance."""
    return secretsmanager.RotationSchedule(
        context.id(f"{SECRET}Rotation"),
        DependsOn=attached,
        SecretId=Ref(context.id(SECRET)),
        RotationLambdaARN=context.installed("DatabaseSecretFunctionArn"),
        RotationRules=secretsmanager.RotationRules(AutomaticallyAfterDays=days),
        # A stack update is no reason for another password.
        RotateImmediatelyOnUpdate=False,
    )
