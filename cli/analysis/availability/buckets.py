"""The hop to S3: whether the request may read the bucket, and whether the object exists."""

from dataclasses import dataclass

from cli.analysis.availability.answers import Answer, Outcome, always, error, page
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.delivery import Origin
from cli.analysis.availability.nodes.stores import Publication
from cli.analysis.availability.policies import allows
from cli.analysis.availability.references import reference, referenced_id, referenced_ids, unknown
from cli.analysis.availability.requests import READING
from resilient_website.tiers.secondary_region.signal import KEY


@dataclass(frozen=True)
class ObjectRequest:
    """A requested object, and whether the sender may read it and list the bucket (then a missing object is a 404)."""

    bucket: str
    key: str
    readable: bool
    listable: bool
    method: str = "GET"


def answer(graph: Graph, outage: Outage, wanted: ObjectRequest, *, published: bool) -> Answer:
    """Return S3's answer. `published`: only objects that the stack itself publishes count, not later uploads."""
    here = outage.at(graph, wanted.bucket)
    if here.s3 or here.region:
        return error(503, "S3 in the Region is down")
    if wanted.method not in READING:
        # Source: "Error responses" in the Amazon S3 API reference, MethodNotAllowed.
        return error(405, f"S3 does not allow {wanted.method}")
    if not wanted.readable:
        return error(403, f"{wanted.bucket}'s policy does not allow reading it")
    return _stored(graph, wanted, published=published)


def _stored(graph: Graph, wanted: ObjectRequest, *, published: bool) -> Answer:
    """Return the object for a sender who may read it."""
    if graph.switched and wanted.key == KEY:
        return page("the switch signal")
    published_here = [item for item in graph.publications if item.bucket == wanted.bucket]
    for item in published_here:
        if not _may_publish(graph, item):
            continue
        if wanted.key == f"{item.prefix}index.html":
            return always(Outcome.FRIENDLY_PAGE, status=200)
        if item.whole_site and wanted.key.startswith(item.prefix):
            return always(Outcome.SAVED_PAGE, status=200)
    if published or published_here:
        # Source: "GetObject" in the Amazon S3 API reference: without s3:ListBucket a missing key is a 403.
        return error(404 if wanted.listable else 403, f"no resource publishes {wanted.key} to {wanted.bucket}")
    return page()


def _may_publish(graph: Graph, item: Publication) -> bool:
    """Return whether a custom resource may put objects below its prefix.

    The role of a function outside of the template is unknown, except that it is none of the template's roles: the
    bucket's policy must allow such a role to write. A role in the template may refer to the bucket by its name.
    """
    names = filter(None, (reference(item.bucket), graph.buckets[item.bucket]))
    pages = [f"arn:aws:s3:::{name}/{item.prefix}index.html" for name in names]
    function = graph.lambda_functions.get(referenced_id(item.function) or "")
    role = graph.apis.roles.get(referenced_id(function.role) or "") if function else None

    def is_writer(kind: str, name: str) -> bool:
        own = referenced_id(name)
        return kind == "AWS" and (name == "*" or (own == role.logical_id if role else own not in graph.apis.roles))

    policy = graph.bucket_policies.get(item.bucket, ())
    return any(
        (role is not None and allows(role.statements, "s3:PutObject", page))
        or allows(policy, "s3:PutObject", page, is_writer)
        for page in pages
    )


def by_distribution(graph: Graph, distribution: str, origin: Origin, path: str, method: str) -> ObjectRequest | None:
    """Return a distribution's request to its S3 origin; None if the origin is not a bucket in the template."""
    bucket = referenced_id(origin.domain_name)
    if bucket not in graph.buckets or bucket is None:
        return None
    key = f"{origin.path}{path}".lstrip("/")
    arn = f"arn:aws:s3:::{reference(bucket)}"
    account = unknown("AWS::AccountId")
    source = f"arn:aws:cloudfront::{account}:distribution/{reference(distribution)}"
    facts = {"aws:sourcearn": source, "aws:sourceaccount": account}.items()
    statements = graph.bucket_policies.get(bucket, ())
    signs = referenced_id(origin.access_control) in graph.access_controls
    identity = referenced_ids(origin.access_identity)

    def is_asker(kind: str, name: str) -> bool:
        service = signs and kind == "Service" and name == "cloudfront.amazonaws.com"
        return name == "*" or service or bool(identity & referenced_ids(name))

    return ObjectRequest(
        bucket,
        key,
        allows(statements, "s3:GetObject", f"{arn}/{key}", is_asker, facts),
        allows(statements, "s3:ListBucket", arn, is_asker, facts),
        method,
    )


def by_role(graph: Graph, role: str, service: str, bucket: str, key: str) -> ObjectRequest:
    """Return a service's request to a bucket with a role."""
    arn = f"arn:aws:s3:::{reference(bucket)}"
    held = graph.apis.roles.get(referenced_id(role) or "")
    policy = graph.bucket_policies.get(bucket, ())

    def is_asker(kind: str, name: str) -> bool:
        return kind == "AWS" and name in ("*", role)

    def may(action: str, resource: str) -> bool:
        if held is None or service not in held.services:
            return False
        return allows(held.statements, action, resource) or allows(policy, action, resource, is_asker)

    return ObjectRequest(bucket, key, may("s3:GetObject", f"{arn}/{key}"), may("s3:ListBucket", arn))
