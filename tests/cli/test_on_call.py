"""docs/on-call.md: it has every alarm, and its commands are ones that the AWS CLI and this command line understand.

The shell runs them with programs that only write down their arguments, which are then compared with the SDK's models
and with the commands' own options.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import click
import pytest
from botocore import xform_name

from cli.command_groups import COMMANDS
from cli.main import main
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.expansion.expanded import everywhere, of_type
from tests.expansion.random_sites import in_template
from tools.repository import ROOT

PAGE = (ROOT / "docs/on-call.md").read_text(encoding="utf-8")
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
# A site outside us-east-1 has CloudFront's alarms there.
IRISH = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Monitoring": {"AlarmEmail": "a@b.org"},
}
# Only file systems in this mode have burst credits.
BURSTING = {"Files": {"ThroughputMode": "bursting"}}
ROW = re.compile(r"^\| `(\w+(?:<n>)?\w*Alarm)` \| `([\w -]+)` \| \[(.+)\]\(#([\w-]+)\) \|$", re.M)

# Options of every command of the AWS CLI, and of every list.
GLOBAL = {"region", "query", "output", "max-items"}
# Commands and options that the AWS CLI has beyond the API. Source: AWS CLI Command Reference.
CUSTOM = {
    ("logs", "tail"): {"since", "follow"},
    ("s3", "ls"): {"recursive"},
    ("cloudfront", "create-invalidation"): {"paths"},
}
# A program in the shell, as Python would take most of the time of these tests to start.
END = "\x1e"
RECORDER = """#!/bin/sh
printf '%s\\0' "${{0##*/}}" "$@" '{end}' >> '{log}'
"""


@cache
def alarms() -> dict[str, tuple[str, str]]:
    """Return the first command, in as many words as the page has, and the section of every alarm of the examples."""
    found = {}
    for template, region in _templates():
        resources = expand_template(template, parameter_values(template, {}), region)["Resources"]
        sites = [name for name, each in template["Resources"].items() if "ResilientWebsite" in each["Type"]]
        for part in everywhere(resources):
            for logical_id, alarm in of_type(part, "AWS::CloudWatch::Alarm"):
                if "AlarmActions" in alarm:
                    found[_name(logical_id, sites)] = _command_and_section(alarm["AlarmDescription"]["Fn::Sub"])
    return found


def _templates() -> Iterator[tuple[dict[str, Any], str]]:
    for path in EXAMPLES:
        yield read_template(path), "us-east-1"
    for mode in ("PilotLight", "WarmStandby"):
        copied = read_template(ROOT / "examples/second-region.yaml")
        copied["Resources"]["Site"]["Properties"]["Secondary"]["Mode"] = mode
        yield copied, "us-west-2"
    yield in_template(IRISH), "eu-west-1"
    yield in_template(BURSTING), "us-east-1"


def _name(logical_id: str, sites: list[str]) -> str:
    (site,) = [each for each in sites if logical_id.startswith(each)] or [""]
    return re.sub(r"\d+", "<n>", logical_id.removeprefix(site))


def _command_and_section(text: Any) -> tuple[str, str]:
    whole = text if isinstance(text, str) else text[0]
    words = re.search(r"^First command: (.+)$", whole, re.M)[1].split()  # type: ignore[index]
    return " ".join(words[: 3 if words[0] == "aws" else 2]), re.search(r"^Runbook: .+#(.+)$", whole, re.M)[1]  # type: ignore[index]


def test_every_alarm_is_in_the_table_with_its_command_and_section() -> None:
    table = {name: (command, anchor) for name, command, _, anchor in ROW.findall(PAGE)}
    assert table == alarms()


def test_links_lead_to_sections() -> None:
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^## (.+)$", PAGE, re.M)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= anchors
    assert {section for _, section in alarms().values()} <= anchors


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Run every command of the page; return their arguments."""
    folder = tmp_path_factory.mktemp("on-call")
    log = folder / "log"
    for name in ("aws", "resilient-website"):
        program = folder / name
        program.write_text(RECORDER.format(end=END, log=log))
        program.chmod(0o755)
    script = "\n".join(["set -euo pipefail", *_blocks(), *_in_tables()])
    path = f"{folder}:{os.environ['PATH']}"
    subprocess.run(["bash", "-c", script], env={"PATH": path}, check=True, capture_output=True)
    return [command.split("\0") for command in log.read_text().split(f"\0{END}\0")[:-1]]


def _blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)


def _in_tables() -> Iterator[str]:
    """Yield the commands in the text; those of the alarms' table are only the first words."""
    without_alarms = ROW.sub("", re.sub(r"^```.*?^```$", "", PAGE, flags=re.M | re.S))
    for command in re.findall(r"`((?:aws|resilient-website) [^`]+)`", without_alarms):
        if len(command.split()) > 3 or not command.startswith("aws"):
            yield command


def test_aws_commands_are_those_of_the_models(recorded: list[list[str]]) -> None:
    asked = [arguments for program, *arguments in recorded if program == "aws"]
    assert len(asked) > 40
    problems = [f"{' '.join(each[:3])}: {problem}" for each in asked for problem in _problems(each)]
    assert problems == []


def test_a_wrong_option_is_found() -> None:
    assert list(_problems(["elbv2", "describe-target-health", "--target-group", "x"])) == [
        "no option --target-group",
        "without --target-group-arn",
    ]
    assert list(_problems(["elbv2", "describe-targets"])) == ["no such command"]


def test_own_commands_are_understood(recorded: list[list[str]]) -> None:
    asked = [arguments for program, *arguments in recorded if program == "resilient-website"]
    assert asked
    for name, *arguments in asked:
        if name in COMMANDS:
            command = main.get_command(click.Context(main), name)
            assert command
            command.make_context(name, [*arguments], resilient_parsing=False)


def _problems(arguments: list[str]) -> Iterator[str]:
    service, operation, *others = arguments
    given = {word.removeprefix("--") for word in others if word.startswith("--")}
    allowed, required = set(CUSTOM.get((service, operation), ())), set()
    members = _members(service, operation)
    if members is None:
        if (service, operation) not in CUSTOM:
            yield "no such command"
            return
    else:
        allowed |= set(members) | {f"no-{name}" for name in members}
        required = {name for name, needed in members.items() if needed and f"no-{name}" not in given}
        required -= {"invalidation-batch"} if "paths" in given else set()
    yield from (f"no option --{name}" for name in sorted(given - allowed - GLOBAL))
    yield from (f"without --{name}" for name in sorted(required - given))


@cache
def _members(service: str, operation: str) -> dict[str, bool] | None:
    """Return the options of a command of the API, and whether each is required; None if there is no such command."""
    if service == "s3":
        return None
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return None
    shape = model.operation_model(names[operation]).input_shape
    members = shape.members if shape else {}
    return {xform_name(name, "-"): name in (shape.required_members if shape else ()) for name in members}


def test_page_is_short_enough_for_the_night() -> None:
    assert len(PAGE.splitlines()) < 400
