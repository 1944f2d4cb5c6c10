"""Bad input: the deployment fails before anything is created, and its reason has every problem with its path."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.sites import Installation, StackError

PREFIX = "Resources.Site.Properties"


def site(**properties: Any) -> dict[str, Any]:
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
    }


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown property": (site(WebServer={}), [f"{PREFIX}.WebServer: unknown property; did you mean WebServers?"]),
    "wrong type": (site(WebServers={"Port": "http"}), [f"{PREFIX}.WebServers.Port: found 'http'; allowed: a whole"]),
    "unknown attribute": (
        {**site(), "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Site", "Adress"]}}}},
        ["Outputs.O.Value: Site has no attribute Adress; "],
    ),
    "impossible combination": (
        site(FrontDoor="LoadBalancer", Cache={"Engine": "memcached", "Replicas": 2}),
        [
            f"{PREFIX}.Cache.Replicas: found with Engine: memcached, but Memcached has no",
            f"{PREFIX}.FrontDoor: found LoadBalancer without DomainName",
        ],
    ),
    "zone count": (site(Network={"AvailabilityZones": 5}), [f"{PREFIX}.Network.AvailabilityZones: found 5; allowed:"]),
    "small network": (site(Network={"CidrBlock": "10.0.0.0/24"}), [f"{PREFIX}.Network.CidrBlock: found '10.0.0.0/24'"]),
    "fallback at home": (
        site(Fallback={"Region": "us-east-1"}),
        [f"{PREFIX}.Fallback.Region: found us-east-1, the site's own Region"],
    ),
    "fallback in no Region": (
        site(Fallback={"Region": "us-west-3"}),
        [f"{PREFIX}.Fallback.Region: found 'us-west-3'; did you mean us-west-"],
    ),
    "structural intrinsic": (
        site(Database={"ReadReplicas": {"Fn::If": ["C", 1, 2]}}),
        [f"{PREFIX}.Database.ReadReplicas: found the intrinsic"],
    ),
    "several at once": (
        site(Netwrok={}, Database={"BackupRetentionPeriod": 0}, Overrides=7),
        [f"{PREFIX}.Netwrok", f"{PREFIX}.Database.BackupRetentionPeriod", f"{PREFIX}.Overrides"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_stack_is_refused_whole(installation: Installation, name: str) -> None:
    template, expected = BAD[name]
    stack = "refused-" + name.replace(" ", "-")
    with pytest.raises(StackError) as caught:
        installation.deploy(stack, template)
    reason = str(caught.value)
    assert reason.startswith("Transform 100000000001::ResilientWebsite failed with: "), reason
    for problem in expected:
        assert problem in reason
    assert (
        installation.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [f"{stack}*"]}])["Vpcs"] == []
    )
    assert not installation.exists(stack)


@pytest.mark.parametrize("name", BAD)
def test_command_line_says_the_same_and_writes_nothing(command_line: Any, tmp_path: Path, name: str) -> None:
    import json

    template, expected = BAD[name]
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(template))
    done = command_line("expand", path, "--region", "us-east-1", "-o", tmp_path / "out" / "template.json")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == len(expected)
    for line, problem in zip(done.stderr.splitlines(), expected, strict=True):
        assert re.sub(rf"^{re.escape(str(path))}:\d+:\d+: ", "", line).startswith(problem)
    assert [entry.name for entry in tmp_path.iterdir()] == ["bad.json"]


@pytest.mark.parametrize("text", ["", "[]", "just words", "{", "Resources: [1", "Resources: {}", "a: !Ref", "\0"])
def test_what_is_no_template_is_refused_by_the_command_line(command_line: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    done = command_line("expand", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_sam_shows_the_problem(installation: Installation, tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(
        "Transform: ResilientWebsite\nResources: {Site: {Type: ResilientWebsite, Properties: {Cach: true}}}"
    )
    done = installation.sam(
        "deploy",
        "--template-file",
        str(path),
        "--stack-name",
        "refused-sam",
        "--capabilities",
        "CAPABILITY_IAM",
        check=False,
    )
    assert done.returncode != 0
    shown = " ".join((done.stdout + done.stderr).split())
    assert "Resources.Site.Properties.Cach: unknown property; did you mean Cache?" in shown
