"""The macro's Lambda function: takes CloudFormation's event and returns the response. The only Lambda-specific file."""

import gc

# After how many new objects Python looks for garbage. After 700, its default, it would look some 70 times during the
# imports alone, in vain: what they make stays. An expansion makes fewer objects than this.
gc.set_threshold(100_000)

import logging
import os
from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation import input_limits
from resilient_website.expand import expand_template
from resilient_website.functions.code import Layer
from resilient_website.problems import TOO_DEEP, InvalidTemplateError, message
from resilient_website.read_template import DEFAULT_MACRO

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the expanded fragment, or a failure whose message says how to fix the template.

    `event` and the response are those of "Creating CloudFormation macro definitions". Never raises: CloudFormation
    would only say "malformed response". Never logs the event, which holds the values of the template's parameters.
    """
    request = {"requestId": event.get("requestId", "")}
    try:
        fragment = expand_template(
            event.get("fragment"),
            parameters=_parameters(event),
            region=str(event.get("region", "")),
            macro=_macro_name(event),
            code=Layer(os.environ["FUNCTIONS_LAYER_ARN"]),
            account=str(event.get("accountId", "")),
            listed=False,
        )
    except InvalidTemplateError as error:
        logger.info("refused request %s: %d problems", request["requestId"], len(error.problems))
        return {**request, "status": "failure", "errorMessage": message(error.problems)}
    except RecursionError:
        return {**request, "status": "failure", "errorMessage": TOO_DEEP}
    except Exception:
        reference = getattr(context, "aws_request_id", request["requestId"])
        logger.exception("request %s failed", request["requestId"])
        return {**request, "status": "failure", "errorMessage": internal_error(reference)}
    return {**request, "status": "success", "fragment": fragment}


def _macro_name(event: dict[str, Any]) -> str:
    """Return the name under which the macro was called: the part of `<account>::<name>` that is its own."""
    return str(event.get("transformId", "")).rpartition("::")[2] or DEFAULT_MACRO


def _parameters(event: dict[str, Any]) -> Mapping[str, Any]:
    values = event.get("templateParameterValues")
    if not isinstance(values, Mapping):
        return {}
    input_limits.check_values(values)
    return values


def internal_error(reference: str) -> str:
    """Return the message for an internal error; `reference` is its id in the log."""
    return (
        f"The macro failed with an internal error; nothing was changed. Its log has the details under {reference}: "
        "please report them."
    )
