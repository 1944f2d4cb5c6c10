"""Replicas of secrets in other Regions: how they end, which ministack does not know.

It replicates values, and refuses changes of a replica. Sources: "RemoveRegionsFromReplication",
"StopReplicationToReplica" and "DeleteSecret" in the Secrets Manager API reference.
"""

import json
from typing import Any

from ministack.core.responses import (  # type: ignore[import-not-found]
    error_response_json,
    get_account_id,
    json_response,
)
from ministack.services import secretsmanager  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

OPERATIONS = ("RemoveRegionsFromReplication", "StopReplicationToReplica", "DeleteSecret")


def register() -> None:
    """Wrap the service's requests, and the update of the resource type."""
    own_request = secretsmanager.handle_request

    async def handle_request(method: str, path: str, headers: Json, body: bytes, query: Json) -> Any:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        data = json.loads(body) if operation in OPERATIONS else {}
        answer = _answer(operation, data, secretsmanager._resolve(data["SecretId"])[1]) if data else None
        return answer or await own_request(method, path, headers, body, query)

    secretsmanager.handle_request = handle_request
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    own_update = handlers["update"]

    def update(arn: str, old: Json, new: Json, *arguments: Any) -> Any:
        updated = own_update(arn, old, new, *arguments)
        before, after = ({each["Region"] for each in props.get("ReplicaRegions") or ()} for props in (old, new))
        secret = secretsmanager._resolve(arn)[1]
        if secret and updated[0] == arn:
            _remove(secret, before - after)
        return updated

    handlers["update"] = update


def _answer(operation: str, data: Json, secret: Json | None) -> Any:
    """Return the response to an operation on a secret, or nothing where ministack's own is right."""
    if secret is None:
        return None
    if operation == "DeleteSecret":
        return _refused("You can't delete a primary secret with replicas.") if secret["ReplicationStatus"] else None
    if operation == "RemoveRegionsFromReplication":
        if secretsmanager._is_replica(secret):
            return secretsmanager._replica_mutation_error()
        _remove(secret, set(data["RemoveReplicaRegions"]))
        return json_response({"ARN": secret["ARN"], "ReplicationStatus": secret["ReplicationStatus"]})
    if not secretsmanager._is_replica(secret):
        return _refused("The secret is not a replica.")
    secretsmanager._unlink_from_primary(secret)
    del secret["_PrimarySecretArn"], secret["_PrimaryRegion"]
    return json_response({"ARN": secret["ARN"]})


def _remove(secret: Json, regions: set[str]) -> None:
    gone = [status for status in secret["ReplicationStatus"] if status["Region"] in regions]
    secret["ReplicationStatus"] = [status for status in secret["ReplicationStatus"] if status not in gone]
    for status in gone:
        replica = secretsmanager._secrets.get_scoped(get_account_id(), status["Region"], secret["Name"])
        if replica and replica.get("_PrimarySecretArn") == secret["ARN"]:
            secretsmanager._secrets.pop_scoped(get_account_id(), status["Region"], secret["Name"], None)


def _refused(message: str) -> Any:
    return error_response_json("InvalidRequestException", message, 400)
