"""The context of a site that every tier uses: its name, Region, version, and role settings."""

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from troposphere import AWSHelperFn, Sub

from resilient_website.cloudformation.roles import RoleOptions
from resilient_website.cloudformation.stack_identity import named
from resilient_website.reading.versions import at

Value = TypeVar("Value")


class Context(NamedTuple):
    """The context in which a site is expanded.

    `site` is the compact resource's logical id, `region` its Region, `version` the version of the expansion, and
    `roles` the settings of every role of the site.
    """

    site: str
    region: str
    version: int
    roles: RoleOptions = RoleOptions()

    def at(self, now: Value, before: Mapping[int, Value]) -> Value:
        """Return the value for this version of the expansion: `at(90, {2: 60})` is 60 before version 2, then 90."""
        return at(self.version, now, before)

    def id(self, suffix: str) -> str:
        """Return the logical id of a resource of this site. Ids are public API: a changed one replaces the resource."""
        return self.site + suffix

    def id_of_name(self, suffix: str, domain_name: str) -> str:
        """Return the logical id of a resource for one domain name, independent of the order of names.

        Readable, and with a hash, because `a-b.example` and `a.b.example` read the same without their punctuation.
        """
        words = "".join(word.capitalize() for word in re.split(r"[^a-z0-9]+", domain_name))
        return self.id(f"{suffix}{words}{hashlib.sha256(domain_name.encode()).hexdigest()[:4]}")

    def title(self, purpose: str) -> AWSHelperFn:
        """Return a display name: the stack, the site and the purpose."""
        return Sub(f"${{AWS::StackName}} {self.site} {purpose}")

    def short_title(self, purpose: str) -> str:
        """Return a display name without the stack's name, which can have 128 characters, and is long with StackSets.

        For names of up to 100 characters; the site's has at most 64.
        """
        return f"{self.site} {purpose}"

    def unique_name(self, purpose: str, made_of: str = "") -> AWSHelperFn:
        """Return a name of at most 64 characters that is unique in the account.

        For the few resources that require a name: the stack's name can be twice as long, so its GUID is used instead,
        with a hash of the site's logical id. `made_of` are the values whose change replaces the resource, which then
        needs another name, since both exist for a while.
        """
        return named(purpose, hashlib.sha256((self.site + made_of).encode()).hexdigest()[:8])
