"""The SECONDARY when CloudFront is the front door: a regional API that answers everything with the friendly page.

Not a second distribution, because two of them can't carry one name. It has its own certificate and no server and no
function: API Gateway reads the page from the fallback bucket, and answers with a short text of its own should S3 fail.
It stands where the bucket does.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Sub, apigateway, iam

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import role
from resilient_website.context import Context
from resilient_website.functions.kind import rights
from resilient_website.tiers.buckets import Bucket, of_parameter, of_this_template
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback import BUCKET_NAME, PAGE_KEY, PREFIX, RETRY_AFTER_SECONDS, Fallback
from resilient_website.tiers.remote_stack import RESOURCES_ROLE, remote_stack
from resilient_website.tiers.saved_site.serving import Serving

PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Retry-After": str(RETRY_AFTER_SECONDS),
    "X-Robots-Tag": "noindex",
}

# What the parameters and outputs of the stack in the other Region are called, beside the bucket's name.
READER = "ReaderRoleArn"
CERTIFICATE = "CertificateArn"
HOSTED_ZONE_ID = "HostedZoneId"

# An integration has one response for each status code, and 503 is the page's. So S3's errors have one of their own,
# whose template makes it 503 too. Source: "Override your API's request and response parameters and status codes for
# REST APIs in API Gateway" in the API Gateway guide.
S3_FAILED = "502"
AS_503 = "#set($context.responseOverride.status = 503)"


# The API is public at all times. What comes faster is answered with API Gateway's own page, at no cost for the rest of
# the account: it has 2,500 requests a second in newer Regions, 10,000 in others. Source: "Quotas for configuring and
# running a REST API in API Gateway".
THROTTLE = apigateway.MethodSetting(
    ResourcePath="/*", HttpMethod="*", ThrottlingRateLimit=1000, ThrottlingBurstLimit=500
)


@dataclass(frozen=True)
class Endpoint:
    """Where the records of one name point to."""

    dns_name: AWSHelperFn
    hosted_zone_id: AWSHelperFn


@dataclass(frozen=True)
class SecondaryApi:
    """What later tiers use of the API: an endpoint for each name of the site."""

    resources: tuple[AWSObject, ...]
    endpoints: dict[str, Endpoint]


def build(
    context: Context, domain: DomainSpec, certificate: Value, fallback: Fallback, serving: Serving | None = None
) -> SecondaryApi:
    """Return the API and its custom domain names; `certificate` is in the fallback's Region and covers them.

    With `serving`, its function answers with saved pages; else S3 does, with the friendly page alone.
    """
    if fallback.region is not None:
        return _elsewhere(context, domain, certificate, fallback, fallback.region)
    if serving is not None:
        served = _api(context, domain, certificate, _by_function(serving), fallback.bare_page)
        admitted = serving.admit(context, context.id("SecondaryApi"))
        return SecondaryApi((*serving.resources, *served.resources, admitted), served.endpoints)
    bucket = of_this_template(fallback.bucket)
    reader = _reader_role(context, bucket.arn)
    answer = _from_bucket(GetAtt(reader, "Arn"), bucket, fallback.bare_page)
    api = _api(context, domain, certificate, answer, fallback.bare_page)
    return SecondaryApi((reader, *api.resources), api.endpoints)


def _elsewhere(
    context: Context, domain: DomainSpec, certificate: Value, fallback: Fallback, region: str
) -> SecondaryApi:
    """Return the API in another Region. The role that it assumes is made here, as IAM has no Regions.

    So what makes the API there needs no right to make roles, and may pass this one alone.
    """
    arn = Join("", ["arn:", Ref("AWS::Partition"), ":s3:::", fallback.bucket_name])
    reader = _reader_role(context, arn)
    answer = _from_bucket(Ref(READER), of_parameter(BUCKET_NAME), fallback.bare_page)
    api = _api(context, domain, Ref(CERTIFICATE), answer, fallback.bare_page)
    outputs = {HOSTED_ZONE_ID: api.endpoints[domain.names[0]].hosted_zone_id}
    outputs |= {_output(name): endpoint.dns_name for name, endpoint in api.endpoints.items()}
    parameters = {BUCKET_NAME: fallback.bucket_name, READER: GetAtt(reader, "Arn"), CERTIFICATE: certificate}
    right = _may_pass(context, reader)
    stack = remote_stack(context, "SecondaryApiStack", region, api.resources, parameters, outputs, [right])
    zone = GetAtt(stack, HOSTED_ZONE_ID)
    return SecondaryApi(
        (reader, right, stack), {name: Endpoint(GetAtt(stack, _output(name)), zone) for name in domain.names}
    )


def _output(name: str) -> str:
    """Return what the output of a name's endpoint is called: short, as all outputs have 4,096 bytes together."""
    return f"DomainName{hashlib.sha256(name.encode()).hexdigest()[:8]}"


# The properties of a method that say where its answer comes from.
Answer = dict[str, Any]


def _api(context: Context, domain: DomainSpec, certificate: Value, answer: Answer, bare_page: str) -> SecondaryApi:
    api = apigateway.RestApi(
        context.id("SecondaryApi"),
        Name=context.title("secondary"),
        BinaryMediaTypes=["*/*"],
        DisableExecuteApiEndpoint=True,
        EndpointConfiguration=apigateway.EndpointConfiguration(Types=["REGIONAL"], IpAddressType="dualstack"),
    )
    answers = _answers(context, api, answer, bare_page)
    deployment = _deployment(context, answers)
    stage = apigateway.Stage(
        context.id("SecondaryApiStage"),
        RestApiId=Ref(api),
        DeploymentId=Ref(deployment),
        StageName="live",
        MethodSettings=[THROTTLE],
    )
    custom_names: list[AWSObject] = []
    endpoints = {}
    for name in domain.names:
        custom, mapping = _custom_name(context, name, certificate)
        custom_names += [custom, mapping]
        endpoints[name] = Endpoint(GetAtt(custom, "RegionalDomainName"), GetAtt(custom, "RegionalHostedZoneId"))
    return SecondaryApi((api, *answers, deployment, stage, *custom_names), endpoints)


def _reader_role(context: Context, bucket_arn: AWSHelperFn) -> iam.Role:
    read = allow("s3:GetObject", Join("", [bucket_arn, f"/{PREFIX}*"]))
    return role(context.id("SecondaryApiRole"), context.roles, "apigateway", {"ReadFallbackSite": [read]})


def _may_pass(context: Context, reader: iam.Role) -> iam.PolicyType:
    """Return what lets CloudFormation hand the reader over to the API in the other Region."""
    to_gateway = {"StringEquals": {"iam:PassedToService": "apigateway.amazonaws.com"}}
    statement = allow("iam:PassRole", GetAtt(reader, "Arn"), to_gateway)
    return rights(context, "SecondaryApiPolicy", RESOURCES_ROLE, [statement])


def _answers(context: Context, api: apigateway.RestApi, answer: Answer, bare_page: str) -> tuple[AWSObject, ...]:
    """Return what the API answers: the page for the root, for every other path, and for its own errors."""
    proxy = apigateway.Resource(
        context.id("SecondaryApiPaths"),
        RestApiId=Ref(api),
        ParentId=GetAtt(api, "RootResourceId"),
        PathPart="{proxy+}",
    )
    return (
        proxy,
        _method(context, "SecondaryApiRoot", GetAtt(api, "RootResourceId"), answer),
        _method(context, "SecondaryApiAny", Ref(proxy), answer),
        _gateway_response(context, "DEFAULT_4XX", bare_page),
        _gateway_response(context, "DEFAULT_5XX", bare_page),
    )


def _method(context: Context, suffix: str, resource_id: AWSHelperFn, answer: Answer) -> apigateway.Method:
    return apigateway.Method(
        context.id(suffix),
        RestApiId=Ref(context.id("SecondaryApi")),
        ResourceId=resource_id,
        HttpMethod="ANY",
        AuthorizationType="NONE",
        **answer,
    )


def _by_function(serving: Serving) -> Answer:
    """Return the answer of a function, which sees the whole request. Lambda is always invoked by POST."""
    return {
        "Integration": apigateway.Integration(
            Type="AWS_PROXY", IntegrationHttpMethod="POST", Uri=serving.integration_uri
        )
    }


def _from_bucket(role_arn: AWSHelperFn, bucket: Bucket, bare_page: str) -> Answer:
    """Return the friendly page from S3, as 503, whatever is asked for; the bare one where S3 can't give it."""
    headers = {f"method.response.header.{name}": f"'{value}'" for name, value in PAGE_HEADERS.items()}
    page = Sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:s3:path/${{{bucket.reference}}}/{PAGE_KEY}")
    return {
        "Integration": apigateway.Integration(
            Type="AWS",
            IntegrationHttpMethod="GET",
            Credentials=role_arn,
            PassthroughBehavior="WHEN_NO_MATCH",
            Uri=page,
            IntegrationResponses=[
                apigateway.IntegrationResponse(StatusCode="503", ResponseParameters=headers),
                # S3's own errors are XML. As text, because a template is not applied to what is binary. Source:
                # "Content type conversions in API Gateway" in the API Gateway guide.
                apigateway.IntegrationResponse(
                    StatusCode=S3_FAILED,
                    SelectionPattern=r"[45]\d{2}",
                    ContentHandling="CONVERT_TO_TEXT",
                    ResponseParameters=headers,
                    ResponseTemplates={"text/html": AS_503 + bare_page},
                ),
            ],
        ),
        "MethodResponses": [
            apigateway.MethodResponse(StatusCode=status, ResponseParameters=dict.fromkeys(headers, True))
            for status in ("503", S3_FAILED)
        ],
    }


def _gateway_response(context: Context, response_type: str, bare_page: str) -> apigateway.GatewayResponse:
    headers = {
        f"gatewayresponse.header.{name}": f"'{value}'" for name, value in PAGE_HEADERS.items() if name != "Content-Type"
    }
    return apigateway.GatewayResponse(
        context.id("SecondaryApi" + response_type.title().replace("_", "")),
        RestApiId=Ref(context.id("SecondaryApi")),
        ResponseType=response_type,
        StatusCode="503",
        ResponseParameters=headers,
        ResponseTemplates={"text/html": bare_page},
    )


def _deployment(context: Context, answers: tuple[AWSObject, ...]) -> apigateway.Deployment:
    """Return a snapshot of the answers. It is never updated: other answers make another one, so its id holds a hash."""
    content: list[dict[str, Any]] = [answer.to_dict() for answer in answers]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]
    return apigateway.Deployment(
        context.id(f"SecondaryApiDeployment{digest}"),
        DependsOn=[answer.title for answer in answers],
        RestApiId=Ref(context.id("SecondaryApi")),
    )


def _custom_name(
    context: Context, name: str, certificate: Value
) -> tuple[apigateway.DomainName, apigateway.BasePathMapping]:
    custom = apigateway.DomainName(
        context.id_of_name("SecondaryApiName", name),
        DomainName=name,
        RegionalCertificateArn=certificate,
        SecurityPolicy="TLS_1_2",
        EndpointConfiguration=apigateway.EndpointConfiguration(Types=["REGIONAL"], IpAddressType="dualstack"),
    )
    mapping = apigateway.BasePathMapping(
        context.id_of_name("SecondaryApiMapping", name),
        DomainName=Ref(custom),
        RestApiId=Ref(context.id("SecondaryApi")),
        Stage=Ref(context.id("SecondaryApiStage")),
    )
    return custom, mapping
