"""Says what to write in place of a name that no property has.

Names of CloudFormation and of other tools are looked up in names_people_write.toml first: the nearest property to such
a name often means something else, and following it would cost money. NumNodes is close to NumNodeGroups, which would
make several shards of a cache.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from resilient_website.problems import MAX_NAME_LENGTH, known_names

TABLE = Path(__file__).with_name("names_people_write.toml")

# The section of the properties that are in no group.
SITE = "site"

# How similar a name must be to count as a typo, of 1: two swapped letters of five give 0.8, of ten 0.9. Most names of
# CloudFormation with another meaning are below, and the law in tests/expansion/test_names_people_write.py finds the
# others. In shorter names, a typo changes a larger part.
TYPO = 0.8
SHORT, TYPO_IN_SHORT = 4, 0.6


def fix_for_unknown(path: str, name: str, known: Iterable[str]) -> str:
    """Return the fix for a name that is not among a group's `known` properties; `path` is the group's.

    Without advice in the table, it is the property with nearly the same name, or else the list of properties.
    """
    return advised(path, name) or known_names(name, known, typo=TYPO if len(name) > SHORT else TYPO_IN_SHORT)


def advised(path: str, name: str) -> str | None:
    """Return the table's advice for a name in the group at a path, as in `Resources.Site.Properties.Cache`."""
    written = advice(_group(path)).get(plain(name)) if len(name) <= MAX_NAME_LENGTH else None
    if written is None:
        return None
    renamed = re.fullmatch(r"`(\w+)`", written)
    if renamed:
        return f"did you mean {renamed[1]}?"
    return re.sub(r"^(`[\w.]+`;)", r"write \1", written).replace("`", "")


def advice(group: str) -> Mapping[str, str]:
    """Return a group's rows of the table: the advice by the name that people write, as `plain` gives it."""
    return {plain(name): written for name, written in table().get(group, {}).items()}


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Return the rows of the table by group."""
    import tomllib  # noqa: PLC0415  # only a template with problems needs it

    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def plain(name: str) -> str:
    """Return a name as names are compared: without upper case, `_` and `-`."""
    return re.sub(r"[_-]", "", name).lower()


def _group(path: str) -> str:
    """Return the name of the group at a path: `Cache`, or SITE."""
    group = path.partition(".Properties")[2].removeprefix(".")
    return re.sub(r"\[\d+\]", "", group) or SITE
