"""A site that is deployed on the emulator and updated, with what is read of it before and after."""

from collections.abc import Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from cli.analysis.updates.stack import Stack, stack
from cli.analysis.updates.stores import is_store
from resilient_website.expand import expand_template
from tests.bucket_contents import empty
from tests.deployment.store_contents import MARK, Contents, mark, unmark
from tests.kept import kept
from tests.sites import Installation, Settled, StackError
from tools.emulator.instances import Instance, register

Json = dict[str, Any]

OUTPUTS = ("TargetGroupArn", "DistributionDomainName", "LoadBalancerDNSName", "FallbackBucket")
DOMAIN = "example.com"

# A resource that can't be created: the function refuses it for what it lacks.
BROKEN = {
    "Type": "Custom::FallbackSite",
    "Properties": {"ServiceToken": {"Fn::GetAtt": ["FallbackSiteFunction", "Arn"]}},
}

# How long a step of an update takes at most: until the client of visitors.py has asked after it.
STEP_SECONDS = 2


@dataclass(frozen=True)
class Held:
    """A store: its physical id, and what is in it."""

    physical_id: str
    contents: Json


class UpdatedSite:
    """A stack with one site, named Site."""

    def __init__(self, installation: Installation, name: str) -> None:
        self.installation = installation
        self.name = name
        self.properties: Json | None = None
        self.outputs: dict[str, str] = {}

    def template(self, properties: Json) -> Json:
        """Return the template of a site, its names in a hosted zone that exists."""
        zone = {"HostedZoneId": self.installation.hosted_zone(DOMAIN)} if "DomainName" in properties else {}
        return {
            "Transform": "ResilientWebsite",
            "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {**properties, **zone}}},
            "Outputs": {name: {"Value": {"Fn::GetAtt": ["Site", name]}} for name in OUTPUTS},
        }

    def expanded(self, properties: Json) -> Json:
        """Return the expanded template."""
        return _expanded(self.template(properties), self.installation.region)

    def stack(self, properties: Json) -> Stack:
        """Return the resources as an update sees them."""
        return _stack(self.template(properties), self.installation.region)

    def deploy(self, properties: Json) -> Settled:
        """Create or update the stack; return what became of it. Raises StackError, and is then what it was."""
        done = self.installation.deployed(self.name, self.template(properties))
        self.outputs, self.properties = done.outputs, properties
        return done

    def become(self, properties: Json) -> None:
        """Deploy a site whose history does not matter: by an update of what is there, or anew if that is refused.

        An update takes half of the time of a deletion and a creation.
        """
        if self.properties is not None:
            with suppress(StackError):
                self.deploy(properties)
                return
        self.delete()
        self.deploy(properties)

    def ids(self) -> dict[str, str]:
        """Return the physical ids by logical id."""
        return self.installation.resources(self.name)

    def serve(self, instance: Instance) -> None:
        """Let an instance answer for the site."""
        register(self.installation.client("elbv2"), self.outputs["TargetGroupArn"], [instance])

    def filled(self, stores: Stack, ids: dict[str, str], but: Set[str] = frozenset()) -> dict[str, Held]:
        """Put a mark into every store of a stack `but` some buckets, and return what all of them hold."""
        held = self.held(stores, ids)
        for logical_id, resource in _stores(stores):
            if logical_id in but:
                unmark(self.installation, resource.type, ids[logical_id])
            elif MARK not in str(held[logical_id].contents):
                mark(self.installation, resource.type, ids[logical_id])
        return self.held(stores, ids)

    def held(self, stores: Stack, ids: dict[str, str]) -> dict[str, Held]:
        """Return what the stores with these physical ids hold."""
        found = Contents(self.installation)
        return {
            logical_id: Held(ids[logical_id], found.of(resource.type, ids[logical_id]))
            for logical_id, resource in _stores(stores)
            if logical_id in ids
        }

    @contextmanager
    def step_by_step(self) -> Iterator[None]:
        """Let updates take their time, so that requests fall between any two steps."""
        self.installation.emulator.tell("/_emulator/pace", {"seconds": STEP_SECONDS, "visited": True})
        try:
            yield
        finally:
            self.installation.emulator.tell("/_emulator/pace", {"seconds": 0})

    def delete(self) -> None:
        """Delete the stack, what the marks left in its buckets, and the buckets that it retains."""
        s3 = self.installation.client("s3")
        if self.installation.exists(self.name):
            for name in self._buckets(*self.ids().values()):
                empty(s3, name)
            status = self.installation.delete(self.name)
            assert status == "DELETE_COMPLETE", self.installation.failures(self.name)
        for name in self._buckets():
            empty(s3, name)
            s3.delete_bucket(Bucket=name)
        self.properties = None

    def _buckets(self, *own: str) -> list[str]:
        """Return the buckets that have the stack's name, and those with names of their own."""
        names = [bucket["Name"] for bucket in self.installation.client("s3").list_buckets()["Buckets"]]
        return [name for name in names if name.startswith(f"{self.name}-") or name in own]


@kept(64)
def _expanded(template: Json, region: str) -> Json:
    """Return an expansion, which a pair needs several times."""
    return expand_template(template, {}, region)


@kept(64)
def _stack(template: Json, region: str) -> Stack:
    """Return the resources of an expansion."""
    return stack(_expanded(template, region), region, {})


def _stores(resources: Stack) -> list[tuple[str, Any]]:
    return [(name, resource) for name, resource in resources.items() if is_store(resource)]
