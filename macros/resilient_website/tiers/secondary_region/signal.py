"""The switch signal: an object in the fallback bucket of the copy's Region that says that the copy is active.

An API there answers 200 if the object exists, and 503 otherwise. Route 53's health checkers ask it, and their answer is
inverted: with the object, the primary's record counts as unhealthy, and DNS turns to the copy. Only data planes of the
copy's Region and of Route 53 take part. If the API fails, the primary's record stays.
"""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Sub, Tags, apigateway, iam, route53

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.roles import role
from resilient_website.context import Context
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback import BUCKET_NAME
from resilient_website.tiers.regional_api import custom_name, published, rest_api
from resilient_website.tiers.secondary_api import CERTIFICATE, READER

# The key of the object, and the path that the health checkers ask.
KEY = "_switch/active"

# Source: "Values that you specify when you create or update health checks": 10 is the shorter of the two intervals.
INTERVAL_SECONDS = 10
# AWS's default: one lost packet must not switch the site.
THRESHOLD = 3

ABSENT = "503"


def reader_role(context: Context, bucket_name: AWSHelperFn) -> iam.Role:
    """Return the API's role, which can read the signal only; it is made here, since IAM is global."""
    read = allow("s3:GetObject", Join("", [Sub("arn:${AWS::Partition}:s3:::"), bucket_name, f"/{KEY}"]))
    return role(context.id("SwitchApiRole"), context.roles, "apigateway", {"ReadSignal": [read]})


def api(context: Context, domain: DomainSpec) -> tuple[tuple[AWSObject, ...], apigateway.DomainName]:
    """Return the API for the stack there, and its domain name, the last of its resources."""
    made = rest_api(context.id("SwitchApi"), context.short_title("switch signal"))
    method = apigateway.Method(
        context.id("SwitchApiRoot"),
        RestApiId=Ref(made),
        ResourceId=GetAtt(made, "RootResourceId"),
        HttpMethod="GET",
        AuthorizationType="NONE",
        **_answer(),
    )
    deployment, stage = published(made, (method,), encoded(method))
    titles = (context.id("SwitchName"), context.id("SwitchMapping"))
    custom, mapping = custom_name(titles, domain.switch_name, Ref(CERTIFICATE), stage)
    return (made, method, deployment, stage, custom, mapping), custom


def _answer() -> dict[str, Any]:
    """Return the integration with S3: its 200 for the object, and 503 for everything else (403: there is none)."""
    uri = Sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:s3:path/${{{BUCKET_NAME}}}/{KEY}")
    return {
        "Integration": apigateway.Integration(
            Type="AWS",
            IntegrationHttpMethod="GET",
            Credentials=Ref(READER),
            Uri=uri,
            IntegrationResponses=[
                apigateway.IntegrationResponse(StatusCode=ABSENT),
                apigateway.IntegrationResponse(StatusCode="200", SelectionPattern="200"),
            ],
        ),
        "MethodResponses": [apigateway.MethodResponse(StatusCode=status) for status in ("200", ABSENT)],
    }


def check(context: Context, domain: DomainSpec, api_name: AWSHelperFn, zone_id: AWSHelperFn) -> tuple[AWSObject, ...]:
    """Return the record of the API's name and, last, the inverted health check of the signal."""
    record = route53.RecordSetType(
        context.id("SwitchRecord"),
        HostedZoneId=domain.hosted_zone_id,
        Name=domain.switch_name,
        Type="A",
        AliasTarget=route53.AliasTarget(DNSName=api_name, HostedZoneId=zone_id, EvaluateTargetHealth=False),
    )
    checked = route53.HealthCheck(
        context.id("SwitchSignal"),
        DependsOn=[record.title],
        HealthCheckConfig=route53.HealthCheckConfig(
            Type="HTTPS",
            FullyQualifiedDomainName=domain.switch_name,
            Port=443,
            ResourcePath="/",
            RequestInterval=INTERVAL_SECONDS,
            FailureThreshold=THRESHOLD,
            EnableSNI=True,
            Inverted=True,
        ),
        HealthCheckTags=Tags(Name=context.title("switch signal: unhealthy while the copy is active")),
    )
    return record, checked
