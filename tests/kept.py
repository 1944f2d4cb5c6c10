"""Keeps what is made of sites and templates, so that tests of the same ones share it."""

import json
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def kept(count: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that keeps the last `count` results of a function, by its arguments written as JSON.

    Sites and templates are no keys as they are. The function gets a copy of them, and all callers with the same
    arguments get the same result: it is one that nothing changes.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=count)
        def of_text(text: str) -> R:
            arguments, named = json.loads(text)
            return function(*arguments, **named)

        @wraps(function)
        def of_arguments(*arguments: P.args, **named: P.kwargs) -> R:
            return of_text(json.dumps([arguments, named]))

        return of_arguments

    return decorate
