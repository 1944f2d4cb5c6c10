"""An account of the emulator in which the macro is installed, and the sites that are deployed in it."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from resilient_website.functions.code import FunctionCode, Layer
from tools.emulator.endpoint import Emulator
from tools.forking.process import ForkedProcess
from tools.forking.sam import SAM, sam_template
from tools.repository import ROOT

# For a slow and busy machine: one that fails is noticed at once.
STACK_SECONDS = 300
# How long one request waits for the end of a stack's operation.
OPERATION_SECONDS = 60


class Installation:
    """An account: runs sam in it, and creates, updates and deletes stacks by change set, as sam and the Console do."""

    def __init__(
        self, emulator: Emulator, account: str, folder: Path, *, build: Path, region: str = "us-east-1"
    ) -> None:
        self.emulator = emulator
        self.account = account
        self.region = region
        self.folder = folder
        self.build = build
        self.cloudformation = self.client("cloudformation")

    def client(self, service: str) -> Any:
        """Return a client of a service in this account."""
        return self.emulator.client(service, self.account, self.region)

    def sam(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run sam in this account."""
        binaries = ROOT / ".venv" / "bin"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
        environment = {
            **inherited,
            **self.emulator.environment(self.account, self.region),
            "PATH": f"{binaries}:{os.environ['PATH']}",
        }
        done = ForkedProcess(sam_template(), ["-P", SAM, *arguments], environment, folder=self.folder).completed()
        if check and done.returncode:
            raise AssertionError(f"sam {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done

    def install(self) -> subprocess.CompletedProcess[str]:
        """Deploy the built installer, asking nothing: with the project's own samconfig.toml."""
        template, config = str(self.build / "template.yaml"), str(ROOT / "samconfig.toml")
        return self.sam("deploy", "--template-file", template, "--config-file", config)

    def deploy(self, stack: str, template: str | dict[str, Any], **parameters: str) -> dict[str, str]:
        """Create or update a stack through a change set, and return its outputs. Raises StackError if it fails."""
        return self.deployed(stack, template, **parameters).outputs

    def deployed(self, stack: str, template: str | dict[str, Any], **parameters: str) -> "Settled":
        """Do what `deploy` does, and return all that became of the stack."""
        name, change_set = self._change_set(stack, template, parameters)
        if change_set["Status"] == "FAILED":
            raise StackError(change_set["StatusReason"])
        self.cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
        settled = self._settled(stack)
        if settled.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise StackError(f"{settled.status}: {settled.failures}")
        return settled

    def deploy_without_rollback(self, stack: str, template: dict[str, Any]) -> str:
        """Update a stack as `--disable-rollback` does, and return its last status. Raises StackError if refused."""
        name, change_set = self._change_set(stack, template, {})
        if change_set["Status"] == "FAILED":
            raise StackError(change_set["StatusReason"])
        self.cloudformation.execute_change_set(StackName=stack, ChangeSetName=name, DisableRollback=True)
        return self.wait(stack)

    def changes(self, stack: str, template: str | dict[str, Any], **parameters: str) -> list[dict[str, Any]]:
        """Return what a change set would do to a stack's resources."""
        _, change_set = self._change_set(stack, template, parameters)
        return [change["ResourceChange"] for change in change_set["Changes"]]

    def delete(self, stack: str) -> str:
        """Delete a stack and return its last status."""
        stack_id = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=stack)
        return self.wait(stack_id)

    def wait(self, stack: str) -> str:
        """Return a stack's status once nothing is in progress."""
        return self._settled(stack).status

    def _settled(self, stack: str) -> "Settled":
        """Return what became of a stack once nothing is in progress.

        The emulator says when that is: to ask for the status all the time would cost as much as many an update.
        """
        deadline = time.monotonic() + STACK_SECONDS
        while (found := self._now(stack, OPERATION_SECONDS)).status.endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                raise StackError(f"{stack} is {found.status} after {STACK_SECONDS} s")
        return found

    def _now(self, stack: str, seconds: int = 0) -> "Settled":
        """Return what a stack is, after an operation that is in progress or these seconds. See `stack_operations.py`.

        Raises StackError if the stack does not exist.
        """
        found = self._found(stack, seconds)
        if found is None:
            raise StackError(f"there is no stack {stack} in {self.region}")
        return found

    def _found(self, stack: str, seconds: int = 0) -> "Settled | None":
        asked = {"account": self.account, "region": self.region, "stack": stack, "seconds": seconds}
        found = json.loads(self.emulator.ask("/_emulator/stack-operation", asked))
        return Settled(**found) if found else None

    def exists(self, stack: str) -> bool:
        """Tell whether there is a stack of this name, apart from one that only its first change set is of."""
        found = self._found(stack)
        return found is not None and found.status not in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        return self._now(stack).outputs

    def resources(self, stack: str) -> dict[str, str]:
        """Return the physical ids of a stack's resources by their logical ids."""
        return self._now(stack).resources

    def _change_set(
        self, stack: str, template: str | dict[str, Any], parameters: dict[str, str]
    ) -> tuple[str, dict[str, Any]]:
        """Make a change set; return its name and, once it is ready or has failed, its description."""
        body = template if isinstance(template, str) else json.dumps(template)
        kind = "UPDATE" if self.exists(stack) else "CREATE"
        name = f"c{time.monotonic_ns()}"
        self.cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType=kind,
            **self._in_request_or_bucket(stack, body),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        return name, self._wait_for_change_set(stack, name)

    def _in_request_or_bucket(self, stack: str, template: str) -> dict[str, str]:
        """Return how a template is named in a request: whole, or by its URL in a bucket if it is too large for that."""
        if len(template.encode()) <= MAX_BODY_BYTES:
            return {"TemplateBody": template}
        s3 = self.emulator.client("s3", self.account, "us-east-1")
        bucket, key = f"templates-{self.account}", f"{stack}.json"
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key=key, Body=template.encode())
        return {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/{key}"}

    def hosted_zone(self, name: str) -> str:
        """Return the id of a hosted zone; makes it if there is none of that name."""
        route53 = self.client("route53")
        for zone in route53.list_hosted_zones()["HostedZones"]:
            if zone["Name"] == f"{name}.":
                return str(zone["Id"]).removeprefix("/hostedzone/")
        made = route53.create_hosted_zone(Name=name, CallerReference=name)
        return str(made["HostedZone"]["Id"]).removeprefix("/hostedzone/")

    def function_code(self) -> FunctionCode:
        """Return the code of sites' functions as the installed macro has it, for a template that is expanded here."""
        (layer,) = self.client("lambda").list_layers()["Layers"]
        return Layer(layer["LatestMatchingVersion"]["LayerVersionArn"])

    def processed(self, stack: str) -> dict[str, Any]:
        """Return a stack's template as CloudFormation has it after the macro."""
        body = self.cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
        found: dict[str, Any] = json.loads(body if isinstance(body, str) else json.dumps(body))
        return found

    def failures(self, stack: str) -> list[str]:
        """Return what went wrong in a stack, resource by resource, the newest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        return [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for page in pages
            for event in page["StackEvents"]
            if event["ResourceStatus"].endswith("_FAILED")
        ]

    def _wait_for_change_set(self, stack: str, name: str) -> Any:
        deadline = time.monotonic() + STACK_SECONDS
        while True:
            change_set = self.cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
            if not change_set["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
                return change_set
            if time.monotonic() > deadline:
                raise StackError(f"a change set of {stack} is {change_set['Status']} after {STACK_SECONDS} s")
            time.sleep(0.1)


@dataclass(frozen=True)
class Settled:
    """A stack: its status, outputs, resources' physical ids by logical ids, and what its last operation failed with."""

    status: str
    outputs: dict[str, str]
    resources: dict[str, str]
    failures: list[str]


class StackError(Exception):
    """A stack that did not become what was asked for."""
