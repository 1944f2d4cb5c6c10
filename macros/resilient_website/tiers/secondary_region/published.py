"""What the primary half publishes in the copy's Region: parameters in Parameter Store, one a value.

Their names have the stack's and the site's name, which are the same in both Regions. So the copy can compute them.
"""

from collections.abc import Mapping
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Split, Sub, ssm

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import Statement
from resilient_website.context import Context
from resilient_website.tiers.database import Database

# The beginning of the parameters' names, before the stack's and the site's.
ROOT = "/resilient-website"

# The names of the values: the copy's attributes of Custom::PrimaryHalf.
PRIMARY_REGION = "PrimaryRegion"
DATABASE_ARN = "DatabaseArn"
DATABASE_SECRET_ARN = "DatabaseSecretArn"  # noqa: S105 (the name of a value)
ORIGIN_SECRET_ARN = "OriginSecretArn"  # noqa: S105 (the name of a value)
ASSETS_BUCKET = "AssetsBucket"
FALLBACK_BUCKET = "FallbackBucket"
DISTRIBUTION_ID = "DistributionId"
DISTRIBUTION_DOMAIN_NAME = "DistributionDomainName"
HEALTH_CHECK_ID = "HealthCheckId"

# Of a site whose visitors are led by a value in a key value store: its ARN, and the site's main name.
SWITCH_STORE_ARN = "SwitchStoreArn"
MAIN_NAME = "DomainName"

# What the copy publishes beside it, for the primary half: its database, or that it is there; and its VPC origin.
COPY_DATABASE_ARN = "CopyDatabaseArn"
COPY_REGION = "CopyRegion"
COPY_VPC_ORIGIN_ID = "CopyVpcOriginId"

# Attributes of the site that only the primary half has resources for; the copy's attributes have the same values.
OF_THE_SITE = (FALLBACK_BUCKET, DISTRIBUTION_ID, DISTRIBUTION_DOMAIN_NAME, HEALTH_CHECK_ID)

# A parameter of the stack there: the name of the stack here.
STACK_NAME = "StackName"

# CloudFormation's actions on a parameter. Source: the handlers in the resource schema of AWS::SSM::Parameter.
PARAMETER_ACTIONS = [
    f"ssm:{action}"
    for action in (
        *("PutParameter", "GetParameters", "DeleteParameter"),
        *("AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource"),
    )
]


def of_primary(
    there: str | None,
    here: str,
    database: Database | None,
    origin_secret: str | None,
    attributes: Mapping[str, Any],
    switched: Mapping[str, Value],
) -> dict[str, Value]:
    """Return what the primary half publishes for its copy `there`, but for the assets' bucket; nothing without a copy.

    `origin_secret` is the logical id of the secret header; `attributes` are those of the site; `switched` is what a
    switch needs besides.
    """
    if there is None:
        return {}
    values: dict[str, Value] = {PRIMARY_REGION: Ref("AWS::Region")}
    if database is not None:
        values[DATABASE_ARN] = GetAtt(database.primary, "DBInstanceArn")
        values[DATABASE_SECRET_ARN] = in_region(database.secret_arn, here, there)
    if origin_secret is not None:
        values[ORIGIN_SECRET_ARN] = in_region(Ref(origin_secret), here, there)
    return values | {name: attributes[name] for name in OF_THE_SITE} | dict(switched)


def names(*, database: bool, origin_secret: bool, switch_store: bool) -> list[str]:
    """Return the names of what is published."""
    needed = {
        DATABASE_ARN: database,
        DATABASE_SECRET_ARN: database,
        ORIGIN_SECRET_ARN: origin_secret,
        SWITCH_STORE_ARN: switch_store,
        MAIN_NAME: switch_store,
    }
    return [PRIMARY_REGION, *(name for name, given in needed.items() if given), *OF_THE_SITE, ASSETS_BUCKET]


def path(context: Context) -> AWSHelperFn:
    """Return the path of the site's values, the same in both halves."""
    return Sub(f"{ROOT}/${{AWS::StackName}}/{context.site}")


def parameters(context: Context, names: Mapping[str, Value]) -> list[AWSObject]:
    """Return the parameters for the stack there, whose own parameters have the values' names."""
    return [
        ssm.Parameter(
            context.id(f"Published{name}"),
            Name=Join("/", [ROOT, Ref(STACK_NAME), context.site, name]),
            Type="String",
            Description=f"Read by the copy of the site {context.site} in this Region",
            Value=Ref(name),
        )
        for name in names
    ]


def name_of_copy(*, database: bool) -> str:
    """Return the name of the value that says that the copy is there, of a site with a database or without one."""
    return COPY_DATABASE_ARN if database else COPY_REGION


def of_copy(context: Context, database: Database | None, group: str, vpc_origin: str | None) -> tuple[AWSObject, ...]:
    """Return the parameters that the primary half reads.

    They are the ARN of the copy's database, or else its Region, and the id of its VPC origin, if it has one. `group`
    is the logical id of its servers, which exist before the Region is published.
    """
    there: Value = Ref("AWS::Region") if database is None else GetAtt(database.primary, "DBInstanceArn")
    values = {name_of_copy(database=database is not None): there}
    if vpc_origin is not None:
        values[COPY_VPC_ORIGIN_ID] = GetAtt(vpc_origin, "Id")
    return tuple(
        ssm.Parameter(
            context.id(f"Published{name}"),
            Name=Sub(f"{ROOT}/${{AWS::StackName}}/{context.site}/{name}"),
            Type="String",
            Description=f"Read by the primary half of the site {context.site}",
            Value=value,
            **({"DependsOn": [group]} if name == COPY_REGION else {}),
        )
        for name, value in values.items()
    )


def may_publish(context: Context, region: str) -> Statement:
    """Return the right of CloudFormation to manage these parameters, and no others."""
    arn = f"arn:${{AWS::Partition}}:ssm:{region}:${{AWS::AccountId}}:parameter{ROOT}/${{AWS::StackName}}/{context.site}"
    return allow(PARAMETER_ACTIONS, Sub(f"{arn}/*"))


def in_region(arn: AWSHelperFn, here: str, there: str) -> AWSHelperFn:
    """Return the ARN of a secret's replica: the secret's, with the other Region."""
    return Join(f":{there}:", Split(f":{here}:", arn))
