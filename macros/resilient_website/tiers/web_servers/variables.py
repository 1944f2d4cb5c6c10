"""The variables that every application gets from its site: one table, with their meanings and values."""

import re
from typing import Any, NamedTuple

from troposphere import Join, Ref

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database
from resilient_website.tiers.database.secret import USERNAME
from resilient_website.tiers.files import FOLDER as FILES_FOLDER
from resilient_website.tiers.files import Files

# Valid in shells, systemd and containers. Sources: "Name" in the POSIX Base Definitions, 3.235; systemd.exec(5).
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

FOLDER = "/etc/resilient-website"
DATABASE_PASSWORD = "database-password"  # noqa: S105 (the name of a file)
CACHE_TOKEN = "cache-token"  # noqa: S105 (the name of a file)
DATABASE_CA = "rds-ca.pem"


class Variable(NamedTuple):
    """One variable: its meaning, and the property that it needs (empty: every site has it)."""

    name: str
    meaning: str
    needs: str = ""


PROVIDED = (
    Variable("WEB_PORT", "the port that the application must listen on: `WebServers.Port`"),
    Variable("HEALTH_CHECK_PATH", "the path that it must answer with 200 to 399: `WebServers.HealthCheckPath`"),
    Variable("SITE_NAME", "the name of the stack and of the site in it, for titles and logs"),
    Variable("AWS_REGION", "the Region of the server, for most AWS SDKs"),
    Variable("AWS_DEFAULT_REGION", "the same, for boto3 (the AWS SDK for Python)"),
    Variable("ASSETS_URL", "what the addresses of static assets begin with; it ends with `/`"),
    Variable("DATABASE_HOST", "the database's host name for writing and reading", "Database"),
    Variable("DATABASE_READER_HOST", "the host name for reading; without read replicas, DATABASE_HOST", "Database"),
    Variable("DATABASE_PORT", "the database's port", "Database"),
    Variable("DATABASE_NAME", "the name of the database (schema)", "Database"),
    Variable("DATABASE_USER", "the database's user; not for the sample application", "Database"),
    Variable(
        "DATABASE_PASSWORD_FILE",
        "the file with the user's password, without a line break, updated after a rotation. Root and the group "
        "`resilient-website` can read it; not for the sample application",
        "Database",
    ),
    Variable(
        "DATABASE_CA_FILE",
        "the file with the certificate authorities of Amazon RDS, to verify the database's certificate. A server "
        "without internet access can't download it; not for the sample application",
        "Database",
    ),
    Variable("DATABASE_SECRET_ARN", "the secret in Secrets Manager: JSON with `username` and `password`", "Database"),
    Variable("CACHE_ENGINE", "`valkey`, `redis` or `memcached`", "Cache"),
    Variable("CACHE_HOST", "the cache's host name for writing and reading", "Cache"),
    Variable("CACHE_READER_HOST", "the host name for reading", "Cache"),
    Variable("CACHE_PORT", "the cache's port", "Cache"),
    Variable("CACHE_TLS", "`true`: connections use TLS", "Cache"),
    Variable("CACHE_CLUSTER_MODE", "`true` if clients must support cluster mode, else `false`", "Cache"),
    Variable("CACHE_SECRET_ARN", "the secret in Secrets Manager: the token for AUTH", "Cache.Authentication"),
    Variable(
        "CACHE_TOKEN_FILE",
        "the file with the token, as DATABASE_PASSWORD_FILE; not for the sample application",
        "Cache.Authentication",
    ),
    Variable(
        "FILES_FOLDER",
        f"the folder that all web servers share, {FILES_FOLDER}; the application can write to it as any user. "
        "Not for the sample application, which does not use it",
        "Files",
    ),
    Variable("FILES_SYSTEM_ID", "the id of the EFS file system that is mounted there; as FILES_FOLDER", "Files"),
    Variable(
        "FILES_ACCESS_POINT_ID", "the id of the access point through which it is mounted; as FILES_FOLDER", "Files"
    ),
    Variable("DRAIN_SECONDS", "how long the drain script may run", "WebServers.Drain"),
    Variable("DRAIN_HOOK", "the name of the lifecycle hook that the server completes", "WebServers.Drain"),
    Variable(
        "STATE_DIRECTORY",
        "the folder that the application can write to, /var/lib/website; set by systemd, not in the files",
        "WebServers.Artifact",
    ),
    Variable(
        "LOGS_DIRECTORY",
        "the folder for log files, /var/log/website/app, which are sent to CloudWatch; set by systemd, not in the "
        "files",
        "WebServers.Artifact",
    ),
)


class Connections(NamedTuple):
    """What the application connects to: its port, and the endpoints of its tiers (None: not used).

    `own_application` is whether it is not the sample: then the server reads secrets into files.
    """

    site: str
    port: int
    health_check_path: str
    assets_url: Value
    database: Database | None
    cache: Cache | None
    files: Files | None
    own_application: bool


def provided(connections: Connections) -> dict[str, Any]:
    """Return the values of the variables; values can be intrinsics. Has only the ARNs of secrets."""
    variables: dict[str, Any] = {
        "AWS_REGION": Ref("AWS::Region"),
        "AWS_DEFAULT_REGION": Ref("AWS::Region"),
        "SITE_NAME": Join(" ", [Ref("AWS::StackName"), connections.site]),
        "WEB_PORT": str(connections.port),
        "HEALTH_CHECK_PATH": connections.health_check_path,
        "ASSETS_URL": connections.assets_url,
    }
    if connections.database:
        variables |= _of_database(connections.database, own_application=connections.own_application)
    if connections.cache:
        variables |= _of_cache(connections.cache, own_application=connections.own_application)
    if connections.files and connections.own_application:
        variables |= {
            "FILES_FOLDER": FILES_FOLDER,
            "FILES_SYSTEM_ID": connections.files.file_system_id,
            "FILES_ACCESS_POINT_ID": connections.files.access_point_id,
        }
    return variables


def _of_database(database: Database, *, own_application: bool) -> dict[str, Any]:
    files = {
        "DATABASE_USER": USERNAME,
        "DATABASE_PASSWORD_FILE": f"{FOLDER}/{DATABASE_PASSWORD}",
        "DATABASE_CA_FILE": f"{FOLDER}/{DATABASE_CA}",
    }
    return {
        "DATABASE_HOST": database.endpoint,
        "DATABASE_READER_HOST": database.reader_endpoint,
        "DATABASE_PORT": database.port,
        "DATABASE_NAME": database.name,
        "DATABASE_SECRET_ARN": database.secret_arn,
        **(files if own_application else {}),
    }


def _of_cache(cache: Cache, *, own_application: bool) -> dict[str, Any]:
    variables: dict[str, Any] = {
        "CACHE_ENGINE": cache.engine,
        "CACHE_HOST": cache.endpoint,
        "CACHE_READER_HOST": cache.reader_endpoint,
        "CACHE_PORT": cache.port,
        "CACHE_TLS": "true",
        "CACHE_CLUSTER_MODE": "true" if cache.cluster_mode else "false",
    }
    if cache.secret_arn is not None:
        variables["CACHE_SECRET_ARN"] = cache.secret_arn
        variables |= {"CACHE_TOKEN_FILE": f"{FOLDER}/{CACHE_TOKEN}"} if own_application else {}
    return variables
