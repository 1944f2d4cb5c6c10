"""The hop to S3: whether the bucket may be read, and whether what is asked for is there."""

from dataclasses import dataclass

from cli.analysis.availability.answers import Answer, Outcome, always, error, page
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.delivery import Origin
from cli.analysis.availability.nodes.stores import Publication
from cli.analysis.availability.policies import allows
from cli.analysis.availability.references import mentioned, reference, referred, unknown
from cli.analysis.availability.requests import READING


@dataclass(frozen=True)
class Asked:
    """An object that is asked for, whether the asker may read it, and may list (then a missing one is a 404)."""

    bucket: str
    key: str
    readable: bool
    listable: bool
    method: str = "GET"


def answer(graph: Graph, outage: Outage, asked: Asked, *, published: bool) -> Answer:
    """Return what S3 answers. `published`: only what the stack itself puts there counts, no later upload."""
    if (outage.s3 or outage.region) and graph.region_of(asked.bucket) == graph.region:
        return error(503, "S3 in the Region is down")
    if asked.method not in READING:
        # Source: "Error responses" in the Amazon S3 API reference, MethodNotAllowed.
        return error(405, f"S3 takes no {asked.method}")
    if not asked.readable:
        return error(403, f"{asked.bucket}'s policy does not let it be read")
    return _held(graph, asked, published=published)


def _held(graph: Graph, asked: Asked, *, published: bool) -> Answer:
    """Return what is there, to a reader who may have it."""
    published_here = [item for item in graph.publications if item.bucket == asked.bucket]
    for item in published_here:
        if not _may_publish(graph, item):
            continue
        if asked.key == f"{item.prefix}index.html":
            return always(Outcome.FRIENDLY_PAGE, status=200)
        if item.whole_site and asked.key.startswith(item.prefix):
            return always(Outcome.SAVED_PAGE, status=200)
    if published or published_here:
        # Source: "GetObject" in the Amazon S3 API reference: without s3:ListBucket a missing key is a 403.
        return error(404 if asked.listable else 403, f"nothing puts {asked.key} into {asked.bucket}")
    return page()


def _may_publish(graph: Graph, item: Publication) -> bool:
    """Return whether a custom resource may put objects below its prefix.

    The role of a function that the template does not make is not known, only that it is none of the template's own: the
    bucket's policy has to let such a role write there. A role of the template's may name the bucket by its name.
    """
    names = filter(None, (reference(item.bucket), graph.buckets[item.bucket]))
    pages = [f"arn:aws:s3:::{name}/{item.prefix}index.html" for name in names]
    function = graph.lambda_functions.get(referred(item.function) or "")
    role = graph.apis.roles.get(referred(function.role) or "") if function else None

    def is_writer(kind: str, name: str) -> bool:
        own = referred(name)
        return kind == "AWS" and (name == "*" or (own == role.logical_id if role else own not in graph.apis.roles))

    policy = graph.bucket_policies.get(item.bucket, ())
    return any(
        (role is not None and allows(role.statements, "s3:PutObject", page))
        or allows(policy, "s3:PutObject", page, is_writer)
        for page in pages
    )


def by_distribution(graph: Graph, distribution: str, origin: Origin, path: str, method: str) -> Asked | None:
    """Return what a distribution asks of its S3 origin; None if the origin is no bucket of the template."""
    bucket = referred(origin.domain_name)
    if bucket not in graph.buckets or bucket is None:
        return None
    key = f"{origin.path}{path}".lstrip("/")
    arn = f"arn:aws:s3:::{reference(bucket)}"
    account = unknown("AWS::AccountId")
    source = f"arn:aws:cloudfront::{account}:distribution/{reference(distribution)}"
    facts = {"aws:sourcearn": source, "aws:sourceaccount": account}.items()
    statements = graph.bucket_policies.get(bucket, ())
    signs = referred(origin.access_control) in graph.access_controls
    identity = mentioned(origin.access_identity)

    def is_asker(kind: str, name: str) -> bool:
        service = signs and kind == "Service" and name == "cloudfront.amazonaws.com"
        return name == "*" or service or bool(identity & mentioned(name))

    return Asked(
        bucket,
        key,
        allows(statements, "s3:GetObject", f"{arn}/{key}", is_asker, facts),
        allows(statements, "s3:ListBucket", arn, is_asker, facts),
        method,
    )


def by_role(graph: Graph, role: str, service: str, bucket: str, key: str) -> Asked:
    """Return what a service asks of a bucket in the name of a role."""
    arn = f"arn:aws:s3:::{reference(bucket)}"
    held = graph.apis.roles.get(referred(role) or "")
    policy = graph.bucket_policies.get(bucket, ())

    def is_asker(kind: str, name: str) -> bool:
        return kind == "AWS" and name in ("*", role)

    def may(action: str, resource: str) -> bool:
        if held is None or service not in held.services:
            return False
        return allows(held.statements, action, resource) or allows(policy, action, resource, is_asker)

    return Asked(bucket, key, may("s3:GetObject", f"{arn}/{key}"), may("s3:ListBucket", arn))
