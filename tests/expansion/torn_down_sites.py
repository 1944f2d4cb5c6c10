"""Sites whose stores are deleted with them."""

from typing import Any

from resilient_website.expand import expand_template

Json = dict[str, Any]

EVERYTHING = {"Database": "Delete", "Cache": "Delete", "Assets": "Delete", "Logs": "Delete"}


def expand(properties: Json, region: str = "us-east-1", **attributes: str) -> Json:
    site = {"Type": "ResilientWebsite", "Properties": properties, **attributes}
    found: Json = expand_template({"Resources": {"Site": site}}, {}, region)["Resources"]
    return found
