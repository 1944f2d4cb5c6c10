"""Estimates the length of texts after CloudFormation has resolved their functions.

AWS rejects a text over a limit late, when most of the stack exists. So ids, names and ARNs are estimated with their
length in most stacks. Longer ones are rare, and left to AWS.
"""

from collections.abc import Mapping
from typing import Any

# A stack's name can have 128 characters; few have 40.
TYPICAL = {"AWS::AccountId": 12, "AWS::Region": 14, "AWS::Partition": 3, "AWS::StackName": 40, "AWS::StackId": 130}
# Of a name that CloudFormation makes (a bucket's has no more), of an ARN, and of the last part of a stack's id.
NAME, ARN, GUID = 63, 110, 36


def of_text(value: Any) -> int:  # noqa: PLR0911
    """Return how many bytes a text has in UTF-8, the functions in it resolved."""
    match value:
        case str():
            return len(value.encode(errors="surrogatepass"))
        case {"Fn::Base64": text}:
            return 4 * -(-of_text(text) // 3)
        case {"Fn::Join": [str() as between, [*parts]]}:
            return sum(map(of_text, parts)) + len(between) * max(len(parts) - 1, 0)
        case {"Fn::Join": [_, {"Fn::Split": [_, text]}]}:
            # Estimates for functions that escape characters; few texts contain any.
            return of_text(text)
        case {"Fn::Sub": [str() as text, _]} | {"Fn::Sub": str() as text}:
            return _substituted(text)
        case {"Fn::If": [_, first, second]}:
            return max(of_text(first), of_text(second))
        case _:
            return _given(value)


def _given(value: Any) -> int:
    """Return the typical length of a value that CloudFormation provides as a whole."""
    if not isinstance(value, Mapping):
        return len(str(value))
    if isinstance(value.get("Ref"), str):
        return 0 if value["Ref"] == "AWS::NoValue" else TYPICAL.get(value["Ref"], NAME)
    return ARN if "Fn::GetAtt" in value else NAME


def _substituted(text: str) -> int:
    first, *rest = text.split("${")
    length = len(first.encode(errors="surrogatepass"))
    for piece in rest:
        name, _, after = piece.partition("}")
        length += _of_variable(name.strip()) + len(after.encode(errors="surrogatepass"))
    return length


def _of_variable(name: str) -> int:
    if name.startswith("!"):
        return len(name) + 2
    return TYPICAL.get(name, GUID if name == "Guid" else ARN if "." in name else NAME)
