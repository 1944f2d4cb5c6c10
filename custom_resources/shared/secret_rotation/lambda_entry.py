"""Lambda's side of a rotation: the event in, one line in the log for what went wrong, never a value of a secret."""

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from shared.aws_errors.new_rights import once_in_force
from shared.secret_rotation.steps import Request, RotationError, read

logger = logging.getLogger(__name__)
logging.getLogger(__package__).setLevel(logging.INFO)

# Refusals name who may not do what. Other messages may repeat what was sent, and that may be the secret.
SPOKEN_CODES = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


def answer(event: Mapping[str, Any], context: Any, work: Callable[[Request], None]) -> None:
    """Do the work that an event asks for; `context` is Lambda's.

    The first rotation is tested when the role's policy is seconds old: what is denied is tried again for a while.
    Raises RotationError if it fails, so that Secrets Manager tries again.
    """
    try:
        request = read(event)
        once_in_force(lambda: work(request), context)
    except Exception as error:
        text = told(error)
        where = {name: event.get(name) for name in ("Step", "SecretId", "ClientRequestToken")}
        # Neither a traceback here nor a cause below: both would show the error's own text.
        logger.error("%s %s", text, json.dumps(where))
        raise RotationError(text) from None


def told(error: Exception) -> str:
    """Return what may be said of an error: enough to act on, and no value of a secret."""
    if isinstance(error, RotationError):
        return str(error)
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        message = error.response["Error"].get("Message", "") if code in SPOKEN_CODES else ""
        request_id = error.response.get("ResponseMetadata", {}).get("RequestId", "unknown")
        return f"{error.operation_name} failed: {code}. {message} (request {request_id})".replace(".  (", ". (")
    if isinstance(error, BotoCoreError) and not isinstance(error, ParamValidationError):
        return f"AWS could not be asked: {type(error).__name__}."
    # A bug. The places in the code are no secret; the error's text could be.
    return f"{type(error).__name__}\n" + "".join(traceback.format_tb(error.__traceback__))
