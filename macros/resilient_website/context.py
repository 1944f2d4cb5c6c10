"""What every tier is told: the site's name, where it is, and whose macro expands it."""

import hashlib
import re
from dataclasses import dataclass

from troposphere import AWSHelperFn, ImportValue, Join, Ref, Select, Split, Sub


@dataclass(frozen=True)
class Context:
    """A site's surroundings.

    `site` is the compact resource's logical id, `region` the Region it is expanded for, and `macro` the macro's name,
    which prefixes the exports of its installer (so that two macros in one account each have custom resources).
    """

    site: str
    region: str
    macro: str

    def id(self, suffix: str) -> str:
        """Return the logical id of a resource of this site. Ids are public API: a changed one replaces the resource."""
        return self.site + suffix

    def id_of_name(self, suffix: str, domain_name: str) -> str:
        """Return the logical id of a resource that belongs to one domain name, whatever its place among the others.

        Readable, and with a hash, because `a-b.example` and `a.b.example` read the same without their punctuation.
        """
        words = "".join(word.capitalize() for word in re.split(r"[^a-z0-9]+", domain_name))
        return self.id(f"{suffix}{words}{hashlib.sha256(domain_name.encode()).hexdigest()[:4]}")

    def installed(self, export: str) -> AWSHelperFn:
        """Return a value that the installer of this macro exports; CloudFormation refuses to remove it while used."""
        return ImportValue(f"{self.macro}-{export}")

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
        digest = hashlib.sha256((self.site + made_of).encode()).hexdigest()[:8]
        stack_guid = Select(2, Split("/", Ref("AWS::StackId")))
        return Join("-", [purpose, digest, stack_guid])
