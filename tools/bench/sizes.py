"""How large each example is once it is expanded, beside version 0.1.0, whose functions were the installer's."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.cloudformation.limits import size
from resilient_website.expand import expand_template
from tools.repository import ROOT

EARLIER = Path(__file__).with_name("sizes_0.1.0.toml")


@dataclass(frozen=True)
class Size:
    """The size of an expanded example, in bytes of JSON without white space, now and in version 0.1.0."""

    example: str
    now: int
    earlier: int

    @property
    def growth(self) -> float:
        """Return how much larger it is than it was, as a part of what it was."""
        return self.now / self.earlier - 1


def sizes() -> list[Size]:
    """Return the size of every example that version 0.1.0 has too, by name."""
    earlier = tomllib.loads(EARLIER.read_text(encoding="utf-8"))
    return [
        Size(name, _expanded(ROOT / "examples" / f"{name}.yaml"), before) for name, before in sorted(earlier.items())
    ]


def _expanded(path: Path) -> int:
    template = read_template(path)
    expanded = expand_template(template, parameter_values(template, {}), "us-east-1")
    return size(expanded)
