"""Checks in the stack's resource list whether the stack has requested a certificate.

An event can be forged and can name any certificate in the account. ACM is never called for another stack's certificate.
"""

import os
from typing import Any

from certificate import clients
from certificate.failures import CertificateError

REQUEST_TYPE = "Custom::CertificateRequest"
# Also during the rollback of an update.
_UNDER_WAY = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
# A request is deleted after its certificate. If its deletion has failed, it still exists.
_DELETED = ("DELETE_IN_PROGRESS", "DELETE_COMPLETE")


def is_requested(arn: str) -> bool:
    """Return whether a request in the function's stack has this ARN as physical id. Raises ClientError."""
    return any(
        entry.get("PhysicalResourceId") == arn and entry["ResourceStatus"] not in _DELETED for entry in _requests()
    )


def is_known(arn: str) -> bool:
    """Return whether a request in the stack, even one being deleted, has this physical id. Raises ClientError."""
    return any(entry.get("PhysicalResourceId") == arn for entry in _requests())


def require_requested(arn: str) -> None:
    """Raise CertificateError unless the stack has requested this certificate; ClientError if the call fails."""
    if not is_requested(arn):
        raise CertificateError(
            f"{arn.rpartition('/')[2][:60]}: not a certificate of this stack: set CertificateArn to the Ref of a "
            f"{REQUEST_TYPE} in the same stack"
        )


def require_under_way(logical_id: str, arn: str) -> None:
    """Raise CertificateError unless the stack is creating or updating this request, or has requested this certificate.

    CloudFormation knows a new certificate's ARN only after the response. Raises ClientError if the call fails.
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
            f"{logical_id[:60]}: this stack is not deploying such a {REQUEST_TYPE}; nothing was done; deploy again"
        )


def _requests() -> list[Any]:
    """Return the certificate requests in the stack that STACK_ID names."""
    pages = clients.cloudformation().get_paginator("list_stack_resources").paginate(StackName=os.environ["STACK_ID"])
    return [
        entry for page in pages for entry in page["StackResourceSummaries"] if entry["ResourceType"] == REQUEST_TYPE
    ]
