"""What is packed of a function's imports is what Python's own parser finds in its sources."""

import ast
from collections.abc import Iterator

import pytest

from cli.inline_code import SOURCES, folders_of
from resilient_website.function_registry import FUNCTIONS


def imported(folder: str) -> Iterator[str]:
    """Yield the modules that the sources of a folder import."""
    for path in (SOURCES / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0 and node.module, f"{path} has a relative import"
                yield node.module
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


def folder_of(module: str) -> str:
    """Return the folder of a module: `shared` is a folder of packages, which are packed one by one."""
    top, *rest = module.split(".")
    return f"{top}/{rest[0]}" if top == "shared" else top


@pytest.mark.parametrize("package", [kind.package for kind in FUNCTIONS])
def test_folders_are_those_of_every_import(package: str) -> None:
    folders = folders_of(package)
    named = {folder_of(module) for folder in folders for module in imported(folder)}
    assert {name for name in named if (SOURCES / name).is_dir()} | {package} == {*folders}
