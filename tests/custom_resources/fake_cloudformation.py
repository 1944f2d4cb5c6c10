"""A CloudFormation that knows the resources of one stack, its status and its template, behind HTTP."""

import json
from typing import Any, Self
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler

LIST = (
    "<ListStackResourcesResponse xmlns='http://cloudformation.amazonaws.com/doc/2010-05-15/'><ListStackResourcesResult>"
    "<StackResourceSummaries>{}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>"
)
DESCRIBED = (
    "<DescribeStacksResponse xmlns='http://cloudformation.amazonaws.com/doc/2010-05-15/'><DescribeStacksResult><Stacks>"
    "<member><StackName>site</StackName><StackStatus>{}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>"
    "</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
)
TEMPLATE = (
    "<GetTemplateResponse xmlns='http://cloudformation.amazonaws.com/doc/2010-05-15/'><GetTemplateResult>"
    "<TemplateBody>{}</TemplateBody></GetTemplateResult></GetTemplateResponse>"
)
RESOURCE = (
    "<DescribeStackResourceResponse xmlns='http://cloudformation.amazonaws.com/doc/2010-05-15/'>"
    "<DescribeStackResourceResult><StackResourceDetail><LogicalResourceId>SiteAssetsBucket</LogicalResourceId>"
    "<PhysicalResourceId>{}</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType>"
    "<LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus>"
    "</StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>"
)
ERROR = "<ErrorResponse><Error><Code>{}</Code><Message>scripted</Message></Error></ErrorResponse>"


class FakeCloudFormation(LoopbackServer):
    """`resources` holds logical id, physical id and status of each; `refuses` is an error's code for every request.
    `status` and `template` are the stack's, and `bucket` is the name of its bucket.

    A context manager; a separate server each time.
    """

    def __init__(self, *resources: tuple[str, str, str], refuses: str = "") -> None:
        self.resources = resources
        self.refuses = refuses
        self.status = "UPDATE_IN_PROGRESS"
        self.template: dict[str, Any] = {"Resources": {}}
        self.bucket = ""

    def answer(self, action: str) -> tuple[int, str]:
        """Return the status and text for one request."""
        if self.refuses:
            return 403, ERROR.format(self.refuses)
        if action == "DescribeStacks":
            return 200, DESCRIBED.format(self.status)
        if action == "DescribeStackResource":
            return 200, RESOURCE.format(self.bucket)
        if action == "GetTemplate":
            return 200, TEMPLATE.format(escape(json.dumps(self.template)))
        entries = [
            f"<member><LogicalResourceId>{logical}</LogicalResourceId><ResourceType>Custom::FallbackSite</ResourceType>"
            f"<PhysicalResourceId>{escape(physical)}</PhysicalResourceId><ResourceStatus>{status}</ResourceStatus>"
            "<LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>"
            for logical, physical, status in self.resources
        ]
        return 200, LIST.format("".join(entries))

    def __enter__(self) -> Self:
        outer = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                status, text = outer.answer(parse_qs(body)["Action"][0])
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        super().__init__(Handler)
        return super().__enter__()
