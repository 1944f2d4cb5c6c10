"""Errors of AWS as problems that say what to do."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from resilient_website.problems import Problem

# What an SDK client raises: AWS refuses, can't be reached, or the response is not from AWS.
AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError)

# Error codes for missing permission. HEAD has no body, so S3 gives only the status.
DENIED = (
    "403",
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "UnauthorizedException",
    "UnauthorizedOperation",
)


def aws_problem(where: str, error: Exception) -> Problem:
    """Return an error of an AWS client as a problem."""
    if isinstance(error, ClientError):
        details = error.response["Error"]
        found = f"AWS refused {error.operation_name}: {details.get('Code')}: {details.get('Message')}"
        return Problem(where, found, "correct what it names, or ask for the permission")
    if isinstance(error, NoCredentialsError):
        return Problem(where, "no AWS credentials were found", "sign in (`aws sso login`) or set AWS_PROFILE")
    return Problem(where, f"AWS can't be reached: {error}", "check the network, the Region and the credentials")
