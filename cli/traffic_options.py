"""The options with a month's traffic, of commands that estimate costs."""

from collections.abc import Callable
from functools import wraps
from math import isfinite
from typing import Any

import click

from cli.analysis.costs.change import USUAL_TRAFFIC
from cli.analysis.costs.charge import Traffic


def _finite(context: click.Context, option: click.Parameter, value: float) -> float:
    """Refuse `nan` and `inf`, which are floats."""
    if not isfinite(value):
        raise click.BadParameter(f"found {value}; give a finite number.", context, option)
    return value


def traffic_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --requests and --gigabytes, as its one argument `traffic`."""

    @click.option(
        "--requests",
        type=click.FloatRange(min=0),
        callback=_finite,
        default=USUAL_TRAFFIC.requests,
        show_default=True,
        help="Requests to CloudFront in a month.",
    )
    @click.option(
        "--gigabytes",
        type=click.FloatRange(min=0),
        callback=_finite,
        default=USUAL_TRAFFIC.gigabytes,
        show_default=True,
        help="Gigabytes that visitors get in a month.",
    )
    @wraps(command)
    def with_traffic(*args: Any, requests: float, gigabytes: float, **kwargs: Any) -> None:
        command(*args, traffic=Traffic(requests, gigabytes), **kwargs)

    return with_traffic
