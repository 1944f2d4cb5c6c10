"""Builds a web server's first boot: the scripts of `instance/` with CloudFormation's values.

Order: make sure that CloudFormation gets a signal in any case, write the environment, start the agent, read secrets,
mount the shared files, install the application (artifact, container, script, sample, or from the image), watch for
termination, wait for the health check path.
"""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, Base64, Join, Ref

from resilient_website.cloudformation.intrinsics import Value, is_literal
from resilient_website.instance import scripts
from resilient_website.quoting import json_text, shell
from resilient_website.quoting.environment import settings, texts, variables
from resilient_website.tiers.web_servers import secrets
from resilient_website.tiers.web_servers.application import ArtifactSpec, DrainSpec
from resilient_website.tiers.web_servers.container import ContainerSpec
from resilient_website.tiers.web_servers.environment import EnvironmentSpec
from resilient_website.tiers.web_servers.script import content
from resilient_website.tiers.web_servers.variables import Connections, provided

STATE = "/var/lib/resilient-website"
# How long before CloudFormation's timeout a server gives up, since CloudFormation's clock starts before the server's.
MARGIN_SECONDS = 120
AGENT_FILE = "/etc/resilient-website/agent.json"


class Boot(NamedTuple):
    """The settings of a server's first boot. `group` is the logical id that it signals."""

    group: str
    connections: Connections
    own: EnvironmentSpec
    script: Value | None
    artifact: ArtifactSpec | None
    container: ContainerSpec | None
    own_image: bool
    drain: DrainSpec | None
    hook_name: str
    startup_seconds: int
    log_group: str | None
    log_files: tuple[Value, ...]
    metrics_namespace: AWSHelperFn
    closed: bool


def environment(boot: Boot) -> dict[str, Any]:
    """Return the variables that the site provides; values can be intrinsics. Has only the ARNs of secrets."""
    if boot.drain is None:
        return provided(boot.connections)
    return provided(boot.connections) | {
        "DRAIN_SECONDS": str(boot.drain.heartbeat_timeout),
        "DRAIN_HOOK": boot.hook_name,
    }


def user_data(boot: Boot) -> AWSHelperFn:
    """Return the launch template's user data."""
    parts: list[Any] = [
        "#!/bin/bash\nSTACK=",
        *shell.word(Ref("AWS::StackId")),
        "\nRESOURCE=",
        *shell.word(boot.group),
        "\nREGION=",
        *shell.word(Ref("AWS::Region")),
        f"\nSTARTUP_SECONDS={boot.startup_seconds - MARGIN_SECONDS}\n",
        scripts.script("prologue.sh"),
        *settings(environment(boot)),
        *variables(boot.own.own_variables),
        *(_agent(boot) if boot.log_group else []),
        *(_secrets(boot) if boot.connections.own_application else []),
        *([scripts.script("files.sh")] if boot.connections.files and boot.connections.own_application else []),
        *_application(boot),
        *(_drain(boot.drain) if boot.drain else []),
        scripts.script("epilogue.sh"),
    ]
    return Base64(Join("", _joined(parts)))


def _application(boot: Boot) -> list[Any]:
    """Return the part that installs the application, by the first method that is configured."""
    if boot.artifact:
        return _artifact(boot.artifact)
    if boot.container:
        return _container(boot.container, shares_files=boot.connections.files is not None)
    if boot.script is not None:
        return [*shell.file(f"{STATE}/user-data", content(boot.script)), scripts.script("run_user_script.sh")]
    return [] if boot.own_image else [scripts.sample_application()]


def _secrets(boot: Boot) -> list[Any]:
    """Return the part that lets the application's user read secrets, and reads them into files, if there are any."""
    database, own = boot.connections.database, boot.own
    group = [scripts.script("group.sh")]
    trust = [scripts.script("database_ca.sh")] if database and not boot.closed else []
    of_tiers = secrets.files(database, boot.connections.cache)
    if not of_tiers and not own.own_secrets:
        return group
    hook = [] if own.on_change is None else shell.file(f"{STATE}/on-change", content(own.on_change))
    asked = shell.file(f"{STATE}/secrets.json", secrets.configuration(of_tiers, own.own_secrets))
    return [*group, *trust, *asked, *hook, scripts.secrets()]


def _artifact(artifact: ArtifactSpec) -> list[Any]:
    place = {
        "BUCKET": artifact.bucket,
        "KEY": artifact.key,
        "VERSION_ID": "" if artifact.version_id is None else artifact.version_id,
        "SHA256": "" if artifact.sha256 is None else artifact.sha256,
    }
    install = [] if artifact.install is None else shell.file(f"{STATE}/install", content(artifact.install))
    # Without `exec`, any line of bash works, as in `PORT=$WEB_PORT node server.js`; systemd stops all its processes.
    start = shell.file(f"{STATE}/start", content(artifact.command))
    return [*texts(place), *install, *start, scripts.script("application_log.sh"), scripts.artifact()]


def _container(container: ContainerSpec, *, shares_files: bool) -> list[Any]:
    arguments = [part for argument in container.command for part in (*shell.word(argument), " ")]
    scripted = [scripts.script("application_log.sh"), scripts.container(shares_files=shares_files)]
    return [*texts({"IMAGE": container.image}), "COMMAND=(", *arguments, ")\n", *scripted]


def _drain(drain: DrainSpec) -> list[Any]:
    script = "true\n" if drain.script is None else content(drain.script)
    return [*shell.file(f"{STATE}/drain", script), scripts.script("drain.sh")]


def _agent(boot: Boot) -> list[Any]:
    """Return the CloudWatch agent's configuration and its start. Source: "CloudWatch agent configuration file".

    Each file has its own stream, whose name can't contain the asterisk of a path.
    """
    files = [
        {
            "file_path": path,
            "log_group_name": Ref(str(boot.log_group)),
            "log_stream_name": "{instance_id}",
            "publish_multi_logs": True,
        }
        for path in boot.log_files
        if is_literal(path)
    ]
    configuration = {
        "metrics": {
            "namespace": boot.metrics_namespace,
            "append_dimensions": {"AutoScalingGroupName": "${aws:AutoScalingGroupName}"},
            "aggregation_dimensions": [["AutoScalingGroupName"]],
            "metrics_collected": {
                "mem": {"measurement": ["mem_used_percent"]},
                "disk": {"measurement": ["used_percent"], "resources": ["/"], "drop_device": True},
            },
        },
        "logs": {"logs_collected": {"files": {"collect_list": files}}},
    }
    return [*shell.file(AGENT_FILE, Join("", json_text.document(configuration))), scripts.script("agent.sh")]


def _joined(parts: list[Any]) -> list[Any]:
    """Return the parts with adjacent strings joined, for a more readable template."""
    joined: list[Any] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return joined
