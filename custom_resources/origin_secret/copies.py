"""Finds the listener rules of a site's copies in other Regions, which accept the same header.

A copy is in the stack with the same name, in a Region where the secret has a replica. Its rule has the same logical id.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.secret_rotation.lambda_entry import safe_message
from shared.secret_rotation.own_stack import read
from shared.secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

RULE_TYPE = "AWS::ElasticLoadBalancingV2::ListenerRule"

# Returns a client of a service in a Region.
Connect = Callable[[str, str], Any]


@dataclass(frozen=True)
class Copy:
    """A copy's listener rule, and the client of its Region."""

    region: str
    rule: str
    load_balancing: "ElasticLoadBalancingv2Client"


def copies(
    secrets: "SecretsManagerClient", secret_id: str, stack_name: str, rule: str, connect: Connect
) -> tuple[Copy, ...]:
    """Return the copies of a secret's site; none where the stack is not deployed yet.

    `rule` is the rule's logical id. Raises RotationError for a Region that can't be reached.
    """
    replicas = secrets.describe_secret(SecretId=secret_id).get("ReplicationStatus", [])
    regions = [str(replica["Region"]) for replica in replicas if "Region" in replica]
    return tuple(
        Copy(region, found, connect("elbv2", region))
        for region in regions
        for found in _rules(connect("cloudformation", region), region, stack_name, rule)
    )


@contextmanager
def reached(region: str) -> Iterator[None]:
    """Turn the failure of a request to a copy's Region into a RotationError that names it.

    The error is its cause, so that a denial is retried as in the function's own Region.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise RotationError(
            f"The rotation failed in {region}, where the site's copy is: {safe_message(error)} Both Regions accept the "
            "value that CloudFront sends; Secrets Manager retries the rotation."
        ) from error


def _rules(cloudformation: Any, region: str, stack_name: str, rule: str) -> list[str]:
    with reached(region):
        try:
            stack = read(cloudformation, stack_name)
        except ClientError as error:
            # Source: "ListStackResources": a stack that does not exist is a ValidationError.
            if error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error):
                return []
            raise
    return [one.physical_id for one in stack.resources if (one.logical_id, one.type) == (rule, RULE_TYPE)]
