"""Serves the saved pages with a small function of the site, behind the SECONDARY's API.

Resilient because it needs only S3; if it fails, API Gateway returns its own text.
"""

from typing import NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, awslambda, iam, logs

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import role
from resilient_website.context import Context
from resilient_website.facts.runtimes import PYTHON
from resilient_website.inline import page_server
from resilient_website.tiers.buckets import objects, of_this_template
from resilient_website.tiers.fallback import PAGE_KEY, PREFIX, RETRY_AFTER_SECONDS, SAVED_PREFIX, Fallback

FUNCTION = "SavedPages"

# A page takes one or two reads from S3; API Gateway waits at most 29 s, but visitors don't.
TIMEOUT_SECONDS = 15
MEMORY_MB = 512


class Serving(NamedTuple):
    """The function for the API: the integration's URI, and the permission to invoke it."""

    resources: tuple[AWSObject, ...]
    function: str

    @property
    def integration_uri(self) -> AWSHelperFn:
        """The function's URI for API Gateway."""
        return Sub(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
            f"${{{self.function}.Arn}}/invocations"
        )

    def admit(self, context: Context, api: str) -> AWSObject:
        """Return the permission for an API, by logical id, which alone can invoke the function."""
        return awslambda.Permission(
            context.id(f"{FUNCTION}Permission"),
            Action="lambda:InvokeFunction",
            FunctionName=Ref(self.function),
            Principal="apigateway.amazonaws.com",
            SourceArn=Sub(f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api}}}/*"),
        )


def build(context: Context, fallback: Fallback, retention_days: Value, reserved: int) -> Serving:
    """Return the function, its role and log group; `reserved` is its reserved concurrency, 0 for none."""
    log_group = logs.LogGroup(
        context.id(f"{FUNCTION}Logs"),
        RetentionInDays=retention_days,
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )
    own_role = _role(context, fallback, log_group)
    function = awslambda.Function(
        context.id(f"{FUNCTION}Function"),
        Description="Answers for a resilient website during outages, with saved pages and the friendly page",
        Runtime=PYTHON,
        Architectures=["x86_64"],
        Handler=page_server.HANDLER,
        Code=awslambda.Code(ZipFile=page_server.CODES[0].text),
        Timeout=TIMEOUT_SECONDS,
        MemorySize=MEMORY_MB,
        **({"ReservedConcurrentExecutions": reserved} if reserved else {}),
        Role=GetAtt(own_role, "Arn"),
        LoggingConfig=awslambda.LoggingConfig(LogGroup=Ref(log_group)),
        Environment=awslambda.Environment(
            Variables={
                page_server.BUCKET: fallback.main.bucket_name,
                page_server.SAVED: SAVED_PREFIX,
                page_server.FRIENDLY: PAGE_KEY,
                page_server.BARE: fallback.bare_page,
                page_server.RETRY_AFTER: str(RETRY_AFTER_SECONDS),
            }
        ),
    )
    return Serving((log_group, own_role, function), function.title)


def _role(context: Context, fallback: Fallback, log_group: logs.LogGroup) -> iam.Role:
    bucket = of_this_template(fallback.main.bucket)
    pages = [objects(bucket, SAVED_PREFIX), objects(bucket, PREFIX)]
    statements = [
        allow("s3:GetObject", pages),
        # Without it, S3 returns 403 for missing objects.
        allow("s3:ListBucket", bucket.arn),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], GetAtt(log_group, "Arn")),
    ]
    return role(context.id(f"{FUNCTION}Role"), context.roles, "lambda", {"ReadPages": statements})
