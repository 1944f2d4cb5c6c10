"""A resource type of the emulator: what is created with, changed and replaced, and how its service's API shows it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Client = Callable[[str], Any]

ACCOUNT = "200000000010"


def ref(name: str) -> Json:
    return {"Ref": name}


def att(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}


@dataclass(frozen=True)
class Case:
    """A type: properties that are created with, that change in place, that replace; and what its API shows of it."""

    type: str
    first: Json
    seen: Callable[[Client, str], Any] | None
    changed: Json = field(default_factory=dict)
    replaced: Json = field(default_factory=dict)
    around: Json = field(default_factory=dict)
    attributes: tuple[str, ...] = ()

    def template(self, properties: Json) -> Json:
        """Return a template with the resource, and its attributes as outputs."""
        resource = {"Type": self.type, "DependsOn": sorted(self.around), "Properties": {**self.first, **properties}}
        outputs = {name.replace(".", ""): {"Value": att("It", name)} for name in self.attributes}
        return {"Resources": {**self.around, "It": resource}, "Outputs": {"Ref": {"Value": ref("It")}, **outputs}}


def listed(service: str, operation: str, results: str, identity: str) -> Callable[[Client, str], Any]:
    def seen(client: Client, physical_id: str) -> Any:
        return [
            entry
            for entry in getattr(client(service), operation)()[results]
            if physical_id in (entry[identity], str(entry[identity]).removesuffix("."))
            and entry.get("State") != "deleted"
        ]

    return seen
