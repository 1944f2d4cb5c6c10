"""What a web server does on its first boot: CloudFormation's values put into the scripts of `instance/`.

Order: tell CloudFormation how it ends whatever happens, write what the application needs to know, run the user's script
(or the sample application), wait until the health check's path answers.
"""

import hashlib
import json
import shlex
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, Base64, Join, Ref, encode_to_dict

from resilient_website.context import Context
from resilient_website.instance.scripts import EPILOGUE, PROLOGUE, RUN_USER_SCRIPT, SAMPLE_APPLICATION
from resilient_website.intrinsics import Value, is_literal
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.database import Database

ENVIRONMENT_FILE = "/etc/resilient-website/environment"
END_OF_ENVIRONMENT = "END_OF_ENVIRONMENT"


@dataclass(frozen=True)
class Connections:
    """What the application is told: where it listens, and where its tiers are (None: there is no such tier)."""

    port: int
    health_check_path: str
    assets_url: Value
    database: Database | None
    cache: Cache | None


def environment(context: Context, connections: Connections) -> dict[str, Any]:
    """Return the variables of the environment file; their values may be intrinsics. Never a secret, but its ARN."""
    variables: dict[str, Any] = {
        "AWS_REGION": Ref("AWS::Region"),
        "SITE_NAME": Join(" ", [Ref("AWS::StackName"), context.site]),
        "WEB_PORT": str(connections.port),
        "HEALTH_CHECK_PATH": connections.health_check_path,
        "ASSETS_URL": connections.assets_url,
    }
    if connections.database:
        variables |= {
            "DATABASE_HOST": connections.database.endpoint,
            "DATABASE_READER_HOST": connections.database.reader_endpoint,
            "DATABASE_PORT": connections.database.port,
            "DATABASE_NAME": connections.database.name,
            "DATABASE_SECRET_ARN": connections.database.secret_arn,
        }
    if connections.cache:
        variables |= {
            "CACHE_ENGINE": connections.cache.engine,
            "CACHE_HOST": connections.cache.endpoint,
            "CACHE_READER_HOST": connections.cache.reader_endpoint,
            "CACHE_PORT": connections.cache.port,
            "CACHE_TLS": "true",
        }
    return variables


def user_data(context: Context, group: str, connections: Connections, script: Value | None) -> AWSHelperFn:
    """Return the launch template's user data.

    `group` is the logical id that the server's signal goes to; `script` the user's own, or None for the sample
    application.
    """
    parts: list[Any] = [
        "#!/bin/bash\nSTACK='",
        Ref("AWS::StackId"),
        f"'\nRESOURCE='{group}'\nREGION='",
        Ref("AWS::Region"),
        f"'\nWEB_PORT='{connections.port}'\nHEALTH_CHECK_PATH={shlex.quote(connections.health_check_path)}\n",
        PROLOGUE,
        f"cat > {ENVIRONMENT_FILE} <<'{END_OF_ENVIRONMENT}'\n",
    ]
    for name, value in environment(context, connections).items():
        parts += [f'{name}="', value, '"\n']
    parts.append(f"{END_OF_ENVIRONMENT}\n")
    parts += [SAMPLE_APPLICATION] if script is None else _own_script(script)
    parts.append(EPILOGUE)
    return Base64(Join("", _joined(parts)))


def _own_script(script: Value) -> list[Any]:
    """Return the part that writes the user's script to a file and runs it as a process of its own.

    Taken as UserData in a launch template is written: `Fn::Base64` around it is undone, as the whole is encoded later.
    """
    content: Any = script
    if not is_literal(script):
        call = script.to_dict()  # type: ignore[union-attr]
        content = call["Fn::Base64"] if set(call) == {"Fn::Base64"} else script
    digest = hashlib.sha256(json.dumps(encode_to_dict(content), sort_keys=True).encode()).hexdigest()[:8]
    end = f"END_OF_USER_DATA_{digest}"
    return [f"cat > /var/lib/resilient-website/user-data <<'{end}'\n", content, f"\n{end}\n{RUN_USER_SCRIPT}"]


def _joined(parts: list[Any]) -> list[Any]:
    """Return the parts with neighbouring strings joined: fewer, larger pieces are easier to read in the template."""
    joined: list[Any] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined
