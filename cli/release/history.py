"""The releases of a site that one can go back to: a small object beside the archives.

It needs no resource of its own, and survives the stack. Only complete releases are in it; one that was made otherwise
is added at the next release.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.deployed.site import DeployedSite
from cli.release.artifact import Release

NOT_THERE = ("404", "NoSuchKey", "NotFound")
MOST = 50


@dataclass(frozen=True)
class History:
    """The object of a site in a bucket."""

    s3: Any
    bucket: str
    key: str

    def read(self, current: Release) -> tuple[Release, ...]:
        """Return the known releases, the oldest first; the last one is the current one."""
        known = self._stored()
        return known if known and known[-1].key == current.key else (*known, current)

    def write(self, releases: Sequence[Release]) -> None:
        """Store the releases, of which the last one is the current one."""
        body = json.dumps([asdict(each) for each in releases[-MOST:]], indent=2).encode()
        self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=body, ContentType="application/json")

    def _stored(self) -> tuple[Release, ...]:
        try:
            body = self.s3.get_object(Bucket=self.bucket, Key=self.key)["Body"].read()
        except ClientError as error:
            if error.response["Error"].get("Code") in NOT_THERE:
                return ()
            raise
        return tuple(Release(**each) for each in json.loads(body))


def history_key(prefix: str, site: DeployedSite) -> str:
    """Return the key of a site's history, beside its archives. The halves of a site with a copy have one each."""
    return "/".join(filter(None, (prefix, "releases", f"{site.stack}-{site.name}-{site.region}.json")))
