"""Saving the site: by a function of the stack's, at deployment and on a schedule.

Each run makes a version that counts only when it is whole and not worse than the last.
"""

from collections.abc import Sequence
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, awslambda, events
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.intrinsics import as_list
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.quoting import json_text
from resilient_website.tiers.fallback import SAVED_PREFIX, Fallback, may_write
from resilient_website.tiers.saved_site.spec import SourceSpec

# Lambda's longest run, and time to answer. Source: "Lambda quotas".
SAVER_TIMEOUT_SECONDS = 960

FUNCTION = FunctionKind(
    "SavedSite",
    "saved_site",
    "Saves a copy of the website for use during outages",
    # A crawl takes up to ten minutes, and publishing it a few more; the memory is what large pages take to read.
    timeout=900,
    memory=1769,
    # Before it removes what is saved: whether another resource of the stack saves to the same place since.
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
    """Return the first copy and the schedule of the next ones; `waits_for` are what has to be there for a visit."""
    properties: dict[str, Any] = {
        "BucketName": fallback.bucket_name,
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
    rule = events.Rule(
        context.id("SavedSiteSchedule"),
        # So that it goes first, and no run begins while the copy is being deleted.
        DependsOn=saved.title,
        Description="Saves the resilient website again",
        ScheduleExpression=spec.schedule,
        Targets=[
            events.Target(
                Id="Save",
                Arn=FUNCTION.arn,
                Input=_input(properties),
                # The next run is soon enough; this is about calls that don't reach the function.
                RetryPolicy=events.RetryPolicy(MaximumRetryAttempts=0, MaximumEventAgeInSeconds=3600),
            )
        ],
    )
    permission = awslambda.Permission(
        context.id("SavedSitePermission"),
        Action="lambda:InvokeFunction",
        FunctionName=Ref(FUNCTION.function),
        Principal="events.amazonaws.com",
        SourceArn=GetAtt(rule, "Arn"),
    )
    return saved, rule, permission


def _source(spec: SourceSpec, domain_name: str) -> dict[str, Any]:
    if spec.bucket_prefix is not None:
        return {"BucketPrefix": {"Bucket": spec.bucket_prefix.bucket, "Prefix": spec.bucket_prefix.prefix}}
    crawl = spec.crawl
    if crawl is None:
        raise ValueError("a source is a crawl or a bucket's prefix: check refuses others")
    bounds = {"MaxPages": crawl.max_pages, "MaxDepth": crawl.max_depth, "MaxSeconds": crawl.max_seconds}
    return {"Crawl": {"StartUrl": f"https://{domain_name}/", "Paths": as_list(crawl.paths), **bounds}}


def _input(properties: dict[str, Any]) -> AWSHelperFn:
    """Return the scheduled event: JSON text, with CloudFormation's values put in as strings."""
    return Join("", json_text.document({"Action": "save", "Site": properties}))
