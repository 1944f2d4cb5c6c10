"""Updates that would cost a store are refused: by a custom resource that every store waits for.

CloudFormation itself replaces a store without a question when a property changes that can't change in place, and
deletes one that left the template. The custom resource is told what each store is made of. When that changes, it is the
first to learn of it; it fails, and CloudFormation rolls the update back before it has come to the store.
"""

import json
from collections.abc import Mapping
from typing import Any

from troposphere import AWSHelperFn
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.references import depends_on
from resilient_website.context import Context
from resilient_website.facts.store_identity import IDENTITY
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.reading.compact_resource import is_store

Json = dict[str, Any]

# Three runs of the function, a minute each, with one and two minutes between them: what Lambda tries. Without it the
# stack would wait for an hour. Source: "How Lambda handles errors and retries with asynchronous invocation".
ANSWER_SECONDS = 420

# The update policy under which the number of shards changes in place. Source: "UpdatePolicy attribute".
RESHARDING = "UseOnlineResharding"


FUNCTION = FunctionKind(
    "UpdateProtection",
    "update_protection",
    "Refuses an update that would replace or delete a database, a cache or a bucket of this stack",
    timeout=60,
    # Whether an update goes forward or back, only its stack knows.
    statements=(ask_own_stack("DescribeStacks"),),
)


class UpdateProtection(AWSCustomObject):
    """The custom resource that refuses updates (custom_resources/update_protection)."""

    resource_type = "Custom::UpdateProtection"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, True),
        "Enabled": ((bool, AWSHelperFn), True),
        "Stores": (dict, True),
    }


def protected(context: Context, definitions: Mapping[str, Json], *, enabled: Value) -> dict[str, Json]:
    """Return a site's resources with what protects its stores, for which they wait.

    It is there without protection too, since what the stack had before an update decides. It learns the deletion
    policies, as what is retained is not lost when it leaves the template.
    """
    stores = {
        name: _identity(body) for name, body in definitions.items() if body["Type"] in IDENTITY and is_store(body)
    }
    title = context.id("UpdateProtection")
    guard = UpdateProtection(
        title,
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=ANSWER_SECONDS,
        Enabled=enabled,
        Stores=stores,
    )
    waiting = {name: _after(body, title) if name in stores else body for name, body in definitions.items()}
    return {**waiting, title: encoded(guard)}


def _identity(definition: Json) -> Json:
    properties = definition.get("Properties", {})
    # References to secrets are left out: CloudFormation would put their values in.
    known = {
        name: properties[name]
        for name in IDENTITY[definition["Type"]]
        if name in properties and not _is_secret(properties[name])
    }
    # A cache of several shards that is to have none again is replaced: without this policy their number can't change.
    policies = {key: True for key, value in definition.get("UpdatePolicy", {}).items() if key == RESHARDING and value}
    return {
        "Type": definition["Type"],
        "DeletionPolicy": definition.get("DeletionPolicy", "Delete"),
        **policies,
        **known,
        **_of_caches(definition["Type"], properties),
    }


def _of_caches(type_name: str, properties: Json) -> Json:
    """Return what else makes a cache another one: whether it has a token, and nodes whose zones are not named.

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
