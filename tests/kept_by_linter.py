"""Lets cfn-lint keep what it otherwise makes again for each value that it judges, which takes half of its time.

What is kept is what nothing changes, so that the linter finds the same: `test_template_linters.py`
compares it with the linter as it is.
"""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar
from unittest.mock import patch
from weakref import WeakKeyDictionary

import regex
from cfnlint.context import Context
from cfnlint.context.context import Path as PathOfContext
from cfnlint.graph import Graph, networkx
from cfnlint.helpers import FUNCTIONS
from cfnlint.jsonschema import ValidationError, _keywords, validators
from cfnlint.jsonschema._filter import FunctionFilter
from cfnlint.jsonschema._utils import Unset
from cfnlint.rules.jsonschema.CfnLint import CfnLint
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from cfnlint.template import Template
from cfnlint.template.getatts import GetAtts

T = TypeVar("T")

# A way to a value in a template, and the value.
Path = list[Any]

_make_class: Callable[..., type] = validators.create
_find_attributes = Template.get_valid_getatts
_is_equal: Callable[[Any, Any], bool] = _keywords.equal
_descend: Callable[..., PathOfContext] = PathOfContext.descend
_find_cycles: Callable[[Graph, Template], list[Any]] = Graph.get_cycles
_search: Callable[..., list[Path]] = Template.search_deep_keys
_compile: Callable[..., Any] = regex._main._compile
_types: Callable[[str], list[str]] = PROVIDER_SCHEMA_MANAGER.get_resource_types

# Classes of validators, by what they are made of.
_CLASSES: dict[Any, type] = {}

# What Fn::GetAtt can name in a template, with the context from which that was found. A transform makes another one.
_ATTRIBUTES: WeakKeyDictionary[Template, tuple[Context, GetAtts]] = WeakKeyDictionary()

# The values of each key in a template, with the template from which they were read.
_VALUES: WeakKeyDictionary[Template, tuple[dict[str, Any], dict[str, list[Path]]]] = WeakKeyDictionary()

# The rules that judge values of a kind, by its keyword, in one run of the linter.
_RULES: defaultdict[str, list[Any]] = defaultdict(list)

# The rules of what classes of databases there are, and the properties that they look at.
OF_CLASSES = ("E3025", "E3062")
READ_BY_THEM = ("DBInstanceClass", "Engine", "EngineVersion", "LicenseModel")

# Of which databases they found nothing wrong, for some Regions.
_OFFERED: set[str] = set()


@contextmanager
def keeping(of_values: CfnLint) -> Iterator[None]:
    """Have cfn-lint keep what it makes, until the context ends. `of_values` is its rule that has others judge values.

    The linter reads its rules from files, so the class of this one is not the one that is imported.
    """
    _RULES.clear()
    with (
        patch.object(validators, "create", _class),
        patch.object(validators, "Template", lambda *_: _empty_template()),
        # Each step into a resource copies a context and a validator, field by field.
        patch.object(Context, "evolve", _changed_context),
        patch.object(FunctionFilter, "evolve", _changed),
        patch.object(PathOfContext, "descend", _longer),
        patch.object(Template, "get_valid_getatts", _attributes),
        patch.object(type(of_values), "cfnLint", _judged),
        patch.object(_keywords, "equal", _equal),
        patch.object(Template, "search_deep_keys", _values),
        patch.object(Graph, "get_cycles", _cycles),
        patch.object(PROVIDER_SCHEMA_MANAGER, "get_resource_types", _types_in),
        patch.object(regex._main, "_compile", _compiled),
    ):
        yield


def _class(
    validators: Mapping[str, Any], function_filter: FunctionFilter, fn_resolvers: Mapping[str, Any] | None = None
) -> type:
    """Return a validator's class. A rule that judges a part of a resource makes one for each resource."""
    key = (*validators.items(), repr(function_filter), *(fn_resolvers or {}).items())
    if key not in _CLASSES:
        made: Any = _make_class(validators, function_filter, fn_resolvers)
        made.evolve = _changed
        _CLASSES[key] = made
    return _CLASSES[key]


def _changed(original: T, **attributes: Any) -> T:
    """Return a copy of an object with some attributes changed."""
    copied = object.__new__(type(original))
    # Contexts are frozen.
    object.__setattr__(copied, "__dict__", original.__dict__ | attributes)
    return copied


def _changed_context(original: Context, **attributes: Any) -> Context:
    """Return a copy of a context with some attributes changed, and values of references added."""
    if "ref_values" in attributes:
        attributes["ref_values"] = {**original.ref_values, **attributes["ref_values"]}
    # Found once for all contexts of a template.
    _ = original.module_names
    copied = _changed(original, **attributes)
    if "resources" in attributes:
        # Those of its own resources.
        copied.__dict__.pop("module_names", None)
    return copied


def _longer(original: PathOfContext, **names: Any) -> PathOfContext:
    """Return a path with a name added to some of its forms. `descend` refuses some names."""
    if names.get("cfn_path") in FUNCTIONS or isinstance(names.get("cfn_path"), int):
        return _descend(original, **names)
    added = {form: getattr(original, form) + deque([name]) for form, name in names.items() if name is not None}
    return _changed(original, **added)


def _judged(
    parent: CfnLint, validator: Any, keywords: Sequence[str], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    """Have the rules of some keywords judge a value, as `CfnLint.cfnLint` does, which asks each rule for its own."""
    if not _RULES:
        for rule in filter(None, parent.child_rules.values()):
            for keyword in rule.keywords if rule.id else ():
                _RULES[keyword].append(rule)
    inner = validator.evolve(function_filter=validator.function_filter.evolve(add_cfn_lint_keyword=False))
    for keyword in keywords:
        for rule in _RULES.get(keyword, ()):
            for error in _errors(rule, inner, keyword, instance, schema):
                if error.rule is None and isinstance(error.validator, Unset):
                    error.rule = rule
                yield error


def _errors(rule: Any, validator: Any, keyword: str, instance: Any, schema: Any) -> Iterable[ValidationError]:
    """Return what a rule finds in a value.

    The two that look at databases' classes go through megabytes of combinations, and look at nothing else.
    """
    if rule.id not in OF_CLASSES or not isinstance(instance, dict):
        found: Iterable[ValidationError] = rule.validate(validator, keyword, instance, schema)
        return found
    key = json.dumps([rule.id, validator.context.regions, *map(instance.get, READ_BY_THEM)])
    if key in _OFFERED:
        return ()
    found = list(rule.validate(validator, keyword, instance, schema))
    if not found:
        _OFFERED.add(key)
    return found


def _equal(one: Any, other: Any) -> bool:
    """Tell whether two values are equal, as `equal` does, which looks first whether one of them is a boolean's text.

    Rules compare a value with hundreds of others, such as the classes of DB instances.
    """
    if isinstance(one, str) and isinstance(other, str) and min(len(one), len(other)) > len("false"):
        return str(one) == str(other)
    return _is_equal(one, other)


@cache
def _empty_template() -> Template:
    """Return the template that each validator gets before its own."""
    return Template(None, {})


def _attributes(template: Template) -> GetAtts:
    """Return what Fn::GetAtt can name in a template: each Fn::GetAtt in it looks all up, in all Regions."""
    found = _ATTRIBUTES.get(template)
    if found is None or found[0] is not template.context:
        found = _ATTRIBUTES[template] = template.context, _find_attributes(template)
    return found[1]


def _values(template: Template, key: Any, *of_globals: bool, **named: bool) -> list[Path]:
    """Return the values of a key in a template, as `search_deep_keys` does, which looks through all of it for each key.

    A template with a transform is changed, and a key may be an expression.
    """
    if not isinstance(key, str) or "Transform" in template.template:
        return _search(template, key, *of_globals, **named)
    found = _VALUES.get(template)
    if found is None or found[0] is not template.template:
        values: defaultdict[str, list[Path]] = defaultdict(list)
        _collect_values(template.template, [], values)
        found = _VALUES[template] = template.template, values
    return [list(path) for path in found[1].get(key, ())]


def _collect_values(value: Any, path: Path, found: defaultdict[str, list[Path]]) -> None:
    """Add to what was found the values of all keys in a part of a template, in the order of the template."""
    entries: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        if isinstance(value, dict):
            found[key].append([*path, key, inner])
        if isinstance(inner, dict | list):
            _collect_values(inner, [*path, key], found)


def _cycles(graph: Graph, template: Template) -> list[Any]:
    """Return what is in a circle, for which `get_cycles` looks from each resource."""
    return [] if networkx.is_directed_acyclic_graph(graph.graph) else _find_cycles(graph, template)


@cache
def _types_in(region: str) -> frozenset[str]:
    """Return the types of resources in a Region. A list of them takes longer to look through."""
    return frozenset(_types(region))


def _compiled(pattern: Any, flags: int, ignore_unused: bool, named: dict[str, Any], keep: bool) -> Any:
    """Return a compiled expression. `regex` keeps 500, and asks for the system's encoding to find one."""
    return _compile(pattern, flags, ignore_unused, named, keep) if named else _compiled_once(pattern, flags)


@cache
def _compiled_once(pattern: Any, flags: int) -> Any:
    return _compile(pattern, flags, False, {}, True)
