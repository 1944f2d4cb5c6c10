"""What went wrong, in words that say what to do.

CloudFormation's door cuts the middle out of a reason of more than 256 characters, so texts are short.
"""

from botocore.exceptions import ClientError

from shared.aws_errors.codes import code

# What a Region answers that the account has not enabled. Source: "Common errors" of several services' API References.
_NOT_ENABLED = ("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "OptInRequired")

_MAX_REASON_LENGTH = 150


class RemoteStackError(Exception):
    """A stack that can't be had, or can't be deleted; its text says what to do."""


def failed(status: str, reason: str, name: str, region: str) -> RemoteStackError:
    """Return the error for a stack that did not become what it should, by its first failure."""
    told = _cut(reason, _MAX_REASON_LENGTH) or f"read the events of {_shown(name)}"
    return RemoteStackError(f"{region}: {status}: {told}")


def late(status: str, name: str, region: str) -> RemoteStackError:
    """Return the error for a stack that takes too long."""
    return RemoteStackError(
        f"{region}: {_shown(name)} is still {status}: read its events there, and deploy again once it has ended"
    )


def stuck(status: str, name: str, region: str) -> RemoteStackError:
    """Return the error for a stack that only a person can free."""
    return RemoteStackError(f"{region}: {_shown(name)} is {status}: continue its rollback there, then deploy again")


def foreign(name: str, region: str) -> RemoteStackError:
    """Return the error for a stack that has the name of ours and is not."""
    return RemoteStackError(f"{region}: {_shown(name)} is not of this stack: rename or delete it there")


def too_much(size: int, most: int) -> RemoteStackError:
    """Return the error for outputs that CloudFormation would not take."""
    return RemoteStackError(f"the outputs have {size} bytes, CloudFormation takes {most}: write fewer or shorter ones")


def brief(error: Exception, region: str) -> RemoteStackError:
    """Return what AWS answered, short enough to be shown whole: with its code, and what it is about."""
    if isinstance(error, ClientError) and code(error) in _NOT_ENABLED:
        return RemoteStackError(f"{region}: {code(error)}: enable this Region in the account, or write another one")
    if not isinstance(error, ClientError):
        return RemoteStackError(
            f"{region}: {_cut(str(error), _MAX_REASON_LENGTH)}; see that {region} is a Region, and up"
        )
    message = error.response["Error"].get("Message", "")
    return RemoteStackError(f"{region}: {error.operation_name}: {code(error)}: {_cut(message, _MAX_REASON_LENGTH)}")


def missing(error: ClientError) -> bool:
    """Tell whether an error says that there is no such stack."""
    return code(error) == "ValidationError" and "does not exist" in str(error)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _shown(name: str) -> str:
    """Return a stack's name, also of its id."""
    return name.split("/")[1] if "/" in name else name
