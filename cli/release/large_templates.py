"""Templates that are too large for a request: uploaded to a bucket, from which CloudFormation reads them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from cli.deployed.site import DeployedSite
from cli.deployed.stack_update import Request
from cli.deployed.tools import Tools
from cli.object_url import object_url
from cli.publish.package import Package
from cli.publish.upload import Bucket, upload
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES, MAX_TEMPLATE_BYTES
from resilient_website.problems import InvalidTemplateError, Problem

# The names of buckets, with those of the oldest ones in us-east-1, but not ARNs. Source: "General purpose bucket naming
# rules" in the Amazon S3 User Guide.
NAME = re.compile(r"[A-Za-z0-9._-]{3,255}")


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

    `place` is asked for the folder only then. Raises InvalidTemplateError without one, and if it is too large for
    CloudFormation. Source: "AWS CloudFormation quotas".
    """
    body = (request.body or "").encode()
    if len(body) <= MAX_BODY_BYTES:
        return request
    if len(body) > MAX_TEMPLATE_BYTES:
        found = f"the template has {len(body):,} bytes, of which CloudFormation takes {MAX_TEMPLATE_BYTES:,}"
        raise InvalidTemplateError([Problem(site.title, found, "move other resources into a stack of their own")])
    folder = place()
    if folder is None:
        found = f"the template has more than {MAX_BODY_BYTES:,} bytes, which a request does not take"
        fix = "give --s3-bucket with a bucket of the account, to which it is uploaded for CloudFormation"
        raise InvalidTemplateError([Problem(site.title, found, fix)])
    made = Package("", body, "application/json")
    made = replace(made, key=folder.key(site, made.digest))
    upload(folder.bucket, made)
    return replace(request, body=None, url=object_url(folder.bucket.name, folder.bucket.region, made.key))


def bucket_of(tools: Tools, name: str, region: str, where: str) -> Bucket:
    """Return a bucket by its name, with its own Region; `region` is any Region to ask in.

    Raises InvalidTemplateError if there is none, or it may not be used. `where` is what names the bucket.
    """
    if not NAME.fullmatch(name):
        raise InvalidTemplateError([Problem(where, f"found {name}", "give the name of a bucket, without s3://")])
    try:
        own = tools.client("s3", region).head_bucket(Bucket=name).get("BucketRegion", region)
    except ClientError as error:
        # HEAD has no body, so S3 gives only the status.
        status = error.response["Error"].get("Code")
        found = f"there is no bucket {name}" if status == "404" else f"S3 refused HeadBucket of {name} ({status})"
        fix = "create it" if status == "404" else "give a bucket of the account, for which you have s3:ListBucket"
        raise InvalidTemplateError([Problem(where, found, fix)]) from error
    return Bucket(name, own, tools.client("s3", own))
