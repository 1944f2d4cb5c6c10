"""The archives that a site's servers fetch: uploaded beside the current one, under their SHA-256."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.deployed.tools import Tools
from cli.publish.upload import Bucket, upload
from cli.release.application import Application
from cli.release.history import History, StoredObject, history_key
from cli.release.large_templates import TemplateFolder, bucket_of
from cli.release.release import Release
from cli.release.source import package, prefix_of
from resilient_website.problems import InvalidTemplateError, Problem


@dataclass(frozen=True)
class Archives:
    """The bucket of a site's archives. `say` shows a line of progress."""

    application: Application
    bucket: Bucket
    say: Callable[[str], None]

    @property
    def templates(self) -> TemplateFolder:
        """Where large templates are put: beside the archives."""
        return TemplateFolder(self.bucket, prefix_of(self.application.current.key))

    @property
    def history(self) -> History:
        """The releases that one can go back to."""
        key = history_key(prefix_of(self.application.current.key), self.application.site)
        return History(StoredObject(self.bucket.s3, self.bucket.name, key))

    def title(self, release: Release) -> str:
        """Return where a release is, for people."""
        return f"s3://{self.bucket.name}/{release.key}" if release.key else release.title

    def as_json(self, release: Release) -> dict[str, str | None]:
        """Return a release and the current one, for --json."""
        return {
            "bucket": self.bucket.name,
            "key": release.key or None,
            "sha256": release.sha256 or None,
            "versionId": release.version_id or None,
            "keyBefore": self.application.current.key or None,
        }

    def release(self, given: str, *, is_dry: bool) -> Release:
        """Return the release of a path, whose archive is uploaded unless it is there already, or in a dry run."""
        made = package(Path(given), self.application.current.key)
        if is_dry:
            return Release(made.key, made.digest, "not-uploaded-yet" if self.application.is_pinned else "")
        state = upload(self.bucket, made)
        self.say(f"{state}: s3://{self.bucket.name}/{made.key}")
        return Release(made.key, made.digest, self._version(made.key) if self.application.is_pinned else "")

    def _version(self, key: str) -> str:
        head = self.bucket.s3.head_object(Bucket=self.bucket.name, Key=key)
        version = str(head.get("VersionId", ""))
        if not version:
            where = f"{self.application.kind.path}.VersionId"
            fix = f"turn on versioning of the bucket, or leave out {where}: a key with the SHA-256 never changes"
            found = f"{self.bucket.name} has no versions"
            raise InvalidTemplateError([Problem(self.application.site.title, found, fix)])
        return version


def archives(tools: Tools, application: Application) -> Archives:
    """Return the archives of a site, whose bucket can be a resource of its stack and in another Region."""
    site = application.site
    name, resource = application.bucket, application.bucket_resource
    if resource:
        cloudformation = tools.client("cloudformation", site.region)
        found = cloudformation.describe_stack_resource(StackName=site.stack, LogicalResourceId=resource)
        name = found["StackResourceDetail"]["PhysicalResourceId"]
    where = f"{site.title}: {application.kind.path}.Bucket"
    return Archives(application, bucket_of(tools, name, site.region, where), tools.say)
