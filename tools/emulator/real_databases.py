"""MariaDB servers behind DB instances of RDS: they replicate, lag and are promoted as RDS's records say.

`PUT /_emulator/real-databases` with a JSON object: an instance's ARN, and the socket and the port of a MariaDB on this
machine whose `root` needs no password and whose user `replication` (password `secret`) may replicate. For a source and
its replica, it starts replication between their servers, and the replica rejects writes. The object replaces the one
before; running replication continues. With a `user`, that one's password follows the instance's master password.
"""

import json
import subprocess
from typing import Any

from ministack.services import rds  # type: ignore[import-not-found]

from tools.emulator import replica_lag, replicas

Json = dict[str, Any]

PATH = "/_emulator/real-databases"
USER, PASSWORD = "replication", "secret"

_servers: dict[str, Json] = {}

# The parameter group of MySQL has read_only={TrueIfReplica}.
_REPLICATE = """
CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={port}, MASTER_USER='{user}', MASTER_PASSWORD='{password}',
  MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1;
START SLAVE;
SET GLOBAL read_only=1;
"""
_PROMOTE = "STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only=0;"


def register() -> None:
    """Wrap promotions, and the lag of replicas."""
    own_promote, own_lag = replicas.promote, replica_lag.of

    def promote(instance: Json, retention: int | None) -> None:
        own_promote(instance, retention)
        server = _servers.get(instance["DBInstanceArn"])
        if server:
            _sql(server, _PROMOTE)

    def lag(name: str, replica: Json) -> float:
        server = _servers.get(replica["DBInstanceArn"])
        return _lag(server) if server else own_lag(name, replica)

    replicas.promote, replica_lag.of = promote, lag
    own_modify = rds._ACTION_MAP["ModifyDBInstance"]

    def modify(params: Json) -> Any:
        answer = own_modify(params)
        server = behind(rds._resolve_instance(rds._p(params, "DBInstanceIdentifier")) or {})
        password = rds._p(params, "MasterUserPassword")
        if server and server.get("user") and password and answer[0] == 200:
            _sql(server, f"ALTER USER {server['user']}@'%' IDENTIFIED BY '{password}'")
        return answer

    rds._ACTION_MAP["ModifyDBInstance"] = modify


def behind(instance: Json) -> Json | None:
    """Return the server behind an instance, if there is one."""
    return _servers.get(instance.get("DBInstanceArn", ""))


def rename(old: str, new: str) -> None:
    """Let the server of an ARN serve another one, of the same instance under another name."""
    if old in _servers:
        _servers[new] = _servers.pop(old)


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take the servers from the body of a request, and let those replicate that should; return the response."""
    _servers.clear()
    _servers.update(json.loads(body))
    for (_account, _region, _name), instance in list(rds._instances._data.items()):
        server = _servers.get(instance["DBInstanceArn"])
        source = _servers.get(instance.get("ReadReplicaSourceDBInstanceIdentifier", ""))
        if server and source and not _status(server):
            _sql(server, _REPLICATE.format(port=int(source["port"]), user=USER, password=PASSWORD))
    return 204, {}, b""


def _lag(server: Json) -> float:
    """Return the seconds by which a replica is behind; -1 if it is unknown, as for a replica without its source."""
    seconds = _status(server).get("Seconds_Behind_Master", "NULL")
    return -1.0 if seconds == "NULL" else float(seconds)


def _status(server: Json) -> dict[str, str]:
    lines = _sql(server, "SHOW SLAVE STATUS\\G").splitlines()
    return {name.strip(): value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}


def _sql(server: Json, text: str) -> str:
    command = ["mariadb", "--no-defaults", f"--socket={server['socket']}", "--user=root", "--execute", text]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
