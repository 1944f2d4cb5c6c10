"""The clients of a check in a test: moto's, but for the operations that have another answer."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

Answers = dict[tuple[str, str], Callable[..., dict[str, Any]]]

# What is the same in each of moto's accounts, as no test changes it there: instance types, zones and quotas. A third of
# the requests of a check, and the slowest ones.
UNCHANGING = {
    ("ec2", "describe_availability_zones"),
    ("ec2", "describe_instance_type_offerings"),
    ("ec2", "describe_instance_types"),
    ("service-quotas", "get_service_quota"),
}


class Unchanging:
    """The answers of one moto to what is `UNCHANGING`. Each is asked for once: it is shared, and not to be changed."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any] | ClientError] = {}

    def operation(self, real: Any, service: str, operation: str) -> Callable[..., dict[str, Any]]:
        """Return a function that answers as a client's operation does, with all pages."""

        def answer(**arguments: Any) -> dict[str, Any]:
            question = json.dumps([service, real.meta.region_name, operation, arguments], sort_keys=True)
            if question not in self._known:
                self._known[question] = _asked(real, operation, arguments)
            known = self._known[question]
            if isinstance(known, ClientError):
                # A new one: what is raised keeps the places that it came through.
                raise ClientError(known.response, known.operation_name)
            return known

        return answer


def _asked(real: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any] | ClientError:
    try:
        if real.can_paginate(operation):
            whole: dict[str, Any] = real.get_paginator(operation).paginate(**arguments).build_full_result()
            return whole
        answer: dict[str, Any] = getattr(real, operation)(**arguments)
        return answer
    except ClientError as refused:
        return refused


class Client:
    """A client of moto's, but for the operations that have another answer; writes down what is called.

    With `unchanging`, what does not change in moto is asked for once for all clients that share it.
    """

    def __init__(
        self,
        real: Any,
        service: str,
        answers: Answers,
        called: list[tuple[str, str]],
        unchanging: Unchanging | None = None,
    ) -> None:
        self._real, self._service, self._called = real, service, called
        self._answers = {operation: answer for (of, operation), answer in answers.items() if of == service}
        if unchanging:
            for of, operation in UNCHANGING:
                if of == service:
                    self._answers.setdefault(operation, unchanging.operation(real, of, operation))
        if service == "route53":
            self._answers.setdefault("get_hosted_zone", self._recovered)

    def can_paginate(self, operation: str) -> bool:
        return operation not in self._answers and bool(self._real.can_paginate(operation))

    def get_paginator(self, operation: str) -> Any:
        self._called.append((self._service, operation))
        return self._real.get_paginator(operation)

    def __getattr__(self, operation: str) -> Any:
        self._called.append((self._service, operation))
        return self._answers.get(operation) or getattr(self._real, operation)

    def _recovered(self, **arguments: Any) -> dict[str, Any]:
        """Return a hosted zone with accelerated recovery, which moto does not know."""
        reported = self._real.get_hosted_zone(**arguments)
        return {
            **reported,
            "HostedZone": {**reported["HostedZone"], "Features": {"AcceleratedRecoveryStatus": "ENABLED"}},
        }
