"""AWS in memory: boto3's own clients, whose calls a test answers, checked against AWS's service models."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol, TypeVar

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from tools.emulator.sessions import session

# Forms of requests and responses that are right.
CHECKED: set[tuple[str, ...]] = set()


class Answering(Protocol):
    """Answers the calls of clients."""

    def call(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        """Return the response to a request, or raise ClientError."""


A = TypeVar("A", bound=Answering)


@cache
def real_client(service: str, region: str) -> Any:
    """Return boto3's client, which is slow to make."""
    return session("test", region).client(service)  # type: ignore[call-overload]


@contextmanager
def in_place(world: A) -> Iterator[A]:
    """Let boto3's clients ask this world."""

    def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        return world.call(client, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        yield world


def check_form(operation: str, values: dict[str, Any], shape: Any) -> None:
    """Compare a request or a response with AWS's model, where it has other keys than one before."""
    form = (operation, getattr(shape, "name", ""), *sorted(values))
    if shape is None or form in CHECKED:
        return
    report = ParamValidator().validate(values, shape)
    assert not report.has_errors(), f"{operation}: {report.generate_report()}"
    CHECKED.add(form)


def aws_error(operation: str, code: str, text: str) -> ClientError:
    """Return the error that a client raises when AWS refuses a request."""
    return ClientError({"Error": {"Code": code, "Message": text}}, operation)
