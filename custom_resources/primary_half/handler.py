"""Lambda entry point of the custom resource that tells a half of a site what it needs to know of the other.

The copy's reads only Parameter Store of its own Region, so that it can be updated while the primary Region is down.
"""

from typing import Any

import boto3
from botocore.config import Config

from primary_half.properties import read
from primary_half.published import NotPublishedError, values
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource

PHYSICAL_ID = "primary-half"

helper = CustomResource()

_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle one CloudFormation request."""
    helper(event, context)


@helper.create
@helper.update
def create_or_update(event: dict[str, Any], _context: Any) -> str:
    """Return the published values as attributes."""
    try:
        wanted = read(event["ResourceProperties"])
        found = values(boto3.client("ssm", region_name=wanted.region or None, config=_CONFIG), wanted)
    except (InvalidPropertiesError, NotPublishedError) as error:
        raise ValueError(str(error)) from None
    helper.Data.update(found)
    return PHYSICAL_ID


@helper.delete
def delete(_event: dict[str, Any], _context: Any) -> None:
    """Do nothing: the values belong to the primary half."""
