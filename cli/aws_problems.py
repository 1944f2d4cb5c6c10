"""What AWS refuses, shown as a problem with what to do about it."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from resilient_website.problems import Problem

# What an SDK client raises: AWS refuses, can't be reached, or answers with something else than AWS would.
AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError)


def aws_problem(where: str, error: Exception) -> Problem:
    """Return what AWS refused, or why it could not be asked, as a problem to show."""
    if isinstance(error, ClientError):
        told = error.response["Error"]
        found = f"AWS refused {error.operation_name}: {told.get('Code')}: {told.get('Message')}"
        return Problem(where, found, "repair what it says, or ask for the permission")
    if isinstance(error, NoCredentialsError):
        return Problem(where, "no AWS credentials were found", "sign in (`aws sso login`) or set AWS_PROFILE")
    return Problem(where, f"AWS can't be reached: {error}", "look at the network, the Region and the credentials")
