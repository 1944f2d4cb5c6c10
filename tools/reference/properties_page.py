"""docs/reference/properties.md: every property, a table for each group."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.analysis.updates.property_mapping import effect, mapped_properties
from cli.analysis.updates.property_tree import Located, every_property
from resilient_website.reading.properties import Property
from resilient_website.reading.property_groups import OptionalGroup
from tools.reference import excerpts
from tools.reference.markdown import anchor, code, prose, table
from tools.reference.markdown import page as whole_page

HEADING = ("Property", "Takes", "Default and reason", "Maps to, and effect of a change")

INTRODUCTION = """\
Every property is optional, and so is `Properties` itself. A note in italics below a value's type means:

- *static*: a literal, a parameter of the template, or a function of parameters, mappings and the Region, because it
  decides which resources are created. All other properties take any intrinsic function. An empty parameter means
  "not given".
- needs: another property, by its path in the site. Without it, a site that has nothing else refuses this property, or
  the property has no effect. What a group needs, each of its properties needs too.

The effect of a change on the resources that the property maps to, from CloudFormation's resource schemas (and, for
interruptions, its user guide):

- **replaces**: a new resource replaces the old one, whose data is lost except for a final snapshot, or if a policy
  retains it;
- **may replace**: depends on the old and the new value, or on which part of a larger property changes. A change set
  shows which applies;
- **interrupts**: the resource restarts or fails over;
- **in place**: the resource is updated without interruption. After a new version of the launch template, the servers
  are replaced one by one, each by a healthy one before the next;
- **adds or removes**: the property decides whether such resources exist, or how many."""


def page(examples: list[Path]) -> str:
    """Return the page. Raises UnknownLandingError for a property that maps to an unknown CloudFormation property."""
    everything = list(every_property())
    groups = [located for located in everything if located.spec]
    top = [located for located in everything if len(located.path) == 1 and not located.is_plain_group]
    names = {located.row.name for located in groups}
    contents = "\n".join(
        f"- [`{group.name}`]({anchor(group.name)}): {prose(group.row.reason)}"
        for group in groups
        if len(group.path) == 1
    )
    return whole_page(
        "Properties of a site",
        INTRODUCTION,
        "Groups of properties, and the reason for each default:",
        contents,
        "## The site itself",
        table(HEADING, map(_row, top)),
        *_examples(excerpts.of_top_level(examples, names)),
        *(part for group in groups for part in _section(group, everything, examples)),
    )


def _section(group: Located, everything: list[Located], examples: list[Path]) -> list[str]:
    own = [located for located in everything if located.group == group.path and not located.is_plain_group]
    return [
        f"## {group.name}",
        _about(group.spec),
        table(HEADING, map(_row, own)),
        *(_examples(excerpts.of_group(examples, group.name)) if len(group.path) == 1 else []),
    ]


def _about(spec: type[Any] | None) -> str:
    """Return the first paragraph of the docstring of the group's module."""
    module = inspect.getmodule(spec)
    return prose((inspect.getdoc(module) or "").split("\n\n")[0].replace("\n", " "))


def _row(located: Located) -> tuple[str, ...]:
    row = located.row
    where = mapped_properties(row.maps_to)
    return (
        f"**`{row.name}`**",
        "\n".join(
            [_kind(located), *_examples_of(row), *(["*static*"] if row.known_at_expansion else []), *_needs(row)]
        ),
        f"{_defaults(located)}\n{prose(row.reason)}",
        "\n".join(f"{code(target)}: {effect(target)}" for target in where),
    )


def _kind(located: Located) -> str:
    described = prose(located.row.kind.describe())
    return described.replace("group", f"[a group]({anchor(located.name)})") if located.spec else described


def _examples_of(row: Property) -> Iterator[str]:
    """Yield an example, unless the description of the type has one."""
    described = row.kind.describe()
    texts = [json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value for value in row.examples]
    if texts and "as in " not in described and not any(text in described or "\n" in text for text in texts):
        yield f"as in {code(texts[0])}"


def _needs(row: Property) -> Iterator[str]:
    """Yield each other property that this one needs."""
    for need in row.needs:
        when = f"{' or '.join(code(_written(value)) for value in need.when)} needs " if need.when else "needs "
        values = ("such as " if need.such_as else "") + " or ".join(code(_written(value)) for value in need.values)
        others = "".join(f" or {code(name)}" for name in need.or_else)
        yield f"{when}{code(need.name)}{f': {values}' if values else ''}{others}"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _defaults(located: Located) -> str:
    """Return the default, and what it was before a version of the expansion."""
    earlier = (f"before version {version}: {_shown(located, old)}" for version, old in located.row.before.items())
    return "\n".join([_shown(located, located.row.default), *earlier])


def _shown(located: Located, value: Any) -> str:
    if isinstance(located.row.kind, OptionalGroup):
        return code(located.row.kind.off if value is None else "true")
    if value is None or value in ((), {}):
        return "*none*"
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(", ".join(map(str, value)) if isinstance(value, tuple) else value)


def _examples(found: list[excerpts.Excerpt]) -> list[str]:
    return [
        f"From [`examples/{each.file}`](../../examples/{each.file}):\n\n```yaml\n{each.text}\n```" for each in found
    ]
