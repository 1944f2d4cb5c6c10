"""The container images that a site's servers pull: pushed before, and released by their digest."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.deployed.tools import Tools
from cli.image_platforms import LISTS, MANIFESTS, lacking
from cli.release.application import Application
from cli.release.history import History, StoredParameter, history_parameter
from cli.release.release import Release
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.images import architecture
from resilient_website.tiers.web_servers.container import IMAGE, IN_ECR
from resilient_website.tiers.web_servers.spec import WebServersSpec

NO_REPOSITORY = "RepositoryNotFoundException"


@dataclass(frozen=True)
class Images:
    """The images of a site, and the registry that is asked for them: Amazon ECR."""

    application: Application
    client: Callable[[str, str], Any]

    @property
    def templates(self) -> None:
        """A registry has no place for templates."""
        return

    @property
    def history(self) -> History:
        """The releases that one can go back to."""
        site = self.application.site
        return History(StoredParameter(self.client("ssm", site.region), history_parameter(site)))

    def title(self, release: Release) -> str:
        """Return a release, for people."""
        return release.title

    def as_json(self, release: Release) -> dict[str, str | None]:
        """Return a release and the current one, for --json."""
        return {"image": release.key or None, "imageBefore": self.application.current.key or None}

    def release(self, given: str, *, is_dry: bool) -> Release:
        """Return the release of an image, by its digest. Raises InvalidTemplateError for one that can't be released."""
        del is_dry
        if not looks_like_image(given):
            fix = "give an image with a tag or a digest, as in 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.0"
            what = "it is not an image with a tag or a digest, and the site runs a container"
            raise InvalidTemplateError([Problem(given, what, fix)])
        address, _, digest = given.partition("@")
        found = IN_ECR.match(address)
        if found:
            return self._of_ecr(given, found, digest)
        if not digest:
            command = f"docker buildx imagetools inspect {given} --format '{{{{.Manifest.Digest}}}}'"
            fix = f"add the digest that this command prints, as in {_untagged(address)}@sha256:...: {command}"
            raise InvalidTemplateError([Problem(given, "found a tag, which `release` resolves in ECR only", fix)])
        return Release(f"{_untagged(address)}@{digest}")

    def _of_ecr(self, given: str, found: re.Match[str], digest: str) -> Release:
        """Return an image of Amazon ECR by its digest, found by its tag or digest. Raises InvalidTemplateError."""
        account, region, repository = found.groups()
        tag = given.partition("@")[0].removeprefix(found[0]).removeprefix(":") or "latest"
        try:
            answer = self.client("ecr", region).batch_get_image(
                registryId=account,
                repositoryName=repository,
                imageIds=[{"imageDigest": digest} if digest else {"imageTag": tag}],
                acceptedMediaTypes=[*LISTS, *MANIFESTS],
            )
        except ClientError as error:
            if error.response["Error"].get("Code") != NO_REPOSITORY:
                raise
            answer = {}
        images = answer.get("images", [])
        if not images:
            where = f"aws ecr describe-images --registry-id {account} --repository-name {repository} --region {region}"
            raise InvalidTemplateError(
                [Problem(given, "Amazon ECR has no such image", f"push it; `{where}` lists them")]
            )
        self._check_architecture(given, str(images[0].get("imageManifest", "")))
        return Release(f"{found[0]}@{images[0]['imageId']['imageDigest']}")

    def _check_architecture(self, given: str, manifest: str) -> None:
        """Refuse an image without one for the servers' architecture."""
        kind = self.application.of_servers("InstanceType")
        servers = architecture(kind if isinstance(kind, str) else WebServersSpec().instance_type)
        wrong = lacking(manifest, servers)
        if wrong:
            raise InvalidTemplateError([Problem(given, *wrong)])


def images(tools: Tools, application: Application) -> Images:
    """Return the images of a site."""
    return Images(application, tools.client)


def looks_like_image(given: str) -> bool:
    """Tell whether a text can only be an image: it has a tag or a digest after its repository's name."""
    return re.fullmatch(IMAGE, given) is not None and re.search(r":[^/]*$", given) is not None


def _untagged(address: str) -> str:
    """Return an image's name without its tag: a colon before the last slash is the registry's port."""
    return re.sub(r":[^:/]*$", "", address)
