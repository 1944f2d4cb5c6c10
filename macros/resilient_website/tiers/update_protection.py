"""Update protection: a custom resource that all stores depend on refuses updates that would lose a store.

CloudFormation replaces a store without confirmation when a property changes that can't change in place, and deletes one
that was removed from the template. The custom resource has the identity of each store among its properties. When that
changes, it is updated first and fails, and CloudFormation rolls back the update before it reaches the store.

So it does for an update that drops the copy in another Region while one half's database replicates the other's.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, GetAtt
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.references import depends_on
from resilient_website.context import Context
from resilient_website.facts.store_identity import IDENTITY
from resilient_website.functions.kind import FunctionKind, ask_own_stack, rights
from resilient_website.reading.compact_resource import is_store

Json = dict[str, Any]

# The update policy that allows the number of shards to change in place. Source: "UpdatePolicy attribute".
RESHARDING = "UseOnlineResharding"

# A secret waits for the protection too: an update that drops the copy deletes its replica there.
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 (a resource type)


FUNCTION = FunctionKind(
    "UpdateProtection",
    "update_protection",
    "Blocks updates that would replace or delete a database, a cache or a bucket of this stack",
    timeout=60,
    # Only the stack's status shows whether an update is a rollback, and only the stack knows the database's identifier,
    # since the database depends on the protection.
    statements=(ask_own_stack("DescribeStacks", "DescribeStackResource"),),
)


class UpdateProtection(AWSCustomObject):
    """The custom resource that refuses updates (custom_resources/update_protection)."""

    resource_type = "Custom::UpdateProtection"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, True),
        "Enabled": ((bool, AWSHelperFn), True),
        "Stores": (dict, True),
        "Replicas": ([str], False),
        "Copy": (dict, False),
    }


class Copy(NamedTuple):
    """The site's copy in another Region: its Region, and whether it is the active half.

    `database` is the logical id of the database in this half.
    """

    region: str
    database: str
    is_active: bool


def protected(
    context: Context,
    definitions: Mapping[str, Json],
    *,
    enabled: Value,
    replicas: Sequence[str] = (),
    copy: Copy | None = None,
) -> dict[str, Json]:
    """Return a site's resources with update protection, which the stores and the secrets depend on.

    `replicas` are the stores that may become replicas of those in another Region, and lose what they hold. `copy` is
    the copy in another Region of a site with a database, for both halves.
    It exists without protection too, since the setting before an update decides. It also gets the deletion policies,
    since a retained store is not lost when it is removed from the template.
    """
    stores = {
        name: _identity(body) for name, body in definitions.items() if body["Type"] in IDENTITY and is_store(body)
    }
    title = context.id("UpdateProtection")
    guard = UpdateProtection(
        title,
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=FUNCTION.answer_seconds,
        Enabled=enabled,
        Stores=stores,
        **({"Replicas": list(replicas)} if replicas else {}),
        **({"Copy": _as_property(copy)} if copy else {}),
    )
    waiting = {
        name: _after(body, title) if name in stores or body["Type"] == SECRET else body
        for name, body in definitions.items()
    }
    asking = {} if copy is None else _right_to_ask(context, copy)
    return {**waiting, title: encoded(guard), **asking}


def _as_property(copy: Copy) -> Json:
    return {"Region": copy.region, "Database": copy.database, "IsActive": copy.is_active}


def _right_to_ask(context: Context, copy: Copy) -> dict[str, Json]:
    """Return the right to ask RDS about the database. An update that drops the copy removes it last."""
    asks = allow("rds:DescribeDBInstances", GetAtt(copy.database, "DBInstanceArn"))
    policy = rights(context, "UpdateProtectionPolicy", FUNCTION.role, [asks])
    return {policy.title: encoded(policy)}


def _identity(definition: Json) -> Json:
    """Return the properties of a store whose change would replace it, as update protection compares them."""
    properties = definition.get("Properties", {})
    # References to secrets are left out, since CloudFormation would resolve them.
    known = {
        name: properties[name]
        for name in IDENTITY[definition["Type"]]
        if name in properties and not _is_secret(properties[name])
    }
    # Removing all shards of a cache replaces it: without this policy, their number can't change in place.
    policies = {key: True for key, value in definition.get("UpdatePolicy", {}).items() if key == RESHARDING and value}
    return {
        "Type": definition["Type"],
        "DeletionPolicy": definition.get("DeletionPolicy", "Delete"),
        **policies,
        **known,
        **_of_caches(definition["Type"], properties),
    }


def _of_caches(type_name: str, properties: Json) -> Json:
    """Return further properties whose change replaces a cache: whether it has a token, and nodes without zone names.

    Source: "AWS::ElastiCache::ReplicationGroup", AuthToken; "AWS::ElastiCache::CacheCluster", NumCacheNodes.
    """
    if type_name == "AWS::ElastiCache::ReplicationGroup" and "AuthToken" in properties:
        return {"AuthToken": True}
    if type_name == "AWS::ElastiCache::CacheCluster" and "PreferredAvailabilityZones" not in properties:
        return {"NumCacheNodes": properties.get("NumCacheNodes")}
    return {}


def _is_secret(value: object) -> bool:
    """Tell whether a property's value is a dynamic reference to a secret."""
    return "{{resolve:secretsmanager:" in json.dumps(value)


def _after(definition: Json, title: str) -> Json:
    return {**definition, "DependsOn": [*depends_on(definition), title]}
