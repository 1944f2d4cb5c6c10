"""The shell: words and files of a script that bash runs.

Text that only CloudFormation knows is passed in base64 (`Fn::Base64`), which contains no shell metacharacters, and is
decoded on the server. Source: "Fn::Base64", and "Fn::Join", whose list takes it.
"""

import hashlib
import shlex
from typing import Any

from troposphere import AWSHelperFn, Base64

from resilient_website.quoting.parts import Part, Unknown, parts

# Their values have letters, digits and `:/.-` only. Source: "Pseudo parameters reference".
PLAIN = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix")


def word(value: Any) -> list[Any]:
    """Return the parts, to be joined, of one word with the text of a value; trailing line breaks are lost.

    For unknown text, the script needs the prologue's function `decode`.
    """
    return [piece for part in parts(value) for piece in _word(part)] or ["''"]


def encoded(value: Any) -> list[Any]:
    """Return the parts, to be joined, of one word that is the value's text in base64."""
    return ["'", Base64(value if isinstance(value, AWSHelperFn) else str(value)), "'"]


def file(path: str, content: Any) -> list[Any]:
    """Return the parts, to be joined, of the command that writes a value into a file; it ends with a line break.

    Known text becomes a here-document whose end marker does not occur in it. With unknown text, each part is written
    separately. `put` and `decode` are functions of the prologue.
    """
    pieces = parts(content)
    last = pieces[-1] if pieces else ""
    if isinstance(last, Unknown) or not last.endswith("\n"):
        pieces = [*pieces[:-1], last + "\n"] if isinstance(last, str) else [*pieces, "\n"]
    if all(isinstance(piece, str) for piece in pieces):
        return [_here_document(path, "".join(map(str, pieces)))]
    return ["{\n", *(piece for part in pieces for piece in _command(part)), f"}} > {shlex.quote(path)}\n"]


def _word(part: Part) -> list[Any]:
    if isinstance(part, str):
        return [shlex.quote(part)]
    if part.call in [{"Ref": name} for name in PLAIN]:
        return ["'", part.call, "'"]
    return ["\"$(decode '", Base64(part.call), "')\""]


def _command(part: Part) -> list[Any]:
    if isinstance(part, Unknown):
        return ["decode '", Base64(part.call), "'\n"]
    return [f"put {shlex.quote(part)}\n"]


def _here_document(path: str, text: str) -> str:
    """Return the command that writes known text, which ends with a line break."""
    marker = "END"
    while f"\n{marker}\n" in f"\n{text}":
        marker = "END_" + hashlib.sha256((marker + text).encode()).hexdigest()[:8]
    return f"cat > {shlex.quote(path)} <<'{marker}'\n{text}{marker}\n"
