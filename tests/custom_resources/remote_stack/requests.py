"""What a Custom::RemoteStack is asked for: templates and properties."""

import json
from typing import Any

from tests.custom_resources.remote_stack.resource import THERE, Resource

Json = dict[str, Any]


def template(words: str = "one", more: Json | None = None, outputs: Json | None = None) -> str:
    body = {
        "Parameters": {"Word": {"Type": "String"}},
        "Resources": {
            "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": words}},
            **(more or {}),
        },
        "Outputs": {"Word": {"Value": {"Ref": "Word"}}, "Name": {"Value": {"Ref": "Parameter"}}, **(outputs or {})},
    }
    return json.dumps(body)


def properties(words: str = "one", region: str = THERE, **more: Any) -> Json:
    return {
        "Region": region,
        "TemplateBody": template(words),
        "Parameters": {"Word": words},
        "Tags": [{"Key": "Team", "Value": "web"}],
        **more,
    }


def created(resource: Resource) -> str:
    return str(resource.succeeds("Create", properties())["PhysicalResourceId"])


def old(stack_id: str, words: str = "one", region: str = THERE) -> Json:
    return {"PhysicalResourceId": stack_id, "OldResourceProperties": properties(words, region)}
