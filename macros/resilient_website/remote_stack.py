"""Resources in another Region than the stack's: a small stack there, which a custom resource keeps.

A stack can't make anything in another Region. So the resources are written as they would be here, and their template
is handed to the custom resource as text; what they need from here comes in as parameters, what is needed of them here
goes out as outputs, which are the custom resource's attributes.
"""

import json
from collections.abc import Mapping, Sequence

from troposphere import AWSHelperFn, AWSObject, encode_to_dict
from troposphere.cloudformation import AWSCustomObject

from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.regions import OPT_IN

# A bucket or a policy takes a minute; API Gateway makes one domain name each 30 seconds, and a site has ten at most.
# The function gives up after 14 minutes.
TIMEOUT_SECONDS = 960


class RemoteStack(AWSCustomObject):
    """The custom resource that keeps a stack in another Region (custom_resources/remote_stack)."""

    resource_type = "Custom::RemoteStack"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "Region": (str, True),
        "TemplateBody": (str, True),
        "Parameters": (dict, True),
        "Tags": (list, False),
    }


def remote_stack(
    context: Context,
    suffix: str,
    region: str,
    resources: Sequence[AWSObject],
    parameters: Mapping[str, Value],
    outputs: Mapping[str, AWSHelperFn],
) -> RemoteStack:
    """Return the custom resource that makes `resources` in `region`.

    The resources refer to `parameters` by their names; `outputs` are what `GetAtt` of the custom resource gives.
    """
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"A part of the site {context.site}, whose own stack is in {context.region}",
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": {resource.title: encode_to_dict(resource.to_dict()) for resource in resources},
        "Outputs": {name: {"Value": encode_to_dict(value.to_dict())} for name, value in outputs.items()},
    }
    used = {section: content for section, content in template.items() if content}
    note = f"{region} is an opt-in Region: enable it in the account first"
    return RemoteStack(
        context.id(suffix),
        ServiceToken=context.installed("RemoteStackFunctionArn"),
        ServiceTimeout=TIMEOUT_SECONDS,
        Region=region,
        TemplateBody=json.dumps(used, sort_keys=True, separators=(",", ":")),
        Parameters=dict(parameters),
        **({"Metadata": {"Note": note}} if region in OPT_IN else {}),
    )
