"""Lets cfn-lint make once what it makes anew for each value that it judges, which takes a third of its time.

What is kept are classes and lists that nothing changes, so that the linter finds the same: `test_template_linters.py`
compares it with the linter as it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar
from unittest.mock import patch
from weakref import WeakKeyDictionary

from cfnlint.context import Context
from cfnlint.jsonschema import ValidationError, _keywords, validators
from cfnlint.jsonschema._filter import FunctionFilter
from cfnlint.jsonschema._utils import Unset
from cfnlint.rules.jsonschema.CfnLint import CfnLint
from cfnlint.template import Template
from cfnlint.template.getatts import GetAtts

T = TypeVar("T")

_make_class: Callable[..., type] = validators.create
_find_attributes = Template.get_valid_getatts
_is_equal: Callable[[Any, Any], bool] = _keywords.equal

# Classes of validators, by what they are made of.
_CLASSES: dict[Any, type] = {}

# What Fn::GetAtt can name in a template, with the context from which that was found. A transform makes another one.
_ATTRIBUTES: WeakKeyDictionary[Template, tuple[Context, GetAtts]] = WeakKeyDictionary()


# The rules that judge values of a kind, by its keyword, in one run of the linter.
_RULES: defaultdict[str, list[Any]] = defaultdict(list)


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
        patch.object(Template, "get_valid_getatts", _attributes),
        patch.object(type(of_values), "cfnLint", _judged),
        patch.object(_keywords, "equal", _equal),
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
    copied.__dict__.update(original.__dict__, **attributes)
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
            for error in rule.validate(inner, keyword, instance, schema):
                if error.rule is None and isinstance(error.validator, Unset):
                    error.rule = rule
                yield error


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
