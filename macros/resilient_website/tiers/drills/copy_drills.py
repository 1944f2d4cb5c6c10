"""Drills of what a copy in another Region depends on: the replication of the database, and that of the assets."""

from typing import NamedTuple

from resilient_website.context import Context
from resilient_website.tiers.database import Database
from resilient_website.tiers.drills.parts import DURATION, Part, reboot
from resilient_website.tiers.tags import REPLICATED_TAG, site_name


class ReplicatedBucket(NamedTuple):
    """The logical id of a bucket that S3 replicates, and the Region of its destination."""

    bucket: str
    region: str


def restart(database: Database) -> Part:
    """Return the target and action that restart the copy's database, which stops its replication for a minute.

    RDS replicates through its own network: no action of FIS on the site's subnets reaches that.
    """
    return reboot("CopyDatabase", database, failover=False)


def pause(context: Context, replicated: ReplicatedBucket) -> Part:
    """Return the target and action that pause a bucket's replication.

    FIS finds buckets by tags only. Source: "aws:s3:bucket-pause-replication" in "AWS FIS actions reference".
    """
    target = {
        "ResourceType": "aws:s3:bucket",
        "ResourceTags": {REPLICATED_TAG: site_name(context)},
        "SelectionMode": "ALL",
    }
    action = {
        "ActionId": "aws:s3:bucket-pause-replication",
        "Parameters": {"duration": DURATION, "region": replicated.region},
        "Targets": {"Buckets": "Assets"},
    }
    return "Assets", target, action
