"""The fallback site's bucket, with the friendly page that visitors get when the site is unavailable.

Resilient because it depends on no other tier: a private bucket, filled once by a custom resource, read by CloudFront or
API Gateway. It is in the site's Region, or in another one to survive the loss of the site's Region. A site with a copy
has one in the Region of each half, and shows the one beside the active half.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, NoValue, Ref, s3
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.roles import Statement
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.tiers.assets import access_control
from resilient_website.tiers.buckets import (
    Bucket,
    bucket_policy,
    distribution_reads,
    named_by_stack,
    of_parameter,
    of_this_template,
    private_bucket,
)
from resilient_website.tiers.fallback.spec import TITLE, FallbackSpec, is_english
from resilient_website.tiers.remote_stack import remote_stack

# Prefixes in the bucket (and on the site). The leading underscore avoids conflicts with an application's paths.
PREFIX = "_fallback/"
SAVED_PREFIX = "_saved/"
PAGE_KEY = PREFIX + "index.html"


# Shown only if the page can't be read: in English, and without words for a page in another language.
BARE_PAGE = (
    f'<!doctype html><html lang="en"><meta name="robots" content="noindex"><title>{TITLE}</title>'
    f"<h1>{TITLE}</h1><p>Our website is taking a short break. Please try again soon.</p></html>"
)
WORDLESS_PAGE = '<!doctype html><meta name="robots" content="noindex"><title>503</title><h1>503</h1>'

# The Retry-After for visitors and search engines, and the error caching TTL: seconds, so that a recovered site is back
# quickly. Source for Retry-After with 503: RFC 9110, section 15.6.4.
RETRY_AFTER_SECONDS = 120
ERROR_CACHING_SECONDS = 5

# Publishing a page takes one or two seconds; after this timeout, the publisher has failed.
PUBLISHER_TIMEOUT_SECONDS = 300


class FallbackSite(AWSCustomObject):
    """The custom resource that renders the fallback site into its bucket (custom_resources/fallback_site)."""

    resource_type = "Custom::FallbackSite"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "BucketName": ((str, AWSHelperFn), True),
        "BucketRegion": (str, False),
        "Prefix": (str, True),
        "Title": ((str, AWSHelperFn), True),
        "Message": ((str, AWSHelperFn), True),
        "Language": ((str, AWSHelperFn), True),
        "ContactEmail": ((str, AWSHelperFn), False),
    }


class Place(NamedTuple):
    """A bucket with the fallback site, by its logical id. `region` is its own, if it differs from the site's."""

    bucket: str
    region: str | None
    bucket_name: AWSHelperFn
    bucket_domain_name: AWSHelperFn


class Fallback(NamedTuple):
    """The results of the fallback site for later tiers.

    `main` is where the properties say, or in the copy's Region. `beside` is in the Region of the primary half of a site
    with a copy. `shown` is the one of them that visitors get.
    """

    resources: tuple[AWSObject, ...]
    main: Place
    beside: Place | None
    shown: Place
    access_control_id: AWSHelperFn
    bare_page: str

    @property
    def places(self) -> tuple[Place, ...]:
        """All places that have the fallback site."""
        return (self.main,) if self.beside is None else (self.main, self.beside)

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides: the same bucket whichever half is active."""
        return {"FallbackBucket": self.main.bucket_name}


# The ends of the logical ids of the publications: in the main place, and in the one beside it.
PAGE = "FallbackSite"
PAGE_BESIDE = "FallbackSiteInPrimary"

# Names of outputs and parameters of the stacks in the other Region.
BUCKET_NAME = "BucketName"
BUCKET_DOMAIN_NAME = "BucketDomainName"


def may_write(prefix: str) -> tuple[Statement, ...]:
    """Return the statements for a function that writes to a prefix of this stack's fallback buckets.

    The statements match the stack's GUID in bucket names, so that they also cover the old bucket when a fallback moves
    to another Region: CloudFormation deletes it at the end of the update.
    """
    return (
        allow(
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            named_by_stack(f"/{prefix}*"),
        ),
        allow(["s3:ListBucket", "s3:ListBucketVersions"], named_by_stack()),
    )


FUNCTION = FunctionKind(
    "FallbackSite",
    "fallback_site",
    "Publishes the fallback site of this stack",
    # A new role's policy can take half a minute to become effective.
    timeout=120,
    # Checked before removing a page: whether another resource of the stack has since published to the same place.
    statements=(*may_write(PREFIX), ask_own_stack("ListStackResources")),
)


def build(context: Context, spec: FallbackSpec, *, with_copy: bool = False, copy_answers: bool = False) -> Fallback:
    """Return the buckets and their origin access control. They can be republished, so they are deleted with the stack.

    `with_copy` is whether this is the primary half of a site with a copy, in whose Region `spec` has the page. There is
    one in this Region too then, which visitors get while the copy answers them: the loss of a Region leaves them the
    site or the page. Both are always there, so that a switch moves no page.
    """
    made, main = _place(context, spec.region)
    here, beside = _place(context, None) if with_copy else ((), None)
    control = access_control(context, "FallbackAccessControl", "fallback")
    return Fallback(
        resources=(*made, *here, control),
        main=main,
        beside=beside,
        shown=beside if beside is not None and copy_answers else main,
        access_control_id=GetAtt(control, "Id"),
        bare_page=BARE_PAGE if is_english(spec.language) else WORDLESS_PAGE,
    )


def _place(context: Context, region: str | None) -> tuple[tuple[AWSObject, ...], Place]:
    """Return a bucket in a Region, None for the site's, and what later tiers know about it."""
    # Another Region leads to another name: the old bucket is deleted after the new one is created.
    unique = context.unique_name("fallback", made_of=region or "")
    policies = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
    given = unique if region is None else Ref(BUCKET_NAME)
    bucket = private_bucket(context.id("FallbackBucket"), BucketName=given, **policies)
    name, domain_name = Ref(bucket), GetAtt(bucket, "RegionalDomainName")
    if region is None:
        return (bucket,), Place(bucket.title, None, name, domain_name)
    outputs = {BUCKET_NAME: name, BUCKET_DOMAIN_NAME: domain_name}
    stack = remote_stack(context, "FallbackBucketStack", region, [bucket], {BUCKET_NAME: unique}, outputs)
    return (stack,), Place(bucket.title, region, GetAtt(stack, BUCKET_NAME), GetAtt(stack, BUCKET_DOMAIN_NAME))


def publish(context: Context, spec: FallbackSpec, fallback: Fallback, readers: Sequence[str]) -> tuple[AWSObject, ...]:
    """Return the buckets' policies (`readers`: the distributions that serve them) and the publications into them."""
    beside = () if fallback.beside is None else _published(context, PAGE_BESIDE, spec, fallback.beside, readers)
    return *_published(context, PAGE, spec, fallback.main, readers), *beside


def _published(
    context: Context, suffix: str, spec: FallbackSpec, place: Place, readers: Sequence[str]
) -> tuple[AWSObject, ...]:
    """Return what writes the friendly page into a bucket, and the bucket's policy for its `readers`."""
    policy = _policy(context, place, readers)
    elsewhere = {} if place.region is None else {"BucketRegion": place.region}
    site = FallbackSite(
        context.id(suffix),
        DependsOn=[policy.title, *FUNCTION.ready],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=PUBLISHER_TIMEOUT_SECONDS,
        BucketName=place.bucket_name,
        **elsewhere,
        Prefix=PREFIX,
        Title=spec.title,
        Message=spec.message,
        Language=spec.language,
        ContactEmail=NoValue if spec.contact_email is None else spec.contact_email,
    )
    return policy, site


def _policy(context: Context, place: Place, readers: Sequence[str]) -> AWSObject:
    """Return the bucket's policy, separate from the bucket: it refers to distributions, which refer to the bucket."""
    if place.region is None:
        return _readers_policy(context, of_this_template(place.bucket), readers)
    policy = _readers_policy(context, of_parameter(BUCKET_NAME), readers)
    parameters = {BUCKET_NAME: place.bucket_name, **{name: Ref(name) for name in readers}}
    return remote_stack(context, "FallbackPolicyStack", place.region, [policy], parameters, {})


def _readers_policy(context: Context, bucket: Bucket, readers: Sequence[str]) -> s3.BucketPolicy:
    statements = [distribution_reads(bucket, name, PREFIX) for name in readers]
    return bucket_policy(context.id("FallbackBucketPolicy"), bucket, statements)
