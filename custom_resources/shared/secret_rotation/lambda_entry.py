"""Lambda entry point of a rotation: reads the event, and logs one line per failure, never a secret's value."""

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from shared.aws_errors.new_permissions import retry_while_denied
from shared.secret_rotation.steps import Request, RotationError, read

logger = logging.getLogger(__name__)
logging.getLogger(__package__).setLevel(logging.INFO)

# Denials name the role and the action. Other messages may repeat the request's values, which may include the secret.
SAFE_CODES = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


def run_step(event: Mapping[str, Any], context: Any, work: Callable[[Request], None]) -> None:
    """Run the step that an event requests; `context` is Lambda's.

    Secrets Manager tests the first rotation when the role's policy is seconds old, so denied calls are retried for 30
    seconds. Raises RotationError if the step fails, so that Secrets Manager retries it.
    """
    try:
        request = read(event)
        retry_while_denied(lambda: work(request), context)
    except Exception as error:
        text = safe_message(error)
        where = {name: event.get(name) for name in ("Step", "SecretId", "ClientRequestToken")}
        # No traceback here and no cause below: both would show the error's original text.
        logger.error("%s %s", text, json.dumps(where))
        raise RotationError(text) from None


def safe_message(error: Exception) -> str:
    """Return an error's message without any secret value: operation, code and request id."""
    if isinstance(error, RotationError):
        return str(error)
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        message = error.response["Error"].get("Message", "") if code in SAFE_CODES else ""
        request_id = error.response.get("ResponseMetadata", {}).get("RequestId", "unknown")
        return f"{error.operation_name} failed: {code}. {message} (request {request_id})".replace(".  (", ". (")
    if isinstance(error, BotoCoreError) and not isinstance(error, ParamValidationError):
        return f"The call to AWS failed: {type(error).__name__}."
    # A bug. Show where it happened; the error's text could contain the secret.
    return f"{type(error).__name__}\n" + "".join(traceback.format_tb(error.__traceback__))
