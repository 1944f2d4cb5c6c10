"""The flat templates of examples."""

from pathlib import Path
from typing import Any

from cli.flat.template import flat_template
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from tests.expansion.expanded_examples import for_region

Json = dict[str, Any]


def flat(path: Path, region: str) -> Json:
    template = for_region(read_template(path), region)
    return flat_template(template, parameter_values(template, {}), region)
