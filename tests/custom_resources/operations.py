"""Which operation of AWS's a request is for, and how each service tells of an error."""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

# What the services answer with, apart from 400.
STATUS = {
    "AccessDenied": 403,
    "InternalError": 500,
    "InternalFailure": 500,
    "PreconditionFailed": 412,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
}
MESSAGE = "scripted by the test"


def service_of(headers: Mapping[str, str]) -> str:
    """Return the service that a request is signed for; empty if it is not signed."""
    scope = headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0]
    return scope.split("/")[3] if scope else ""


def operation_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
    """Return the operation's name; for S3's on one object, its key follows."""
    parts = urlsplit(target)
    match service_of(headers):
        case "s3":
            return _of_s3(method, unquote(parts.path).lstrip("/"), parse_qs(parts.query, keep_blank_values=True))
        case "route53":
            return "ChangeResourceRecordSets"
        case "lambda":
            return {"POST": "AddPermission", "DELETE": "RemovePermission"}[method]
        case _:
            return named(method, target, headers, body.decode())


def named(method: str, path: str, headers: Mapping[str, str], body: str) -> str:
    """Return the operation of a request to a service with a query or JSON protocol, or to CloudFront."""
    if "X-Amz-Target" in headers:
        return headers["X-Amz-Target"].rpartition(".")[2]
    if re.fullmatch(r"/[0-9-]+/distribution/\w+/config", path):
        return {"GET": "GetDistributionConfig", "PUT": "UpdateDistribution"}[method]
    return parse_qs(body).get("Action", [""])[0]


def reported(code: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the status and body by which a service tells of an error."""
    status = STATUS.get(code, 400)
    if "X-Amz-Target" in headers or service_of(headers) == "lambda":
        return status, json.dumps({"__type": code, "message": MESSAGE}).encode()
    error = f"<Error><Code>{code}</Code><Message>{MESSAGE}</Message></Error>"
    return status, (error if service_of(headers) == "s3" else f"<ErrorResponse>{error}</ErrorResponse>").encode()


def _of_s3(method: str, path: str, query: Mapping[str, list[str]]) -> str:
    _, _, key = path.partition("/")
    if key:
        return f"{method.capitalize()}Object {key}"
    if method == "POST":
        return "DeleteObjects"
    return "ListObjectVersions" if "versions" in query else "ListObjectsV2"
