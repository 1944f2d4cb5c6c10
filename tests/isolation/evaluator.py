"""Asks the policy evaluator (`simulator/`, a package that others wrote) what IAM says to a request.

@cloud-copilot/iam-simulate evaluates actions, resources, condition keys, policy variables, resource policies and
permissions boundaries, with the tables of the Service Authorization Reference. One process answers all questions.
"""

import json
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tools.repository import ROOT

Json = dict[str, Any]
Context = Mapping[str, str | list[str]]

SIMULATOR = ROOT / "tests" / "isolation" / "simulator"
ALLOWED = "Allowed"


@dataclass(frozen=True)
class AuthorizationRequest:
    """One question to IAM: may the caller do this action on this resource, in this context."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Caller:
    """Who asks: a role with the policies that are attached to it, by name, and its permissions boundary."""

    name: str
    arn: str
    policies: Mapping[str, Json]
    boundary: Json | None = None


class EvaluationError(Exception):
    """The evaluator can't answer: an unknown action, a policy that is not valid, a wrong kind of resource."""


class Evaluator:
    """A context manager; thread-safe."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def is_allowed(self, caller: Caller, request: AuthorizationRequest, resource_policy: Json | None = None) -> bool:
        """Return IAM's decision. Raises EvaluationError."""
        session = caller.arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/session"
        context = {
            "aws:PrincipalArn": caller.arn,
            "aws:PrincipalAccount": self._account,
            "aws:ResourceAccount": self._account,
            "aws:SecureTransport": "true",
            **request.context,
        }
        decision = self._decide(
            {
                "principal": session,
                "account": self._account,
                "action": request.action,
                "resource": request.resource,
                "context": context,
                "policies": [{"name": name, "policy": policy} for name, policy in caller.policies.items()],
                "boundary": caller.boundary,
                "resourcePolicy": resource_policy,
            }
        )
        if decision["result"] == "error":
            raise EvaluationError(f"{caller.name}: {request.action} on {request.resource}: {decision['detail']}")
        return bool(decision["result"] == ALLOWED)

    def _decide(self, question: Json) -> Json:
        with self._lock:
            assert self._process is not None
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise EvaluationError("the evaluator has ended")
        decision: Json = json.loads(line)
        return decision

    def __enter__(self) -> Self:
        if not (SIMULATOR / "node_modules").exists():
            raise RuntimeError("the policy evaluator is missing: run `make test-tools`")
        self._process = subprocess.Popen(
            ["node", str(SIMULATOR / "evaluate.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
