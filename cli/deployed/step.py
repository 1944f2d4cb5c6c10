"""A step of a command that can be repeated, such as `switch` and `restore`."""

from typing import Protocol


class Step(Protocol):
    """A step, with everything that it needs in its fields."""

    @property
    def title(self) -> str:
        """What it does, in the imperative."""

    @property
    def takes(self) -> str:
        """How long it takes: from AWS's documents, or the site's own timeouts."""

    def done(self) -> bool:
        """Return whether AWS shows that nothing is left to do."""

    def do(self) -> None:
        """Do it and wait for its effect. Raises InvalidTemplateError, or an error of AWS; can be repeated."""
