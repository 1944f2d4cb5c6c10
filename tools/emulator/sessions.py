"""Sessions of boto3's that read each service's model once: EC2's alone takes some 50 MB and a third of a second."""

from functools import cache
from typing import Any

import boto3
import botocore.session


def session(access_key: str, region: str, secret: str = "test") -> boto3.Session:
    """Return a session with these credentials in a Region, which shares what it has loaded with all others."""
    core = botocore.session.Session()
    core.register_component("data_loader", _loader())
    return boto3.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret, region_name=region, botocore_session=core
    )


@cache
def _loader() -> Any:
    return botocore.session.Session().get_component("data_loader")
