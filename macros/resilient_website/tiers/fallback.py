"""The fallback site's bucket, with the friendly page that visitors get when the site is unavailable.

Resilient because it depends on no other tier: a private bucket, filled once by a custom resource, read by CloudFront or
API Gateway. It is in the site's Region, or in another one to survive the loss of the site's Region.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, NoValue, Ref, s3
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value, is_literal
from resilient_website.cloudformation.roles import Statement
from resilient_website.context import Context
from resilient_website.facts.regions import REGIONS
from resilient_website.functions.kind import FunctionKind, ask_own_stack
from resilient_website.problems import known_names
from resilient_website.reading.email_address import EMAIL
from resilient_website.reading.properties import Need, OptionalGroup, Property, PropertyGroup, prop, properties
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader
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
from resilient_website.tiers.remote_stack import remote_stack
from resilient_website.tiers.saved_site.spec import SourceSpec
from resilient_website.tiers.saved_site.spec import check as check_source

# Prefixes in the bucket (and on the site). The leading underscore avoids conflicts with an application's paths.
PREFIX = "_fallback/"
SAVED_PREFIX = "_saved/"
PAGE_KEY = PREFIX + "index.html"

# The language of the default texts.
ENGLISH = "en"

# Shown only if the page can't be read: in English, and without words for a page in another language.
BARE_PAGE = (
    '<!doctype html><html lang="en"><meta name="robots" content="noindex"><title>We will be right back</title>'
    "<h1>We will be right back</h1><p>Our website is taking a short break. Please try again soon.</p></html>"
)
WORDLESS_PAGE = '<!doctype html><meta name="robots" content="noindex"><title>503</title><h1>503</h1>'

# The Retry-After for visitors and search engines, and the error caching TTL: seconds, so that a recovered site is back
# quickly. Source for Retry-After with 503: RFC 9110, section 15.6.4.
RETRY_AFTER_SECONDS = 120
ERROR_CACHING_SECONDS = 5

# Publishing a page takes one or two seconds; after this timeout, the publisher has failed.
PUBLISHER_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class FallbackSpec(PropertyGroup):
    """The fallback site's properties and defaults."""

    title: Value = prop(
        "Title",
        Text("text"),
        "We will be right back",
        examples=("Wir sind gleich zurück", "Back soon"),
        maps_to="Custom::FallbackSite.Title",
        reason="answers a visitor's first question",
    )
    message: Value = prop(
        "Message",
        Text("text; a blank line starts a paragraph"),
        "Our website is taking a short break. Nothing is lost, and we are working on it. "
        "Please try again in a few minutes.",
        examples=("Bitte versuchen Sie es später wieder.", "Please come back in an hour."),
        maps_to="Custom::FallbackSite.Message",
        reason="explains that the fault is the site's, and when to return",
    )
    language: Value = prop(
        "Language",
        Text("a language tag (BCP 47), as in en, pt-BR or ar", r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}"),
        ENGLISH,
        examples=("de", "pt-BR"),
        needs=(
            Need("Fallback.Title", when=("de", "pt-BR")),
            Need("Fallback.Message", when=("de", "pt-BR")),
        ),
        maps_to="Custom::FallbackSite.Language",
        reason="the language of the default Title and Message; screen readers use it for pronunciation. For another "
        "language, write all texts of the page: Title and Message are required",
    )
    contact_email: Value | None = prop(
        "ContactEmail",
        EMAIL,
        None,
        examples=("team@example.com", "help@example.com"),
        maps_to="Custom::FallbackSite.ContactEmail",
        reason="absent: a published address attracts spam, so it is optional",
    )
    region: str | None = prop(
        "Region",
        Text("the name of a Region other than the site's, as in us-west-2"),
        None,
        known_at_expansion=True,
        examples=("us-west-2", "eu-west-1"),
        maps_to="Custom::RemoteStack, Custom::RemoteStack.Region, Custom::FallbackSite.BucketRegion",
        reason="absent: the site's Region, which is simpler and cheaper. In another Region, the page survives the "
        "loss of the site's Region; an opt-in Region must first be enabled in the account",
    )
    source: SourceSpec | None = prop(
        "Source",
        OptionalGroup(SourceSpec),
        None,
        known_at_expansion=True,
        needs=(
            Need("DomainName"),
            Need("Fallback.Source.Crawl", values=(True,), when=(True,), or_else=("Fallback.Source.BucketPrefix",)),
        ),
        maps_to="Custom::SavedSite",
        reason="absent: the friendly page for every path. When set, each saved page is shown at its own path",
    )


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
        "RetryAfterSeconds": (int, True),
    }


@dataclass(frozen=True)
class Fallback:
    """The results of the fallback site for later tiers. `region` is the bucket's, if it differs from the site's."""

    resources: tuple[AWSObject, ...]
    bucket: str
    region: str | None
    bucket_name: AWSHelperFn
    bucket_domain_name: AWSHelperFn
    access_control_id: AWSHelperFn
    bare_page: str

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"FallbackBucket": self.bucket_name}


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


def check(spec: FallbackSpec, path: str, reader: Reader, *, has_domain: bool, behind_cloudfront: bool) -> None:
    """Note an invalid Region, saved pages that can't be served, and texts in two languages."""
    if spec.source is not None:
        check_source(
            spec.source,
            f"{path}.Source",
            reader,
            has_domain=has_domain,
            behind_cloudfront=behind_cloudfront,
            elsewhere=spec.region is not None,
        )
    if is_literal(spec.language) and not is_english(spec.language):
        ours = [row.name for row, text in _own_words(spec) if text == row.default]
        if ours:
            found = f"found {spec.language} with the default {' and '.join(ours)}, in English"
            reader.problem(f"{path}.Language", found, f"write {' and '.join(ours)} in that language")
    if spec.region is None:
        return
    if spec.region not in REGIONS:
        reader.problem(f"{path}.Region", f"found {spec.region!r}", known_names(spec.region, REGIONS))
    elif spec.region == reader.region:
        reader.problem(
            f"{path}.Region",
            f"found {spec.region}, the site's own Region: an outage of the site's Region would also affect the "
            "fallback",
            "write another Region, or leave out Region to keep the fallback in the site's Region",
        )


def is_english(language: Value) -> bool:
    """Tell whether a language is certainly English, of any country."""
    return isinstance(language, str) and language.partition("-")[0].lower() == ENGLISH


def _own_words(spec: FallbackSpec) -> list[tuple[Property, Value]]:
    """Return the properties with the page's texts, each with its value."""
    texts = {"Title": spec.title, "Message": spec.message}
    return [(row, texts[row.name]) for row in properties(FallbackSpec) if row.name in texts]


def build(context: Context, spec: FallbackSpec) -> Fallback:
    """Return the bucket and its origin access control. It can be republished, so it is deleted with the stack."""
    # Another Region leads to another name: the old bucket is deleted after the new one is created.
    unique = context.unique_name("fallback", made_of=spec.region or "")
    policies = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
    given = unique if spec.region is None else Ref(BUCKET_NAME)
    bucket = private_bucket(context.id("FallbackBucket"), BucketName=given, **policies)
    control = access_control(context, "FallbackAccessControl", "fallback")
    name, domain_name = Ref(bucket), GetAtt(bucket, "RegionalDomainName")
    made: tuple[AWSObject, ...] = (bucket,)
    if spec.region is not None:
        outputs = {BUCKET_NAME: name, BUCKET_DOMAIN_NAME: domain_name}
        stack = remote_stack(context, "FallbackBucketStack", spec.region, [bucket], {BUCKET_NAME: unique}, outputs)
        made = (stack,)
        name, domain_name = GetAtt(stack, BUCKET_NAME), GetAtt(stack, BUCKET_DOMAIN_NAME)
    return Fallback(
        resources=(*made, control),
        bucket=bucket.title,
        region=spec.region,
        bucket_name=name,
        bucket_domain_name=domain_name,
        access_control_id=GetAtt(control, "Id"),
        bare_page=BARE_PAGE if is_english(spec.language) else WORDLESS_PAGE,
    )


def publish(context: Context, spec: FallbackSpec, fallback: Fallback, readers: Sequence[str]) -> tuple[AWSObject, ...]:
    """Return the bucket's policy (`readers`: the distributions that serve it) and the publication into it."""
    policy = _policy(context, fallback, readers)
    elsewhere = {} if fallback.region is None else {"BucketRegion": fallback.region}
    site = FallbackSite(
        context.id("FallbackSite"),
        DependsOn=[policy.title, *FUNCTION.ready],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=PUBLISHER_TIMEOUT_SECONDS,
        BucketName=fallback.bucket_name,
        **elsewhere,
        Prefix=PREFIX,
        Title=spec.title,
        Message=spec.message,
        Language=spec.language,
        ContactEmail=NoValue if spec.contact_email is None else spec.contact_email,
        RetryAfterSeconds=RETRY_AFTER_SECONDS,
    )
    return policy, site


def _policy(context: Context, fallback: Fallback, readers: Sequence[str]) -> AWSObject:
    """Return the bucket's policy, separate from the bucket: it refers to distributions, which refer to the bucket."""
    if fallback.region is None:
        return _readers_policy(context, of_this_template(fallback.bucket), readers)
    policy = _readers_policy(context, of_parameter(BUCKET_NAME), readers)
    parameters = {BUCKET_NAME: fallback.bucket_name, **{name: Ref(name) for name in readers}}
    return remote_stack(context, "FallbackPolicyStack", fallback.region, [policy], parameters, {})


def _readers_policy(context: Context, bucket: Bucket, readers: Sequence[str]) -> s3.BucketPolicy:
    statements = [distribution_reads(bucket, name, PREFIX) for name in readers]
    return bucket_policy(context.id("FallbackBucketPolicy"), bucket, statements)
