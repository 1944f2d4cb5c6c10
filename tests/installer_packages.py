"""The built installer with its code as archives, which the workers of a run share.

`sam deploy` makes and uploads them anew, and has SAM imported first: 2 s of processor time for each worker.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from cli.publish.command import INSTALLER_STACK
from cli.template_file import read_template
from resilient_website.facts.regions import DEFAULT_REGION
from tests.sites import Installation

Json = dict[str, Any]

# What names the folder of a function's or a layer's code. Source: "AWS::Serverless::Function" and
# "AWS::Serverless::LayerVersion" in the AWS SAM specification.
CODE = ("CodeUri", "ContentUri")


def make(build: Path) -> None:
    """Make an archive of each folder of code, beside it; not compressed, which takes longer than all the rest."""
    for properties, name in _code(read_template(build / "template.yaml")):
        folder = build / properties[name]
        with ZipFile(build / f"{properties[name]}.zip", "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))


def install(installation: Installation) -> None:
    """Deploy the installer with the archives, as `sam deploy` does: from a bucket in its Region."""
    s3 = installation.client("s3")
    bucket = f"packages-{installation.account}-{installation.region}"
    # Source: "CreateBucket" in the Amazon S3 API Reference: us-east-1 is no location to name.
    is_default = installation.region == DEFAULT_REGION
    place = {} if is_default else {"CreateBucketConfiguration": {"LocationConstraint": installation.region}}
    s3.create_bucket(Bucket=bucket, **place)
    template = read_template(installation.build / "template.yaml")
    for properties, name in _code(template):
        key = f"{properties[name]}.zip"
        s3.upload_file(str(installation.build / key), bucket, key)
        properties[name] = f"s3://{bucket}/{key}"
    installation.deploy(INSTALLER_STACK, template)


def _code(template: Json) -> Iterator[tuple[Json, str]]:
    """Return the properties that name a folder, and which of them does."""
    for resource in template["Resources"].values():
        for name in CODE:
            if name in resource["Properties"]:
                yield resource["Properties"], name
