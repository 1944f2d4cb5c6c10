"""Lambda entry point for both custom resources of this folder; dispatches by resource type."""

from typing import Any

from certificate import certificate_handler, request_handler

Event = dict[str, Any]

HANDLERS = {
    "Custom::CertificateRequest": request_handler,
    "Custom::Certificate": certificate_handler,
}


def handler(event: Event, context: Any) -> None:
    """Answer one request, or have the function called again in a minute."""
    found = HANDLERS.get(str(event.get("ResourceType")))
    if found is None:
        advice = f"ResourceType: found {str(event.get('ResourceType'))[:60]!r}; write one of {', '.join(HANDLERS)}"
        request_handler.helper.refuse(event, context, advice)
    else:
        found.answer(event, context)
