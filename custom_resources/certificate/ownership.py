"""Tells by the stack's own list of resources whether a certificate is one that the stack has requested.

An event can be forged, and name any certificate of the account. ACM is asked about none that is not the stack's.
"""

import os
from typing import Any

from certificate import clients
from certificate.failures import CertificateError

REQUEST_TYPE = "Custom::CertificateRequest"
# Also of an update that is rolled back.
_UNDER_WAY = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
# A request is deleted after its certificate. One whose deletion has failed is there.
_DELETED = ("DELETE_IN_PROGRESS", "DELETE_COMPLETE")


def is_requested(arn: str) -> bool:
    """Tell whether a certificate is the physical id of a request of the function's stack. Raises ClientError."""
    return any(
        entry.get("PhysicalResourceId") == arn and entry["ResourceStatus"] not in _DELETED for entry in _requests()
    )


def is_known(arn: str) -> bool:
    """Tell whether a request of the stack, also one that is being deleted, has this physical id. Raises ClientError."""
    return any(entry.get("PhysicalResourceId") == arn for entry in _requests())


def require_requested(arn: str) -> None:
    """Raise CertificateError unless the stack has requested a certificate, and ClientError if it can't be asked."""
    if not is_requested(arn):
        raise CertificateError(
            f"{arn.rpartition('/')[2][:60]}: no certificate of this stack: let CertificateArn be the Ref of a "
            f"{REQUEST_TYPE} in the same stack"
        )


def require_under_way(logical_id: str, arn: str) -> None:
    """Raise CertificateError unless the stack creates or updates this request, or has requested this certificate.

    CloudFormation knows a new certificate's ARN only once the request is answered. Raises ClientError, as above.
    """
    if not any(
        entry["ResourceStatus"] not in _DELETED
        and (
            entry.get("PhysicalResourceId") == arn
            or (entry["LogicalResourceId"] == logical_id and entry["ResourceStatus"] in _UNDER_WAY)
        )
        for entry in _requests()
    ):
        raise CertificateError(
            f"{logical_id[:60]}: this stack has no such {REQUEST_TYPE} under way: nothing is done; deploy again"
        )


def _requests() -> list[Any]:
    """Return the entries of the stack's requests, which STACK_ID names."""
    pages = clients.cloudformation().get_paginator("list_stack_resources").paginate(StackName=os.environ["STACK_ID"])
    return [
        entry for page in pages for entry in page["StackResourceSummaries"] if entry["ResourceType"] == REQUEST_TYPE
    ]
