"""Tags: a list of keys and values, for which people write a map."""

from collections.abc import Mapping

from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.frozen import frozen
from resilient_website.problems import allowing, shown
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.reader import Reader

# Longer proposals are cut, and could not be copied.
MAX_PROPOSED = 200


@frozen
class TagList(ListOf):
    """A list of tags. For a map of values by key, the list is proposed."""

    def refuse(self, value: object, path: str, reader: Reader) -> None:
        """Note that the value is not a list of tags."""
        written = isinstance(value, Mapping) and value and not is_intrinsic(value)
        tags = [{"Key": key, "Value": item} for key, item in value.items()] if written else []  # type: ignore[attr-defined]
        meant = shown(tags, MAX_PROPOSED)
        guess = f"did you mean {meant}? " if tags and not meant.endswith("...") else ""
        reader.problem(path, f"found {shown(value)}", allowing(self.describe(), guess))
