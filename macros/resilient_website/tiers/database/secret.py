"""The master user's credentials: generated, attached to the instance, and optionally rotated."""

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, secretsmanager

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.functions.rotation import replicated
from resilient_website.functions.rotation import rotation as rotate
from resilient_website.tiers.teardown import DELETE, RETAIN, store_policies

SECRET = "DatabaseSecret"  # noqa: S105 (the end of a logical id)

USERNAME = "website"

# Characters that RDS rejects in a password, or that shells and option files would interpret.
EXCLUDED = "/@\"'\\ `$"


FUNCTION = FunctionKind(
    "DatabaseSecret",
    "database_secret",
    "Rotates the database's password",
    # RDS applies a new password within about a minute; a busy instance takes longer.
    timeout=600,
    statements=(
        ask_own_stack("ListStackResources"),
        # IAM supports no resource-level permissions for it.
        allow("secretsmanager:GetRandomPassword", "*"),
    ),
    invoked_by="secretsmanager.amazonaws.com",
    failure=(
        "The database password was not rotated. Secrets Manager will retry. If RDS already uses the new password, "
        "new connections fail until a retry succeeds.",
        "Read the function's log group.",
    ),
)


def build(context: Context, teardown: str, copied_to: str | None = None) -> secretsmanager.Secret:
    """Return the secret, which is retained unless the database is deleted without a snapshot.

    `copied_to` is the Region of the site's copy, which has a replica of it.

    Not a secret managed by RDS, which is incompatible with read replicas.
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
        **replicated(copied_to),
        **store_policies(DELETE if teardown == DELETE else RETAIN, RETAIN),
    )


def value(context: Context, key: str) -> AWSHelperFn:
    """Return a dynamic reference to one value of the secret."""
    return Sub(f"{{{{resolve:secretsmanager:${{{context.id(SECRET)}}}:SecretString:{key}}}}}")


def attachment(context: Context, instance: str) -> secretsmanager.SecretTargetAttachment:
    """Return the attachment that adds the instance's host and port to the secret."""
    return secretsmanager.SecretTargetAttachment(
        context.id("DatabaseSecretAttachment"),
        SecretId=Ref(context.id(SECRET)),
        TargetId=Ref(instance),
        TargetType="AWS::RDS::DBInstance",
    )


def rotation(context: Context, days: int, instance: str, attached: str) -> tuple[AWSObject, ...]:
    """Return the rotation schedule; `attached` is the attachment of the secret to its instance."""
    on_instance = allow(["rds:DescribeDBInstances", "rds:ModifyDBInstance"], GetAtt(instance, "DBInstanceArn"))
    return rotate(context, FUNCTION, SECRET, days, [on_instance], [attached])
