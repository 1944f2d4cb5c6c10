"""CloudFormation's limits of the expanded template, checked here for earlier and clearer errors."""

import json
from collections.abc import Mapping
from typing import Any

from resilient_website.facts.cloudformation_quotas import (
    MAX_DYNAMIC_REFERENCES,
    MAX_OUTPUTS,
    MAX_RESOURCES,
    MAX_TEMPLATE_BYTES,
)
from resilient_website.problems import InvalidTemplateError, Problem

MOVE = "move some of the resources, or one of the sites, to a separate stack"


def refuse_too_many(count: int) -> None:
    """Raise InvalidTemplateError for far too many resources, before they are serialized.

    For a small excess, `check` reports the number, and all other exceeded limits.
    """
    if count > 2 * MAX_RESOURCES:
        found = f"the expanded template has at least {count} resources; CloudFormation allows {MAX_RESOURCES}"
        raise InvalidTemplateError([Problem("Resources", found, MOVE)])


def check(template: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each limit that an expanded template exceeds."""
    # With escapes, text is never shorter than in UTF-8: most templates need not be encoded to see that they fit. No
    # object contains itself, as the template was read before: looking for that would take a third of the time.
    text = json.dumps(template, separators=(",", ":"), default=str, check_circular=False)
    length = len(text) if len(text) <= MAX_TEMPLATE_BYTES else size(template)
    leave_out = "leave out unused outputs, or move some to a separate stack"
    shorten = "store long texts and scripts in S3, or move some of the resources to a separate stack"
    read_later = "have the application read the values at startup, or move one of the sites to a separate stack"
    outputs = template.get("Outputs")
    counts = (
        ("Resources", len(template.get("Resources", {})), MAX_RESOURCES, "resources", MOVE),
        ("Outputs", len(outputs) if isinstance(outputs, Mapping) else 0, MAX_OUTPUTS, "outputs", leave_out),
        ("(template)", length, MAX_TEMPLATE_BYTES, "bytes", shorten),
        ("Resources", text.count("{{resolve:"), MAX_DYNAMIC_REFERENCES, "dynamic references", read_later),
    )
    return [
        Problem(path, f"the expanded template has {count} {what}; CloudFormation allows {most}", advice)
        for path, count, most, what, advice in counts
        if count > most
    ]


def size(value: Any) -> int:
    """Return the size in bytes of a part of a template as compact JSON. Raises RecursionError if nested too deeply."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    # A lone surrogate can't be encoded in UTF-8, but is allowed in JSON as an escape.
    return len(text.encode(errors="surrogatepass"))
