"""The master user's credentials: generated, completed with the instance's address, and rotated if wanted."""

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, secretsmanager

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.functions.rotation import rotation as rotate
from resilient_website.tiers.teardown import DELETE, RETAIN, store_policies

SECRET = "DatabaseSecret"  # noqa: S105 (the end of a logical id)

USERNAME = "website"

# What RDS refuses in a password, and what shells and option files would read otherwise.
EXCLUDED = "/@\"'\\ `$"


FUNCTION = FunctionKind(
    "DatabaseSecret",
    "database_secret",
    "Rotates the database's password",
    # RDS puts a new password in force within a minute or so; a busy instance takes longer.
    timeout=600,
    statements=(
        ask_own_stack("ListStackResources"),
        # IAM knows no resource for it.
        allow("secretsmanager:GetRandomPassword", "*"),
    ),
    invoked_by="secretsmanager.amazonaws.com",
    failure=(
        "The database password was not rotated. Secrets Manager will retry. If RDS already uses the new password, "
        "new connections fail until a retry succeeds.",
        "Read the function's log group.",
    ),
)


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


def rotation(context: Context, days: int, instance: str, attached: str) -> tuple[AWSObject, ...]:
    """Return the rotation, every so many days; `attached` completes the secret with the instance that it is for."""
    on_instance = allow(["rds:DescribeDBInstances", "rds:ModifyDBInstance"], GetAtt(instance, "DBInstanceArn"))
    return rotate(context, FUNCTION, SECRET, days, [on_instance], [attached])
