"""What GetAtt returns in AWS and not in ministack, for types that ministack has."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

from tests.emulator import ipv6

Json = dict[str, Any]

# type -> the attributes to add to what ministack returns, from the physical id and the properties
ATTRIBUTES: dict[str, Callable[[str, Json], Json]] = {
    "AWS::EC2::VPC": ipv6.vpc_attributes,
    "AWS::EC2::Subnet": ipv6.subnet_attributes,
}


def register() -> None:
    """Wrap the types' handlers."""
    ipv6.register()
    for name, attributes in ATTRIBUTES.items():
        handlers = provisioners._RESOURCE_HANDLERS[name]
        # The new properties are the second argument of a create, the third of an update.
        for action, position in (("create", 1), ("update", 2)):
            if action in handlers:
                handlers[action] = _with_attributes(handlers[action], attributes, position)


def _with_attributes(own: Callable[..., Any], attributes: Callable[[str, Json], Json], position: int) -> Any:
    def handler(*arguments: Any) -> tuple[str, Json]:
        physical_id, known = own(*arguments)
        return physical_id, {**attributes(physical_id, arguments[position]), **known}

    return handler
