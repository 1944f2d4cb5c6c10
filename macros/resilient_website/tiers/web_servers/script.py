"""Scripts that servers run: refuses other formats, and unwraps base64.

Source: "Run commands when you launch an EC2 instance with user data input", and cloud-init's "User data formats". EC2
accepts more than scripts; a site runs the user's script within its own, so it accepts only scripts.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from troposphere import AWSHelperFn

from resilient_website.cloudformation.intrinsics import Value, is_literal, opaque
from resilient_website.problems import shown
from resilient_website.quoting.parts import has_dynamic_reference
from resilient_website.reading.reader import Reader

# Prefixes of user data formats that are not scripts, in lower case, with their description.
FORMATS = {
    "#cloud-config": "cloud-init's configuration",
    "#cloud-boothook": "a cloud-init boot hook",
    "#part-handler": "a cloud-init part handler",
    "#include": "a list of files for cloud-init",
    "## template:": "a template for cloud-init",
    "content-type:": "a MIME message",
    "mime-version:": "a MIME message",
    "<powershell": "a script for Windows",
    "<script": "a script for Windows",
    "<persist": "a script for Windows",
}

# Shorter words can be valid base64 by chance.
MIN_ENCODED_LENGTH = 16

BYTE_ORDER_MARK = "\ufeff"


def check(script: Value | None, path: str, reader: Reader) -> None:
    """Note text that is not a script, as far as it is known, in each branch of an Fn::If."""
    if script is None:
        return
    check_resolved(script, path, reader)
    given = script if is_literal(script) else script.to_dict()  # type: ignore[union-attr]
    for text in _texts(given):
        what = _format(text)
        if _names_a_file(text):
            fix = (
                "write the script itself: UserData: |, and below it the lines of the script; for an application in "
                "S3, use Artifact"
            )
            reader.problem(path, f"found {shown(text, 40)}, the name of a file, which no server has", fix)
        elif what is not None:
            fix = "write a shell script: #!/bin/bash, followed by commands; for anything else, use an image (ImageId)"
            reader.problem(path, f"found {shown(text, 40)}, {what}", fix)


def check_resolved(text: Value | None, path: str, reader: Reader) -> None:
    """Note a dynamic reference, which would reach the servers as it is written.

    Source: "Get values stored in other services using dynamic references": not supported in EC2's user data.
    """
    if text is not None and has_dynamic_reference(text):
        found = "found a dynamic reference ({{resolve:...}}), which CloudFormation doesn't resolve in user data"
        fix = "write the ARN under WebServers.Environment.Secrets, and use that variable"
        reader.problem(path, found, fix)


def content(script: Value) -> Any:
    """Return a script in the form that is written to a file.

    As in UserData of a launch template, `Fn::Base64` around it is removed, since the whole is encoded later. Carriage
    returns of Windows line endings are removed, since they would break the interpreter's name.
    """
    if isinstance(script, AWSHelperFn):
        call = _plain(script.to_dict())
        return opaque(call) if isinstance(call, dict) else call
    return _plain(script)


def _plain(value: Any) -> Any:
    """Return a text or call without base64 around it, and without carriage returns in literal text."""
    plain = value
    match value:
        case str():
            plain = value.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")
        case {"Fn::Base64": inner}:
            plain = _plain(inner)
        case {"Fn::If": [condition, first, second]}:
            plain = {"Fn::If": [condition, _plain(first), _plain(second)]}
        case {"Fn::Join": [separator, [*parts]]}:
            plain = {"Fn::Join": [_plain(separator), [_plain(part) for part in parts]]}
        case {"Fn::Sub": [text, variables]}:
            plain = {"Fn::Sub": [_plain(text), variables]}
        case {"Fn::Sub": str() as text}:
            plain = {"Fn::Sub": _plain(text)}
    return plain


def _texts(value: Any) -> Iterator[str]:
    """Yield the possible beginnings of the script, as far as known."""
    match _plain(value):
        case str() as text:
            yield text
        case {"Fn::If": [_, first, second]}:
            yield from _texts(first)
            yield from _texts(second)
        case {"Fn::Join": [_, [first, *_]]} | {"Fn::Sub": [first, _]} | {"Fn::Sub": first}:
            yield from _texts(first)


def _names_a_file(text: str) -> bool:
    """Tell whether a text is only the name of a file elsewhere, as `file://setup.sh` for the AWS CLI.

    An absolute path can be a program of the image.
    """
    word = text.strip()
    return bool(re.fullmatch(r"\w+://\S+|[\w.-][\w./-]*\.(sh|bash|py|txt|ya?ml|json)", word))


def _format(text: str) -> str | None:
    """Return the format of a text that is not a script; None if it may be one."""
    start = text.lstrip().lower()
    known = next((what for beginning, what in FORMATS.items() if start.startswith(beginning)), None)
    return known or ("a base64 text: write the script unencoded" if _is_encoded(text) else None)


def _is_encoded(text: str) -> bool:
    """Tell whether a text is base64 of a readable or compressed text."""
    word = "".join(text.split("\n"))
    if len(word) < MIN_ENCODED_LENGTH:
        return False
    try:
        decoded = base64.b64decode(word, validate=True)
        return decoded.startswith(b"\x1f\x8b") or all(each.isprintable() or each.isspace() for each in decoded.decode())
    except (binascii.Error, ValueError):
        return False
