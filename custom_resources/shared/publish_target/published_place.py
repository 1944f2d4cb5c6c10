"""Where a custom resource publishes, and its removal: never while another resource of the stack publishes there.

A custom resource gets a new logical id when, for example, its site is renamed. CloudFormation then creates the new
resource, which publishes to the same prefix, and deletes the old one afterwards, which must not remove what the new one
published. After a rollback it is the other way round.
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
        """The physical id of what is published here, so that Delete finds it even if the properties are invalid."""
        return f"{self.bucket}/{self.prefix}"

    @classmethod
    def of(cls, physical_id: str) -> Self | None:
        """Return the place that a physical id names; None if it names none: nothing was published then."""
        bucket, separator, prefix = physical_id.partition("/")
        return cls(bucket, prefix) if separator and prefix.endswith("/") else None


@dataclass(frozen=True)
class Removal:
    """How a function removes what it published: `place_of` reads the properties, `remove` deletes there."""

    cloudformation: Callable[[], "CloudFormationClient"]
    place_of: Callable[[Properties], Place]
    remove: Callable[[Place, Properties], None]

    def delete(self, event: Event) -> None:
        """Handle a Delete: remove what its physical id names, unless the bucket belongs to another stack."""
        place = Place.of(str(event.get("PhysicalResourceId", "")))
        if place is None:
            logger.info("nothing was published; nothing is removed")
        elif not is_own(place.bucket):
            logger.warning("%s is not a bucket of this function's stack; nothing is removed", place.bucket)
        else:
            self._unless_taken_over(event, place, event["ResourceProperties"])

    def delete_stray(self, event: Event, kept: Collection[str]) -> None:
        """Remove what a failed Update left in another place: its response named the old place, so no Delete follows.

        CloudFormation then requests the old properties again. A failure here is only logged: the request is complete.
        """
        old = event.get("OldResourceProperties", {})
        try:
            stray = self.place_of(old)
            if stray.physical_id not in kept and is_own(stray.bucket):
                self._unless_taken_over(event, stray, old)
        except InvalidPropertiesError:
            logger.info("nothing was published with these properties; nothing is removed")
        except (ClientError, BotoCoreError, NotDeletedError):
            logger.exception("files that a failed update published elsewhere may still exist: delete them manually")

    def _unless_taken_over(self, event: Event, place: Place, properties: Properties) -> None:
        if _published_by_another(self.cloudformation(), event, place):
            logger.info("another resource of the stack publishes to %s; nothing is removed", place.physical_id)
        else:
            self.remove(place, properties)


def _published_by_another(cloudformation: "CloudFormationClient", event: Event, place: Place) -> bool:
    """Return whether the stack has another resource with this physical id that is not deleted or being deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=event["StackId"])
    return any(
        entry.get("PhysicalResourceId") == place.physical_id
        and entry["LogicalResourceId"] != event["LogicalResourceId"]
        and not entry["ResourceStatus"].startswith("DELETE_")
        for page in pages
        for entry in page["StackResourceSummaries"]
    )
