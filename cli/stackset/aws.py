"""The AWS clients that a roll-out uses, passed in as one object, so that tests can replace them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config

if TYPE_CHECKING:
    import boto3

# StackSets throttles requests; a roll-out takes minutes to hours, so retries cost nothing.
RETRIES = Config(retries={"mode": "standard", "max_attempts": 8})
POLL_SECONDS = 3.0


@dataclass(frozen=True)
class Aws:
    """Clients of the administrator account, and how to wait between two polls of an operation."""

    cloudformation: Any
    organizations: Any
    iam: Any
    sts: Any
    account: Any
    sleep: Callable[[float], None]


def clients(session: "boto3.Session", sleep: Callable[[float], None]) -> Aws:
    """Return clients of a session, in its Region: that of the stack set."""

    def client(service: str) -> Any:
        return session.client(service, config=RETRIES)  # type: ignore[call-overload]

    return Aws(
        cloudformation=client("cloudformation"),
        organizations=client("organizations"),
        iam=client("iam"),
        sts=client("sts"),
        account=client("account"),
        sleep=sleep,
    )
