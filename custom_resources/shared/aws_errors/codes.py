"""Errors of AWS's: their codes, and which of them go away by themselves."""

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

# Errors that go away by themselves, beside those of the 500s. The throttling ones are botocore's.
_TRANSIENT = (
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "PriorRequestNotComplete",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
)


# What S3 answers where there is no such bucket or object.
GONE = ("NoSuchBucket", "NoSuchKey", "404", "NotFound")


def code(error: Exception) -> str:
    """Return the code of an AWS error; empty if it is none."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def transient(error: Exception) -> bool:
    """Tell whether an error goes away by itself: throttling, trouble on AWS's side, or no connection."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code(error) in _TRANSIENT or status >= 500
    return isinstance(error, (HTTPClientError, NoConnectionError, ResponseParserError))
