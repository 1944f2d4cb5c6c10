"""The public parameters that every AWS account can read: the newest Amazon Linux images."""

import hashlib
from typing import Any

from ministack.services import ssm  # type: ignore[import-not-found]

IMAGES = "/aws/service/ami-amazon-linux-latest/"


def register() -> None:
    """Answer for the images' parameters where ministack has no parameter of that name."""
    own_lookup = ssm.resolve_parameter_value

    def resolve(name: str, *arguments: Any, **options: Any) -> Any:
        known = own_lookup(name, *arguments, **options)
        if known is None and name.startswith(IMAGES):
            return "ami-" + hashlib.sha256(name.encode()).hexdigest()[:17]
        return known

    ssm.resolve_parameter_value = resolve
