"""Checks that an ARN names a certificate in the stack's account. No other ARN is used in a call."""

import re

from certificate.failures import CertificateError

# Source: "DescribeCertificate" in the ACM API Reference.
_CERTIFICATE = re.compile(
    r"arn:(?P<partition>[^:]+):acm:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):certificate/[A-Za-z0-9-]+"
)


def is_arn(physical_id: str) -> bool:
    """Return whether a physical id is an ARN. If not, creation failed before a certificate was requested."""
    return physical_id.startswith("arn:")


def region_of(arn: str, stack_id: str) -> str:
    """Return the Region of a certificate. Raises CertificateError unless it belongs to the stack's account."""
    found = _CERTIFICATE.fullmatch(arn)
    _, partition, _, _, account, *_ = stack_id.split(":")
    if found is None or (found["partition"], found["account"]) != (partition, account):
        raise CertificateError(
            f"found {arn[-100:]!r}; write the ARN of an ACM certificate in the stack's account, {account}, as Ref of a "
            "Custom::CertificateRequest returns it"
        )
    return found["region"]
