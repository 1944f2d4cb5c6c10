"""The properties of the saved site, and their defaults."""

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_groups import OptionalGroup
from resilient_website.reading.property_types import Integer, Text
from resilient_website.reading.reader import Reader
from resilient_website.reading.schedules import Schedule

SAVED = "Custom::SavedSite"


@frozen
class CrawlSpec(PropertyGroup):
    """The limits of a crawl of the live site."""

    paths: tuple[str, ...] = prop(
        "Paths",
        ListOf(Text("a path, as in /shop", r"/[!-~]*"), 0, 100),
        (),
        examples=(["/shop"], ["/shop", "/contact"]),
        maps_to=f"{SAVED}.Source",
        reason="links from the start page reach all important pages; add more start paths if they don't",
    )
    max_pages: Value = prop(
        "MaxPages",
        Integer(1, 5000),
        500,
        maps_to=f"{SAVED}.Source",
        reason="pages and files; the most important pages are close to the start page",
    )
    max_depth: Value = prop(
        "MaxDepth",
        Integer(0, 100),
        5,
        maps_to=f"{SAVED}.Source",
        reason="clicks from the start page: pages farther away matter little during an outage",
    )
    max_seconds: Value = prop(
        "MaxSeconds",
        Integer(1, 600),
        600,
        maps_to=f"{SAVED}.Source",
        reason="seconds; fits a Lambda function's timeout, with time left to publish",
    )


@frozen
class BucketPrefixSpec(PropertyGroup):
    """An existing static site in a bucket."""

    bucket: Value | None = prop(
        "Bucket",
        Text("the name of a bucket"),
        None,
        examples=("shop-static-site",),
        maps_to=f"{SAVED}.Source",
        reason="required; its policy must allow access for the site's role SavedSiteRoleArn (docs/failover.md)",
    )
    prefix: Value = prop(
        "Prefix",
        Text("a path that ends with a slash, as in site/", r"|([A-Za-z0-9._-]+/)+"),
        "",
        examples=("site/",),
        maps_to=f"{SAVED}.Source",
        reason="the whole bucket",
    )


@frozen
class SourceSpec(PropertyGroup):
    """The source of saved pages, and how often they are saved."""

    crawl: CrawlSpec | None = prop(
        "Crawl",
        OptionalGroup(CrawlSpec),
        None,
        known_at_expansion=True,
        maps_to=f"{SAVED}.Source",
        reason="crawls the live site as a visitor sees it",
    )
    bucket_prefix: BucketPrefixSpec | None = prop(
        "BucketPrefix",
        OptionalGroup(BucketPrefixSpec, has_defaults=False),
        None,
        known_at_expansion=True,
        needs=(Need("Fallback.Source.BucketPrefix.Bucket"),),
        maps_to=f"{SAVED}.Source",
        reason="copies a static site that you build",
    )
    schedule: Value = prop(
        "ScheduleExpression",
        Schedule(),
        "rate(6 hours)",
        examples=("rate(12 hours)", "cron(0 5 * * ? *)"),
        needs=(Need("Fallback.Source.Crawl", values=(True,), or_else=("Fallback.Source.BucketPrefix",)),),
        maps_to="AWS::Events::Rule.ScheduleExpression",
        reason="a copy from the same day is good enough for an outage, and a crawl adds load",
    )
    reserved_concurrency: int = prop(
        "ReservedConcurrentExecutions",
        Integer(0, 1000),
        10,
        known_at_expansion=True,
        needs=(Need("Fallback.Source.Crawl", values=(True,), or_else=("Fallback.Source.BucketPrefix",)),),
        maps_to="AWS::Lambda::Function.ReservedConcurrentExecutions",
        reason="concurrent executions of the function that serves the pages: it is public, and without a limit it "
        "could use up the account's concurrency. 0 reserves none, for accounts whose concurrency quota is too low "
        "for Lambda to accept a reservation",
    )
    keep_versions: Value = prop(
        "KeepVersions",
        Integer(2, 100),
        3,
        needs=(Need("Fallback.Source.Crawl", values=(True,), or_else=("Fallback.Source.BucketPrefix",)),),
        maps_to=f"{SAVED}.KeepVersions",
        reason="the current copy, and two previous ones for rollback",
    )


def check(
    spec: SourceSpec,
    path: str,
    reader: Reader,
    *,
    has_domain: bool,
    behind_cloudfront: bool,
    elsewhere: bool,
) -> None:
    """Note a missing or ambiguous source, and sites that can't serve saved pages.

    `elsewhere`: whether the fallback is in another Region.
    """
    sources = [f"{path}.Crawl", f"{path}.BucketPrefix"]
    if (spec.crawl is None) == (spec.bucket_prefix is None):
        found = "found neither Crawl nor BucketPrefix" if spec.crawl is None else "found both Crawl and BucketPrefix"
        fix = "write one of them: Crawl: true, or BucketPrefix: {Bucket: the bucket's name}"
        reader.problem(path, found, fix, rests_on=sources)
    elif spec.bucket_prefix is not None and spec.bucket_prefix.bucket is None:
        reader.problem(f"{path}.BucketPrefix.Bucket", "missing", "write the name of the bucket, or Crawl: true instead")
    if not has_domain:
        reader.problem(
            path,
            "found without DomainName: saved pages are served by an API with the site's domain names",
            "write DomainName and HostedZoneId, or leave it out",
        )
    elif not behind_cloudfront:
        reader.problem(
            path,
            "found with FrontDoor: LoadBalancer, whose SECONDARY, CloudFront, serves only the friendly page",
            "write FrontDoor: CloudFront, or leave it out",
        )
    if elsewhere:
        reader.problem(
            path,
            "found together with Fallback.Region: saved pages are always stored in the site's Region",
            "write one of them",
        )
