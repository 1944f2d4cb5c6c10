"""Lambda entry point: compares the halves of one site, each hour, for the alarm on halves that differ.

An event is {"Parameter": ..., "PrimaryRegion": ...}, from the schedule of a copy. Each run logs one line with the
fields `site` and `differing`, the number of differing values. A metric filter makes the site's metric of it, so that
the function needs no right to publish metrics. If a Region does not answer, the run fails without this line: the metric
has no data then, which is neither "the same" nor "different".

Source: Lambda's runtime interface client for Python, whose JSON lines have the fields of `extra`.
"""

import logging
from typing import Any

import boto3
from botocore.config import Config

from half_comparison.declared import differences, published
from half_comparison.request import Request, read

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


def handler(event: dict[str, Any], _context: Any) -> dict[str, list[str]]:
    """Log and return what differs in both halves. Raises InvalidPropertiesError, BotoCoreError and ClientError."""
    request = read(event)
    found = _compared(request, boto3.client("ssm", config=_CONFIG))
    fields = {"site": request.site, "differing": len(found)}
    if found:
        logger.error("the halves of %s differ: %s", request.site, "; ".join(found), extra=fields)
    else:
        logger.info("the halves of %s are the same", request.site, extra=fields)
    return {"Differing": found}


def _compared(request: Request, here: Any) -> list[str]:
    """Return what differs, as texts: first what is missing, since nothing can be compared then."""
    there = boto3.client("ssm", region_name=request.primary_region, config=_CONFIG)
    regions = (request.primary_region, here.meta.region_name)
    primary, copy = (published(ssm, request.parameter) for ssm in (there, here))
    if primary is None or copy is None:
        lacking = [region for region, text in zip(regions, (primary, copy), strict=True) if text is None]
        return [f"the half in {region} has not published {request.parameter}" for region in lacking]
    return [each.text(*regions) for each in differences(primary, copy)]
