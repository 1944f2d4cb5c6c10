"""The error messages of remote stacks: what failed, and what to do about it.

A reason of more than 256 characters loses its middle (see `shared.cfn_response.resource`), so messages are short.
"""

from botocore.exceptions import ClientError

from shared.aws_errors.codes import code

# Error codes of a Region that the account has not enabled. Source: "Common errors" in several API References.
_NOT_ENABLED = ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "OptInRequired")

_MAX_REASON_LENGTH = 150


class RemoteStackError(Exception):
    """A stack can't be created, updated or deleted; the message says what to do."""


def failed(status: str, reason: str, name: str, region: str) -> RemoteStackError:
    """Return the error for an operation that failed, with its first failed resource."""
    detail = _cut(reason, _MAX_REASON_LENGTH) or f"read the events of the stack {_shown(name)}"
    return RemoteStackError(f"{region}: {status}: {detail}")


def late(status: str, name: str, region: str) -> RemoteStackError:
    """Return the error for an operation that takes too long."""
    return RemoteStackError(
        f"{region}: {_shown(name)} is still {status}: read its events there, and deploy again once it is complete"
    )


def stuck(status: str, name: str, region: str) -> RemoteStackError:
    """Return the error for a stack whose rollback has to be continued manually."""
    return RemoteStackError(f"{region}: {_shown(name)} is {status}: continue its rollback there, then deploy again")


def foreign(name: str, region: str) -> RemoteStackError:
    """Return the error for a stack with the same name that this function's stack did not create."""
    return RemoteStackError(
        f"{region}: {_shown(name)} does not belong to this stack: delete it there, then deploy again"
    )


def too_much(size: int, most: int) -> RemoteStackError:
    """Return the error for outputs that exceed the size of a response."""
    return RemoteStackError(
        f"the stack's outputs have {size} bytes, the maximum is {most}: write fewer or shorter outputs"
    )


def brief(error: Exception, region: str) -> RemoteStackError:
    """Return an AWS error as a RemoteStackError that is not cut: Region, operation, code and start of the message."""
    if isinstance(error, ClientError) and code(error) in _NOT_ENABLED:
        return RemoteStackError(f"{region}: {code(error)}: enable this Region in the account, or use another Region")
    if not isinstance(error, ClientError):
        return RemoteStackError(
            f"{region}: {_cut(str(error), _MAX_REASON_LENGTH)}; check that {region} is a Region and available"
        )
    message = error.response["Error"].get("Message", "")
    return RemoteStackError(f"{region}: {error.operation_name}: {code(error)}: {_cut(message, _MAX_REASON_LENGTH)}")


def missing(error: ClientError) -> bool:
    """Return whether an error says that the stack does not exist."""
    return code(error) == "ValidationError" and "does not exist" in str(error)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _shown(name: str) -> str:
    """Return a stack's name, given its name or id."""
    return name.split("/")[1] if "/" in name else name
