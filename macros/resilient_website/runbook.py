"""Where alarms send the person on call: the page in this project's documentation, and its sections' anchors."""

RUNBOOK = "docs/on-call.md"
