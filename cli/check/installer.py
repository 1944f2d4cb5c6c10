"""Lambda: the macro is installed in the Region, by the layer that its installer publishes."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check.site import Checked

PATH = "Transform"


def layer(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report a macro that is not installed: CloudFormation would reject the template.

    Source: "ListLayerVersions" in the Lambda API Reference.
    """
    name = f"{template.macro}-functions"
    found = aws.find("lambda", "list_layer_versions", missing=("ResourceNotFoundException",), LayerName=name)
    if not (found or {}).get("LayerVersions"):
        yield error(
            PATH,
            f"the macro {template.macro} is not installed in {template.region}: there is no layer {name}",
            f"in the project's folder: sam build && sam deploy --guided --region {template.region}",
        )
