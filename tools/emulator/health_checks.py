"""Health checks as Route 53 describes them: ministack writes Booleans as "True", which SDKs read as false."""

from typing import Any
from xml.etree.ElementTree import Element

from ministack.services import route53  # type: ignore[import-not-found]

_BOOLEANS = ("MeasureLatency", "EnableSNI", "Inverted", "Disabled")


def register() -> None:
    """Wrap the description of a health check."""
    own_build = route53._build_health_check_el

    def build(parent: Element, check: Any) -> None:
        own_build(parent, check)
        for element in parent.iter():
            if element.tag.rpartition("}")[2] in _BOOLEANS and element.text:
                element.text = element.text.lower()

    route53._build_health_check_el = build
