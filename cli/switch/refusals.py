"""What to do when AWS refuses a call of a switch, throttles it, or does not answer."""

from botocore.exceptions import BotoCoreError, ClientError, MissingDependencyException, NoCredentialsError
from botocore.parsers import ResponseParserError

from cli.aws_problems import DENIED, aws_problem
from cli.deployed.tools import AGAIN
from resilient_website.problems import Problem

# Source: the error codes that the SDK's standard retry mode counts as throttling (botocore/retries/standard.py).
THROTTLED = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "SlowDown",
)
EXPIRED = (
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
)


def refusal(where: str, error: Exception) -> Problem:
    """Return an error of an AWS client as a problem that says how to continue."""
    if isinstance(error, ClientError):
        return _refused(where, error)
    if isinstance(error, MissingDependencyException):
        advice = f"install it in the environment of this command (`pip install awscrt`), then {AGAIN}"
        return Problem(where, "the package awscrt, which signs requests to a key value store, is missing", advice)
    if isinstance(error, BotoCoreError | ResponseParserError) and not isinstance(error, NoCredentialsError):
        advice = (
            "check the network. If the Region itself is lost, an unplanned switch (without --planned) to the other "
            f"one needs nothing of it. Otherwise {AGAIN}"
        )
        return Problem(where, f"AWS does not answer: {error}", advice)
    return aws_problem(where, error)


def _refused(where: str, error: ClientError) -> Problem:
    """Return the problem for an error of AWS, with what to do about it."""
    details = error.response["Error"]
    code, operation = str(details.get("Code")), error.operation_name
    said = f"{code}: {details.get('Message')}"
    if code in THROTTLED:
        advice = f"wait a minute, then {AGAIN}"
        return Problem(where, f"AWS throttles {operation}, also after several attempts ({said})", advice)
    if code in DENIED:
        advice = f"use a role with the permissions that docs/switch.md lists, then {AGAIN}"
        return Problem(where, f"you may not call {operation} ({said})", advice)
    if code in EXPIRED:
        return Problem(
            where, f"{operation}: the credentials are not valid any more ({said})", f"sign in again, then {AGAIN}"
        )
    advice = f"correct what it names, then {AGAIN}"
    return Problem(where, f"AWS refused {operation} ({said})", advice)
