"""A Regional API of API Gateway with a domain name: the parts that do not depend on what it answers."""

import hashlib
import json
from typing import Any

from troposphere import AWSObject, Ref, apigateway

from resilient_website.cloudformation.intrinsics import Value

# The APIs are always public. Requests above this rate get API Gateway's own error, so that they don't use up the
# account's limit of 2,500 requests per second in newer Regions, 10,000 in others. Source: "Quotas for configuring and
# running a REST API in API Gateway".
THROTTLE = apigateway.MethodSetting(
    ResourcePath="/*", HttpMethod="*", ThrottlingRateLimit=1000, ThrottlingBurstLimit=500
)


def regional() -> apigateway.EndpointConfiguration:
    """Return the endpoint of an API and of its domain names: in one Region, for IPv4 and IPv6."""
    return apigateway.EndpointConfiguration(Types=["REGIONAL"], IpAddressType="dualstack")


def rest_api(title: str, name: Value, **more: Any) -> apigateway.RestApi:
    """Return an API that is reached by its domain names only."""
    return apigateway.RestApi(
        title, Name=name, **more, DisableExecuteApiEndpoint=True, EndpointConfiguration=regional()
    )


def published(
    api: apigateway.RestApi, answers: tuple[AWSObject, ...], content: object
) -> tuple[apigateway.Deployment, apigateway.Stage]:
    """Return a deployment of the API's `answers`, and its stage.

    A deployment can't be updated, so its logical id contains the hash of `content`: the answers' definitions.
    """
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]
    deployment = apigateway.Deployment(
        f"{api.title}Deployment{digest}", DependsOn=[answer.title for answer in answers], RestApiId=Ref(api)
    )
    stage = apigateway.Stage(
        f"{api.title}Stage",
        RestApiId=Ref(api),
        DeploymentId=Ref(deployment),
        StageName="live",
        MethodSettings=[THROTTLE],
    )
    return deployment, stage


def custom_name(
    titles: tuple[str, str], name: str, certificate: Value, stage: apigateway.Stage
) -> tuple[apigateway.DomainName, apigateway.BasePathMapping]:
    """Return a domain name of the stage's API, and its mapping; `titles` are their logical ids."""
    custom = apigateway.DomainName(
        titles[0],
        DomainName=name,
        RegionalCertificateArn=certificate,
        SecurityPolicy="TLS_1_2",
        EndpointConfiguration=regional(),
    )
    mapping = apigateway.BasePathMapping(titles[1], DomainName=Ref(custom), RestApiId=stage.RestApiId, Stage=Ref(stage))
    return custom, mapping
