"""The SECONDARY when CloudFront is the front door: a regional API that returns the friendly page for all requests.

Not a second distribution, because two distributions can't share a name. It has its own certificate, but no server or
function: API Gateway reads the page from the fallback bucket, and returns a short text of its own if S3 fails. It is in
the bucket's Region; a site with a copy has one beside each of its buckets, with the same names. Source: "Configure
custom health checks for DNS failover for an API Gateway API", which has custom domain names with the same name in two
Regions, in the Amazon API Gateway guide.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, iam

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.roles import role
from resilient_website.context import Context
from resilient_website.functions.kind import rights
from resilient_website.tiers.buckets import of_parameter, of_this_template
from resilient_website.tiers.certificates import Certificates
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback import BUCKET_NAME, PREFIX, Fallback, Place
from resilient_website.tiers.regional_api import custom_name, published, rest_api
from resilient_website.tiers.remote_stack import RESOURCES_ROLE, remote_stack
from resilient_website.tiers.saved_site.serving import Serving
from resilient_website.tiers.secondary_api import responses
from resilient_website.tiers.secondary_api.responses import Answer

# Names of parameters and outputs of the stack in the other Region, besides the bucket's name.
READER = "ReaderRoleArn"
CERTIFICATE = "CertificateArn"
HOSTED_ZONE_ID = "HostedZoneId"


class Endpoint(NamedTuple):
    """The target of the records of one name."""

    dns_name: AWSHelperFn
    hosted_zone_id: AWSHelperFn


class SecondaryApi(NamedTuple):
    """The results of the API for later tiers: an endpoint for each name of the site."""

    resources: tuple[AWSObject, ...]
    endpoints: dict[str, Endpoint]


def build(
    context: Context, domain: DomainSpec, certs: Certificates, fallback: Fallback, serving: Serving | None = None
) -> SecondaryApi:
    """Return the APIs and their custom domain names, and the endpoints of the one whose page visitors get.

    With `serving`, its function returns saved pages; otherwise S3 returns only the friendly page.
    """
    if serving is not None:
        answer = responses.by_function(serving.integration_uri)
        served = _api(context, domain, certs.secondary, answer, fallback.bare_page)
        admitted = serving.admit(context, context.id("SecondaryApi"))
        return SecondaryApi((*serving.resources, *served.resources, admitted), served.endpoints)
    reader = _reader_role(context, fallback.places)
    apis = {place.region: _beside_bucket(context, domain, certs, fallback, place, reader) for place in fallback.places}
    made = [part for api in apis.values() for part in api.resources]
    return SecondaryApi((reader, *made), apis[fallback.shown.region].endpoints)


def _beside_bucket(
    context: Context, domain: DomainSpec, certs: Certificates, fallback: Fallback, place: Place, reader: iam.Role
) -> SecondaryApi:
    """Return the API in a bucket's Region, without its role."""
    if place.region is not None:
        return _elsewhere(context, domain, certs.secondary, fallback.bare_page, place, place.region, reader)
    answer = responses.from_bucket(GetAtt(reader, "Arn"), of_this_template(place.bucket), fallback.bare_page)
    return _api(context, domain, certs.regional, answer, fallback.bare_page)


def _elsewhere(
    context: Context,
    domain: DomainSpec,
    certificate: Value,
    bare_page: str,
    place: Place,
    region: str,
    reader: iam.Role,
) -> SecondaryApi:
    """Return the API in another Region. Its role is created here, since IAM is global.

    So the creation of the API there needs no permission to create roles, only to pass this one.
    """
    answer = responses.from_bucket(Ref(READER), of_parameter(BUCKET_NAME), bare_page)
    api = _api(context, domain, Ref(CERTIFICATE), answer, bare_page)
    outputs = {HOSTED_ZONE_ID: api.endpoints[domain.names[0]].hosted_zone_id}
    outputs |= {_output(name): endpoint.dns_name for name, endpoint in api.endpoints.items()}
    parameters = {BUCKET_NAME: place.bucket_name, READER: GetAtt(reader, "Arn"), CERTIFICATE: certificate}
    right = _may_pass(context, reader)
    stack = remote_stack(context, "SecondaryApiStack", region, api.resources, parameters, outputs, [right])
    zone = GetAtt(stack, HOSTED_ZONE_ID)
    return SecondaryApi((right, stack), {name: Endpoint(GetAtt(stack, _output(name)), zone) for name in domain.names})


def _output(name: str) -> str:
    """Return the output name of an endpoint: short, since all outputs together can have 4,096 bytes."""
    return f"DomainName{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _api(context: Context, domain: DomainSpec, certificate: Value, answer: Answer, bare_page: str) -> SecondaryApi:
    api = rest_api(context.id("SecondaryApi"), context.title("secondary"), BinaryMediaTypes=["*/*"])
    answers = responses.answers(context, api, answer, bare_page)
    deployment, stage = published(api, answers, encoded(answers))
    custom_names: list[AWSObject] = []
    endpoints = {}
    for name in domain.names:
        titles = (context.id_of_name("SecondaryApiName", name), context.id_of_name("SecondaryApiMapping", name))
        custom, mapping = custom_name(titles, name, certificate, stage)
        custom_names += [custom, mapping]
        endpoints[name] = Endpoint(GetAtt(custom, "RegionalDomainName"), GetAtt(custom, "RegionalHostedZoneId"))
    return SecondaryApi((api, *answers, deployment, stage, *custom_names), endpoints)


def _reader_role(context: Context, places: Sequence[Place]) -> iam.Role:
    """Return the role of the APIs, which can read the page in every place."""
    pages = [Join("", [_arn(place), f"/{PREFIX}*"]) for place in places]
    read = allow("s3:GetObject", pages[0] if len(pages) == 1 else pages)
    return role(context.id("SecondaryApiRole"), context.roles, "apigateway", {"ReadFallbackSite": [read]})


def _arn(place: Place) -> AWSHelperFn:
    if place.region is None:
        return of_this_template(place.bucket).arn
    return Join("", ["arn:", Ref("AWS::Partition"), ":s3:::", place.bucket_name])


def _may_pass(context: Context, reader: iam.Role) -> iam.PolicyType:
    """Return the permission for CloudFormation to pass the reader role to the API in the other Region."""
    to_gateway = {"StringEquals": {"iam:PassedToService": "apigateway.amazonaws.com"}}
    statement = allow("iam:PassRole", GetAtt(reader, "Arn"), to_gateway)
    return rights(context, "SecondaryApiPolicy", RESOURCES_ROLE, [statement])
