"""CloudFront Functions that create an origin group for a request, or select an origin.

Code is neither run nor parsed: the macro's own code is known, with what it does (`prefer_saved_page.py` and
`select_origin.py`), any other is not.
"""

from collections.abc import Callable
from typing import TypeVar

from cli.analysis.availability.references import reference
from cli.analysis.availability.resources import Resource, Resources
from resilient_website.facts.runtimes import CLOUDFRONT_JAVASCRIPT
from resilient_website.inline import prefer_saved_page, select_origin
from resilient_website.inline.prefer_saved_page import RequestOriginGroup
from resilient_website.inline.select_origin import SelectedOrigins

Known = TypeVar("Known")

# The attributes that are a function's ARN.
ATTRIBUTES = ("FunctionARN", "FunctionMetadata.FunctionARN")


def request_origin_groups(resources: Resources) -> dict[str, RequestOriginGroup]:
    """Return the origin groups of the functions that are known, by the placeholder of their FunctionARN."""
    return _known(resources, prefer_saved_page.meaning)


def selected_origins(resources: Resources) -> dict[str, SelectedOrigins]:
    """Return the origins that functions select for the active half, by the placeholder of their FunctionARN.

    Without a key value store, a function selects none.
    """
    with_store = {
        reference(made.logical_id, attribute)
        for made in resources.of_type("AWS::CloudFront::Function")
        for attribute in ATTRIBUTES
        if made.properties.inner("FunctionConfig").any("KeyValueStoreAssociations")
    }
    known = _known(resources, select_origin.meaning)
    return {function: selected for function, selected in known.items() if function in with_store}


def _known(resources: Resources, meaning: Callable[[str], Known | None]) -> dict[str, Known]:
    """Return what published functions do, of those that are known."""
    found = {}
    for made in resources.of_type("AWS::CloudFront::Function"):
        done = meaning(made.properties.text("FunctionCode")) if _is_published(made) else None
        if done is not None:
            for attribute in ATTRIBUTES:
                found[reference(made.logical_id, attribute)] = done
    return found


def _is_published(made: Resource) -> bool:
    """Return whether a function is published, which is required for its use."""
    held = made.properties
    return held.flag("AutoPublish") and held.inner("FunctionConfig").text("Runtime") == CLOUDFRONT_JAVASCRIPT
