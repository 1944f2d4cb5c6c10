"""The API's responses: saved pages from a function, or the friendly page from S3, and a short text for errors."""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, apigateway

from resilient_website.context import Context
from resilient_website.tiers.buckets import Bucket
from resilient_website.tiers.fallback import PAGE_KEY, RETRY_AFTER_SECONDS

PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Retry-After": str(RETRY_AFTER_SECONDS),
    "X-Robots-Tag": "noindex",
}

# An integration has one response per status code, and 503 is used by the page. So S3's errors use another, whose
# template also sets 503. Source: "Override your API's request and response parameters and status codes for REST APIs in
# API Gateway" in the API Gateway guide.
S3_FAILED = "502"

AS_503 = "#set($context.responseOverride.status = 503)"

# The properties of a method that define its response.
Answer = dict[str, Any]


def answers(context: Context, api: apigateway.RestApi, answer: Answer, bare_page: str) -> tuple[AWSObject, ...]:
    """Return the API's responses: for the root, for every other path, and for its own errors."""
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


def by_function(integration_uri: AWSHelperFn) -> Answer:
    """Return the integration with a function, which gets the whole request. Lambda is always invoked by POST."""
    return {"Integration": apigateway.Integration(Type="AWS_PROXY", IntegrationHttpMethod="POST", Uri=integration_uri)}


def from_bucket(role_arn: AWSHelperFn, bucket: Bucket, bare_page: str) -> Answer:
    """Return the integration with the friendly page in S3, as 503 for all requests; the bare page if S3 fails."""
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
                # S3's own errors are XML. As text, because templates are not applied to binary responses. Source:
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


def _method(context: Context, suffix: str, resource_id: AWSHelperFn, answer: Answer) -> apigateway.Method:
    return apigateway.Method(
        context.id(suffix),
        RestApiId=Ref(context.id("SecondaryApi")),
        ResourceId=resource_id,
        HttpMethod="ANY",
        AuthorizationType="NONE",
        **answer,
    )


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
