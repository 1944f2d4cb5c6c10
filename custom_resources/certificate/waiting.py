"""Has the function called again each minute while something takes long.

crhelper calls the poll function with the request and with what is in `helper.Data`.
"""

import time
from typing import Any

from shared.cfn_response.resource import CustomResource

Event = dict[str, Any]

# CloudFormation waits an hour, or ServiceTimeout seconds if a template has it. A later answer has no effect, so there
# is room for two more polls. Source: "AWS::CloudFormation::CustomResource", ServiceTimeout.
_SERVICE_TIMEOUT = 3600
_MARGIN_MINUTES = 2


def ask_again(helper: CustomResource, event: Event, minutes: int, state: dict[str, Any]) -> None:
    """Let `helper.Data` have what polling needs: the state, and when to give up.

    The rule carries the request, of which EventBridge takes 8,192 characters: long lists of names are left out. Source:
    "Target" in the EventBridge API Reference.
    """
    allowed = int(event["ResourceProperties"].get("ServiceTimeout", _SERVICE_TIMEOUT)) // 60 - _MARGIN_MINUTES
    minutes = max(0, min(minutes, allowed))
    helper.Data = {**state, "Minutes": minutes, "GiveUpAt": time.time() + 60 * minutes}
    event.pop("OldResourceProperties", None)
    event["ResourceProperties"] = {}


def late(helper: CustomResource) -> bool:
    """Tell whether it is time to give up."""
    return bool(time.time() >= helper.Data["GiveUpAt"])
