"""The emulator's own API, called from inside: what CloudFormation does for most types is to call a service.

Calls block, so they are for threads that may wait (see `resource_types.register`), never for the event loop.
"""

import os
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from botocore.exceptions import UnknownServiceError
from ministack.core import responses, router  # type: ignore[import-not-found]
from ministack.core.responses import get_account_id, get_region  # type: ignore[import-not-found]

_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda text: text.lower() == "true",
}

_session_lock = threading.Lock()


def register() -> None:
    """Let ministack, which looks into a service's model for the form of responses, read no model a second time.

    It also reads the models of all services of AWS, which takes two seconds, at the first request for one that it does
    not have. It is to answer that it has none: here for a service whose requests have its name.
    """
    own_model = responses._service_model

    @lru_cache
    def model(service: str) -> Any:
        name = responses._BOTOCORE_NAME.get(service, service)
        try:
            return _core().get_service_model(name)
        except UnknownServiceError:
            return own_model(service)

    responses._service_model = model
    router._is_aws_service_name = lambda name: name in _core().get_available_services()


class Api:
    """One service, in the account and Region of the stack that asks."""

    def __init__(self, service: str) -> None:
        with _session_lock:
            self._client = _client(service, get_account_id(), get_region())

    def __call__(self, operation: str, **parameters: Any) -> Any:
        """Call an operation; without what is None, and with numbers and booleans that a template wrote as text."""
        method = getattr(self._client, operation)
        shape = self._client.meta.service_model.operation_model(
            self._client.meta.method_to_api_mapping[operation]
        ).input_shape
        return method(**_typed(parameters, shape))


@lru_cache
def _core() -> Any:
    import botocore.session  # here: what an emulator need not wait for before it serves

    return botocore.session.get_session()


@lru_cache
def _default_session() -> Any:
    import boto3

    return boto3.Session(botocore_session=_core())


@lru_cache
def _client(service: str, account: str, region: str) -> Any:
    return _default_session().client(
        service,
        region_name=region,
        endpoint_url=f"https://localhost:{os.environ['GATEWAY_PORT']}",
        verify=os.environ["SSL_CERT_FILE"],
        aws_access_key_id=account,
        aws_secret_access_key="emulated",
    )


def _typed(value: Any, shape: Any) -> Any:
    kind = shape.type_name if shape else ""
    if isinstance(value, dict) and kind == "structure":
        members: dict[str, Any] = shape.members
        return {name: _typed(entry, members.get(name)) for name, entry in value.items() if entry is not None}
    if isinstance(value, list) and kind == "list":
        return [_typed(entry, shape.member) for entry in value]
    if isinstance(value, str) and kind in _FROM_TEXT:
        return _FROM_TEXT[kind](value)
    if isinstance(value, int | float) and kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
