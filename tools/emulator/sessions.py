"""boto3 sessions that read each service's model once: EC2's alone takes some 50 MB and a third of a second.

The user agent and the times in responses, a quarter of a request's time, are cached and parsed faster.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore import useragent
from botocore.utils import parse_timestamp

# The same parts go into the user agent of every request.
useragent.sanitize_user_agent_string_component = cache(useragent.sanitize_user_agent_string_component)


def session(access_key: str, region: str, secret: str = "test") -> boto3.Session:
    """Return a session with these credentials in a Region; all sessions share the models that they have loaded."""
    core = botocore.session.Session()
    core.register_component("data_loader", loader())
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
    return boto3.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret, region_name=region, botocore_session=core
    )


@cache
def loader() -> Any:
    """Return the loader of services' models and endpoints, which caches them."""
    return botocore.session.Session().get_component("data_loader")


def timestamp(value: Any) -> datetime:
    """Return the time in a response as botocore does, but parse ISO 8601 in UTC without dateutil, which is slow."""
    try:
        found = datetime.fromisoformat(value) if "T" in value else None
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is not UTC:
        return parse_timestamp(value)
    return found
