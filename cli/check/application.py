"""The application: its container image and its secrets exist, so that servers can boot."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Skipped, Unavailable, error, warning
from cli.check.site import Site
from cli.image_platforms import LISTS, MANIFESTS, lacking
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.tiers.images import architecture
from resilient_website.tiers.web_servers.container import IN_ECR
from resilient_website.tiers.web_servers.secrets import FIELDS_OF_A_SECRET

IMAGE = "WebServers.Container.Image"
IMAGE_OF_CANARY = "WebServers.Canary.Image"
SECRETS = "WebServers.Environment.Secrets"

NO_IMAGE = ("RepositoryNotFoundException", "ImageNotFoundException")
NO_SECRET = ("ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound")


def image(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check the image that servers pull on their first boot."""
    spec = site.spec.web_servers.container
    if spec is not None:
        yield from _image(site, aws, IMAGE, spec.image)


def image_of_canary(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check the image that a canary's servers pull, while one runs."""
    canary = site.spec.web_servers.canary
    if canary is not None:
        yield from _image(site, aws, IMAGE_OF_CANARY, canary.image)


def _image(site: Site, aws: Aws, place: str, written: Value | None) -> Iterator[CheckResult]:
    """Check an image: that it exists, for the servers' architecture. Public registries are not asked.

    Warn of a tag without a digest. Source: DescribeImages; "Preventing image tags from being overwritten" in the Amazon
    ECR User Guide.
    """
    if written is None:
        return
    path, name = site.at(place), site.known(place, written)
    address, _, digest = name.partition("@")
    found = IN_ECR.match(address)
    if found:
        account, region, repository = found.groups()
        tag = address.removeprefix(found[0]).removeprefix(":") or "latest"
        one = {"imageDigest": digest} if digest else {"imageTag": tag}
        arguments = {"registryId": account, "repositoryName": repository, "imageIds": [one]}
        if aws.find("ecr", "describe_images", missing=NO_IMAGE, region=region, **arguments) is None:
            yield error(path, f"Amazon ECR has no {name}", "push it first")
            return
        if site.spec.half is not None and region != site.region:
            text = f"found {name}: if {region} is lost, no server of this half starts"
            fix = f"replicate the repository to {site.region} (docs/second-region.md), and give that image there"
            yield warning(path, text, fix)
    if not digest:
        text = f"found {name}, whose tag can move to another image: new servers would run another one than the rest"
        yield warning(path, text, "write its digest too (@sha256:...)")
    if found:
        yield from _platform(site, aws, path, name, arguments, region)


def _platform(
    site: Site, aws: Aws, path: str, name: str, arguments: dict[str, Any], region: str
) -> Iterator[CheckResult]:
    """Check that an image is built for the servers' architecture. Source: BatchGetImage."""
    types = [*LISTS, *MANIFESTS]
    answer = aws.find("ecr", "batch_get_image", missing=NO_IMAGE, region=region, acceptedMediaTypes=types, **arguments)
    for each in (answer or {}).get("images", []):
        wrong = lacking(each.get("imageManifest", ""), architecture(site.spec.web_servers.instance_type))
        if wrong:
            yield error(path, f"found {name}: {wrong[0]}", wrong[1])


def secrets(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check the secrets that servers read on their first boot. No secret's value is read.

    Source: DescribeSecret; GetParameter, which gives an encrypted value without WithDecryption.
    """
    for name, reference in site.spec.web_servers.environment.own_secrets.items():
        place = f"{SECRETS}.{name}"
        try:
            yield from _secret(site, aws, place, site.known(place, reference))
        except Unavailable as unknown:
            yield Skipped(unknown.path or site.at(place), unknown.why)


def _secret(site: Site, aws: Aws, place: str, reference: str) -> Iterator[CheckResult]:
    path = site.at(place)
    if ":ssm:" in reference:
        if aws.find("ssm", "get_parameter", missing=NO_SECRET, Name=reference) is None:
            yield error(path, f"there is no parameter {reference}", "create it first")
        return
    arn = ":".join(reference.split(":")[:FIELDS_OF_A_SECRET])
    answer = aws.find("secretsmanager", "describe_secret", missing=NO_SECRET, SecretId=arn)
    if answer is None:
        yield error(path, f"there is no secret {arn}", "create it first")
    elif "DeletedDate" in answer:
        yield error(path, f"the secret {arn} is scheduled for deletion", "restore it, or use another")
