"""Which actions a policy can limit to a stack's own resources by their names, and for which types' handlers.

Source: "Actions, resources, and condition keys for AWS services" in the Service Authorization Reference; the tests
compare these with a copy of it.
"""

from collections.abc import Iterable, Mapping

INVOKE, PASS_ROLE, GET_SECRET = "lambda:InvokeFunction", "iam:PassRole", "secretsmanager:GetSecretValue"
LINKED_ROLE = "iam:CreateServiceLinkedRole"
GET_PARAMETERS = "ssm:GetParameters"


def _of(service: str, *names: str) -> frozenset[str]:
    return frozenset(f"{service}:{name}" for name in names)


# On a role, on condition that it has a certain permissions boundary.
BOUNDED = _of(
    "iam",
    "AttachRolePolicy",
    "CreateRole",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
)
UNBOUND = "iam:DeleteRolePermissionsBoundary"
ON_ROLES = _of(
    "iam",
    "DeleteRole",
    "GetRolePolicy",
    "ListAttachedRolePolicies",
    "ListRolePolicies",
    "TagRole",
    "UntagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
    "UpdateRoleDescription",
)
ON_PROFILES = _of(
    "iam",
    "AddRoleToInstanceProfile",
    "CreateInstanceProfile",
    "DeleteInstanceProfile",
    "GetInstanceProfile",
    "RemoveRoleFromInstanceProfile",
)
# What a service does with a key for its caller, who does not call it directly.
BY_SERVICES = _of("kms", "CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey", "RetireGrant")

# The handlers of these types act on the function, bucket or secret itself, except for a few actions.
FUNCTION_TYPES = (
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
)
NOT_ON_A_FUNCTION = _of("lambda", "GetCodeSigningConfig", "GetLayerVersion", "PassCapacityProvider")
BUCKET_TYPES = ("AWS::EC2::FlowLog", "AWS::S3::Bucket", "AWS::S3::BucketPolicy")
SECRET_TYPES = (
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
)
NOT_ON_A_SECRET = _of("secretsmanager", "GetRandomPassword")
# Of types whose hosted zone the template names or creates.
ON_ZONES = _of("route53", "ChangeResourceRecordSets")
CODE_TYPES = ("AWS::Lambda::Function", "AWS::Lambda::LayerVersion")
CODE = _of("s3", "GetObject", "GetObjectVersion")


def on_functions(type_name: str, actions: Iterable[str]) -> set[str]:
    """Return those of a type's actions that are on a function of the stack."""
    mine = _with_prefix("lambda:", actions) if type_name in FUNCTION_TYPES else set()
    return (mine - NOT_ON_A_FUNCTION) | ({INVOKE} & set(actions))


def on_buckets(type_name: str, actions: Iterable[str]) -> set[str]:
    """Return those of a type's actions that are on a bucket which the template names."""
    return _with_prefix("s3:", actions) if type_name in BUCKET_TYPES else set()


def on_secrets(type_name: str, actions: Iterable[str]) -> set[str]:
    """Return those of a type's actions that are on a secret which the template names."""
    return _with_prefix("secretsmanager:", actions) - NOT_ON_A_SECRET if type_name in SECRET_TYPES else set()


def elsewhere(by_type: Mapping[str, frozenset[str]]) -> set[str]:
    """Return the actions, of all types, that no name limits."""
    by_name = {*BOUNDED, *ON_ROLES, *ON_PROFILES, *BY_SERVICES, *ON_ZONES, PASS_ROLE, LINKED_ROLE, UNBOUND}
    left: set[str] = set()
    for kind, actions in by_type.items():
        scoped = {*on_functions(kind, actions), *on_buckets(kind, actions), *on_secrets(kind, actions)}
        left |= actions - by_name - scoped - (CODE if kind in CODE_TYPES else frozenset())
    return left


def _with_prefix(prefix: str, actions: Iterable[str]) -> set[str]:
    return {action for action in actions if action.startswith(prefix)}
