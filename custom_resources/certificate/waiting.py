"""Schedules a call of the function every minute while a long operation is in progress.

crhelper calls the poll function with the request and with what is in `helper.Data`.
"""

import time
from typing import Any

from shared.cfn_response.resource import CustomResource

Event = dict[str, Any]

# CloudFormation waits one hour, or ServiceTimeout seconds if the template sets it. A later response has no effect, so
# the margin leaves time for two more polls. Source: "AWS::CloudFormation::CustomResource", ServiceTimeout.
_SERVICE_TIMEOUT = 3600
_MARGIN_MINUTES = 2


def ask_again(helper: CustomResource, event: Event, minutes: int, state: dict[str, Any]) -> None:
    """Store in `helper.Data` what polling needs: the state, and when to give up.

    The rule holds the request, which EventBridge limits to 8,192 characters: the properties are removed from it.
    Source: "Target" in the EventBridge API Reference.
    """
    allowed = int(event["ResourceProperties"].get("ServiceTimeout", _SERVICE_TIMEOUT)) // 60 - _MARGIN_MINUTES
    minutes = max(0, min(minutes, allowed))
    helper.Data = {**state, "Minutes": minutes, "GiveUpAt": time.time() + 60 * minutes}
    event.pop("OldResourceProperties", None)
    event["ResourceProperties"] = {}


def late(helper: CustomResource) -> bool:
    """Return whether it is time to give up."""
    return bool(time.time() >= helper.Data["GiveUpAt"])
