"""CloudFormation as functions see it: the neighbours' own stacks, and those that functions keep in other Regions.

Every operation is done at once. moto is not asked: its stacks have other ids and resource types.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from tests.isolation.account import Account
from tests.isolation.stack import Stack
from tests.isolation.wire import Call, Json

NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
_DELETED = "DELETE_COMPLETE"


class CloudFormation:
    """Answers the operations of the table. `deletable` says why a stack's resources can't be deleted, if so."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._operations: dict[str, Callable[[Call], Json]] = {
            "DescribeStacks": self._describe,
            "DescribeStackEvents": lambda call: {"StackEvents": self._found(call) and []},
            "DescribeStackResource": self._describe_resource,
            "ListStackResources": lambda call: {"StackResourceSummaries": self._found(call).summaries()},
            "GetTemplate": lambda call: {"TemplateBody": json.dumps(self._found(call).template)},
            "CreateStack": self._create,
            "UpdateStack": self._update,
            "DeleteStack": self._delete,
        }

    def answer(self, call: Call) -> tuple[int, bytes]:
        """Return the status and body of an answer."""
        try:
            result = self._operations[call.operation](call)
        except _RefusedError as error:
            code, message = error.args
            body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
            return 400, f"<ErrorResponse xmlns='{NAMESPACE}'>{body}</ErrorResponse>".encode()
        name = call.operation
        body = f"<{name}Result>{_xml(result)}</{name}Result>"
        return 200, f"<{name}Response xmlns='{NAMESPACE}'>{body}</{name}Response>".encode()

    def _found(self, call: Call) -> Stack:
        name = call.parameters["StackName"]
        found = self._account.stack(call.region, name)
        if found is None:
            raise _RefusedError("ValidationError", f"Stack with id {name} does not exist")
        return found

    def _describe(self, call: Call) -> Json:
        found = self._found(call)
        outputs = found.resolver.value(found.template.get("Outputs", {})) if found.status != _DELETED else {}
        return {
            "Stacks": [
                {
                    "StackId": found.id,
                    "StackName": found.name,
                    "CreationTime": "2026-01-01T00:00:00Z",
                    "StackStatus": found.status,
                    "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
                    "Outputs": [{"OutputKey": key, "OutputValue": one["Value"]} for key, one in outputs.items()],
                }
            ]
        }

    def _describe_resource(self, call: Call) -> Json:
        found, name = self._found(call), call.parameters["LogicalResourceId"]
        for summary in found.summaries():
            if summary["LogicalResourceId"] == name:
                return {"StackResourceDetail": {**summary, "StackId": found.id, "StackName": found.name}}
        raise _RefusedError("ValidationError", f"Resource {name} does not exist for stack {found.name}")

    def _create(self, call: Call) -> Json:
        given = call.parameters
        there = self._account.stack(call.region, given["StackName"])
        if there and there.status != _DELETED:
            raise _RefusedError("AlreadyExistsException", f"Stack [{there.name}] already exists")
        made = Stack(self._account, given["StackName"], call.region, _template(given), guid=str(uuid.uuid4()))
        made.owner, made.tags = call.access_key.partition(".")[0], _tags(given)
        self._account.own(made.id, made.owner)
        self._account.stacks[made.id] = made
        made.deploy()
        return {"StackId": made.id}

    def _update(self, call: Call) -> Json:
        found, wanted = self._found(call), _template(call.parameters)
        if found.template == wanted and found.tags == _tags(call.parameters):
            raise _RefusedError("ValidationError", "No updates are to be performed.")
        found.change(wanted)
        found.tags, found.status = _tags(call.parameters), "UPDATE_COMPLETE"
        return {"StackId": found.id}

    def _delete(self, call: Call) -> Json:
        found = self._account.stack(call.region, call.parameters["StackName"])
        if found is not None and found.status != _DELETED:
            found.status = _DELETED if found.remove() else "DELETE_FAILED"
        return {}


class _RefusedError(Exception):
    """A code and a message of CloudFormation's."""


def _template(given: Json) -> Json:
    """Return a request's template with its parameters' values as their defaults."""
    template: Json = json.loads(given["TemplateBody"])
    number = 1
    while key := given.get(f"Parameters.member.{number}.ParameterKey"):
        template["Parameters"][key]["Default"] = given[f"Parameters.member.{number}.ParameterValue"]
        number += 1
    return template


def _tags(given: Json) -> dict[str, str]:
    found, number = {}, 1
    while key := given.get(f"Tags.member.{number}.Key"):
        found[key] = given[f"Tags.member.{number}.Value"]
        number += 1
    return found


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(part)}</{name}>" for name, part in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(part)}</member>" for part in value)
    return escape(str(value))
