"""How the stack gets a function's code: from a layer, or inline in the template.

The macro uses the layer that its installer published. A template for accounts without the macro contains the code
inline (`cli/inline_code.py`). Everything else is the same, so that a stack can change from one to the other.
"""

from typing import Any, NamedTuple, Protocol


class FunctionCode(Protocol):
    """Provides a function's code."""

    def properties(self, package: str) -> dict[str, Any]:
        """Return the AWS::Lambda::Function properties with a package's code; the handler is index.handler."""


class Layer(NamedTuple):
    """The layer version with the code of all functions, by its ARN (or an intrinsic that gives it)."""

    arn: Any

    @classmethod
    def any(cls) -> "Layer":
        """Return a placeholder layer, for templates that are not deployed."""
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
