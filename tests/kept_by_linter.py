"""Lets cfn-lint make once what it makes anew for each value that it judges, which takes a quarter of its time.

What is kept are classes and lists that nothing changes, so that the linter finds the same: `test_template_linters.py`
compares it with the linter as it is.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from cfnlint.context import Context, context
from cfnlint.jsonschema import _filter, validators
from cfnlint.jsonschema._filter import FunctionFilter
from cfnlint.template import Template
from cfnlint.template.getatts import GetAtts

_make_class: Callable[..., type] = validators.create
_find_attributes = Template.get_valid_getatts
_fields = cache(dataclasses.fields)

# Classes of validators, by what they are made of.
_CLASSES: dict[Any, type] = {}

# What Fn::GetAtt can name in a template, with the context from which that was found. A transform makes another one.
_ATTRIBUTES: WeakKeyDictionary[Template, tuple[Context, GetAtts]] = WeakKeyDictionary()


@contextmanager
def keeping() -> Iterator[None]:
    """Have cfn-lint keep what it makes, until the context ends."""
    with (
        patch.object(validators, "create", _class),
        patch.object(validators, "Template", lambda *_: _empty_template()),
        # Each step into a resource copies a context and a validator, field by field.
        patch.object(context, "fields", _fields),
        patch.object(validators, "fields", _fields),
        patch.object(_filter, "fields", _fields),
        patch.object(Template, "get_valid_getatts", _attributes),
    ):
        yield


def _class(
    validators: Mapping[str, Any], function_filter: FunctionFilter, fn_resolvers: Mapping[str, Any] | None = None
) -> type:
    """Return a validator's class. A rule that judges a part of a resource makes one for each resource."""
    key = (*validators.items(), repr(function_filter), *(fn_resolvers or {}).items())
    if key not in _CLASSES:
        _CLASSES[key] = _make_class(validators, function_filter, fn_resolvers)
    return _CLASSES[key]


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
