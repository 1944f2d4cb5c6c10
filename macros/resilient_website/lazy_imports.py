"""Modules that the macro's dependencies import, and that an expansion never uses.

troposphere imports cfn_flip, and with it PyYAML, for `to_yaml` only: a fifth of the time that Lambda takes to import
the macro. (`LazyLoader` of importlib does not help: a second import of a module looks at its `__spec__`, and with that
loads it.)
"""

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

UNUSED = ("cfn_flip",)


class _LazyModule(ModuleType):
    """A module that is loaded when something is first looked up in it, but for what its import has set already."""

    def __getattr__(self, name: str) -> Any:
        self.__class__ = ModuleType  # type: ignore[assignment]
        assert self.__spec__  # noqa: S101  # `import_lazily` has looked
        assert self.__spec__.loader  # noqa: S101
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def import_lazily(name: str) -> None:
    """Let later imports of a module return one that loads itself when it is first used. A loaded one stays."""
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec and spec.loader:
        module = module_from_spec(spec)
        module.__class__ = _LazyModule
        sys.modules[name] = module
