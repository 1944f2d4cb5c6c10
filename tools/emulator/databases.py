"""RDS instances as on AWS: replicas, managed passwords, deletion protection, and a new password that takes its time.

ministack makes a replica an independent database, has no pending passwords, and changes one at once. What an update
makes of a source (removed: a promotion; another or a new one: a replacement) is in ImmutabilityHelper.java and
UpdateHandler.java of the type's handler, github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds.
"""

import json
import threading
from collections.abc import Callable
from typing import Any

from ministack.core.responses import new_uuid  # type: ignore[import-not-found]
from ministack.services import rds, secretsmanager  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

from tools.emulator import automated_backups, drift, replicas

Json = dict[str, Any]

TYPE = "AWS::RDS::DBInstance"
# A new password takes effect after PASSWORD_SECONDS, or SEEN_SECONDS after a client has seen that it is pending.
PASSWORD_SECONDS, SEEN_SECONDS = 2.0, 0.3
# What puts a pending password in force, by the instance's ARN.
_pending: dict[str, threading.Timer] = {}
# Another one, or one where there was none, is another database.
_SOURCES = (
    *("SourceDBInstanceIdentifier", "SourceDBInstanceAutomatedBackupsArn", "SourceDbiResourceId"),
    *("RestoreTime", "DBSnapshotIdentifier"),
)


def register() -> None:
    """Wrap the type's handlers, the change of an instance, and what an attached secret learns of it."""
    own_modify, own_connection = rds._modify_db_instance, provisioners._sm_target_connection
    own_describe = rds._describe_db_instances
    rds._ACTION_MAP["ModifyDBInstance"] = lambda params: _modify(params, own_modify)
    rds._ACTION_MAP["DescribeDBInstances"] = lambda params: _describe(params, own_describe)
    provisioners._sm_target_connection = lambda kind, name: {
        **own_connection(kind, name),
        **({"dbInstanceIdentifier": name} if kind == TYPE else {}),
    }
    handlers = provisioners._RESOURCE_HANDLERS[TYPE]
    own_create, own_update, own_delete = handlers["create"], handlers["update"], handlers["delete"]
    own_snapshot = handlers["snapshot"]

    def create(logical_id: str, props: Json, stack: str) -> tuple[str, Json]:
        source, restored = replicas.source_of(props), automated_backups.restored(props)
        name, attributes = own_create(logical_id, props, stack)
        instance = rds._instances[name]
        instance.update(restored)
        if source:
            replicas.attach(instance, source, props)
        if any(props.get(field) for field in automated_backups.PROPERTIES):
            automated_backups.replicate(instance, props)
        return name, {**attributes, **_complete(name, props)}

    def update(name: str, old: Json, new: Json, *arguments: Any) -> tuple[str, Json]:
        old = drift.as_it_is(name, old)
        if any(new.get(field) and new[field] != old.get(field) for field in _SOURCES):
            replaced: tuple[str, Json] = provisioners._replace_resource(TYPE, name, old, new, *arguments)
            return replaced
        if old.get(_SOURCES[0]) and not new.get(_SOURCES[0]):
            replicas.promote(rds._instances[name], int(new.get("BackupRetentionPeriod", 1)))
        new_name, attributes = own_update(name, old, new, *arguments)
        if any(new.get(field) != old.get(field) for field in automated_backups.PROPERTIES):
            automated_backups.replicate(rds._instances[new_name], new)
        return new_name, {**attributes, **_complete(new_name, new)}

    def delete(name: str, props: Json) -> None:
        instance = rds._instances.get(name, {})
        if instance.get("DeletionProtection"):
            raise ValueError("Cannot delete protected DB Instance, please disable deletion protection and try again.")
        if instance.get("_managed_secret"):
            request = {"SecretId": instance["_managed_secret"], "ForceDeleteWithoutRecovery": True}
            secretsmanager._delete_secret(request)
        if instance:
            replicas.forget(instance)
            automated_backups.stop(instance)
        own_delete(name, props)

    def snapshot(name: str, props: Json) -> None:
        # The handler asks for no final snapshot of a replica, whatever the DeletionPolicy.
        if not replicas.is_replica(rds._instances.get(name, {})):
            own_snapshot(name, props)

    handlers.update(create=create, update=update, delete=delete, snapshot=snapshot)


def _modify(params: Json, own_modify: Any) -> Any:
    """Change an instance; a new password is pending for a while, in which no other change is taken."""
    instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
    if not instance or not rds._p(params, "MasterUserPassword"):
        return own_modify(params)
    if instance["DBInstanceStatus"] != "available":
        return rds._error("InvalidDBInstanceState", "The DB instance is not in a valid state.", 400)
    own_modify(params)
    reported = instance["PendingModifiedValues"] = {**instance["PendingModifiedValues"], "MasterUserPassword": "****"}
    answer = rds._single_instance_response("ModifyDBInstanceResponse", "ModifyDBInstanceResult", instance)
    instance["DBInstanceStatus"] = "resetting-master-credentials"

    def in_force() -> None:
        if reported.pop("MasterUserPassword", None):
            instance["DBInstanceStatus"] = "available"

    _pending[instance["DBInstanceArn"]] = _timer(PASSWORD_SECONDS, in_force)
    return answer


def _describe(params: Json, own_describe: Any) -> Any:
    """Describe instances: who has seen that a password is pending need not wait for the rest of its time."""
    answer = own_describe(params)
    for instance in rds._instances.values():
        if timer := _pending.pop(instance["DBInstanceArn"], None):
            timer.cancel()
            _timer(SEEN_SECONDS, timer.function)
    return answer


def _timer(seconds: float, function: Callable[..., object]) -> threading.Timer:
    """Start a timer, and return it."""
    timer = threading.Timer(seconds, function)
    timer.daemon = True
    timer.start()
    return timer


def _complete(name: str, props: Json) -> Json:
    """Put on an instance's record what its properties say, and return its attributes."""
    instance = rds._instances[name]
    managed = str(props.get("ManageMasterUserPassword", "")).lower() == "true"
    if managed and not instance.get("_managed_secret"):
        value = {"username": instance["MasterUsername"], "password": new_uuid()}
        request = {"Name": f"rds!db-{new_uuid()}", "SecretString": json.dumps(value)}
        _, _, body = secretsmanager._create_secret(request)
        instance["_managed_secret"] = json.loads(body)["ARN"]
    secret = instance.get("_managed_secret")
    return {
        "Endpoint.Port": str(instance["Endpoint"]["Port"]),
        "Endpoint.HostedZoneId": instance["Endpoint"].get("HostedZoneId", ""),
        **({"MasterUserSecret.SecretArn": secret} if secret else {}),
    }
