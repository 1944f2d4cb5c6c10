"""Values that become part of user data, which everybody who can describe launch templates can read."""

import json

from resilient_website.cloudformation.declared_parameters import Withheld
from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import NO_VALUE, Value
from resilient_website.cloudformation.references import references
from resilient_website.quoting.parts import DYNAMIC_REFERENCE, has_dynamic_reference
from resilient_website.reading.reader import Reader


def check_present(value: Value | None, path: str, reader: Reader, *, required: bool = False) -> None:
    """Note `AWS::NoValue`: a function within user data must give a text. Source: "Fn::Base64".

    `required` is whether the property can't be left out.
    """
    if value is not None and json.dumps(NO_VALUE) in json.dumps(encoded(value)):
        fix = "write a text in each branch of Fn::If"
        if not required:
            fix = f"leave it out, or {fix}; a variable can be empty: ''"
        reader.problem(path, "found AWS::NoValue, which can't remove a part of user data", fix)


def check_public(value: Value, path: str, reader: Reader) -> None:
    """Note a value that would put a secret into user data, which is not secret."""
    if has_dynamic_reference(value) or DYNAMIC_REFERENCE in json.dumps(encoded(value)):
        fix = "write the ARN under Secrets, or a Ref to a parameter of the type AWS::SSM::Parameter::Value<String>"
        reader.problem(path, "found a dynamic reference, whose value would be readable in user data", fix)
    for name in sorted(references(encoded(value))):
        if reader.parameters.get(name) is Withheld.NO_ECHO:
            found = f"found the parameter {name}, which is declared with NoEcho: user data would reveal its value"
            reader.problem(path, found, "store the value in Secrets Manager, and write its ARN under Secrets")
