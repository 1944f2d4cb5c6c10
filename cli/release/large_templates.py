"""Templates that are too large for a request: uploaded to a bucket, from which CloudFormation reads them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cli.deployed.site import DeployedSite
from cli.deployed.stack_update import Request
from cli.deployed.tools import Tools
from cli.object_url import object_url
from cli.publish.package import Package
from cli.publish.upload import Bucket, upload
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from resilient_website.problems import InvalidTemplateError, Problem


@dataclass(frozen=True)
class TemplateFolder:
    """Where a site's templates are put: a bucket, and a folder in it, empty for none."""

    bucket: Bucket
    prefix: str = ""

    def key(self, site: DeployedSite, digest: str) -> str:
        """Return the key of a template, which no other content has."""
        return "/".join(filter(None, (self.prefix, "templates", f"{site.stack}-{digest}.json")))


def in_bucket(request: Request, site: DeployedSite, place: Callable[[], TemplateFolder | None]) -> Request:
    """Return a request whose template is uploaded if it is too large for a request, and others as they are.

    `place` is asked for the folder only then. Raises InvalidTemplateError without one.
    """
    body = (request.body or "").encode()
    if len(body) <= MAX_BODY_BYTES:
        return request
    folder = place()
    if folder is None:
        found = f"the template has more than {MAX_BODY_BYTES:,} bytes, which a request does not take"
        fix = "give --s3-bucket with a bucket of the account, to which it is uploaded for CloudFormation"
        raise InvalidTemplateError([Problem(site.title, found, fix)])
    made = Package("", body, "application/json")
    made = replace(made, key=folder.key(site, made.digest))
    upload(folder.bucket, made)
    return replace(request, body=None, url=object_url(folder.bucket.name, folder.bucket.region, made.key))


def bucket_of(tools: Tools, name: str, region: str) -> Bucket:
    """Return a bucket by its name, with its own Region; `region` is any Region to ask in."""
    own = tools.client("s3", region).head_bucket(Bucket=name).get("BucketRegion", region)
    return Bucket(name, own, tools.client("s3", own))
