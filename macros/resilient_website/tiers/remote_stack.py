"""Resources in another Region: a small stack there, managed by a custom resource.

A stack can't create resources in another Region. So a custom resource gets their template as text; values from here are
passed as parameters, and values for here are outputs, which become the custom resource's attributes.
"""

import json
from collections.abc import Mapping, Sequence

from troposphere import AWSHelperFn, AWSObject, GetAtt, iam
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import RoleOptions, Statement, role
from resilient_website.cloudformation.stack_identity import PREFIX, with_guid
from resilient_website.context import Context
from resilient_website.facts.regions import OPT_IN
from resilient_website.functions.kind import FunctionKind
from resilient_website.tiers import remote_resources
from resilient_website.tiers.buckets import named_by_stack

# A bucket or a policy takes a minute; API Gateway creates one domain name per 30 seconds, and a site has at most ten.
# The function gives up after 14 minutes.
TIMEOUT_SECONDS = 960

# CloudFormation's role for the resources in the other Region. A site adds permissions to pass roles there.
RESOURCES_ROLE = "RemoteStackResourcesRole"

# The stacks that the function creates, whose names contain the prefix and this stack's GUID.
STACKS = with_guid(f"arn:${{AWS::Partition}}:cloudformation:*:${{AWS::AccountId}}:stack/{PREFIX}${{Guid}}-*")


def _resources_role(options: RoleOptions) -> iam.Role:
    return role(RESOURCES_ROLE, options, "cloudformation", remote_resources.statements())


def _statements() -> tuple[Statement, ...]:
    arn = GetAtt(RESOURCES_ROLE, "Arn")
    passed_to = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    change = [f"cloudformation:{verb}Stack" for verb in ("Create", "Update", "Delete")]
    ask = ["DescribeStacks", "DescribeStackEvents", "ListStackResources", "TagResource", "UntagResource"]
    return (
        allow(change, STACKS, {"ArnEquals": {"cloudformation:RoleArn": arn}}),
        allow([f"cloudformation:{operation}" for operation in ask], STACKS),
        allow("iam:PassRole", arn, passed_to),
        # A bucket must be empty before its stack can be deleted.
        allow("s3:ListBucketVersions", named_by_stack()),
        allow(["s3:DeleteObject", "s3:DeleteObjectVersion"], named_by_stack("/*")),
    )


FUNCTION = FunctionKind(
    "RemoteStack",
    "remote_stack",
    "Manages this stack's resources in another Region, in a stack there",
    # The function waits for the other stack, up to Lambda's maximum. Source: "Lambda quotas".
    timeout=900,
    statements=_statements(),
    variables=(("STACK_ROLE_ARN", GetAtt(RESOURCES_ROLE, "Arn")),),
    roles=(_resources_role,),
)


class RemoteStack(AWSCustomObject):
    """The custom resource that manages a stack in another Region (custom_resources/remote_stack)."""

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
    rights: Sequence[AWSObject] = (),
) -> RemoteStack:
    """Return the custom resource that creates `resources` in `region`.

    The resources refer to `parameters` by their names; `outputs` are the attributes of the custom resource. `rights`
    are policies of the site for CloudFormation there, in addition to the role's permissions for all sites.
    """
    note = f"{region} is an opt-in Region: enable it in the account first"
    return RemoteStack(
        context.id(suffix),
        DependsOn=[*(right.title for right in rights), *FUNCTION.ready],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=TIMEOUT_SECONDS,
        Region=region,
        TemplateBody=_template(context, resources, parameters, outputs),
        Parameters=dict(parameters),
        **({"Metadata": {"Note": note}} if region in OPT_IN else {}),
    )


def _template(
    context: Context,
    resources: Sequence[AWSObject],
    parameters: Mapping[str, Value],
    outputs: Mapping[str, AWSHelperFn],
) -> str:
    """Return the template of a stack in another Region, as text: the same bytes for the same resources."""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Part of the site {context.site}, whose main stack is in {context.region}",
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": {resource.title: encoded(resource) for resource in resources},
        "Outputs": {name: {"Value": encoded(value)} for name, value in outputs.items()},
    }
    used = {section: content for section, content in template.items() if content}
    return json.dumps(used, sort_keys=True, separators=(",", ":"))
