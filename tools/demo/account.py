"""The account that the demo works in: runs sam as a user does, showing what it does, and looks at stacks."""

import os
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from tools.emulator.endpoint import Emulator
from tools.forking.process import ForkedProcess
from tools.forking.sam import SAM, sam_template
from tools.repository import ROOT

ACCOUNT = "000000000001"


class DemoFailedError(Exception):
    """A step that did not do what the demo is there to show."""


class Account:
    """An account of the emulator."""

    def __init__(self, emulator: Emulator, console: Console, folder: Path) -> None:
        self.emulator = emulator
        self.console = console
        self.folder = folder

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        return self.emulator.client(service, ACCOUNT)

    def sam(self, *arguments: str) -> None:
        """Run sam, in the project's folder, with its output kept for the case that it fails."""
        binaries = ROOT / ".venv" / "bin"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
        environment = {
            **inherited,
            **self.emulator.environment(ACCOUNT),
            "PATH": f"{binaries}:{os.environ['PATH']}",
            # sam leaves folders there.
            "TMPDIR": str(self.folder),
        }
        shown = " ".join(argument.replace(f"{ROOT}/", "").replace(str(self.folder), "…") for argument in arguments)
        with self.console.status(f"sam {shown}"):
            started = time.monotonic()
            process = ForkedProcess(sam_template(), ["-P", SAM, *arguments], environment, folder=ROOT)
            try:
                done = process.completed()
            finally:
                process.kill()  # if this process is interrupted
        if done.returncode:
            self.console.print(done.stdout, done.stderr, markup=False)
            raise DemoFailedError(f"sam {shown} ended with status {done.returncode}")
        self.console.print(f"  [green]✓[/] sam {shown} [dim]({time.monotonic() - started:.1f} s)[/]", highlight=False)

    def deploy_site(self, template: Path, stack: str) -> None:
        """Deploy a template with a site as an application team does."""
        self.sam(
            "deploy",
            "--template-file",
            str(template),
            "--stack-name",
            stack,
            "--capabilities",
            "CAPABILITY_IAM",
            "CAPABILITY_AUTO_EXPAND",
            "--resolve-s3",
        )

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        described = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """Return a stack's resources as CloudFormation lists them."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
        return [entry for page in pages for entry in page["StackResourceSummaries"]]

    def delete(self, stack: str) -> None:
        """Delete a stack and wait until it is gone."""
        cloudformation = self.client("cloudformation")
        stack_id = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=stack)
        status = "DELETE_IN_PROGRESS"
        while status.endswith("_IN_PROGRESS"):
            time.sleep(0.2)
            status = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
        if status != "DELETE_COMPLETE":
            raise DemoFailedError(f"{stack} is {status}")
        self.console.print(f"  [green]✓[/] stack {stack} deleted", highlight=False)
