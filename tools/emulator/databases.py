"""RDS instances as on AWS: replicas, managed passwords, deletion protection, and a new password that takes its time.

ministack makes a replica an independent database, has no pending passwords, and changes one at once.
"""

import json
import threading
from typing import Any

from ministack.core.responses import new_uuid  # type: ignore[import-not-found]
from ministack.services import rds, secretsmanager  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

TYPE = "AWS::RDS::DBInstance"
PASSWORD_SECONDS = 4.0
_INHERITED = ("Engine", "EngineVersion", "LicenseModel", "AllocatedStorage", "MasterUsername", "DBName")


def register() -> None:
    """Wrap the type's handlers, the change of an instance, and what an attached secret learns of it."""
    own_modify, own_connection = rds._modify_db_instance, provisioners._sm_target_connection
    rds._ACTION_MAP["ModifyDBInstance"] = lambda params: _modify(params, own_modify)
    provisioners._sm_target_connection = lambda kind, name: {
        **own_connection(kind, name),
        **({"dbInstanceIdentifier": name} if kind == TYPE else {}),
    }
    handlers = provisioners._RESOURCE_HANDLERS[TYPE]
    own_create, own_update, own_delete = handlers["create"], handlers["update"], handlers["delete"]

    def create(logical_id: str, props: Json, stack: str) -> tuple[str, Json]:
        source = _source(props)
        name, attributes = own_create(logical_id, props, stack)
        return name, {**attributes, **_complete(name, props, source)}

    def update(name: str, old: Json, new: Json, *arguments: Any) -> tuple[str, Json]:
        source = _source(new)
        new_name, attributes = own_update(name, old, new, *arguments)
        return new_name, {**attributes, **_complete(new_name, new, source)}

    def delete(name: str, props: Json) -> None:
        instance = rds._instances.get(name, {})
        if instance.get("DeletionProtection"):
            raise ValueError("Cannot delete protected DB Instance, please disable deletion protection and try again.")
        if instance.get("_managed_secret"):
            request = {"SecretId": instance["_managed_secret"], "ForceDeleteWithoutRecovery": True}
            secretsmanager._delete_secret(request)
        source = rds._instances.get(instance.get("ReadReplicaSourceDBInstanceIdentifier"), {})
        if name in source.get("ReadReplicaDBInstanceIdentifiers", []):
            source["ReadReplicaDBInstanceIdentifiers"].remove(name)
        own_delete(name, props)

    handlers.update(create=create, update=update, delete=delete)


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
        reported.pop("MasterUserPassword")
        instance["DBInstanceStatus"] = "available"

    timer = threading.Timer(PASSWORD_SECONDS, in_force)
    timer.daemon = True
    timer.start()
    return answer


def _source(props: Json) -> Json:
    """Return the instance that a replica is made of; raise where RDS makes none."""
    if not props.get("SourceDBInstanceIdentifier"):
        return {}
    identifier = str(props["SourceDBInstanceIdentifier"]).rpartition(":")[2]
    source: Json | None = rds._instances.get(identifier)
    if source is None:
        raise ValueError(f"DBInstance {identifier} not found.")
    if not source.get("BackupRetentionPeriod"):
        raise ValueError("Automated backups are not enabled for this database instance.")
    if source.get("_managed_secret") and "sqlserver" not in source["Engine"]:
        raise ValueError("You can't create a read replica of an instance whose master password RDS manages.")
    return source


def _complete(name: str, props: Json, source: Json) -> Json:
    """Put on an instance's record what its properties say, and return its attributes."""
    instance = rds._instances[name]
    if source:
        instance.update({field: source[field] for field in _INHERITED if field in source})
        instance["Endpoint"]["Port"] = props.get("Port") or source["Endpoint"]["Port"]
        instance["ReadReplicaSourceDBInstanceIdentifier"] = source["DBInstanceIdentifier"]
        replicas = source.setdefault("ReadReplicaDBInstanceIdentifiers", [])
        if name not in replicas:
            replicas.append(name)
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
