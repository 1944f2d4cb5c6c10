"""The fallback site's properties with their defaults, and checks for invalid combinations."""

from resilient_website.cloudformation.intrinsics import Value, is_literal
from resilient_website.facts.regions import REGIONS
from resilient_website.frozen import frozen
from resilient_website.problems import known_names
from resilient_website.reading.email_address import EMAIL
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_groups import OptionalGroup
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader
from resilient_website.tiers.saved_site.spec import SourceSpec
from resilient_website.tiers.saved_site.spec import check as check_source

# The language of the default texts.
ENGLISH = "en"

TITLE = "We will be right back"

# The properties with the page's texts, whose defaults are English.
TEXTS = ("Title", "Message")


@frozen
class FallbackSpec(PropertyGroup):
    """The fallback site's properties and defaults."""

    title: Value = prop(
        "Title",
        Text("text"),
        TITLE,
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
        OptionalGroup(SourceSpec, has_defaults=False),
        None,
        known_at_expansion=True,
        needs=(
            Need("DomainName"),
            Need("Fallback.Source.Crawl", values=(True,), when=(True,), or_else=("Fallback.Source.BucketPrefix",)),
        ),
        maps_to="Custom::SavedSite",
        reason="absent: the friendly page for every path. When set, each saved page is shown at its own path",
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
        ours = [name for name in TEXTS if name not in spec.given]
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
