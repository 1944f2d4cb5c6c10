"""CloudFront Functions that create an origin group for a request.

Code is neither run nor parsed: the macro's own code is known, with what it does (`prefer_saved_page.py`), any other is
not.
"""

from cli.analysis.availability.references import reference
from cli.analysis.availability.resources import Resource, Resources
from resilient_website.inline import prefer_saved_page
from resilient_website.inline.prefer_saved_page import RequestOriginGroup


def request_origin_groups(resources: Resources) -> dict[str, RequestOriginGroup]:
    """Return the origin groups of the functions that are known, by the placeholder of their FunctionARN."""
    found = {}
    for made in resources.of_type("AWS::CloudFront::Function"):
        group = _published(made)
        if group:
            for attribute in ("FunctionARN", "FunctionMetadata.FunctionARN"):
                found[reference(made.logical_id, attribute)] = group
    return found


def _published(made: Resource) -> RequestOriginGroup | None:
    """Return the origin group of a function that is published, which is required for its use."""
    held = made.properties
    usable = held.flag("AutoPublish") and held.inner("FunctionConfig").text("Runtime") == prefer_saved_page.RUNTIME
    return prefer_saved_page.meaning(held.text("FunctionCode")) if usable else None
