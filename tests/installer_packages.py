"""The built installer with its code as archives, which the workers of a run share.

`sam deploy` makes and uploads them anew, and has SAM imported first: 2 s of processor time for each worker.
"""

from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from cli.publish.installer import built_template, with_code
from cli.publish.publication import INSTALLER_STACK
from resilient_website.facts.regions import DEFAULT_REGION
from tests.sites import Installation


def make(build: Path) -> None:
    """Make an archive of each folder of code, beside it; not compressed, which takes longer than all the rest."""
    for _, body, place in with_code(built_template(build)):
        folder = build / body["Properties"][place]
        with ZipFile(folder.with_name(f"{folder.name}.zip"), "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))


def install(installation: Installation) -> None:
    """Deploy the installer with the archives, as `sam deploy` does: from a bucket in its Region, by their digests."""
    s3 = installation.client("s3")
    bucket = f"packages-{installation.account}-{installation.region}"
    # Source: "CreateBucket" in the Amazon S3 API Reference: us-east-1 is no location to name.
    is_default = installation.region == DEFAULT_REGION
    where = {} if is_default else {"CreateBucketConfiguration": {"LocationConstraint": installation.region}}
    s3.create_bucket(Bucket=bucket, **where)
    template = built_template(installation.build)
    for _, body, place in with_code(template):
        archive = installation.build / f"{body['Properties'][place]}.zip"
        key = sha256(archive.read_bytes()).hexdigest()
        s3.upload_file(str(archive), bucket, key)
        body["Properties"][place] = f"s3://{bucket}/{key}"
    installation.deploy(INSTALLER_STACK, template)
