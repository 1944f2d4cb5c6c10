"""What every tier knows of its site: the name, the Region, and what is asked of its roles."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from troposphere import AWSHelperFn, Sub

from resilient_website.cloudformation.roles import RoleOptions
from resilient_website.cloudformation.stack_identity import named
from resilient_website.reading.versions import at

Value = TypeVar("Value")


@dataclass(frozen=True)
class Context:
    """A site's surroundings.

    `site` is the compact resource's logical id, `region` the Region it is expanded for, `version` that of the
    expansion, and `roles` what every role of the site has.
    """

    site: str
    region: str
    version: int
    roles: RoleOptions = field(default_factory=RoleOptions)

    def at(self, now: Value, before: Mapping[int, Value]) -> Value:
        """Return what holds in this version of the expansion: `at(90, {2: 60})` is 60 before version 2, then 90."""
        return at(self.version, now, before)

    def id(self, suffix: str) -> str:
        """Return the logical id of a resource of this site. Ids are public API: a changed one replaces the resource."""
        return self.site + suffix

    def id_of_name(self, suffix: str, domain_name: str) -> str:
        """Return the logical id of a resource that belongs to one domain name, whatever its place among the others.

        Readable, and with a hash, because `a-b.example` and `a.b.example` read the same without their punctuation.
        """
        words = "".join(word.capitalize() for word in re.split(r"[^a-z0-9]+", domain_name))
        return self.id(f"{suffix}{words}{hashlib.sha256(domain_name.encode()).hexdigest()[:4]}")

    def title(self, purpose: str) -> AWSHelperFn:
        """Return a name for people: the stack's, the site's and the purpose."""
        return Sub(f"${{AWS::StackName}} {self.site} {purpose}")

    def short_title(self, purpose: str) -> str:
        """Return a name for people without the stack's: that may have 128 characters, and StackSets make long ones.

        For what takes 100; the site's has 64 at most.
        """
        return f"{self.site} {purpose}"

    def unique_name(self, purpose: str, made_of: str = "") -> AWSHelperFn:
        """Return a name of at most 64 characters that no other site of the account has.

        For the few resources that demand a name: the stack's name may be twice as long, so its GUID stands in, and a
        hash of the site's logical id for the id. `made_of` is what makes the resource another one, which needs another
        name, since both exist for a while.
        """
        return named(purpose, hashlib.sha256((self.site + made_of).encode()).hexdigest()[:8])
