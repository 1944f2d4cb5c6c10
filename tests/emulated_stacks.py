"""Stacks on the emulator that have to succeed."""

from typing import Any

from tools.emulator.stacks import Json, Stacks


def made(stacks: Stacks, name: str, template: Json | str, **options: Any) -> Json:
    """Create a stack, and return it with its outputs and the ids of its resources."""
    stack = stacks.create(name, template, **options)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack["Reasons"]
    return stack
