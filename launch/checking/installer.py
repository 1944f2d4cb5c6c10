"""CloudFormation: what the macro's installer exports, and the expanded template imports, is there in the Region."""

from collections.abc import Iterator
from typing import Any

from launch.checking.aws import Aws
from launch.checking.findings import Told, error
from launch.checking.site import Checked

PATH = "Transform"


def exports(template: Checked, aws: Aws) -> Iterator[Told]:
    """Tell of exports of the installer that are missing: the stack's creation would be refused.

    Source: ListExports; "Fn::ImportValue".
    """
    needed = {name for name in _imported(template.expanded) if name.startswith(f"{template.macro}-")}
    if not needed:
        return
    there = {entry["Name"] for entry in aws.ask("cloudformation", "list_exports").get("Exports", [])}
    missing = ", ".join(sorted(needed - there))
    if missing and not any(name.startswith(f"{template.macro}-") for name in there):
        found = f"the macro {template.macro} is not installed in {template.region}: there are no exports {missing}"
        yield error(
            PATH, found, f"in the project's folder: sam build && sam deploy --guided --region {template.region}"
        )
    elif missing:
        found = (
            f"the macro {template.macro} in {template.region} is of an older release: there are no exports {missing}"
        )
        yield error(PATH, found, f"in the project's folder: sam build && sam deploy --region {template.region}")


def _imported(node: Any) -> Iterator[str]:
    """Return the names that Fn::ImportValue has below a node, those that are literal."""
    if isinstance(node, dict):
        name = node.get("Fn::ImportValue")
        if isinstance(name, str):
            yield name
        for inner in node.values():
            yield from _imported(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _imported(inner)
