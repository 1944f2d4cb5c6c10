"""Distributions with the defaults that CloudFormation gives them: the API wants them back in an update.

Source: "AWS::CloudFront::Distribution", and the members that UpdateDistribution requires.

ministack parses a distribution's configuration several times for each request of a visitor; here it is parsed once.
"""

import copy
from functools import lru_cache
from typing import Any

from ministack.services import cloudfront  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

_PORTS = {"HTTPPort": 80, "HTTPSPort": 443}


def register() -> None:
    """Complete what CloudFormation makes a distribution of, and keep what has been parsed."""
    own_config = provisioners._cf_distribution_config
    provisioners._cf_distribution_config = lambda props, reference: own_config(_completed(props), reference)
    # By its text, so that a changed configuration is another one; a copy, since ministack changes what it gets.
    parsed = lru_cache(maxsize=256)(lambda text: own_element({"config_xml": text}))
    own_element = cloudfront._dist_config_el
    cloudfront._dist_config_el = lambda record: copy.deepcopy(parsed(record.get("config_xml")))


def _completed(props: Json) -> Json:
    config = props.get("DistributionConfig") or {}
    origins = [_with_ports(origin) for origin in config.get("Origins", [])]
    return {**props, "DistributionConfig": {"Comment": "", **config, "Origins": origins}}


def _with_ports(origin: Json) -> Json:
    custom = origin.get("CustomOriginConfig")
    return {**origin, "CustomOriginConfig": {**_PORTS, **custom}} if custom else origin
