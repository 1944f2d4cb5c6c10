"""Deletes a certificate, as soon as nothing uses it.

The validation records stay in the hosted zone: ACM gives one account the same record for the same name, always, so that
another certificate for the name, in this stack or in another, may be renewed by it. Source: "DNS validation" in the ACM
User Guide.
"""

from typing import TYPE_CHECKING

from certificate.issuance import described
from shared.aws_errors.codes import code
from shared.aws_errors.new_rights import denied

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient

# Another call is changing it, or it is in use: CloudFront reports a distribution as deleted before ACM knows.
_LATER = ("ResourceInUseException", "ConflictException")


def delete(acm: "ACMClient", arn: str) -> bool:
    """Delete a certificate; return False if that has to wait. One that does not exist is deleted.

    IAM denies before ACM looks: where the right to delete names another certificate meanwhile, this one may be gone.
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
    """Return the ARNs of what uses a certificate."""
    detail = described(acm, arn)
    return detail.get("InUseBy", []) if detail else []
