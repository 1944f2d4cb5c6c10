"""How a function's code comes into the stack: in a layer, or inside the template.

The macro knows the layer that its installer published. A template for places without the macro has the code inside
(`cli/inline_code.py`). All else is the same, so that a stack can move from one to the other.
"""

from dataclasses import dataclass
from typing import Any, Protocol


class FunctionCode(Protocol):
    """Gives a function its code."""

    def properties(self, package: str) -> dict[str, Any]:
        """Return the properties of AWS::Lambda::Function that carry a package's code; its handler is index.handler."""


@dataclass(frozen=True)
class Layer:
    """The layer version with the code of all functions, by its ARN (or an intrinsic that gives it)."""

    arn: Any

    @classmethod
    def any(cls) -> "Layer":
        """Return a layer for templates that are not deployed, but looked at: which one makes no difference there."""
        return cls("arn:aws:lambda:us-east-1:123456789012:layer:ResilientWebsite-functions:1")

    def properties(self, package: str) -> dict[str, Any]:
        """Return the layer, and the two lines that run the package in it."""
        lines = (
            f"# The code is in the layer, which the installer of ResilientWebsite publishes.\n{entry_point(package)}\n"
        )
        return {"Code": {"ZipFile": lines}, "Layers": [self.arn]}


def entry_point(package: str) -> str:
    """Return the line that makes a package's handler the module's own."""
    return f"from {package}.handler import handler"
