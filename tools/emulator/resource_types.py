"""How the resource types that ministack lacks are made: a table of types, by calls of their services' own API.

What a type's row says is what CloudFormation's documentation says about it: what Ref and GetAtt return, and which
properties replace ("Update requires: Replacement").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from ministack.services.cloudformation import provisioners, stacks  # type: ignore[import-not-found]

from tools.emulator.api import Api

Json = dict[str, Any]

EVERYTHING = ("*",)


def _nothing(*_: Any) -> Json:
    return {}


@dataclass(frozen=True)
class ResourceType:
    """One row: `create` returns the physical id, which is what Ref returns; `attributes` what GetAtt returns."""

    service: str
    create: Callable[[Api, Json, str], str]
    delete: Callable[[Api, str, Json], object] = _nothing
    update: Callable[[Api, str, Json, Json], object] = _nothing
    attributes: Callable[[Api, str, Json], Json] = _nothing
    # Names of properties; a dot leads into a property's value.
    replacing: tuple[str, ...] = ()

    def handlers(self) -> Json:
        """Return the type as ministack's CloudFormation takes it."""
        return {
            "create": self._create,
            "update": self._update,
            "update_with_logical_id": True,
            "delete": self._delete,
        }

    def _create(self, logical_id: str, props: Json, stack: str) -> tuple[str, Json]:
        api = Api(self.service)
        physical_id = self.create(api, props, provisioners._physical_name(stack, logical_id, max_len=60))
        return physical_id, self.attributes(api, physical_id, props)

    def _update(self, physical_id: str, old: Json, new: Json, stack: str, logical_id: str) -> tuple[str, Json]:
        if any(_at(old, path) != _at(new, path) for path in self.replacing):
            # Another physical id: CloudFormation deletes the old resource in its cleanup.
            made: tuple[str, Json] = provisioners._seeded_create(self._create, logical_id, new, stack)
            return made
        api = Api(self.service)
        self.update(api, physical_id, old, new)
        return physical_id, self.attributes(api, physical_id, new)

    def _delete(self, physical_id: str, props: Json) -> None:
        try:
            self.delete(Api(self.service), physical_id, props)
        except ClientError as error:
            # What is gone already is deleted.
            if not any(word in error.response["Error"]["Code"] for word in ("NotFound", "NoSuch", "Nonexistent")):
                raise


def register(types: Mapping[str, ResourceType]) -> None:
    """Add types; their handlers call the emulator, so they run on worker threads."""
    for name, resource_type in types.items():
        provisioners._RESOURCE_HANDLERS[name] = resource_type.handlers()
        # For DescribeChangeSet, which knows whole properties only.
        provisioners._CONDITIONALLY_REPLACING_PROPERTIES[name] = tuple(
            path.partition(".")[0] for path in resource_type.replacing
        )
    own_rule = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in types or own_rule(name)


def _at(props: Any, path: str) -> Any:
    for name in () if path == "*" else path.split("."):
        props = props.get(name) if isinstance(props, dict) else None
    return props


def picked(props: Json, *names: str) -> Json:
    """Return the properties that the API takes under the same names."""
    return {name: props[name] for name in names if name in props}


def renamed(props: Json, **names: str) -> Json:
    """Return the properties that the API takes under other names."""
    return {api_name: props[name] for api_name, name in names.items() if name in props}
