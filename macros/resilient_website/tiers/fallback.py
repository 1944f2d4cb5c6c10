"""The fallback site's bucket: where the friendly page is kept that visitors get when the site can't answer.

Resilient because it needs none of the other tiers: a private bucket, filled once by a custom resource, read by
CloudFront or by API Gateway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, NoValue, Ref
from troposphere.cloudformation import AWSCustomObject

from resilient_website.buckets import bucket_policy, objects, private_bucket
from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.kinds import Text
from resilient_website.properties import prop
from resilient_website.tiers.assets import access_control

# Below this prefix, in the bucket and on the site. An underscore first keeps it clear of an application's own paths.
PREFIX = "_fallback/"
PAGE_KEY = PREFIX + "index.html"

# How long visitors and search engines are told to stay away, and how long an error may be cached at the edge: seconds,
# so that a repaired site is back at once. Source for Retry-After with 503: RFC 9110, section 15.6.4.
RETRY_AFTER_SECONDS = 120
ERROR_CACHING_SECONDS = 5

# Publishing a page takes a second or two; a publisher that says nothing for this long is dead.
PUBLISHER_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class FallbackSpec:
    """The fallback site's properties and defaults."""

    title: Value = prop(
        "Title",
        Text("text"),
        "We will be right back",
        lands_on="Custom::FallbackSite.Title",
        reason="says what a visitor wants to know first",
    )
    message: Value = prop(
        "Message",
        Text("text; a blank line starts a paragraph"),
        "Our website is taking a short break. Nothing is lost, and we are working on it. "
        "Please try again in a few minutes.",
        lands_on="Custom::FallbackSite.Message",
        reason="says that it is us, not them, and when to come back",
    )
    contact_email: Value | None = prop(
        "ContactEmail",
        Text("an email address", r"[^@\s]+@[^@\s]+\.[^@\s]+"),
        None,
        lands_on="Custom::FallbackSite.ContactEmail",
        reason="absent: a published address attracts spam, so it is a choice",
    )


class FallbackSite(AWSCustomObject):
    """The custom resource that renders the fallback site into its bucket (custom_resources/fallback_site)."""

    resource_type = "Custom::FallbackSite"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "BucketName": ((str, AWSHelperFn), True),
        "Prefix": (str, True),
        "Title": ((str, AWSHelperFn), True),
        "Message": ((str, AWSHelperFn), True),
        "ContactEmail": ((str, AWSHelperFn), False),
        "RetryAfterSeconds": (int, True),
    }


@dataclass(frozen=True)
class Fallback:
    """What later tiers use of the fallback site."""

    resources: tuple[AWSObject, ...]
    bucket: str
    bucket_domain_name: AWSHelperFn
    access_control_id: AWSHelperFn

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {"FallbackBucket": Ref(self.bucket)}


def build(context: Context) -> Fallback:
    """Return the bucket and CloudFront's way into it. All in it can be published again, so it goes with the stack."""
    bucket = private_bucket(context.id("FallbackBucket"), DeletionPolicy="Delete", UpdateReplacePolicy="Delete")
    control = access_control(context, "FallbackAccessControl", "fallback")
    return Fallback(
        resources=(bucket, control),
        bucket=bucket.title,
        bucket_domain_name=GetAtt(bucket, "RegionalDomainName"),
        access_control_id=GetAtt(control, "Id"),
    )


def publish(
    context: Context, spec: FallbackSpec, fallback: Fallback, readers: Sequence[dict[str, Any]]
) -> tuple[AWSObject, ...]:
    """Return the bucket's policy (`readers`: the statements of who serves it) and the publication into it.

    The publisher's role has no right of its own on any bucket: each site's policy lets it into that site's prefix.
    """
    policy = bucket_policy(context.id("FallbackBucketPolicy"), fallback.bucket, [*readers, *_writer(context, fallback)])
    site = FallbackSite(
        context.id("FallbackSite"),
        DependsOn=policy.title,
        ServiceToken=context.installed("FallbackSiteFunctionArn"),
        ServiceTimeout=PUBLISHER_TIMEOUT_SECONDS,
        BucketName=Ref(fallback.bucket),
        Prefix=PREFIX,
        Title=spec.title,
        Message=spec.message,
        ContactEmail=NoValue if spec.contact_email is None else spec.contact_email,
        RetryAfterSeconds=RETRY_AFTER_SECONDS,
    )
    return policy, site


def _writer(context: Context, fallback: Fallback) -> tuple[dict[str, Any], ...]:
    principal = {"AWS": context.installed("FallbackSiteRoleArn")}
    return (
        {
            "Sid": "Publish",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": objects(fallback.bucket, PREFIX),
        },
        {
            "Sid": "PublisherLists",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
            "Resource": GetAtt(fallback.bucket, "Arn"),
        },
    )
