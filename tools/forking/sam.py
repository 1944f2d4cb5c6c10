"""The AWS SAM CLI as a fork: importing it takes half of the time of a command."""

from functools import cache

from tools.forking.template import Template, boto3_template
from tools.repository import ROOT

SAM = str(ROOT / ".venv/bin/sam")


@cache
def sam_template() -> Template:
    """Return the process that sam is forked from, with Python's arguments `-P`, `SAM` and those of the command."""
    commands = [f"samcli.commands.{name}.command" for name in ("build", "deploy", "package")]
    contexts = ["build.build_context", "deploy.deploy_context", "package.package_context"]
    modules = ["samcli.cli.main", *commands, *(f"samcli.commands.{name}" for name in contexts)]
    return Template(modules, parent=boto3_template(), shared=True)
