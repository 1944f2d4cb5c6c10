"""Writes CDK programs that make the resources of an expansion, in JavaScript and in Python.

With `CfnResource`, the CDK's cheapest way to write a resource: programs with constructs of a higher level are slower.
Each writes its cloud assembly into the folder cdk.out, without what the CDK itself would add to the template.
"""

import json
from collections.abc import Mapping
from typing import Any

JAVASCRIPT = """const {{ App, CfnResource, LegacyStackSynthesizer, Stack }} = require('aws-cdk-lib/core');

const app = new App({{ outdir: 'cdk.out', analyticsReporting: false }});
const stack = new Stack(app, 'Site', {{ synthesizer: new LegacyStackSynthesizer() }});
let resource;
{body}
app.synth();
"""

PYTHON = """from aws_cdk import App, CfnResource, LegacyStackSynthesizer, Stack

app = App(outdir="cdk.out", analytics_reporting=False)
stack = Stack(app, "Site", synthesizer=LegacyStackSynthesizer())
{body}
app.synth()
"""


def javascript(expansion: Mapping[str, Any]) -> str:
    """Return a program for Node.js."""
    lines: list[str] = []
    for name, body in expansion["Resources"].items():
        given = json.dumps({"type": body["Type"], "properties": body.get("Properties", {})})
        lines.append(f"resource = new CfnResource(stack, {json.dumps(name)}, {given});")
        lines += [f"resource.addOverride({json.dumps(key)}, {json.dumps(item)});" for key, item in _attributes(body)]
    return JAVASCRIPT.format(body="\n".join(lines))


def python(expansion: Mapping[str, Any]) -> str:
    """Return a program for Python."""
    lines: list[str] = []
    for name, body in expansion["Resources"].items():
        properties = body.get("Properties", {})
        lines.append(f"resource = CfnResource(stack, {name!r}, type={body['Type']!r}, properties={properties!r})")
        lines += [f"resource.add_override({key!r}, {item!r})" for key, item in _attributes(body)]
    return PYTHON.format(body="\n".join(lines))


def _attributes(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(key, item) for key, item in body.items() if key not in ("Type", "Properties")]
