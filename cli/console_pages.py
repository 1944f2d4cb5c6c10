"""Pages of the AWS Management Console for the resources of a stack."""

from urllib.parse import quote


def console(region: str) -> str:
    """Return the address of the Console in a Region."""
    if region.startswith("cn-"):
        return f"https://{region}.console.amazonaws.cn"
    if region.startswith("us-gov-"):
        return f"https://{region}.console.amazonaws-us-gov.com"
    return f"https://{region}.console.aws.amazon.com"


def stack_page(region: str, stack_id: str) -> str:
    """Return the page with the events of a stack."""
    return f"{_service('cloudformation', region)}#/stacks/events?stackId={quote(stack_id, safe='')}"


def dashboard_page(region: str, name: str) -> str:
    """Return the page of a CloudWatch dashboard."""
    return f"{_service('cloudwatch', region)}#dashboards/dashboard/{quote(name)}"


def database_page(region: str, identifier: str) -> str:
    """Return the page of a DB instance."""
    return f"{_service('rds', region)}#database:id={quote(identifier)};is-cluster=false"


def group_page(region: str, name: str) -> str:
    """Return the page of an Auto Scaling group."""
    return f"{_service('ec2', region)}#AutoScalingGroupDetails:id={quote(name)};view=details"


def _service(service: str, region: str) -> str:
    return f"{console(region)}/{service}/home?region={region}"
