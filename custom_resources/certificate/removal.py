"""Deletes a certificate once no resource uses it.

The validation records stay in the hosted zone: within an account, ACM always uses the same record for the same name, so
another certificate for that name, in this stack or another, may need it for renewal. Source: "DNS validation" in the
ACM User Guide.
"""

from typing import TYPE_CHECKING

from certificate.issuance import described
from shared.aws_errors.codes import code
from shared.aws_errors.new_permissions import denied

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient

# Another call is changing it, or it is in use: CloudFront reports a distribution as deleted before ACM does.
_LATER = ("ResourceInUseException", "ConflictException")


def delete(acm: "ACMClient", arn: str) -> bool:
    """Delete a certificate; return False to retry later, True if it is deleted or does not exist.

    IAM checks permissions before ACM checks existence: if the policy names another certificate by now, a denial may
    mean that this one no longer exists.
    """
    try:
        acm.delete_certificate(CertificateArn=arn)
    except acm.exceptions.ClientError as error:
        if code(error) == "ResourceNotFoundException" or (denied(error) and described(acm, arn) is None):
            return True
        if code(error) in _LATER:
            return False
        raise
    return True


def users(acm: "ACMClient", arn: str) -> list[str]:
    """Return the ARNs of the resources that use a certificate."""
    detail = described(acm, arn)
    return detail.get("InUseBy", []) if detail else []
