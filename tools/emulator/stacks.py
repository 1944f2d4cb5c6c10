"""Stacks of one account, for tests of the emulator itself: made and changed directly, or by change set."""

import json
import time
from typing import Any

from tools.emulator.endpoint import Emulator

SECONDS = 60
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]

Json = dict[str, Any]


class Stacks:
    """The stacks of an account in a Region; every method waits for the end of what it starts."""

    def __init__(self, emulator: Emulator, account: str, region: str = "us-east-1") -> None:
        self.session = emulator.session(account, region)
        self.cloudformation = self.session.client("cloudformation")

    def create(self, name: str, template: Json | str, **options: Any) -> Json:
        """Create a stack; return its description."""
        stack_id = self.cloudformation.create_stack(**self._request(name, template, options))["StackId"]
        return self.wait(stack_id)

    def update(self, name: str, template: Json | str, **options: Any) -> Json:
        """Update a stack; return its description."""
        stack_id = self.cloudformation.update_stack(**self._request(name, template, options))["StackId"]
        return self.wait(stack_id)

    def change_set(self, name: str, template: Json | str, kind: str = "CREATE", **options: Any) -> Json:
        """Create a change set; return its description."""
        request = {"Capabilities": CAPABILITIES[:1], **self._request(name, template, options)}
        made = self.cloudformation.create_change_set(**request, ChangeSetName="changes", ChangeSetType=kind)
        return self._settled(lambda: self.cloudformation.describe_change_set(ChangeSetName=made["Id"]), "Status")

    def delete(self, name: str) -> Json:
        """Delete a stack; return its description."""
        stack_id = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=name)
        return self.wait(stack_id)

    def wait(self, name: str) -> Json:
        """Return a stack once nothing is in progress, with `Values` (its outputs) and `Ids` (of its resources)."""
        stack = self._settled(lambda: self.cloudformation.describe_stacks(StackName=name)["Stacks"][0], "StackStatus")
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack["StackId"])
        resources = [entry for page in pages for entry in page["StackResourceSummaries"]]
        return {
            **stack,
            "Values": {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
            "Ids": {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in resources},
            "Reasons": self._reasons(stack["StackId"]),
        }

    def _reasons(self, stack_id: str) -> list[str]:
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        events = [event for page in pages for event in page["StackEvents"]]
        return [event["ResourceStatusReason"] for event in events if event.get("ResourceStatusReason")]

    def _request(self, name: str, template: Json | str, options: Json) -> Json:
        parameters = [
            {"ParameterKey": key, "ParameterValue": value} for key, value in options.pop("parameters", {}).items()
        ]
        body = template if isinstance(template, str) else json.dumps(template)
        return {
            "StackName": name,
            "TemplateBody": body,
            "Parameters": parameters,
            "Capabilities": CAPABILITIES,
            **options,
        }

    def _settled(self, describe: Any, status: str) -> Json:
        deadline = time.monotonic() + SECONDS
        while True:
            described: Json = describe()
            if not described[status].endswith(("_IN_PROGRESS", "_PENDING")) or described[status].startswith("REVIEW"):
                return described
            if time.monotonic() > deadline:
                raise TimeoutError(f"{described[status]} after {SECONDS} s")
            time.sleep(0.05)


def body(resources: str, outputs: str = "") -> str:
    """Return a template, of the text that follows `Resources:` and the lines of its outputs."""
    return f"Resources:{resources}\n" + (f"Outputs:\n{outputs}" if outputs else "")
