"""Updates a stack by a change set, which is read before it is executed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from cli.capabilities import capabilities
from cli.deployed.stack_events import first_failure, last_operation, rollback
from cli.deployed.templates import read_template
from cli.deployed.tools import Tools
from resilient_website.problems import InvalidTemplateError, Problem

# A macro runs for seconds; a change set of a few hundred resources, with their drift, takes minutes.
CREATION = timedelta(minutes=30)

# The making of a replica in another Region takes as long as the copy of its data.
UPDATE = timedelta(hours=6)

# Texts of a change set without changes. Source: "Create change sets" in the CloudFormation User Guide.
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

# The end of the status of a stack that can be updated.
IDLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", "IMPORT_COMPLETE")
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


@dataclass(frozen=True)
class Request:
    """What a change set changes.

    `body` is the new template, or `url` where it is in S3 if it is too large for a request; without both, the stack's
    stays. `parameters` are those with a new value. `more` are further arguments of CreateChangeSet.
    """

    description: str
    body: str | None = None
    parameters: Mapping[str, str] | None = None
    more: Mapping[str, Any] | None = None
    url: str | None = None


@dataclass(frozen=True)
class StackUpdate:
    """The updates of one stack. `title` is the stack in messages, `again` what to do after a failure was corrected."""

    tools: Tools
    region: str
    stack: str
    title: str
    again: str

    @property
    def _cloudformation(self) -> Any:
        return self.tools.client("cloudformation", self.region)

    def described(self) -> dict[str, Any]:
        """Return the stack as CloudFormation describes it."""
        return dict(self._cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0])

    def status(self) -> str:
        """Return the status of the stack."""
        return str(self.described()["StackStatus"])

    def wait_until_idle(self) -> str:
        """Wait until no update runs, and return the status. Raises InvalidTemplateError if the stack takes none."""
        advice = f"look at the stack's events in {self.region}; then {self.again}"
        self.tools.wait(self.title, lambda: not self.status().endswith("_IN_PROGRESS"), UPDATE, advice)
        status = self.status()
        if status not in IDLE:
            advice = f"continue or repair the update in CloudFormation (the stack's events say why); then {self.again}"
            raise InvalidTemplateError([Problem(self.title, f"the stack is {status}, and takes no update", advice)])
        return status

    def create(self, name: str, request: Request) -> bool:
        """Create a change set, wait for it, and return whether it has changes. The stack's tags and role are kept.

        Raises InvalidTemplateError if it can't be made.
        """
        self._cloudformation.create_change_set(**self._arguments(name, request))
        return self.wait_for_change_set(name)

    def wait_for_change_set(self, name: str) -> bool:
        """Wait for a change set, and return whether it has changes. Raises InvalidTemplateError if it can't be made."""

        def described() -> dict[str, Any]:
            return dict(self._cloudformation.describe_change_set(ChangeSetName=name, StackName=self.stack))

        advice = f"look at the change set {name} in {self.region}; then {self.again}"
        self.tools.wait(self.title, lambda: described()["Status"] in ("CREATE_COMPLETE", "FAILED"), CREATION, advice)
        found = described()
        if found["Status"] == "CREATE_COMPLETE":
            return True
        reason = str(found.get("StatusReason", ""))
        if any(text in reason for text in NO_CHANGES):
            return False
        advice = f"correct what it names in the file, deploy it to {self.region}, and {self.again}"
        raise InvalidTemplateError([Problem(self.title, f"CloudFormation refuses the update: {reason}", advice)])

    def _arguments(self, name: str, request: Request) -> dict[str, Any]:
        """Return the arguments of CreateChangeSet: what the stack has, with what the request changes."""
        described, given = self.described(), request.parameters or {}
        parameters = [
            {"ParameterKey": key, "ParameterValue": given[key]}
            if key in given
            else {"ParameterKey": key, "UsePreviousValue": True}
            for key in (each["ParameterKey"] for each in described.get("Parameters", []))
        ]
        original = read_template(self._cloudformation, self.stack)
        granted = {*described.get("Capabilities", []), *capabilities(original)}
        return {
            "StackName": self.stack,
            "ChangeSetName": name,
            "ChangeSetType": "UPDATE",
            "Description": request.description,
            "Parameters": parameters,
            "Capabilities": sorted(granted),
            **_template(request),
            **({"RoleARN": described["RoleARN"]} if "RoleARN" in described else {}),
            **(request.more or {}),
        }

    def changes(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the resource changes of a change set, from all pages."""
        arguments = {"ChangeSetName": name, "StackName": self.stack}
        while True:
            page = self._cloudformation.describe_change_set(**arguments)
            yield from (change["ResourceChange"] for change in page.get("Changes", []) if "ResourceChange" in change)
            if not page.get("NextToken"):
                return
            arguments["NextToken"] = page["NextToken"]

    def delete(self, name: str) -> None:
        """Delete a change set that is not executed."""
        self._cloudformation.delete_change_set(ChangeSetName=name, StackName=self.stack)

    def execute(self, name: str, **more: Any) -> None:
        """Execute a change set; `more` are further arguments of ExecuteChangeSet."""
        self._cloudformation.execute_change_set(ChangeSetName=name, StackName=self.stack, **more)

    def failure(self, operation: str = "update") -> Problem:
        """Return the reason of a failed update or creation: that of the first resource that failed in it."""
        advice = f"correct the reason; then {self.again}"
        return Problem(self.title, f"the {operation} of the stack failed ({self.first_reason()})", advice)

    def first_reason(self) -> str:
        """Return why the first resource failed in the last update."""
        page: Callable[..., Any] = self._cloudformation.describe_stack_events
        try:
            events = list(last_operation(page, self.stack))
        except ClientError as error:
            return f"its events can't be read: {error.response['Error'].get('Code')}"
        failed = first_failure(events) or rollback(events)
        return (
            f"{failed['LogicalResourceId']}: {failed['ResourceStatusReason']}" if failed else "see the stack's events"
        )


def _template(request: Request) -> dict[str, Any]:
    """Return the template of a request, as arguments of CreateChangeSet."""
    if request.url is not None:
        return {"TemplateURL": request.url}
    return {"UsePreviousTemplate": True} if request.body is None else {"TemplateBody": request.body}
