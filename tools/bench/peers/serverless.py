"""Writes a script that runs the SAM translator over a template that gives about as many resources as an expansion."""

import json
from pathlib import Path
from typing import Any

# What the translator makes of a function with an event of an API's; and of the API, once.
RESOURCES_OF_FUNCTION, RESOURCES_OF_API = 3, 3

SCRIPT = """import json, os, sys
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
with open(sys.argv[1]) as file:
    template = json.load(file)
translator = Translator({}, Parser())
print(json.dumps(translator.translate(template, {"AWS::Region": "us-east-1"}), indent=4))
"""


def template(resources: int) -> dict[str, Any]:
    """Return a template of functions behind one API, which becomes about as many resources."""
    functions = max(1, (resources - RESOURCES_OF_API) // RESOURCES_OF_FUNCTION)
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {f"Function{number}": _function(number) for number in range(functions)},
    }


def _function(number: int) -> dict[str, Any]:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "InlineCode": "def handler(event, context):\n    return {}\n" * 10,
            "Tags": {"Site": "example"},
            "Environment": {"Variables": {"NUMBER": str(number)}},
            "Policies": [{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}],
            "Events": {"Get": {"Type": "Api", "Properties": {"Path": f"/path{number}", "Method": "get"}}},
        },
    }


def write(folder: Path, resources: int) -> tuple[Path, Path]:
    """Write the script and its template into a folder, and return both paths."""
    script, source = folder / "translate.py", folder / "serverless.json"
    script.write_text(SCRIPT, encoding="utf-8")
    source.write_text(json.dumps(template(resources)), encoding="utf-8")
    return script, source
