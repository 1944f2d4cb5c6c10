"""Tells a certificate of the stack's own account by its ARN. No other ARN is used in a call."""

import re

from certificate.failures import CertificateError

# Source: "DescribeCertificate" in the ACM API Reference.
_CERTIFICATE = re.compile(
    r"arn:(?P<partition>[^:]+):acm:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):certificate/[A-Za-z0-9-]+"
)


def is_arn(physical_id: str) -> bool:
    """Tell whether a physical id is an ARN. Others are of creations that failed before there was a certificate."""
    return physical_id.startswith("arn:")


def region_of(arn: str, stack_id: str) -> str:
    """Return the Region of a certificate. Raises CertificateError unless it is one of the stack's account."""
    found = _CERTIFICATE.fullmatch(arn)
    _, partition, _, _, account, *_ = stack_id.split(":")
    if found is None or (found["partition"], found["account"]) != (partition, account):
        raise CertificateError(
            f"found {arn[-100:]!r}; write the ARN of a certificate of ACM's in the stack's account, {account}, as Ref "
            "of a Custom::CertificateRequest returns it"
        )
    return found["region"]
