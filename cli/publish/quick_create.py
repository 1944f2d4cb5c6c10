"""The ways to launch a published template: a link to the Console, and commands of the AWS CLI."""

import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from cli.capabilities import capabilities
from cli.console_pages import console
from cli.parameter_constraints import constraint_problems
from resilient_website.facts.cloudformation_quotas import STACK_NAME, STACK_NAME_FORM
from resilient_website.problems import Problem


def quick_create_link(url: str, region: str, stack: str, values: Mapping[str, str]) -> str:
    """Return the link to the Console's form for a stack, with values filled in."""
    filled = {"templateURL": url, "stackName": stack, **{f"param_{name}": value for name, value in values.items()}}
    query = urlencode(filled, quote_via=quote)
    return f"{console(region)}/cloudformation/home?region={region}#/stacks/create/review?{query}"


def create_command(url: str, region: str, stack: str, values: Mapping[str, str], template: Mapping[str, Any]) -> str:
    """Return the command that creates the stack."""
    command = ["aws", "cloudformation", "create-stack", "--region", region, "--stack-name", stack]
    command += ["--template-url", url]
    if values:
        escaped = ((name, value.replace(",", "\\,")) for name, value in values.items())
        command += ["--parameters", *(f"ParameterKey={name},ParameterValue={value}" for name, value in escaped)]
    needed = capabilities(template)
    return shlex.join([*command, *(["--capabilities", *needed] if needed else [])])


def launch_problems(stack: str, values: Mapping[str, str], template: Mapping[str, Any]) -> list[Problem]:
    """Return the problems that would break a link."""
    problems = []
    if not STACK_NAME.fullmatch(stack):
        advice = f"a name has {STACK_NAME_FORM}"
        problems.append(Problem("--stack-name", f"found {stack!r}", advice))
    declared = template.get("Parameters") or {}
    for name, value in values.items():
        body = declared.get(name, {})
        if str(body.get("NoEcho", "")).lower() == "true":
            advice = "leave it out: links ignore secrets, so enter it when you launch the stack"
            problems.append(Problem(f"--parameter {name}", "is declared with NoEcho", advice))
        else:
            problems += constraint_problems(f"--parameter {name}", value, body)
    return problems
