"""What the halves know about each other: a custom resource reads it in the copy's Region, where both publish.

The copy reads in its own Region. The primary half reads while the copy is the active half, so that its servers do not
stop before there is a copy, and to know the database that its own one replicates. It also reads the copy's VPC origin,
for CloudFront.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, rights
from resilient_website.tiers.database import Database
from resilient_website.tiers.secondary_region.published import ROOT, path

# The ends of the custom resource's logical ids: in the copy, and in the primary half.
PRIMARY_HALF = "PrimaryHalf"
SECONDARY_HALF = "SecondaryHalf"

FUNCTION = FunctionKind(
    "PrimaryHalf",
    "primary_half",
    "Tells the halves of this stack's sites about each other",
    timeout=60,
    statements=(
        allow(
            "ssm:GetParametersByPath",
            Sub(
                f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter{ROOT}/${{AWS::StackName}}/*"
            ),
        ),
    ),
)


class PrimaryHalf(AWSCustomObject):
    """The custom resource whose attributes are the published values (custom_resources/primary_half)."""

    resource_type = "Custom::PrimaryHalf"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, True),
        "Path": ((str, AWSHelperFn), True),
        "Names": ([str], True),
        "Digest": (str, False),
        "Region": (str, False),
        "PromotedDatabase": (bool, False),
    }


class ReplicatedDatabase(AWSCustomObject):
    """The custom resource that refuses to be deleted while the other half replicates the database."""

    resource_type = "Custom::ReplicatedDatabase"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, True),
        "Database": ((str, AWSHelperFn), True),
    }


def guard(context: Context, database: Database, waits_for: Sequence[str]) -> tuple[AWSObject, ...]:
    """Return what refuses the deletion of a half while the other one replicates its database.

    Its deletion is the first: it depends on `waits_for`, the ends of the site.
    """
    asks = allow("rds:DescribeDBInstances", GetAtt(database.primary, "DBInstanceArn"))
    right = rights(context, "ReplicatedDatabasePolicy", FUNCTION.role, [asks])
    guarded = ReplicatedDatabase(
        context.id("ReplicatedDatabase"),
        DependsOn=[right.title, *waits_for],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=FUNCTION.answer_seconds,
        Database=Ref(database.primary),
    )
    return right, guarded


class Primary(NamedTuple):
    """The primary half as the copy sees it: the values that it publishes, by their names."""

    logical_id: str

    def value(self, name: str) -> AWSHelperFn:
        """Return a published value."""
        return GetAtt(self.logical_id, name)


def primary(context: Context) -> Primary:
    """Return what the copy's resources refer to."""
    return Primary(context.id(PRIMARY_HALF))


def secondary(context: Context, region: str, names: Sequence[str]) -> tuple[AWSObject, ...]:
    """Return what the primary half reads of its copy in a Region: the right to it, and the custom resource."""
    arn = f"arn:${{AWS::Partition}}:ssm:{region}:${{AWS::AccountId}}:parameter{ROOT}/${{AWS::StackName}}/*"
    right = rights(context, "SecondaryHalfPolicy", FUNCTION.role, [allow("ssm:GetParametersByPath", Sub(arn))])
    read = PrimaryHalf(
        context.id(SECONDARY_HALF),
        DependsOn=[right.title],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=FUNCTION.answer_seconds,
        Path=path(context),
        Names=list(names),
        Region=region,
    )
    return right, read


def reading(
    context: Context, names: Sequence[str], readers: Sequence[AWSObject], *, promoted: bool = False
) -> PrimaryHalf:
    """Return the custom resource that reads the values `names`, anew whenever one of its `readers` changes.

    `promoted` is whether the copy's database takes writes: the custom resource refuses to be created then, since RDS
    can only promote a replica that is there.
    """
    content = json.dumps([encoded(reader) for reader in readers], sort_keys=True)
    return PrimaryHalf(
        context.id(PRIMARY_HALF),
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=FUNCTION.answer_seconds,
        Path=path(context),
        Names=list(names),
        Digest=hashlib.sha256(content.encode()).hexdigest()[:16],
        **({"PromotedDatabase": True} if promoted else {}),
    )
