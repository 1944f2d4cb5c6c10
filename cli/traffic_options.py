"""The options with a month's traffic, of commands that estimate costs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from cli.analysis.costs.change import USUAL_TRAFFIC
from cli.analysis.costs.charge import Traffic


def traffic_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --requests and --gigabytes, as its one argument `traffic`."""

    @click.option(
        "--requests",
        type=click.FloatRange(min=0),
        default=USUAL_TRAFFIC.requests,
        show_default=True,
        help="Requests to CloudFront in a month.",
    )
    @click.option(
        "--gigabytes",
        type=click.FloatRange(min=0),
        default=USUAL_TRAFFIC.gigabytes,
        show_default=True,
        help="Gigabytes that visitors get in a month.",
    )
    @wraps(command)
    def with_traffic(*args: Any, requests: float, gigabytes: float, **kwargs: Any) -> None:
        command(*args, traffic=Traffic(requests, gigabytes), **kwargs)

    return with_traffic
