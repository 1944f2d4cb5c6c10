"""Deploys the template from a bucket of the run's own, and removes both, with a search for what is left."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from cli.aws_pages import pages
from cli.capabilities import capabilities
from cli.deployed.stack import described
from cli.deployed.stack_update import StackUpdate
from cli.deployed.tools import Tools
from cli.object_url import dns_suffix
from cli.template_file import to_json
from resilient_website.facts.regions import DEFAULT_REGION
from resilient_website.problems import InvalidTemplateError

KEY = "template.json"
TAG = "resilient-website:prove"

# A distribution, a Multi-AZ database and a cache take half an hour each; a deletion waits for network interfaces.
STACK = timedelta(hours=3)

GONE = "DELETE_COMPLETE"

# The advice if a stack is not deleted, or not in time.
AGAIN = "run the same command again: it deletes the rest"


def bucket_name(tools: Tools, stack: str, region: str) -> str:
    """Return the name of the run's bucket: no other account or Region has it."""
    account = tools.client("sts", region).get_caller_identity()["Account"]
    return f"{stack}-{account}-{region}"


def create(tools: Tools, stack: str, region: str, template: dict[str, Any], parameters: dict[str, str]) -> str:
    """Begin to create the stack, if that has not happened yet, and return its id."""
    cloudformation = tools.client("cloudformation", region)
    there = described(cloudformation, stack)
    if there:
        return str(there["StackId"])
    bucket = bucket_name(tools, stack, region)
    s3 = tools.client("s3", region)
    where = {} if region == DEFAULT_REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=bucket, **where)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
    s3.put_object(Bucket=bucket, Key=KEY, Body=to_json(template).encode())
    declared = template.get("Parameters") or {}
    return str(
        cloudformation.create_stack(
            StackName=stack,
            TemplateURL=f"https://s3.{region}.{dns_suffix(region)}/{bucket}/{KEY}",
            Capabilities=capabilities(template) or ["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
                if name in declared
            ],
            Tags=[{"Key": TAG, "Value": stack}],
        )["StackId"]
    )


def wait_until_created(tools: Tools, stack: str, region: str) -> None:
    """Wait for the stack. Raises InvalidTemplateError with the first reason if it could not be created."""
    title = f"stack {stack} in {region}"
    created = StackUpdate(tools, region, stack, title, "run `prove` with another --record")
    tools.wait(title, lambda: not created.status().endswith("_IN_PROGRESS"), STACK, "look at the stack's events")
    if created.status() != "CREATE_COMPLETE":
        raise InvalidTemplateError([created.failure("creation")])


def remove(tools: Tools, stack: str, stack_id: str, region: str) -> None:
    """Delete the stack and the bucket, and wait until they are gone. Raises InvalidTemplateError if one stays."""
    cloudformation = tools.client("cloudformation", region)
    found = described(cloudformation, stack_id or stack)
    if found and found["StackStatus"] != GONE:
        identifier, title = str(found["StackId"]), f"stack {stack} in {region}"
        cloudformation.delete_stack(StackName=identifier)
        deleted = StackUpdate(tools, region, identifier, title, AGAIN)
        tools.wait(title, lambda: not _status(cloudformation, identifier).endswith("_IN_PROGRESS"), STACK, AGAIN)
        if _status(cloudformation, identifier) != GONE:
            raise InvalidTemplateError([deleted.failure("deletion")])
    _empty(tools.client("s3", region), bucket_name(tools, stack, region))


def resources(tools: Tools, stack_id: str, region: str) -> list[dict[str, Any]]:
    """Return the resources of the stack, which CloudFormation lists by its id also after its deletion."""
    if not stack_id:
        return []
    cloudformation = tools.client("cloudformation", region)
    return pages(cloudformation, "list_stack_resources", "StackResourceSummaries", StackName=stack_id)


def left(tools: Tools, stack: str, region: str, listed: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is left of the run: resources that the stack retains, DB snapshots, log groups of functions."""
    for each in listed:
        if each["ResourceStatus"] != GONE:
            yield f"{each['ResourceType']} {each.get('PhysicalResourceId')} ({each['ResourceStatus']})"
    rds = tools.client("rds", region)
    for each in pages(rds, "describe_db_snapshots", "DBSnapshots"):
        if each["DBInstanceIdentifier"].startswith(stack):
            yield f"DB snapshot {each['DBSnapshotIdentifier']}"
    logs = tools.client("logs", region)
    for each in pages(logs, "describe_log_groups", "logGroups", logGroupNamePrefix=f"/aws/lambda/{stack}"):
        yield f"log group {each['logGroupName']}"


def tagged(tools: Tools, stack: str, region: str, listed: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what AWS lists by the run's tag, but for those of the stack's resources that it has deleted.

    These may be gone all the same: AWS lists deleted resources for hours. Source: "GetResources" in the AWS Resource
    Groups Tagging API Reference, "tagged or previously tagged"; github.com/aws/aws-sdk/issues/676.
    """
    deleted = [
        str(each["PhysicalResourceId"])
        for each in listed
        if each["ResourceStatus"] == GONE and each.get("PhysicalResourceId")
    ]
    tagging = tools.client("resourcegroupstaggingapi", region)
    for each in pages(tagging, "get_resources", "ResourceTagMappingList", TagFilters=[{"Key": TAG, "Values": [stack]}]):
        arn = str(each["ResourceARN"])
        if not any(arn == name or arn.endswith((f":{name}", f"/{name}")) for name in deleted):
            yield arn


def _status(cloudformation: Any, stack_id: str) -> str:
    found = described(cloudformation, stack_id)
    return str(found["StackStatus"]) if found else GONE


def _empty(s3: Any, bucket: str) -> None:
    try:
        s3.delete_object(Bucket=bucket, Key=KEY)
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchBucket", "404"):
            raise
