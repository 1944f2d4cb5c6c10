"""Saves the site with a function of the stack, at deployment and on a schedule.

Each run creates a version, which becomes current only if it is complete and not worse than the last.
"""

from collections.abc import Sequence
from typing import Any

from troposphere import AWSHelperFn, AWSObject, Join
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.intrinsics import as_list
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.functions.schedule import scheduled
from resilient_website.quoting import json_text
from resilient_website.tiers.fallback import SAVED_PREFIX, Fallback, may_write
from resilient_website.tiers.saved_site.spec import SourceSpec

# Lambda's maximum timeout, and time to respond. Source: "Lambda quotas".
SAVER_TIMEOUT_SECONDS = 960

FUNCTION = FunctionKind(
    "SavedSite",
    "saved_site",
    "Saves a copy of the website for use during outages",
    # A crawl takes up to ten minutes, and publishing a few more; parsing large pages needs the memory.
    timeout=900,
    memory=1769,
    # Checked before removing saved pages: whether another resource of the stack has since saved to the same place.
    statements=(*may_write(SAVED_PREFIX), ask_own_stack("ListStackResources")),
    failure=(
        "The site was not saved, or the new copy was worse than the last one. The last good copy stays in use and "
        "gets older.",
        "Read the function's log group.",
    ),
    logs_failures=True,
)


class SavedSite(AWSCustomObject):
    """The custom resource that saves the site (custom_resources/saved_site)."""

    resource_type = "Custom::SavedSite"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "BucketName": ((str, AWSHelperFn), True),
        "Prefix": (str, True),
        "Source": (dict, True),
        "KeepVersions": ((int, AWSHelperFn), True),
    }


def build(
    context: Context, spec: SourceSpec, domain_name: str, fallback: Fallback, waits_for: Sequence[str]
) -> tuple[AWSObject, ...]:
    """Return the first copy and the schedule of later ones; `waits_for` are the resources that a crawl needs."""
    properties: dict[str, Any] = {
        "BucketName": fallback.main.bucket_name,
        "Prefix": SAVED_PREFIX,
        "Source": _source(spec, domain_name),
        "KeepVersions": spec.keep_versions,
    }
    saved = SavedSite(
        context.id("SavedSite"),
        DependsOn=[*waits_for, *FUNCTION.ready],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=SAVER_TIMEOUT_SECONDS,
        **properties,
    )
    runs = scheduled(
        context,
        FUNCTION,
        spec.schedule,
        what="Saves the resilient website again",
        target="Save",
        event=_input(properties),
        # So that no run starts while the copy is being deleted.
        waits_for=saved.title,
    )
    return saved, *runs


def _source(spec: SourceSpec, domain_name: str) -> dict[str, Any]:
    if spec.bucket_prefix is not None:
        return {"BucketPrefix": {"Bucket": spec.bucket_prefix.bucket, "Prefix": spec.bucket_prefix.prefix}}
    crawl = spec.crawl
    if crawl is None:
        raise ValueError("a source is a crawl or a bucket's prefix: check refuses others")
    bounds = {"MaxPages": crawl.max_pages, "MaxDepth": crawl.max_depth, "MaxSeconds": crawl.max_seconds}
    return {"Crawl": {"StartUrl": f"https://{domain_name}/", "Paths": as_list(crawl.paths), **bounds}}


def _input(properties: dict[str, Any]) -> AWSHelperFn:
    """Return the scheduled event: JSON text, with values inserted by CloudFormation."""
    return Join("", json_text.document({"Action": "save", "Site": properties}))
