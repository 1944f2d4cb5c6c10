"""Classifies AWS errors by their codes: transient ones, and missing buckets or objects."""

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

# Transient errors besides HTTP 5xx. The throttling codes are botocore's.
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


# S3's error codes for a bucket or object that does not exist.
GONE = ("NoSuchBucket", "NoSuchKey", "404", "NotFound")


def code(error: Exception) -> str:
    """Return the code of an AWS error; empty for any other exception."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def transient(error: Exception) -> bool:
    """Return whether an error is transient: throttling, a server-side error, or a failed connection."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code(error) in _TRANSIENT or status >= 500
    return isinstance(error, (HTTPClientError, NoConnectionError, ResponseParserError))
