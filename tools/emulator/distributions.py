"""Distributions with the defaults that CloudFormation gives them: the API wants them back in an update.

Source: "AWS::CloudFront::Distribution", and the members that UpdateDistribution requires.

ministack parses the same XML again and again: a distribution's configuration several times for each request of a
visitor. Here each is parsed once.
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
    # A copy each time, since ministack changes what it gets.
    parsed = lru_cache(maxsize=256)(cloudfront.fromstring)
    cloudfront.fromstring = lambda text: copy.deepcopy(parsed(text))
    own_aliases = cloudfront._get_distribution_aliases
    # Asked of each distribution for each request of a visitor.
    aliases = lru_cache(maxsize=256)(lambda config: tuple(own_aliases({"config_xml": config})))
    cloudfront._get_distribution_aliases = lambda distribution: list(aliases(distribution.get("config_xml")))


def _completed(props: Json) -> Json:
    config = props.get("DistributionConfig") or {}
    origins = [_with_ports(origin) for origin in config.get("Origins", [])]
    return {**props, "DistributionConfig": {"Comment": "", **config, "Origins": origins}}


def _with_ports(origin: Json) -> Json:
    custom = origin.get("CustomOriginConfig")
    return {**origin, "CustomOriginConfig": {**_PORTS, **custom}} if custom else origin
