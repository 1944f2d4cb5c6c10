"""The steps of a release: upload, update, follow, and look at the page."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from cli.deployed.address import url
from cli.deployed.site import DeployedSite
from cli.deployed.stack_update import GOOD, StackUpdate
from cli.deployed.templates import read_template, site_names
from cli.deployed.tools import Tools
from cli.release.allowed import beyond
from cli.release.application import Application, application
from cli.release.archives import archives
from cli.release.history import History
from cli.release.images import images
from cli.release.large_templates import TemplateFolder, bucket_of, in_bucket
from cli.release.progress import Since, event_ids, follow, server_ids
from cli.release.release import CONTAINER, Release
from cli.release.rollback import not_watching, started, watching
from cli.template_source import stack_values
from resilient_website.problems import InvalidTemplateError, Problem

AGAIN = "run the same command again"


class Releases(Protocol):
    """What holds a site's releases: a bucket of archives, or a registry of images."""

    @property
    def history(self) -> History:
        """The releases that one can go back to."""

    @property
    def templates(self) -> TemplateFolder | None:
        """Where templates are put that are too large for a request."""

    def title(self, release: Release) -> str:
        """Return where a release is, for people."""

    def as_json(self, release: Release) -> dict[str, str | None]:
        """Return a release and the current one, for --json."""

    def release(self, given: str, *, is_dry: bool) -> Release:
        """Return the release of what the command line gives, there for the servers to fetch unless in a dry run."""


@dataclass(frozen=True)
class Target:
    """The site that is released to: its stack, its application, and what holds its releases."""

    tools: Tools
    site: DeployedSite
    stack: StackUpdate
    application: Application
    releases: Releases
    # Of --s3-bucket, for templates.
    bucket: str | None = None

    @property
    def templates(self) -> TemplateFolder | None:
        """Where templates are put that are too large for a request."""
        if self.bucket is None:
            return self.releases.templates
        return TemplateFolder(bucket_of(self.tools, self.bucket, self.site.region, "--s3-bucket"))

    @property
    def history(self) -> History:
        """The releases that one can go back to."""
        return self.releases.history


def target(tools: Tools, site: DeployedSite, bucket: str | None = None) -> Target:
    """Return what a release needs of a site, once no other update runs, which could change it.

    `bucket` is for templates that are too large for a request, if not that of the archives. Raises InvalidTemplateError
    if it has no application, or its stack takes no update.
    """
    cloudformation = tools.client("cloudformation", site.region)
    stack = StackUpdate(tools, site.region, site.stack, site.title, AGAIN)
    is_running = stack.status().endswith("_IN_PROGRESS")
    if is_running:
        tools.say(f"another update of {site.title} is running; waiting until it ends")
    status = stack.wait_until_idle()
    if is_running and status not in GOOD:
        # It may have been a canary of the same release.
        found = f"the update that ran ended with {status} ({stack.first_reason()})"
        raise InvalidTemplateError([Problem(site.title, found, f"read the reason; then {AGAIN}")])
    values = stack_values(stack.described().get("Parameters", []))
    written = application(site, read_template(cloudformation, site.stack), values)
    releases: Releases = (images if written.kind is CONTAINER else archives)(tools, written)
    return Target(tools, site, stack, written, releases, bucket)


def before(to: Target) -> Release:
    """Return the release before the current one. Raises InvalidTemplateError if none is known."""
    known = to.history.read(to.application.current)
    if len(known) < 2:
        fix = "release the earlier application by its path or image"
        raise InvalidTemplateError([Problem(to.site.title, "no earlier release is known", fix)])
    return known[-2]


@dataclass(frozen=True)
class Update:
    """An update of the stack: the release of the site's servers, and one that a canary tries out, if any."""

    release: Release
    tried: Release | None = None

    @property
    def title(self) -> str:
        """What it is, for people."""
        return f"canary of {self.tried.title}" if self.tried else self.release.title


def updates(to: Target, wanted: Release, *, skips_canary: bool) -> tuple[Update, ...]:
    """Return the updates that lead to a release: with a canary, it is tried out first, unless it has been already.

    The first release of a site goes without one, since the sample application is no version of it. Raises
    InvalidTemplateError while a canary of another release runs.
    """
    canary, current = to.application.canary, to.application.current
    whole = Update(wanted)
    if canary is None or skips_canary or not current.key:
        return (whole,)
    if canary.running and canary.running.key != wanted.key:
        fix = "release that one to complete it, or end it with --back; then " + AGAIN
        raise InvalidTemplateError([Problem(to.site.title, f"a canary of {canary.running.title} runs", fix)])
    if canary.running:
        _refuse_failing(to)
    if canary.running or wanted.key == current.key:
        return (whole,)
    return (Update(current, wanted), whole)


def _refuse_failing(to: Target) -> None:
    """Refuse to go on with a canary whose alarms are on. Raises InvalidTemplateError."""
    on = started(to.tools.client("cloudwatch", to.site.region), to.site)
    if on:
        fix = "end the canary with --back, and correct the release; --skip-canary releases it all the same"
        raise InvalidTemplateError([Problem(to.site.title, f"the canary fails: {', '.join(on)}", fix)])


def change_set(to: Target, update: Update) -> tuple[str, tuple[str, ...]] | None:
    """Create the change set of an update. Return its name and what it changes beyond a release; None if nothing."""
    name = f"release-{to.tools.now():%Y%m%d%H%M%S}"
    request = to.application.request(update.release, f"Written by `release`: {update.title}"[:1024], update.tried)
    canary = to.application.canary
    if canary is not None:
        sites, stack = site_names(to.application.template), to.stack.described()
        tried = update.tried is not None
        rollback = watching(to.site, sites, stack, canary.minutes) if tried else not_watching(to.site, sites, stack)
        request = replace(request, more={"RollbackConfiguration": rollback} if rollback is not None else None)
    if not to.stack.create(name, in_bucket(request, to.site, lambda: to.templates)):
        to.stack.delete(name)
        return None
    return name, beyond(to.site, to.stack.changes(name), changes_canary=canary is not None)


def execute(to: Target, name: str, update: Update) -> None:
    """Execute the change set of an update, and follow it. Raises InvalidTemplateError if it was rolled back."""
    since = Since(server_ids(to.tools.client, to.site), event_ids(to.tools, to.stack))
    to.stack.execute(name)
    status = follow(to.tools, to.stack, to.site, since, of_canary=update.tried is not None)
    if status not in GOOD:
        raise InvalidTemplateError([_rolled_back(to, status)])


def note(to: Target, release: Release, *, is_back: bool) -> None:
    """Note that a release is complete, or taken back. `to` is from before it."""
    known = to.history.read(to.application.current)
    to.history.write(known[:-1] if is_back else (*known, release))


def page(to: Target) -> tuple[str | None, int | None]:
    """Return the site's address, and what it answers; None without an address or an answer."""
    address = url(to.site, to.tools.client)
    return address, to.tools.visitor.status(address) if address else None


def _rolled_back(to: Target, status: str) -> Problem:
    running = to.application.current.title
    rolled = status == "UPDATE_ROLLBACK_COMPLETE"
    result = f"CloudFormation rolled it back: {running} serves" if rolled else f"the stack is {status}"
    canary = to.application.canary
    if rolled and canary and canary.running:
        result += f", and the canary of {canary.running.title} goes on (`--back` ends it)"
    boot = f"build_templates.py logs {to.site.stack} --site {to.site.name} --tier web --since 1h"
    found = f"the release failed ({to.stack.first_reason()}); {result}"
    return Problem(to.site.title, found, f"read the boot log of the new servers (`{boot}`), correct it, and {AGAIN}")


def problem_of_more(site: DeployedSite, more: tuple[str, ...]) -> Problem:
    """Return the refusal of an update that changes more than a release does."""
    found = f"the update would change more than the servers: {', '.join(more)}"
    fix = (
        "nothing was changed. Deploy the file first (another version of the macro, or a template that was changed), or "
        "give --with-infrastructure"
    )
    return Problem(site.title, found, fix)


def json_of(to: Target, release: Release, more: tuple[str, ...], state: str, answer: Any) -> dict[str, Any]:
    """Return a release for --json."""
    canary = to.application.canary
    return {
        "stack": to.site.stack,
        "site": to.site.name,
        "state": state,
        **to.releases.as_json(release),
        "canary": {"percent": canary.percent, "minutes": canary.minutes} if canary else None,
        "changesBeyond": list(more),
        "pageStatus": answer,
    }
