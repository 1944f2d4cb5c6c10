"""What the tests of `prove` share: a template, and the record of a complete run."""

from typing import Any

from cli.prove.record import Measured, Record, Request, digest_of
from cli.prove.template import SMALLEST

REGION = "eu-west-1"

# A run that is complete.
DONE = Record(
    "prove-1",
    REGION,
    "2026-03-01T00:00:00+00:00",
    1.5,
    "",
    digest_of(SMALLEST, {}),
    done={"deployment": 1200.0, "removal": 900.0},
    requests=(Request("the page (GET)", 200, expected=True),),
    measured=(Measured("a web server", "the page", (), 300, 0, 0, 180),),
    left=(),
)


def template(**properties: Any) -> dict[str, Any]:
    """Return a template with a site of these properties."""
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
    }
