"""Deletes certificates, as soon as nothing holds on to them.

The validation records stay in the hosted zone: ACM gives one account the same record for the same name, always, so that
another certificate for the name, in this stack or in another, may be renewed by it. Source: "DNS validation" in the ACM
User Guide.
"""

import logging
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from certificate.ownership import owned
from cloudformation_answer.aws_errors import code
from cloudformation_answer.owner import Owner

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient

logger = logging.getLogger(__name__)

# Others are at it, or CloudFront has not let go yet: it says that a distribution is gone before ACM knows.
_LATER = ("ResourceInUseException", "ConflictException")


def delete(acm: "ACMClient", arn: str) -> bool:
    """Delete a certificate; return False if that has to wait. One that does not exist is deleted."""
    try:
        acm.delete_certificate(CertificateArn=arn)
    except acm.exceptions.ClientError as error:
        if code(error) == "ResourceNotFoundException":
            return True
        if code(error) in _LATER:
            return False
        raise
    return True


def users(acm: "ACMClient", arn: str) -> list[str]:
    """Return the ARNs of what uses a certificate."""
    return acm.describe_certificate(CertificateArn=arn)["Certificate"].get("InUseBy", [])


def delete_strays(acm: "ACMClient", owner: Owner, domain_name: str, keep: str = "") -> None:
    """Delete what an owner's cancelled or failed requests have left; what can't be deleted is logged, and stays."""
    try:
        strays = [arn for arn in owned(acm, owner, domain_name) if arn != keep]
    except (ClientError, BotoCoreError):
        logger.exception("certificates for %s of this stack may be left over: delete them by hand", domain_name)
        return
    for arn in strays:
        abandon(acm, arn)


def abandon(acm: "ACMClient", arn: str) -> None:
    """Delete a certificate that nothing uses yet; if that fails it is logged, and stays: there is worse to tell."""
    try:
        if not delete(acm, arn):
            logger.warning("%s is in use and stays: delete it by hand", arn)
    except (ClientError, BotoCoreError):
        logger.exception("%s could not be deleted and stays: delete it by hand", arn)
