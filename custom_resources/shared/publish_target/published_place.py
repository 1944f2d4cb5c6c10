"""Where a custom resource publishes, and how that is removed: not while another resource of the stack publishes there.

A stack may give a custom resource another logical id, when a site is renamed, say. CloudFormation then creates the new
resource, which fills the place, and deletes the old one afterwards, which must not remove what the new one put there.
After a rollback it is the other way round.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from shared.cfn_response.properties import InvalidPropertiesError
from shared.publish_target.own_bucket import is_own
from shared.s3_deletion.deletion import NotDeletedError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

logger = logging.getLogger(__name__)

Event = Mapping[str, Any]
Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A prefix in a bucket."""

    bucket: str
    prefix: str

    @property
    def physical_id(self) -> str:
        """The id of what is published here, so that Delete knows where to look though the properties are wrong."""
        return f"{self.bucket}/{self.prefix}"

    @classmethod
    def of(cls, physical_id: str) -> Self | None:
        """Return the place that an id names; None if it names none: then nothing was ever published."""
        bucket, separator, prefix = physical_id.partition("/")
        return cls(bucket, prefix) if separator and prefix.endswith("/") else None


@dataclass(frozen=True)
class Removal:
    """How a function removes what it has published: `place_of` reads properties, `remove` does it there."""

    cloudformation: Callable[[], "CloudFormationClient"]
    place_of: Callable[[Properties], Place]
    remove: Callable[[Place, Properties], None]

    def delete(self, event: Event) -> None:
        """Do what a Delete asks for: remove what its physical id names, unless the bucket is not of this stack."""
        place = Place.of(str(event.get("PhysicalResourceId", "")))
        if place is None:
            logger.info("nothing was published, nothing is removed")
        elif not is_own(place.bucket):
            logger.warning("%s is not a bucket of this function's stack, nothing is removed", place.bucket)
        else:
            self._unless_taken_over(event, place, event["ResourceProperties"])

    def delete_stray(self, event: Event, kept: Collection[str]) -> None:
        """Remove what a failed Update left in another place: its answer named the old one, so nobody else asks for it.

        CloudFormation asks for the old properties then. If this fails it is logged: what was asked for is done.
        """
        old = event.get("OldResourceProperties", {})
        try:
            stray = self.place_of(old)
            if stray.physical_id not in kept and is_own(stray.bucket):
                self._unless_taken_over(event, stray, old)
        except InvalidPropertiesError:
            logger.info("nothing was published with such properties, nothing is removed")
        except (ClientError, BotoCoreError, NotDeletedError):
            logger.exception("what a failed update has published elsewhere may be left over: delete it by hand")

    def _unless_taken_over(self, event: Event, place: Place, properties: Properties) -> None:
        if _published_by_another(self.cloudformation(), event, place):
            logger.info("another resource of the stack publishes to %s, nothing is removed", place.physical_id)
        else:
            self.remove(place, properties)


def _published_by_another(cloudformation: "CloudFormationClient", event: Event, place: Place) -> bool:
    """Tell whether the stack has another resource with this id that is neither deleted nor being deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=event["StackId"])
    return any(
        entry.get("PhysicalResourceId") == place.physical_id
        and entry["LogicalResourceId"] != event["LogicalResourceId"]
        and not entry["ResourceStatus"].startswith("DELETE_")
        for page in pages
        for entry in page["StackResourceSummaries"]
    )
