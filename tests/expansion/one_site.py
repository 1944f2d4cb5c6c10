"""A template with one site: what it expands to, or why it is refused."""

from typing import Any

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError

DOMAIN = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}

KEY = "arn:aws:kms:us-east-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012"


def expand(properties: dict[str, Any], region: str = "us-east-1", name: str = "Site") -> dict[str, Any]:
    later = {parameter: {"Type": "CommaDelimitedList"} for parameter in ("Countries", "Country", "Paths")}
    resources = {name: {"Type": "ResilientWebsite", "Properties": properties}}
    return expand_template({"Parameters": later, "Resources": resources}, {}, region)


def refused(properties: dict[str, Any], region: str = "us-east-1", name: str = "Site") -> list[str]:
    """Return the problems of a site, from its properties' paths on; none if it expands."""
    try:
        expand(properties, region, name)
    except InvalidTemplateError as error:
        return [str(problem).removeprefix(f"Resources.{name}.Properties.") for problem in error.problems]
    return []
