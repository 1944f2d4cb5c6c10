"""A function's process with a proxy before everything that it calls, and one before CloudFormation's response URL."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.custom_resources.operations import operation_of, service_of
from tests.custom_resources.response_url import SIGNATURE, ResponseUrl
from tests.faults.faults import ANSWER, NONE, Fault
from tests.faults.harness import ACCOUNT, REGION, Harness
from tests.faults.process import LambdaProcess
from tests.faults.proxy import Proxy


class Caller:
    """A context manager. `fault` is done to what the function asks from now on; `log` is what it wrote."""

    def __init__(self, harness: Harness, place: ResponseUrl, scale: float, log: Path) -> None:
        self._running = ExitStack()
        self._aws = Proxy(
            lambda headers: harness.upstream(service_of(headers)),
            operation_of,
            harness.connections,
            scale=scale,
        )
        self._response = Proxy(
            lambda _headers: place.url,
            lambda *_request: ANSWER,
            harness.connections,
            certificate=place.certificate(),
            scale=scale,
        )
        self.response_url = f"https://localhost:{self._response.port}/response?{SIGNATURE}"
        environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._aws.port}",
            "STACK_ID": harness.stack_id,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SSL_CERT_FILE": str(place.ca_bundle),
            **harness.environment,
        }
        self.process = LambdaProcess(harness.module, scale, environment, log)

    @property
    def log(self) -> str:
        """What the function has written."""
        return self.process.log.read_text()

    def strike(self, fault: Fault) -> None:
        """Do this to the requests that come from now on, in place of what was done before."""
        there, other = (self._response, self._aws) if fault.on == ANSWER else (self._aws, self._response)
        there.fault, other.fault = fault, NONE

    def watch(self, meanwhile: Callable[[Fault], None], after_each: Callable[[], None]) -> None:
        """Have these called: when somebody else is to act, and after what may have changed something on AWS."""
        self._aws.meanwhile, self._aws.after_each = meanwhile, after_each

    def __enter__(self) -> Self:
        for proxy in (self._aws, self._response):
            proxy.end_caller = self.process.kill
            self._running.enter_context(proxy)
        self._running.callback(self.process.end)
        return self

    def __exit__(self, *_: Any) -> None:
        self._running.close()
