"""The SECONDARY when CloudFront is the front door: a regional API that answers everything with the friendly page.

Not a second distribution, because two of them can't carry one name. It has its own certificate and no server and no
function: API Gateway reads the page from the fallback bucket, and answers with a short text of its own should S3 fail.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, apigateway, iam

from resilient_website.buckets import objects
from resilient_website.context import Context
from resilient_website.domain import DomainSpec
from resilient_website.intrinsics import Value
from resilient_website.tiers.fallback import PAGE_KEY, PREFIX, RETRY_AFTER_SECONDS, Fallback

PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Retry-After": str(RETRY_AFTER_SECONDS),
    "X-Robots-Tag": "noindex",
}

# Shown only when API Gateway can't read the page from S3.
BARE_PAGE = (
    '<!doctype html><html lang="en"><meta name="robots" content="noindex"><title>We will be right back</title>'
    "<h1>We will be right back</h1><p>Our website is taking a short break. Please try again soon.</p></html>"
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


def build(context: Context, domain: DomainSpec, certificate: Value, fallback: Fallback) -> SecondaryApi:
    """Return the API and its custom domain names; `certificate` is in the site's Region and covers them."""
    role = _reader_role(context, fallback)
    api = apigateway.RestApi(
        context.id("SecondaryApi"),
        Name=context.title("secondary"),
        BinaryMediaTypes=["*/*"],
        DisableExecuteApiEndpoint=True,
        EndpointConfiguration=apigateway.EndpointConfiguration(Types=["REGIONAL"], IpAddressType="dualstack"),
    )
    answers = _answers(context, api, role, fallback)
    deployment = _deployment(context, answers)
    stage = apigateway.Stage(
        context.id("SecondaryApiStage"), RestApiId=Ref(api), DeploymentId=Ref(deployment), StageName="live"
    )
    custom_names: list[AWSObject] = []
    endpoints = {}
    for name in domain.names:
        custom, mapping = _custom_name(context, name, certificate)
        custom_names += [custom, mapping]
        endpoints[name] = Endpoint(GetAtt(custom, "RegionalDomainName"), GetAtt(custom, "RegionalHostedZoneId"))
    return SecondaryApi((role, api, *answers, deployment, stage, *custom_names), endpoints)


def _reader_role(context: Context, fallback: Fallback) -> iam.Role:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": objects(fallback.bucket, PREFIX)}
    return iam.Role(
        context.id("SecondaryApiRole"),
        AssumeRolePolicyDocument={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "apigateway.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        Policies=[
            iam.Policy(
                PolicyName="ReadFallbackSite",
                PolicyDocument={"Version": "2012-10-17", "Statement": [statement]},
            )
        ],
    )


def _answers(context: Context, api: apigateway.RestApi, role: iam.Role, fallback: Fallback) -> tuple[AWSObject, ...]:
    """Return what the API answers: the page for the root, for every other path, and for its own errors."""
    proxy = apigateway.Resource(
        context.id("SecondaryApiPaths"),
        RestApiId=Ref(api),
        ParentId=GetAtt(api, "RootResourceId"),
        PathPart="{proxy+}",
    )
    return (
        proxy,
        _method(context, "SecondaryApiRoot", GetAtt(api, "RootResourceId"), role, fallback),
        _method(context, "SecondaryApiAny", Ref(proxy), role, fallback),
        _gateway_response(context, "DEFAULT_4XX"),
        _gateway_response(context, "DEFAULT_5XX"),
    )


def _method(
    context: Context, suffix: str, resource_id: AWSHelperFn, role: iam.Role, fallback: Fallback
) -> apigateway.Method:
    headers = {f"method.response.header.{name}": f"'{value}'" for name, value in PAGE_HEADERS.items()}
    page = Sub(f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:s3:path/${{{fallback.bucket}}}/{PAGE_KEY}")
    return apigateway.Method(
        context.id(suffix),
        RestApiId=Ref(context.id("SecondaryApi")),
        ResourceId=resource_id,
        HttpMethod="ANY",
        AuthorizationType="NONE",
        Integration=apigateway.Integration(
            Type="AWS",
            IntegrationHttpMethod="GET",
            Credentials=GetAtt(role, "Arn"),
            PassthroughBehavior="WHEN_NO_MATCH",
            Uri=page,
            IntegrationResponses=[apigateway.IntegrationResponse(StatusCode="503", ResponseParameters=headers)],
        ),
        MethodResponses=[apigateway.MethodResponse(StatusCode="503", ResponseParameters=dict.fromkeys(headers, True))],
    )


def _gateway_response(context: Context, response_type: str) -> apigateway.GatewayResponse:
    headers = {
        f"gatewayresponse.header.{name}": f"'{value}'" for name, value in PAGE_HEADERS.items() if name != "Content-Type"
    }
    return apigateway.GatewayResponse(
        context.id("SecondaryApi" + response_type.title().replace("_", "")),
        RestApiId=Ref(context.id("SecondaryApi")),
        ResponseType=response_type,
        StatusCode="503",
        ResponseParameters=headers,
        ResponseTemplates={"text/html": BARE_PAGE},
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
