"""Which account and Region a command asks: one precedence for all commands, and the only place that makes a session.

The precedence is that of the AWS CLI, and AWS_REGION comes before AWS_DEFAULT_REGION as in the AWS SDKs: --region,
AWS_REGION, AWS_DEFAULT_REGION, the region of the profile; before the profile's, that of samconfig.toml (see
region_options). Source: "Configuration settings and precedence" in the AWS CLI User Guide; "AWS Region" in the AWS SDKs
and Tools Reference Guide.

The SDK is imported when a session is made: it takes longer to load than an expansion. So that commands that do not ask
AWS find the same Region, the profile's region is read from its files as the SDK reads it.
"""

import os
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from resilient_website.facts.regions import DEFAULT_REGION
from resilient_website.problems import InvalidTemplateError, Problem

if TYPE_CHECKING:
    import boto3


@dataclass(frozen=True)
class AwsSettings:
    """What the options, the environment or samconfig.toml say, see region_options; None for what is not given."""

    profile: str | None = None
    given_region: str | None = None

    @cached_property
    def region(self) -> str | None:
        """The Region that is asked: the given one, else the profile's; None if there is none."""
        return self.given_region or profile_region(self.profile)

    @property
    def expansion_region(self) -> str:
        """The Region that templates are expanded for."""
        return self.region or DEFAULT_REGION

    @cached_property
    def session(self) -> "boto3.Session":
        """A session of the profile. Raises InvalidTemplateError if it does not exist.

        Its region is None if there is none: for requests that name theirs.
        """
        import boto3  # noqa: PLC0415
        from botocore.exceptions import ProfileNotFound  # noqa: PLC0415

        try:
            return boto3.Session(profile_name=self.profile, region_name=self.region)
        except ProfileNotFound as error:
            found = f"there is no profile {error.kwargs['profile']}"
            advice = f"use one of {', '.join(_profiles()) or 'the AWS CLI, which has none'}"
            raise InvalidTemplateError([Problem("--profile", found, advice)]) from error

    @cached_property
    def regional_session(self) -> "boto3.Session":
        """A session with a Region. Raises InvalidTemplateError if there is none, or the profile does not exist."""
        session = self.session
        if not session.region_name:
            advice = "give --region, or set AWS_REGION, or region in samconfig.toml or the profile"
            raise InvalidTemplateError([Problem("--region", "no Region is given", advice)])
        return session


def profile_region(profile: str | None) -> str | None:
    """Return the region of a profile (by default, the environment's), or None if it has none or can't be read."""
    names = (profile, os.environ.get("AWS_DEFAULT_PROFILE"), os.environ.get("AWS_PROFILE"), "default")
    return _profiles().get(next(name for name in names if name is not None), {}).get("region") or None


def _profiles() -> dict[str, dict[str, str]]:
    """Return the settings of every profile: those of ~/.aws/credentials take precedence, as in the SDK."""
    found: dict[str, dict[str, str]] = {}
    for section, settings in _sections("AWS_CONFIG_FILE", "~/.aws/config").items():
        words = _words(section)
        if section == "default" or (section.startswith("profile") and len(words) == 2):
            found[words[-1]] = settings
    for name, settings in _sections("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials").items():
        found[name] = {**found.get(name, {}), **settings}
    return found


def _words(section: str) -> list[str]:
    try:
        return shlex.split(section)
    except ValueError:
        return []


def _sections(variable: str, default: str) -> dict[str, dict[str, str]]:
    """Return the sections of a file; none if it is not there. The SDK reports what is wrong in it."""
    path = Path(os.path.expandvars(os.environ.get(variable, default))).expanduser()
    if not path.is_file():
        return {}
    import configparser  # noqa: PLC0415  # few commands get here

    parser = configparser.RawConfigParser()
    try:
        parser.read(path)
    except (configparser.Error, UnicodeDecodeError, OSError):
        return {}
    return {name: dict(parser.items(name)) for name in parser.sections()}
